"""Reading a posted page, and finding the way through the pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from surveys.document.answers import Answer, AnswerError, is_not_applicable
from surveys.document.expressions import references, verdict
from surveys.document.logic import in_force, is_shown
from surveys.document.questions import Question
from surveys.document.schema import SurveyDocument

type FormData = Mapping[str, Sequence[str]] | Callable[[str], Sequence[str]]
type State = Literal["answered", "skipped", "not_applicable", "not_shown"]


@dataclass(frozen=True)
class PageResult:
    """``answers``: all answers in force after this page, ready to store if ``ok``.

    ``errors``: question key → sentence for the respondent. ``entered``: what was sent for each
    question of the page, to show it again.
    """

    answers: dict[str, Answer]
    errors: dict[str, str] = field(default_factory=dict)
    entered: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.errors


@dataclass(frozen=True)
class Progress:
    step: int
    steps: int


def read_page(
    document: SurveyDocument,
    page_index: int,
    data: FormData,
    stored_answers: Mapping[str, Answer],
    lang: str,
) -> PageResult:
    """In: the page sent, its form data, what is stored. Out: the merged answers and the errors.

    Conditions within the page see the values just sent; a question not in force is neither read
    nor required, and keeps no answer. A wrong answer counts as missing. Raises IndexError for a
    page that does not exist, and nothing for whatever strings the form holds.
    """
    sent = _getlist(data)
    result = PageResult({})
    result.entered.update({q.key: list(sent(q.key)) for q in _page(document, page_index)})
    for question in document.questions:
        if not is_shown(question, result.answers):
            continue
        answer: Answer | None
        if question.key in result.entered:
            answer = _read(question, sent, result.errors, lang)
        else:
            answer = stored_answers.get(question.key)
        if answer is not None:
            result.answers[question.key] = answer
    return result


def _read(
    question: Question, sent: Callable[[str], Sequence[str]], errors: dict[str, str], lang: str
) -> Answer | None:
    try:
        answer = question.read(sent)
        if answer is None and question.required:
            raise question.missing()
    except AnswerError as error:
        errors[question.key] = error.message(lang)
        return None
    return answer


def _getlist(data: FormData) -> Callable[[str], Sequence[str]]:
    if isinstance(data, Mapping):
        values = data
        return lambda key: values.get(key, [])
    return data


def _page(document: SurveyDocument, index: int) -> list[Question]:
    if index < 0:
        raise IndexError(index)
    return document.pages[index].questions


def page_questions(
    document: SurveyDocument, answers: Mapping[str, Answer], index: int
) -> list[Question]:
    """The page's questions in force, by the answers given so far."""
    shown = set(in_force(document, answers).keys)
    return [question for question in _page(document, index) if question.key in shown]


def askable_questions(
    document: SurveyDocument, answers: Mapping[str, Answer], index: int
) -> list[Question]:
    """The page's questions in force or hanging on an answer of the same page.

    Without scripts a page must hold these; the server drops what turns out not to be in force.
    """
    page = _page(document, index)
    here = {question.key for question in page}
    shown = {question.key for question in page_questions(document, answers, index)}
    return [q for q in page if q.key in shown or (q.shown_if and here & {*references(q.shown_if)})]


def next_page(document: SurveyDocument, answers: Mapping[str, Answer], index: int) -> int | None:
    """The next page with something in force; None at the end. ``index`` −1 gives the first."""
    shown = in_force(document, answers).keys
    later = [page for key in shown if (page := document.page_index_of[key]) > index]
    return min(later, default=None)


def previous_page(
    document: SurveyDocument, answers: Mapping[str, Answer], index: int
) -> int | None:
    """The page before with something in force; None at the start."""
    shown = in_force(document, answers).keys
    earlier = [page for key in shown if (page := document.page_index_of[key]) < index]
    return max(earlier, default=None)


def progress(document: SurveyDocument, answers: Mapping[str, Answer], index: int) -> Progress:
    """Which step the page is, of those in force or still possible."""
    current = in_force(document, answers)
    pages = {document.page_index_of[key] for key in current.keys}
    open_keys = {q.key for page in document.pages[index:] for q in page.questions}
    known = {key: value for key, value in current.answers.items() if key not in open_keys}
    for page in range(index + 1, len(document.pages)):
        if any(_may_come(q, open_keys, known) for q in document.pages[page].questions):
            pages.add(page)
    pages.add(index)
    return Progress(sum(page <= index for page in pages), len(pages))


def _may_come(question: Question, open_keys: set[str], known: Mapping[str, Answer]) -> bool:
    condition = question.shown_if
    if condition is None or not open_keys & {*references(condition)}:
        return False
    return verdict(condition, known) is not False


def state(document: SurveyDocument, answers: Mapping[str, Answer], key: str) -> State:
    """What became of one question; raises KeyError for a key the document does not have."""
    return states(document, answers)[key]


def states(document: SurveyDocument, answers: Mapping[str, Answer]) -> dict[str, State]:
    """What became of every question, in document order."""
    current = in_force(document, answers)
    shown = set(current.keys)
    return {
        question.key: _state(current.answers.get(question.key))
        if question.key in shown
        else "not_shown"
        for question in document.questions
    }


def _state(answer: Answer | None) -> State:
    if answer is None:
        return "skipped"
    return "not_applicable" if is_not_applicable(answer) else "answered"
