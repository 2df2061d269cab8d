"""The rows of one worksheet, as they come out of its XML."""

import re
from typing import Final, NamedTuple

from activity.tables import limits
from activity.tables.messages import Message, TableRefused, _, refuse, say
from activity.tables.numbers import Shape, write_number
from activity.tables.package import damaged
from activity.tables.strings import cell_too_long, unescape
from activity.tables.table import row_too_long

REFERENCE: Final = re.compile(r"([A-Z]{1,3})[1-9][0-9]{0,6}")
TEXT_TYPES: Final = ("str", "inlineStr", "d")


class SheetRow(NamedTuple):
    """Filled cells by place from 0; `shared` holds indexes of strings not looked up yet."""

    number: int
    cells: list[tuple[int, str]]
    shared: list[tuple[int, int]]
    problem: Message | None


class SheetReader:
    """Handler that fills `rows`, which its user empties after each chunk."""

    def __init__(self, shapes: list[Shape], *, from_1904: bool) -> None:
        self.shapes = shapes
        self.from_1904 = from_1904
        self.rows: list[SheetRow] = []
        self.done = False
        self._depth = 0
        self._inside = self._in_row = self._in_cell = self._taking = self._hint = False
        self._number = 0
        self._place = -1
        self._columns: dict[str, int] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > limits.XML_DEPTH:
            raise damaged()
        local = name.rpartition(":")[2] if ":" in name else name
        if not self._inside:
            self._inside = local == "sheetData" and not self.done
        elif local == "c":
            self._open_cell(attributes)
        elif local == "v" or local == "t":
            self._taking = self._in_cell and not self._hint
        elif local == "row":
            self._open_row(attributes)
        elif local == "f":
            raise self._formula()
        elif local == "rPh":
            self._hint = True

    def text(self, data: str) -> None:
        if self._taking:
            self._parts.append(data)
            self._chars += len(data)
            if self._chars > limits.CELL_CHARS:
                raise cell_too_long(self._reference)

    def end(self, name: str) -> None:
        self._depth -= 1
        if not self._inside:
            return
        local = name.rpartition(":")[2] if ":" in name else name
        if local == "c":
            self._close_cell()
        elif local == "v" or local == "t":
            self._taking = False
        elif local == "row":
            self._close_row()
        elif local == "rPh":
            self._hint = False
        elif local == "sheetData":
            self._inside, self.done = False, True

    @property
    def _reference(self) -> str:
        letters, place = "", self._place + 1
        while place:
            place, letter = divmod(place - 1, 26)
            letters = chr(65 + letter) + letters
        return f"{letters}{self._number}"

    def _formula(self) -> TableRefused:
        return refuse(
            _(
                "Cell %(cell)s holds a formula. "
                "Save the sheet with values only, then upload it again."
            ),
            cell=self._reference,
        )

    def _open_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self._number + 1))
        if self._in_row or not self._number < number <= limits.SHEET_ROWS:
            raise damaged()
        self._number, self._place, self._in_row = number, -1, True
        self._cells: list[tuple[int, str]] = []
        self._shared: list[tuple[int, int]] = []
        self._problem: Message | None = None
        self._row_chars = 0

    def _close_row(self) -> None:
        self._in_row = False
        if self._cells or self._shared or self._problem:
            self.rows.append(SheetRow(self._number, self._cells, self._shared, self._problem))

    def _open_cell(self, attributes: dict[str, str]) -> None:
        if self._in_cell or not self._in_row:
            raise damaged()
        reference = attributes.get("r")
        place = self._place + 1 if reference is None else self._column(reference)
        if not self._place < place < limits.SHEET_COLUMNS:
            raise damaged()
        self._place, self._in_cell = place, True
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s")
        self._parts: list[str] = []
        self._chars = 0

    def _column(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        place = self._columns.get(letters)
        if place is None:
            if not REFERENCE.fullmatch(reference):
                raise damaged()
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - 64
            place -= 1
            self._columns[letters] = place
        return place

    def _close_cell(self) -> None:
        self._in_cell = self._taking = False
        if not self._chars:
            return
        text = "".join(self._parts)
        self._row_chars += self._chars
        if self._row_chars > limits.ROW_CHARS:
            raise row_too_long(self._number)
        if self._type == "s":
            self._shared.append((self._place, int(text)))
        elif self._type in TEXT_TYPES:
            self._cells.append((self._place, unescape(text)))
        elif self._type == "e":
            self._fail(_("Cell %(cell)s holds the error %(value)s. Correct or clear it."), text)
        elif self._type == "b":
            self._cells.append((self._place, "true" if text.strip() in ("1", "true") else "false"))
        elif self._type == "n":
            self._add_number(text)
        else:
            raise damaged()

    def _add_number(self, text: str) -> None:
        shape: Shape = "number" if self._style is None else self.shapes[int(self._style)]
        try:
            written = write_number(text, shape, from_1904=self.from_1904)
        except ValueError:
            self._fail(_("Cell %(cell)s holds “%(value)s”, which is no number or date a sheet can "
                         "hold. Correct or clear it."), text)  # fmt: skip
        else:
            self._cells.append((self._place, written))

    def _fail(self, message: str, text: str) -> None:
        """Remember the row's first problem, and let the cell read as it stands."""
        if self._problem is None:
            self._problem = say(message, cell=self._reference, value=text[:40])
        self._cells.append((self._place, text))
