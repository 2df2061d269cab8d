"""What a metric is made of, and the scores of groups of its answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from metrics import privacy, rating, selectors
from metrics.models import Item, Metric, MetricVersion
from metrics.periods import Period, Steps
from metrics.rating import Score
from metrics.selectors import ALL, Above, Group, Groups, Member, Pool
from metrics.verdicts import Verdict
from surveys.models import Survey

WHOLE: Member = (ALL, "")


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
        """Whether one person or company can count twice, so that observations must be read."""
        return len(self.items) > 1 or any(item.repeated for item in self.items)

    @property
    def pool(self) -> Pool:
        return Pool(self.item_ids, rating.points(self.version))

    @property
    def surveys(self) -> dict[int, Survey]:
        return {item.survey_id: item.survey for item in self.items}


def source_of(metric: Metric, *, user: User) -> Source | None:
    """Out: None for a metric without a definition."""
    version = metric.current_version
    if version is None:
        return None
    items = tuple(version.items.select_related("survey").order_by("pk"))
    surveys = {item.survey_id: item.survey for item in items}
    return Source(metric, version, items, privacy.sees_everyone(user, surveys.values()))


def groups_of(
    source: Source,
    periods: Sequence[Period],
    dimensions: Sequence[str] = (ALL,),
    above: Above | None = None,
) -> Groups:
    if not source.items:
        return [{} for _period in periods]
    if source.by_person:
        return selectors.clusters([source.pool], periods, dimensions=dimensions, above=above)[0]
    return selectors.groups(source.item_ids, periods, dimensions=dimensions, above=above)


def whole_of(source: Source, found: Mapping[Member, Group], period: Period) -> Score:
    group = found.get(WHOLE, Group())
    hidden = privacy.is_withheld(group.people, sees_all=source.sees_all)
    return score_of(source, group, period, hidden=hidden)


def score_of(
    source: Source, group: Group, period: Period, *, hidden: bool, **filters: str
) -> Score:
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
        score_of(source, group, period, hidden=i in hidden)
        for i, (group, period) in enumerate(zip(groups, steps.periods, strict=True))
    )
