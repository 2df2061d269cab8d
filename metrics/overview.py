"""Many metrics at once: two statements whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from metrics import privacy, selectors
from metrics.models import Item, Metric, MetricQuerySet
from metrics.periods import Period, preset, steps_of
from metrics.rating import Score
from metrics.selectors import ALL, Group, Groups
from metrics.sources import Source, trend_of, verdict_of, whole_of
from metrics.verdicts import Verdict, is_good_direction

MOST_READ = 40
UNMOVED = 2


@dataclass(frozen=True, slots=True)
class Tile:
    """A metric at a glance. `trend` is empty where it would take reading observations."""

    metric: Metric
    score: Score
    before: Score | None
    verdict: Verdict | None
    trend: tuple[Score, ...] = ()
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Landing:
    """What somebody starts the day on; no tiles where nothing is in reach."""

    tiles: tuple[Tile, ...] = ()
    period: Period | None = None
    moved: Tile | None = None

    @property
    def has_answers(self) -> bool:
        return any(tile.score.n for tile in self.tiles)


def landing(user: User, *, most: int) -> Landing:
    """Their own metrics first, then others in reach; of each, what moved before what did not."""
    chosen = sources(Metric.objects.visible_to(user), user=user, most=MOST_READ)
    if not chosen:
        return Landing()
    period = default_period([pk for source in chosen for pk in source.item_ids])
    found = tiles(chosen, period=period, with_trend=True)
    found.sort(key=lambda tile: (tile.metric.owner_id != user.pk, _urgency(tile)))
    shown = tuple(found[:most])
    moved = min(shown, key=_urgency)
    return Landing(shown, period, moved if _urgency(moved) < UNMOVED else None)


def _urgency(tile: Tile) -> int:
    """Worse first, then better, then what did not move by as much as matters."""
    if tile.verdict is None or tile.verdict.small:
        return UNMOVED
    way = is_good_direction(tile.verdict, tile.score.version.high_is_good)
    return {"bad": 0, "good": 1}.get(way or "", UNMOVED)


def sources(metrics: MetricQuerySet, *, user: User, most: int | None = None) -> list[Source]:
    """The metrics with a definition and all it takes to read them, in the order given."""
    items = Prefetch("current_version__items", Item.objects.select_related("survey").order_by("pk"))
    defined = metrics.filter(current_version__isnull=False)
    found = defined.select_related("current_version", "owner", "unit").prefetch_related(items)
    sees_all = privacy.seen_by(user)
    result = []
    for metric in found[:most]:
        version = metric.current_version
        if version is None:
            continue
        its = tuple(version.items.all())
        surveys = {item.survey_id: item.survey for item in its}
        result.append(Source(metric, version, its, sees_all(surveys.values())))
    return result


def default_period(item_ids: Sequence[int]) -> Period:
    """The last 30 days, or all time where they hold no answer."""
    return usual_period(selectors.span(item_ids) if item_ids else (None, None))


def usual_period(span: tuple[date | None, date | None]) -> Period:
    """The same where the first and last day with an answer are known."""
    today = timezone.localdate()
    first, last = span
    recent = preset("30", today=today)
    if last is not None and last < recent.start:
        return preset("all", today=today, since=first)
    return recent


def tiles(chosen: Sequence[Source], *, period: Period, with_trend: bool = False) -> list[Tile]:
    """A tile for each source. Where people count twice, one more statement reads observations."""
    before = period.previous()
    steps = steps_of(period) if with_trend else None
    periods = [period, *([before] if before else [])]
    drawn = list(steps.periods) if steps else []
    plain = [source for source in chosen if not source.by_person]
    pooled = [source for source in chosen if source.by_person]
    found: dict[int, Groups] = {}
    if plain:
        found |= _plain(plain, [*periods, *drawn])
    if pooled:
        read = selectors.clusters([source.pool for source in pooled], periods)
        found |= {source.metric.pk: groups for source, groups in zip(pooled, read, strict=True)}
    result = []
    for source in chosen:
        groups = found[source.metric.pk]
        now = whole_of(source, groups[0], period)
        was = whole_of(source, groups[1], before) if before else None
        trend = (
            ()
            if source.by_person or steps is None
            else trend_of(source, groups[len(periods) :], steps)
        )
        verdict = verdict_of(was, now)
        result.append(Tile(source.metric, now, was, verdict, trend, source.by_person))
    return result


def _plain(chosen: Sequence[Source], periods: Sequence[Period]) -> dict[int, Groups]:
    ids = [source.items[0].pk for source in chosen if source.items]
    counted = selectors.counts(ids, periods) if ids else [{} for _period in periods]
    return {
        source.metric.pk: [
            {(ALL, ""): Group(found[key])}
            if source.items and (key := (source.items[0].pk, ALL, "")) in found
            else {}
            for found in counted
        ]
        for source in chosen
    }
