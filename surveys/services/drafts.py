"""Edits of a draft, each one saved under the revision it was made on."""

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter

from accounts.models import User
from surveys.document.editing import Edit, Removed, restore
from surveys.document.expressions import Expression
from surveys.document.questions import Question
from surveys.document.schema import Page, SurveyDocument
from surveys.models import Survey
from surveys.selectors import draft_of
from surveys.services.surveys import save_draft

_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)
_EXPRESSION: TypeAdapter[Expression] = TypeAdapter(Expression)


def edit_draft(
    survey: Survey,
    change: Callable[[SurveyDocument], Edit],
    *,
    revision: int,
    by: User,
    what: str,
    name: str = "",
) -> Edit:
    """Apply `change` to the draft and save it, unless it changes nothing.

    Raises EditError if the document refuses, DraftConflict if the draft moved on.
    """
    edit = change(draft_of(survey))
    if edit.document.dump() == survey.draft and name in ("", survey.name):
        return edit
    data = {"edit": what, "key": edit.key}
    save_draft(survey, document=edit.document, revision=revision, by=by, what=data, name=name)
    return edit


def remember(removed: Removed) -> dict[str, Any]:
    """A removal as plain data, for the session of whoever may want it back."""
    return {
        "question": removed.question.model_dump(mode="json") if removed.question else None,
        "page": removed.page.model_dump(mode="json") if removed.page else None,
        "page_index": removed.page_index,
        "position": removed.position,
        "conditions": {key: e.model_dump(mode="json") for key, e in removed.conditions.items()},
    }


def bring_back(plain: dict[str, Any], document: SurveyDocument) -> Edit:
    """Undo a remembered removal; raises EditError where it no longer fits."""
    question, page = plain["question"], plain["page"]
    removed = Removed(
        question=_QUESTION.validate_python(question) if question else None,
        page=Page.model_validate(page) if page else None,
        page_index=plain["page_index"],
        position=plain["position"],
        conditions={key: _EXPRESSION.validate_python(v) for key, v in plain["conditions"].items()},
    )
    return restore(document, removed)
