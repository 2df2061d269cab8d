"""Scores by unit: a unit counts all below it, in the tree as it is now."""

import csv
import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import UnitPlace
from accounts.services import end_unit, move_unit
from contacts.models import Contact
from metrics import privacy
from metrics.breakdowns import breakdowns
from metrics.clusters import ClusterSums
from metrics.models import Metric
from metrics.periods import preset
from metrics.services import define_missing
from metrics.sources import source_of
from surveys.models import Response
from tests.conftest import make_unit
from tests.metrics.factories import DAY, answer, answer_many, make_survey, response

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]


@pytest.fixture
def survey(owner):
    made = make_survey(owner)
    define_missing()
    return made


@pytest.fixture
def bergen(north):
    return make_unit("Bergen", north)


def by_unit(user):
    """The rows of the page's table by unit, in order."""
    source = source_of(Metric.objects.get(), user=user)
    period = preset("30", today=timezone.localdate())
    tables = {t.dimension: t for t in breakdowns(source, period, period.previous())}
    return tables["unit"].rows


def shape(rows):
    return [(row.label, row.depth, row.score.n) for row in rows]


def test_a_region_holds_what_was_answered_in_and_below_it(
    designer, survey, root, north, south, oslo, bergen
):
    for unit, n in ((oslo, 11), (bergen, 12), (north, 13), (south, 14)):
        answer_many(survey, [9] * n, unit=unit)
    answer_many(survey, [9] * 5)
    assert shape(by_unit(designer)) == [
        ("Aurora", 0, 50),
        ("North", 1, 36),
        ("Bergen", 2, 12),
        ("North itself", 2, 13),
        ("Oslo", 2, 11),
        ("South", 1, 14),
        ("Not recorded", 0, 5),
    ]


def test_parts_are_ranked_within_what_they_are_part_of(designer, survey, north, south, oslo):
    answer_many(survey, [2] * 12, unit=oslo)
    answer_many(survey, [9] * 12, unit=south)
    assert [row.label for row in by_unit(designer)] == ["Aurora", "South", "North", "Oslo"]


def test_a_moved_unit_takes_its_past_to_where_it_is_now(
    designer, admin, survey, root, north, south, oslo
):
    UnitPlace.objects.update(valid_from="2020-01-01")
    answer_many(survey, [9] * 10, unit=oslo, completed_on=date(2026, 11, 1))
    move_unit(oslo, parent=south, by=admin, on=date(2026, 11, 10))
    assert shape(by_unit(designer)) == [("Aurora", 0, 10), ("South", 1, 10), ("Oslo", 2, 10)]


def test_an_ended_unit_still_counts_where_it_last_hung(designer, admin, survey, north, oslo):
    answer_many(survey, [9] * 10, unit=oslo)
    end_unit(oslo, by=admin)
    assert shape(by_unit(designer)) == [("Aurora", 0, 10), ("North", 1, 10), ("Oslo", 2, 10)]


def independently(rows, tree):
    """Sums over people of each unit and all below it, by a plain loop."""
    given = defaultdict(lambda: defaultdict(list))
    for person, unit, value in rows:
        at = unit
        while at:
            given[at][person].append((value >= 9) - (value <= 6))
            at = tree.get(at)
    return {
        unit: ClusterSums.of((sum(values), len(values)) for values in people.values())
        for unit, people in given.items()
    }


def test_who_answered_in_two_units_counts_once_for_what_holds_both(
    designer, survey, root, north, oslo, bergen
):
    chance = random.Random(3)
    people = [Contact.objects.create(external_id=f"p{n}", sort_key="").pk for n in range(15)]
    rows = [
        (chance.choice(people), chance.choice([oslo, bergen]), chance.randint(0, 10))
        for _ in range(60)
    ]
    Response.objects.bulk_create(
        response(survey, {"q": value}, contact_id=person, unit=unit) for person, unit, value in rows
    )
    tree = {oslo: north, bergen: north, north: root}
    expected = {unit.name: sums for unit, sums in independently(rows, tree).items()}
    found = {row.label: row.score for row in by_unit(designer)}
    assert found.keys() == expected.keys()
    for name, sums in expected.items():
        score = found[name]
        assert (score.n, score.people) == (sums.m, sums.clusters)
        assert score.value == pytest.approx(100 * sums.y / sums.m)
        spread = sums.yy - 2 * score.value / 100 * sums.ym + (score.value / 100) ** 2 * sums.mm
        assert score.estimate.se == pytest.approx(100 * spread**0.5 / sums.m)
    assert found["North"].people < found["Oslo"].people + found["Bergen"].people


@pytest.mark.parametrize("twice", [False, True])
def test_a_deeper_tree_takes_no_more_queries(
    designer, survey, north, oslo, django_assert_max_num_queries, twice
):
    person = Contact.objects.create(external_id="p", sort_key="")
    answer_many(survey, [9] * 12, unit=north, contact=person if twice else None)
    by_unit(designer)  # a first time, for what is looked up once a person
    with django_assert_max_num_queries(12) as flat:
        by_unit(designer)
    below = oslo
    for n in range(5):
        below = make_unit(f"Desk {n}", below)
        answer(survey, {"q": 9}, unit=below)
    with django_assert_max_num_queries(12) as deep:
        rows = by_unit(designer)
    assert max(row.depth for row in rows) == 6
    assert len(deep) == len(flat)


def test_a_small_unit_is_withheld_with_the_next_smallest_beside_it(
    leader, survey, north, south, oslo, bergen
):
    for unit, n in ((oslo, 30), (bergen, 3), (north, 8), (south, 20)):
        answer_many(survey, [9] * n, unit=unit)
    shown = {row.label: row.score.n for row in by_unit(leader) if not row.score.withheld}
    assert shown == {"Aurora": 61, "North": 41, "South": 20, "Oslo": 30}


def test_a_withheld_unit_takes_all_below_it_along(leader, survey, root, north, south, oslo):
    west = make_unit("West", root)
    for unit, n in ((oslo, 7), (south, 3), (west, 40)):
        answer_many(survey, [9] * n, unit=unit)
    shown = {row.label: row.score.n for row in by_unit(leader) if not row.score.withheld}
    assert shown == {"Aurora": 50, "West": 40}


def test_no_part_shown_gives_a_small_one_away():
    chance = random.Random(11)
    for _ in range(400):
        parents = {str(n): str(chance.randrange(n)) if n else "" for n in range(9)}
        own = {member: chance.choice([0, 0, 1, 3, 5, 9]) for member in parents}
        people = Counter()
        for member, n in own.items():
            people[f"={member}"] += n
            at = member
            while at:
                people[at] += n
                at = parents[at]

        def parent(member, parents=parents):
            return member[1:] if member.startswith("=") else parents[member]

        hidden = privacy.withheld_within(people, parent, sees_all=False)
        for whole in {*people, ""} - hidden:
            parts = [m for m in people if m != whole and parent(m) == whole and people[m]]
            kept = [people[m] for m in parts if m in hidden]
            assert not kept or sum(kept) >= 5 or len(kept) == len(parts)
            assert len(kept) != 1 or len(parts) == 1
            assert all(people[m] >= 5 for m in parts if m not in hidden)
        for member in hidden:
            assert {m for m in people if parent(m) == member} <= hidden


def test_the_export_says_what_a_unit_is_part_of(client, designer, survey, north, oslo):
    answer_many(survey, [9] * 12, unit=oslo, completed_on=DAY - timedelta(days=1))
    client.force_login(designer)
    url = reverse("metrics:breakdown_csv", args=[Metric.objects.get().key])
    rows = csv.DictReader(StringIO(client.get(url).content.decode("utf-8-sig")))
    inside = {row["group"]: row["inside"] for row in rows if row["dimension"] == "Unit"}
    assert inside == {"Aurora": "", "North": "Aurora", "Oslo": "North"}
    page = client.get(reverse("metrics:detail", args=[Metric.objects.get().key])).content.decode()
    assert '<th scope="row" class="depth-2">Oslo</th>' in page
    assert "in the tree as it is today" in page
