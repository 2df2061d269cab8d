"""What a file is, by its first bytes and never by its name."""

from pathlib import Path
from typing import Final

from activity.tables import limits
from activity.tables.messages import TableRefused, _, refuse
from activity.tables.table import Kind

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<!--")
# What a person would call the file, by the bytes it starts with.
SIGNATURES: Final = (
    (b"%PDF", _("a PDF")),
    (b"\x89PNG", _("a PNG picture")),
    (b"\xff\xd8\xff", _("a JPEG picture")),
    (b"GIF8", _("a GIF picture")),
    (b"II*\0", _("a TIFF picture")),
    (b"MM\0*", _("a TIFF picture")),
    (b"RIFF", _("a picture or a sound")),
    (b"{\\rtf", _("a text document (RTF)")),
    (b"\x1f\x8b", _("a compressed file (gzip)")),
    (b"BZh", _("a compressed file (bzip2)")),
    (b"\xfd7zXZ", _("a compressed file (xz)")),
    (b"\x28\xb5\x2f\xfd", _("a compressed file (zstd)")),
    (b"7z\xbc\xaf\x27\x1c", _("a compressed file (7z)")),
    (b"Rar!", _("a compressed file (RAR)")),
    (b"PK\x05\x06", _("an empty ZIP file")),
    (b"SQLite format 3\0", _("a database (SQLite)")),
    (b"PAR1", _("a Parquet file")),
    (b"\x7fELF", _("a program")),
)


def recognise(path: Path) -> Kind:
    """csv or xlsx; raises TableRefused for whatever else the content looks like."""
    size = path.stat().st_size
    if not size:
        raise refuse(_("The file is empty. Save the table again, then upload it."))
    if size > limits.FILE_BYTES:
        raise refuse(
            _("The file is larger than %(limit)s MB. Split it into smaller files."),
            limit=limits.FILE_BYTES // 1_000_000,
        )
    with path.open("rb") as file:
        head = file.read(2_048)
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(OLE):
        raise _old_office(path)
    if head[:2] == b"\x09\x08" or head[:4] in (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00"):
        raise _old_excel()
    _refuse_others(head)
    return "csv"


def _refuse_others(head: bytes) -> None:
    for signature, name in SIGNATURES:
        if head.startswith(signature):
            raise looks_like(name)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(MARKUP):
        raise looks_like(_("a web page (HTML)"))
    if text.startswith((b"<?xml", b"<svg")):
        raise looks_like(_("an XML file"))
    if text.startswith(b"%pdf"):
        raise looks_like(_("a PDF"))
    if text.startswith((b'{"', b"[{", b'{\n "', b"{\r\n")):
        raise looks_like(_("a JSON file"))


def looks_like(name: str) -> TableRefused:
    return refuse(_("This looks like %(what)s, not a table. Upload a CSV or XLSX file."), what=name)


def _old_excel() -> TableRefused:
    return refuse(_("This is a workbook in the old Excel format. Save it as .xlsx or CSV, then "
                    "upload it again."))  # fmt: skip


def _old_office(path: Path) -> TableRefused:
    """Which of the files that share one container this is, by a stream's name inside it."""
    if _mentions(path, "EncryptedPackage"):
        return refuse(_("The workbook is protected by a password. Save it without one, then "
                        "upload it again."))  # fmt: skip
    if _mentions(path, "Workbook") or _mentions(path, "Book"):
        return _old_excel()
    return looks_like(_("an old Office document"))


def _mentions(path: Path, name: str) -> bool:
    needle = name.encode("utf-16-le")
    tail = b""
    with path.open("rb") as file:
        while block := file.read(limits.BLOCK_BYTES):
            if needle in tail + block:
                return True
            tail = block[-len(needle) :]
    return False
