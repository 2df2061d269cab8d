"""Why csv.reader gave up: the row that broke it, read again letter by letter."""

import csv
from collections.abc import Iterator
from itertools import islice

from activity.tables import limits
from activity.tables.lines import Lines, RowTooLong
from activity.tables.messages import TableRefused, _, refuse
from activity.tables.table import row_too_long


def explain(lines: Lines, delimiter: str, *, skip: int, rows: int) -> TableRefused:
    """The refusal that names the line at fault in the row after the first `rows` ones."""
    feed = islice(lines, skip, None)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    try:
        for _row in islice(reader, rows):
            lines.pending = 0
        return _Fault(delimiter, row=rows + 1, line=skip + reader.line_num + 1).find(feed)
    except (RowTooLong, csv.Error):
        return row_too_long(rows + 1)


class _Fault:
    """One row's walk: inside quotes, just after them, or outside."""

    def __init__(self, delimiter: str, *, row: int, line: int) -> None:
        self.delimiter = delimiter
        self.row = row
        self.line = line
        self.opened = line
        self.quoted = self.after = False
        self.size = 0

    def find(self, lines: Iterator[str]) -> TableRefused:
        total = 0
        for text in lines:
            for character in text:
                self._step(character)
                if self.size > limits.CELL_CHARS:
                    return self._long()
                if self.after and character not in f'"{self.delimiter}\r\n':
                    return self._stray()
            total += len(text)
            if not self.quoted or total > limits.ROW_CHARS:
                return row_too_long(self.row)
            self.line += 1
        return refuse(_("The quotation mark opened on line %(line)s is never closed. "
                        "Close it, then upload the file again."), line=self.opened)  # fmt: skip

    def _step(self, character: str) -> None:
        if self.quoted:
            self.quoted = character != '"'
            self.after = not self.quoted
            self.size += self.quoted
        elif character == self.delimiter:
            self.after, self.size = False, 0
        elif character == '"' and (self.after or not self.size):
            if not self.after:
                self.opened = self.line
            self.quoted, self.after = True, False
        else:
            self.size += 1

    def _long(self) -> TableRefused:
        if self.quoted:
            return refuse(
                _(
                    "The quotation mark opened on line %(line)s is not closed within %(limit)s "
                    "characters, the most a cell may hold. Close it, or shorten the cell."
                ),
                line=self.opened,
                limit=limits.CELL_CHARS,
            )
        return refuse(
            _("Row %(row)s holds a cell of more than %(limit)s characters. Shorten it."),
            row=self.row,
            limit=limits.CELL_CHARS,
        )

    def _stray(self) -> TableRefused:
        return refuse(
            _(
                "On line %(line)s text follows a closing quotation mark. Write a quotation mark "
                "inside a cell twice, and check that the one opened on line %(opened)s belongs."
            ),
            line=self.line,
            opened=self.opened,
        )
