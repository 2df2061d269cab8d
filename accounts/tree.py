"""The units as the tree they form today, one row each, in the order of a table of contents."""

from collections import defaultdict
from collections.abc import Iterable
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


def in_tree(units: Iterable[Unit]) -> list[tuple[Unit, int]]:
    """Each with its depth below the nearest of them above it, siblings by name; one query."""
    chosen = {unit.pk: unit for unit in units}
    places = places_today() if chosen else {}
    below: dict[int | None, list[Unit]] = defaultdict(list)
    for pk, unit in chosen.items():
        above = places[pk].parent_id if pk in places else None
        while above is not None and above not in chosen:
            above = places[above].parent_id
        below[above].append(unit)
    rows: list[tuple[Unit, int]] = []
    waiting = [(unit, 0) for unit in _backwards(below[None])]
    while waiting:
        unit, depth = waiting.pop()
        rows.append((unit, depth))
        waiting += [(child, depth + 1) for child in _backwards(below[unit.pk])]
    return rows


def tree_rows() -> list[TreeRow]:
    """Every current unit below its parent, siblings by name; two queries."""
    today = timezone.localdate()
    held = Q(roles__held_to=None) | Q(roles__held_to__gt=today)
    people = Count("roles__user", filter=held, distinct=True)
    counted = Unit.objects.current().annotate(people=people)
    return [TreeRow(unit, depth, getattr(unit, "people", 0)) for unit, depth in in_tree(counted)]


def _backwards(units: list[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: unit.name, reverse=True)
