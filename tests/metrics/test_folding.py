import random
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Contact
from metrics.folding import FOLD, LOCK, differences, fold, rebuild
from metrics.models import Cell, Delta, Item, Observation
from surveys.models import Response, Survey
from tests.metrics.factories import DAY, answer, answer_many, make_survey, publish, response, scored
from tests.planner import believe_empty, rows_handled, slowdown

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(owner):
    return make_survey(owner, questions=scored(q="nps", r="rating"))


def cells(item, dimension="all", member=""):
    rows = Cell.objects.filter(item_id=item.pk, dimension=dimension, member=member)
    counted = Counter()
    for value, n in rows.values_list("value", "n"):
        counted[value] += n
    return dict(counted)


def test_publishing_makes_an_item_of_each_scored_question(survey):
    rows = Item.objects.filter(survey=survey).order_by("question_key")
    assert [(i.question_key, i.type, i.scale_min, i.scale_max) for i in rows] == [
        ("q", "nps", 0, 10),
        ("r", "rating", 1, 5),
    ]


def test_publishing_again_renames_an_item_and_keeps_its_values(survey):
    item = Item.objects.get(survey=survey, question_key="q")
    answer(survey, {"q": 9})
    questions = scored(q="nps", r="rating")
    questions["q"]["label"] = "How likely?"
    publish(survey, questions)
    item.refresh_from_db()
    assert item.label == "How likely?"
    assert Observation.objects.filter(item=item).count() == 1


def test_answering_observes_only_numbers_on_the_scale(survey):
    for given_ in [{"na": True}, 11, -1, 2.5, "9", None, [9]]:
        answer(survey, {"q": given_})
    answer(survey, {})
    assert Observation.objects.count() == 0
    answer(survey, {"q": 10, "r": 1})
    assert sorted(Observation.objects.values_list("value", flat=True)) == [1, 10]


def test_answering_freezes_its_dimensions(survey, north):
    answer(
        survey,
        {"q": 9},
        unit=north,
        context={"touchpoint": "gate"},
        frozen={"class": "Eco", "x": None, "y": ""},
    )
    assert Observation.objects.get().dims == {
        "channel": "email",
        "unit": str(north.pk),
        "touchpoint": "gate",
        "a:class": "Eco",
    }


@pytest.mark.parametrize("change", [{"status": "partial"}, {"is_test": True}])
def test_not_counting_tests_and_unfinished_answers(survey, change):
    answer(survey, {"q": 9}, **change)
    row = answer(survey, {"q": 3})
    assert Observation.objects.count() == 1
    Response.objects.filter(pk=row.pk).update(**change)
    fold()
    assert Observation.objects.count() == 0
    assert Cell.objects.count() == 0


def test_a_rolled_back_answer_leaves_nothing(survey):
    with transaction.atomic():
        answer(survey, {"q": 9})
        transaction.set_rollback(True)
    assert Observation.objects.count() == Delta.objects.count() == 0


def test_correcting_touches_only_what_differs(survey):
    row = answer(survey, {"q": 9, "r": 4})
    kept = Observation.objects.get(value=4).pk
    row.answers = {"q": 2, "r": 4}
    row.save()
    assert Observation.objects.get(value=4).pk == kept
    assert Delta.objects.count() == 4
    row.save()
    assert Delta.objects.count() == 4


def test_copying_rows_in_observes_them_like_any_other_writer(survey):
    row = answer(survey, {"q": 7})
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE kept (LIKE surveys_response) ON COMMIT DROP")
        cursor.execute("INSERT INTO kept SELECT * FROM surveys_response")
        cursor.execute("DELETE FROM surveys_response")
        assert Observation.objects.count() == 0
        with cursor.copy("COPY kept TO STDOUT") as out:
            data = b"".join(bytes(block) for block in out)
        with cursor.copy("COPY surveys_response FROM STDIN") as into:
            into.write(data)
    assert Observation.objects.get().response_id == row.pk


def test_an_observation_is_never_changed_in_place(survey):
    answer(survey, {"q": 7})
    with pytest.raises(DatabaseError, match="replaced, never changed"), transaction.atomic():
        Observation.objects.update(value=3)


def test_one_person_answering_twice_marks_the_item(survey):
    person = Contact.objects.create(external_id="1", sort_key="")
    item = Item.objects.get(question_key="q")
    answer(survey, {"q": 7}, contact=person)
    answer(survey, {"q": 7})
    item.refresh_from_db()
    assert not item.repeated
    answer(survey, {"q": 8}, contact=person)
    item.refresh_from_db()
    assert item.repeated


def test_merging_contacts_marks_the_item(survey):
    one, two = (Contact.objects.create(external_id=str(i), sort_key="") for i in range(2))
    answer(survey, {"q": 7}, contact=one)
    answer(survey, {"q": 8}, contact=two)
    Response.objects.filter(contact=two).update(contact=one)
    assert Item.objects.get(question_key="q").repeated
    assert set(Observation.objects.values_list("person", flat=True)) == {f"c{one.pk}"}


def test_folding_in_small_steps_takes_the_oldest_first(survey):
    row = answer(survey, {"q": 9})
    row.delete()
    answer_many(survey, [1, 1, 2])
    assert fold(1) == 1
    item = Item.objects.get(question_key="q")
    assert cells(item) == {9: 1}
    while fold(1):
        pass
    assert cells(item) == {1: 2, 2: 1}
    assert differences() == []


def test_folding_steps_aside_while_another_folds(survey):
    answer(survey, {"q": 9})
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            assert fold() == 0
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    finally:
        other.close()
    assert fold() == 1


def test_folding_handles_each_delta_a_few_times_even_where_none_is_believed_to_wait(survey):
    answer_many(survey, [9] * 1_000)
    believe_empty("metrics_delta")
    answer_many(survey, [3] * 1_000)
    assert rows_handled(FOLD, [1_000]) < 20 * 1_000
    assert not Delta.objects.exists()


def test_answers_of_one_segment_never_change_another(survey):
    item = Item.objects.get(question_key="q")
    answer_many(survey, [9, 3], frozen={"class": "Eco"})
    fold()
    before = cells(item, "a:class", "Eco")
    answer_many(survey, [1, 2, 10], frozen={"class": "Business"})
    fold()
    assert cells(item, "a:class", "Eco") == before
    assert cells(item, "a:class", "Business") == {1: 1, 2: 1, 10: 1}


def test_rebuilding_mends_counts_that_went_wrong(survey, capsys):
    answer_many(survey, [9, 3, 3])
    fold()
    answer_many(survey, [5])
    Cell.objects.filter(value=3).update(n=7)
    Cell.objects.filter(value=9).delete()
    Observation.objects.filter(value=3)[:1].get().delete()
    with pytest.raises(CommandError, match="differ"):
        call_command("rebuild_cells", "--check")
    call_command("rebuild_cells")
    assert differences() == []
    assert cells(Item.objects.get(question_key="q")) == {3: 2, 5: 1, 9: 1}


def test_rebuilding_compares_nothing_with_everything(survey):
    def prepare(n):
        answer_many(survey, [9])
        believe_empty("surveys_response", "metrics_observation", "metrics_delta", "metrics_cell")
        answer_many(survey, [3] * n)
        return rebuild

    assert slowdown(prepare, 600, 6_000) < 3
    assert cells(Item.objects.get(question_key="q")) == {3: 600}


class Story:
    """A random life of some answers, told to the database."""

    def __init__(self, seed, survey, people):
        self.chance, self.survey, self.people = random.Random(seed), survey, people

    def fields(self):
        pick = self.chance.choice
        return {
            "answers": {"q": self.chance.randint(-1, 11), "r": pick([1, 5, {"na": True}])},
            "status": pick(["complete", "complete", "partial"]),
            "is_test": self.chance.random() < 0.1,
            "channel": pick(["email", "link"]),
            "completed_on": DAY.replace(day=self.chance.randint(1, 3)),
            "contact_id": pick([None, *self.people]),
            "frozen": {"class": pick(["Eco", "Business", None])},
            "weight": pick([1, 0.3]),
        }

    def arrive(self):
        rows = [response(self.survey, **self.fields()) for _ in range(self.chance.randint(1, 4))]
        Response.objects.bulk_create(rows)

    def some(self):
        ids = list(Response.objects.order_by("pk").values_list("pk", flat=True))
        return Response.objects.filter(pk__in=self.chance.sample(ids, min(len(ids), 2)))

    def correct(self):
        fields = self.fields()
        chosen = self.chance.sample(sorted(fields), 2)
        self.some().update(**{key: fields[key] for key in chosen})

    def remove(self):
        self.some().delete()

    def merge(self):
        kept, gone = self.people[:2]
        Response.objects.filter(contact=gone).update(contact=kept)

    def fold(self):
        fold(self.chance.randint(1, 9))

    def crash(self):
        with transaction.atomic():
            fold(5)
            self.arrive()
            transaction.set_rollback(True)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10**6),
    steps=st.lists(
        st.sampled_from(["arrive", "correct", "remove", "merge", "fold", "crash"]), max_size=14
    ),
)
def test_cells_and_deltas_always_equal_the_answers(owner, seed, steps):
    with transaction.atomic():
        survey = make_survey(owner, name=f"s{seed}", questions=scored(q="nps", r="rating"))
        people = [
            Contact.objects.create(external_id=f"{seed}-{i}", sort_key="").pk for i in range(3)
        ]
        story = Story(seed, survey, people)
        story.arrive()
        for step in steps:
            getattr(story, step)()
            assert differences() == []
        while fold(7):
            pass
        assert differences() == []
        assert not Delta.objects.exists()
        assert not Cell.objects.filter(n=0).exists()
        rebuild()
        assert differences() == []
        transaction.set_rollback(True)


def test_deleting_a_survey_takes_its_counts_along(survey):
    answer_many(survey, [1, 2])
    fold()
    Response.objects.all().delete()
    Survey.objects.filter(pk=survey.pk).update(current_version=None)
    survey.versions.all().delete()
    fold()
    assert not Cell.objects.exists()
