"""Reading a table that a person uploaded: text in every cell, flat memory, one kind of refusal.

open_table() recognises CSV and XLSX by content. All refusals are TableRefused.
"""

from pathlib import Path

from activity.tables.cells import write_csv_cell
from activity.tables.delimited import open_delimited
from activity.tables.kinds import recognise
from activity.tables.messages import Message, TableRefused, _, say
from activity.tables.table import Batch, Kind, Row, Table
from activity.tables.workbook import open_workbook

__all__ = ["Batch", "Kind", "Message", "Row", "Table", "TableRefused", "open_table",
           "write_csv_cell"]  # fmt: skip

NAMES = {"csv": (".csv", ".tsv", ".txt", ".tab"), "xlsx": (".xlsx",)}


def open_table(path: Path, *, filename: str) -> Table:
    """The table in an uploaded file, its header read; raises TableRefused."""
    kind = recognise(path)
    table = open_workbook(path) if kind == "xlsx" else open_delimited(path)
    if not filename.lower().endswith(NAMES[kind]):
        table.notes.append(say(_("“%(name)s” was read as %(kind)s, which is what it holds."),
                               name=filename[-100:], kind=kind.upper()))  # fmt: skip
    return table
