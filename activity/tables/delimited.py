"""CSV and its kin: bounded lines in, rows out, at nearly the speed of csv.reader."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from activity.tables import limits
from activity.tables.encodings import Encoding, blocks, detect
from activity.tables.lines import Lines, RowTooLong
from activity.tables.messages import _, say
from activity.tables.quotes import explain
from activity.tables.table import (
    Batch,
    Row,
    Table,
    name_columns,
    no_rows,
    too_many_columns,
    too_many_rows,
)

DELIMITERS: Final = ",;\t|"
SNIFF_ROWS: Final = 50
SEP_LINE: Final = re.compile(r'"?sep=([,;\t|])"?[\r\n]*')


class Format(NamedTuple):
    """How the file is written; `skip` counts the lines before the table."""

    path: Path
    encoding: Encoding
    delimiter: str = ","
    skip: int = 0

    def lines(self) -> Lines:
        return Lines(blocks(self.path, self.encoding))


def open_delimited(path: Path) -> Table:
    """The table in a text file; raises TableRefused."""
    form = _sniff(Format(path, detect(path)))
    number, cells = _header(form)
    names, notes = name_columns(cells)
    if form.encoding.name == "cp1252":
        notes.append(say(_("The file is not UTF-8; it was read as Windows-1252. "
                           "Check that accented letters look right.")))  # fmt: skip

    def read(size: int) -> Iterator[Batch]:
        return _batches(form, header_row=number, width=len(names), size=size)

    return Table("csv", names, read, header_row=number, encoding=form.encoding.name,
                 delimiter=form.delimiter, notes=notes)  # fmt: skip


def _reader(lines: Lines, form: Format) -> Iterator[list[str]]:
    # The limit is the whole process's, which has no other reader of CSV with longer cells.
    csv.field_size_limit(limits.CELL_CHARS)
    feed = islice(lines, form.skip, None)  # no generator: nothing in Python runs per line
    return csv.reader(feed, delimiter=form.delimiter, strict=True)


def _header(form: Format) -> tuple[int, list[str]]:
    lines = form.lines()
    number = 0
    try:
        for row in _reader(lines, form):
            number += 1
            lines.pending = 0
            if len(row) > limits.COLUMNS:
                raise too_many_columns(len(row))
            if any(cell.strip() for cell in row):
                return number, row
            if number > limits.ROWS:
                break
    except (csv.Error, RowTooLong):
        raise explain(form.lines(), form.delimiter, skip=form.skip, rows=number) from None
    raise no_rows()


def _batches(form: Format, *, header_row: int, width: int, size: int) -> Iterator[Batch]:
    """Rows after the header; number, width and emptiness are the only work done per row."""
    lines = form.lines()
    number, batch, start = 0, Batch(), 0
    try:
        for row in _reader(lines, form):
            number += 1
            lines.pending = 0
            if number <= header_row:
                continue
            if len(row) == width and (row[0] or any(row)):
                batch.numbers.append(number)
                batch.rows.append(row)
            elif any(row):
                _add_ragged(batch, number, row, width)
                row.clear()  # it may be huge, and would stay while the next one is read
            if len(batch.rows) >= size or lines.taken - start > limits.BATCH_CHARS \
                    or len(batch.problems) >= size:  # fmt: skip
                yield batch
                batch, start = Batch(), lines.taken
            if number > limits.ROWS + header_row:
                raise too_many_rows()
    except (csv.Error, RowTooLong):
        raise explain(form.lines(), form.delimiter, skip=form.skip, rows=number) from None
    if len(batch):
        yield batch


def _add_ragged(batch: Batch, number: int, row: list[str], width: int) -> None:
    """Blank cells past the last heading are dropped; any other difference is a problem."""
    if len(row) > width and not any(row[width:]):
        batch.numbers.append(number)
        batch.rows.append(row[:width])
        return
    text = _("This row has %(found)s cells where the header has %(width)s. "
             "Look for a missing or extra delimiter.")  # fmt: skip
    batch.problems.append(
        Row(number, row[: limits.COLUMNS], say(text, found=len(row), width=width))
    )


def _sniff(form: Format) -> Format:
    """The delimiter under which the first rows agree best, or what a `sep=` line says."""
    first = next(form.lines().pieces, "")
    line = next(iter(StringIO(first, newline="")), "")
    if hint := SEP_LINE.fullmatch(line):
        return form._replace(delimiter=hint[1], skip=1)
    whole = len(first) < limits.BLOCK_BYTES // 4
    best = max(DELIMITERS, key=lambda d: _agreement(first, d, whole=whole))
    return form._replace(delimiter=best)


def _agreement(text: str, delimiter: str, *, whole: bool) -> tuple[float, int]:
    """Share of the first rows as wide as the first of them, then that width."""
    csv.field_size_limit(limits.CELL_CHARS)
    widths: list[int] = []
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            if any(row):
                widths.append(len(row))
            if len(widths) > SNIFF_ROWS:
                break
    except csv.Error:
        pass
    else:
        if not whole and len(widths) <= SNIFF_ROWS:
            widths = widths[:-1] or widths
    if not widths or widths[0] < 2:
        return 0.0, 0
    return round(widths.count(widths[0]) / len(widths), 1), widths[0]
