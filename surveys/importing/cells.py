"""Cells of a file of answers to what is staged; ValueError says what to write instead."""

import json
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.document.answers import AnswerError, is_not_applicable
from surveys.document.questions import ChoiceQuestion, Question, ScoredQuestion
from surveys.document.questions.base import whole_number

FIRST_YEAR = 1900


class When(NamedTuple):
    day: date
    at: datetime | None  # where the cell told the time


def when_of(cell: str) -> When:
    """A date, or a date and time, in the organisation's zone unless the cell names another."""
    try:
        found = datetime.fromisoformat(cell.strip())
    except ValueError:
        raise ValueError(_("Write the date as year-month-day, such as 2026-10-31.")) from None
    timed = any((found.hour, found.minute, found.second)) or found.tzinfo is not None
    try:
        aware = found if found.tzinfo else timezone.make_aware(found)
        day = timezone.localdate(aware)
    except OverflowError:
        raise ValueError(_("Write the date as year-month-day, such as 2026-10-31.")) from None
    if day.year < FIRST_YEAR:
        raise ValueError(_("The year is before 1900. Correct it."))
    if day > timezone.localdate():
        raise ValueError(_("The date lies ahead. Give the day they answered."))
    return When(day, aware if timed else None)


class Given(NamedTuple):
    """One answer as `"key":value` of a JSON object, so that a row's answers are only joined."""

    fragment: str = ""
    not_applicable: bool = False


SKIPPED = Given()


def given(cell: str, *, question: Question, codes: frozenset[str]) -> Given:
    """What a cell says about a question; `codes` as `codes_for` gives them."""
    try:
        answer = question.parse_cell(cell, codes)
    except AnswerError as error:
        raise ValueError(_cure(question, error)) from None
    if answer is None:
        return SKIPPED
    fragment = f"{json.dumps(question.key)}:{json.dumps(answer)}"
    return Given(fragment, is_not_applicable(answer))


def codes_for(question: Question, codes: frozenset[str]) -> frozenset[str]:
    """The declared codes but those that are answers to this very question."""
    if isinstance(question, ScoredQuestion):
        points = question.scale.points
        return frozenset(code for code in codes if whole_number(code) not in points)
    return codes - {*question.choice_keys} if isinstance(question, ChoiceQuestion) else frozenset()


def _cure(question: Question, error: AnswerError) -> str:
    if isinstance(question, ScoredQuestion):
        return _(
            "Write a whole number from %(low)s to %(high)s, leave the cell blank, or name it as a "
            "code for “not applicable”."
        ) % {"low": question.scale.min, "high": question.scale.max}
    if isinstance(question, ChoiceQuestion) and error.code == "unknown_choice":
        return _("Write one of the choices: %(choices)s.") % {
            "choices": ", ".join(question.choice_keys[:20])
        }
    return error.message((get_language() or "en").partition("-")[0])
