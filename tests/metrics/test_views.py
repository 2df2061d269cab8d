import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import AttributeDefinition, Contact
from metrics.folding import fold
from metrics.models import Item, Metric
from metrics.services import Definition, define_missing, revise_metric
from surveys.models import Response
from tests.metrics.factories import DAY, answer, answer_many, entry, make_survey, scored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]

NPS_COUNTS = {10: 40, 9: 10, 8: 30, 3: 20}


@pytest.fixture
def survey(owner):
    made = make_survey(owner)
    define_missing()
    return made


def values(counts):
    return [value for value, n in counts.items() for _ in range(n)]


def detail(metric=None, **query):
    metric = metric or Metric.objects.get()
    return reverse("metrics:detail", args=[metric.key], query=query)


def get(client, user, url):
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode().replace("\u00a0", " ")


def test_the_page_says_the_golden_nps(client, designer, survey):
    answer_many(survey, values(NPS_COUNTS))
    page = get(client, designer, detail())
    assert "NPS · After the flight is +30" in page
    assert "+14 to +44, 95 % sure · 100 answers" in page
    assert "+30.00, standard error 7.810" in page
    assert "open link: no response rate" in page


def test_an_answer_is_in_the_very_next_page(client, designer, survey):
    answer_many(survey, values(NPS_COUNTS))
    fold()
    assert "100 answers" in get(client, designer, detail())
    answer(survey, {"q": 10})
    assert "101 answers" in get(client, designer, detail())


def test_ten_out_of_ten_promoters_are_not_certain(client, designer, survey):
    answer_many(survey, [10] * 10)
    assert "+48 to +100" in get(client, designer, detail())


def test_under_ten_answers_the_distribution_stands_instead(client, designer, survey):
    answer_many(survey, [10] * 9)
    page = get(client, designer, detail())
    assert "9 answers, too few for a score" in page
    assert "Under 10 the distribution stands instead" in page
    assert "+100" not in page.partition("spec-trend")[0].partition("Table behind")[0]


def test_a_change_is_told_against_the_period_before(client, designer, survey):
    answer_many(survey, values(NPS_COUNTS), completed_on=DAY - timedelta(days=30))
    answer_many(survey, [10] * 100)
    page = get(client, designer, detail(period="30"))
    assert "moved up to +100" in page
    assert "Moved up" in page


def test_a_metric_without_answers_says_when_to_look(client, designer, survey):
    answer_many(survey, [9] * 12, completed_on=date(2025, 3, 1))
    assert "all time" in get(client, designer, reverse("metrics:list"))
    page = get(client, designer, detail(period="30"))
    assert "no answers in this period" in page
    assert "Show all time" in page


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (
            {"period": "custom", "start": "2026-02-30", "end": "2026-03-01"},
            "“2026-02-30” is not a day",
        ),
        (
            {"period": "custom", "start": "2026-03-02", "end": "2026-03-01"},
            "ends on 1 Mar 2026, before it starts",
        ),
        ({"period": "custom", "start": "2026-03-02"}, "Give both days"),
        ({"period": "custom", "start": "0001-01-01", "end": "2026-01-01"}, "out of reach"),
        ({"period": "7"}, "period"),
    ],
)
def test_a_wrong_period_is_said_in_words(client, designer, survey, query, says):
    assert says in get(client, designer, detail(**query))


def test_the_list_reads_all_scores_in_as_many_queries_as_one(
    client, designer, owner, django_assert_max_num_queries
):
    make_survey(owner, name="a")
    define_missing()
    client.force_login(designer)
    client.get(reverse("metrics:list"))
    with django_assert_max_num_queries(30) as one:
        client.get(reverse("metrics:list"))
    for i in range(6):
        survey = make_survey(owner, name=f"s{i}", questions=scored(a="rating", b="rating"))
        answer(survey, {"a": 5, "b": 4})
    define_missing()
    with django_assert_max_num_queries(len(one) + 1) as many:
        client.get(reverse("metrics:list"))
    assert len(many) <= len(one) + 1  # the pooled ones together


def test_the_page_takes_as_many_queries_for_many_answers(
    client, designer, survey, north, django_assert_max_num_queries
):
    answer_many(survey, [9] * 20, unit=north, frozen={"class": "Eco"})
    client.force_login(designer)
    client.get(detail())
    with django_assert_max_num_queries(26) as few:
        client.get(detail())
    answer_many(survey, list(range(11)) * 30, unit=north, frozen={"class": "Business"})
    fold()
    with django_assert_max_num_queries(26) as many:
        client.get(detail())
    assert len(few) == len(many)


def test_breaking_down_by_an_attribute_shows_each_group(client, designer, survey):
    AttributeDefinition.objects.create(key="class", label="Class", break_down_by=True)
    AttributeDefinition.objects.create(key="age", label="Age", reportable=True)
    answer_many(survey, [9] * 12, frozen={"class": "Business", "age": "33"})
    answer_many(survey, [2] * 15, frozen={"class": "Eco"})
    page = get(client, designer, detail())
    assert "By Class" in page
    assert "By Age" not in page
    assert page.index("Business") < page.index("Eco")
    out = client.get(reverse("metrics:breakdown_csv", args=[Metric.objects.get().key])).content
    rows = {row["group"]: row for row in csv.DictReader(StringIO(out.decode("utf-8-sig")))}
    assert (rows["Eco"]["value"], rows["Eco"]["answers"]) == ("-100.0", "15")


def groups_shown(client, user, metric):
    client.force_login(user)
    out = client.get(reverse("metrics:breakdown_csv", args=[metric.key])).content
    rows = csv.DictReader(StringIO(out.decode("utf-8-sig")))
    return {row["group"]: row["answers"] for row in rows if row["dimension"] == "Class"}


def test_small_groups_are_withheld_on_page_and_export(client, designer, leader, survey):
    AttributeDefinition.objects.create(key="class", label="Class", break_down_by=True)
    answer_many(survey, [9] * 30, frozen={"class": "Eco"})
    answer_many(survey, [9] * 12, frozen={"class": "Business"})
    answer_many(survey, [1], frozen={"class": "First"})
    metric = Metric.objects.get()
    assert groups_shown(client, designer, metric) == {"Eco": "30", "Business": "12", "First": "1"}
    assert groups_shown(client, leader, metric) == {"Eco": "30", "Business": "", "First": ""}
    page = get(client, leader, detail())
    assert page.count("Withheld to protect") == 2


def test_those_without_a_value_are_a_group_that_can_be_withheld(client, leader, survey):
    AttributeDefinition.objects.create(key="class", label="Class", break_down_by=True)
    answer_many(survey, [9] * 30, frozen={"class": "Eco"})
    answer_many(survey, [9] * 12, frozen={"class": "Business"})
    answer_many(survey, [1] * 2)
    shown = groups_shown(client, leader, Metric.objects.get())
    assert shown == {"Eco": "30", "Business": "", "Not recorded": ""}


def test_under_five_people_the_number_itself_is_withheld(client, leader, survey):
    answer_many(survey, [10, 10, 0])
    page = get(client, leader, detail())
    assert "too few people to show a number" in page
    assert "spec-distribution" not in page
    out = client.get(reverse("metrics:trend_csv", args=[Metric.objects.get().key])).content.decode()
    assert "withheld" in out
    assert "Fewer than five people" in get(client, leader, reverse("metrics:list"))


def test_pooled_metrics_count_people_and_say_what_they_read(client, designer, owner):
    survey = make_survey(owner, questions={k: entry("rating", label=k) for k in "ab"})
    define_missing()
    for i in range(12):
        answer(survey, {"a": 5, "b": 1 + i % 5})
    pooled = Metric.objects.get(name__startswith="All ratings")
    page = get(client, designer, detail(pooled))
    assert "24 answers of 12 people" in page
    assert "reads the single answers" in page
    assert "clustered by person" in page


def test_evidence_says_why_rows_are_out(client, designer, leader, survey):
    person = Contact.objects.create(given_name="Anna", family_name="Koch", sort_key="koch")
    answer_many(survey, [9] * 12)
    answer(survey, {"q": 3}, contact=person)
    answer(survey, {"q": {"na": True}})
    answer(survey, {})
    answer(survey, {"q": 9}, is_test=True)
    answer(survey, {"q": 9}, status="partial", started_at=timezone.now())
    answer(survey, {"q": 9}, completed_on=date(2024, 1, 1))
    url = reverse("metrics:evidence", args=[Metric.objects.get().key], query={"period": "30"})
    page = get(client, designer, url)
    assert "13 of 18 answers count" in page
    assert "Anna Koch" in page
    opened = Response.objects.get(contact=person)
    assert reverse("surveys:response", args=[survey.pk, opened.pk]) in page
    for reason in ("Not applicable", "Skipped", "Test answers", "not finished", "Outside"):
        assert reason in page
    assert "–" in get(client, designer, url + "&why=na")
    page = get(client, leader, url)
    assert "Anna Koch" not in page
    assert "not the single answers" in page


def test_evidence_counts_people_where_one_gives_many_answers(client, leader, owner):
    keys = [f"q{n}" for n in range(8)]
    survey = make_survey(owner, questions=scored(**dict.fromkeys(keys, "rating")))
    define_missing()
    person = Contact.objects.create(given_name="Anna", family_name="Koch", sort_key="koch")
    answer(survey, dict.fromkeys(keys, 4), contact=person)
    pooled = Metric.objects.get(name__startswith="All ratings")
    page = get(client, leader, reverse("metrics:evidence", args=[pooled.key]))
    assert "too few people to show a number" in page
    assert "8 of 8" not in page


def test_periods_a_day_apart_give_no_single_answer_away(client, leader, survey):
    answer_many(survey, [9] * 20)
    answer(survey, {"q": 0}, completed_on=DAY + timedelta(days=1))
    days = {"period": "custom", "start": "2026-11-01"}
    for end in ("2026-11-10", "2026-11-11"):
        page = get(client, leader, detail(**days, end=end))
        assert "Whole months are shown, 1 Nov 2026 to 30 Nov 2026" in page
        assert "21 answers" in page


def test_whoever_sees_every_answer_chooses_any_days(client, designer, survey):
    answer_many(survey, [9] * 20)
    answer(survey, {"q": 0}, completed_on=DAY + timedelta(days=1))
    page = get(client, designer, detail(period="custom", start="2026-11-01", end="2026-11-10"))
    assert "20 answers" in page
    assert "Whole months" not in page


def test_a_search_for_what_no_name_holds_finds_nothing(client, designer, survey):
    assert "No metric is called" in get(client, designer, reverse("metrics:list") + "?q=%00zz")


def test_evidence_turns_pages_without_missing_a_row(client, designer, survey):
    answer_many(survey, [9] * 120)
    url = reverse("metrics:evidence", args=[Metric.objects.get().key])
    seen = []
    client.force_login(designer)
    after = ""
    for _page in range(3):
        response = client.get(url, {"after": after})
        seen += [line.response.pk for line in response.context["page"].lines]
        after = response.context["page"].after
    assert len(seen) == len(set(seen)) == 120
    assert after == ""
    assert client.get(url, {"after": "nonsense"}).status_code == 200


def test_employees_see_only_what_is_published(client, employee, owner, survey):
    client.force_login(employee)
    assert client.get(detail()).status_code == 404
    Metric.objects.update(published=True)
    assert client.get(detail()).status_code == 200


def test_revising_needs_the_right_and_keeps_the_series(client, designer, leader, survey):
    metric = Metric.objects.get()
    url = reverse("metrics:definition", args=[metric.key])
    client.force_login(leader)
    assert client.get(url).status_code == 403
    client.force_login(designer)
    data = {
        "name": "NPS by flight",
        "kind": "nps",
        "items": [Item.objects.get().pk],
        "margin": "3",
        "floor": "20",
        "goal": "45",
    }
    assert client.post(url, data).status_code == 302
    metric.refresh_from_db()
    assert (metric.name, metric.current_version.number) == ("NPS by flight", 2)
    assert client.post(url, data | {"kind": "csat"}).status_code == 422
    metric.refresh_from_db()
    assert metric.current_version.number == 2
    assert "by definition 2" in get(client, designer, url)


def test_floor_and_goal_colour_only_where_the_whole_interval_is_beyond(client, designer, survey):
    metric = Metric.objects.get()
    items = list(Item.objects.all())
    answer_many(survey, values(NPS_COUNTS))
    for floor, level in ((60, "score bad"), (40, 'score "')):
        revise_metric(metric, items=items, definition=Definition("nps", floor=floor), by=designer)
        assert f'class="{level}' in get(client, designer, detail())


def test_survey_page_shows_what_its_answers_come_to(client, designer, survey):
    answer_many(survey, [9] * 30)
    client.force_login(designer)

    page = client.get(f"/surveys/{survey.pk}/").content.decode()

    results = page.split('id="h-results"')[1].split("</section>")[0]
    assert f"/metrics/{Metric.objects.get().key}/" in results
    assert "30 answers" in results
