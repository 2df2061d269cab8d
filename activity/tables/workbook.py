"""XLSX: which sheet, which styles, and its rows in batches with flat memory."""

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from activity.tables import limits
from activity.tables.markup import Elements, parse
from activity.tables.messages import Message, _, refuse, say
from activity.tables.numbers import Shape, shapes
from activity.tables.package import damaged, open_package, read_part, refusing_damage
from activity.tables.sheet import SheetReader, SheetRow
from activity.tables.strings import SharedStrings
from activity.tables.table import (
    Batch,
    Row,
    Table,
    name_columns,
    no_rows,
    row_too_long,
    too_many_columns,
)


class Sheet(NamedTuple):
    name: str
    part: str


class Book(NamedTuple):
    """What reading one sheet of a workbook needs."""

    path: Path
    sheet: Sheet
    shapes: list[Shape]
    strings: SharedStrings | None
    from_1904: bool


def open_workbook(path: Path) -> Table:
    """The table in the first visible sheet; raises TableRefused."""
    with refusing_damage():
        with open_package(path) as package:
            book, notes = _read_book(path, package)
        number, cells = _header(book)
        names, changes = name_columns(cells)

    def read(size: int) -> Iterator[Batch]:
        with refusing_damage():
            yield from _batches(book, header_row=number, width=len(names), size=size)

    return Table("xlsx", names, read, header_row=number, sheet=book.sheet.name,
                 notes=notes + changes)  # fmt: skip


def _read_book(path: Path, package: ZipFile) -> tuple[Book, list[Message]]:
    main = next(iter(_related(package, "").get("officeDocument", {}).values()), "xl/workbook.xml")
    related = _related(package, main)
    elements = _elements(package, main)
    sheet, notes = _choose(elements, related.get("worksheet", {}))
    styles = next(iter(related.get("styles", {}).values()), "")
    texts = next(iter(related.get("sharedStrings", {}).values()), "")
    book = Book(
        path,
        sheet,
        _shapes(package, styles) if styles else ["number"],
        SharedStrings(read_part(package, texts)) if texts else None,
        from_1904=any(
            name == "workbookPr" and attributes.get("date1904") in ("1", "true")
            for name, attributes, _parent in elements
        ),
    )
    return book, notes


def _elements(package: ZipFile, part: str) -> list[tuple[str, dict[str, str], str]]:
    if package.getinfo(part).file_size > limits.SMALL_PART_BYTES:
        raise damaged()
    collector = Elements()
    for _pause in parse(read_part(package, part), collector):
        pass
    return collector.found


def _related(package: ZipFile, part: str) -> dict[str, dict[str, str]]:
    """A part's relationships: kind → id → name of the other part."""
    folder, name = posixpath.split(part)
    found: dict[str, dict[str, str]] = {}
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    if rels not in package.namelist():
        return found
    for _local, attributes, _parent in _elements(package, rels):
        target = attributes.get("Target", "")
        if not target or attributes.get("TargetMode") == "External":
            continue
        kind = attributes.get("Type", "").rpartition("/")[2]
        place = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found.setdefault(kind, {})[attributes.get("Id", "")] = place
    return found


def _choose(
    elements: list[tuple[str, dict[str, str], str]], parts: dict[str, str]
) -> tuple[Sheet, list[Message]]:
    """The first visible worksheet, and a note where there are others."""
    visible = []
    others = 0
    for name, attributes, parent in elements:
        if (name, parent) != ("sheet", "sheets"):
            continue
        link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        if attributes.get("state", "visible") == "visible" and link in parts:
            visible.append(Sheet(attributes.get("name", ""), parts[link]))
        else:
            others += 1
    if len(visible) + others > limits.SHEETS:
        raise refuse(_("The workbook has more than %(limit)s sheets. Save the one you need as "
                       "CSV."), limit=limits.SHEETS)  # fmt: skip
    if not visible:
        raise refuse(_("The workbook shows no sheet. Make the sheet with the table visible, then "
                       "upload it again."))  # fmt: skip
    if len(visible) + others == 1:
        return visible[0], []
    note = say(_("The workbook has %(count)s sheets; only “%(name)s”, the first that is shown, "
                 "is read."), count=len(visible) + others, name=visible[0].name)  # fmt: skip
    return visible[0], [note]


def _shapes(package: ZipFile, part: str) -> list[Shape]:
    formats: list[tuple[int, str]] = []
    styles: list[int] = []
    for name, attributes, parent in _elements(package, part):
        if (name, parent) == ("numFmt", "numFmts"):
            formats.append((int(attributes["numFmtId"]), attributes.get("formatCode", "")))
        elif (name, parent) == ("xf", "cellXfs"):
            styles.append(int(attributes.get("numFmtId", 0)))
    return shapes(formats, styles) or ["number"]


def _rows(book: Book) -> Iterator[SheetRow]:
    reader = SheetReader(book.shapes, from_1904=book.from_1904)
    with open_package(book.path) as package:
        for _pause in parse(read_part(package, book.sheet.part), reader):
            yield from reader.rows
            reader.rows.clear()
            if reader.done:
                return


def _texts(book: Book, row: SheetRow) -> list[tuple[int, str]]:
    """A row's cells with the shared strings looked up, one row at a time: they may be long."""
    if not row.shared:
        return row.cells
    if book.strings is None:
        raise damaged()
    cells = row.cells.copy()  # the row itself waits in its chunk, and must stay light
    total = 0
    for place, index in row.shared:
        text = book.strings[index]
        total += len(text)
        if total > limits.ROW_CHARS:
            raise row_too_long(row.number)
        if text:
            cells.append((place, text))
    return cells


def _header(book: Book) -> tuple[int, list[str]]:
    for row in _rows(book):
        cells = [cell for cell in _texts(book, row) if cell[1].strip()]
        if not cells:
            continue
        width = 1 + max(place for place, _text in cells)
        if width > limits.COLUMNS:
            raise too_many_columns(width)
        names = [""] * width
        for place, text in cells:
            names[place] = text
        return row.number, names
    raise no_rows()


def _batches(book: Book, *, header_row: int, width: int, size: int) -> Iterator[Batch]:
    batch, weight = Batch(), 0
    for row in _rows(book):
        if row.number <= header_row:
            continue
        cells = _texts(book, row)
        if not cells:
            continue
        filled = [""] * width
        beyond = False
        for place, text in cells:
            if place < width:
                filled[place] = text
            else:
                beyond = beyond or bool(text.strip())
        problem = row.problem or (_past_header(width) if beyond else None)
        if problem:
            batch.problems.append(Row(row.number, filled, problem))
        else:
            batch.numbers.append(row.number)
            batch.rows.append(filled)
        weight += width + sum(map(len, filled))
        if len(batch) >= size or weight > limits.BATCH_CHARS:
            yield batch
            batch, weight = Batch(), 0
    if len(batch):
        yield batch


def _past_header(width: int) -> Message:
    return say(_("This row has a value to the right of the last heading (column %(width)s). "
                 "Give its column a heading, or clear it."), width=width)  # fmt: skip
