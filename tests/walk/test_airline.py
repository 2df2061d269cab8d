"""The main job on a file of passengers, all through the pages; the figures are known beforehand."""

import re

import pytest
from django.db import connection

from activity.running import run_job
from contacts.models import AttributeDefinition, Contact, Import
from metrics.folding import differences, fold
from metrics.services import define_missing
from surveys.models import Response
from tests.browser import sign_in
from tests.walk.files import CLASSES, QUESTIONS, REAL, WIFI, made, real

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = "2026-10-01"
NOTED = {
    "Gender": ("Gender", False),
    "Age": ("Age", False),
    "Class": ("Class", True),
    "Type of Travel": ("Travel type", False),
    "Customer Type": ("Loyalty", True),
}


@pytest.fixture(params=["made", "real"])
def walk(request, tmp_path):
    if request.param == "made":
        return made(tmp_path)
    if REAL is None:
        pytest.skip("no shared/data/airline beside the clone")
    return real()


def test_reads_the_known_scores_after_importing_people_and_their_answers(
    page, live_server, designer, walk
):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # earlier tests emptied tables whose old sizes still mislead
    sign_in(page, live_server, designer)
    page.route(re.compile("/preview/|/vendor/vega"), lambda route: route.abort())  # not looked at
    import_people(page, live_server, walk)
    design_survey(page, live_server)
    import_answers(page, walk)
    while fold(100_000):
        pass
    links = metric_links(page, live_server)
    for name, (n, csat, mean) in walk.questions.items():
        open_metric(page, links[name])
        assert counted(page) == n, name
        assert exactly(page)[:1] + exactly(page)[2:] == [f"{csat:.2f}", f"{mean:.3f}"], name
        if name == WIFI:
            assert by_class(page) == {
                group: (f"{share:.2f}", n) for group, (n, share) in walk.wifi.items()
            }
    open_metric(page, links["All ratings of Flight ratings"])
    assert counted(page) == walk.answers
    assert f"{walk.people:,} people" in page.locator(".headline .score").inner_text()
    assert exactly(page)[:2] == [f"{walk.pooled:.2f}", f"{walk.error:.3f}"]
    assert differences() == []


def import_people(page, live_server, walk):
    page.goto(f"{live_server.url}/imports/new/")
    page.set_input_files("input[type=file]", str(walk.path))
    page.get_by_role("button", name="Upload the file").click()
    assert page.get_by_label("id becomes", exact=True).input_value() == "external_id"
    for heading, (label, split) in NOTED.items():
        page.get_by_label(f"{heading} becomes", exact=True).select_option("new")
        page.get_by_label(f"Label of the attribute from {heading}", exact=True).fill(label)
        if split:
            row = page.get_by_role("row").filter(has=page.get_by_label(f"{heading} becomes"))
            row.get_by_role("checkbox", name="Break down by").check()
    check_and_write(page, walk.people)
    assert Contact.objects.count() == walk.people
    split = AttributeDefinition.objects.dimensions().values_list("label", flat=True)
    assert sorted(split) == ["Class", "Loyalty"]


def design_survey(page, live_server):
    page.goto(f"{live_server.url}/surveys/new/")
    page.get_by_label("Name").fill("Flight ratings")
    page.get_by_label("Blank").check()
    page.get_by_role("button", name="Make the survey").click()
    for place, question in enumerate(QUESTIONS):
        if place:
            page.get_by_text("Add a question").click()
        page.get_by_role("button", name="Rating", exact=True).click()
        page.get_by_role("heading", name=f"Question {place + 1}").wait_for()
        page.get_by_label("What you ask").fill(question)
        page.get_by_label("Offer “not applicable”").check()
        page.get_by_role("button", name="Save", exact=True).click()
        page.locator("#outline").get_by_text(question, exact=True).wait_for()
    page.get_by_role("link", name="Publish version 1").click()
    page.get_by_role("button", name="Publish version 1").click()
    page.get_by_text("Version 1 is published.").wait_for()
    define_missing()  # what a worker does at the news


def import_answers(page, walk):
    page.get_by_role("link", name="Import answers given earlier").click()
    page.set_input_files("input[type=file]", str(walk.path))
    page.get_by_role("button", name="Upload the file").click()
    for question in QUESTIONS:
        chosen = page.get_by_label(f"{question} becomes", exact=True).locator("option:checked")
        assert chosen.inner_text() == question
    page.get_by_label("Date answered").fill(DAY)
    page.get_by_label("Codes for “not applicable”").fill("0")
    check_and_write(page, walk.people)
    told = page.locator(".tally").inner_text()
    assert f"{walk.answers:,}" in told
    assert f"{walk.not_applicable:,}" in told
    assert Response.objects.counted().count() == walk.people


def check_and_write(page, rows):
    page.get_by_role("button", name="Check the file").click()
    work(page, f"All {rows:,} rows are ready")
    page.get_by_role("button", name=f"Write {rows:,} rows").click()
    work(page, f"{rows:,} new, 0 changed")


def work(page, heading):
    """What the worker does meanwhile; the page finds out by itself."""
    page.locator("#run").wait_for()
    imp = Import.objects.latest("pk")
    run_job(str(imp.job_id))
    page.get_by_role("heading", name=heading).wait_for()


def metric_links(page, live_server):
    page.goto(f"{live_server.url}/metrics/")
    links = page.locator("tbody th a").all()
    return {link.inner_text(): live_server.url + link.get_attribute("href") for link in links}


def open_metric(page, url):
    page.goto(f"{url}?period=all", wait_until="domcontentloaded")
    page.get_by_role("heading", name="What this number means").wait_for()


def exactly(page):
    """The unrounded figures of a metric's page: score, standard error, mean."""
    told = page.locator("dl.facts dt", has_text="Exactly").locator("+ dd").inner_text()
    return re.findall(r"[0-9]+\.[0-9]+", told)


def counted(page):
    told = page.locator(".headline .score").inner_text()
    return int(re.search(r"([0-9,]+) answers", told)[1].replace(",", ""))


def by_class(page):
    table = page.get_by_role("region", name="By Class").locator("tbody tr")
    rows = {row.locator("th").inner_text(): row.locator("td") for row in table.all()}
    assert sorted(rows) == sorted(CLASSES)
    return {
        name: (re.search(r"[0-9.]+", cells.nth(0).inner_text())[0], number(cells.nth(3)))
        for name, cells in rows.items()
    }


def number(cell):
    return int(re.search(r"[0-9,]+", cell.inner_text())[0].replace(",", ""))
