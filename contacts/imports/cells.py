"""Cells of one column to stored values, each different cell parsed once while memory is small."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _

from contacts.imports.targets import Problem

REMEMBERED: Final = 50_000


class Column:
    """One mapped column: where it stands, what it is called, how its cells are read."""

    def __init__(self, place: int, heading: str, parse: Callable[[str], Any], blank: Any) -> None:
        self.place, self.heading, self.parse, self.blank = place, heading, parse, blank
        self.known: dict[str, Any] = {"": blank}
        self.remembered = REMEMBERED

    def read(
        self, cells: tuple[str, ...], numbers: list[int], bad: dict[int, list[Problem]]
    ) -> list[Any]:
        """The values of a batch; cells that can't be read go to `bad` by their place in it."""
        known, values = self.known, []
        for place, cell in enumerate(cells):
            try:
                values.append(known[cell])
            except KeyError:
                try:
                    value = self._parse(cell)
                except ValueError as error:
                    problem = Problem(numbers[place], self.heading, cell, _(str(error)))
                    bad.setdefault(place, []).append(problem)
                    value = self.blank
                else:
                    if len(known) < self.remembered:
                        known[cell] = value
                values.append(value)
        return values

    def _parse(self, cell: str) -> Any:
        if "\0" in cell:
            raise ValueError(_("Remove the control character that no text may hold."))
        return self.parse(cell) if cell.strip() else self.blank
