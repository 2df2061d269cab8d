"""A workbook's shared strings, on disk: a column of comments can outweigh the memory we allow."""

import re
from array import array
from collections.abc import Iterable
from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile
from typing import IO, Final

from activity.tables import limits
from activity.tables.markup import parse
from activity.tables.messages import TableRefused, _, refuse
from activity.tables.package import damaged

ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SharedStrings:
    """Strings by index, each decoded from a mapped temporary file when it is asked for."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        with TemporaryFile() as file:
            collector = _Collector(file)
            for _pause in parse(chunks, collector):
                pass
            self.ends = collector.ends
            file.flush()
            self.data = mmap(file.fileno(), 0, access=ACCESS_READ) if collector.size else b""

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self.ends):
            raise damaged()
        start = self.ends[index - 1] if index else 0
        return str(self.data[start : self.ends[index]], "utf-8")


class _Collector:
    """Handler that writes the text of each <si>, its phonetic hints left out."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.ends = array("I")
        self.size = 0
        self.depth = 0
        self.parts: list[str] = []
        self.chars = 0
        self.inside = self.hint = self.taking = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        local = name.rpartition(":")[2]
        if self.depth > limits.XML_DEPTH or (local == "si" and self.inside):
            raise damaged()
        if local == "si":
            self.inside, self.parts, self.chars = True, [], 0
        elif local == "rPh":
            self.hint = True
        elif local == "t":
            self.taking = self.inside and not self.hint

    def text(self, data: str) -> None:
        if self.taking:
            self.parts.append(data)
            self.chars += len(data)
            if self.chars > limits.CELL_CHARS:
                raise cell_too_long("")

    def end(self, name: str) -> None:
        self.depth -= 1
        local = name.rpartition(":")[2]
        if local == "t":
            self.taking = False
        elif local == "rPh":
            self.hint = False
        elif local == "si":
            self._write(unescape("".join(self.parts)))
            self.inside = False

    def _write(self, text: str) -> None:
        data = text.encode()
        self.size += len(data)
        if self.size > limits.STRINGS_BYTES or len(self.ends) >= limits.STRINGS:
            raise refuse(
                _("The workbook holds more than %(limit)s MB of text. Save it as CSV, then "
                  "upload that."),
                limit=limits.STRINGS_BYTES // 1_000_000,
            )  # fmt: skip
        self.file.write(data)
        self.ends.append(self.size)


def cell_too_long(ref: str) -> TableRefused:
    if not ref:
        return refuse(_("A cell of the workbook holds more than %(limit)s characters. Shorten it."),
                      limit=limits.CELL_CHARS)  # fmt: skip
    return refuse(_("Cell %(cell)s holds more than %(limit)s characters. Shorten it."),
                  cell=ref, limit=limits.CELL_CHARS)  # fmt: skip


def unescape(text: str) -> str:
    """Undo the workbook's _x000D_ for characters XML cannot hold; raises TableRefused on NUL."""
    return ESCAPE.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    if not code:
        raise refuse(_("The workbook holds NUL characters. Save it as CSV in UTF-8, then upload "
                       "that."))  # fmt: skip
    # Half of a surrogate pair is no character; the text keeps what it says.
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)
