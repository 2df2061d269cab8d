"""Rows of a file to staged answers: each cell read, each row recognisable."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from contacts.imports.cells import Column
from contacts.imports.targets import Change, Preview, Problem
from contacts.models import Import
from contacts.values import email_of, text_of
from surveys.document.questions import Question, TextQuestion
from surveys.importing.cells import SKIPPED, When, codes_for, given, when_of
from surveys.importing.merging import AnswersTables
from surveys.importing.options import CHANNEL, CHANNEL_CHARS
from surveys.models import Survey

ID_CHARS = 200


@dataclass
class Mapped:
    """A mapping that was understood: (place, heading) of fields and of questions."""

    fields: dict[str, tuple[int, str]] = field(default_factory=dict)
    questions: list[tuple[int, str, Question]] = field(default_factory=list)
    codes: frozenset[str] = frozenset()


class AnswersPlan:
    columns = (
        ("response_id", "text"),
        ("external_id", "text"),
        ("email", "text"),
        ("day", "date"),
        ("at", "timestamptz"),
        ("channel", "text"),
        ("unit_id", "bigint"),
        ("answers", "jsonb"),
        ("given", "integer"),
        ("not_applicable", "integer"),
    )

    def __init__(
        self, imp: Import, survey: Survey, mapped: Mapped, *, units: dict[str, int]
    ) -> None:
        self.mapped, self.units, self.empty = mapped, units, 0
        day = imp.options.get("day")
        self.channel = str(imp.options.get("channel") or CHANNEL)
        parsers: dict[str, tuple[Any, Any]] = {
            "response_id": (partial(text_of, most=ID_CHARS), ""),
            "external_id": (partial(text_of, most=ID_CHARS), ""),
            "email": (email_of, ""),
            "day": (when_of, When(date.fromisoformat(day), None) if day else None),
            "channel": (partial(text_of, most=CHANNEL_CHARS), self.channel),
            "unit": (self._unit, None),
        }
        self.blanks = {name: blank for name, (_parse, blank) in parsers.items()}
        self.fields = {
            name: Column(place, heading, *parsers[name])
            for name, (place, heading) in mapped.fields.items()
        }
        self.questions = [self._question(*one) for one in mapped.questions]
        keys = [question.key for _place, _heading, question in mapped.questions]
        self.tables = AnswersTables(imp, survey, mapped.fields, keys=keys)

    def _question(self, place: int, heading: str, question: Question) -> Column:
        codes = codes_for(question, self.mapped.codes)
        column = Column(place, heading, partial(given, question=question, codes=codes), SKIPPED)
        if isinstance(question, TextQuestion):
            column.remembered = 0  # no two are alike, and they are long
        return column

    def _unit(self, cell: str) -> int:
        try:
            return self.units[cell.strip().casefold()]
        except KeyError:
            raise ValueError(_("Use the code or name of a unit that is yours.")) from None

    def stage(
        self, numbers: list[int], rows: list[list[str]], *, writing: bool
    ) -> tuple[list[tuple[Any, ...]], list[Problem]]:
        """Rows ready for the table, and what is wrong with the others; empty ones are neither."""
        if not rows:
            return [], []
        bad: dict[int, list[Problem]] = {}
        cells = list(zip(*rows, strict=True))
        read = {
            name: self.fields[name].read(cells[self.fields[name].place], numbers, bad)
            if name in self.fields
            else [blank] * len(rows)
            for name, blank in self.blanks.items()
        }
        answers = zip(
            *(one.read(cells[one.place], numbers, bad) for one in self.questions), strict=True
        )
        ready = []
        for place, (number, *known, row) in enumerate(
            zip(numbers, *read.values(), answers, strict=True)
        ):
            said = [one for one in row if one.fragment]
            if place not in bad and not said:
                self.empty += 1
                continue
            bad |= {} if place in bad else self._unknown(place, number, known)
            if place not in bad:
                ready.append((number, *_staged(known, said)))
        return ready, [problem for place in sorted(bad) for problem in bad[place]]

    def _unknown(self, place: int, number: int, known: list[Any]) -> dict[int, list[Problem]]:
        """What keeps a row from being known again."""
        response_id, external_id, email, when, *_rest = known
        problems = []
        if not response_id and not external_id and not email:
            cure = _("Give the row a response id, or say who answered.")
            problems.append(Problem(number, "", "", cure))
        if when is None:
            heading = self.mapped.fields["day"][1]
            problems.append(Problem(number, heading, "", _("Give the day they answered.")))
        return {place: problems} if problems else {}

    def problems(self, cursor: CursorWrapper, *, writing: bool) -> Iterator[Problem]:
        self.tables.match(cursor)
        return self.tables.problems(cursor)

    def preview(self, cursor: CursorWrapper) -> Preview:
        preview = self.tables.preview(cursor)
        preview.counts["empty"] = self.empty
        return preview

    def changes(self) -> Iterator[Change]:
        return iter(())

    def write(self, cursor: CursorWrapper) -> dict[str, int]:
        return self.tables.write(cursor)


def _staged(known: list[Any], said: list[Any]) -> tuple[Any, ...]:
    response_id, external_id, email, when, channel, unit = known
    answers = f"{{{','.join(one.fragment for one in said)}}}"
    absent = sum(one.not_applicable for one in said)
    return (response_id, external_id, email, when.day, when.at, channel, unit,
            answers, len(said) - absent, absent)  # fmt: skip
