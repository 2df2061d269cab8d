from datetime import date, datetime, time

import pytest
import xlsxwriter

from activity.tables import limits, open_table
from activity.tables.numbers import shape_of, write_number
from tests.activity.tables_files import handmade, inline, refusal, rows_of, workbook


@pytest.fixture
def path(tmp_path):
    return tmp_path / "upload"


HEADER = f"<row r='1'>{inline('a')}{inline('b')}</row>"


def test_reads_every_kind_of_cell_as_text(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("People")
        sheet.write_row(0, 0, ["text", "whole", "part", "yes", "day", "moment", "clock"])
        sheet.write_row(1, 0, ["Müller\n陈", 42, 0.1 + 0.2, True])
        sheet.write_datetime(1, 4, date(2026, 11, 22), book.add_format({"num_format": 14}))
        form = book.add_format({"num_format": 'dd"."mm"."yyyy hh:mm'})
        sheet.write_datetime(1, 5, datetime(2026, 11, 22, 8, 30), form)
        sheet.write_datetime(1, 6, time(8, 30), book.add_format({"num_format": "[$-409]hh:mm"}))
    table = open_table(path, filename="people.xlsx")
    assert (table.kind, table.sheet, table.notes) == ("xlsx", "People", [])
    assert rows_of(table) == [
        ["Müller\n陈", "42", "0.3", "true", "2026-11-22", "2026-11-22T08:30:00", "08:30:00"]
    ]


def test_reads_dates_counted_from_1904(path):
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "day")
        sheet.write_datetime(1, 0, date(2026, 1, 2), book.add_format({"num_format": 14}))
    assert rows_of(open_table(path, filename="x.xlsx")) == [["2026-01-02"]]


def test_names_the_first_cell_with_a_formula(path):
    workbook(path, [["a", "b", "c"], [1, 2, 3], [1, 2, "=A1+B1"]])
    assert refusal(path) == (
        "Cell C3 holds a formula. Save the sheet with values only, then upload it again."
    )


def test_reads_the_first_visible_sheet_and_says_so(path):
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Hidden").write(0, 0, "no")
        shown = book.add_worksheet("Shown")
        shown.write(0, 0, "yes")
        book.add_worksheet("Later")
        shown.activate()
        shown.set_first_sheet()
        book.worksheets()[0].hide()
    table = open_table(path, filename="x.xlsx")
    assert (table.sheet, table.header) == ("Shown", ["yes"])
    assert str(table.notes[0]).startswith("The workbook has 3 sheets; only “Shown”")


def test_keeps_hidden_rows_and_reads_merged_cells_as_blanks(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c"])
        sheet.merge_range(1, 0, 1, 1, "both")
        sheet.write(1, 2, "x")
        sheet.write_row(2, 0, ["hidden", 1, 2])
        sheet.set_row(2, None, None, {"hidden": True})
    table = open_table(path, filename="x.xlsx")
    assert rows_of(table) == [["both", "", "x"], ["hidden", "1", "2"]]


def test_counts_rows_over_gaps_and_skips_empty_ones(path):
    workbook(path, [[], ["a", "b"], [1, 2], [], ["", None], [3]])
    table = open_table(path, filename="x.xlsx")
    assert [(row.number, row.cells) for row in table.rows()] == [(3, ["1", "2"]), (6, ["3", ""])]


def test_reports_errors_impossible_dates_and_stray_values_by_row(path):
    sheet = (
        HEADER
        + "<row r='2'><c r='A2' t='e'><v>#N/A</v></c></row>"
        + f"<row r='3'>{inline('x', 'A3')}{inline('y', 'D3')}</row>"
        + "<row r='4'><c r='B4'><v>twelve</v></c></row>"
        + f"<row r='5'>{inline('fine', 'A5')}{inline(' ', 'D5')}</row>"
    )
    table = open_table(handmade(path, sheet), filename="x.xlsx")
    problems = {row.number: str(row.problem) for row in table.rows() if row.problem}
    assert problems.keys() == {2, 3, 4}
    assert problems[2].startswith("Cell A2 holds the error #N/A.")
    assert "right of the last heading" in problems[3]
    assert problems[4].startswith("Cell B4 holds “twelve”")


def test_reads_prefixed_names_rich_text_and_escapes(path):
    strings = (
        "<x:sst xmlns:x='x'><x:si><x:r><x:t>Tō</x:t></x:r><x:r><x:t>kyō</x:t></x:r>"
        "<x:rPh><x:t>hint</x:t></x:rPh></x:si><x:si><x:t>a_x000A_b</x:t></x:si></x:sst>"
    )
    sheet = HEADER + "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row>"
    assert rows_of(open_table(handmade(path, sheet, strings=strings), filename="x.xlsx")) == [
        ["Tōkyō", "a\nb"]
    ]


def test_notes_a_name_that_says_otherwise(path):
    table = open_table(workbook(path, [["a"], [1]]), filename="people.csv")
    assert [str(note) for note in table.notes] == [
        "“people.csv” was read as XLSX, which is what it holds."
    ]


def test_refuses_a_header_past_the_limit(path):
    workbook(path, [["a"] * (limits.COLUMNS + 1)])
    assert refusal(path).startswith("The table has 1,001 columns; the limit is 1,000.")


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("General", "number"),
        ("0.00", "number"),
        ('#,##0 "days"', "number"),
        ("[Red]0", "number"),
        ("yyyy-mm-dd", "date"),
        ("mmm yy", "date"),
        ("[$-F800]dddd, mmmm dd, yyyy", "date"),
        ("d/m/yy h:mm", "datetime"),
        ("h:mm AM/PM", "time"),
        ("[h]:mm:ss", "time"),
        ("mm:ss.0", "time"),
        ("@", "number"),
    ],
)
def test_tells_dates_from_numbers_by_their_format(code, shape):
    assert shape_of(code) == shape


@pytest.mark.parametrize(
    ("text", "shape", "written"),
    [
        ("3.0", "number", "3"),
        ("-0", "number", "0"),
        ("1E+20", "number", "100000000000000000000"),
        ("1234567890123456", "number", "1234567890123460"),
        ("1.1000000000000001", "number", "1.1"),
        ("2.5E-4", "number", "0.00025"),
        ("007", "number", "7"),
        ("1", "date", "1900-01-01"),
        ("59", "date", "1900-02-28"),
        ("61", "date", "1900-03-01"),
        ("45000.5", "date", "2023-03-15T12:00:00"),
        ("45000", "datetime", "2023-03-15T00:00:00"),
        ("45000.999999999999", "datetime", "2023-03-16T00:00:00"),
        ("1.5", "time", "36:00:00"),
    ],
)
def test_writes_numbers_as_a_person_sees_them(text, shape, written):
    assert write_number(text, shape, from_1904=False) == written


@pytest.mark.parametrize("text", ["60", "-1", "0", "9999999", "nan", "1_0", "1e999", ""])
def test_knows_what_is_no_date(text):
    with pytest.raises(ValueError):
        write_number(text, "date", from_1904=False)
