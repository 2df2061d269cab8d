"""Moved, not moved, or can't tell: one rule for every score and every page.

Moved: the 95 % interval of the difference leaves out 0. Not moved: its 90 % interval lies inside
plus and minus the smallest change that matters (two one-sided tests). Otherwise nobody can tell.
The difference is that of the adjusted counts behind the two intervals: NPS with three answers
added to each side, shares with Wilson's z², means with one pseudo-answer and Welch's degrees of
freedom. Adjusting each side by its own interval's counts keeps false changes near or under 5 %
even where the sides differ much in size, which Agresti and Caffo's smaller addition does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Literal

from metrics.scores import Estimate, ScoreError
from metrics.tdist import t_quantile, t_two_sided

type Word = Literal["moved_up", "moved_down", "not_moved", "cant_tell", "no_verdict"]
type Direction = Literal["good", "bad"]

NPS_MARGIN = 5.0
SHARE_MARGIN = 5.0
MEAN_MARGIN_PER_SPAN = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """After less before, from the adjusted counts."""

    centre: float
    se: float
    df: float

    @property
    def z(self) -> float:
        return self.centre / self.se

    @property
    def p_value(self) -> float:
        return t_two_sided(self.z, self.df)

    def interval(self, level: float) -> tuple[float, float]:
        reach = t_quantile((1 + level) / 2, self.df) * self.se
        return self.centre - reach, self.centre + reach


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said about a change.

    `difference` is what a reader gets by subtracting the two scores shown; the limits and the
    p-value come from the adjusted counts, centred on `adjusted`. `small`: moved, but less than
    matters. `needed_n`: answers per side that could tell, where these can't.
    """

    word: Word
    margin: float
    difference: float | None = None
    adjusted: float | None = None
    low95: float | None = None
    high95: float | None = None
    low90: float | None = None
    high90: float | None = None
    p_value: float | None = None
    small: bool = False
    needed_n: int | None = None


def change(
    before: Estimate, after: Estimate, *, margin: float | None = None, covariance: float = 0.0
) -> Verdict:
    """In: the same score of two disjoint periods, the smallest change that matters (default by
    unit) and, where the same people are in both, the covariance of the two scores.

    Out: the verdict; no verdict under 10 answers, or 10 people, on either side.
    Raises ScoreError if the two are not the same kind of score, or the margin is not above zero.
    """
    _require_same_kind(before, after)
    margin = default_margin(before) if margin is None else margin
    if not margin > 0:
        raise ScoreError(f"The smallest change that matters must be above zero, not {margin}.")
    if before.value is None or after.value is None:
        return Verdict("no_verdict", margin)
    gap = difference(before, after, covariance=covariance)
    low95, high95 = gap.interval(0.95)
    low90, high90 = gap.interval(0.90)
    within = -margin < low90 and high90 < margin
    word = _word(low95, high95, within=within)
    if before.is_thin or after.is_thin:
        word = "no_verdict"
    return Verdict(
        word=word,
        margin=margin,
        difference=after.value - before.value,
        adjusted=gap.centre,
        low95=_clipped(low95, before),
        high95=_clipped(high95, before),
        low90=_clipped(low90, before),
        high90=_clipped(high90, before),
        p_value=gap.p_value,
        small=within and word in ("moved_up", "moved_down"),
        needed_n=_answers_to_tell(before, after, gap, margin) if word == "cant_tell" else None,
    )


def difference(before: Estimate, after: Estimate, *, covariance: float = 0.0) -> Difference:
    """Out: the adjusted difference with Welch's degrees of freedom (infinite where z is used).

    Raises ScoreError where a side has no answers, or the covariance is larger than can be.
    """
    if before.centre is None or after.centre is None:
        raise ScoreError("A side without answers has no difference.")
    first, second = (before.centre_se or 0.0) ** 2, (after.centre_se or 0.0) ** 2
    variance = first + second - 2 * covariance
    if not variance > 0:
        raise ScoreError(f"A covariance of {covariance} is larger than the two scores allow.")
    spare = first**2 / before.df + second**2 / after.df
    df = (first + second) ** 2 / spare if spare else inf
    return Difference(after.centre - before.centre, sqrt(variance), df)


def default_margin(estimate: Estimate) -> float:
    """NPS 5, shares 5 points, means 0.2 on a 5-point scale and in proportion on others."""
    if estimate.unit == "points":
        return NPS_MARGIN
    if estimate.unit == "%":
        return SHARE_MARGIN
    return MEAN_MARGIN_PER_SPAN * (estimate.scale_max - estimate.scale_min)


def needed_n(variance: float, effect: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Out: answers per wave to detect the effect with this power.

    In: one answer's variance in the square of the effect's unit (0.61 with an effect of 0.05, or
    6100 with 5 points).
    """
    if not (variance > 0 and effect > 0):
        raise ScoreError("Both the variance and the effect must be above zero.")
    reach = t_quantile(1 - alpha / 2, inf) + t_quantile(power, inf)
    return max(1, round(2 * variance * (reach / effect) ** 2))


def benjamini_hochberg(pvalues: Sequence[float]) -> list[float]:
    """Out: the p-values adjusted for a table of comparisons, in the order given.

    Those at or under 0.05 keep the share of false alarms among them at 5 % (Benjamini and
    Hochberg 1995).
    """
    if any(not 0 <= p <= 1 for p in pvalues):
        raise ScoreError("A p-value lies between 0 and 1.")
    adjusted = [0.0] * len(pvalues)
    smallest = 1.0
    largest_first = sorted(range(len(pvalues)), key=lambda i: pvalues[i], reverse=True)
    for position, i in enumerate(largest_first):
        rank = len(pvalues) - position
        smallest = min(smallest, pvalues[i] * len(pvalues) / rank)
        adjusted[i] = smallest
    return adjusted


def is_good_direction(verdict: Verdict, high_is_good: bool) -> Direction | None:
    """Out: whether a move is for the better; None where nothing moved or nobody can tell."""
    if verdict.word not in ("moved_up", "moved_down"):
        return None
    return "good" if (verdict.word == "moved_up") == high_is_good else "bad"


def _word(low95: float, high95: float, *, within: bool) -> Word:
    if low95 > 0:
        return "moved_up"
    if high95 < 0:
        return "moved_down"
    return "not_moved" if within else "cant_tell"


def _answers_to_tell(before: Estimate, after: Estimate, gap: Difference, margin: float) -> int:
    """The number that detects the margin; if both sides have that already, the number that would
    settle a difference like the one seen, as moved or as not moved."""
    variance = ((before.variance or 0.0) + (after.variance or 0.0)) / 2
    planned = needed_n(variance, margin)
    if planned > min(before.n, after.n):
        return planned
    seen = abs(gap.centre)
    ways = [needed_n(variance, seen)] if seen else []
    if seen < margin:
        ways.append(needed_n(variance, margin - seen, alpha=0.1))
    return min(ways)


def _clipped(limit: float, estimate: Estimate) -> float:
    span = estimate.scale_max - estimate.scale_min
    return min(span, max(-span, limit))


def _require_same_kind(before: Estimate, after: Estimate) -> None:
    scales = {(e.unit, e.scale_min, e.scale_max) for e in (before, after)}
    if len(scales) > 1:
        raise ScoreError("Only two scores of the same unit and scale can be compared.")
