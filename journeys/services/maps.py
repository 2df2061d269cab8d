"""What happens to a map: made, described, put away; stages and placements added, moved, removed.

Every edit names the revision it was made on and raises StaleEdit where the map moved on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Unit, User
from activity.services import record_event
from journeys.models import Journey, Placement, Stage, Touchpoint
from journeys.services.errors import AlreadyPlaced, TouchpointEnded
from journeys.services.revisions import required_name, take_journey

STAGE_NAME, JOURNEY_NAME = 100, 200


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken off a map, as plain data that can be put back.

    `stage` is the stage's number where only placements went, None where it went with them.
    """

    name: str
    position: int
    stage: int | None
    touchpoints: list[int]

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def create_journey(
    name: str,
    *,
    by: User,
    about: str = "",
    unit: Unit | None = None,
    stages: Sequence[str] = (),
) -> Journey:
    journey = Journey.objects.create(
        name=required_name(name, JOURNEY_NAME), about=about.strip(), unit=unit, owner=by
    )
    Stage.objects.bulk_create(
        Stage(journey=journey, name=required_name(stage, STAGE_NAME), position=position)
        for position, stage in enumerate(stages)
    )
    _note(journey, "created", by, stages=list(stages))
    return journey


@transaction.atomic
def change_journey(
    journey: Journey,
    *,
    revision: int,
    by: User,
    name: str,
    about: str,
    owner: User,
    published: bool,
) -> None:
    """Rename, describe, hand over or publish; the map itself stays as it is."""
    take_journey(journey, revision)
    before = {"owner": journey.owner_id, "published": journey.published}
    journey.name, journey.about = required_name(name, JOURNEY_NAME), about.strip()
    journey.owner, journey.published = owner, published
    journey.save(update_fields=["name", "about", "owner", "published"])
    after = {"owner": owner.pk, "published": published}
    _note(journey, "changed", by, before=before, after=after)


@transaction.atomic
def archive_journey(journey: Journey, *, by: User) -> None:
    """Out of the lists; its touchpoints and their numbers stay."""
    _put_away(journey, by=by, verb="archived", away=True)


@transaction.atomic
def unarchive_journey(journey: Journey, *, by: User) -> None:
    _put_away(journey, by=by, verb="unarchived", away=False)


@transaction.atomic
def add_stage(journey: Journey, *, revision: int, by: User, name: str) -> Stage:
    """A stage after the last one."""
    take_journey(journey, revision)
    stage = Stage.objects.create(
        journey=journey, name=required_name(name, STAGE_NAME), position=journey.stages.count()
    )
    _note(journey, "stage_added", by, stage=stage.pk, name=stage.name)
    return stage


@transaction.atomic
def rename_stage(stage: Stage, *, revision: int, by: User, name: str) -> None:
    take_journey(stage.journey, revision)
    before, stage.name = stage.name, required_name(name, STAGE_NAME)
    stage.save(update_fields=["name"])
    _note(stage.journey, "stage_renamed", by, stage=stage.pk, name=[before, stage.name])


@transaction.atomic
def move_stage(stage: Stage, *, revision: int, by: User, position: int) -> None:
    """Let it be the `position`-th from 0; what lies beyond the ends is the end."""
    take_journey(stage.journey, revision)
    others = list(stage.journey.stages.exclude(pk=stage.pk))
    others.insert(_within(position, others), stage)
    _number(others)
    _note(stage.journey, "stage_moved", by, stage=stage.pk, position=stage.position)


@transaction.atomic
def remove_stage(stage: Stage, *, revision: int, by: User) -> Removed:
    """Off the map with its placements; the touchpoints themselves stay."""
    take_journey(stage.journey, revision)
    journey, number = stage.journey, stage.pk
    touchpoints = list(stage.placements.values_list("touchpoint_id", flat=True))
    removed = Removed(stage.name, stage.position, None, touchpoints)
    stage.delete()
    _number(list(journey.stages.all()))
    _note(journey, "stage_removed", by, **removed.plain() | {"stage": number})
    return removed


@transaction.atomic
def place_touchpoint(
    stage: Stage, touchpoint: Touchpoint, *, revision: int, by: User, position: int | None = None
) -> Placement:
    """Put a touchpoint into a stage, last where no position is given.

    Raises TouchpointEnded, and AlreadyPlaced where it stands there already.
    """
    take_journey(stage.journey, revision)
    if touchpoint.ended_on:
        raise TouchpointEnded(touchpoint)
    placement = _insert(stage, touchpoint, position)
    _note(stage.journey, "touchpoint_placed", by, touchpoint=touchpoint.pk, stage=stage.pk)
    return placement


@transaction.atomic
def move_placement(
    placement: Placement, *, stage: Stage, position: int, revision: int, by: User
) -> None:
    """Into a stage of the same map, at a place counted from 0. Raises AlreadyPlaced."""
    take_journey(stage.journey, revision)
    left = placement.stage
    others = list(stage.placements.exclude(pk=placement.pk))
    if any(other.touchpoint_id == placement.touchpoint_id for other in others):
        raise AlreadyPlaced(placement.touchpoint, stage)
    others.insert(_within(position, others), placement)
    placement.stage = stage
    _number(others)
    if left.pk != stage.pk:
        _number(list(left.placements.all()))
    moved = {"touchpoint": placement.touchpoint_id, "stage": [left.pk, stage.pk]}
    _note(stage.journey, "touchpoint_moved", by, **moved, position=placement.position)


@transaction.atomic
def remove_placement(placement: Placement, *, revision: int, by: User) -> Removed:
    """Take a touchpoint off this map; it stays what it is everywhere else."""
    stage = placement.stage
    take_journey(stage.journey, revision)
    removed = Removed("", placement.position, stage.pk, [placement.touchpoint_id])
    placement.delete()
    _number(list(stage.placements.all()))
    taken = {"touchpoint": removed.touchpoints[0], "stage": stage.pk}
    _note(stage.journey, "touchpoint_taken_off", by, **taken)
    return removed


@transaction.atomic
def bring_back(journey: Journey, removed: Removed, *, revision: int, by: User) -> None:
    """Undo a removal; touchpoints that ended meanwhile, or whose stage is gone, stay away."""
    take_journey(journey, revision)
    if removed.stage is None:
        stage = Stage(journey=journey, name=removed.name)
        others = list(journey.stages.all())
        others.insert(_within(removed.position, others), stage)
        _number(others)
        position = None
    else:
        found = journey.stages.filter(pk=removed.stage).first()
        if found is None:
            return
        stage, position = found, removed.position
    there = Touchpoint.objects.current().in_bulk(removed.touchpoints)
    for pk in removed.touchpoints:
        if pk in there and not stage.placements.filter(touchpoint=pk).exists():
            _insert(stage, there[pk], position)
    _note(journey, "removal_undone", by, **removed.plain())


def _insert(stage: Stage, touchpoint: Touchpoint, position: int | None) -> Placement:
    others = list(stage.placements.all())
    if any(other.touchpoint_id == touchpoint.pk for other in others):
        raise AlreadyPlaced(touchpoint, stage)
    placement = Placement(stage=stage, touchpoint=touchpoint)
    place = len(others) if position is None else _within(position, others)
    others.insert(place, placement)
    _number(others)
    return placement


def _number(rows: Iterable[Stage | Placement]) -> None:
    """Give rows, new ones among them, their positions in the order they come."""
    for position, row in enumerate(rows):
        if row.pk is None or row.position != position or isinstance(row, Placement):
            row.position = position
            row.save()


def _within(position: int, others: Sequence[object]) -> int:
    return max(0, min(position, len(others)))


def _put_away(journey: Journey, *, by: User, verb: str, away: bool) -> None:
    journey.archived_at = timezone.now() if away else None
    journey.save(update_fields=["archived_at", "updated_at"])
    _note(journey, verb, by)


def _note(journey: Journey, verb: str, by: User, **data: Any) -> None:
    record_event(journey, verb=f"journey.{verb}", actor=by, label=journey.name, data=data)
