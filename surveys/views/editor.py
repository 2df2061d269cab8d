"""The editor: every edit is a form sent to a resource of the draft; htmx only makes it smooth."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from surveys import desk
from surveys.document import editing
from surveys.document.edit_errors import EditError
from surveys.document.editing import Edit
from surveys.document.schema import SurveyDocument
from surveys.models import Survey
from surveys.selectors import draft_of, used_keys
from surveys.services.drafts import bring_back, edit_draft, remember
from surveys.services.surveys import DraftConflict
from surveys.views.editor_page import editor_context, language_of
from surveys.views.surveys import editable

type Change = Callable[[SurveyDocument], Edit]


@requires(Capability.MANAGE_SURVEYS)
def edit(request: Request, pk: int) -> HttpResponse:
    survey = editable(request, pk)
    context = editor_context(request, survey, draft_of(survey))
    return render(request, "surveys/edit.html", context)


def carry_out(
    request: Request, survey: Survey, change: Change, *, what: str, stay: str = "", name: str = ""
) -> HttpResponse:
    """Save one edit and go back to the editor, or say there why it was not saved."""
    raw = request.POST.get("revision", "")
    revision = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0
    try:
        done = edit_draft(survey, change, revision=revision, by=request.user, what=what, name=name)
    except (EditError, DraftConflict, desk.WrongCondition) as refusal:
        return _refused(request, survey, change, refusal, stay=stay)
    undo = f"removed-{survey.pk}"
    request.session.pop(undo, None)
    if done.removed:
        request.session[undo] = remember(done.removed)
    if request.htmx:
        return _saved(request, survey, done.document, stay or done.key)
    there = "" if done.removed else stay or done.key
    return redirect(_address(request, survey, there))


def _address(request: Request, survey: Survey, key: str) -> str:
    query = {"q": key, "lang": request.POST.get("lang", "")}
    told = urlencode({name: value for name, value in query.items() if value})
    return reverse("surveys:edit", args=[survey.pk]) + (f"?{told}" if told else "")


def _saved(request: Request, survey: Survey, document: SurveyDocument, key: str) -> HttpResponse:
    """What changes on the page after a save by itself: the outline and when it was saved."""
    context = editor_context(request, survey, document, current=key)
    return _by_itself(request, context, {"draft-saved": {"revision": survey.draft_revision}})


def _by_itself(request: Request, context: dict[str, Any], news: dict[str, Any]) -> HttpResponse:
    response = render(request, "surveys/_saved.html", context)
    response["HX-Trigger"] = json.dumps(news)
    return response


def _refused(
    request: Request, survey: Survey, change: Change, refusal: Exception, *, stay: str
) -> HttpResponse:
    """The editor as it now stands, with what was entered still in its form."""
    survey.refresh_from_db()
    document = draft_of(survey)
    conflict = isinstance(refusal, DraftConflict)
    if conflict:
        try:
            document = change(document).document
        except (EditError, desk.WrongCondition):
            stay = ""
    context = editor_context(request, survey, document, current=stay)
    context |= {"refusal": str(refusal), "unsaved": conflict}
    if request.htmx:
        return _by_itself(request, context, {"draft-refused": {}})
    return render(request, "surveys/edit.html", context, status=409 if conflict else 422)


# --- questions ----------------------------------------------------------------------------------


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def questions(request: Request, pk: int) -> HttpResponse:
    survey = editable(request, pk)
    data = request.POST

    def add(document: SurveyDocument) -> Edit:
        page = data.get("page") or document.pages[-1].key
        after = data.get("after") or None
        return editing.add_question(
            document, data.get("kind", ""), page=page, after=after, taken=used_keys(survey)
        )

    return carry_out(request, survey, add, what="question added")


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def question(request: Request, pk: int, key: str) -> HttpResponse:
    survey = editable(request, pk)

    def change(document: SurveyDocument) -> Edit:
        if key not in document.by_key:
            raise EditError(_("This question is no longer there. Reload the page."))
        lang = language_of(request, document)
        fields = desk.question_fields(document.by_key[key], request.POST, lang)
        return editing.update_question(document, key, fields)

    return carry_out(request, survey, change, what="question changed", stay=key)


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def condition(request: Request, pk: int, key: str) -> HttpResponse:
    survey = editable(request, pk)

    def change(document: SurveyDocument) -> Edit:
        fields = {"shown_if": desk.condition_from(document, request.POST)}
        return editing.update_question(document, key, fields)

    return carry_out(request, survey, change, what="condition changed", stay=key)


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def move(request: Request, pk: int, key: str) -> HttpResponse:
    survey = editable(request, pk)
    data = request.POST
    place = data.get("position", "")
    where: dict[str, Any] = {
        "page": data.get("page") or None,
        "position": int(place) if place.isascii() and place.isdigit() and len(place) < 5 else None,
    }
    if data.get("direction") in ("up", "down"):
        where = {"direction": data["direction"]}

    def change(document: SurveyDocument) -> Edit:
        return editing.move_question(document, key, **where)

    return carry_out(request, survey, change, what="question moved", stay=key)


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def copy(request: Request, pk: int, key: str) -> HttpResponse:
    survey = editable(request, pk)

    def change(document: SurveyDocument) -> Edit:
        return editing.duplicate_question(document, key, taken=used_keys(survey))

    return carry_out(request, survey, change, what="question copied")


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def new_key(request: Request, pk: int, key: str) -> HttpResponse:
    """A question whose scale or choices changed goes on as another one."""
    survey = editable(request, pk)

    def change(document: SurveyDocument) -> Edit:
        return editing.rekey_question(document, key, taken=used_keys(survey))

    return carry_out(request, survey, change, what="question given a new key")


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def removal(request: Request, pk: int, key: str) -> HttpResponse:
    """Taken out at once, conditions on it too; the next page offers to put it back."""
    survey = editable(request, pk)

    def change(document: SurveyDocument) -> Edit:
        return editing.delete_question(document, key, strip=True)

    return carry_out(request, survey, change, what="question removed", stay=key)


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def restoration(request: Request, pk: int) -> HttpResponse:
    survey = editable(request, pk)
    remembered = request.session.get(f"removed-{pk}")
    if remembered is None:
        return redirect("surveys:edit", pk)

    def change(document: SurveyDocument) -> Edit:
        return bring_back(remembered, document)

    return carry_out(request, survey, change, what="removal undone")
