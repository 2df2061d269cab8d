"""Small drawings as SVG attributes: positions in percent, never a style."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor

from metrics.models import MetricKind, MetricVersion
from metrics.rating import Score
from metrics.scores import Estimate

SPARK_HEIGHT = 32


@dataclass(frozen=True, slots=True)
class Axis:
    low: float
    high: float

    def share(self, value: float) -> float:
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def at(self, value: float) -> str:
        return f"{100 * self.share(value):.1f}%"

    def width(self, low: float, high: float) -> str:
        """Never under half a percent: a narrow interval stays visible."""
        return f"{max(0.5, 100 * (self.share(high) - self.share(low))):.1f}%"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One interval on an axis; empty strings are not drawn."""

    classes: str
    range_at: str = ""
    range_width: str = ""
    at: str = ""
    zero: str = ""
    floor: str = ""
    goal: str = ""
    was_from: str = ""
    was_to: str = ""
    was_at: str = ""


def whole_scale(estimate: Estimate) -> Axis:
    return Axis(estimate.scale_min, estimate.scale_max)


def shared_axis(scores: Iterable[Score], version: MetricVersion, estimate: Estimate) -> Axis:
    """The part of the scale that a table's intervals, floor and goal take up, in whole steps."""
    ends = [end for s in scores for end in (s.estimate.low, s.estimate.high) if end is not None]
    ends += [mark for mark in (version.floor, version.goal) if mark is not None]
    if not ends:
        return whole_scale(estimate)
    span = estimate.scale_max - estimate.scale_min
    step = span / 20
    low = estimate.scale_min + step * floor((min(ends) - estimate.scale_min) / step)
    high = estimate.scale_min + step * ceil((max(ends) - estimate.scale_min) / step)
    low, high = max(low, estimate.scale_min), min(high, estimate.scale_max)
    return Axis(low, high) if high > low else whole_scale(estimate)


def drawing(score: Score, *, axis: Axis | None = None, before: Score | None = None) -> Drawing:
    estimate, version = score.estimate, score.version
    axis = axis or whole_scale(estimate)
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return Drawing("", **_marks(axis, version))
    classes = " ".join(filter(None, [score.level, "thin" if score.is_thin else ""]))
    was = before.estimate if before else None
    earlier = {}
    if was and was.value is not None and was.low is not None and was.high is not None:
        ends = {"was_from": was.low, "was_to": was.high, "was_at": was.value}
        earlier = {name: axis.at(value) for name, value in ends.items()}
    return Drawing(
        classes,
        range_at=axis.at(estimate.low),
        range_width=axis.width(estimate.low, estimate.high),
        at=axis.at(estimate.value),
        **_marks(axis, version),
        **earlier,
    )


def spark(trend: Sequence[Score]) -> dict[str, str]:
    """In: a trend. Out: the line, its band and the last point; nothing under two points."""
    points = [
        (i, s.estimate.value, s.estimate.low, s.estimate.high)
        for i, s in enumerate(trend)
        if s.estimate.value is not None and s.estimate.low is not None and not s.is_thin
    ]
    if len(points) < 2:  # noqa: PLR2004
        return {}
    lows = [low for _i, _value, low, _high in points if low is not None]
    highs = [high for _i, _value, _low, high in points if high is not None]
    bottom, span = min(lows), max(highs) - min(lows) or 1.0
    across = max(1, len(trend) - 1)

    def place(i: int, value: float) -> str:
        height = 2 + (SPARK_HEIGHT - 4) * (1 - (value - bottom) / span)
        return f"{100 * i / across:.1f} {height:.1f}"

    line = " L".join(place(i, value) for i, value, _low, _high in points)
    over = [place(i, high) for i, _value, _low, high in points if high is not None]
    under = [place(i, low) for i, _value, low, _high in reversed(points) if low is not None]
    x, y = place(points[-1][0], points[-1][1]).split()
    return {
        "line": f"M{line}",
        "band": f"M{' L'.join(over + under)}Z",
        "x": f"{x}%",
        "y": f"{100 * float(y) / SPARK_HEIGHT:.1f}%",
    }


def _marks(axis: Axis, version: MetricVersion) -> dict[str, str]:
    marks = {"floor": version.floor, "goal": version.goal}
    if version.kind == MetricKind.NPS and axis.low < 0 < axis.high:
        marks["zero"] = 0.0
    return {name: axis.at(value) for name, value in marks.items() if value is not None}
