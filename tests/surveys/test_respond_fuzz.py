"""Whatever is sent: never a 500, and nothing stored that the survey does not allow."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.document.answers import is_not_applicable
from surveys.document.editing import add_question, update_question
from surveys.document.logic import in_force
from surveys.document.starters import starter_document
from surveys.models import Response
from surveys.selectors import document_of
from surveys.visits import trial_link
from tests.surveys.asking import make_sender
from tests.surveys.factories import PRESSED, form_of, invite, link, make_survey

KINDS = ["nps", "rating", "single_choice", "multiple_choice", "short_text", "long_text", "ces"]


def of_every_kind():
    document = starter_document("blank", ["en"])
    for kind in KINDS:
        document = add_question(document, kind, page="page").document
    document = update_question(document, "rating", {"not_applicable": True}).document
    shown = {"op": "between", "left": {"source": "answer", "question": "nps"}, "low": 0, "high": 6}
    return update_question(document, "comment", {"shown_if": shown}).document


value = st.one_of(
    st.sampled_from(
        ["0", "5", "7", "10", "na", "option_1", "option_2", "", "-1", "1e3", "\x00", "٣"]
    ),
    st.text(max_size=30),
)
key = st.sampled_from(
    [
        *[
            "nps",
            "rating",
            "choice",
            "choices",
            "text",
            "comment",
            "ces",
            "_lang",
            "_speak",
            "_shown",
            "_go",
            "_form",
        ],
        "x",
    ]
)
sent = st.dictionaries(key, st.lists(value, max_size=3), max_size=8)


def allowed(document, answers) -> bool:
    """Every stored answer is one its question could have read, of a question in force."""
    if set(in_force(document, answers).answers) != set(answers):
        return False
    for name, stored in answers.items():
        question = document.by_key[name]
        raw = (
            stored
            if isinstance(stored, list)
            else ["na" if is_not_applicable(stored) else str(stored)]
        )
        if question.parse(raw) != stored:
            return False
    return True


@pytest.fixture
def url(designer) -> str:
    return link(invite(make_survey(designer, document=of_every_kind())))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sent=sent, headers=st.sampled_from([PRESSED, {}]), keep_form=st.booleans())
def test_stores_only_what_the_survey_allows(url, sent, headers, keep_form):
    client = Client(raise_request_exception=False)
    Response.objects.all().delete()
    from surveys.models import Invitation

    Invitation.objects.update(done_at=None)
    form = form_of(client, url)
    data = form | dict(sent)
    if keep_form:
        data["_form"] = form["_form"]
    response = client.post(url, data, **headers)
    assert response.status_code in {200, 303, 422}
    for stored in Response.objects.all():
        assert allowed(document_of(stored.version_id), stored.answers)


@pytest.fixture
def addresses(designer) -> list[str]:
    """Every kind of link a stranger may hold."""
    make_sender()
    survey = make_survey(designer, document=of_every_kind(), public_link=True)
    invitation = invite(survey)
    return [
        link(invitation),
        f"/s/{survey.slug}/",
        trial_link(invitation.distribution),
        "/u/nonsense/",
        "/r/nonsense/",
    ]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"nps=%ff%00&form=%ff", "application/x-www-form-urlencoded"),
        (b"nps=9", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"nps=9", "multipart/form-data"),
        (b'{"nps": 9}', "application/json"),
        (b"&".join(b"a=%d" % n for n in range(3000)), "application/x-www-form-urlencoded"),
        (b"comment=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    ],
)
def test_refuses_a_broken_body_without_falling_over(addresses, body, content_type):
    client = Client(raise_request_exception=False)
    for address in addresses:
        response = client.post(address, body, content_type=content_type)
        assert response.status_code in {200, 400, 404}
        assert "<h1" in response.content.decode()
        assert "script-src" not in response["Content-Security-Policy"]
        assert not response.cookies
    assert not Response.objects.exists()


@pytest.mark.parametrize("many", ["fields", "bytes"])
def test_says_in_the_readers_language_that_too_much_was_sent(url, many):
    body = "&".join(f"a{n}=1" for n in range(3000)) if many == "fields" else "a=" + "x" * 3_000_000
    response = Client(headers={"accept-language": "ms"}).post(
        url, body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 400
    assert "Kami tidak dapat membaca" in response.content.decode()
