"""Intervals that stay honest with few answers.

Each takes a share or mean and the number of answers it is worth, which clustering may make smaller
than the number counted and no longer whole. Each returns the adjusted centre and standard error
too: a change between two periods is judged from the same adjusted counts as the intervals shown.
"""

from dataclasses import dataclass
from math import inf, sqrt

from metrics.tdist import t_quantile

Z95 = t_quantile(0.975, inf)


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval, the adjusted centre and error behind it, and one answer's variance."""

    low: float
    high: float
    centre: float
    se: float
    variance: float
    df: float = inf


def adjusted_wald(promoters: float, detractors: float, n: float) -> Interval:
    """In: the two shares (0 to 1). Out: the interval of their difference, within -1 and 1.

    Three answers are added, three quarters of one to promoters and detractors each
    (Rocks 2016, The American Statistician).
    """
    total = n + 3
    up = (promoters * n + 0.75) / total
    down = (detractors * n + 0.75) / total
    centre = up - down
    variance = up + down - centre**2
    se = sqrt(variance / total)
    low, high = max(-1.0, centre - Z95 * se), min(1.0, centre + Z95 * se)
    return Interval(low, high, centre, se, variance)


def wilson(share: float, n: float) -> Interval:
    """In: a share (0 to 1). Out: its Wilson score interval.

    Wilson's interval is centred on the share with z² answers added, half of them hits; the centre
    and error for a change are those of the same added answers (Agresti and Coull 1998).
    """
    total = n + Z95**2
    centre = (share * n + Z95**2 / 2) / total
    half = Z95 * sqrt(share * (1 - share) * n + Z95**2 / 4) / total
    low = 0.0 if share == 0 else max(0.0, centre - half)
    high = 1.0 if share == 1 else min(1.0, centre + half)
    variance = centre * (1 - centre)
    return Interval(low, high, centre, sqrt(variance / total), variance)


def padded_t(
    mean: float, variance: float, n: float, *, df: float, scale_min: int, scale_max: int
) -> Interval:
    """In: a mean on a scale of whole points and the answers' variance (divisor n).

    Out: Student's interval after adding one pseudo-answer spread evenly over the points, clipped
    to the scale. It never has width zero.
    """
    middle = (scale_min + scale_max) / 2
    points = scale_max - scale_min + 1
    spread = (points**2 - 1) / 12
    total = n + 1
    centre = (mean * n + middle) / total
    squares = n * (variance + (mean - centre) ** 2) + spread + (middle - centre) ** 2
    padded = squares / n
    se = sqrt(padded / total)
    reach = t_quantile(0.975, df) * se
    low, high = max(scale_min, centre - reach), min(scale_max, centre + reach)
    return Interval(low, high, centre, se, padded, df)
