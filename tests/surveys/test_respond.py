"""The answer pages as a person, a second tab, a machine and a stranger meet them."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import AttributeDefinition
from cxplatform.shared import tokens
from surveys.document.editing import add_question, update_question
from surveys.document.starters import starter_document
from surveys.models import Invitation, MachineHit, Response, Survey
from surveys.services.surveys import close_ended, close_survey, publish, set_last_day
from tests.surveys.factories import (
    PRESSED,
    answer,
    form_of,
    invite,
    link,
    make_contact,
    make_survey,
    only_response,
)


@pytest.fixture
def survey(designer) -> Survey:
    return make_survey(designer)


@pytest.fixture
def invitation(survey) -> Invitation:
    return invite(survey)


def follow_up_on_one_page(kind="long_text"):
    """NPS, and on the same page a question for 0 to 6, required."""
    document = starter_document("blank", ["en"])
    edit = add_question(document, "nps", page="page")
    edit = add_question(edit.document, kind, page="page", title="What went wrong?")
    shown = {"op": "between", "left": {"source": "answer", "question": "nps"}, "low": 0, "high": 6}
    fields = {"shown_if": shown, "required": True}
    document = update_question(edit.document, "what_went_wrong", fields).document
    return update_question(document, "nps", {"required": True}).document


def everything() -> dict:
    """All rows that a hit on a link could touch."""
    models = [Survey, Invitation, Response, MachineHit]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_answers_are_kept_page_by_page_until_the_thank_you(client, survey, invitation):
    url = link(invitation)
    first = answer(client, url, nps="3")
    assert first.status_code == 303
    assert first.url == f"{url}?page=2"
    kept = only_response()
    assert (kept.status, kept.answers, kept.reached) == ("partial", {"nps": 3}, 1)
    page = client.get(url).content.decode()
    assert "What went wrong?" in page
    last = answer(client, url, what_went_wrong="The queue.")
    assert last.url == f"{url}?done=1"
    done = only_response()
    assert done.status == "complete"
    assert done.answers == {"nps": 3, "what_went_wrong": "The queue."}
    assert done.completed_on == timezone.localdate()
    invitation.refresh_from_db()
    assert invitation.done_at
    assert "Thank you" in client.get(last.url).content.decode()


def test_freezes_the_contacts_dimensions_and_unit_at_completion(client, survey, north):
    AttributeDefinition.objects.create(key="class", label="Class", break_down_by=True)
    AttributeDefinition.objects.create(key="age", label="Age")
    contact = make_contact(attributes={"class": "Eco", "age": 44}, unit=north)
    invitation = invite(survey, contact)
    answer(client, link(invitation), nps="9")
    answer(client, link(invitation), what_did_we_do_best="")
    done = only_response()
    assert done.frozen == {"class": "Eco"}
    assert (done.unit, done.contact, done.channel) == (north, contact, "email")


@pytest.mark.parametrize(
    "query", ["", "?score=9", "?page=2", "?lang=de", "?lang=%00&page=x&score=99"]
)
@pytest.mark.parametrize("method", ["get", "head"])
def test_changes_nothing_for_a_get_or_head(client, invitation, method, query):
    answer(client, link(invitation), nps="3")
    before = everything()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert getattr(client, method)(link(invitation) + query).status_code == 200
    assert everything() == before
    assert len(asked) <= 2
    assert all(each["sql"].startswith("SELECT") for each in asked.captured_queries)


def test_shows_the_choice_made_in_the_mail_and_waits_for_the_person(client, invitation):
    page = client.get(link(invitation) + "?score=9").content.decode()
    assert 'value="9" checked' in page
    assert "It counts once you send it" in page
    assert not Response.objects.exists()


def test_takes_at_most_three_queries_for_an_answer(client, invitation):
    url = link(invitation)
    form = form_of(client, url) | {"nps": "9"}
    with CaptureQueriesContext(connection) as asked:
        client.post(url, form, **PRESSED)
    assert len(asked) <= 3, [each["sql"] for each in asked.captured_queries]
    form = form_of(client, url)
    with CaptureQueriesContext(connection) as asked:
        assert client.post(url, form, **PRESSED).url.endswith("?done=1")
    assert len(asked) <= 3


def test_takes_answers_with_cache_and_broker_down(client, invitation, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }
    assert answer(client, link(invitation), nps="9").status_code == 303


def test_leaves_no_cookie_and_no_trace(client, invitation):
    for response in (client.get(link(invitation)), answer(client, link(invitation), nps="9")):
        assert not response.cookies
        assert response["Referrer-Policy"] == "same-origin"
        assert "no-store" in response["Cache-Control"]
        assert "script-src" not in response["Content-Security-Policy"]
        assert "default-src 'none'" in response["Content-Security-Policy"]


def test_says_what_is_wrong_and_keeps_what_was_entered(client, designer):
    document = add_question(
        starter_document("csat_after_purchase", ["en"]), "short_text", page="purchase"
    ).document
    invitation = invite(make_survey(designer, document=document))
    response = answer(client, link(invitation), text="Window seat", why="")
    page = response.content.decode()
    assert response.status_code == 422
    assert "One answer needs another look." in page
    assert 'aria-invalid="true"' in page
    assert 'href="#csat"' in page
    assert 'value="Window seat"' in page
    assert not Response.objects.exists()


def test_asks_a_follow_up_of_the_same_page_once_it_is_due(client, designer):
    invitation = invite(make_survey(designer, document=follow_up_on_one_page()))
    url = link(invitation)
    assert "What went wrong?" not in client.get(url).content.decode()
    response = answer(client, url, nps="2")
    assert response.url == f"{url}?page=1#what_went_wrong"
    assert "What went wrong?" in client.get(url).content.decode()
    assert answer(client, url, nps="2").status_code == 422
    assert answer(client, url, nps="2", what_went_wrong="Rain").url.endswith("?done=1")
    assert only_response().answers == {"nps": 2, "what_went_wrong": "Rain"}


def test_drops_an_answer_whose_question_is_no_longer_shown(client, designer):
    invitation = invite(make_survey(designer, document=follow_up_on_one_page()))
    url = link(invitation)
    answer(client, url, nps="2")
    answer(client, url, nps="9", what_went_wrong="Rain")
    assert only_response().answers == {"nps": 9}


def test_goes_back_keeping_what_stands_on_the_page(client, invitation):
    url = link(invitation)
    answer(client, url, nps="3")
    back = answer(client, url, what_went_wrong="The queue", _go="back")
    assert back.url == f"{url}?page=1"
    assert 'value="3" checked' in client.get(back.url).content.decode()
    answer(client, url, start=back.url, nps="3")
    assert "The queue" in client.get(url).content.decode()


def test_goes_back_over_gaps_but_loses_no_text_that_is_too_long(client, designer):
    document = add_question(starter_document("relationship_nps", ["en"]), "short_text", page="why")
    document = update_question(document.document, "text", {"required": True}).document
    url = link(invite(make_survey(designer, document=document)))
    answer(client, url, nps="3")
    kept = answer(client, url, text="x" * 10_001, _go="back")
    assert kept.status_code == 422
    assert "x" * 10_001 in kept.content.decode()
    assert "Shorten your answer" in kept.content.decode()
    assert answer(client, url, text="", _go="back").url == f"{url}?page=1"


def test_tells_a_screen_reader_what_the_ends_of_a_scale_mean(client, invitation):
    page = client.get(link(invitation)).content.decode()
    described = re.search(r'<fieldset[^>]*aria-describedby="([^"]+)"', page)[1].split()
    ends = re.search(r'<p class="poles" id="([^"]+)">', page)[1]
    assert ends in described


def test_never_skips_ahead_of_the_page_that_is_due(client, invitation):
    assert "How likely" in client.get(link(invitation) + "?page=2").content.decode()


def test_changes_language_and_keeps_what_is_saved(client, invitation):
    url = link(invitation)
    answer(client, url, nps="3")
    page = client.get(url + "?page=1&lang=de").content.decode()
    assert '<html lang="de"' in page
    assert 'value="3" checked' in page
    client.post(
        url, form_of(client, url + "?page=1&lang=de") | {"_lang": "de", "nps": "3"}, **PRESSED
    )
    assert only_response().language == "de"
    assert '<html lang="de"' in client.get(url).content.decode()


def test_keeps_everything_on_the_page_when_the_language_changes(client, designer):
    document = add_question(
        starter_document("csat_after_purchase", ["en", "ms"]), "short_text", page="purchase"
    ).document
    invitation = invite(make_survey(designer, document=document))
    url = link(invitation)
    before = everything()
    form = form_of(client, url) | {"csat": "4", "text": "Window seat", "_speak": "ms"}
    page = client.post(url, form, **PRESSED).content.decode()
    assert '<html lang="ms"' in page
    assert 'value="4" checked' in page
    assert 'value="Window seat"' in page
    assert "press the button" not in page
    assert everything() == before
    assert answer(client, url, csat="4", text="Window seat", _lang="ms").status_code == 303
    assert only_response().language == "ms"


@pytest.mark.parametrize("title", ["Form", "Go", "Shown", "Lang", "Speak", "Person", "Page"])
def test_no_question_is_mistaken_for_a_part_of_the_form(client, designer, title):
    document = starter_document("blank", ["en"])
    document = add_question(document, "nps", page="page", title=title).document
    url = link(invite(make_survey(designer, document=document)))
    assert answer(client, url, **{title.lower(): "9"}).status_code == 303
    assert only_response().answers == {title.lower(): 9}


def test_takes_a_double_click_and_two_tabs_as_one(client, invitation):
    url = link(invitation)
    form = form_of(client, url)
    assert client.post(url, form | {"nps": "9"}, **PRESSED).status_code == 303
    assert client.post(url, form | {"nps": "9"}, **PRESSED).status_code == 303
    assert client.post(url, form | {"nps": "4"}, **PRESSED).status_code == 303
    assert only_response().answers == {"nps": 4}


def test_keeps_the_answers_of_a_completed_response(client, invitation):
    url = link(invitation)
    form = form_of(client, url)
    client.post(url, form | {"nps": "9"}, **PRESSED)
    answer(client, url)
    assert client.post(url, form | {"nps": "1"}, **PRESSED).url == f"{url}?done=1"
    assert only_response().answers == {"nps": 9}


def test_shows_a_forwarded_link_nothing_once_completed(client, survey):
    invitation = invite(survey, make_contact(given_name="Ingrid", email="ingrid@x.example"))
    url = link(invitation)
    assert "ngrid" not in client.get(url).content.decode()
    answer(client, url, nps="2")
    answer(client, url, what_went_wrong="My seat was wet")
    page = client.get(url)
    assert page.status_code == 200
    assert "You have already answered" in page.content.decode()
    assert "wet" not in page.content.decode()


def test_goes_on_with_the_version_somebody_began(client, designer, survey, invitation):
    url = link(invitation)
    form = form_of(client, url)
    first = survey.current_version
    survey.draft["title"]["en"] = "Another title"
    survey.save()
    publish(survey, by=designer)
    client.post(url, form | {"nps": "3"}, **PRESSED)
    assert only_response().version == first
    assert "What went wrong?" in client.get(url).content.decode()


# --- languages we have no words of our own in ------------------------------------------------------


@pytest.fixture
def arabic(designer) -> Survey:
    document = starter_document("csat_after_purchase", ["en", "ar"])
    title = {**document.by_key["csat"].title.root, "ar": "ما مدى رضاك؟"}
    return make_survey(
        designer, document=update_question(document, "csat", {"title": title}).document
    )


def test_sets_an_arabic_page_from_right_to_left_and_our_own_words_apart(client, arabic):
    url = link(invite(arabic))
    assert '<button form="answers" name="_speak" value="ar" lang="ar">العربيّة</button>' in (
        client.get(url).content.decode()
    )
    page = answer(client, url, start=url + "?lang=ar", _lang="ar").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "<h2>ما مدى رضاك؟</h2>" in page
    assert 'id="csat-x" lang="en" dir="ltr">Choose one of 1 to 5.' in page
    assert '<p lang="en" dir="ltr"><strong>One answer needs another look.' in page


def test_writes_a_date_in_the_language_of_its_sentence(client, arabic):
    expired = invite(arabic, expires_at=timezone.now().replace(year=2025, month=3, day=4))
    page = client.get(link(expired) + "?lang=ar").content.decode()
    assert "It was valid until March 4, 2025." in page


@pytest.mark.parametrize(
    ("accepted", "words"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "无法识别此链接"),
        ("ms-MY;q=0.9", "Kami"),
        ("fr, de-AT;q=0.5", "Link"),
        ("xx;q=oops,,", "We do not know"),
    ],
)
@pytest.mark.parametrize("path", ["/r/nonsense/", "/u/nonsense/"])
def test_says_that_a_link_is_unknown_in_the_readers_language(client, db, path, accepted, words):
    page = client.get(path, headers={"accept-language": accepted}).content.decode()
    assert words in page


# --- links that lead nowhere ----------------------------------------------------------------------


def test_says_kindly_why_a_link_takes_no_answers(client, designer, survey, invitation):
    expired = invite(survey, expires_at=timezone.now() - timedelta(days=1))
    page = client.get(link(expired) + "?lang=de")
    assert page.status_code == 410
    assert "abgelaufen" in page.content.decode()
    form = form_of(client, link(invitation))
    close_survey(survey, by=designer)
    assert client.get(link(invitation)).status_code == 410
    closed = client.post(link(invitation), form | {"nps": "9"}, **PRESSED)
    assert closed.status_code == 410
    assert "closed" in closed.content.decode()
    assert not Response.objects.exists()


@pytest.mark.parametrize(("lang", "words"), [("en", "until March 3, 2026"), ("de", "3. März 2026")])
def test_says_until_when_a_survey_took_answers(client, designer, lang, words):
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        survey = make_survey(designer, public_link=True)
        set_last_day(survey, date(2026, 3, 3), by=designer)
        invitation = invite(survey)
        form = form_of(client, link(invitation))
    urls = [link(invitation), f"/s/{survey.slug}/"]
    pages = [client.get(f"{url}?lang={lang}") for url in urls]
    assert [page.status_code for page in pages] == [410, 410]
    assert all(words in page.content.decode() for page in pages)
    assert client.post(link(invitation), form | {"nps": "9"}, **PRESSED).status_code == 410
    close_ended()
    assert words in client.get(f"{link(invitation)}?lang={lang}").content.decode()
    assert not Response.objects.exists()


def test_takes_answers_until_the_last_moment_of_the_last_day(client, designer):
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        survey = make_survey(designer)
        set_last_day(survey, date(2026, 3, 3), by=designer)
        invitation = invite(survey)
    with time_machine.travel("2026-03-03 23:59Z", tick=False):
        assert answer(client, link(invitation), nps="9").status_code == 303


@pytest.mark.parametrize(
    "path", ["/r/nonsense/", "/r/a.b/", "/s/no-such-survey/", "/s/x/nonsense/", "/r/%F0%9F%92%A9/"]
)
def test_answers_404_to_a_link_never_given(client, db, path):
    for response in (client.get(path), client.post(path, {"nps": "1"})):
        assert response.status_code == 404
        assert "We do not know this link" in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/r/", "/s/", "/t/", "/u/", "/r/a/b/", "/s/two words/", "/s/a/b/c/", "/r/abc/>/"]
)
def test_answers_kindly_to_a_link_that_was_cut_or_came_with_more(client, db, path):
    response = client.get(path, headers={"accept-language": "de"})
    assert response.status_code == 404
    assert "Diesen Link kennen wir nicht" in response.content.decode()
    assert not response.cookies
    assert "script-src" not in response["Content-Security-Policy"]


def test_leads_on_from_a_link_without_its_last_slash(client, invitation):
    response = client.get(link(invitation).rstrip("/") + "?score=9", follow=True)
    assert response.redirect_chain[0][0] == link(invitation) + "?score=9"
    assert 'value="9" checked' in response.content.decode()


def test_refuses_a_token_made_for_another_purpose(client, invitation):
    other = tokens.make("unsubscribe", invitation.pk)
    assert client.get(f"/r/{other}/").status_code == 404


# --- the open link ----------------------------------------------------------------------------------


@pytest.fixture
def public(designer) -> Survey:
    return make_survey(designer, public_link=True)


def test_begins_a_response_on_the_first_valid_post_only(client, public):
    url = f"/s/{public.slug}/"
    assert answer(client, url).status_code == 422
    assert not Response.objects.exists()
    started = answer(client, url, nps="9")
    kept = only_response()
    assert kept.channel == "link"
    assert started.url == f"/s/{public.slug}/{tokens.make('form', kept.pk)}/?page=2"
    path = started.url.partition("?")[0]
    assert answer(client, path, what_did_we_do_best="Coffee").url == f"{path}?done=1"
    assert only_response().status == "complete"
    assert "Thank you" in client.get(f"{path}?done=1").content.decode()


def test_takes_a_double_click_on_the_open_link_as_one(client, public):
    url = f"/s/{public.slug}/"
    form = form_of(client, url)
    client.post(url, form | {"nps": "9"}, **PRESSED)
    second = client.post(url, form | {"nps": "8"}, **PRESSED)
    assert second.status_code == 303
    assert only_response().answers == {"nps": 8}


def test_hides_the_open_link_until_it_is_switched_on(client, survey):
    assert client.get(f"/s/{survey.slug}/").status_code == 404


def test_limits_how_many_answers_one_address_begins(client, public, monkeypatch):
    monkeypatch.setattr("surveys.limits.MOST_BEGUN", 2)
    url = f"/s/{public.slug}/"
    statuses = [answer(client, url, nps="9").status_code for _ in range(3)]
    assert statuses == [303, 303, 429]
    assert Response.objects.count() == 2


def test_lets_everybody_begin_while_the_cache_is_down(client, public, monkeypatch):
    def down(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "add", down)
    assert answer(client, f"/s/{public.slug}/", nps="9").status_code == 303


# --- machines ------------------------------------------------------------------------------------------

CHROME = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/140.0", "HTTP_SEC_FETCH_MODE": "navigate"}


@pytest.mark.parametrize(
    ("headers", "left_out", "reason"),
    [
        (CHROME, (), "script"),
        ({}, ("_go",), "no button"),
        ({}, (), "too fast"),
        ({}, ("_form",), "no form"),
        ({"HTTP_USER_AGENT": "Barracuda Sentinel"}, (), "scanner"),
        ({"HTTP_SEC_PURPOSE": "prefetch"}, (), "prefetch"),
    ],
)
def test_keeps_a_machines_sending_apart_and_asks_for_one_more_click(
    client, invitation, headers, left_out, reason
):
    url = link(invitation)
    form = {k: v for k, v in form_of(client, url).items() if k not in left_out} | {"nps": "9"}
    response = client.post(url, form, **headers)
    page = response.content.decode()
    assert response.status_code == 200
    assert "press the button once more" in page
    assert 'value="9" checked' in page
    assert not Response.objects.exists()
    assert MachineHit.objects.get().reason == reason
    invitation.refresh_from_db()
    assert invitation.machine_hits == 1
    assert invitation.visited_at is None


def test_never_blocks_a_person_whose_browser_looks_like_a_machine(client, invitation):
    from tests.surveys.factories import FORM

    url = link(invitation)
    form = form_of(client, url) | {"nps": "9"}
    for _click in range(2):
        page = client.post(url, form, **CHROME).content.decode()
        form["_form"] = FORM.search(page)[1]
    assert "I am answering this myself" in page
    assert client.post(url, form | {"_person": "on"}, **CHROME).status_code == 303
    assert only_response().answers == {"nps": 9}


def test_takes_a_slow_sending_without_any_browser_headers(client, invitation):
    url = link(invitation)
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=True):
        form = form_of(client, url)
    assert client.post(url, form | {"nps": "9"}).status_code == 303


def test_stays_under_thirty_kilobytes_in_total(client, designer):
    from pathlib import Path

    from django.contrib.staticfiles import finders

    invitation = invite(make_survey(designer))
    page = len(client.get(link(invitation)).content)
    css = len(Path(finders.find("css/respond.css")).read_bytes())
    assert page + css < 30_000


def test_leads_an_invited_person_to_where_they_can_stop_it(client, survey):
    first = invite(survey)
    second = invite(survey, make_contact(email="other@mail.example"))

    pages = [client.get(link(each)).content.decode() for each in (first, second)]

    ways_out = [re.search(r'href="(/u/[^"]+)"', page).group(1) for page in pages]
    assert ways_out[0] != ways_out[1]
    assert [client.get(way).status_code for way in ways_out] == [200, 200]
