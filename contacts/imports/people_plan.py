"""Rows of a file to staged contacts: each cell read, each row recognisable."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from contacts.imports.cells import Column
from contacts.imports.people_sql import ContactsTables
from contacts.imports.targets import Change, Preview, Problem
from contacts.models import AttributeDefinition, Import
from contacts.searching import keys_of
from contacts.suppression import address_hash
from contacts.values import attribute_of, email_of, language_of, phone_of, text_of, yes_no_of
from cxplatform.shared.text import fold

TEXTS = {
    "external_id": 200,
    "email": 0,
    "phone": 0,
    "given_name": 100,
    "family_name": 100,
    "display_name": 200,
    "form_of_address": 40,
    "language": 0,
    "account": 200,
    "account_role": 100,
}
SEARCHED = ("given_name", "family_name", "display_name", "email", "external_id")


@dataclass
class Mapped:
    """A mapping that was understood: (place, heading) of fields and attributes, and new ones."""

    fields: dict[str, tuple[int, str]] = field(default_factory=dict)
    attributes: list[tuple[int, str, AttributeDefinition]] = field(default_factory=list)
    new: list[AttributeDefinition] = field(default_factory=list)


class ContactsPlan:
    columns = (
        *((name, "text") for name in TEXTS),
        ("account_key", "text"),
        ("unit_id", "bigint"),
        ("permission", "text"),
        ("attributes", "jsonb"),
        ("sort_key", "text"),
        ("search_text", "text"),
        ("address_hash", "text"),
    )

    def __init__(self, imp: Import, mapped: Mapped, *, units: dict[str, int]) -> None:
        self.imp, self.mapped, self.units = imp, mapped, units
        parsers = self._parsers()
        self.fields = {
            name: Column(place, heading, parsers[name], None if name == "unit" else "")
            for name, (place, heading) in mapped.fields.items()
        }
        self.attributes = [
            Column(place, heading, partial(_fragment, definition=definition), "")
            for place, heading, definition in mapped.attributes
        ]
        self.tables = ContactsTables(imp, mapped.fields, [one for _p, _h, one in mapped.attributes])

    def _parsers(self) -> dict[str, Callable[[str], Any]]:
        region = str(self.imp.options.get("region") or "")
        texts = {name: partial(text_of, most=most) for name, most in TEXTS.items() if most}
        return {
            **texts,
            "email": email_of,
            "phone": partial(phone_of, region=region),
            "language": language_of,
            "unit": self._unit,
            "permission": lambda cell: "yes" if yes_no_of(cell) else "no",
        }

    def _unit(self, cell: str) -> int:
        try:
            return self.units[cell.strip().casefold()]
        except KeyError:
            raise ValueError(_("Use the code or name of a unit that is yours.")) from None

    def stage(
        self, numbers: list[int], rows: list[list[str]], *, writing: bool
    ) -> tuple[list[tuple[Any, ...]], list[Problem]]:
        """Rows ready for the table, and what is wrong with the others."""
        if not rows:
            return [], []
        bad: dict[int, list[Problem]] = {}
        cells = list(zip(*rows, strict=True))
        read = {
            name: column.read(cells[column.place], numbers, bad)
            for name, column in self.fields.items()
        }
        blank = [""] * len(rows)
        texts = [read.get(name, blank) for name in TEXTS]
        ids, emails = read.get("external_id", blank), read.get("email", blank)
        for place, (id_, email) in enumerate(zip(ids, emails, strict=True)):
            if not id_ and not email and place not in bad:
                bad[place] = [_unknown(numbers[place])]
        keys = self._keys(read, blank) if writing else [("", "", "")] * len(rows)
        given = "yes" if self.imp.options.get("basis") and "permission" not in read else ""
        columns = [
            *texts,
            [_plain(name) for name in read.get("account", blank)],
            read.get("unit", [None] * len(rows)),
            read.get("permission", [given] * len(rows)),
            self._attributes(cells, numbers, bad),
        ]
        ready = [
            (*row, *three)
            for place, (row, three) in enumerate(
                zip(zip(numbers, *columns, strict=True), keys, strict=True)
            )
            if place not in bad
        ]
        return ready, [problem for place in sorted(bad) for problem in bad[place]]

    def _attributes(
        self, cells: list[tuple[str, ...]], numbers: list[int], bad: dict[int, list[Problem]]
    ) -> list[str]:
        if not self.attributes:
            return ["{}"] * len(numbers)
        read = [one.read(cells[one.place], numbers, bad) for one in self.attributes]
        return [f"{{{','.join(filter(None, row))}}}" for row in zip(*read, strict=True)]

    def _keys(self, read: dict[str, list[str]], blank: list[str]) -> list[tuple[str, str, str]]:
        return [
            search_keys(*row)
            for row in zip(*(read.get(name, blank) for name in SEARCHED), strict=True)
        ]

    def problems(self, cursor: CursorWrapper, *, writing: bool) -> Iterator[Problem]:
        self.tables.match(cursor, writing=writing)
        return self.tables.problems()

    def preview(self, cursor: CursorWrapper) -> Preview:
        return self.tables.preview(cursor)

    def changes(self) -> Iterator[Change]:
        return self.tables.changes()

    def write(self, cursor: CursorWrapper) -> dict[str, int]:
        for definition in self.mapped.new:
            definition.save(force_insert=True)
        return self.tables.write(cursor, search_keys)


def search_keys(
    given: str, family: str, display: str, email: str, external_id: str
) -> tuple[str, str, str]:
    sort_key, search_text = keys_of(
        given=given, family=family, display=display, email=email, external_id=external_id
    )
    return sort_key, search_text, address_hash(email)


def _fragment(cell: str, *, definition: AttributeDefinition) -> str:
    """`"key":value` of a JSON object, so that a row's attributes are only joined."""
    value = attribute_of(cell, type_=definition.type)
    return f"{json.dumps(definition.key)}:{json.dumps(value)}" if value != "" else ""


def _plain(name: str) -> str:
    return fold(name)[:200] if name else ""


def _unknown(number: int) -> Problem:
    cure = _("Give the row an external id or an e-mail address, so that it is known again.")
    return Problem(number, "", "", cure)
