import io
import random
import struct
import tracemalloc
import zipfile
from contextlib import contextmanager, suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from activity.tables import TableRefused, limits, open_table
from tests.activity.tables_files import (
    handmade,
    inline,
    refusal,
    refusal_of,
    rows_of,
    workbook,
)

MEGABYTE = 1_000_000
HEADER = f"<row r='1'>{inline('a')}{inline('b')}</row>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "upload"


@contextmanager
def flat_memory(megabytes=32):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * MEGABYTE
    finally:
        tracemalloc.stop()


def drain(path):
    """Read all of a file that may or may not be refused; anything else that is raised fails."""
    with suppress(TableRefused):
        for row in open_table(path, filename="x").rows():
            assert all(type(cell) is str for cell in row.cells)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7\n", "looks like a PDF"),
        (b"\x89PNG\r\n\x1a\n", "looks like a PNG picture"),
        (b" <!DOCTYPE html><p>x", "looks like a web page (HTML)"),
        (b"<?xml version='1.0'?><a/>", "looks like an XML file"),
        (b'{"a": 1}', "looks like a JSON file"),
        (b"\x1f\x8b\x08", "looks like a compressed file (gzip)"),
        (OLE + "Workbook".encode("utf-16-le"), "old Excel format. Save it as .xlsx or CSV"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE, "looks like an old Office document"),
        (b"PK\x03\x04", "The workbook is damaged."),
        (b"PK\x05\x06" + bytes(18), "an empty ZIP file"),
        (b"MZ\0\0", "NUL characters"),
    ],
)
def test_names_what_another_kind_of_file_looks_like(path, content, sentence):
    assert sentence in refusal_of(path, content)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["a.csv"], "This is a ZIP file. Unpack it"),
        (["mimetype", "content.xml"], "OpenDocument file. Save it as .xlsx or CSV"),
        (["[Content_Types].xml", "word/document.xml"], "a text document or a presentation"),
        (["[Content_Types].xml", "xl/workbook.bin"], "binary workbook (.xlsb)"),
        (["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"], "holds macros"),
        (["[Content_Types].xml", "xl/workbook.xml", "../evil"], "damaged"),
        (["[Content_Types].xml", "xl/workbook.xml", "/etc/x"], "damaged"),
        (["[Content_Types].xml", "xl/workbook.xml", "xl\\x"], "damaged"),
        (["[Content_Types].xml", "xl/workbook.xml", "XL/workbook.xml"], "damaged"),
        ([f"xl/{n}" for n in range(2_001)], "more than 2,000 parts"),
    ],
)
def test_judges_an_archive_by_its_names(path, names, sentence):
    with zipfile.ZipFile(path, "w") as package:
        for name in names:
            package.writestr(name, "x")
    assert sentence in refusal(path)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE a SYSTEM 'http://example.org/a.dtd'>",
    ],
)
def test_refuses_xml_entities_in_every_part(path, part, declaration):
    handmade(path, HEADER, **{part: f"{declaration}<worksheet/>"})
    assert "declares XML entities" in refusal(path)


def test_refuses_a_zip_bomb_by_its_ratio_without_unpacking_it(path):
    handmade(path, HEADER, **{"xl/media/zeros": bytes(50 * MEGABYTE)})
    with flat_memory(4):
        assert "more than 100 times its size" in refusal(path)


def test_refuses_a_zip_bomb_by_its_total(path, monkeypatch):
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 50_000)
    handmade(path, HEADER, **{"xl/x": bytes(60_000)})
    assert refusal(path).startswith("The workbook unpacks to more than")


def test_a_part_that_claims_less_than_it_holds_is_damaged(path):
    handmade(path, HEADER + f"<row r='2'>{inline('x' * 3_000)}</row>" * 1)
    content = bytearray(path.read_bytes())
    at = content.rindex(b"xl/worksheets/sheet1.xml")
    struct.pack_into("<L", content, at - 46 + 24, 100)
    assert refusal_of(path, bytes(content)) == (
        "The workbook is damaged. Open it, save it again as .xlsx, then upload it."
    )


def test_a_directory_of_a_million_parts_is_refused_unread(path):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_535, 65_535, 60 * MEGABYTE, 4, 0)
    path.write_bytes(b"PK\x03\x04" + bytes(60 * MEGABYTE) + end)
    with flat_memory(4):
        assert "more than 2,000 parts" in refusal(path)


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        (
            f"<row r='2'>{inline(random.Random(1).randbytes(5 * MEGABYTE).hex())}</row>",
            "Cell A2 holds more than 32,767",
        ),
        ("<row r='2'>" + inline("x" * 30_000) * 40 + "</row>", "Row 2 is longer than 1,000,000"),
        (f"<row r='{'1' * 5000}'/>", "damaged"),
        ("<row r='2'><c r='ZZZZ2'/></row>", "damaged"),
        ("<row r='2'><c r='A2'/><c r='A2'/></row>", "damaged"),
        ("<row r='2'/><row r='2'/>", "damaged"),
        ("<row><row/></row>", "damaged"),
        ("<c/>", "damaged"),
        ("<row><c s='99'><v>1</v></c></row>", "damaged"),
        ("<row><c s='x'><v>1</v></c></row>", "damaged"),
        ("<row><c t='s'><v>7</v></c></row>", "damaged"),
        ("<row><c t='s'><v>-1</v></c></row>", "damaged"),
        ("<row><c t='?'><v>1</v></c></row>", "damaged"),
        ("<a>" * 100, "damaged"),
        ("".join(f"<a{n}/>" for n in range(3_000)), "damaged"),
        (f"<row spans='{'x' * 3 * MEGABYTE}'/>", "damaged"),
        (f"<row>{inline('_x0000_')}</row>", "NUL characters"),
    ],
)
def test_refuses_hostile_sheets_with_memory_flat(path, sheet, sentence):
    handmade(path, HEADER + sheet)
    with flat_memory():
        assert sentence in refusal(path)


def test_a_long_string_used_everywhere_costs_memory_once(path):
    strings = f"<sst><si><t>{'é' * 32_000}</t></si></sst>"
    cells = "<row><c t='s'><v>0</v></c></row>" * 5_000
    handmade(path, HEADER + cells, strings=strings)
    with flat_memory():
        assert sum(1 for _row in open_table(path, filename="x.xlsx").rows()) == 5_000


def test_refuses_more_shared_text_than_the_limit(path, monkeypatch):
    monkeypatch.setattr(limits, "STRINGS_BYTES", 1_000_000)
    handmade(path, HEADER, strings="<sst>" + f"<si><t>{'x' * 30_000}</t></si>" * 40 + "</sst>")
    assert refusal(path).startswith("The workbook holds more than 1 MB of text.")


def test_reads_a_large_csv_with_memory_flat(path):
    line = 'user{}@example.org,Ann,Müller,"hello, all of you out there",10\n' * 1_000
    with path.open("w", encoding="utf-8") as file:
        file.write("email,given,family,comment,score\n")
        file.writelines(line for _ in range(200))
    with flat_memory():
        table = open_table(path, filename="x.csv")
        assert sum(len(batch.rows) for batch in table.batches(10_000)) == 200_000


@pytest.mark.parametrize("line", ["aa," * 300_000 + "\n", '"a\n",' * 150_000 + "\n"])
def test_reads_rows_of_the_worst_shape_with_memory_flat(path, line):
    path.write_text("a,b\n" + line * 8)
    with flat_memory():
        drain(path)


def test_reads_a_large_workbook_with_memory_flat(path):
    rows = "".join(
        f"<row>{inline(f'person number {n}')}<c><v>{n}</v></c></row>" for n in range(30_000)
    )
    handmade(path, HEADER + rows)
    with flat_memory():
        assert sum(1 for _row in open_table(path, filename="x.xlsx").rows()) == 30_000


FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FUZZ
@given(st.binary(max_size=400))
@example(b"PK\x03\x04PK\x05\x06" + b"\xff" * 30)
@example(b"\xff\xfe\x00")
def test_raises_only_refusals_whatever_bytes_come_in(path, content):
    path.write_bytes(content)
    drain(path)


@FUZZ
@given(st.text(alphabet='ab,;"\n\r\t|\x00é= ', max_size=80))
def test_raises_only_refusals_on_any_text(path, content):
    path.write_bytes(content.encode())
    drain(path)


@FUZZ
@given(seed=st.integers(0, 2**32))
def test_raises_only_refusals_on_a_mutated_workbook(path, seed):
    chance = random.Random(seed)
    content = bytearray(sound_workbook(path).read_bytes())
    for _ in range(chance.randint(1, 12)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    cut = chance.choice([len(content), chance.randrange(len(content))])
    path.write_bytes(content[:cut])
    drain(path)


@FUZZ
@given(seed=st.integers(0, 2**32))
def test_raises_only_refusals_on_a_workbook_with_mutated_xml(path, seed):
    chance = random.Random(seed)
    with zipfile.ZipFile(sound_workbook(path)) as package:
        parts = {name: bytearray(package.read(name)) for name in package.namelist()}
    data = parts[chance.choice(sorted(parts))]
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.choice(b"<>\"'/&x0 9-_:rstv\xff")
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, bytes(content))
    drain(path)


def sound_workbook(path):
    buffer = io.BytesIO()
    workbook(buffer, [["name", "score", "ok"], ["Ann", 9.5, True], ["陈静", 10, False]])
    path.write_bytes(buffer.getvalue())
    assert len(rows_of(open_table(path, filename="x.xlsx"))) == 2
    return path
