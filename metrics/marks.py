"""How good the evidence behind a touchpoint's number is, by rule and not by feeling."""

from datetime import date
from enum import StrEnum

from metrics.periods import Period
from metrics.scores import Estimate

# Wider than this share of its scale, an interval says little: 40 points of NPS, 20 of a share.
WIDEST = 1 / 5
STALE_DAYS = 90


class Mark(StrEnum):
    NONE = "none"
    THIN = "thin"
    STALE = "stale"
    SOLID = "solid"


def mark(estimate: Estimate, *, period: Period, latest: date | None, today: date) -> Mark:
    """In: a period's score, and the last day with any answer, the period's or a later one's.

    Out: no data where nobody answered in the period; thin where fewer than 10 people did or the
    interval is wider than a fifth of the scale; stale where the last answer is older than 90 days
    or than the period is long; else solid. The first that fits.
    """
    if estimate.n == 0 or estimate.low is None or estimate.high is None:
        return Mark.NONE
    span = estimate.scale_max - estimate.scale_min
    if estimate.is_thin or estimate.high - estimate.low > WIDEST * span:
        return Mark.THIN
    if latest is None or (today - latest).days > min(STALE_DAYS, period.days):
        return Mark.STALE
    return Mark.SOLID
