import codecs
import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.tables import limits, open_table
from tests.activity.tables_files import opened, refusal, refusal_of, rows_of

PEOPLE = "name,city\nJürgen Müller,Köln\n陈静,北京\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "upload"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PEOPLE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + PEOPLE.encode(), "utf-8"),
        (PEOPLE.encode("utf-16"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + PEOPLE.encode("utf-16-be"), "utf-16-be"),
        (PEOPLE.encode("utf-16-le"), "utf-16-le"),
        (PEOPLE.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_reads_every_unicode_encoding_alike(path, content, encoding):
    table = opened(path, content)
    assert (table.encoding, table.header) == (encoding, ["name", "city"])
    assert rows_of(table) == [["Jürgen Müller", "Köln"], ["陈静", "北京"]]
    assert not table.notes


def test_falls_back_to_windows_1252_and_says_so(path):
    table = opened(path, "name;price\nMüller;5 €\n".encode("cp1252"))
    assert rows_of(table) == [["Müller", "5 €"]]
    assert table.encoding == "cp1252"
    assert "Windows-1252" in str(table.notes[0])


def test_names_the_line_of_a_broken_character_in_utf_8(path):
    content = PEOPLE.encode() * 3 + b"M\xfcller,Bonn\n"
    assert "Line 10 holds a character that is broken" in refusal_of(path, content)


def test_refuses_utf_8_with_a_mark_that_is_not_utf_8(path):
    assert "cannot be read as UTF-8" in refusal_of(path, codecs.BOM_UTF8 + b"a,b\n\xff\xfe,1\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_the_delimiter(path, delimiter):
    table = opened(path, f'a{delimiter}b\n"x, y; z|\t",2\n'.replace(",2", f"{delimiter}2"))
    assert table.delimiter == delimiter
    assert rows_of(table) == [["x, y; z|\t", "2"]]


def test_is_not_misled_by_decimal_commas(path):
    assert rows_of(opened(path, "name;score\nAnn;1,5\nBea;2,5\n")) == [
        ["Ann", "1,5"],
        ["Bea", "2,5"],
    ]


def test_obeys_a_sep_line_and_counts_as_a_spreadsheet_does(path):
    table = opened(path, "sep=;\r\na;b\r\n1;2\r\n")
    assert [(row.number, row.cells) for row in table.rows()] == [(2, ["1", "2"])]


def test_reads_a_single_column(path):
    table = opened(path, "email\nann@example.org\nbea@example.org\n")
    assert table.header == ["email"]
    assert rows_of(table) == [["ann@example.org"], ["bea@example.org"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_numbers_rows_as_a_spreadsheet_does(path, end):
    table = opened(path, f'a,b{end}"one{end}two",2{end}{end}3,4{end}', "x.csv")
    assert [(row.number, row.cells) for row in table.rows()] == [
        (2, [f"one{end}two", "2"]),
        (4, ["3", "4"]),
    ]


def test_takes_the_first_row_with_text_as_header(path):
    table = opened(path, "\n,\na,b\n1,2\n")
    assert (table.header, table.header_row) == (["a", "b"], 3)
    assert [row.number for row in table.rows()] == [4]


def test_names_blank_and_doubled_columns_and_reports_them(path):
    table = opened(path, "id,name,,name,Column 3\n1,2,3,4,5\n")
    assert table.header == ["id", "name", "Column 3 (2)", "name (2)", "Column 3"]
    assert [str(note) for note in table.notes] == [
        "Column 3 has no heading; it is called “Column 3 (2)” here.",
        "Two columns are called “name”; the one in column 4 is called “name (2)” here.",
    ]


def test_reports_ragged_rows_by_number_and_keeps_the_others(path):
    table = opened(path, "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n,,\n\n")
    problems = {row.number: str(row.problem) for row in table.rows() if row.problem}
    assert problems.keys() == {3, 4}
    assert problems[3].startswith("This row has 2 cells where the header has 3.")
    assert [row.number for row in table.rows() if not row.problem] == [2, 5]
    assert [len(row.cells) for row in table.rows() if not row.problem] == [3, 3]


def test_reads_the_same_again_from_the_start(path):
    table = opened(path, "a,b\n1,2\n3,4\n")
    assert rows_of(table) == rows_of(table) == [["1", "2"], ["3", "4"]]


def test_batches_hold_at_most_the_size_asked_for(path):
    table = opened(path, "a,b\n" + "1,2\n" * 25)
    batches = list(table.batches(10))
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert batches[1].numbers == list(range(12, 22))


def test_a_table_of_headings_has_no_rows(path):
    table = opened(path, "a,b")
    assert (table.header, rows_of(table)) == (["a", "b"], [])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty."),
        ("\n\n , \n", "The file holds no table."),
        (codecs.BOM_UTF8, "The file holds no table."),
        ("a,b\n1,\0\n", "NUL characters"),
        ('a,b\n1,2\n3,"x\ny', "The quotation mark opened on line 3 is never closed."),
        ('a,b\n"1\n","x\ny', "The quotation mark opened on line 3 is never closed."),
        ('a,b\n1,"x"y\n', "On line 2 text follows a closing quotation mark."),
        ('a,b\n1,"' + "x\n" * 40_000, "opened on line 2 is not closed within 32,767 characters"),
        ("a,b\n1," + "x" * 32_768 + "\n", "Row 2 holds a cell of more than 32,767 characters."),
        ("a,b\n1,2\n" + "x" * 10_000_000, "Row 3 is longer than 1,000,000 characters."),
        ("a,b\n" + "1," * 1_000_000, "Row 2 is longer than 1,000,000 characters."),
        ("a,b\n" + '"1\n",' * 400_000, "Row 2 is longer than 1,000,000 characters."),
        (",".join(map(str, range(10_000))), "The table has 10,000 columns; the limit is 1,000."),
        ("a" * 201 + ",b\n", "The heading of column 1 is longer than 200 characters."),
        ("a,b\x07c\n1,2\n", "The heading of column 2 holds control characters"),
    ],
)
def test_refuses_what_is_no_sound_table_in_plain_words(path, content, sentence):
    assert sentence in refusal_of(path, content)


def test_a_cell_may_be_as_long_as_a_spreadsheet_allows(path):
    cell = "x" * limits.CELL_CHARS
    assert rows_of(opened(path, f'a,b\n1,"{cell}"\n')) == [["1", cell]]


def test_refuses_more_rows_than_the_limit(path, monkeypatch):
    monkeypatch.setattr(limits, "ROWS", 3)
    path.write_text("a,b\n" + "1,2\n" * 4)
    assert refusal(path).startswith("The table has more than 3 rows.")
    path.write_text("a,b\n" + "1,2\n" * 3)
    assert len(rows_of(open_table(path, filename="x.csv"))) == 3


def test_refuses_a_file_above_the_limit_before_reading_it(path):
    with path.open("wb") as file:
        file.truncate(limits.FILE_BYTES + 1)
    assert refusal(path).startswith("The file is larger than 100 MB.")


def test_finds_the_end_of_lines_across_blocks(path, monkeypatch):
    content = "a,b\r\n" + '1,"é\r\nx"\r\n' * 50
    path.write_bytes(content.encode())
    for size in (1, 2, 3, 5, 7):
        monkeypatch.setattr(limits, "BLOCK_BYTES", size)
        table = open_table(path, filename="x.csv")
        assert [row.number for row in table.rows()] == list(range(2, 52))


CELL = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    delimiter=st.sampled_from(",;\t|"),
)
def test_reads_back_what_a_csv_writer_wrote(path, rows, encoding, delimiter):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("one", "two", "three"), *rows])
    table = opened(path, text.getvalue().encode(encoding))
    assert rows_of(table) == [list(row) for row in rows]
