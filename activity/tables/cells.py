"""Cells on their way out: text that a spreadsheet must not take for a formula."""

import re
from typing import Final

# The wide forms are read as their narrow ones by East Asian spreadsheets.
STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBER: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)?")


def write_csv_cell(text: str) -> str:
    """The text, after an apostrophe where a spreadsheet would run it; numbers stay bare."""
    if not text.startswith(STARTS) or NUMBER.fullmatch(text):
        return text
    return f"'{text}"
