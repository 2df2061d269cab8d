"""What an author does to a draft: each function gives a new, valid document or raises EditError."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from surveys.document.describe import short_title
from surveys.document.edit_errors import EditError, plain_sentence
from surveys.document.expressions import Condition, references, renamed, without
from surveys.document.keys import key_from, unused_key
from surveys.document.questions import TYPES, Question
from surveys.document.schema import Page, SurveyDocument

type Direction = Literal["up", "down"]

_DOCUMENT_FIELDS = frozenset({"languages", "title", "intro", "thanks", "footer"})


@dataclass(frozen=True)
class Removed:
    """What a deletion took out and where it stood; ``restore`` puts it back.

    ``conditions``: question key → the condition it had before it was stripped.
    """

    question: Question | None
    page: Page | None
    page_index: int
    position: int
    conditions: Mapping[str, Condition]


@dataclass(frozen=True)
class Edit:
    """The new document, the key of what was added or changed, and what was removed."""

    document: SurveyDocument
    key: str = ""
    removed: Removed | None = None


def add_question(
    document: SurveyDocument,
    kind: str,
    *,
    page: str,
    after: str | None = None,
    title: str = "",
    taken: Collection[str] = (),
) -> Edit:
    """A question of type ``kind`` after another one, or last on the page.

    ``title`` (first language) also gives the key; ``taken``: keys that earlier versions used.
    """
    if kind not in TYPES:
        raise EditError(f"There is no question type “{kind}”. Choose one from the list.")
    made = TYPES[kind]
    base = key_from(title, made.default_key) if title else made.default_key
    key = unused_key(base, {*document.by_key, *taken})
    fields = {"title": {document.first_language: title}} if title else {}
    try:
        question = made.default(key, document.languages, **fields)
    except ValidationError as error:
        raise EditError(plain_sentence(error)) from error
    pages = _pages(document)
    questions = pages[_page_index(document, page)]["questions"]
    position = len(questions) if after is None else _position(questions, after) + 1
    questions.insert(position, question.model_dump(mode="json"))
    return _edit(document, key, pages=pages)


def update_question(document: SurveyDocument, key: str, fields: Mapping[str, Any]) -> Edit:
    """Replaces the given fields; key and type stay (a changed type is a new question)."""
    question = _question(document, key)
    if fields.get("key", key) != key or fields.get("type", question.type) != question.type:
        raise EditError("A question keeps its key and type. Add a new question instead.")
    changed = {**question.model_dump(mode="json"), **fields}
    pages = _pages(document)
    questions = pages[document.page_index_of[key]]["questions"]
    questions[_position(questions, key)] = changed
    return _edit(document, key, pages=pages)


def move_question(
    document: SurveyDocument,
    key: str,
    *,
    direction: Direction | None = None,
    page: str | None = None,
    position: int | None = None,
) -> Edit:
    """One place up or down, over page borders too; or to a page at a position (None: last)."""
    _question(document, key)
    pages = _pages(document)
    here = document.page_index_of[key]
    index = _position(pages[here]["questions"], key)
    moved = pages[here]["questions"].pop(index)
    if direction is not None:
        there, position = _neighbour(pages, here, index, direction)
    elif page is not None:
        there = _page_index(document, page)
    else:
        there = here
    target = pages[there]["questions"]
    target.insert(len(target) if position is None else max(0, position), moved)
    return _edit(document, key, pages=pages)


def _neighbour(
    pages: list[dict[str, Any]], here: int, index: int, direction: Direction
) -> tuple[int, int]:
    """Where one step leads; ``pages`` lack the question that moves."""
    if direction == "up":
        if index > 0:
            return here, index - 1
        if here == 0:
            raise EditError("This is the first question already.")
        return here - 1, len(pages[here - 1]["questions"])
    if index < len(pages[here]["questions"]):
        return here, index + 1
    if here == len(pages) - 1:
        raise EditError("This is the last question already.")
    return here + 1, 0


def delete_question(document: SurveyDocument, key: str, *, strip: bool = False) -> Edit:
    """Takes a question out; refused while others depend on it, unless ``strip`` frees them."""
    question = _question(document, key)
    pages = _freed(document, {key}, strip=strip)
    here = document.page_index_of[key]
    position = _position(pages[here]["questions"], key)
    del pages[here]["questions"][position]
    conditions = _conditions(document, {key})
    return _edit(document, key, Removed(question, None, here, position, conditions), pages=pages)


def duplicate_question(document: SurveyDocument, key: str, *, taken: Collection[str] = ()) -> Edit:
    """The same question under a new key, right after it."""
    question = _question(document, key)
    copy = unused_key(key, {*document.by_key, *taken})
    pages = _pages(document)
    questions = pages[document.page_index_of[key]]["questions"]
    twin = {**question.model_dump(mode="json"), "key": copy}
    questions.insert(_position(questions, key) + 1, twin)
    return _edit(document, copy, pages=pages)


def rekey_question(document: SurveyDocument, key: str, *, taken: Collection[str]) -> Edit:
    """A new key for a question whose meaning changed; conditions about it follow."""
    _question(document, key)
    fresh = unused_key(key, {*document.by_key, *taken, key})
    pages = _pages(document)
    for question in (each for page in pages for each in page["questions"]):
        expr = document.by_key[question["key"]].shown_if
        if expr is not None:
            question["shown_if"] = renamed(expr, key, fresh).model_dump(mode="json")
        if question["key"] == key:
            question["key"] = fresh
    return _edit(document, fresh, pages=pages)


def restore(document: SurveyDocument, removed: Removed) -> Edit:
    """Undoes a deletion, at its old place or the nearest there is."""
    pages = _pages(document)
    if removed.page is not None:
        key = removed.page.key
        pages.insert(removed.page_index, removed.page.model_dump(mode="json"))
    elif removed.question is not None:
        key = removed.question.key
        questions = pages[min(removed.page_index, len(pages) - 1)]["questions"]
        questions.insert(removed.position, removed.question.model_dump(mode="json"))
    else:
        raise EditError("There is nothing to put back.")
    back = {each: expr.model_dump(mode="json") for each, expr in removed.conditions.items()}
    for question in (each for page in pages for each in page["questions"]):
        question["shown_if"] = back.get(question["key"], question["shown_if"])
    return _edit(document, key, pages=pages)


def update_document(document: SurveyDocument, fields: Mapping[str, Any]) -> Edit:
    """Replaces languages, title, intro, thanks or footer."""
    if unknown := sorted(set(fields) - _DOCUMENT_FIELDS):
        raise EditError(f"A survey has no “{unknown[0]}” to change.")
    return _edit(document, **fields)


def add_page(document: SurveyDocument, *, after: str | None = None) -> Edit:
    """An empty page after another one, or last."""
    key = unused_key("page", {page.key for page in document.pages})
    pages = _pages(document)
    index = len(pages) if after is None else _page_index(document, after) + 1
    pages.insert(index, Page(key=key).model_dump(mode="json"))
    return _edit(document, key, pages=pages)


def update_page(document: SurveyDocument, key: str, fields: Mapping[str, Any]) -> Edit:
    """Replaces a page's title."""
    if set(fields) - {"title"}:
        raise EditError("Only the title of a page can be changed here.")
    pages = _pages(document)
    pages[_page_index(document, key)].update(fields)
    return _edit(document, key, pages=pages)


def move_page(document: SurveyDocument, key: str, direction: Direction) -> Edit:
    pages = _pages(document)
    index = _page_index(document, key)
    there = index + (-1 if direction == "up" else 1)
    if not 0 <= there < len(pages):
        place = "first" if direction == "up" else "last"
        raise EditError(f"This is the {place} page already.")
    pages[index], pages[there] = pages[there], pages[index]
    return _edit(document, key, pages=pages)


def delete_page(document: SurveyDocument, key: str, *, strip: bool = False) -> Edit:
    """Takes a page and its questions out; refused as ``delete_question`` is."""
    index = _page_index(document, key)
    if len(document.pages) == 1:
        raise EditError("A survey needs a page. Delete its questions instead.")
    page = document.pages[index]
    keys = {question.key for question in page.questions}
    pages, conditions = _freed(document, keys, strip=strip), _conditions(document, keys)
    del pages[index]
    return _edit(document, key, Removed(None, page, index, 0, conditions), pages=pages)


def dependents(document: SurveyDocument, keys: Collection[str]) -> list[Question]:
    """Questions outside ``keys`` whose condition asks about one of them."""
    return [
        question
        for question in document.questions
        if question.key not in keys
        and question.shown_if is not None
        and set(keys) & set(references(question.shown_if))
    ]


def _freed(document: SurveyDocument, keys: set[str], *, strip: bool) -> list[dict[str, Any]]:
    """The pages with no condition about ``keys`` left outside them."""
    bound = dependents(document, keys)
    if bound and not strip:
        lang = document.first_language
        names = ", ".join(f"“{short_title(each, document, lang)}”" for each in bound)
        raise EditError(f"{names} depends on it. Change that condition first, or remove it too.")
    stripped = {question.key: _condition_without(question, keys) for question in bound}
    pages = _pages(document)
    for question in (each for page in pages for each in page["questions"]):
        question["shown_if"] = stripped.get(question["key"], question["shown_if"])
    return pages


def _conditions(document: SurveyDocument, keys: set[str]) -> dict[str, Condition]:
    bound = dependents(document, keys)
    return {each.key: each.shown_if for each in bound if each.shown_if is not None}


def _condition_without(question: Question, keys: set[str]) -> dict[str, Any] | None:
    expr = question.shown_if
    for key in keys:
        expr = without(expr, key) if expr is not None else None
    return expr.model_dump(mode="json") if expr is not None else None


def _edit(
    document: SurveyDocument, key: str = "", removed: Removed | None = None, **fields: Any
) -> Edit:
    try:
        fresh = SurveyDocument.model_validate({**document.dump(), **fields})
    except ValidationError as error:
        raise EditError(plain_sentence(error)) from error
    return Edit(fresh, key, removed)


def _pages(document: SurveyDocument) -> list[dict[str, Any]]:
    return [page.model_dump(mode="json") for page in document.pages]


def _question(document: SurveyDocument, key: str) -> Question:
    if key not in document.by_key:
        raise EditError("This question is no longer there. Reload the page.")
    return document.by_key[key]


def _page_index(document: SurveyDocument, key: str) -> int:
    for index, page in enumerate(document.pages):
        if page.key == key:
            return index
    raise EditError("This page is no longer there. Reload the page.")


def _position(questions: list[dict[str, Any]], key: str) -> int:
    for position, question in enumerate(questions):
        if question["key"] == key:
            return position
    raise EditError("This question is not on that page any more. Reload the page.")
