"""The answer pages in a real browser: with and without scripts, by keyboard, asked by axe."""

import pytest

from surveys.document.editing import add_question, update_question
from surveys.document.starters import starter_document
from surveys.models import MachineHit, Response
from tests.browser import assert_accessible
from tests.surveys.factories import invite, link, make_survey, only_response

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def every_kind(languages=("en", "de")):
    document = starter_document("blank", languages)
    kinds = ["csat", "rating", "single_choice", "multiple_choice", "short_text", "long_text"]
    for kind in kinds:
        document = add_question(document, kind, page="page").document
    wide = {"min": 0, "max": 20, "not_applicable": True}
    document = update_question(document, "rating", wide).document
    return update_question(document, "csat", {"required": True, "not_applicable": True}).document


def test_is_answered_by_keyboard_and_read_by_axe(page, live_server, designer):
    url = live_server.url + link(invite(make_survey(designer)))
    page.goto(url + "?score=4")
    assert_accessible(page)
    page.locator('input[name="nps"]:checked').focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.get_by_label("What went wrong?").fill("The queue at the desk.")
    assert_accessible(page)
    page.get_by_role("button", name="Send answers").press("Enter")
    page.get_by_role("heading", name="Thank you").wait_for()
    assert_accessible(page)
    assert only_response().answers == {"nps": 3, "what_went_wrong": "The queue at the desk."}
    page.goto(url)
    page.get_by_role("heading", name="You have already answered").wait_for()
    assert not MachineHit.objects.exists()


def test_leads_to_what_is_wrong_on_a_page_of_every_kind(page, live_server, designer):
    url = live_server.url + link(invite(make_survey(designer, document=every_kind())))
    page.goto(url)
    assert_accessible(page)
    page.get_by_role("button", name="Send answers").click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.className") == "wrong"
    assert_accessible(page)
    page.get_by_role("alert").get_by_role("link").click()
    assert page.evaluate("document.activeElement.id") == "csat"


def test_is_answered_without_scripts_on_a_phone(plain_page, live_server, designer):
    plain_page.goto(live_server.url + link(invite(make_survey(designer))))
    plain_page.get_by_text("9", exact=True).click()
    plain_page.get_by_role("button", name="Next").click()
    plain_page.get_by_label("What did we do best?").fill("Coffee")
    plain_page.get_by_role("button", name="Send answers").click()
    plain_page.get_by_role("heading", name="Thank you").wait_for()
    assert only_response().answers == {"nps": 9, "what_did_we_do_best": "Coffee"}


def test_changes_the_language_without_scripts_and_keeps_what_was_typed(
    plain_page, live_server, designer
):
    document = add_question(
        starter_document("csat_after_purchase", ["en", "de", "zh-Hans", "ms"]),
        "short_text",
        page="purchase",
    ).document
    plain_page.goto(live_server.url + link(invite(make_survey(designer, document=document))))
    plain_page.locator("#text-i").fill("Window seat")
    plain_page.get_by_role("button", name="简体中文").click()
    assert plain_page.locator("html").get_attribute("lang") == "zh-Hans"
    assert plain_page.locator("#text-i").input_value() == "Window seat"
    plain_page.get_by_role("button", name="Bahasa Melayu").click()
    plain_page.get_by_text("4", exact=True).click()
    plain_page.locator("#text-i").press("Enter")
    plain_page.get_by_role("heading", name="Terima kasih").wait_for()
    kept = only_response()
    assert (kept.language, kept.answers) == ("ms", {"csat": 4, "text": "Window seat"})


def test_is_read_by_axe_from_right_to_left(page, live_server, designer):
    page.goto(
        live_server.url
        + link(invite(make_survey(designer, document=every_kind(["en", "ar"]))))
        + "?lang=ar"
    )
    assert_accessible(page)
    page.locator(".go button").click()
    page.get_by_role("alert").wait_for()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert_accessible(page)


@pytest.mark.parametrize(
    "act", ["document.forms[0].submit()", "document.querySelector('.go button').click()"]
)
def test_never_counts_a_form_sent_by_a_script(page, live_server, designer, act):
    sends = f"if (!name.endsWith('...')) {{ name += '.'; {act} }}"
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {sends} }})")
    page.goto(live_server.url + link(invite(make_survey(designer))) + "?score=9")
    page.get_by_label("I am answering this myself").wait_for()
    page.wait_for_function("name == '...'")
    assert not Response.objects.exists()
    assert MachineHit.objects.count() >= 2
    page.get_by_role("button", name="Next").click()
    page.get_by_label("What did we do best?").wait_for()
    assert only_response().answers == {"nps": 9}
