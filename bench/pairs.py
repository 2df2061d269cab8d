"""Measuring ours against a floor, in turns, so that whatever slows the machine slows both."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import Any

PAIRS = 7


@dataclass(frozen=True)
class Figure:
    """One line of the table: `ratio` is ours ÷ floor as the target is worded."""

    name: str
    ours: float
    floor: float
    unit: str
    ratio: float
    low: float
    high: float
    target: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def compare(
    name: str,
    ours: Callable[[], object],
    floor: Callable[[], object],
    *,
    target: str,
    amount: int = 1,
    pairs: int = PAIRS,
) -> Figure:
    """Rates (amount per second) of both, and the ratio of the medians with its spread over pairs.

    Each pair runs both once; which goes first alternates. `amount` is how much work one call does.
    """
    rates: list[tuple[float, float]] = []
    for turn in range(pairs):
        if turn % 2:
            low, mine = seconds(floor), seconds(ours)
        else:
            mine, low = seconds(ours), seconds(floor)
        rates.append((amount / mine, amount / low))
    ratios = sorted(mine / low for mine, low in rates)
    return Figure(
        name=name,
        ours=median(mine for mine, _low in rates),
        floor=median(low for _mine, low in rates),
        unit="/s",
        ratio=median(ratios),
        low=ratios[0],
        high=ratios[-1],
        target=target,
    )
