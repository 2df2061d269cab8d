"""The editor's other resources: pages of the survey, and its own texts and languages."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from surveys.document import editing
from surveys.document.edit_errors import EditError
from surveys.document.editing import Edit
from surveys.document.schema import SurveyDocument
from surveys.views.editor import carry_out
from surveys.views.editor_page import language_of
from surveys.views.surveys import editable

TEXTS = ("title", "intro", "thanks", "footer")


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def pages(request: Request, pk: int) -> HttpResponse:
    survey = editable(request, pk)
    after = request.POST.get("after") or None

    def change(document: SurveyDocument) -> Edit:
        edit = editing.add_page(document, after=after)
        return Edit(edit.document, f"page:{edit.key}")

    return carry_out(request, survey, change, what="page added")


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def page(request: Request, pk: int, key: str) -> HttpResponse:
    survey = editable(request, pk)

    def change(document: SurveyDocument) -> Edit:
        found = next((each for each in document.pages if each.key == key), None)
        known = found.title.root if found else {}
        title = {**known, language_of(request, document): request.POST.get("title", "")}
        return editing.update_page(document, key, {"title": title})

    return carry_out(request, survey, change, what="page changed", stay=f"page:{key}")


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def page_move(request: Request, pk: int, key: str) -> HttpResponse:
    survey = editable(request, pk)
    up = request.POST.get("direction") == "up"

    def change(document: SurveyDocument) -> Edit:
        return editing.move_page(document, key, "up" if up else "down")

    return carry_out(request, survey, change, what="page moved", stay=f"page:{key}")


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def page_removal(request: Request, pk: int, key: str) -> HttpResponse:
    survey = editable(request, pk)

    def change(document: SurveyDocument) -> Edit:
        return editing.delete_page(document, key, strip=True)

    return carry_out(request, survey, change, what="page removed", stay=f"page:{key}")


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def texts(request: Request, pk: int) -> HttpResponse:
    """The survey's name, its texts in one language, and the languages it is offered in."""
    survey = editable(request, pk)
    data = request.POST

    def change(document: SurveyDocument) -> Edit:
        lang = language_of(request, document)
        fields: dict[str, object] = {
            name: {**getattr(document, name).root, lang: data[name]}
            for name in TEXTS
            if name in data
        }
        if "languages_sent" in data:
            fields["languages"] = _languages(document, data.getlist("languages"))
        return editing.update_document(document, fields)

    name = data.get("name", "").strip()[:200]
    return carry_out(request, survey, change, what="texts changed", stay="survey", name=name)


def _languages(document: SurveyDocument, chosen: list[str]) -> list[str]:
    """The chosen ones, those in use in their order: the first one leads."""
    if not chosen:
        raise EditError("A survey needs a language. Choose at least one.")
    kept = [tag for tag in document.languages if tag in chosen]
    return kept + [tag for tag in chosen if tag not in kept]
