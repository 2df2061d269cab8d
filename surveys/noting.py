"""What the editor says at a question, page or survey about what is wrong there, and the cure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from surveys.document.problems import Problem
from surveys.document.schema import SurveyDocument


@dataclass(frozen=True)
class Move:
    """A cure by one click: this question goes to that place."""

    key: str
    number: int
    after: int  # the number of the question it comes to stand behind
    page: str
    position: int


@dataclass(frozen=True)
class Note:
    sentence: str
    error: bool
    key: str  # where it is put right
    move: Move | None = None


def notes_at(
    document: SurveyDocument, found: Sequence[Problem], keys: Collection[str]
) -> list[Note]:
    """Problems of these questions or pages ("" for the survey's own), also as what others need."""
    told = [each for each in found if each.key in keys or (each.other and each.other in keys)]
    return [
        Note(each.sentence, each.level == "error", each.key, _move(document, each)) for each in told
    ]


def _move(document: SurveyDocument, problem: Problem) -> Move | None:
    if problem.code != "later_reference":
        return None
    order = [each.key for each in document.questions]
    page = document.pages[document.page_index_of[problem.other]]
    behind = [each.key for each in page.questions if each.key != problem.key]
    return Move(
        key=problem.key,
        number=order.index(problem.key) + 1,
        after=order.index(problem.other) + 1,
        page=page.key,
        position=behind.index(problem.other) + 1,
    )


@dataclass(frozen=True)
class Stop:
    """One thing to put right or to look at, and where in the editor that is done."""

    sentence: str
    place: str
    query: str


def stop(document: SurveyDocument, sentence: str, key: str, lang: str = "") -> Stop:
    """`key` is a question's or a page's, "" for the survey's own texts."""
    numbers = {each.key: n for n, each in enumerate(document.questions, 1)}
    pages = {each.key: n for n, each in enumerate(document.pages, 1)}
    if key in numbers:
        at, place = key, _("Go to question %(number)s") % {"number": numbers[key]}
    elif key in pages:
        at, place = f"page:{key}", _("Go to page %(number)s") % {"number": pages[key]}
    else:
        at, place = "survey", _("Go to the texts of the survey")
    told = {"q": at, "lang": lang} if lang else {"q": at}
    return Stop(sentence, place, urlencode(told))


def stops(document: SurveyDocument, found: Sequence[Problem]) -> list[Stop]:
    return [
        Stop(each.sentence, _("Go to the questions"), "")
        if each.code == "no_questions"
        else stop(document, each.sentence, each.key, each.params.get("language", ""))
        for each in found
    ]
