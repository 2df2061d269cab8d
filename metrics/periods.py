"""Periods of whole days, both ends included, and the steps a trend is drawn in."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

type Step = Literal["day", "week", "month", "quarter", "year"]

PRESETS = {"30": 30, "90": 90, "365": 365}
PRESET_LABELS = {
    "30": gettext_noop("Last 30 days"),
    "90": gettext_noop("Last 90 days"),
    "365": gettext_noop("Last 365 days"),
    "all": gettext_noop("All time"),
    "custom": gettext_noop("From … to …"),
}
EARLIEST = date(2000, 1, 1)
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
# A trend shorter than this many days is drawn with the weeks before it, for something to see.
SHORT_DAYS, SHORT_WEEKS = 92, 13
MOST_MONTHS, MOST_QUARTERS = 36, 40


@dataclass(frozen=True, slots=True)
class Period:
    start: date
    end: date
    preset: str = "custom"

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def previous(self) -> "Period | None":
        """As many days just before; nothing comes before all time."""
        if self.preset == "all":
            return None
        before = self.start - timedelta(days=1)
        return Period(before - timedelta(days=self.days - 1), before)

    def whole_months(self) -> "Period":
        """From the first day of its first month to the last day of its last one."""
        months = self.end.year * 12 + self.end.month
        after = date(months // 12, months % 12 + 1, 1)
        return Period(self.start.replace(day=1), after - timedelta(days=1), self.preset)

    @property
    def label(self) -> str:
        if self.preset == "all":
            return _("all time")
        if self.preset in PRESETS:
            return ngettext("the last %(n)s day", "the last %(n)s days", self.days) % {
                "n": self.days
            }
        return _("%(start)s to %(end)s") % {
            "start": day_text(self.start),
            "end": day_text(self.end),
        }


@dataclass(frozen=True, slots=True)
class Steps:
    step: Step
    periods: tuple[Period, ...]


def preset(name: str, *, today: date, since: date | None = None) -> Period:
    """In: one of PRESETS or "all"; `since` is the first day there is anything to count."""
    if name == "all":
        return Period(min(since or today, today), today, "all")
    return Period(today - timedelta(days=PRESETS[name] - 1), today, name)


def steps_of(period: Period) -> Steps:
    """Out: the weeks, months, quarters or years to draw, the last one holding the period's end."""
    if period.days <= SHORT_DAYS:
        start = period.end - timedelta(days=7 * SHORT_WEEKS - 1)
        edges = [start + timedelta(days=7 * i) for i in range(SHORT_WEEKS + 1)]
        return Steps("week", tuple(_between(edges)))
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
    step: Step = "month"
    if months > MOST_MONTHS:
        step = "quarter" if months <= 3 * MOST_QUARTERS else "year"
    return Steps(step, tuple(_months(period, MONTHS_IN[step])))


def step_label(period: Period, step: Step) -> str:
    if step == "year":
        return str(period.start.year)
    if step == "quarter":
        return f"{period.start.year}-Q{(period.start.month + 2) // 3}"
    if step == "month":
        return period.start.strftime("%Y-%m")
    return period.start.isoformat()


def day_text(day: date) -> str:
    return _("%(day)s %(month)s %(year)s") % {
        "day": day.day,
        "month": _(day.strftime("%b")),
        "year": day.year,
    }


def _months(period: Period, length: int) -> list[Period]:
    first = (period.start.year * 12 + period.start.month - 1) // length * length
    last = (period.end.year * 12 + period.end.month - 1) // length * length
    edges = [date(m // 12, m % 12 + 1, 1) for m in range(first, last + length + 1, length)]
    # Whole months: a first month cut off in the middle would look like a change.
    return _between(edges)


def _between(edges: list[date]) -> list[Period]:
    return [Period(start, end - timedelta(days=1)) for start, end in pairwise(edges)]
