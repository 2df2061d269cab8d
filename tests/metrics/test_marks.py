from datetime import date, timedelta

import pytest

from metrics.marks import Mark, mark
from metrics.periods import Period
from metrics.scores import Estimate

TODAY = date(2026, 11, 20)
MONTH = Period(date(2026, 10, 22), TODAY)
YEAR = Period(date(2025, 11, 21), TODAY)


def estimate(*, n=100, people=None, width=10.0, low=40.0, scale=(0, 100)) -> Estimate:
    high = low + width
    people = n if people is None else people
    return Estimate("%", "made up", *scale, n=n, people=people, value=low, low=low, high=high)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def marked(found: Estimate, *, days=0, period=YEAR) -> Mark:
    return mark(found, period=period, latest=ago(days), today=TODAY)


def test_says_no_data_where_nobody_answered_in_the_period():
    nobody = Estimate("%", "made up", 0, 100)
    assert marked(nobody, days=3) == Mark.NONE
    assert mark(nobody, period=YEAR, latest=None, today=TODAY) == Mark.NONE


@pytest.mark.parametrize(
    ("n", "people", "expected"),
    [(9, 9, Mark.THIN), (10, 10, Mark.SOLID), (40, 9, Mark.THIN), (40, 10, Mark.SOLID)],
)
def test_is_thin_under_ten_people_however_much_they_answered(n, people, expected):
    assert marked(estimate(n=n, people=people)) == expected


@pytest.mark.parametrize(
    ("width", "scale", "expected"),
    [
        (20.0, (0, 100), Mark.SOLID),
        (20.1, (0, 100), Mark.THIN),
        (40.0, (-100, 100), Mark.SOLID),
        (40.1, (-100, 100), Mark.THIN),
        (0.8, (1, 5), Mark.SOLID),
        (0.9, (1, 5), Mark.THIN),
    ],
)
def test_is_thin_where_the_interval_is_wider_than_a_fifth_of_the_scale(width, scale, expected):
    assert marked(estimate(width=width, scale=scale, low=1.0)) == expected


@pytest.mark.parametrize(
    ("days", "period", "expected"),
    [
        (90, YEAR, Mark.SOLID),
        (91, YEAR, Mark.STALE),
        (30, MONTH, Mark.SOLID),
        (31, MONTH, Mark.STALE),
    ],
)
def test_is_stale_past_ninety_days_or_the_length_of_the_period(days, period, expected):
    assert marked(estimate(), days=days, period=period) == expected


def test_calls_what_is_thin_and_old_thin():
    assert marked(estimate(n=5), days=300) == Mark.THIN
