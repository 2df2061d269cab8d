"""The line over a map's stages: each stage's score with its interval, as SVG attributes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from metrics import words
from metrics.marks import Mark
from metrics.plots import Axis, shared_axis
from metrics.touchpoints import Scores, StageScore

HEIGHT, ABOVE, BELOW = 150, 30, 34  # in pixels; room for numbers over and under the line
COLUMN = 100  # of the stretched drawing behind the points


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage as it is called, and its score."""

    name: str
    found: StageScore

    @property
    def is_drawn(self) -> bool:
        score = self.found.score
        return score is not None and score.value is not None and not score.is_thin

    @property
    def ends(self) -> tuple[float, float, float]:
        """Low end, value, high end of what is drawn."""
        score = self.found.score
        if score is None or score.value is None:
            raise ValueError(f"{self.name} has no score to draw.")
        low, high = score.estimate.low, score.estimate.high
        return (
            score.value if low is None else low,
            score.value,
            score.value if high is None else high,
        )


@dataclass(frozen=True, slots=True)
class Point:
    number: int
    x: str
    y: str = ""
    low: str = ""
    high: str = ""
    text: str = ""
    text_y: str = ""
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """`paths` and `bands` belong into a drawing `width` wide that is stretched to fit."""

    points: tuple[Point, ...]
    width: int
    paths: tuple[str, ...]
    bands: tuple[str, ...]
    top: str
    bottom: str
    zero: str
    sentence: str
    height: int = HEIGHT
    base: int = HEIGHT - BELOW + 12  # under the lowest the line can be
    foot: int = HEIGHT - 4


def line(stops: Sequence[Stop], scores: Scores) -> Line | None:
    """In: the stages in their order. Out: None where under two of them have a score to draw."""
    drawn = [stop for stop in stops if stop.is_drawn]
    if scores.kind is None or len(drawn) < 2:  # noqa: PLR2004
        return None
    shown = [stop.found.score for stop in drawn if stop.found.score is not None]
    estimate = shown[0].estimate
    axis = shared_axis(shown, scores.kind, estimate)
    runs = _runs(stops)
    is_nps = (estimate.unit, axis.low < 0 < axis.high) == ("points", True)
    return Line(
        tuple(_point(number, stop, axis, len(stops)) for number, stop in enumerate(stops, 1)),
        COLUMN * len(stops),
        tuple(_curve([(x, _y(axis, stop.ends[1])) for x, stop in run]) for run in runs),
        tuple(_band(run, axis) for run in runs),
        words.value_text(estimate, axis.high),
        words.value_text(estimate, axis.low),
        f"{_y(axis, 0):.1f}" if is_nps else "",
        sentence(stops),
    )


def sentence(stops: Sequence[Stop]) -> str:
    """The line in words."""
    told = "; ".join(f"{stop.name} {_told(stop)}" for stop in stops)
    return _("Score by stage: %(stages)s.") % {"stages": told}


def lowest(stops: Sequence[Stop]) -> Stop | None:
    """The stage whose whole interval lies under every other one's, if there is such a stage."""
    drawn = [stop for stop in stops if stop.is_drawn]
    if len(drawn) < 2:  # noqa: PLR2004
        return None
    low_is_good = any(s.found.score and not s.found.score.version.high_is_good for s in drawn)
    first, *others = sorted(drawn, key=lambda stop: stop.ends[1], reverse=low_is_good)
    if low_is_good:
        return first if all(first.ends[0] > other.ends[2] for other in others) else None
    return first if all(first.ends[2] < other.ends[0] for other in others) else None


def _told(stop: Stop) -> str:
    score = stop.found.score
    if score is None:
        return _("not asked")
    if score.withheld:
        return _("withheld, too few people")
    if not stop.is_drawn or score.value is None:
        return _("too few answers") if score.n else _("no answers")
    return words.value_text(score.estimate)


def _runs(stops: Sequence[Stop]) -> list[list[tuple[float, Stop]]]:
    """Neighbours with a score, with the middle of their column; a gap ends a run."""
    runs: list[list[tuple[float, Stop]]] = [[]]
    for number, stop in enumerate(stops):
        if stop.is_drawn:
            runs[-1].append((COLUMN * (number + 0.5), stop))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _point(number: int, stop: Stop, axis: Axis, of: int) -> Point:
    x = f"{100 * (number - 0.5) / of:.2f}%"
    if not stop.is_drawn:
        return Point(number, x)
    low, value, high = (_y(axis, end) for end in stop.ends)
    guess = stop.found.mark is not Mark.SOLID
    return Point(
        number,
        x,
        f"{value:.1f}",
        f"{low:.1f}",
        f"{high:.1f}",
        _told(stop) + (" ?" if guess else ""),
        f"{high - 8:.1f}",
        guess,
    )


def _y(axis: Axis, value: float) -> float:
    return ABOVE + (HEIGHT - ABOVE - BELOW) * (1 - axis.share(value))


def _band(run: Sequence[tuple[float, Stop]], axis: Axis) -> str:
    over = _curve([(x, _y(axis, stop.ends[2])) for x, stop in run])
    under = _curve([(x, _y(axis, stop.ends[0])) for x, stop in reversed(run)])
    return f"{over} L{under.removeprefix('M')} Z"


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """Through the points, level at each, so that nothing lies higher or lower than a score."""
    (x, y), *others = points
    path = f"M{x:.0f} {y:.1f}"
    for to_x, to_y in others:
        middle = (x + to_x) / 2
        path += f" C{middle:.0f} {y:.1f} {middle:.0f} {to_y:.1f} {to_x:.0f} {to_y:.1f}"
        x, y = to_x, to_y
    return path
