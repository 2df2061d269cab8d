"""What pages of journeys and touchpoints say: numbers, marks, and what to do where there are none."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from journeys.models import Journey, Touchpoint
from metrics.models import Item, Metric
from metrics.services import Definition, define_missing, revise_metric
from tests.journeys.factories import hear, make_journey, make_touchpoint, place
from tests.metrics.factories import DAY, answer, answer_many, make_survey, scored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fixed_day():
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        yield


@pytest.fixture
def survey(designer):
    made = make_survey(designer, questions=scored(q="rating", r="rating", nps="nps"))
    define_missing()
    return made


@pytest.fixture
def trip(designer, survey):
    """Boarding hears q, Crew hears r, nobody asks about Security."""
    journey = make_journey(designer, "Airport", "Flight", about="All of it")
    airport, flight = journey.stages.all()
    for stage, name, key in (
        (airport, "Boarding", "q"),
        (airport, "Security", ""),
        (flight, "Crew", "r"),
    ):
        touchpoint = make_touchpoint(designer, name, owner=designer if key else None)
        if key:
            hear(touchpoint, survey, key, by=designer)
        place(stage, touchpoint, designer)
    journey.refresh_from_db()
    return journey


def get(client, user, route, *args, **query) -> str:
    client.force_login(user)
    response = client.get(reverse(f"journeys:{route}", args=args, query=query))
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def card(page: str, name: str) -> str:
    """A touchpoint's card on the map."""
    [found] = [part for part in page.split('<li class="touchpoint')[1:] if f">{name}</a>" in part]
    return found.partition("</li>")[0]


def head(page: str, stage: str) -> str:
    [found] = [part for part in page.split("<header>")[1:] if f"</span>{stage}</h2>" in part]
    return found.partition("</header>")[0]


# --- the map -------------------------------------------------------------------------------------


def test_the_map_shows_each_score_with_interval_n_age_owner_and_mark(
    client, designer, survey, trip
):
    answer_many(survey, [5] * 80 + [1] * 40, key="q", completed_on=date(2026, 11, 18))
    page = get(client, designer, "detail", trip.pk)
    boarding = card(page, "Boarding")
    assert "67 %" in boarding
    assert "58 to 74, 95 % sure" in boarding
    assert ">n 120<" in boarding
    assert "2 days ago" in boarding
    assert "Designer" in boarding
    assert "On the spot" in boarding
    assert "</svg>Solid" in boarding
    assert 'aria-label="67 %, 95 % interval 58 to 74"' in boarding
    security = card(page, "Security")
    assert "Nobody asks." in security
    assert "No data" in security
    assert "No owner" in security
    assert "No answers yet" in card(page, "Crew")


def test_the_map_names_the_lowest_stage_only_where_chance_cannot_explain_it(
    client, designer, survey, trip
):
    answer_many(survey, [5] * 30 + [1] * 30, key="q")
    answer_many(survey, [5] * 36 + [1] * 24, key="r")
    assert "<h1>A trip</h1>" in get(client, designer, "detail", trip.pk)
    answer_many(survey, [5] * 300, key="r")
    page = get(client, designer, "detail", trip.pk)
    assert "<h1>A trip: lowest at Airport</h1>" in page
    assert "Score by stage: Airport 50 %; Flight 93 %." in page


def test_the_map_counts_people_once_where_they_answer_for_two_touchpoints(
    client, designer, survey, trip
):
    place(trip.stages.first(), Touchpoint.objects.get(name="Crew"), designer)
    for value in (5, 4, 3, 2, 1, 5, 4, 3, 2, 1, 5, 5):
        answer(survey, {"q": value, "r": value})
    page = get(client, designer, "detail", trip.pk)
    assert "24 answers of 12 people" in head(page, "Airport")
    assert "12 answers" in head(page, "Flight")


def test_the_map_has_a_table_behind_it_with_every_number(client, designer, survey, trip):
    answer_many(survey, [5] * 8 + [1] * 4, key="q", completed_on=DAY)
    page = get(client, designer, "detail", trip.pk)
    table = page.partition("Table behind this map")[2]
    assert (
        '<td>Boarding</td><td>On the spot</td><td>% giving 4–5 on 1–5</td><td class="num">66.7 %'
        in table
    )
    assert "10 Nov 2026" in table
    assert "Thin" in table
    assert (
        '<td>Security</td><td>On the spot</td><td class="hushed" colspan="6">not asked</td>'
        in table
    )


def test_the_map_says_by_which_rule_it_marks(client, designer, trip):
    page = get(client, designer, "detail", trip.pk)
    assert "Thin: fewer than 10 people, or an interval wider than 1/5 of its scale" in page
    assert "Stale: the last answer is older than 90 days, or than the period is long" in page


def test_the_map_leads_with_one_kind_and_names_the_others(client, designer, survey, trip):
    hear(Touchpoint.objects.get(name="Boarding"), survey, "nps", by=designer)
    answer_many(survey, [10] * 20, key="nps")
    answer_many(survey, [4] * 20, key="q")
    boarding = card(get(client, designer, "detail", trip.pk), "Boarding")
    assert "100 %" in boarding
    assert "+100 NPS" in boarding.partition("Also:")[2]


def test_the_map_says_where_its_kind_is_not_asked(client, designer, survey, trip):
    crew = Touchpoint.objects.get(name="Crew")
    crew.listenings.all().delete()
    hear(crew, survey, "nps", by=designer)
    page = get(client, designer, "detail", trip.pk)
    assert "CSAT not asked here" in head(page, "Flight")


def test_the_map_follows_the_period_chosen_and_says_what_is_wrong_with_one(
    client, designer, survey, trip
):
    answer_many(survey, [5] * 12, key="q", completed_on=date(2026, 3, 1))
    answer_many(survey, [1] * 12, key="q", completed_on=DAY)
    assert ">n 12<" in card(get(client, designer, "detail", trip.pk), "Boarding")
    year = get(client, designer, "detail", trip.pk, period="365")
    assert ">n 24<" in card(year, "Boarding")
    wrong = get(
        client, designer, "detail", trip.pk, period="custom", start="2026-03-02", end="2026-03-01"
    )
    assert "before it starts" in wrong
    assert ">n 12<" in card(wrong, "Boarding")


def test_the_map_withholds_what_too_few_people_said(client, leader, survey, trip):
    answer_many(survey, [5] * 4, key="q")
    page = get(client, leader, "detail", trip.pk)
    assert "Fewer than five people" in card(page, "Boarding")
    assert "4 answers" not in page
    assert "10 Nov 2026" not in page.partition("</header>")[2]


def test_the_map_colours_a_bar_by_the_limits_of_the_questions_metric(
    client, designer, survey, trip
):
    metric, item = Metric.objects.get(name="q"), Item.objects.get(question_key="q")
    definition = Definition("csat", box_min=4, box_max=5, floor=60, goal=80)
    revise_metric(metric, items=[item], definition=definition, by=designer)
    answer_many(survey, [1] * 60, key="q")
    assert card(get(client, designer, "detail", trip.pk), "Boarding").startswith(" bad ")


def test_an_empty_map_says_what_to_do_next(client, designer, leader, survey):
    journey = make_journey(designer)
    edit = reverse("journeys:edit", args=[journey.pk])
    assert edit in get(client, designer, "detail", journey.pk)
    shown = get(client, leader, "detail", journey.pk)
    assert "no stages yet" in shown
    assert edit not in shown
    bare = make_journey(designer, "Book")
    assert "Add one" in get(client, designer, "detail", bare.pk)


def test_a_map_with_thirty_touchpoints_takes_as_many_queries_as_one_with_three(
    client, designer, survey, trip, django_assert_max_num_queries
):
    client.force_login(designer)
    url = reverse("journeys:detail", args=[trip.pk])
    client.get(url)
    with django_assert_max_num_queries(32) as few:
        client.get(url)
    keys = [f"k{number}" for number in range(27)]
    more = make_survey(designer, name="More", questions=scored(**dict.fromkeys(keys, "rating")))
    define_missing()
    answer(more, dict.fromkeys(keys, 4))
    for number, key in enumerate(keys):
        touchpoint = make_touchpoint(designer, f"A rather long name of touchpoint {number}")
        hear(touchpoint, more, key, by=designer)
        place(trip.stages.all()[number % 2], touchpoint, designer)
    with django_assert_max_num_queries(32) as many:
        page = client.get(url).content.decode()
    assert page.count('<li class="touchpoint') == 30
    assert len(many) == len(few)


# --- lists ---------------------------------------------------------------------------------------


def test_lists_journeys_in_reach_and_puts_the_archived_away(client, designer, employee, trip):
    page = get(client, designer, "list")
    assert "A trip" in page
    assert "Draw a journey" in page
    assert "A trip" not in get(client, employee, "list")
    Journey.objects.update(published=True)
    assert "A trip" in get(client, employee, "list")
    client.force_login(designer)
    client.post(reverse("journeys:archive", args=[trip.pk]))
    assert "A trip</a>" not in get(client, designer, "list")
    assert "A trip</a>" in get(client, designer, "list", state="archived")
    client.post(reverse("journeys:archive", args=[trip.pk]), {"undo": "1"})
    assert "A trip</a>" in get(client, designer, "list")


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("", {"Boarding", "Crew", "Security"}),
        ("mine", {"Boarding", "Crew"}),
        ("silent", {"Security", "Crew"}),
        ("orphan", {"Security"}),
        ("ended", {"Gone"}),
    ],
)
def test_sifts_touchpoints(client, designer, survey, trip, state, names):
    crew = Touchpoint.objects.get(name="Crew")
    crew.listenings.update(ends_on=date(2026, 11, 19))
    make_touchpoint(designer, "Gone")
    Touchpoint.objects.filter(name="Gone").update(ended_on=DAY)
    page = get(client, designer, "touchpoints", state=state)
    assert {
        name for name in ("Boarding", "Crew", "Security", "Gone") if f">{name}</a>" in page
    } == names


def test_finds_a_touchpoint_by_name_in_a_part_of_the_page(client, designer, trip):
    client.force_login(designer)
    url = reverse("journeys:touchpoints", query={"q": "secur"})
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert ">Security</a>" in part
    assert "Boarding" not in part
    assert "<html" not in part
    nothing = client.get(reverse("journeys:touchpoints", query={"q": "\0nothing"}))
    assert "No touchpoint matches" in nothing.content.decode()


def test_lists_the_scores_of_touchpoints_in_as_many_queries_for_many(
    client, designer, survey, trip, django_assert_max_num_queries
):
    client.force_login(designer)
    url = reverse("journeys:touchpoints")
    client.get(url)
    with django_assert_max_num_queries(26) as few:
        client.get(url)
    for number in range(12):
        make_touchpoint(designer, f"T{number}")
    with django_assert_max_num_queries(26) as many:
        client.get(url)
    assert len(many) == len(few)


# --- one touchpoint ------------------------------------------------------------------------------


def test_a_touchpoint_tells_its_score_its_places_and_what_it_listens_to(
    client, designer, survey, trip
):
    answer_many(survey, [5] * 30, key="q")
    boarding = Touchpoint.objects.get(name="Boarding")
    page = get(client, designer, "touchpoint", boarding.pk)
    assert "<h1>Boarding: 100 % satisfied</h1>" in page
    assert "A trip</a>, Airport" in page
    assert "After the flight" in page
    assert "1 Jan 2026" in page
    assert "goes on" in page
    assert reverse("metrics:detail", args=[Metric.objects.get(name="q").key]) in page


def test_a_touchpoint_shows_no_map_and_no_metric_its_reader_may_not_see(
    client, employee, designer, survey, trip
):
    boarding = Touchpoint.objects.get(name="Boarding")
    Touchpoint.objects.filter(pk=boarding.pk).update(owner=employee)
    page = get(client, employee, "touchpoint", boarding.pk)
    assert "A trip" not in page
    assert "/metrics/after" not in page
    assert "Edit it" not in page


def test_a_touchpoint_nobody_asks_about_says_so(client, designer, trip):
    page = get(client, designer, "touchpoint", Touchpoint.objects.get(name="Security").pk)
    assert "it listens to no question" in page
    assert "No data" in page


def test_the_metric_page_names_the_touchpoints_its_answers_are_about(
    client, designer, survey, trip
):
    answer_many(survey, [5] * 20, key="q")
    other = Touchpoint.objects.get(name="Security")
    answer_many(survey, [1] * 20, key="q", context={"touchpoint": str(other.pk)})
    client.force_login(designer)
    url = reverse("metrics:detail", args=[Metric.objects.get(name="q").key])
    page = client.get(url).content.decode()
    table = page.partition("By Touchpoint")[2].partition("</table>")[0]
    assert '<th scope="row">Boarding</th>' in table
    assert '<th scope="row">Security</th>' in table


def test_says_how_old_the_last_answer_is(client, designer, survey, trip):
    answer_many(survey, [5] * 60, key="q", completed_on=date(2026, 11, 20) - timedelta(days=95))
    page = get(client, designer, "detail", trip.pk, period="365")
    assert "Stale" in card(page, "Boarding")
    assert "17 Aug 2026" in card(page, "Boarding")
    now = get(client, designer, "detail", trip.pk, period="30")
    assert "No answers in this period; the last: 17 Aug 2026." in card(now, "Boarding")
