"""The ZIP around a workbook: what it claims is checked before, what comes out is counted."""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL
from pathlib import Path
from typing import Final
from xml.sax import SAXException
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from defusedxml.common import DefusedXmlException

from activity.tables import limits
from activity.tables.kinds import looks_like
from activity.tables.messages import TableRefused, _, refuse

END: Final = b"PK\x05\x06"
END_64: Final = b"PK\x06\x06"
END_BYTES: Final = 22
TAIL: Final = 65_535 + END_BYTES + 76
PLAIN_NAME: Final = re.compile(r"(?!/)(?!.*(^|/)\.\.?(/|$))[^\\:\0-\x1f]+")
# All that the readers of ZIP, deflate and XML raise on bytes that are not what they say.
DAMAGE: Final = (BadZipFile, LargeZipFile, zlib.error, struct.error, EOFError, SAXException,
                 ValueError, LookupError, RuntimeError, OverflowError)  # fmt: skip


def damaged() -> TableRefused:
    return refuse(_("The workbook is damaged. Open it, save it again as .xlsx, then upload it."))


def oversized() -> TableRefused:
    return refuse(
        _("The workbook unpacks to more than %(limit)s MB. Split it, or save it as CSV."),
        limit=limits.UNPACKED_BYTES // 1_000_000,
    )


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Turn whatever broken bytes raise into one refusal."""
    try:
        yield
    except TableRefused:
        raise
    except DefusedXmlException:
        raise refuse(_("The workbook declares XML entities, which no spreadsheet does. "
                       "Open it, save it again as .xlsx, then upload it."))  from None  # fmt: skip
    except DAMAGE:
        raise damaged() from None
    except OSError as error:
        # Seeking to a place that cannot be; a full disk is not the file's fault.
        if error.errno != EINVAL:
            raise
        raise damaged() from None


def open_package(path: Path) -> ZipFile:
    """The workbook's ZIP, whose directory and claims are within the limits; raises TableRefused."""
    _check_directory(path)
    package = ZipFile(path)
    try:
        _check_parts(package.infolist())
        _check_office(set(package.namelist()))
    except BaseException:
        package.close()
        raise
    return package


def read_part(package: ZipFile, name: str) -> Iterator[bytes]:
    """A part's bytes in chunks, counted as they come and not as they are claimed."""
    count = 0
    with package.open(name) as part:
        while chunk := part.read(limits.XML_CHUNK):
            count += len(chunk)
            if count > limits.UNPACKED_BYTES:
                raise oversized()
            yield chunk


def _check_directory(path: Path) -> None:
    """ZipFile builds an object per entry, so the directory's size is judged before it is read."""
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(max(0, length - TAIL))
        tail = file.read()
    end = tail.rfind(END)
    if end < 0 or len(tail) - end < END_BYTES:
        raise damaged()
    entries, size = struct.unpack_from("<HL", tail, end + 10)
    wide = tail.rfind(END_64, 0, end)
    if wide >= 0 and len(tail) - wide >= 56:
        wide_entries, wide_size = struct.unpack_from("<QQ", tail, wide + 32)
        entries = wide_entries if entries == 0xFFFF else max(entries, wide_entries)
        size = wide_size if size == 0xFFFFFFFF else max(size, wide_size)
    if entries > limits.PARTS or size > limits.DIRECTORY_BYTES:
        raise refuse(
            _("The workbook holds more than %(limit)s parts. Save its first sheet as CSV."),
            limit=limits.PARTS,
        )


def _check_parts(parts: list[ZipInfo]) -> None:
    names = {part.filename.lower() for part in parts}
    if len(parts) > limits.PARTS or len(names) < len(parts):
        raise damaged()
    for part in parts:
        if not PLAIN_NAME.fullmatch(part.orig_filename):
            raise damaged()
        if part.flag_bits & 1:
            raise refuse(_("The file is protected by a password. Save it without one, then "
                           "upload it again."))  # fmt: skip
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise damaged()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > limits.UNPACKED_BYTES:
        raise oversized()
    if unpacked > limits.RATIO_FREE_BYTES and unpacked > packed * limits.RATIO:
        raise refuse(
            _("The workbook unpacks to more than %(limit)s times its size, which no real table "
              "does. Save its first sheet as CSV, then upload that."),
            limit=limits.RATIO,
        )  # fmt: skip


def _check_office(names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise refuse(_("This is a binary workbook (.xlsb). Save it as .xlsx or CSV, then upload "
                       "it again."))  # fmt: skip
    if any(name.endswith("vbaProject.bin") for name in names):
        raise refuse(_("The workbook holds macros. Save it as .xlsx or CSV, then upload it again."))
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return
    if "[Content_Types].xml" in names:
        raise looks_like(_("a text document or a presentation"))
    if "mimetype" in names:
        raise refuse(_("This is an OpenDocument file. Save it as .xlsx or CSV, then upload it "
                       "again."))  # fmt: skip
    raise refuse(_("This is a ZIP file. Unpack it, then upload the CSV or XLSX file inside."))
