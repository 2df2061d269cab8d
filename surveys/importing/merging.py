"""Staged answers against the contacts and responses there are, set by set, then the merge."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from accounts.permissions import Capability
from activity.services import record_event
from contacts.imports import people_queries
from contacts.imports.targets import Preview, Problem
from contacts.models import AttributeDefinition, Import
from surveys.importing import queries as sql
from surveys.models import Survey
from surveys.selectors import document_of


class AnswersTables:
    """The SQL of one import; the temporary tables it fills are the session's own."""

    def __init__(
        self, imp: Import, survey: Survey, fields: dict[str, tuple[int, str]], *, keys: list[str]
    ) -> None:
        self.imp, self.survey, self.fields = imp, survey, fields
        reach = imp.owner.reach(Capability.MANAGE_CONTACTS)
        dimensions = AttributeDefinition.objects.dimensions().values_list("key", flat=True)
        version = survey.current_version_id or 0
        self.values: dict[str, Any] = {
            "survey": survey.pk,
            "version": version,
            "language": document_of(version).first_language,
            "survey_unit": survey.unit_id,
            "unit": imp.options.get("unit"),
            "kind": imp.options.get("kind") or "customer",
            "source": imp.options.get("source") or "",
            "keys": keys,
            "dimensions": list(dimensions),
            "everything": reach.everything,
            "no_unit": None in reach.unit_ids,
            "units": [unit for unit in reach.unit_ids if unit is not None],
        }

    def match(self, cursor: CursorWrapper) -> None:
        """For each staged row: whose it is, what it is known by, and the response it was before."""
        cursor.execute(people_queries.DROP)
        cursor.execute(people_queries.COUNT_ANEW)
        cursor.execute(people_queries.MATCH.format(new_id="NULL::bigint"), self.values)
        cursor.execute(people_queries.MATCH_MERGED, self.values)
        cursor.execute("ANALYZE import_match")
        cursor.execute(sql.COUNT_ANEW)
        cursor.execute(sql.KNOWN, self.values)
        cursor.execute("ANALYZE import_known")

    def problems(self, cursor: CursorWrapper) -> Iterator[Problem]:
        """Rows at odds with each other or with the contacts there are."""
        who = self._heading("external_id", "email")
        sentences = (
            (people_queries.TWO_CONTACTS, self._heading("email"), _("The external id is one "
             "contact’s and the e-mail is another’s. Correct one of them.")),
            (sql.NOBODY, who, _("There is no such contact. Import the contacts first, or correct "
             "the cell.")),
            (people_queries.OUT_OF_REACH, who, _("There is no such contact among yours. Leave the "
             "row out.")),
        )  # fmt: skip
        for query, column, cure in sentences:
            for row, found in _rows(cursor, query, self.values):
                yield Problem(row, column, found, cure)
        for row, found, first in _rows(cursor, sql.TWICE, self.values):
            cure = (
                _("Row %(row)s has the same response id. Remove one of the two.")
                if found
                else _("Row %(row)s is of the same contact and day. Remove one of the two.")
            )
            heading = self._heading("response_id") if found else who
            yield Problem(row, heading, found, cure % {"row": f"{first:,}"})

    def _heading(self, *names: str) -> str:
        return next((self.fields[name][1] for name in names if name in self.fields), "")

    def preview(self, cursor: CursorWrapper) -> Preview:
        cursor.execute(sql.COUNTS, self.values)
        new, changed, known, given, absent = cursor.fetchone()
        counts = {"new": new, "changed": changed, "unchanged": known - changed,
                  "answers": given, "not_applicable": absent}  # fmt: skip
        cursor.execute(sql.GONE)
        refusals = [
            _("Somebody erased or merged contacts of this file meanwhile. Check it again.")
            for (gone,) in [cursor.fetchone()]
            if gone
        ]
        return Preview(counts=counts, refusals=refusals)

    def write(self, cursor: CursorWrapper) -> dict[str, int]:
        """Merge what is staged; returns how many responses were new, changed and left alone."""
        cursor.execute(sql.COUNTS, self.values)
        _new, _changed, known, given, absent = cursor.fetchone()
        cursor.execute(sql.UPDATE, self.values)
        changed = cursor.rowcount
        cursor.execute(sql.INSERT, self.values)
        new = cursor.rowcount
        counts = {"new": new, "changed": changed, "unchanged": known - changed}
        record_event(
            self.survey,
            verb="survey.answers_imported",
            actor=self.imp.owner,
            label=self.survey.name,
            data=counts,
        )
        return counts | {"answers": given, "not_applicable": absent}


def _rows(cursor: CursorWrapper, query: str, values: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
    cursor.execute(query, values)
    return list(cursor.fetchall())
