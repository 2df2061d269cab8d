"""Drawing and reading a map as people do: by mouse, by keys, on a phone, on paper, without scripts."""

import re
from datetime import date, timedelta

import pytest

from journeys.models import Journey, Placement, Touchpoint
from metrics.services import define_missing
from tests.browser import assert_accessible, sign_in
from tests.journeys.factories import hear, make_journey, make_touchpoint, place
from tests.metrics.factories import answer_many, make_survey, scored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Self-service check-in and bag drop for families with prams, Terminal 2"


@pytest.fixture
def trip(designer):
    journey = make_journey(designer, "Book", "Fly")
    for name in ("Crew", "Food"):
        place(journey.stages.get(name="Fly"), make_touchpoint(designer, name), designer)
    return journey


@pytest.fixture
def full_map(designer, owner):
    """Five stages, thirty touchpoints, some with long names; every third is asked about."""
    journey = make_journey(
        designer, "Look", "Book", "Airport", "Flight", "Arrival", name="All of it"
    )
    keys = [f"k{number}" for number in range(0, 30, 3)]
    survey = make_survey(designer, questions=scored(**dict.fromkeys(keys, "rating")))
    define_missing()
    stages = list(journey.stages.all())
    for number in range(30):
        name = LONG if number % 7 == 0 else f"Touchpoint {number}"
        touchpoint = make_touchpoint(designer, name, owner=owner if number % 2 else None)
        if number % 3 == 0:
            key = f"k{number}"
            hear(touchpoint, survey, key, by=designer, starts_on=date(2020, 1, 1))
            values = [5] * (60 - number) + [2] * 30
            answer_many(survey, values, key=key, completed_on=date.today() - timedelta(days=3))
        place(stages[number % 5], touchpoint, designer)
    return journey


def drawn() -> dict[str, list[str]]:
    journey = Journey.objects.get()
    return {
        stage.name: [each.touchpoint.name for each in stage.placements.select_related("touchpoint")]
        for stage in journey.stages.all()
    }


def placed(name) -> Placement:
    return Placement.objects.get(touchpoint__name=name)


def open_editor(page, live_server, designer, journey):
    sign_in(page, live_server, designer)
    page.goto(f"{live_server.url}/journeys/{journey.pk}/edit/")


def test_draws_a_map_from_nothing_and_reads_it(page, live_server, designer):
    make_survey(designer, questions=scored(q="csat"))
    define_missing()
    sign_in(page, live_server, designer)
    page.goto(f"{live_server.url}/journeys/")
    assert_accessible(page)
    page.get_by_role("link", name="Draw the first journey").click()
    page.get_by_label("Name").fill("A holiday")
    page.get_by_label("Stages").fill("Book\nFly")
    assert_accessible(page)
    page.get_by_role("button", name="Draw the journey").click()
    page.get_by_label("Name of the touchpoint").fill("Cabin crew")
    page.locator("#new-in").select_option(label="Fly")
    page.get_by_role("button", name="Add touchpoint").click()
    page.locator(".card-of").get_by_role("link", name="Cabin crew").wait_for()
    page.get_by_label("Name of the stage").fill("Come home")
    page.get_by_role("button", name="Add stage").click()
    page.locator('input[value="Come home"]').wait_for()
    assert_accessible(page)
    page.locator(".card-of").get_by_role("link", name="Cabin crew").click()
    page.get_by_label("Question").select_option(label="q")
    assert_accessible(page)
    page.get_by_role("button", name="Listen", exact=True).click()
    page.get_by_text("It listens.").wait_for()
    page.get_by_role("link", name="See its score").click()
    page.get_by_text("Nobody answered in this period.").wait_for()
    assert_accessible(page)
    page.get_by_role("link", name="A holiday").click()
    page.get_by_role("heading", name="A holiday").wait_for()
    assert page.locator(".stage").count() == 3
    assert page.get_by_role("button", name="Print").is_visible()
    assert_accessible(page)
    page.goto(f"{live_server.url}/touchpoints/")
    assert_accessible(page)


def test_drags_a_touchpoint_into_another_stage(page, live_server, designer, trip):
    open_editor(page, live_server, designer, trip)
    page.wait_for_selector(".cards[data-drags]")
    handle = page.locator(f"#grip-{placed('Food').pk}")
    handle.drag_to(page.locator(".cards").first, target_position={"x": 40, "y": 10})
    page.locator(".column").first.get_by_role("link", name="Food").wait_for()
    page.locator("#said").get_by_text("Food is now number 1 in Book.").wait_for(state="attached")
    assert drawn() == {"Book": ["Food"], "Fly": ["Crew"]}


def test_moves_a_touchpoint_by_the_arrow_keys_and_keeps_the_focus(
    page, live_server, designer, trip
):
    open_editor(page, live_server, designer, trip)
    grip = page.locator(f"#grip-{placed('Food').pk}")
    grip.focus()
    for key, told in (
        ("ArrowUp", "Food is now number 1 in Fly."),
        ("ArrowLeft", "Food is now number 1 in Book."),
        ("ArrowRight", "Food is now number 2 in Fly."),
    ):
        page.keyboard.press(key)
        page.locator("#said").get_by_text(told).wait_for(state="attached")
        page.wait_for_function(
            "id => document.activeElement.id === id", arg=f"grip-{placed('Food').pk}"
        )
    assert drawn() == {"Book": [], "Fly": ["Crew", "Food"]}


def test_takes_a_touchpoint_off_and_puts_it_back(page, live_server, designer, trip):
    open_editor(page, live_server, designer, trip)
    page.get_by_role("button", name="Take off Crew").click()
    page.get_by_text("The touchpoint is off this map.").wait_for()
    assert_accessible(page)
    assert drawn()["Fly"] == ["Food"]
    page.get_by_role("button", name="Undo").click()
    page.locator(".card-of").get_by_role("link", name="Crew").wait_for()
    assert drawn()["Fly"] == ["Crew", "Food"]


def test_tells_the_second_of_two_editors(page, live_server, designer, trip, client, admin):
    open_editor(page, live_server, designer, trip)
    client.force_login(admin)
    trip.refresh_from_db()
    client.post(f"/journeys/{trip.pk}/stages/", {"revision": trip.revision, "name": "Theirs"})
    page.get_by_label("Name of the stage").fill("Mine")
    page.get_by_role("button", name="Add stage").click()
    page.get_by_text("Admin changed “A trip” in the meantime").wait_for()
    assert page.get_by_label("Name of the stage").input_value() == "Mine"
    page.get_by_role("button", name="Add stage").click()
    page.get_by_label("Name of stage 4").wait_for()
    assert page.url.endswith("/edit/")
    assert list(drawn()) == ["Book", "Fly", "Theirs", "Mine"]


def test_edits_by_plain_forms_without_scripts(plain_page, live_server, designer, trip):
    open_editor(plain_page, live_server, designer, trip)
    assert not plain_page.locator(".grip").first.is_visible()
    plain_page.get_by_role("button", name="Move Food to the stage before").click()
    assert plain_page.url.endswith(f"#placement-{placed('Food').pk}")
    plain_page.get_by_label("Name of stage 1").fill("Find")
    plain_page.get_by_role("button", name="Save the name of Book").click()
    plain_page.get_by_role("button", name="Remove Fly").click()
    plain_page.get_by_role("button", name="Undo").click()
    assert drawn() == {"Find": ["Food"], "Fly": ["Crew"]}


def test_reads_a_full_map_on_a_wide_screen_and_in_the_dark(page, live_server, leader, full_map):
    sign_in(page, live_server, leader)
    page.goto(f"{live_server.url}/journeys/{full_map.pk}/")
    assert page.locator(".map-line .line").count() == 1
    assert page.locator(".touchpoint").count() == 30
    assert_accessible(page)
    assert sideways(page) <= 0
    page.emulate_media(color_scheme="dark")
    assert_accessible(page)
    page.get_by_text("Table behind this map").click()
    assert page.get_by_role("region", name="Scores of the map").get_by_role("row").count() == 36
    assert_accessible(page)


def test_reads_a_full_map_on_a_phone_without_scripts(plain_page, live_server, leader, full_map):
    sign_in(plain_page, live_server, leader)
    plain_page.goto(f"{live_server.url}/journeys/{full_map.pk}/")
    stages = [stage.bounding_box() for stage in plain_page.locator(".stages > .stage").all()]
    tops = [box["y"] for box in stages]
    assert tops == sorted(tops)
    assert all(box["x"] + box["width"] <= 390 for box in stages)
    first = plain_page.locator(".touchpoint").first
    assert first.locator("svg.interval").is_visible()
    assert not plain_page.get_by_role("button", name="Print").is_visible()


def test_prints_a_full_map_on_one_sheet(page, live_server, leader, full_map, tmp_path):
    sign_in(page, live_server, leader)
    page.goto(f"{live_server.url}/journeys/{full_map.pk}/")
    page.emulate_media(media="print")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1


def sideways(page) -> int:
    """By how much the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_shows_a_touchpoint_with_long_words_within_a_phone(page, live_server, designer, trip):
    Touchpoint.objects.filter(name="Crew").update(name="Rückerstattungsantragsbearbeitung" * 3)
    page.set_viewport_size({"width": 390, "height": 800})
    open_editor(page, live_server, designer, trip)
    assert sideways(page) <= 0
    page.goto(f"{live_server.url}/journeys/{trip.pk}/")
    assert sideways(page) <= 0
    page.goto(f"{live_server.url}/touchpoints/{placed('Food').touchpoint_id}/edit/")
    assert sideways(page) <= 0
