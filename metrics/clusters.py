"""Scores where one person, or one company's people, can give more than one value.

Such answers resemble each other, so they are worth fewer than they number. The error comes from the
differences between clusters, each the people of one company or a person of none: with y_i the sum
of a cluster's values (or hits, or promoters less detractors) over m_i answers, p is Σy over Σm, and
its standard error the root of the sum of squared (y_i less p·m_i), over Σm.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import sqrt

from metrics.scores import (
    DETRACTORS,
    NPS_MAX,
    NPS_MIN,
    PROMOTERS,
    Cluster,
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
    """Σy, Σm, Σy², Σym, Σm² over clusters. Adding two is right only if none is in both."""

    y: int = 0
    m: int = 0
    yy: int = 0
    ym: int = 0
    mm: int = 0
    clusters: int = 0

    def __add__(self, other: "ClusterSums") -> "ClusterSums":
        return ClusterSums(
            self.y + other.y,
            self.m + other.m,
            self.yy + other.yy,
            self.ym + other.ym,
            self.mm + other.mm,
            self.clusters + other.clusters,
        )

    @classmethod
    def of(cls, clusters: Iterable[tuple[int, int]]) -> "ClusterSums":
        """In: (y_i, m_i) of each. Those without an answer are not counted."""
        sums = cls()
        for y, m in clusters:
            if m:
                sums += cls(y, m, y * y, y * m, m * m, 1)
        return sums


@dataclass(frozen=True, slots=True)
class Ratio:
    """Σy/Σm and its standard error by cluster."""

    value: float
    se: float


def ratio(sums: ClusterSums) -> Ratio:
    """Out: the ratio and its error. Raises ScoreError for sums no set of clusters can have."""
    _require_possible(sums)
    if sums.m == 0:
        raise ScoreError("A ratio needs at least one answer.")
    # Whole numbers until the end: the three terms nearly cancel where clusters hardly differ.
    squares = sums.yy * sums.m**2 - 2 * sums.y * sums.m * sums.ym + sums.y**2 * sums.mm
    if squares < 0:
        raise ScoreError("The sums of squares are too small for the sums.")
    return Ratio(sums.y / sums.m, sqrt(squares / sums.m**4))


def clustered_share(sums: ClusterSums, by: Cluster = "person") -> Estimate:
    """In: hits y of answers m. Out: % of hits, Wilson interval on the effective answers."""
    _require_possible(sums)
    if not 0 <= sums.y <= sums.m:
        raise ScoreError(f"{sums.y} hits cannot come from {sums.m} answers.")
    if sums.m == 0:
        return _named(empty_share(), by)
    return _named(share_estimate(sums.y, _sample(sums, share_variance(sums.y, sums.m))), by)


def clustered_nps(counts: Counts, sums: ClusterSums, by: Cluster = "person") -> Estimate:
    """In: answers by value; y promoters less detractors of m answers. Out: NPS, adjusted Wald
    interval on the effective answers. Raises ScoreError where counts and sums disagree.
    """
    n = total(counts, NPS_MIN, NPS_MAX)
    _require_same(n, answers_in(counts, PROMOTERS) - answers_in(counts, DETRACTORS), sums)
    if n == 0:
        return _named(empty_nps(), by)
    return _named(nps_estimate(counts, _sample(sums, nps_variance(counts))), by)


def clustered_mean(
    counts: Counts,
    sums: ClusterSums,
    scale_min: int,
    scale_max: int,
    by: Cluster = "person",
) -> Estimate:
    """In: answers by value; y the sum of a cluster's values over m answers. Out: the mean, t
    interval on the effective answers, with as many degrees of freedom as clusters.
    Raises ScoreError where counts and sums disagree.
    """
    n = total(counts, scale_min, scale_max)
    _require_same(n, answers_sum(counts), sums)
    if n == 0:
        return _named(empty_mean(scale_min, scale_max), by)
    # Its interval is a t interval by clusters already; few of them need no second penalty.
    sample = _sample(sums, mean_variance(counts), few=False)
    return _named(mean_estimate(counts, sample, scale_min, scale_max), by)


def _sample(sums: ClusterSums, variance: float, *, few: bool = True) -> Sample:
    """How many independent answers the sums are worth: never more than were given.

    The intervals of shares and NPS use z, so that one answer each gives exactly the interval of
    unclustered answers. That the error of few clusters is itself uncertain is carried by t on these
    less one, as a smaller effective number (Korn and Graubard 1998).
    """
    se = ratio(sums).se
    naive = sqrt(variance / sums.m)
    if sums.clusters < 2 or naive == 0:
        # Nothing differs between clusters: each is taken as one answer.
        return Sample(sums.m, sums.clusters, sums.clusters, se, naive)
    effective = sums.m / max(1.0, (se / naive) ** 2)
    if few and sums.clusters < sums.m:
        effective *= (t_quantile(0.975, sums.m - 1) / t_quantile(0.975, sums.clusters - 1)) ** 2
    return Sample(sums.m, sums.clusters, max(1.0, effective), se, naive)


def _named(estimate: Estimate, by: Cluster) -> Estimate:
    return replace(estimate, method=f"{estimate.method}, clustered by {by}", by=by)


def _require_possible(sums: ClusterSums) -> None:
    if not 0 <= sums.clusters <= sums.m <= sums.mm or min(sums.m, sums.clusters) == 0 < sums.m:
        raise ScoreError(f"{sums.clusters} clusters cannot have given {sums.m} answers.")


def _require_same(n: int, y: int, sums: ClusterSums) -> None:
    _require_possible(sums)
    if (n, y) != (sums.m, sums.y):
        raise ScoreError(
            f"The counts say {y} over {n} answers, the clusters {sums.y} over {sums.m}."
        )
