"""A thousand passengers are asked by e-mail; some answer from the mail; the score moves."""

import csv
import re
from collections import Counter
from html import unescape

import pytest
from django.urls import reverse

from contacts.models import AttributeDefinition, ContactPermission
from cxplatform.launch.mailbox import Keep
from metrics.services import define_missing
from surveys.models import Distribution, Response
from tests.browser import sign_in
from tests.surveys.asking import make_sender
from tests.surveys.test_sending import send_all
from tests.walk.files import REAL, made
from tests.walk.test_airline import check_and_write, counted, exactly, metric_links, open_metric

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PEOPLE = 1_000
# A score needs ten answers before it is a headline.
WITH_SCRIPTS, WITHOUT = [10, 9, 0, 7, 8, 9, 10, 2, 9, 6], [10, 6, 8, 9, 10, 3]


@pytest.fixture(params=["made", "real"])
def addresses(request, tmp_path):
    """The first thousand of the file, each with a test address."""
    if request.param == "real" and REAL is None:
        pytest.skip("no shared/data/airline beside the clone")
    source = REAL if request.param == "real" else made(tmp_path, people=PEOPLE).path
    with source.open(newline="", encoding="utf-8-sig") as file:
        comma = csv.Sniffer().sniff(file.readline()).delimiter
        file.seek(0)
        rows = [row for row, _n in zip(csv.DictReader(file, delimiter=comma), range(PEOPLE))]  # noqa: B905
    path = tmp_path / "addresses.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "Class", "E-mail"])
        writer.writerows([row["id"], row["Class"], f"{row['id']}@mail.example"] for row in rows)
    return path


@pytest.fixture
def mailbox(sink, settings, tmp_path, live_server):
    """What the demo's own mail server would keep, with links to this very server."""
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    settings.SITE_URL = live_server.url
    keep = Keep(settings.MAILBOX_DIR)
    sink.data = lambda address, content: keep.keep(content) and None
    return sink


def test_a_thousand_are_asked_and_their_answers_move_the_score(
    page, plain_page, live_server, mailbox, designer, addresses
):
    sign_in(page, live_server, designer)
    import_addresses(page, live_server, addresses)
    publish_nps(page, live_server)
    send_to_all(page, live_server)
    assert len(mailbox.counts) == PEOPLE
    assert set(mailbox.counts.values()) == {1}
    assert len({message["Message-ID"] for message in mailbox.messages}) == PEOPLE

    links = [score_links(message) for message in mailbox.messages]
    plain_page.goto(links[0][0])
    assert not Response.objects.exists(), "opening a link is no answer"
    url = metric_links(page, live_server)["NPS · After the flight"]

    page.set_viewport_size({"width": 390, "height": 800})
    for own, score in zip(links, WITH_SCRIPTS, strict=False):
        answer_from(page, own[score])
    assert_reads(page, url, WITH_SCRIPTS)
    for own, score in zip(links[len(WITH_SCRIPTS) :], WITHOUT, strict=False):
        answer_from(plain_page, own[score])
    assert_reads(page, url, WITH_SCRIPTS + WITHOUT)

    plain_page.goto(links[0][5])
    plain_page.get_by_role("heading", name="You have already answered").wait_for()
    assert_reads(page, url, WITH_SCRIPTS + WITHOUT)


def import_addresses(page, live_server, path):
    page.goto(f"{live_server.url}/imports/new/")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="Upload the file").click()
    assert page.get_by_label("id becomes", exact=True).input_value() == "external_id"
    assert page.get_by_label("E-mail becomes", exact=True).input_value() == "email"
    page.get_by_label("Class becomes", exact=True).select_option("new")
    page.get_by_label("Label of the attribute from Class", exact=True).fill("Class")
    row = page.get_by_role("row").filter(has=page.get_by_label("Class becomes"))
    row.get_by_role("checkbox", name="Break down by").check()
    page.get_by_label("Permission to send surveys by e-mail").select_option("contract")
    page.get_by_label("Where the permission comes from").fill("Test addresses")
    check_and_write(page, PEOPLE)
    assert ContactPermission.objects.filter(basis="contract").count() == PEOPLE
    assert AttributeDefinition.objects.get().break_down_by


def publish_nps(page, live_server):
    page.goto(f"{live_server.url}/surveys/new/")
    page.get_by_label("Name").fill("After the flight")
    page.locator("input[value=relationship_nps]").check()
    page.get_by_role("button", name="Make the survey").click()
    page.get_by_role("link", name="Publish version 1").click()
    page.get_by_role("button", name="Publish version 1").click()
    page.get_by_text("Version 1 is published.").wait_for()
    define_missing()  # what a worker does at the news


def send_to_all(page, live_server):
    make_sender()
    page.goto(live_server.url + reverse("surveys:distributions"))
    page.get_by_role("link", name="Plan a distribution").click()
    page.get_by_label("Name").fill("After the flight")
    page.get_by_label("Survey").select_option(label="After the flight")
    page.get_by_role("button", name="Choose whom to ask").click()
    page.locator("#count", has_text="1,000 contacts").wait_for()
    page.get_by_role("button", name="Save and write the message").click()
    page.get_by_role("button", name="Save and review").click()
    page.get_by_role("button", name="Send it to 1,000 people").click()
    page.get_by_role("heading", name="0 of 1,000 sent").wait_for()
    send_all(Distribution.objects.get())
    page.get_by_role("heading", name="1,000 of 1,000 sent").wait_for()


def score_links(message):
    """Score → its link, as the mail offers them."""
    html = message.get_body(("html",)).get_content()
    found = re.findall(r'href="([^"]+/r/[^"]+\?score=(\d+)[^"]*)"', html)
    assert len(found) == 11
    return {int(score): unescape(link) for link, score in found}


def answer_from(page, link):
    """The score is chosen by the link; a person presses the buttons, and says no more."""
    page.goto(link)
    press(page, "Next")
    if page.get_by_role("button", name="Send answers").count():
        press(page, "Send answers")
    page.get_by_role("heading", name="Thank you").wait_for()


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def assert_reads(page, url, scores):
    """The page says what plain arithmetic says of the answers given so far."""
    open_metric(page, url)
    assert counted(page) == len(scores)
    kinds = Counter("up" if score >= 9 else "down" if score <= 6 else "" for score in scores)
    nps = 100 * (kinds["up"] - kinds["down"]) / len(scores)
    assert exactly(page)[0] == f"{abs(nps):.2f}"
    signed = page.locator("dl.facts dt", has_text="Exactly").locator("+ dd").inner_text()
    assert ("−" in signed.split(",")[0]) == (nps < 0)
