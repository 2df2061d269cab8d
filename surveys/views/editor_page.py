"""What the editor shows for a draft, whichever edit led to it."""

from typing import Any

from accounts.http import Request
from accounts.models import Organisation
from surveys import desk
from surveys.document.compatibility import Break
from surveys.document.problems import Problem, problems
from surveys.document.questions import ChoiceQuestion, Question
from surveys.document.schema import Page, SurveyDocument
from surveys.document.texts import LANGUAGES
from surveys.models import Survey
from surveys.noting import notes_at
from surveys.presenting import own_name
from surveys.services.surveys import breaking_changes


def language_of(request: Request, document: SurveyDocument) -> str:
    asked = request.POST.get("lang") or request.GET.get("lang") or ""
    return asked if asked in document.languages else document.first_language


def editor_context(
    request: Request, survey: Survey, document: SurveyDocument, *, current: str | None = None
) -> dict[str, Any]:
    """The outline, and the question, page or texts in hand (`?q=KEY`, `page:KEY`, `survey`)."""
    lang = language_of(request, document)
    chosen = request.GET.get("q", "") if current is None else current
    chosen = chosen if _is_there(document, chosen) else _first(document)
    question = document.by_key.get(chosen)
    found = problems(document)
    breaks = breaking_changes(document, list(survey.versions.only("pk")))
    context: dict[str, Any] = {
        "survey": survey,
        "document": document,
        "lang": lang,
        "current": chosen,
        "sheets": desk.outline(document, found, lang, chosen),
        "tabs": desk.language_tabs(document, found, lang),
        "against": sum(each.level == "error" for each in found) + len(breaks),
        "types": desk.question_types(),
        "removed": request.session.get(f"removed-{survey.pk}"),
        "version": survey.current_version,
        "next_number": survey.versions.count() + 1,
    }
    if question:
        context |= {"notes": notes_at(document, found, {question.key})}
        return context | _question(request, document, question, lang, breaks)
    page = next((each for each in document.pages if f"page:{each.key}" == chosen), None)
    if page:
        return context | _page(document, page, lang, found)
    return context | _texts(document, lang) | {"notes": notes_at(document, found, {""})}


def _page(document: SurveyDocument, page: Page, lang: str, found: list[Problem]) -> dict[str, Any]:
    """The page itself, and what moving it broke for the questions on it."""
    order = [each for each in found if each.code == "later_reference"]
    keys = {each.key for each in page.questions}
    own = [each for each in found if each.key == page.key]
    return {
        "page": page,
        "page_title": page.title.root.get(lang, ""),
        "page_number": document.pages.index(page) + 1,
        "here": page.key,
        "notes": [*notes_at(document, own, {page.key}), *notes_at(document, order, keys)],
    }


def _question(
    request: Request, document: SurveyDocument, question: Question, lang: str, breaks: list[Break]
) -> dict[str, Any]:
    index = document.page_index_of[question.key]
    context: dict[str, Any] = {
        "question": question,
        "number": document.questions.index(question) + 1,
        "summary": question.summary_label("en"),
        "asked": question.title.root.get(lang, ""),
        "help": question.help.root.get(lang, ""),
        "here": document.pages[index].key,
        "page_number": index + 1,
        "pages": [(each.key, n) for n, each in enumerate(document.pages, 1)],
        "breaks": [each for each in breaks if each.key == question.key],
        "when": desk.when_of(document, question, lang, request.GET.get("when", "")),
        "scored": question.scored,
        "scale": question.scale,
    }
    if question.scored:
        ends = {name: getattr(question, name) for name in ("low_label", "high_label")}
        context |= {name: text.root.get(lang, "") for name, text in ends.items()}
    if isinstance(question, ChoiceQuestion):
        context["choices"] = [
            (each.key, each.label.root.get(lang, "")) for each in question.choices
        ]
    return context


def _texts(document: SurveyDocument, lang: str) -> dict[str, Any]:
    house = Organisation.objects.values_list("languages", flat=True).first() or LANGUAGES
    offered = list(dict.fromkeys([*document.languages, *house]))
    return {
        "texts": {
            name: getattr(document, name).root.get(lang, "")
            for name in ("title", "intro", "thanks", "footer")
        },
        "offered": [(tag, own_name(tag), tag in document.languages) for tag in offered],
        "page_number": 1,
    }


def _is_there(document: SurveyDocument, chosen: str) -> bool:
    pages = {f"page:{each.key}" for each in document.pages}
    return chosen == "survey" or chosen in document.by_key or chosen in pages


def _first(document: SurveyDocument) -> str:
    return document.questions[0].key if document.questions else f"page:{document.pages[0].key}"
