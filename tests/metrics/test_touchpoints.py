"""Which touchpoint an answer is about, and what touchpoints and stages come to; against sums done
by hand over the answers."""

import random
from collections import Counter
from datetime import date, timedelta
from math import sqrt
from statistics import fmean

import pytest
import time_machine

from journeys.services.touchpoints import date_listening, end_touchpoint, retract_listening
from metrics import parts, selectors, touchpoints
from metrics.breakdowns import breakdowns
from metrics.folding import fold
from metrics.marks import Mark
from metrics.models import Cell, Item, Metric
from metrics.periods import Period, preset
from metrics.services import Definition, define_missing, revise_metric
from metrics.sources import source_of
from surveys.models import Response
from tests.contacts.factories import make_contact
from tests.journeys.factories import hear, make_touchpoint
from tests.metrics.factories import DAY, answer, answer_many, entry, make_survey, response, scored

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
PERIOD = Period(date(2026, 10, 22), TODAY)


@pytest.fixture(autouse=True)
def _fixed_day():
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        yield


@pytest.fixture
def survey(owner):
    made = make_survey(owner, questions=scored(q="rating", r="rating", nps="nps"))
    define_missing()
    return made


@pytest.fixture
def boarding(designer):
    return make_touchpoint(designer, "Boarding")


@pytest.fixture
def gate(designer):
    return make_touchpoint(designer, "Gate")


def read(user, *wanted, period=PERIOD, stages=None):
    heard = parts.hear(wanted, user=user)
    return touchpoints.read(heard, period=period, stages=stages)


def score(user, touchpoint, **more):
    return read(user, touchpoint, **more).touchpoints[touchpoint.pk].score


def now(row) -> int:
    row.refresh_from_db()
    return row.revision


# --- which touchpoint an answer is about ---------------------------------------------------------


def test_counts_what_was_answered_while_it_listened(designer, survey, boarding):
    hear(boarding, survey, by=designer, starts_on=DAY, ends_on=DAY + timedelta(days=1))
    for days, value in [(-1, 1), (0, 5), (1, 4), (2, 1)]:
        answer(survey, {"q": value, "r": 2}, completed_on=DAY + timedelta(days=days))
    assert score(designer, boarding).values == {5: 1, 4: 1}
    fold()
    assert score(designer, boarding).values == {5: 1, 4: 1}


def test_goes_by_what_the_answer_says_before_what_listens(designer, survey, boarding, gate):
    hear(boarding, survey, by=designer)
    answer(survey, {"q": 5})
    answer(survey, {"q": 1}, context={"touchpoint": str(gate.pk)})
    answer(survey, {"q": 2}, context={"touchpoint": "somewhere else"})
    answer(survey, {"r": 3}, context={"touchpoint": str(boarding.pk)})
    for _folded in (False, True):
        found = read(designer, boarding, gate).touchpoints
        assert found[boarding.pk].score.values == {5: 1, 3: 1}
        assert found[gate.pk].score.values == {1: 1}
        fold()


def test_moves_no_cell_when_a_listening_is_moved_or_taken_back(designer, survey, boarding, gate):
    answer_many(survey, [4, 4, 5, 1], key="q")
    fold()
    cells = list(Cell.objects.order_by("pk").values())
    listening = hear(boarding, survey, by=designer)
    assert score(designer, boarding).n == 4
    date_listening(
        listening,
        starts_on=date(2026, 1, 1),
        ends_on=DAY - timedelta(days=1),
        revision=now(boarding),
        by=designer,
    )
    hear(gate, survey, by=designer, starts_on=DAY)
    assert score(designer, boarding).n == 0
    assert score(designer, gate).n == 4
    retract_listening(listening, revision=now(boarding), by=designer)
    assert score(designer, boarding) is None
    assert list(Cell.objects.order_by("pk").values()) == cells


def attributed(rows, listenings, question):
    """By the rule, over the answers themselves: touchpoint → its values."""
    found: dict[str, Counter[int]] = {}
    for row in rows:
        if row.completed_on not in PERIOD or question not in row.answers:
            continue
        named = row.context.get("touchpoint", "")
        heard = [
            str(listening.touchpoint_id)
            for listening in listenings
            if listening.question_key == question
            and listening.starts_on <= row.completed_on <= (listening.ends_on or date.max)
        ]
        [name] = [named] if named else heard or [""]
        found.setdefault(name, Counter())[row.answers[question]] += 1
    return found


@pytest.mark.parametrize("repeated", [False, True], ids=["from cells", "by person"])
def test_tells_every_answer_to_its_touchpoint_on_the_map_and_on_the_metric_alike(
    designer, survey, repeated
):
    chance = random.Random(11)
    places = [make_touchpoint(designer, f"T{number}") for number in range(4)]
    listenings = []
    for question in ("q", "r"):
        start = PERIOD.start - timedelta(days=5)
        for touchpoint in chance.sample(places, 3):
            end = start + timedelta(days=chance.randint(3, 12))
            listenings.append(
                hear(touchpoint, survey, question, by=designer, starts_on=start, ends_on=end)
            )
            start = end + timedelta(days=chance.randint(1, 4))
    people = [make_contact() for _ in range(30)] if repeated else [None]
    rows = [
        response(
            survey,
            {"q": chance.randint(1, 5), "r": chance.randint(1, 5)},
            completed_on=PERIOD.start + timedelta(days=chance.randint(-5, 29)),
            context={"touchpoint": str(chance.choice(places).pk)} if chance.random() < 0.3 else {},
            contact=chance.choice(people),
        )
        for _ in range(400)
    ]
    Response.objects.bulk_create(rows[:200])
    fold()
    Response.objects.bulk_create(rows[200:])
    assert Item.objects.get(question_key="q").repeated == repeated
    expected = {question: attributed(rows, listenings, question) for question in ("q", "r")}
    found = read(designer, *places).touchpoints
    for touchpoint in places:
        name = str(touchpoint.pk)
        both = expected["q"].get(name, Counter()) + expected["r"].get(name, Counter())
        assert found[touchpoint.pk].score.values == dict(both)
    for question in ("q", "r"):
        metric = Metric.objects.get(name=question)
        tables = breakdowns(source_of(metric, user=designer), PERIOD, None)
        [table] = [each for each in tables if each.dimension == "touchpoint"]
        shown = {row.member: row.score.values for row in table.rows}
        assert shown == {name: dict(values) for name, values in expected[question].items()}
        names = {row.label for row in table.rows}
        assert names == {"T0", "T1", "T2", "T3", "Not recorded"}


# --- one kind of number --------------------------------------------------------------------------


def test_never_pools_different_kinds_and_leads_with_what_it_heard_first(designer, survey, boarding):
    hear(boarding, survey, "nps", by=designer)
    hear(boarding, survey, "q", by=designer)
    hear(boarding, survey, "r", by=designer)
    answer(survey, {"nps": 10, "q": 5, "r": 1})
    found = read(designer, boarding).touchpoints[boarding.pk]
    assert (found.score.version.kind, found.score.values) == ("nps", {10: 1})
    [other] = found.others
    assert (other.version.kind, other.values) == ("csat", {5: 1, 1: 1})


def test_leads_with_what_it_hears_today_before_what_it_heard_once(designer, survey, boarding):
    hear(boarding, survey, "nps", by=designer, ends_on=DAY)
    hear(boarding, survey, "q", by=designer)
    answer(survey, {"nps": 10, "q": 5})
    assert score(designer, boarding).version.kind == "csat"


def test_does_not_pool_scales_or_directions_either(designer, owner, boarding):
    questions = {
        "five": entry("rating", label="five"),
        "ten": entry("rating", label="ten", low=1, high=10),
        "less": entry("rating", label="less", orientation="low_is_good"),
    }
    survey = make_survey(owner, name="Mixed", questions=questions)
    define_missing()
    for key in questions:
        hear(boarding, survey, key, by=designer)
    answer(survey, dict.fromkeys(questions, 4))
    found = read(designer, boarding).touchpoints[boarding.pk]
    assert found.score.n == 1
    assert [other.n for other in found.others] == [1, 1]


def test_counts_as_the_questions_own_metric_does_with_its_limits(designer, survey, boarding):
    hear(boarding, survey, by=designer)
    metric, item = Metric.objects.get(name="q"), Item.objects.get(question_key="q")
    revise_metric(metric, items=[item], definition=Definition("mean", floor=3, goal=4), by=designer)
    answer_many(survey, [5] * 40, key="q")
    found = score(designer, boarding)
    assert (found.value, found.level) == (5.0, "good")


def test_takes_the_usual_count_while_no_metric_is_defined_yet(designer, owner, boarding):
    survey = make_survey(owner, name="Fresh", questions=scored(q="csat"))
    hear(boarding, survey, by=designer)
    answer_many(survey, [5, 4, 1, 1], key="q")
    assert not Metric.objects.exists()
    assert score(designer, boarding).value == 50.0


# --- stages --------------------------------------------------------------------------------------


def people_answering(survey, *, n=40, seed=3, **fields):
    """People with a mood each, answering both questions more than once."""
    chance = random.Random(seed)
    rows = []
    for _ in range(n):
        contact, mood = make_contact(), chance.choice([1.6, 3.2, 4.6])
        for _ in range(chance.randint(1, 3)):
            given = {key: min(5, max(1, round(chance.gauss(mood, 0.8)))) for key in ("q", "r")}
            rows.append(response(survey, given, contact=contact, **fields))
    return Response.objects.bulk_create(rows)


def by_hand(rows, keys):
    """CSAT and its standard error, people and not answers being what differs by chance."""
    hits: dict[int, list[bool]] = {}
    for row in rows:
        hits.setdefault(row.contact_id, []).extend(row.answers[key] >= 4 for key in keys)
    share = fmean(hit for person in hits.values() for hit in person)
    n = sum(len(person) for person in hits.values())
    spread = sum((sum(person) - share * len(person)) ** 2 for person in hits.values())
    return 100 * share, 100 * sqrt(spread) / n, n, len(hits)


def test_pools_a_stage_by_person(designer, survey, boarding, gate):
    hear(boarding, survey, "q", by=designer)
    hear(gate, survey, "r", by=designer)
    rows = people_answering(survey)
    found = read(designer, boarding, gate, stages={7: [boarding.pk, gate.pk], 8: [gate.pk], 9: []})
    value, error, n, people = by_hand(rows, ["q", "r"])
    estimate = found.stages[7].score.estimate
    assert (estimate.n, estimate.people) == (n, people)
    assert (estimate.value, estimate.se) == (pytest.approx(value), pytest.approx(error))
    assert estimate.se > 1.2 * estimate.naive_se
    alone = found.stages[8].score.estimate
    assert (alone.value, alone.se) == pytest.approx(by_hand(rows, ["r"])[:2])
    assert found.stages[9].score is None
    single = found.touchpoints[boarding.pk].score.estimate
    assert (single.value, single.se) == pytest.approx(by_hand(rows, ["q"])[:2])


def test_gives_a_stage_a_number_of_the_maps_kind_or_none(designer, survey, boarding, gate):
    crew = make_touchpoint(designer, "Crew")
    hear(boarding, survey, "q", by=designer)
    hear(gate, survey, "r", by=designer)
    hear(crew, survey, "nps", by=designer)
    answer(survey, {"q": 5, "r": 4, "nps": 9})
    wanted = {1: [boarding.pk, gate.pk], 2: [crew.pk]}
    found = read(designer, boarding, gate, crew, stages=wanted)
    assert found.kind.kind == "csat"
    assert found.stages[1].score.values == {5: 1, 4: 1}
    assert found.stages[2].score is None
    assert found.touchpoints[crew.pk].score.values == {9: 1}


# --- small groups --------------------------------------------------------------------------------


def test_withholds_a_touchpoint_of_under_five_people_and_the_stage_that_would_give_it_away(
    leader, designer, survey, boarding, gate
):
    hear(boarding, survey, "q", by=designer)
    hear(gate, survey, "r", by=designer)
    answer_many(survey, [5, 5, 1, 4], key="q")
    answer_many(survey, [4] * 20, key="r")
    stages = {1: [boarding.pk, gate.pk], 2: [gate.pk]}
    seen = read(leader, boarding, gate, stages=stages)
    hidden = seen.touchpoints[boarding.pk]
    assert (hidden.score.withheld, hidden.score.n, hidden.latest) == (True, 0, None)
    assert hidden.mark == Mark.THIN
    assert seen.stages[1].score.withheld
    assert seen.touchpoints[gate.pk].score.n == seen.stages[2].score.n == 20
    full = read(designer, boarding, gate, stages=stages)
    assert full.touchpoints[boarding.pk].score.n == 4
    assert full.stages[1].score.n == 24


def test_withholds_a_stage_for_a_second_number_of_a_touchpoint_too(
    leader, designer, survey, boarding, gate
):
    hear(boarding, survey, "nps", by=designer)
    hear(boarding, survey, "q", by=designer)
    hear(gate, survey, "r", by=designer)
    crew = make_touchpoint(designer, "Crew")
    hear(crew, make_survey(designer, name="Crew", questions=scored(q="rating")), by=designer)
    answer_many(survey, [9] * 20, key="nps")
    answer_many(survey, [1] * 3, key="q")
    answer_many(survey, [4] * 20, key="r")
    found = read(leader, boarding, gate, crew, stages={1: [boarding.pk, gate.pk], 2: [crew.pk]})
    assert found.kind.kind == "csat"
    assert not found.touchpoints[boarding.pk].score.withheld
    assert found.touchpoints[boarding.pk].others[0].withheld
    assert found.stages[1].score.withheld


def test_gives_no_verdict_against_a_period_with_too_few_people(leader, designer, survey, boarding):
    hear(boarding, survey, by=designer)
    answer_many(survey, [5] * 20, key="q")
    answer_many(survey, [1] * 3, key="q", completed_on=PERIOD.start - timedelta(days=3))
    found = read(leader, boarding).touchpoints[boarding.pk]
    assert found.before.withheld
    assert found.verdict is None


# --- age and mark --------------------------------------------------------------------------------


def test_knows_the_last_answer_whatever_the_period(designer, survey, boarding, gate):
    hear(boarding, survey, by=designer)
    answer_many(survey, [5] * 40, key="q", completed_on=TODAY - timedelta(days=100))
    answer(survey, {"q": 1}, completed_on=TODAY, context={"touchpoint": str(gate.pk)})
    for _folded in (False, True):
        found = read(designer, boarding, gate, period=preset("365", today=TODAY)).touchpoints
        assert found[boarding.pk].latest == TODAY - timedelta(days=100)
        assert found[boarding.pk].mark == Mark.STALE
        assert (found[gate.pk].latest, found[gate.pk].mark) == (TODAY, Mark.THIN)
        fold()
    recent = read(designer, boarding).touchpoints[boarding.pk]
    assert (recent.mark, recent.latest) == (Mark.NONE, TODAY - timedelta(days=100))
    answer_many(survey, [5] * 40, key="q", completed_on=TODAY)
    assert read(designer, boarding).touchpoints[boarding.pk].mark == Mark.SOLID


def test_says_of_a_touchpoint_nobody_asks_about_that_it_hears_nothing(designer, boarding):
    found = read(designer, boarding).touchpoints[boarding.pk]
    assert (found.score, found.mark, found.latest) == (None, Mark.NONE, None)


def test_keeps_what_an_ended_touchpoint_heard(designer, survey, boarding):
    hear(boarding, survey, by=designer)
    answer_many(survey, [5] * 12, key="q")
    end_touchpoint(boarding, revision=now(boarding), by=designer)
    assert score(designer, boarding).n == 12


# --- cost ----------------------------------------------------------------------------------------


def test_reads_a_whole_map_in_as_many_statements_as_one_touchpoint(
    designer, owner, django_assert_max_num_queries
):
    keys = [f"k{number}" for number in range(12)]
    survey = make_survey(owner, questions=scored(**dict.fromkeys(keys, "rating")))
    define_missing()
    answer(survey, dict.fromkeys(keys, 4))
    made = [make_touchpoint(designer, key) for key in keys]
    for touchpoint, key in zip(made, keys, strict=True):
        hear(touchpoint, survey, key, by=designer)
    read(designer, made[0])
    with django_assert_max_num_queries(12) as one:
        read(designer, made[0], made[1], stages={1: [made[0].pk, made[1].pk]})
    stages = {number: [t.pk for t in made[number : number + 3]] for number in range(0, 12, 3)}
    with django_assert_max_num_queries(12) as many:
        read(designer, *made, stages=stages)
    assert len(one) == len(many)
    scores = [q["sql"] for q in many.captured_queries if "gathered" in q["sql"]]
    assert len(scores) == 1


def test_reads_no_single_answer_for_touchpoints_that_hear_one_question(
    designer, survey, boarding, gate, django_assert_max_num_queries
):
    hear(boarding, survey, "q", by=designer)
    hear(gate, survey, "r", by=designer)
    answer(survey, {"q": 4, "r": 4})
    with django_assert_max_num_queries(12) as asked:
        read(designer, boarding, gate)
    assert not any("gathered" in query["sql"] for query in asked.captured_queries)


def test_leaves_pools_without_touchpoints_as_they_were(designer, survey, boarding):
    hear(boarding, survey, by=designer)
    answer_many(survey, [5, 4], key="q")
    item = Item.objects.get(question_key="q")
    [[found]] = selectors.clusters([selectors.Pool([item.pk], {4: 1, 5: 1})], [PERIOD])
    assert found["all", ""].n == 2
