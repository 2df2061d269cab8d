"""Scores where one person (or account) can give more than one value.

Answers of one person resemble each other, so they are worth fewer than they number. The error comes
from the differences between people: with y_i the sum of the person's values (or hits, or promoters
less detractors) over m_i answers, p is Σy over Σm, and its
standard error the root of the sum of squared (y_i less p·m_i), over Σm.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import sqrt

from metrics.scores import (
    DETRACTORS,
    NPS_MAX,
    NPS_MIN,
    PROMOTERS,
    Counts,
    Estimate,
    Sample,
    ScoreError,
    answers_in,
    answers_sum,
    empty_mean,
    empty_nps,
    empty_share,
    mean_estimate,
    mean_variance,
    nps_estimate,
    nps_variance,
    share_estimate,
    share_variance,
    total,
)
from metrics.tdist import t_quantile


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """Σy, Σm, Σy², Σym, Σm² over people. Adding two is right only if nobody is in both."""

    y: int = 0
    m: int = 0
    yy: int = 0
    ym: int = 0
    mm: int = 0
    people: int = 0

    def __add__(self, other: "ClusterSums") -> "ClusterSums":
        return ClusterSums(
            self.y + other.y,
            self.m + other.m,
            self.yy + other.yy,
            self.ym + other.ym,
            self.mm + other.mm,
            self.people + other.people,
        )

    @classmethod
    def of(cls, people: Iterable[tuple[int, int]]) -> "ClusterSums":
        """In: (y_i, m_i) of each person. Those without an answer are not counted."""
        sums = cls()
        for y, m in people:
            if m:
                sums += cls(y, m, y * y, y * m, m * m, 1)
        return sums


@dataclass(frozen=True, slots=True)
class Ratio:
    """Σy/Σm and its standard error by person."""

    value: float
    se: float


def ratio(sums: ClusterSums) -> Ratio:
    """Out: the ratio and its error. Raises ScoreError for sums no set of people can have."""
    _require_possible(sums)
    if sums.m == 0:
        raise ScoreError("A ratio needs at least one answer.")
    # Whole numbers until the end: the three terms nearly cancel where people hardly differ.
    squares = sums.yy * sums.m**2 - 2 * sums.y * sums.m * sums.ym + sums.y**2 * sums.mm
    if squares < 0:
        raise ScoreError("The sums of squares are too small for the sums.")
    return Ratio(sums.y / sums.m, sqrt(squares / sums.m**4))


def clustered_share(sums: ClusterSums) -> Estimate:
    """In: hits y of answers m. Out: % of hits, Wilson interval on the effective answers."""
    _require_possible(sums)
    if not 0 <= sums.y <= sums.m:
        raise ScoreError(f"{sums.y} hits cannot come from {sums.m} answers.")
    if sums.m == 0:
        return _named(empty_share())
    return _named(share_estimate(sums.y, _sample(sums, share_variance(sums.y, sums.m))))


def clustered_nps(counts: Counts, sums: ClusterSums) -> Estimate:
    """In: answers by value; y promoters less detractors of m answers. Out: NPS, adjusted Wald
    interval on the effective answers. Raises ScoreError where counts and sums disagree.
    """
    n = total(counts, NPS_MIN, NPS_MAX)
    _require_same(n, answers_in(counts, PROMOTERS) - answers_in(counts, DETRACTORS), sums)
    if n == 0:
        return _named(empty_nps())
    return _named(nps_estimate(counts, _sample(sums, nps_variance(counts))))


def clustered_mean(counts: Counts, sums: ClusterSums, scale_min: int, scale_max: int) -> Estimate:
    """In: answers by value; y the sum of a person's values over m answers. Out: the mean, t
    interval on the effective answers, with as many degrees of freedom as people.
    Raises ScoreError where counts and sums disagree.
    """
    n = total(counts, scale_min, scale_max)
    _require_same(n, answers_sum(counts), sums)
    if n == 0:
        return _named(empty_mean(scale_min, scale_max))
    # Its interval is a t interval by people already; few people need no second penalty.
    sample = _sample(sums, mean_variance(counts), few_people=False)
    return _named(mean_estimate(counts, sample, scale_min, scale_max))


def _sample(sums: ClusterSums, variance: float, *, few_people: bool = True) -> Sample:
    """How many independent answers the sums are worth: never more than were given.

    The intervals of shares and NPS use z, so that one answer each gives exactly the interval of
    unclustered answers. That the error of few people is itself uncertain is carried by t on people
    less one, as a smaller effective number (Korn and Graubard 1998).
    """
    se = ratio(sums).se
    naive = sqrt(variance / sums.m)
    if sums.people < 2 or naive == 0:
        # Nothing differs between people: each person is taken as one answer.
        return Sample(sums.m, sums.people, sums.people, se, naive)
    effective = sums.m / max(1.0, (se / naive) ** 2)
    if few_people and sums.people < sums.m:
        effective *= (t_quantile(0.975, sums.m - 1) / t_quantile(0.975, sums.people - 1)) ** 2
    return Sample(sums.m, sums.people, max(1.0, effective), se, naive)


def _named(estimate: Estimate) -> Estimate:
    return replace(estimate, method=f"{estimate.method}, clustered by person")


def _require_possible(sums: ClusterSums) -> None:
    if not 0 <= sums.people <= sums.m <= sums.mm or min(sums.m, sums.people) == 0 < sums.m:
        raise ScoreError(f"{sums.people} people cannot have given {sums.m} answers.")


def _require_same(n: int, y: int, sums: ClusterSums) -> None:
    _require_possible(sums)
    if (n, y) != (sums.m, sums.y):
        raise ScoreError(f"The counts say {y} over {n} answers, the people {sums.y} over {sums.m}.")
