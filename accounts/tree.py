"""The units as the tree they form today, one row each, in the order of a table of contents."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Unit, UnitPlace


@dataclass(frozen=True)
class TreeRow:
    unit: Unit
    depth: int
    people: int

    @property
    def indent(self) -> str:
        """The class that indents it; deeper than this nobody can tell apart anyway."""
        return f"depth-{min(self.depth, 6)}"


@dataclass(frozen=True)
class Place:
    """What a unit is called and where it hangs today; one that ended stays where it last hung."""

    name: str
    parent_id: int | None


def places_today() -> dict[int, Place]:
    """Every unit's place in the tree as it is now; one query."""
    today = timezone.localdate()
    ahead = Q(valid_to=None) | Q(valid_to__gt=today)
    places = UnitPlace.objects.filter(ahead, valid_from__lte=today)
    rows = places.values_list("unit_id", "unit__name", "parent_id")
    return {unit: Place(name, parent) for unit, name, parent in rows}


def tree_rows() -> list[TreeRow]:
    """Every current unit below its parent, siblings by name; two queries."""
    today = timezone.localdate()
    held = Q(roles__held_to=None) | Q(roles__held_to__gt=today)
    people = Count("roles__user", filter=held, distinct=True)
    counted = Unit.objects.current().annotate(people=people)
    units = {unit.pk: unit for unit in counted}
    below: dict[int | None, list[Unit]] = defaultdict(list)
    for unit_id, parent_id in UnitPlace.objects.filter(valid_to=None).values_list(
        "unit_id", "parent_id"
    ):
        if unit_id in units:
            below[parent_id].append(units[unit_id])
    rows: list[TreeRow] = []
    waiting = [(unit, 0) for unit in _backwards(below[None])]
    while waiting:
        unit, depth = waiting.pop()
        rows.append(TreeRow(unit, depth, getattr(unit, "people", 0)))
        waiting += [(child, depth + 1) for child in _backwards(below[unit.pk])]
    return rows


def _backwards(units: list[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: unit.name, reverse=True)
