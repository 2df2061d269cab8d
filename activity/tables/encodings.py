"""Which encoding a text file is in, and its text in pieces."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from activity.tables import limits
from activity.tables.messages import TableRefused, _, refuse

SAMPLE: Final = 8_192
# Fewer zeros than these are stray NULs; Chinese text has few besides its delimiters.
WIDE_ZEROS: Final = 4
WIDE_SHARE: Final = 0.1
# A stray byte leaves sound characters in the majority; another encoding does not.
SOUND_PER_BROKEN: Final = 3


class Encoding(NamedTuple):
    name: str
    skip: int = 0


def detect(path: Path) -> Encoding:
    """The encoding of the whole file, which is read once for it; raises TableRefused."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return Encoding(name, len(mark))
    if wide := _wide_without_mark(head):
        return Encoding(wide)
    if _reads(path, "utf-8"):
        return Encoding("utf-8")
    _refuse_broken_utf8(path)
    if _reads(path, "cp1252"):
        return Encoding("cp1252")
    raise unreadable()


def blocks(path: Path, encoding: Encoding) -> Iterator[str]:
    """The text in pieces; raises TableRefused on NUL and on what the encoding cannot be."""
    decoder = codecs.getincrementaldecoder(encoding.name)()
    try:
        with path.open("rb") as file:
            file.seek(encoding.skip)
            while block := file.read(limits.BLOCK_BYTES):
                text = decoder.decode(block)
                if "\0" in text:
                    raise refuse(_("The file holds NUL characters, so it is not plain text. "
                                   "Export it again as CSV in UTF-8."))  # fmt: skip
                yield text
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise unreadable() from None


def unreadable() -> TableRefused:
    return refuse(_("The file cannot be read as UTF-8, UTF-16 or Windows-1252 text. "
                    "Save it as CSV in UTF-8, then upload it again."))  # fmt: skip


def _wide_without_mark(head: bytes) -> str | None:
    """UTF-16 shows as zeros in every other place, and no zeros in the rest."""
    pairs = len(head) // 2
    high, low = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    enough = max(WIDE_ZEROS, pairs * WIDE_SHARE)
    if low >= enough and high == 0:
        return "utf-16-le"
    if high >= enough and low == 0:
        return "utf-16-be"
    return None


def _reads(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            while block := file.read(limits.BLOCK_BYTES):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_broken_utf8(path: Path) -> None:
    """Raises TableRefused where a file is UTF-8 but for a few bytes, naming the first bad line."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    broken = sound = bad_line = 0
    line = 1
    with path.open("rb") as file:
        while block := file.read(limits.BLOCK_BYTES):
            text = decoder.decode(block)
            marks = text.count("�")
            if marks and not bad_line:
                bad_line = line + text.count("\n", 0, text.index("�"))
            broken += marks
            sound += len(text) - marks - len(text.encode("ascii", "ignore"))
            line += text.count("\n")
    if sound > broken * SOUND_PER_BROKEN:
        raise refuse(_("Line %(line)s holds a character that is broken, while the rest is UTF-8. "
                       "Correct that line, or export the file again."),
                     line=bad_line or line)  # fmt: skip
