from datetime import date, timedelta

import pytest
from django.template import Context, Template

from metrics.models import Metric
from metrics.periods import Period, preset, steps_of
from metrics.services import define_missing
from metrics.words import number
from tests.metrics.factories import answer_many, make_survey


@pytest.mark.parametrize(
    ("value", "options", "text"),
    [
        (32, {"plus": True}, "+32"),
        (-7.2, {"plus": True}, "−7"),
        (-0.4, {"plus": True}, "0"),
        (48.926, {"decimals": 2}, "48.93"),
        (12584, {}, "12,584"),
    ],
)
def test_writing_numbers_as_people_do(value, options, text):
    assert number(value, **options) == text


def test_the_period_before_is_as_long_and_touches():
    period = Period(date(2026, 11, 1), date(2026, 11, 22))
    assert period.previous() == Period(date(2026, 10, 10), date(2026, 10, 31))
    assert preset("all", today=date(2026, 1, 1)).previous() is None


@pytest.mark.parametrize(
    ("days", "step"), [(1, "week"), (92, "week"), (365, "month"), (3000, "quarter"), (9000, "year")]
)
def test_trend_steps_follow_on_each_other_and_hold_the_end(days, step):
    end = date(2026, 11, 22)
    steps = steps_of(Period(date.fromordinal(end.toordinal() - days + 1), end))
    assert steps.step == step
    assert end in steps.periods[-1]
    assert all(
        (b.start - a.end).days == 1 for a, b in zip(steps.periods, steps.periods[1:], strict=False)
    )
    assert len(steps.periods) <= 41


@pytest.mark.django_db
def test_score_tiles_show_what_is_in_reach(designer, stranger, owner):
    survey = make_survey(owner)
    define_missing()
    answer_many(survey, [9, 10] * 10, completed_on=date.today())
    template = Template(
        "{% load scores %}{% scores_to_start_with user as scores %}{% score_tiles scores %}"
    )
    tiles = template.render(Context({"user": designer}))
    assert "+100" in tiles
    assert Metric.objects.get().name in tiles
    assert template.render(Context({"user": stranger})).strip() == ""


@pytest.mark.django_db
def test_whoever_starts_reads_first_what_got_worse(client, designer, owner):
    steady = make_survey(owner, name="Aboard")
    worse = make_survey(owner, name="Zeppelin")
    define_missing()
    today, before = date.today(), date.today() - timedelta(days=35)
    for survey in (steady, worse):
        answer_many(survey, [10] * 60, completed_on=before)
    answer_many(steady, [10] * 60, completed_on=today)
    answer_many(worse, [0] * 60, completed_on=today)
    client.force_login(designer)
    page = client.get("/").content.decode()
    assert "moved down to \u2212100</h1>" in page
    assert page.index("Zeppelin</a>") < page.index("Aboard</a>")
