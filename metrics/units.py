"""Scores by unit count a unit and all below it, in the tree as it is now.

An answer keeps the unit it was given in; whose part that unit is, the tree of today says. So two
periods always compare the same parts, and a region that changed hands takes its past along.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.tree import Place, places_today

# What was answered in a unit that has others below it, and in none of those.
ITSELF = "="


@dataclass(frozen=True)
class UnitTree:
    """Members of the dimension "unit": the unit's number, or ITSELF before it."""

    places: Mapping[int, Place]

    @cached_property
    def above(self) -> dict[str, list[str]]:
        """In: the unit of an answer. Out: every member that answer counts for."""
        parents = {place.parent_id for place in self.places.values()}
        return {
            str(unit): [*self._upwards(unit), *([f"{ITSELF}{unit}"] if unit in parents else [])]
            for unit in self.places
        }

    def parent(self, member: str) -> str:
        """The member it is part of; empty at the top."""
        if member.startswith(ITSELF):
            return member.removeprefix(ITSELF)
        place = self.places.get(int(member)) if member else None
        return "" if place is None or place.parent_id is None else str(place.parent_id)

    def label(self, member: str) -> str:
        place = self.places.get(int(member.removeprefix(ITSELF)))
        name = member if place is None else place.name
        return _("%(unit)s itself") % {"unit": name} if member.startswith(ITSELF) else name

    def _upwards(self, unit: int) -> list[str]:
        found: list[str] = []
        at: int | None = unit
        while at is not None and str(at) not in found:
            found.append(str(at))
            place = self.places.get(at)
            at = place.parent_id if place else None
        return found


def tree_today() -> UnitTree:
    return UnitTree(places_today())
