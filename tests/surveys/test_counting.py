"""The number of answers a survey's pages show: kept beside the responses, never counted anew."""

import random
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.services import erase_contact, merge_contacts
from surveys.models import AnswerCount, Response, Survey
from surveys.services.counting import FOLD, count_differences, fold_counts
from surveys.views.surveys import _with_counts
from tests.contacts.factories import make_contact
from tests.metrics.factories import DAY, answer, answer_many, make_survey, response
from tests.planner import believe_empty, rows_handled
from tests.surveys.factories import make_survey as make_real_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(designer):
    return make_survey(designer)


def shown(survey):
    """What the pages show: how many answers, and the day of the last."""
    row = _with_counts(Survey.objects.all()).get(pk=survey.pk)
    return row.answers_n or 0, row.last_answer


def plainly(survey):
    rows = Response.objects.counted().filter(survey=survey)
    return rows.count(), max(rows.values_list("completed_on", flat=True), default=None)


def test_an_answer_is_in_the_very_next_number(client, designer, survey):
    client.force_login(designer)
    for n in (1, 2):
        answer(survey, {"q": 9})
        assert f"{n} answer" in client.get(f"/surveys/{survey.pk}/").content.decode()
        fold_counts()


def test_folding_handles_each_count_a_few_times_even_where_none_is_believed_to_wait(survey):
    counts = [AnswerCount(survey=survey, day=DAY, n=1) for _ in range(1_000)]
    AnswerCount.objects.bulk_create(counts)
    believe_empty("surveys_answercount")
    AnswerCount.objects.bulk_create(counts)
    assert rows_handled(FOLD) < 20 * 1_000
    assert AnswerCount.objects.get().n == 1_000


@pytest.mark.parametrize(
    "change",
    [
        {"status": "partial"},
        {"is_test": True},
        {"completed_on": DAY - timedelta(days=3)},
        {"answers": {"q": 1}},
    ],
)
def test_a_changed_answer_counts_as_it_is_now(survey, change):
    answer(survey, {"q": 9})
    row = answer(survey, {"q": 9}, completed_on=DAY + timedelta(days=2))
    fold_counts()
    Response.objects.filter(pk=row.pk).update(**change)
    assert shown(survey) == plainly(survey)
    fold_counts()
    assert shown(survey) == plainly(survey)


def test_the_last_answer_taken_back_is_no_longer_the_last(survey):
    answer(survey, {"q": 9}, completed_on=date(2026, 10, 1))
    answer(survey, {"q": 9}, completed_on=date(2026, 11, 1)).delete()
    assert shown(survey) == (1, date(2026, 10, 1))


def test_merging_and_erasing_people_leaves_their_answers_counted(designer, admin):
    survey = make_real_survey(designer)
    one, other = make_contact(), make_contact()
    answer(survey, {"nps": 9}, contact=one)
    answer(survey, {"nps": 3}, contact=other)
    merge_contacts(one, other, take=set(), by=admin)
    erase_contact(one, by=admin)
    assert shown(survey) == plainly(survey) == (2, DAY)


def test_folding_makes_the_rows_of_a_day_one(survey):
    for n in range(5):
        answer(survey, {"q": n})
    answer(survey, {"q": 9}, completed_on=date(2026, 1, 1)).delete()
    fold_counts()
    assert list(AnswerCount.objects.values_list("day", "n")) == [(DAY, 5)]


def test_copying_many_answers_in_writes_one_row_a_day(survey):
    answer_many(survey, [9] * 50)
    assert list(AnswerCount.objects.values_list("n", flat=True)) == [50]


@pytest.mark.parametrize("page", ["surveys:list", "surveys:detail", "home"])
def test_no_page_about_surveys_counts_responses(client, designer, survey, page):
    answer_many(survey, [9] * 30)
    url = reverse(page, args=[survey.pk] if page == "surveys:detail" else [])
    client.force_login(designer)
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    assert [q["sql"] for q in asked if "surveys_response" in q["sql"]] == []


def test_the_list_takes_as_many_queries_for_many_surveys(
    client, designer, survey, django_assert_max_num_queries
):
    answer(survey, {"q": 9})
    client.force_login(designer)
    client.get(reverse("surveys:list"))
    with django_assert_max_num_queries(20) as one:
        client.get(reverse("surveys:list"))
    for n in range(9):
        answer_many(make_survey(designer, name=f"s{n}"), [1, 2, 3])
    with django_assert_max_num_queries(20) as many:
        page = client.get(reverse("surveys:list")).content.decode()
    assert len(many) == len(one)
    assert date_format(DAY, "j M Y") in page


def test_recounting_mends_counts_that_went_wrong(survey, capsys):
    answer_many(survey, [9] * 4)
    AnswerCount.objects.update(n=7)
    with pytest.raises(CommandError, match="1 counts differ"):
        call_command("rebuild_cells", "--check")
    assert "4 answers, kept are 7" in capsys.readouterr().err
    call_command("rebuild_cells")
    assert shown(survey) == (4, DAY)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10**6),
    steps=st.lists(st.sampled_from(["arrive", "change", "remove", "fold", "crash"]), max_size=12),
)
def test_the_counts_always_equal_a_plain_count(designer, seed, steps):
    chance = random.Random(seed)

    def fields():
        return {
            "status": chance.choice(["complete", "complete", "partial"]),
            "is_test": chance.random() < 0.2,
            "completed_on": DAY.replace(day=chance.randint(1, 3)),
        }

    def some():
        ids = list(Response.objects.order_by("pk").values_list("pk", flat=True))
        return Response.objects.filter(pk__in=chance.sample(ids, min(len(ids), 2)))

    def arrive():
        Response.objects.bulk_create(response(survey, **fields()) for _ in range(3))

    def crash():
        with transaction.atomic():
            arrive()
            fold_counts()
            transaction.set_rollback(True)

    acts = {
        "arrive": arrive,
        "change": lambda: some().update(**fields()),
        "remove": lambda: some().delete(),
        "fold": fold_counts,
        "crash": crash,
    }
    with transaction.atomic():
        survey = make_survey(designer, name=f"s{seed}")
        for step in ["arrive", *steps]:
            acts[step]()
            assert count_differences() == []
            assert shown(survey) == plainly(survey)
        transaction.set_rollback(True)
