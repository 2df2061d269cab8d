"""Scores of touchpoints and of the stages they stand in: one statement whatever their number.

A touchpoint's score takes the answers that are about it. Numbers of different kinds are never
pooled: a touchpoint that hears several leads with its first and names the others. A stage pools
what its touchpoints hear of the kind that most of its map's touchpoints lead with.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from journeys.models import Touchpoint
from metrics import hearing, privacy, rating, selectors
from metrics.marks import Mark, mark
from metrics.models import MetricVersion
from metrics.parts import Heard, Kind, Part, joined
from metrics.periods import Period
from metrics.rating import Score
from metrics.selectors import ALL, TOUCHPOINT, Group
from metrics.sources import WHOLE, verdict_of
from metrics.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class TouchpointScore:
    """A touchpoint's number; `score` is None where it hears nothing at all."""

    touchpoint: Touchpoint
    mark: Mark
    score: Score | None = None
    before: Score | None = None
    verdict: Verdict | None = None
    others: tuple[Score, ...] = ()
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class StageScore:
    """A stage's number; `score` is None where its touchpoints hear nothing of the map's kind."""

    score: Score | None = None
    before: Score | None = None
    verdict: Verdict | None = None
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class Scores:
    period: Period
    touchpoints: Mapping[int, TouchpointScore]
    stages: Mapping[int, StageScore] = field(default_factory=dict)
    kind: MetricVersion | None = None  # what stages are counted as


type Stages = Mapping[int, Sequence[int]]


def read(heard: Heard, *, period: Period, stages: Stages | None = None) -> Scores:
    """In: touchpoints by stage, where they stand on a map. What is too small is withheld."""
    stages = stages or {}
    wanted = _wanted(heard, stages)
    before = period.previous()
    periods = [period, *([before] if before else [])]
    groups = _groups(wanted, periods)
    latest = hearing.latest([each.pk for each in heard.touchpoints])
    touchpoints = {
        each.pk: _touchpoint(heard, each, groups, periods, latest.get(each.pk))
        for each in heard.touchpoints
    }
    pooled = {pk: each for (what, pk, _place), each in wanted.items() if what == "stage"}
    scores = {
        pk: _stage(heard, stage, groups, ("stage", pk, 0), periods, latest)
        for pk, stage in pooled.items()
    }
    kind = next((stage.part.version for stage in pooled.values()), None)
    return Scores(period, touchpoints, {pk: scores.get(pk, StageScore()) for pk in stages}, kind)


type Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One number to read: a part of what some touchpoints hear."""

    part: Part
    touchpoints: tuple[int, ...]


def _wanted(heard: Heard, stages: Stages) -> dict[Key, Wanted]:
    """Every kind a touchpoint hears; of stages the leading kind."""
    wanted = {
        ("touchpoint", pk, place): Wanted(part, (pk,))
        for pk, parts in heard.parts.items()
        for place, part in enumerate(parts)
    }
    kind = _leading_kind(heard, stages)
    for stage, touchpoints in stages.items():
        parts = [part for pk in touchpoints for part in heard.parts.get(pk, ())]
        alike = [part for part in parts if part.kind == kind]
        if alike:
            wanted["stage", stage, 0] = Wanted(joined(alike), tuple(touchpoints))
    return wanted


def _groups(wanted: Mapping[Key, Wanted], periods: Sequence[Period]) -> dict[Key, list[Group]]:
    """For each number and period its answers: by person where somebody can count twice in any of
    them, else from cells; one statement either way."""
    if not wanted:
        return {}
    if any(len(w.touchpoints) > 1 or w.part.by_person for w in wanted.values()):
        pools = [w.part.pool(w.touchpoints) for w in wanted.values()]
        found = selectors.clusters(pools, periods)
        return {
            key: [groups.get(WHOLE, Group()) for groups in sides]
            for key, sides in zip(wanted, found, strict=True)
        }
    items = [w.part.items[0].pk for w in wanted.values()]
    counted = selectors.counts(items, periods, dimensions=(ALL, TOUCHPOINT))
    return {
        key: [
            Group(side.get((w.part.items[0].pk, TOUCHPOINT, str(w.touchpoints[0])), Counter()))
            for side in counted
        ]
        for key, w in wanted.items()
    }


def _touchpoint(
    heard: Heard,
    touchpoint: Touchpoint,
    groups: Mapping[Key, Sequence[Group]],
    periods: Sequence[Period],
    latest: date | None,
) -> TouchpointScore:
    pk, parts = touchpoint.pk, heard.parts[touchpoint.pk]
    if not parts:
        return TouchpointScore(touchpoint, Mark.NONE)
    sides = [
        _scores(part, groups["touchpoint", pk, place], periods, sees_all=heard.sees_all[pk])
        for place, part in enumerate(parts)
    ]
    now, before = sides[0]
    shown = None if now.withheld else latest  # a day with one answer would point at somebody
    return TouchpointScore(
        touchpoint,
        _mark(now, shown),
        now,
        before,
        verdict_of(before, now),
        tuple(other for other, _before in sides[1:]),
        shown,
    )


def _stage(
    heard: Heard,
    stage: Wanted,
    groups: Mapping[Key, Sequence[Group]],
    at: Key,
    periods: Sequence[Period],
    latest: Mapping[int, date],
) -> StageScore:
    """Withheld where one of its touchpoints is: what the others have less would give that away."""
    sees_all = all(heard.sees_all.get(pk, True) for pk in stage.touchpoints)
    now, before = _scores(stage.part, groups[at], periods, sees_all=sees_all)
    parts = [
        groups["touchpoint", pk, place]
        for pk in stage.touchpoints
        for place, part in enumerate(heard.parts[pk])
        if part.kind == stage.part.kind
    ]

    def reveals(period: int) -> bool:
        return any(privacy.is_withheld(p[period].people, sees_all=sees_all) for p in parts)

    now = _withheld(now) if reveals(0) else now
    before = _withheld(before) if before and reveals(1) else before
    days = [day for pk in stage.touchpoints if (day := latest.get(pk))]
    return StageScore(now, before, verdict_of(before, now), _mark(now, max(days, default=None)))


def _scores(
    part: Part, groups: Sequence[Group], periods: Sequence[Period], *, sees_all: bool
) -> tuple[Score, Score | None]:
    """The period's score and, where there is one, that of the period before."""
    found = []
    for group, period in zip(groups, periods, strict=True):
        hidden = privacy.is_withheld(group.people, sees_all=sees_all)
        shown = Group() if hidden else group
        found.append(rating.score(part.version, shown, period, withheld=hidden))
    return found[0], found[1] if len(found) > 1 else None


def _mark(score: Score, latest: date | None) -> Mark:
    if score.withheld:
        return Mark.THIN
    return mark(score.estimate, period=score.period, latest=latest, today=timezone.localdate())


def _withheld(score: Score) -> Score:
    return rating.score(score.version, Group(), score.period, withheld=True)


def _leading_kind(heard: Heard, stages: Stages) -> Kind | None:
    placed = [pk for touchpoints in stages.values() for pk in touchpoints]
    leads = [heard.parts[pk][0].kind for pk in placed if heard.parts.get(pk)]
    return Counter(leads).most_common(1)[0][0] if leads else None
