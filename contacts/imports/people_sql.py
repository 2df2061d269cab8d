"""Staged contacts against those we have, set by set: who is who, what differs, then the merge."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Capability
from contacts.imports import people_queries as sql
from contacts.imports.targets import Change, Preview, Problem
from contacts.models import AttributeDefinition, Basis, Import
from contacts.services.attributes import too_many_members

# Of a matched contact, the fields a mapped column replaces where its cell is not blank.
REPLACED = ("external_id", "email", "phone", "given_name", "family_name", "display_name",
            "form_of_address", "language", "account_role")  # fmt: skip
SEARCHED = ("given_name", "family_name", "display_name", "email", "external_id")
CHUNK = 10_000

Keys = Callable[[str, str, str, str, str], tuple[str, str, str]]


class ContactsTables:
    """The SQL of one import; the temporary tables it fills are the session's own."""

    def __init__(
        self, imp: Import, fields: Iterable[str], attributes: list[AttributeDefinition]
    ) -> None:
        self.imp, self.fields, self.attributes = imp, set(fields), attributes
        reach = imp.owner.reach(Capability.MANAGE_CONTACTS)
        options = imp.options
        self.values: dict[str, Any] = {
            "kind": options.get("kind") or "customer",
            "source": options.get("source") or "",
            "unit": options.get("unit"),
            "language": options.get("language") or "",
            "basis": options.get("basis") or Basis.CONSENT.value,
            "permission_source": options.get("permission_source") or f"import {imp.pk}",
            "everything": reach.everything,
            "no_unit": None in reach.unit_ids,
            "units": [unit for unit in reach.unit_ids if unit is not None],
            "now": timezone.now(),
        }
        self.counts: dict[str, int] = {}
        self.new_values = {name: self._merged(name) for name in REPLACED if name in self.fields}
        if "external_id" in self.fields:
            self.new_values["source"] = (
                "CASE WHEN s.external_id <> '' THEN %(source)s ELSE c.source END"
            )
        if "unit" in self.fields:
            self.new_values["unit_id"] = "COALESCE(s.unit_id, c.unit_id)"
        if "account" in self.fields:
            self.new_values["account_id"] = (
                "CASE WHEN s.account_key = '' THEN c.account_id ELSE COALESCE(a.account_id, -1) END"
            )
        if attributes:
            self.new_values["attributes"] = "c.attributes || s.attributes"

    @staticmethod
    def _merged(name: str) -> str:
        return f"COALESCE(NULLIF(s.{name}, ''), c.{name})"

    @property
    def _changed(self) -> str:
        """The condition under which a matched contact would differ from what it is."""
        return " OR ".join(
            f"({new}) IS DISTINCT FROM c.{name}" for name, new in self.new_values.items()
        )

    def match(self, cursor: CursorWrapper, *, writing: bool) -> None:
        """Fill MATCH: for each staged row the contact it is, or the id it will have."""
        cursor.execute(sql.DROP)
        cursor.execute(sql.COUNT_ANEW)
        cursor.execute(sql.MATCH.format(new_id=sql.NEXT_ID if writing else "NULL"), self.values)
        cursor.execute(sql.MATCH_MERGED, self.values)
        cursor.execute("ANALYZE import_match")
        cursor.execute(sql.ACCOUNTS)

    def problems(self) -> Iterator[Problem]:
        """Rows at odds with each other or with the contacts there are."""
        id_, mail = self._heading("external_id"), self._heading("email")
        same = _("Row %(row)s has the same. Remove one of the two.")
        for query, column in ((sql.SAME_ID, id_), (sql.SAME_EMAIL, mail)):
            for row, found, first in _rows(query, self.values):
                yield Problem(row, column, found, same % {"row": f"{first:,}"})
        sentences = (
            (sql.TWO_CONTACTS, mail, _("The external id is one contact’s and the e-mail is "
             "another’s. Correct one of them, or merge the two contacts first.")),
            (sql.OTHER_ID, mail, _("This e-mail belongs to a contact with another external id. "
             "Correct one of them.")),
            (sql.OUT_OF_REACH, "", _("This contact belongs to a unit outside yours. "
             "Leave the row out.")),
            (sql.SAME_CONTACT, "", _("Another row is the same contact. Remove one of the two.")),
        )  # fmt: skip
        for query, column, cure in sentences:
            bad = []
            for row, found in _rows(query, self.values):
                bad.append(row)
                yield Problem(row, column, found, cure)
            # What is wrong already must not make another row look like its double.
            with connection.cursor() as cursor:
                cursor.execute(sql.FORGET, [bad])

    def _heading(self, name: str) -> str:
        choices = zip(self.imp.header, self.imp.mapping, strict=False)
        return next((heading for heading, choice in choices if choice["to"] == name), name)

    def preview(self, cursor: CursorWrapper) -> Preview:
        cursor.execute(sql.COUNTS.format(changed=self._changed or "FALSE"), self.values)
        new, changed, matched, kept = cursor.fetchone()
        self.counts = {"new": new, "changed": changed, "unchanged": matched - changed,
                  "opt_outs_kept": kept}  # fmt: skip
        refusals = [
            str(too_many_members(one.label))
            for one in self.attributes
            if one.break_down_by and len(self._members(cursor, one)) > one.MOST_MEMBERS
        ]
        return Preview(counts=self.counts, refusals=refusals)

    def _members(self, cursor: CursorWrapper, definition: AttributeDefinition) -> set[str]:
        cursor.execute(sql.MEMBERS, {"key": definition.key, "most": definition.MOST_MEMBERS + 1})
        return {row[0] for row in cursor.fetchall()} | set(definition.members)

    def changes(self) -> Iterator[Change]:
        """Every change to the address or a permission of a contact that exists."""
        if "email" in self.fields:
            what = _("E-mail address")
            for row, whom, before, after in _rows(sql.ADDRESSES, self.values):
                yield Change(row, whom, what, before, after)
        what = _("Permission for surveys by e-mail")
        for row, whom, before, after in _rows(sql.PERMISSIONS_CHANGED, self.values):
            yield Change(row, whom, what, _basis(before), _basis(after))

    def write(self, cursor: CursorWrapper, keys: Keys) -> dict[str, int]:
        """Merge what was staged and previewed; how many were new, changed and left alone."""
        cursor.execute(sql.NEW_ACCOUNTS, self.values)
        cursor.execute(sql.ACCOUNTS)
        self._renew_keys(cursor, keys)
        if self.new_values:
            sets = ", ".join(f"{name} = {new}" for name, new in self.new_values.items())
            cursor.execute(sql.UPDATE.format(sets=sets, changed=self._changed), self.values)
        cursor.execute(sql.INSERT, self.values)
        new = cursor.rowcount
        cursor.execute(sql.PERMISSIONS, self.values)
        for definition in self.attributes:
            if definition.break_down_by:
                members = sorted(self._members(cursor, definition))
                AttributeDefinition.objects.filter(pk=definition.pk).update(members=members)
        return {"new": new, **{name: self.counts[name] for name in ("changed", "unchanged")}}

    def _renew_keys(self, cursor: CursorWrapper, keys: Keys) -> None:
        """Fill KEYS for matched contacts whose searched fields change, from what they will be."""
        cursor.execute(sql.KEYS)
        names = [name for name in SEARCHED if name in self.fields]
        if not names:
            return
        differs = " OR ".join(f"{self._merged(name)} <> c.{name}" for name in names)
        taken = ", ".join(self._merged(n) if n in names else f"c.{n}" for n in SEARCHED)
        query = sql.RENAMED.format(taken=taken, differs=differs)
        for chunk in _chunks(query, self.values):
            with cursor.copy(sql.COPY_KEYS) as copy:
                for row, *fields in chunk:
                    copy.write_row((row, *keys(*fields)))
        cursor.execute("ANALYZE import_keys")


def _basis(value: str | None) -> str:
    return str(Basis(value).label) if value else _("None")


def _rows(query: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for chunk in _chunks(query, values):
        yield from chunk


def _chunks(query: str, values: dict[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a query, however many, with only some of them in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql.TO_THE_END.format(query=query), values)
        while chunk := cursor.fetchmany(CHUNK):
            yield chunk
