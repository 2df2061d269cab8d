"""A metric's score for each group of one dimension, beside the period before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from journeys.models import Touchpoint
from metrics import privacy
from metrics.periods import Period
from metrics.rating import Score
from metrics.selectors import ALL, TOUCHPOINT, UNIT, Group, Groups
from metrics.sources import WHOLE, Source, groups_of, score_of, verdict_of
from metrics.units import UnitTree, tree_today
from metrics.verdicts import Verdict, benjamini_hochberg

# Deeper than this nobody can tell apart anyway.
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One group of a breakdown; `adjusted`: its p-value after all comparisons of the table."""

    member: str
    label: str
    score: Score
    before: Score | None = None
    verdict: Verdict | None = None
    adjusted: float | None = None
    depth: int = 0
    inside: str = ""

    @property
    def has_moved(self) -> bool:
        return self.verdict is not None and self.verdict.word in ("moved_up", "moved_down")

    @property
    def moved_after_all(self) -> bool:
        return self.adjusted is not None and self.adjusted <= 0.05  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Breakdown:
    dimension: str
    label: str
    rows: tuple[Row, ...]
    comparisons: int = 0

    @property
    def hides(self) -> bool:
        return any(row.score.withheld for row in self.rows)

    @property
    def is_tree(self) -> bool:
        return any(row.depth for row in self.rows)


@dataclass(frozen=True, slots=True)
class Dimension:
    """What to split by: how its members are called, and which are part of which."""

    key: str
    label: str
    name: Callable[[str], str]
    parent: Callable[[str], str]


def breakdowns(source: Source, period: Period, before: Period | None) -> tuple[Breakdown, ...]:
    tree = tree_today()
    split = _dimensions(tree)
    periods = [period, *([before] if before else [])]
    found = groups_of(source, periods, (ALL, *(each.key for each in split)), tree.above)
    tables = [_breakdown(source, dimension, periods, found) for dimension in split]
    return tuple(table for table in tables if table.rows)


def channel_names() -> dict[str, str]:
    return {
        "email": _("E-mail"),
        "link": _("Open link"),
        "import": _("Imported"),
        "sms": _("Text message"),
        "phone": _("Phone"),
    }


def _dimensions(tree: UnitTree) -> list[Dimension]:
    channels = channel_names()
    # Only looked up where there is one to be named.
    touchpoints = SimpleLazyObject(lambda: {str(t.pk): t.name for t in Touchpoint.objects.all()})
    return [
        Dimension("channel", _("Channel"), lambda member: channels.get(member, member), _nowhere),
        Dimension(UNIT, _("Unit"), tree.label, tree.parent),
        Dimension(
            TOUCHPOINT,
            _("Touchpoint"),
            lambda member: touchpoints.get(member, member),
            _nowhere,
        ),
        *(Dimension(key, label, str, _nowhere) for key, label in privacy.dimensions().items()),
    ]


def _nowhere(_member: str) -> str:
    return ""


def _breakdown(
    source: Source, dimension: Dimension, periods: Sequence[Period], found: Groups
) -> Breakdown:
    sides = [_members(groups, dimension) for groups in found]
    scores = [
        _side(source, dimension, side, period) for side, period in zip(sides, periods, strict=True)
    ]
    if not any(member for member in scores[0]):
        return Breakdown(dimension.key, dimension.label, ())
    rows: dict[str, list[Row]] = {}
    for member, now in scores[0].items():
        inside = dimension.parent(member)
        was = scores[1].get(member) if len(scores) > 1 else None
        name = dimension.name(member) if member else _("Not recorded")
        within = dimension.name(inside) if inside else ""
        row = Row(member, name, now, was, verdict_of(was, now), inside=within)
        rows.setdefault(inside, []).append(row)
    return _compared(Breakdown(dimension.key, dimension.label, tuple(_in_order(rows))))


def _in_order(rows: Mapping[str, list[Row]]) -> list[Row]:
    """Each row before what is part of it."""
    found: list[Row] = []
    waiting = [(row, 0) for row in _backwards(rows.get("", []))]
    while waiting:
        row, depth = waiting.pop()
        found.append(replace(row, depth=min(depth, DEEPEST)))
        if row.member:
            waiting += [(each, depth + 1) for each in _backwards(rows.get(row.member, []))]
    return found


def _backwards(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=_order, reverse=True)


def _order(row: Row) -> tuple[bool, bool, float, str]:
    """Highest first; the thin have no rank and follow by name, then those without a value."""
    value = row.score.value
    ranked = not (row.score.withheld or row.score.is_thin or value is None)
    return not row.member, not ranked, -(value or 0.0) if ranked else 0.0, row.label


def _side(
    source: Source, dimension: Dimension, members: Mapping[str, Group], period: Period
) -> dict[str, Score]:
    people = {member: group.people for member, group in members.items()}
    hidden = privacy.withheld_within(people, dimension.parent, sees_all=source.sees_all)
    return {
        member: score_of(source, group, period, hidden=member in hidden, **{dimension.key: member})
        for member, group in members.items()
    }


def _members(groups: Mapping[tuple[str, str], Group], dimension: Dimension) -> dict[str, Group]:
    """The members of a dimension, and under "" whoever has no value in it: without that group
    the total would give a small one away."""
    members = {member: group for (key, member), group in groups.items() if key == dimension.key}
    whole = groups.get(WHOLE, Group())
    if whole.sums is None:
        rest = whole.values.copy()
        for member, group in members.items():
            if not dimension.parent(member):
                rest.subtract(group.values)
        if rest := +rest:
            members[""] = Group(rest)
    return members


def _compared(table: Breakdown) -> Breakdown:
    judged = [
        row
        for row in table.rows
        if row.verdict is not None
        and row.verdict.p_value is not None
        and row.verdict.word != "no_verdict"
    ]
    p_values = [row.verdict.p_value or 0.0 for row in judged if row.verdict is not None]
    adjusted = dict(zip((row.member for row in judged), benjamini_hochberg(p_values), strict=True))
    rows = tuple(replace(row, adjusted=adjusted.get(row.member)) for row in table.rows)
    return replace(table, rows=rows, comparisons=len(judged))
