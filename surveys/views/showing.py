"""The page a stranger sees when nothing is sent: the one that is due, or the one clicked for."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cxplatform.shared import tokens
from surveys.document.answering import next_page
from surveys.document.answers import AnswerError
from surveys.formtokens import issue
from surveys.respondent import QuestionPage
from surveys.selectors import clickable_question
from surveys.visits import Visit


def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    clicked = _clicked(request, visit)
    if clicked:
        index = visit.document.page_index_of[next(iter(clicked))]
        shown = page_of(visit, index, entered=clicked, note="chosen_from_mail")
    else:
        shown = page_of(visit, due_index(request, visit))
    if visit.answers:
        return shown.render()
    return shown.render_untouched(visit.version_id)


def _clicked(request: HttpRequest, visit: Visit) -> dict[str, list[str]]:
    """The choice made in the e-mail, if it is one that can be made."""
    question = clickable_question(visit.document)
    raw = request.GET.get("score", "")
    if question is None or not raw:
        return {}
    try:
        answer = question.parse([raw])
    except AnswerError:
        return {}
    return {question.key: [str(answer)]} if isinstance(answer, int) else {}


def due_index(request: HttpRequest, visit: Visit) -> int:
    """The page asked for, but never past the one that is due, nor one with nothing to ask."""
    raw = request.GET.get("page", "")
    due = min(visit.reached, len(visit.document.pages) - 1)
    index = min(int(raw) - 1, due) if raw.isascii() and raw.isdigit() and len(raw) < 5 else due
    found = next_page(visit.document, visit.answers, max(index, 0) - 1)
    return found if found is not None else 0


def page_of(visit: Visit, index: int, *, asked: int = 0, **fields: object) -> QuestionPage:
    form = issue(
        visit.subject,
        survey=visit.survey.pk,
        version=visit.version_id,
        page=index,
        asked=asked,
    )
    return QuestionPage(
        document=visit.document,
        index=index,
        lang=visit.language,
        token=form.sign(),
        url=visit.url,
        stop_url=_stop_url(visit),
        organisation=visit.organisation,
        identified=visit.invitation is not None,
        is_test=visit.is_test,
        **{"answers": visit.answers, **fields},  # type: ignore[arg-type]
    )


def _stop_url(visit: Visit) -> str:
    """The page on which an invited person asks for no more surveys."""
    if visit.invitation is None:
        return ""
    return reverse("surveys:unsubscribe", args=[tokens.make("unsubscribe", visit.invitation.pk)])
