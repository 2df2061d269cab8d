"""Thousands of answers changed by one statement, each at the price of a few rows."""

import pytest
from django.db import connection

from contacts.models import Contact
from metrics.folding import differences
from metrics.models import Item, Observation
from surveys.models import Response
from tests.metrics.factories import DAY, answer, make_survey
from tests.planner import believe_empty, slowdown

pytestmark = pytest.mark.django_db

FEW, MANY = 1_000, 12_000


@pytest.fixture
def survey(owner):
    return make_survey(owner)


@pytest.fixture
def people():
    contacts = [Contact(external_id=f"k{n}", sort_key="") for n in range(MANY)]
    return Contact.objects.bulk_create(contacts)


def repeat(row, people):
    """The same answer once more for each of the people, in one statement."""
    own = {"id", "contact_id"}
    columns = [f.column for f in Response._meta.concrete_fields if f.column not in own]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO surveys_response (id, contact_id, {', '.join(columns)}) "
            f"SELECT gen_random_uuid(), contact, {', '.join(columns)} "
            "FROM surveys_response, unnest(%s::bigint[]) AS contact WHERE id = %s",
            [[person.pk for person in people], row.pk],
        )


def test_many_answers_are_observed_quickly_even_where_none_is_believed_to_be(survey, people):
    row = answer(survey, {"q": 9})
    repeat(row, people)

    def prepare(n):
        Response.objects.exclude(pk=row.pk).delete()
        believe_empty("metrics_observation", "metrics_delta")
        return lambda: repeat(row, people[:n])

    assert slowdown(prepare, FEW, MANY) < 4
    item = Item.objects.get(survey=survey)
    assert Observation.objects.filter(item=item).count() == FEW
    assert not item.repeated


def test_many_answers_are_corrected_quickly(survey, people):
    row = answer(survey, {"q": 9})

    def prepare(n):
        Response.objects.exclude(pk=row.pk).delete()
        repeat(row, people[:n])
        return lambda: Response.objects.exclude(pk=row.pk).update(answers={"q": 2})

    assert slowdown(prepare, FEW, MANY) < 4
    assert Observation.objects.filter(value=2, day=DAY).count() == FEW
    assert differences() == []


def test_one_who_answers_twice_is_found_among_many(survey, people):
    repeat(answer(survey, {"q": 9}), people)
    item = Item.objects.get(survey=survey)
    assert not item.repeated
    answer(survey, {"q": 1}, contact=people[MANY // 2])
    item.refresh_from_db()
    assert item.repeated
