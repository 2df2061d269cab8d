"""Which questions are in force, given what was answered so far."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.document.answers import Answer
from surveys.document.expressions import evaluate
from surveys.document.questions import Question
from surveys.document.schema import SurveyDocument


@dataclass(frozen=True)
class InForce:
    """The questions shown, in document order, and those answers that belong to them."""

    keys: list[str]
    answers: dict[str, Answer]


def in_force(document: SurveyDocument, answers: Mapping[str, Answer]) -> InForce:
    """One pass in document order: a hidden question's answer is missing for all that follow."""
    shown = InForce([], {})
    for question in document.questions:
        if not is_shown(question, shown.answers):
            continue
        shown.keys.append(question.key)
        if question.key in answers:
            shown.answers[question.key] = answers[question.key]
    return shown


def is_shown(question: Question, earlier: Mapping[str, Answer]) -> bool:
    """Whether a question is in force, given the answers of earlier questions in force."""
    return question.shown_if is None or evaluate(question.shown_if, earlier)


def shown_questions(document: SurveyDocument, answers: Mapping[str, Answer]) -> list[str]:
    """Keys of the questions in force, in document order."""
    return in_force(document, answers).keys
