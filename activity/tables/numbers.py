"""A workbook's numbers as the text a person sees: whole ones bare, dates in ISO 8601."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from math import isinf
from typing import Final, Literal

Shape = Literal["number", "date", "datetime", "time"]

BUILT_IN: Final[dict[int, Shape]] = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58), "date"),
    **dict.fromkeys((22,), "datetime"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), "time"),
}
# Quoted text, escaped and padding characters, [colours] and [conditions], but not [h] [m] [s].
LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
DAY_MS: Final = 86_400_000
# What a workbook counts as 29 February 1900, a day that was not.
LEAP_DAY: Final = 60
DIGITS: Final = 15


def shape_of(code: str) -> Shape:
    """What a number format makes of a number."""
    bare = LITERAL.sub("", code.split(";")[0]).lower()
    if "general" in bare:
        return "number"
    has_time = "h" in bare or "s" in bare
    has_date = "y" in bare or "d" in bare or ("m" in bare and not has_time and "[m" not in bare)
    if has_date:
        return "datetime" if has_time else "date"
    return "time" if has_time or "[m" in bare else "number"


def shapes(formats: Iterable[tuple[int, str]], styles: Iterable[int]) -> list[Shape]:
    """The shape of each cell style, in the workbook's order."""
    own: dict[int, Shape] = {number: shape_of(code) for number, code in formats}
    return [own.get(number) or BUILT_IN.get(number, "number") for number in styles]


def write_number(text: str, shape: Shape, *, from_1904: bool) -> str:
    """The text of a number; raises ValueError where it is no number, or no date."""
    if shape == "number" and len(text) <= DIGITS and text.isascii() and text.isdigit():
        return str(int(text)) if text[0] == "0" else text
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    value = float(text)
    if isinf(value):
        raise ValueError(text)
    return _write_plain(value) if shape == "number" else _write_moment(value, shape, from_1904)


def _write_plain(value: float) -> str:
    # Fifteen digits are what spreadsheets show and keep; the rest is noise of binary fractions.
    short = format(Decimal(format(value, f".{DIGITS}g")), "f")
    if "." in short:
        short = short.rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _write_moment(serial: float, shape: Shape, from_1904: bool) -> str:
    if not 0 <= serial < 2_958_466:
        raise ValueError(serial)
    total = round(serial * DAY_MS)
    days, rest = divmod(total, DAY_MS)
    if shape == "time" and serial < LEAP_DAY:
        return _write_duration(total)
    if from_1904:
        day = datetime(1904, 1, 1) + timedelta(days=days)
    elif days == LEAP_DAY or not days:
        raise ValueError(serial)
    else:
        day = datetime(1899, 12, 30 + (days < LEAP_DAY)) + timedelta(days=days)
    if shape == "date" and not rest:
        return day.date().isoformat()
    moment = day + timedelta(milliseconds=rest)
    return moment.isoformat(timespec="milliseconds" if rest % 1_000 else "seconds")


def _write_duration(total: int) -> str:
    seconds, milliseconds = divmod(total, 1_000)
    text = f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{milliseconds:03}" if milliseconds else text
