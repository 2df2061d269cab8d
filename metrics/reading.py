"""Everything a metric's page, tiles and exports show, read and withheld in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.core.cache import cache
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from metrics import privacy, rating, selectors
from metrics.models import Item, Metric, MetricVersion
from metrics.periods import Period, Steps, steps_of
from metrics.rating import Asked, Score
from metrics.selectors import ALL, Group, Groups, Member, Pool
from metrics.verdicts import Verdict, benjamini_hochberg
from surveys.models import Invitation, InvitationState, ResponseStatus, Survey

WHOLE: Member = (ALL, "")
RATE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Source:
    """A metric's current definition with what it is made of."""

    metric: Metric
    version: MetricVersion
    items: tuple[Item, ...]
    sees_all: bool

    @property
    def item_ids(self) -> list[int]:
        return [item.pk for item in self.items]

    @property
    def by_person(self) -> bool:
        """Whether one person can count twice, so that observations must be read."""
        return len(self.items) > 1 or any(item.repeated for item in self.items)

    @property
    def pool(self) -> Pool:
        return Pool(self.item_ids, rating.points(self.version))

    @property
    def surveys(self) -> dict[int, Survey]:
        return {item.survey_id: item.survey for item in self.items}


@dataclass(frozen=True, slots=True)
class Row:
    """One group of a breakdown; `adjusted`: its p-value after all comparisons of the table."""

    member: str
    label: str
    score: Score
    before: Score | None = None
    verdict: Verdict | None = None
    adjusted: float | None = None

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


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric over one period, as this reader may see it."""

    source: Source
    score: Score
    before: Score | None
    verdict: Verdict | None
    steps: Steps
    trend: tuple[Score, ...]
    breakdowns: tuple[Breakdown, ...] = field(default=())

    @property
    def metric(self) -> Metric:
        return self.source.metric


def source_of(metric: Metric, *, user: User) -> Source | None:
    """Out: None for a metric without a definition."""
    version = metric.current_version
    if version is None:
        return None
    items = tuple(version.items.select_related("survey").order_by("pk"))
    surveys = {item.survey_id: item.survey for item in items}
    return Source(metric, version, items, privacy.sees_everyone(user, surveys.values()))


def read(source: Source, *, period: Period, with_breakdowns: bool = True) -> Reading:
    """The score, its change, its trend and its breakdowns; what is too small is withheld."""
    steps = steps_of(period)
    before = period.previous()
    periods = [period, *([before] if before else []), *steps.periods]
    found = _groups(source, periods, (ALL,))
    now = whole_of(source, found[0], period)
    was = whole_of(source, found[1], before) if before else None
    trend = trend_of(source, found[-len(steps.periods) :], steps)
    tables = _breakdowns(source, period, before) if with_breakdowns and now.n else ()
    invited = replace(asked(source, period), imported=_only_imported(tables))
    now = replace(now, asked=invited, evidence_url=_evidence(source))
    verdict = verdict_of(was, now)
    return Reading(source, now, was, verdict, steps, trend, tables)


def asked(source: Source, period: Period) -> Asked:
    """Of those invited in the period, how many answered; counted again after a minute."""
    ids = sorted(source.surveys)
    key = f"metrics:asked:{ids}:{period.start}:{period.end}".replace(" ", "")
    found: dict[str, int] | None = cache.get(key)
    if found is None:
        sent = Invitation.objects.filter(
            distribution__survey__in=ids,
            state__in=[InvitationState.SENT, InvitationState.FAILED],
            queued_at__date__range=(period.start, period.end),
        )
        complete = Q(response__status=ResponseStatus.COMPLETE, response__is_test=False)
        found = sent.aggregate(invited=Count("pk"), answered=Count("pk", filter=complete))
        cache.set(key, found, RATE_SECONDS)
    return Asked(found["invited"], found["answered"])


def _groups(source: Source, periods: Sequence[Period], dimensions: Sequence[str]) -> Groups:
    if not source.items:
        return [{} for _period in periods]
    if source.by_person:
        return selectors.clusters([source.pool], periods, dimensions=dimensions)[0]
    return selectors.groups(source.item_ids, periods, dimensions=dimensions)


def whole_of(source: Source, found: Mapping[Member, Group], period: Period) -> Score:
    group = found.get(WHOLE, Group())
    hidden = privacy.is_withheld(group.people, sees_all=source.sees_all)
    return _score(source, group, period, hidden=hidden)


def _score(source: Source, group: Group, period: Period, *, hidden: bool, **filters: str) -> Score:
    """A withheld score carries no numbers at all, so that no template can show them."""
    shown = Group() if hidden else group
    return rating.score(source.version, shown, period, withheld=hidden, filters=filters)


def verdict_of(before: Score | None, after: Score) -> Verdict | None:
    if before is None or before.withheld or after.withheld:
        return None
    return rating.verdict(before, after)


def trend_of(source: Source, found: Groups, steps: Steps) -> tuple[Score, ...]:
    groups = [step.get(WHOLE, Group()) for step in found]
    people = {i: group.people for i, group in enumerate(groups)}
    hidden = privacy.withheld(people, sees_all=source.sees_all)
    return tuple(
        _score(source, group, period, hidden=i in hidden)
        for i, (group, period) in enumerate(zip(groups, steps.periods, strict=True))
    )


def _breakdowns(source: Source, period: Period, before: Period | None) -> tuple[Breakdown, ...]:
    labels = {
        "channel": _("Channel"),
        "unit": _("Unit"),
        "touchpoint": _("Touchpoint"),
    } | privacy.dimensions()
    periods = [period, *([before] if before else [])]
    found = _groups(source, periods, (ALL, *labels))
    names = {"channel": channel_names(), "unit": _unit_names(found)}
    tables = [
        _breakdown(source, dimension, label, periods, found, names.get(dimension, {}))
        for dimension, label in labels.items()
    ]
    return tuple(table for table in tables if table.rows)


def _breakdown(
    source: Source,
    dimension: str,
    label: str,
    periods: Sequence[Period],
    found: Groups,
    names: Mapping[str, str],
) -> Breakdown:
    sides = [_members(groups, dimension) for groups in found]
    scores = [
        _side(source, dimension, side, period) for side, period in zip(sides, periods, strict=True)
    ]
    if not any(member for member in scores[0]):
        return Breakdown(dimension, label, ())
    rows = []
    for member, now in scores[0].items():
        was = scores[1].get(member) if len(scores) > 1 else None
        shown = names.get(member, member) if member else _("Not recorded")
        rows.append(Row(member, shown, now, was, verdict_of(was, now)))
    rows.sort(key=_order)
    return _compared(Breakdown(dimension, label, tuple(rows)))


def _order(row: Row) -> tuple[bool, bool, float, str]:
    """Highest first; the thin have no rank and follow by name, then those without a value."""
    value = row.score.value
    ranked = not (row.score.withheld or row.score.is_thin or value is None)
    return not row.member, not ranked, -(value or 0.0) if ranked else 0.0, row.label


def _side(
    source: Source, dimension: str, members: Mapping[str, Group], period: Period
) -> dict[str, Score]:
    people = {member: group.people for member, group in members.items()}
    hidden = privacy.withheld(people, sees_all=source.sees_all)
    return {
        member: _score(source, group, period, hidden=member in hidden, **{dimension: member})
        for member, group in members.items()
    }


def _members(groups: Mapping[Member, Group], dimension: str) -> dict[str, Group]:
    """The members of a dimension, and under "" whoever has no value in it: without that group
    the total would give a small one away."""
    members = {member: group for (d, member), group in groups.items() if d == dimension}
    whole = groups.get(WHOLE, Group())
    if whole.sums is None:
        rest = whole.values.copy()
        for group in members.values():
            rest.subtract(group.values)
        if rest := +rest:
            members[""] = Group(rest)
    return members


def _only_imported(tables: Sequence[Breakdown]) -> bool:
    channels = {row.member for t in tables if t.dimension == "channel" for row in t.rows}
    return channels == {"import"}


def _unit_names(found: Groups) -> dict[str, str]:
    ids = {int(member) for groups in found for d, member in groups if d == "unit" and member}
    units = Unit.objects.filter(pk__in=ids) if ids else Unit.objects.none()
    return {str(unit.pk): unit.name for unit in units}


def channel_names() -> dict[str, str]:
    return {
        "email": _("E-mail"),
        "link": _("Open link"),
        "import": _("Imported"),
        "sms": _("Text message"),
        "phone": _("Phone"),
    }


def _evidence(source: Source) -> str:
    return reverse("metrics:evidence", args=[source.metric.key])


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
