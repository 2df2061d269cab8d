"""From counted answers to a score, by one version of a metric."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from metrics.clusters import ClusterSums, clustered_mean, clustered_nps, clustered_share
from metrics.models import MetricKind, MetricVersion
from metrics.periods import Period
from metrics.scores import DETRACTORS, PROMOTERS, Cluster, Estimate, mean, nps, share
from metrics.selectors import Group
from metrics.verdicts import Verdict, change

type Level = Literal["good", "bad", ""]
SHARES = frozenset({MetricKind.CSAT, MetricKind.SHARE})


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked in the period and how many of them answered; nobody for an open link."""

    invited: int = 0
    answered: int = 0
    imported: bool = False

    @property
    def rate(self) -> float | None:
        return 100 * self.answered / self.invited if self.invited else None


@dataclass(frozen=True, slots=True)
class Score:
    """A number that carries what is needed to believe it, or the fact that it is withheld."""

    estimate: Estimate
    version: MetricVersion
    period: Period
    filters: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[int, int] = field(default_factory=dict)
    asked: Asked | None = None
    evidence_url: str = ""
    withheld: bool = False

    @property
    def value(self) -> float | None:
        return self.estimate.value

    @property
    def n(self) -> int:
        return self.estimate.n

    @property
    def people(self) -> int:
        return self.estimate.people

    @property
    def is_thin(self) -> bool:
        """Too few for a headline, a colour or a verdict: the distribution stands instead."""
        return self.estimate.is_thin

    @property
    def level(self) -> Level:
        """Bad where the whole interval is beyond the floor, good where it is beyond the goal."""
        low, high = self.estimate.low, self.estimate.high
        if self.is_thin or low is None or high is None:
            return ""
        floor, goal = self.version.floor, self.version.goal
        if not self.version.high_is_good:
            low, high = -high, -low
            floor, goal = _negated(floor), _negated(goal)
        if floor is not None and high < floor:
            return "bad"
        return "good" if goal is not None and low > goal else ""

    @property
    def mean(self) -> float | None:
        """The plain mean, shown beside a share and never called by its name."""
        n = sum(self.values.values())
        return sum(value * times for value, times in self.values.items()) / n if n else None


def estimate(version: MetricVersion, group: Group) -> Estimate:
    """In: one group's answers. Out: its score, by person or company where one gave several."""
    sums = group.sums
    if sums is None or sums.clusters == sums.m:
        if version.kind == MetricKind.NPS:
            return nps(group.values)
        if version.kind in SHARES:
            return share(group.values, box(version))
        return mean(group.values, version.scale_min, version.scale_max)
    return replace(_clustered(version, group, sums), people=group.people)


def _clustered(version: MetricVersion, group: Group, sums: ClusterSums) -> Estimate:
    by: Cluster = "company" if group.companies else "person"
    if version.kind == MetricKind.NPS:
        return clustered_nps(group.values, sums, by)
    if version.kind in SHARES:
        return clustered_share(sums, by)
    return clustered_mean(group.values, sums, version.scale_min, version.scale_max, by)


def score(version: MetricVersion, group: Group | None, period: Period, **more: object) -> Score:
    group = group or Group()
    return Score(
        estimate(version, group),
        version,
        period,
        values=Counter(dict(sorted(group.values.items()))),
        **more,  # type: ignore[arg-type]
    )


def verdict(before: Score, after: Score) -> Verdict:
    return change(before.estimate, after.estimate, margin=after.version.margin)


def box(version: MetricVersion) -> frozenset[int]:
    if version.box_min is None or version.box_max is None:
        return frozenset()
    return frozenset(range(version.box_min, version.box_max + 1))


def points(version: MetricVersion) -> dict[int, int]:
    """What each value adds to its person's sum: itself, a hit, or a promoter less a detractor."""
    scale = range(version.scale_min, version.scale_max + 1)
    if version.kind == MetricKind.NPS:
        return {value: (value in PROMOTERS) - (value in DETRACTORS) for value in scale}
    if version.kind in SHARES:
        hits = box(version)
        return {value: int(value in hits) for value in scale}
    return {value: value for value in scale}


def band(version: MetricVersion, value: int) -> str:
    """Where a value falls: "good", "mid" or "bad" for NPS and shares, nowhere for a mean."""
    if version.kind == MetricKind.NPS:
        return "good" if value in PROMOTERS else "bad" if value in DETRACTORS else "mid"
    if version.kind in SHARES:
        return "good" if value in box(version) else "mid"
    return "mid"


def _negated(value: float | None) -> float | None:
    return None if value is None else -value
