"""NPS, shares and means from counted answers, each with the uncertainty of chance beside it.

Answers arrive as counts of the raw values; those skipped or not applicable are already out.
Standard errors are the textbook ones of the value shown. Intervals use adjusted counts, and so do
verdicts on change (see `metrics.verdicts`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, sqrt
from typing import Literal

from metrics.intervals import Interval, adjusted_wald, padded_t, wilson

type Counts = Mapping[int, int]
type Unit = Literal["points", "%", "mean"]
type Cluster = Literal["person", "company"]

NPS_MIN, NPS_MAX = 0, 10
PROMOTERS = frozenset({9, 10})
DETRACTORS = frozenset(range(7))
# With fewer the distribution stands instead of a headline: no colour, no rank, no verdict.
MINIMUM_ANSWERS = 10


class ScoreError(ValueError):
    """Counts that cannot be a score: negative, off the scale, or at odds with each other."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score, its 95 % interval and what is needed to judge a change. All None without answers.

    `centre`, `centre_se`, `df` and `variance` belong to the adjusted counts behind the interval;
    `variance` is one answer's, raised by the design effect where answers hang together; `by` says
    whose do.
    """

    unit: Unit
    method: str
    scale_min: float
    scale_max: float
    n: int = 0
    people: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    naive_se: float | None = None
    centre: float | None = None
    centre_se: float | None = None
    df: float = inf
    variance: float | None = None
    by: Cluster | None = None

    @property
    def is_thin(self) -> bool:
        return self.people < MINIMUM_ANSWERS

    @property
    def design_effect(self) -> float | None:
        if self.se is None or not self.naive_se:
            return None
        return (self.se / self.naive_se) ** 2


@dataclass(frozen=True, slots=True)
class Sample:
    """How many answers of how many clusters, and how many independent answers they are worth."""

    n: int
    clusters: int
    effective: float
    se: float | None
    naive_se: float | None


def nps(counts: Counts) -> Estimate:
    """In: answers by value, 0 to 10. Out: % promoters less % detractors, adjusted Wald interval.

    Raises ScoreError for a value off the scale or a negative count.
    """
    n = total(counts, NPS_MIN, NPS_MAX)
    if n == 0:
        return empty_nps()
    se = sqrt(nps_variance(counts) / n)
    return nps_estimate(counts, Sample(n, n, n, se, se))


def share(counts: Counts, box: set[int] | frozenset[int]) -> Estimate:
    """In: answers by value, and the values that count as a hit. Out: % of hits, Wilson interval."""
    n = total(counts)
    if n == 0:
        return empty_share()
    hits = answers_in(counts, box)
    se = sqrt(share_variance(hits, n) / n)
    return share_estimate(hits, Sample(n, n, n, se, se))


def mean(counts: Counts, scale_min: int, scale_max: int) -> Estimate:
    """In: answers by value and the ends of their scale. Out: the mean, t interval with one
    pseudo-answer spread over the scale.

    Raises ScoreError for a value off the scale or a negative count. A single answer has no
    standard error (None), but still an interval.
    """
    n = total(counts, scale_min, scale_max)
    if n == 0:
        return empty_mean(scale_min, scale_max)
    se = sqrt(mean_variance(counts) / (n - 1)) if n > 1 else None
    return mean_estimate(counts, Sample(n, n, n, se, se), scale_min, scale_max)


def finite_population(se: float, n: int, population: int) -> float:
    """Out: the standard error when n of a known, limited number of people answered."""
    if not 0 < n <= population:
        raise ScoreError(f"{n} answers cannot come from a population of {population}.")
    return 0.0 if n == population else se * sqrt((population - n) / (population - 1))


def total(counts: Counts, scale_min: int | None = None, scale_max: int | None = None) -> int:
    """Out: the number of answers. Raises ScoreError for what cannot have been counted."""
    if scale_min is not None and scale_max is not None and scale_min >= scale_max:
        raise ScoreError(f"A scale cannot run from {scale_min} to {scale_max}.")
    for value, n in counts.items():
        if n < 0:
            raise ScoreError(f"The value {value} is counted {n} times.")
        too_low = scale_min is not None and value < scale_min
        too_high = scale_max is not None and value > scale_max
        if n and (too_low or too_high):
            raise ScoreError(f"The value {value} is off the scale {scale_min} to {scale_max}.")
    return sum(counts.values())


def answers_in(counts: Counts, box: set[int] | frozenset[int]) -> int:
    return sum(n for value, n in counts.items() if value in box)


def answers_sum(counts: Counts) -> int:
    return sum(value * times for value, times in counts.items())


# One answer's variance, divisor n: in whole numbers until the last division, so never below zero.
def nps_variance(counts: Counts) -> float:
    n, up, down = (
        sum(counts.values()),
        answers_in(counts, PROMOTERS),
        answers_in(counts, DETRACTORS),
    )
    return (n * (up + down) - (up - down) ** 2) / n**2


def share_variance(hits: int, n: int) -> float:
    return hits * (n - hits) / n**2


def mean_variance(counts: Counts) -> float:
    n = sum(counts.values())
    squares = sum(value * value * times for value, times in counts.items())
    return (n * squares - answers_sum(counts) ** 2) / n**2


def nps_estimate(counts: Counts, sample: Sample) -> Estimate:
    up, down = answers_in(counts, PROMOTERS), answers_in(counts, DETRACTORS)
    interval = adjusted_wald(up / sample.n, down / sample.n, sample.effective)
    return _estimate(empty_nps(), 100 * (up - down) / sample.n, interval, sample, 100)


def share_estimate(hits: int, sample: Sample) -> Estimate:
    interval = wilson(hits / sample.n, sample.effective)
    return _estimate(empty_share(), 100 * hits / sample.n, interval, sample, 100)


def mean_estimate(counts: Counts, sample: Sample, scale_min: int, scale_max: int) -> Estimate:
    average = answers_sum(counts) / sample.n
    interval = padded_t(
        average,
        mean_variance(counts),
        sample.effective,
        df=sample.clusters,
        scale_min=scale_min,
        scale_max=scale_max,
    )
    return _estimate(empty_mean(scale_min, scale_max), average, interval, sample, 1)


def empty_nps() -> Estimate:
    return Estimate("points", "adjusted Wald", -100, 100)


def empty_share() -> Estimate:
    return Estimate("%", "Wilson", 0, 100)


def empty_mean(scale_min: int, scale_max: int) -> Estimate:
    return Estimate("mean", "t with one pseudo-answer", scale_min, scale_max)


def _estimate(
    empty: Estimate, value: float, interval: Interval, sample: Sample, factor: int
) -> Estimate:
    return Estimate(
        unit=empty.unit,
        method=empty.method,
        scale_min=empty.scale_min,
        scale_max=empty.scale_max,
        n=sample.n,
        people=sample.clusters,
        value=value,
        low=factor * interval.low,
        high=factor * interval.high,
        se=None if sample.se is None else factor * sample.se,
        naive_se=None if sample.naive_se is None else factor * sample.naive_se,
        centre=factor * interval.centre,
        centre_se=factor * interval.se,
        df=interval.df,
        variance=factor**2 * interval.variance * sample.n / sample.effective,
    )
