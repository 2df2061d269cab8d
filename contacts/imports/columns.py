"""What each column of a file becomes, as posted and as kept in `Import.mapping`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from contacts.models import AttributeType
from cxplatform.shared.text import one_line

MOST_COLUMNS = 400
NEW = "new"


@dataclass(frozen=True)
class ColumnChoice:
    """`to` is "" (leave out), a field's key, or "new" for an attribute made from the rest."""

    to: str = ""
    label: str = ""
    type: str = AttributeType.TEXT
    split: bool = False


def read_choices(posted: Mapping[str, Any], *, columns: int) -> list[ColumnChoice]:
    """The choices of a posted mapping page; what is missing or unknown leaves the column out."""
    return [
        ColumnChoice(
            to=str(posted.get(f"to-{n}", "")),
            label=one_line(str(posted.get(f"label-{n}", "")))[:100],
            type=AttributeType(kind) if (kind := posted.get(f"type-{n}")) in TYPES else TYPES[0],
            split=bool(posted.get(f"split-{n}")),
        )
        for n in range(columns)
    ]


TYPES = list(AttributeType.values)


def to_json(choices: list[ColumnChoice]) -> list[dict[str, Any]]:
    return [asdict(choice) for choice in choices]


def from_json(rows: list[dict[str, Any]]) -> list[ColumnChoice]:
    return [ColumnChoice(**row) for row in rows]
