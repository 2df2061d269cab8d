"""A designer plans, tests, launches and watches; the reader answers from the mail."""

import re

import pytest
from django.urls import reverse

from cxplatform.launch.mailbox import Keep
from surveys.models import Distribution
from tests.browser import assert_accessible, sign_in
from tests.surveys.asking import make_contact, make_sender, make_survey
from tests.surveys.test_sending import send_all

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mailbox(sink, settings, tmp_path, live_server):
    """What the sink receives lands in the mailbox, with links to this very server."""
    settings.MAILBOX_DIR = tmp_path
    settings.SITE_URL = live_server.url
    keep = Keep(tmp_path)
    sink.data = lambda address, content: keep.keep(content) and None
    return sink


def test_from_plan_to_answer(page, live_server, mailbox, designer):
    make_sender()
    survey = make_survey(designer, languages=("en", "de"))
    make_contact("anna@mail.example", given_name="Anna", family_name="Koch", language="de")
    make_contact("bo@mail.example", given_name="Bo")
    make_contact("", given_name="Nobody", family_name="Here")
    sign_in(page, live_server, designer)

    page.goto(live_server.url + reverse("surveys:distributions"))
    assert_accessible(page)
    page.get_by_role("link", name="Plan a distribution").click()
    page.get_by_label("Name").fill("November wave")
    page.get_by_label("Survey").select_option(str(survey.pk))
    assert_accessible(page)
    page.get_by_role("button", name="Choose whom to ask").click()

    page.get_by_label("Language").wait_for()
    assert "3 contacts" in page.locator("#count").inner_text()
    page.get_by_label("Name, address or external id").fill("anna")
    page.locator("#count", has_text=re.compile(r"^1\s+contact$")).wait_for()
    page.get_by_label("Name, address or external id").fill("")
    page.locator("#count", has_text="3 contacts").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Save and write the message").click()

    page.get_by_label("Subject").first.fill("{{ given_name|You }}, how was it?")
    assert_accessible(page)
    page.get_by_role("button", name="Save and review").click()

    page.get_by_role("heading", name="November wave asks 2 people").wait_for()
    frame = page.frame_locator("iframe.mail").first
    frame.get_by_role("link", name="10", exact=True).wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Send a test to designer@cx.example").first.click()
    page.get_by_text("Sent to designer@cx.example").wait_for()
    page.get_by_role("button", name="Send it to 2 people").click()

    page.get_by_role("heading", name="November wave: 0 of 2 sent").wait_for()
    assert_accessible(page)
    send_all(Distribution.objects.get())
    page.get_by_role("heading", name="November wave: 2 of 2 sent").wait_for()
    page.get_by_role("link", name="Everybody considered").click()
    page.get_by_text("No e-mail address").wait_for()
    assert_accessible(page)

    page.goto(live_server.url + "/mailbox/")
    page.get_by_role("heading", name="3 messages received").wait_for()
    assert_accessible(page)
    page.get_by_role("link", name="Bo, how was it?").click()
    frame = page.frame_locator("iframe.mail")
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="9", exact=True).click()
    answer = opened.value
    answer.wait_for_load_state()
    assert answer.locator("input[value='9']").is_checked()
    assert_accessible(page)


def test_unsubscribes_without_scripts(plain_page, live_server, mailbox, designer):
    make_sender()
    make_contact("anna@mail.example", given_name="Anna", language="de")
    from surveys.services.distributions import create_distribution, launch

    distribution = create_distribution(make_survey(designer), name="Wave", by=designer)
    send_all(launch(distribution, by=designer))
    text = mailbox.messages[0].get_body(("plain",)).get_content()
    plain_page.goto(re.search(r"https?://\S+/u/\S+", text)[0])
    plain_page.get_by_role("button").click()
    assert plain_page.locator("html").get_attribute("lang") == "de"
    assert plain_page.get_by_role("button").count() == 0
