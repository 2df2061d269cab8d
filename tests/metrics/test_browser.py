import random
from datetime import date, timedelta

import pytest

from contacts.models import AttributeDefinition
from metrics.models import Item, Metric
from metrics.services import Definition, define_missing, revise_metric
from surveys.models import Response
from tests.browser import assert_accessible, sign_in
from tests.metrics.factories import make_survey, response, scored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def a_year_of_answers(survey, north, south):
    chance = random.Random(7)
    rows = []
    for week in range(52):
        day = date.today() - timedelta(days=7 * week + 1)
        for _ in range(30):
            travel = chance.choice(["Economy", "Economy", "Business"])
            liking = [10, 9, 9, 8, 7, 3] if travel == "Business" else [10, 9, 8, 7, 6, 2, 0]
            rows.append(
                response(
                    survey,
                    {"q": chance.choice(liking), "r": chance.randint(2, 5)},
                    completed_on=day,
                    unit=chance.choice([north, south]),
                    frozen={"class": travel},
                    channel=chance.choice(["email", "link"]),
                )
            )
    rows += [
        response(survey, {"q": 10}, completed_on=date.today(), frozen={"class": "First"})
        for _ in range(3)
    ]
    Response.objects.bulk_create(rows)


@pytest.fixture
def story(owner, designer, north, south):
    AttributeDefinition.objects.create(key="class", label="Class", break_down_by=True)
    survey = make_survey(designer, questions=scored(q="nps", r="csat"))
    define_missing()
    a_year_of_answers(survey, north, south)
    metric = Metric.objects.get(name__startswith="NPS")
    item = Item.objects.get(question_key="q")
    revise_metric(
        metric, items=[item], definition=Definition("nps", floor=10, goal=45), by=designer
    )
    return metric


def test_opening_a_score_down_to_its_answers(page, live_server, designer, story):
    sign_in(page, live_server, designer)
    page.goto(f"{live_server.url}/metrics/")
    assert_accessible(page)
    page.get_by_role("link", name=story.name).click()
    page.wait_for_selector("figure svg.marks")
    assert page.locator("h1").inner_text().startswith(story.name)
    page.get_by_role("row", name="Answers received").wait_for()
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").first.click()
    assert download.value.suggested_filename.endswith(".png")
    page.get_by_role("link", name="Open every row").click()
    assert "answers count" in page.locator("h1").inner_text()
    assert_accessible(page)
    page.goto(f"{live_server.url}/metrics/{story.key}/definition/")
    assert_accessible(page)


def test_reading_a_score_without_scripts(plain_page, live_server, leader, story):
    sign_in(plain_page, live_server, leader)
    plain_page.goto(f"{live_server.url}/metrics/{story.key}/")
    plain_page.get_by_label("Period", exact=True).select_option("365")
    plain_page.get_by_role("button", name="Show", exact=True).click()
    assert (
        "the last 365 days" in plain_page.locator("main").inner_text()
        or "answers" in plain_page.locator("main").inner_text()
    )
    assert plain_page.locator(".table.by svg.interval").first.is_visible()
    plain_page.get_by_text("Table behind this chart").first.click()
    assert plain_page.get_by_role("region", name="Scores by step").is_visible()
