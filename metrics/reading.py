"""Everything a metric's page and exports show, read and withheld in one place."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.core.cache import cache
from django.db.models import Count, Q
from django.urls import reverse

from metrics.breakdowns import Breakdown, breakdowns
from metrics.models import Metric
from metrics.periods import Period, Steps, steps_of
from metrics.rating import Asked, Score
from metrics.sources import Source, groups_of, trend_of, verdict_of, whole_of
from metrics.verdicts import Verdict
from surveys.models import Invitation, InvitationState, ResponseStatus

RATE_SECONDS = 60


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


def read(source: Source, *, period: Period, with_breakdowns: bool = True) -> Reading:
    """The score, its change, its trend and its breakdowns; what is too small is withheld."""
    steps = steps_of(period)
    before = period.previous()
    periods = [period, *([before] if before else []), *steps.periods]
    found = groups_of(source, periods)
    now = whole_of(source, found[0], period)
    was = whole_of(source, found[1], before) if before else None
    trend = trend_of(source, found[-len(steps.periods) :], steps)
    tables = breakdowns(source, period, before) if with_breakdowns and now.n else ()
    invited = replace(asked(source, period), imported=_only_imported(tables))
    evidence = reverse("metrics:evidence", args=[source.metric.key])
    now = replace(now, asked=invited, evidence_url=evidence)
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


def _only_imported(tables: Sequence[Breakdown]) -> bool:
    channels = {row.member for t in tables if t.dimension == "channel" for row in t.rows}
    return channels == {"import"}
