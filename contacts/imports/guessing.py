"""A first guess at what columns mean: from headings, and the type from a sample of cells."""

import re
from collections.abc import Callable

from contacts.imports.columns import ColumnChoice
from contacts.imports.targets import Field
from contacts.models import AttributeType
from contacts.values import day_of, number_of, yes_no_of
from cxplatform.shared.text import fold

SAMPLE_ROWS = 200
# 0 and 1 are numbers before they are no and yes.
PARSERS: list[tuple[str, Callable[[str], object]]] = [
    (AttributeType.NUMBER, number_of),
    (AttributeType.DATE, day_of),
    (AttributeType.YES_NO, yes_no_of),
]


def guess(header: list[str], fields: list[Field], sample: list[list[str]]) -> list[ColumnChoice]:
    """One choice a column; an unknown heading is left out, with label and type ready for use.

    No field is guessed twice: the first column whose heading fits has it.
    """
    names = {_bare(name): field.key for field in fields for name in (field.label, *field.names)}
    taken: set[str] = set()
    choices = []
    for place, heading in enumerate(header):
        key = names.get(_bare(heading), "")
        key = "" if key in taken else key
        taken.add(key)
        cells = [row[place] for row in sample if place < len(row) and row[place].strip()]
        choices.append(ColumnChoice(to=key, label=heading[:100], type=guess_type(cells)))
    return choices


def guess_type(cells: list[str]) -> str:
    """The first type every one of the cells can be read as; text where none or no cells."""
    for type_, parse in PARSERS:
        if cells and all(_reads(parse, cell) for cell in cells):
            return type_
    return AttributeType.TEXT


def _reads(parse: Callable[[str], object], cell: str) -> bool:
    try:
        parse(cell)
    except ValueError:
        return False
    # A leading zero says the digits are a code, not a quantity.
    return not re.match(r"0\d", cell.strip())


def _bare(text: object) -> str:
    return re.sub(r"[\W_]+", "", fold(str(text)))
