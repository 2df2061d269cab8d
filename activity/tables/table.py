"""What every reader hands over: a header, and rows of text under the numbers a person sees."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import count
from typing import Literal, NamedTuple

from activity.tables import limits
from activity.tables.messages import Message, TableRefused, _, refuse, say

Kind = Literal["csv", "xlsx"]


class Row(NamedTuple):
    """One row; with a `problem` its cells are as found, otherwise as many as the header has."""

    number: int
    cells: list[str]
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Good rows beside their numbers, ready for zip() or COPY, and the bad ones apart."""

    numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) + len(self.problems)


@dataclass(frozen=True, slots=True)
class Table:
    """An uploaded table; rows() and batches() read the file anew each time they are called."""

    kind: Kind
    header: list[str]
    read: Callable[[int], Iterator[Batch]]
    header_row: int = 1
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    notes: list[Message] = field(default_factory=list)

    def batches(self, size: int = 1_000) -> Iterator[Batch]:
        """Batches of at most `size` rows (fewer where rows are heavy); raises TableRefused."""
        return self.read(max(1, size))

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty, in the file's order; raises TableRefused."""
        for batch in self.batches():
            good = map(Row, batch.numbers, batch.rows)
            yield from merge(good, batch.problems, key=lambda row: row.number)


def name_columns(cells: list[str]) -> tuple[list[str], list[Message]]:
    """Tidy, unique names for a header's cells, and what had to be changed; raises TableRefused."""
    if len(cells) > limits.COLUMNS:
        raise too_many_columns(len(cells))
    names: list[str] = []
    notes: list[Message] = []
    tidied = [_tidy(cell, place) for place, cell in enumerate(cells, start=1)]
    taken = set(tidied)
    seen: set[str] = set()
    for place, tidy in enumerate(tidied, start=1):
        name = tidy
        if not tidy:
            name = _free_name(f"Column {place}", taken)
            notes.append(say(_("Column %(place)s has no heading; it is called “%(name)s” here."),
                             place=place, name=name))  # fmt: skip
        elif tidy in seen:
            name = _free_name(tidy, taken)
            notes.append(say(_("Two columns are called “%(first)s”; the one in column %(place)s is "
                               "called “%(name)s” here."),
                             first=tidy, place=place, name=name))  # fmt: skip
        seen.add(name)
        taken.add(name)
        names.append(name)
    return names, notes


def too_many_columns(found: int) -> TableRefused:
    return refuse(
        _(
            "The table has %(found)s columns; the limit is %(limit)s. "
            "Delete the columns you do not need, then upload it again."
        ),
        found=found,
        limit=limits.COLUMNS,
    )


def too_many_rows() -> TableRefused:
    return refuse(
        _("The table has more than %(limit)s rows. Split it into smaller files."),
        limit=limits.ROWS,
    )


def row_too_long(number: int) -> TableRefused:
    return refuse(
        _(
            "Row %(row)s is longer than %(limit)s characters. "
            "Shorten it, or check the quotation marks around its cells."
        ),
        row=number,
        limit=limits.ROW_CHARS,
    )


def no_rows() -> TableRefused:
    return refuse(_("The file holds no table. Its first row should hold the names of the columns."))


def _tidy(cell: str, place: int) -> str:
    # Before any work on the text: a heading of a megabyte is not worth splitting.
    if len(cell) > limits.HEADER_CHARS:
        raise refuse(
            _(
                "The heading of column %(place)s is longer than %(limit)s characters. Shorten it, "
                "or put a row with the names of the columns first."
            ),
            place=place,
            limit=limits.HEADER_CHARS,
        )
    name = " ".join(cell.split())
    if any(character < " " or character == "\x7f" for character in name):
        raise refuse(
            _(
                "The heading of column %(place)s holds control characters, so this does not look "
                "like a table. Upload a CSV or XLSX file."
            ),
            place=place,
        )
    return name


def _free_name(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(free for n in count(2) if (free := f"{name} ({n})") not in taken)
