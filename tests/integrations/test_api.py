"""The API's own manners: who is let in, how errors look, limits, ETags, repeated requests."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection

from contacts.models import Contact
from integrations.models import KeptReply
from tests.contacts.factories import make_contact
from tests.surveys.factories import make_survey

pytestmark = pytest.mark.django_db

PERSON = {"external_id": "C-1", "given_name": "Ana", "email": "ana@mail.example"}


def problem(answer):
    assert answer["Content-Type"] == "application/problem+json"
    return answer.json()


@pytest.mark.parametrize("path", ["/metrics", "/scores?metric=x", "/surveys", "/contacts/1"])
def test_lets_nobody_in_without_a_token(client, designer, path):
    client.force_login(designer)  # a browser's session is no key to the API
    for headers in ({}, {"authorization": "Bearer cx_wrong"}, {"authorization": "Basic eDp5"}):
        answer = client.get(f"/api/v1{path}", headers=headers)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert "Send a valid token" in problem(answer)["detail"]


def test_refuses_what_the_token_does_not_open(caller_of, designer):
    reader = caller_of(designer, ["read"])
    answer = reader.post("/contacts", PERSON)
    assert answer.status_code == 403
    assert "not import" in problem(answer)["detail"]
    assert not Contact.objects.exists()


def test_a_scope_opens_no_more_than_its_owner_may(caller_of, employee, designer, south):
    make_survey(designer)
    assert caller_of(employee, ["read"]).get("/surveys").status_code == 403
    contact = make_contact(unit=south)
    assert caller_of(designer).get(f"/contacts/{contact.pk}").status_code == 200


def test_shows_objects_of_other_units_to_nobody(caller_of, north_designer, south):
    contact = make_contact(unit=south)
    survey = make_survey(north_designer, unit=south)
    caller = caller_of(north_designer)
    assert caller.get(f"/contacts/{contact.pk}").status_code == 404
    assert caller.get(f"/surveys/{survey.pk}").status_code == 404
    assert caller.get(f"/surveys/{survey.pk}/responses").status_code == 404


def test_names_the_field_of_every_error(caller):
    told = problem(caller.post("/contacts", PERSON | {"email": "no address", "language": "??"}))
    assert told["status"] == 422
    assert {error["field"] for error in told["errors"]} == {"email", "language"}
    told = problem(caller.post("/contacts", PERSON | {"attributes": {"shoe": "42"}}))
    assert told["errors"][0]["field"] == "attributes.shoe"
    told = problem(caller.get("/surveys", {"limit": "0"}))
    assert "limit" in told["errors"][0]["field"]


def test_refuses_the_character_zero_wherever_it_stands(caller, designer):
    document = make_survey(designer).draft
    for answer in (
        caller.get("/scores", {"metric": "a\0b"}),
        caller.post("/contacts", PERSON | {"given_name": "A\0"}),
        caller.post("/surveys", {"name": "A\0", "document": document}),
    ):
        assert "character zero" in problem(answer)["detail"]
    kept = caller.post("/contacts", PERSON | {"given_name": r"A\u0000"})
    assert (kept.status_code, kept.json()["given_name"]) == (201, r"A\u0000")


def test_creates_a_contact_once(caller):
    answer = caller.post("/contacts", PERSON)
    assert answer.status_code == 201
    made = answer.json()
    assert caller.get(f"/contacts/{made['id']}").json() == made
    again = caller.post("/contacts", PERSON)
    assert again.status_code == 409
    assert Contact.objects.count() == 1


# --- limits and caches ------------------------------------------------------------------------


def test_limits_each_token_for_itself(caller_of, designer, settings):
    settings.API_PER_MINUTE = 3
    cache.clear()
    first, second = caller_of(designer), caller_of(designer)
    codes = [first.get("/metrics").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    answer = first.get("/metrics")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert "Wait" in problem(answer)["detail"]
    assert second.get("/metrics").status_code == 200


def test_limits_who_guesses_tokens(client, settings):
    settings.API_STRANGERS_PER_MINUTE = 2
    cache.clear()
    codes = [
        client.get("/api/v1/metrics", headers={"authorization": f"Bearer cx_{n}"}).status_code
        for n in range(3)
    ]
    assert codes == [401, 401, 429]


def test_sends_nothing_to_whoever_has_it_already(caller, designer):
    make_survey(designer)
    first = caller.get("/surveys")
    same = caller.get("/surveys", **{"if-none-match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    make_survey(designer)
    assert caller.get("/surveys", **{"if-none-match": first["ETag"]}).status_code == 200


# --- repeated requests ------------------------------------------------------------------------


def test_the_same_key_does_the_work_once_and_gives_the_same_reply(caller):
    first = caller.post("/contacts", PERSON, **{"idempotency-key": "a"})
    again = caller.post("/contacts", PERSON, **{"idempotency-key": "a"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert Contact.objects.count() == 1


def test_a_key_is_for_one_request_of_one_token(caller, caller_of, designer):
    caller.post("/contacts", PERSON, **{"idempotency-key": "a"})
    other = PERSON | {"external_id": "C-2", "email": "b@mail.example"}
    answer = caller.post("/contacts", other, **{"idempotency-key": "a"})
    assert "another request" in problem(answer)["detail"]
    theirs = caller_of(designer).post("/contacts", other, **{"idempotency-key": "a"})
    assert theirs.status_code == 201


def test_a_refused_request_keeps_no_key(caller):
    bad = PERSON | {"email": "no address"}
    assert caller.post("/contacts", bad, **{"idempotency-key": "a"}).status_code == 422
    assert not KeptReply.objects.exists()
    assert caller.post("/contacts", PERSON, **{"idempotency-key": "a"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_the_work_once(caller):
    def send(_n):
        try:
            return caller.post("/contacts", PERSON, **{"idempotency-key": "a"})
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Contact.objects.count() == 1


# --- surveys ----------------------------------------------------------------------------------


def test_makes_and_publishes_a_survey_from_its_document(caller, designer):
    document = caller.get(f"/surveys/{make_survey(designer).pk}").json()["document"]
    made = caller.post("/surveys", {"name": "By program", "document": document})
    assert made.status_code == 201, made.content
    assert made.json()["state"] == "draft"
    assert made.json()["document"] == document
    number = made.json()["id"]
    published = caller.post(f"/surveys/{number}/publish")
    assert (published.status_code, published.json()["version"]) == (201, 1)
    assert caller.get(f"/surveys/{number}").json()["state"] == "open"
    again = caller.post(f"/surveys/{number}/publish")
    assert again.status_code == 409
    assert problem(again)["errors"]


def test_refuses_a_document_that_is_none(caller):
    told = problem(caller.post("/surveys", {"name": "x", "document": {"pages": "no"}}))
    assert told["status"] == 422
    assert any(error["field"].endswith("pages") for error in told["errors"])


def test_pages_through_surveys_by_key(caller, designer):
    numbers = [make_survey(designer).pk for _ in range(5)]
    seen, path = [], "/surveys?limit=2"
    while path:
        page = caller.get(path.removeprefix("/api/v1")).json()
        seen += [row["id"] for row in page["items"]]
        path = page["next"]
    assert seen == sorted(numbers, reverse=True)


def test_what_is_sent_is_the_document_itself(caller, designer):
    survey = make_survey(designer)
    assert (
        json.loads(json.dumps(survey.draft))
        == (caller.get(f"/surveys/{survey.pk}").json()["document"])
    )
