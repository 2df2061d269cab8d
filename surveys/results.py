"""Responses as rows for a file: one column or more a question, the same for every version."""

from collections.abc import Iterator
from typing import Any, Protocol

from activity.tables import write_csv_cell
from surveys.document.answering import states
from surveys.document.questions import Question, TextQuestion
from surveys.models import Response, Survey
from surveys.selectors import document_of

NOT_SHOWN = "not shown"
FIXED = ["response", "day", "channel", "language", "version", "contact"]


class Echo(Protocol):
    def writerow(self, row: list[str]) -> Any: ...


class Line:
    """What a csv.writer writes to: gives back each line instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def all_questions(survey: Survey) -> dict[str, Question]:
    """Every question ever published, the newest version's first and in its order."""
    versions = survey.versions.order_by("-number").values_list("pk", flat=True)
    found: dict[str, Question] = {}
    for version in versions:
        for question in document_of(version).questions:
            found.setdefault(question.key, question)
    return found


def columns_of(questions: dict[str, Question]) -> list[str]:
    """Choices that only an older version had keep their column too."""
    return [name for question in questions.values() for name in question.columns()]


def cells(response: Response, questions: dict[str, Question]) -> dict[str, str]:
    """Column → cell: empty is skipped, `NA` not applicable, `not shown` never asked."""
    document = document_of(response.version_id)
    happened = states(document, response.answers)
    row: dict[str, str] = {}
    for key, question in questions.items():
        own = document.by_key.get(key)
        if own is None or happened[key] == "not_shown":
            row |= dict.fromkeys(question.columns(), NOT_SHOWN)
        else:
            row |= own.export(response.answers.get(key))
            if isinstance(own, TextQuestion):
                row[key] = write_csv_cell(row[key])
    return row


def lines(survey: Survey, rows: Iterator[Response], writer: Echo) -> Iterator[str]:
    """The file line by line, for streaming; memory stays flat whatever comes."""
    questions = all_questions(survey)
    columns = columns_of(questions)
    # The mark by which spreadsheets know that it is UTF-8.
    yield "\ufeff" + writer.writerow([*FIXED, *columns])
    for response in rows:
        row = cells(response, questions)
        contact = response.contact
        fixed = [
            str(response.pk),
            str(response.completed_on),
            response.channel,
            response.language,
            str(response.version.number),
            write_csv_cell(contact.external_id or f"#{contact.pk}") if contact else "",
        ]
        yield writer.writerow(fixed + [row.get(column, "") for column in columns])
