"""A designer builds a survey by clicking, follow-up and all, and publishes it."""

import pytest

from surveys.document.editing import add_question
from surveys.models import Survey
from surveys.selectors import draft_of
from surveys.services.surveys import create_survey, save_draft
from tests.browser import assert_accessible, sign_in
from tests.surveys.factories import answer, make_survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_builds_a_survey_with_a_follow_up_by_clicking(page, live_server, designer, client):
    sign_in(page, live_server, designer)
    page.goto(live_server.url + "/surveys/")
    assert_accessible(page)
    page.get_by_role("link", name="Make the first survey").click()
    page.get_by_label("Name").fill("After the call")
    page.get_by_label("Blank").check()
    assert_accessible(page)
    page.get_by_role("button", name="Make the survey").click()
    page.get_by_role("button", name="NPS", exact=True).click()
    page.get_by_text("Add a question").click()
    page.get_by_role("button", name="Long text").click()
    page.get_by_label("What you ask").fill("What went wrong?")
    page.get_by_text("saved").filter(has_text=":").wait_for()
    page.locator("#outline").get_by_text("What went wrong?").wait_for()
    page.get_by_label("Depends on").select_option(index=1)
    page.get_by_role("button", name="Show it only then").wait_for()
    assert page.get_by_label("To", exact=True).input_value() == "6"
    page.get_by_role("button", name="Show it only then").click()
    page.get_by_text("is 0 to 6").first.wait_for()
    assert_accessible(page)
    page.get_by_role("link", name="Publish version 1").click()
    page.get_by_role("heading", name="Version 1 is ready").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Publish version 1").click()
    page.get_by_text("Version 1 is published.").wait_for()
    page.get_by_role("button", name="Switch an open link on").click()
    page.get_by_text("Anybody with the link can answer.").wait_for()
    assert_accessible(page)
    survey = Survey.objects.get()
    first = answer(client, f"/s/{survey.slug}/", nps="2")
    assert "What went wrong?" in client.get(first.url).content.decode()


def test_removes_a_question_and_puts_it_back(page, live_server, designer):
    survey = make_survey(designer)
    sign_in(page, live_server, designer)
    page.goto(f"{live_server.url}/surveys/{survey.pk}/edit/?q=nps")
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("The question is removed.").wait_for()
    survey.refresh_from_db()
    assert "nps" not in draft_of(survey).by_key
    assert_accessible(page)
    page.get_by_role("button", name="Undo").click()
    page.get_by_label("What you ask").wait_for()
    survey.refresh_from_db()
    assert survey.draft == survey.current_version.document


def test_drags_a_question_to_another_place(page, live_server, designer):
    survey = make_survey(designer)
    sign_in(page, live_server, designer)
    page.goto(f"{live_server.url}/surveys/{survey.pk}/edit/")
    page.wait_for_selector("ol[data-drags]")
    rows = page.locator(".outline li")
    rows.nth(3).drag_to(rows.nth(1), target_position={"x": 20, "y": 4})
    page.wait_for_url("**/edit/?q=what_did_we_do_best*")
    survey.refresh_from_db()
    assert draft_of(survey).pages[1].questions[0].key == "what_did_we_do_best"


def test_edits_by_plain_forms_without_scripts(plain_page, live_server, designer):
    survey = create_survey("Plain", by=designer, starter="csat_after_purchase", languages=["en"])
    sign_in(plain_page, live_server, designer)
    plain_page.goto(f"{live_server.url}/surveys/{survey.pk}/edit/?q=csat")
    plain_page.get_by_label("What you ask").fill("How was it?")
    plain_page.get_by_role("button", name="Save").click()
    plain_page.get_by_role("button", name="Move question down").click()
    survey.refresh_from_db()
    document = draft_of(survey)
    assert document.by_key["csat"].title.root["en"] == "How was it?"
    assert document.questions[-1].key == "csat"


def refused(page) -> list[str]:
    """Addresses of what the server refuses from here on."""
    found: list[str] = []
    page.on("response", lambda got: found.append(got.url) if got.status >= 400 else None)
    return found


def hold_saves(page) -> None:
    """Saves that the page makes by itself wait until `page.unroute`."""

    def hold(route):
        if "hx-request" not in route.request.headers:
            route.continue_()

    page.route("**/surveys/**", hold)


def asked(survey, key="nps") -> str:
    survey.refresh_from_db()
    return draft_of(survey).by_key[key].title.root["en"]


@pytest.fixture
def editor(page, live_server, designer):
    """A survey open in the editor, in a browser."""
    survey = make_survey(designer)
    sign_in(page, live_server, designer)
    page.goto(f"{live_server.url}/surveys/{survey.pk}/edit/?q=nps")
    return survey


def test_saves_once_where_save_is_pressed_right_after_typing(page, editor):
    no = refused(page)
    page.get_by_label("What you ask").fill("Would you come again?")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**lang=en")
    assert (asked(editor), editor.draft_revision, no) == ("Would you come again?", 2, [])


def test_saves_after_the_save_that_is_under_way(page, editor):
    no = refused(page)
    hold_saves(page)
    page.get_by_label("What you ask").fill("Would you come again?")
    page.wait_for_selector("form.htmx-request")
    page.get_by_role("button", name="Save").click()
    page.unroute("**/surveys/**")
    page.wait_for_url("**lang=en")
    assert (asked(editor), editor.draft_revision, no) == ("Would you come again?", 2, [])


@pytest.mark.parametrize("press", ["Page 2", "Add a page"])
def test_keeps_what_was_just_typed_when_anything_else_is_pressed(page, editor, press):
    no = refused(page)
    page.get_by_label("What you ask").fill("Would you come again?")
    page.locator(".desk-left").get_by_text(press).click()
    page.get_by_label("Heading").wait_for()
    assert (asked(editor), no) == ("Would you come again?", [])


def test_stays_where_what_was_typed_is_refused_and_says_why(page, editor, admin):
    save_draft(editor, document=draft_of(editor), revision=1, by=admin, what={})
    page.get_by_label("What you ask").fill("Would you come again?")
    page.locator("#outline").get_by_text("Page 2").click()
    page.get_by_text("Admin changed this survey").wait_for()
    assert page.get_by_label("What you ask").input_value() == "Would you come again?"
    page.locator("#outline").get_by_text("Page 2").click()
    page.get_by_label("Heading").wait_for()


def test_presses_save_and_nothing_else_on_enter(page, live_server, designer):
    survey = create_survey("Choices", by=designer, languages=["en"])
    document = add_question(draft_of(survey), "single_choice", page="page").document
    save_draft(survey, document=document, revision=1, by=designer, what={})
    sign_in(page, live_server, designer)
    page.goto(f"{live_server.url}/surveys/{survey.pk}/edit/?q=choice")
    page.get_by_label("Option 2", exact=True).fill("Blue")
    page.get_by_label("New option").fill("Green")
    page.get_by_label("New option").press("Enter")
    page.get_by_label("Option 3", exact=True).wait_for()
    survey.refresh_from_db()
    choices = draft_of(survey).by_key["choice"].choices
    assert [each.label.root["en"] for each in choices] == ["Option 1", "Blue", "Green"]
