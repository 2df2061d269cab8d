"""Files for the tests of tables: written by a real writer, or made by hand where none would."""

import zipfile
from pathlib import Path

import xlsxwriter

from activity.tables import Table, TableRefused, open_table

TYPES = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = f"""<workbook xmlns:r='{OFFICE}'><sheets>
<sheet name='People' sheetId='1' r:id='rId1'/></sheets></workbook>"""
RELS = f"""<Relationships>
<Relationship Id='rId1' Type='{OFFICE}/worksheet' Target='worksheets/sheet1.xml'/>
<Relationship Id='rId2' Type='{OFFICE}/sharedStrings' Target='sharedStrings.xml'/>
</Relationships>"""


def opened(path: Path, content: bytes | str, filename: str = "people.csv") -> Table:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_table(path, filename=filename)


def rows_of(table: Table) -> list[list[str]]:
    return [row.cells for row in table.rows()]


def refusal(path: Path, filename: str = "people.csv") -> str:
    """What reading the whole file is refused with; fails when it isn't."""
    try:
        for _row in open_table(path, filename=filename).rows():
            pass
    except TableRefused as refused:
        return str(refused)
    raise AssertionError("the file was read")


def refusal_of(path: Path, content: bytes | str) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return refusal(path)


def workbook(path: Path, rows: list[list[object]], **options: object) -> Path:
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("People")
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                sheet.write(number, place, cell)
    return path


def handmade(path: Path, sheet: str, *, strings: str = "<sst/>", **parts: str | bytes) -> Path:
    """A workbook around this sheetData; `parts` add or replace parts by name."""
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELS,
        "xl/sharedStrings.xml": strings,
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{sheet}</sheetData></worksheet>",
    } | parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return path


def inline(text: str, ref: str = "") -> str:
    place = f" r='{ref}'" if ref else ""
    return f"<c{place} t='inlineStr'><is><t>{text}</t></is></c>"
