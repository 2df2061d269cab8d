"""Reading and exporting what was answered."""

import csv
import io
from datetime import date
from itertools import count

import pytest
from django.urls import reverse

from surveys.models import Response
from tests.browser import sign_afresh
from tests.surveys.factories import make_contact, make_survey

numbers = count(1)


@pytest.fixture
def survey(designer):
    return make_survey(designer)


def respond(survey, day=date(2026, 11, 20), **answers) -> Response:
    return Response.objects.create(
        survey=survey,
        version=survey.current_version,
        channel="email",
        language="en",
        status="complete",
        completed_on=day,
        contact=make_contact(external_id=f"=cmd{next(numbers)}"),
        answers=answers,
    )


def test_pages_through_responses_by_key(client, designer, survey):
    for n in range(60):
        respond(survey, date(2026, 10, 1 + n % 20), nps=n % 11)
    client.force_login(designer)
    first = client.get(reverse("surveys:responses", args=[survey.pk])).content.decode()
    older = first.split('rel="next" href="')[1].split('"')[0]
    second = client.get(reverse("surveys:responses", args=[survey.pk]) + older).content.decode()
    seen = [
        part.split("/")[0] for page in (first, second) for part in page.split("/responses/")[1:]
    ]
    ids = {each for each in seen if len(each) == 36}
    assert len(ids) == 60
    assert (
        client.get(reverse("surveys:responses", args=[survey.pk]) + "?after=x_y").status_code == 200
    )


def test_leaves_tests_out_of_the_file(client, designer, survey):
    respond(survey, nps=9)
    Response.objects.filter(pk=respond(survey, nps=1).pk).update(is_test=True)
    client.force_login(designer)
    sign_afresh(client, designer)
    assert (
        "Export 1 response"
        in client.get(reverse("surveys:export", args=[survey.pk])).content.decode()
    )
    sent = client.post(reverse("surveys:export_file", args=[survey.pk]))
    rows = list(csv.DictReader(io.StringIO(b"".join(sent.streaming_content).decode("utf-8-sig"))))
    assert [row["nps"] for row in rows] == ["9"]


def test_shows_one_response_with_what_became_of_each_question(client, designer, survey):
    found = respond(survey, nps=2, what_went_wrong="Rain\nand wind")
    client.force_login(designer)
    page = client.get(reverse("surveys:response", args=[survey.pk, found.pk])).content.decode()
    assert "Rain<br>and wind" in page
    assert page.count("Not shown") == 2


def test_hides_responses_from_whoever_may_not_read_them(client, admin, leader, survey):
    found = respond(survey, nps=2)
    for user, status in ((admin, 403), (leader, 403)):
        client.force_login(user)
        for url in (
            reverse("surveys:responses", args=[survey.pk]),
            reverse("surveys:response", args=[survey.pk, found.pk]),
        ):
            assert client.get(url).status_code == status


def test_exports_skipped_not_shown_and_formulas_apart(client, designer, survey):
    respond(survey, nps=2, what_went_wrong="=HYPERLINK(1)")
    respond(survey, nps=9)
    client.force_login(designer)
    sign_afresh(client, designer)
    sent = client.post(reverse("surveys:export_file", args=[survey.pk]))
    text = b"".join(sent.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    low = next(row for row in rows if row["nps"] == "2")
    high = next(row for row in rows if row["nps"] == "9")
    assert low["what_went_wrong"] == "'=HYPERLINK(1)"
    assert low["contact"].startswith("'=cmd")
    assert low["what_did_we_do_best"] == "not shown"
    assert high["what_did_we_do_best"] == ""
    assert high["what_went_wrong"] == "not shown"


def test_asks_for_the_password_before_an_export(client, designer, survey):
    client.force_login(designer)
    assert client.get(reverse("surveys:export", args=[survey.pk])).status_code == 302
    assert client.post(reverse("surveys:export_file", args=[survey.pk])).status_code == 302
