"""Which council decides on what: the one of the unit, else of the nearest unit above."""

from accounts.models import UnitPlace
from coalition.models import Council


class Deciders:
    """The councils and the tree as they stand; two queries, asked as often as one likes."""

    def __init__(self) -> None:
        councils = Council.objects.current().select_related("unit")
        self._councils = {council.unit_id: council for council in councils}
        places = UnitPlace.objects.filter(valid_to=None)
        self._above = dict(places.values_list("unit_id", "parent_id"))

    def of(self, unit_id: int | None) -> Council | None:
        """The council for a thing of that unit; None where nobody decides."""
        while unit_id is not None and unit_id not in self._councils:
            unit_id = self._above.get(unit_id)
        return self._councils.get(unit_id)

    def __bool__(self) -> bool:
        return bool(self._councils)
