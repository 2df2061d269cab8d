"""Strangers' pages. A GET changes nothing; only a person's POST is an answer."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from cxplatform.shared import tokens
from surveys.document.answering import (
    PageResult,
    next_page,
    page_questions,
    previous_page,
    read_page,
)
from surveys.document.questions import TextQuestion
from surveys.document.schema import SurveyDocument
from surveys.formtokens import (
    FORM,
    GO,
    PERSON,
    SHOWN,
    SPEAK,
    BadForm,
    FormToken,
)
from surveys.humans import BOX_AFTER, suspicion
from surveys.limits import may_begin
from surveys.respondent import ending, spoken_language
from surveys.services.answers import (
    AnswersMoved,
    first_gap,
    record_machine_hit,
    save_answers,
)
from surveys.views.showing import due_index, page_of, show
from surveys.views.strangers import strangers, wanted
from surveys.visits import (
    UnknownLink,
    Visit,
    personal_visit,
    public_visit,
    started_visit,
    trial_visit,
)

# Tabs that save at the same moment: each loses at most this often before all are through.
MOST_TRIES = 5

type Load = Callable[[], Visit]


@strangers
def personal(request: HttpRequest, token: str) -> HttpResponse:
    return _respond(request, lambda: personal_visit(token))


@strangers
def trial(request: HttpRequest, token: str) -> HttpResponse:
    return _respond(request, lambda: trial_visit(token))


@strangers
def public(request: HttpRequest, slug: str) -> HttpResponse:
    return _respond(request, lambda: public_visit(slug))


@strangers
def public_started(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    return _respond(request, lambda: started_visit(slug, token))


def _respond(request: HttpRequest, load: Load) -> HttpResponse:
    try:
        visit = load()
        visit.choose(wanted(request))
        refused = _refusal(request, visit)
        if refused is not None:
            return refused
        if request.method != "POST":
            return show(request, visit)
        return _translate(request, visit) if SPEAK in request.POST else _take(request, visit, load)
    except UnknownLink:
        return ending("unknown", lang=spoken_language(wanted(request)))


def _refusal(request: HttpRequest, visit: Visit) -> HttpResponse | None:
    """The page for a link that takes no (more) answers, if it is one."""
    now = timezone.now()
    if visit.is_complete:
        if request.method == "POST":
            return _see_other(f"{visit.url}?done=1")
        return _end(visit, "thanks" if "done" in request.GET else "answered")
    if visit.survey.has_ended(now):
        return _end(visit, "ended", until=visit.survey.last_day)
    if not visit.survey.takes_answers(now):
        return _end(visit, "closed")
    if visit.invitation and visit.is_expired(now):
        return _end(visit, "expired", until=timezone.localdate(visit.invitation.expires_at))
    return None


def _end(visit: Visit, kind: str, *, until: date | None = None) -> HttpResponse:
    return ending(
        kind,
        lang=visit.language,
        document=visit.document,
        organisation=visit.organisation,
        until=until,
    )


# --- taking ---------------------------------------------------------------------------------------


def _take(request: HttpRequest, visit: Visit, load: Load) -> HttpResponse:
    form = _form(request, visit)
    asked = form.asked if form else 0
    reason = suspicion(request, form.issued if form else None)
    if reason and not (asked >= BOX_AFTER and PERSON in request.POST):
        record_machine_hit(visit, method=request.method or "", reason=reason)
        return _ask_again(request, visit, form, asked + 1)
    if form is None:
        return _ask_again(request, visit, form, asked)
    for _attempt in range(MOST_TRIES):
        try:
            return _answer(request, visit, form)
        except AnswersMoved:
            visit = _reload(visit, load)
            visit.choose(wanted(request))
            if refused := _refusal(request, visit):
                return refused
    return _ask_again(request, visit, form, asked)


def _form(request: HttpRequest, visit: Visit) -> FormToken | None:
    """The form's token, if it was made for this visit and for the version it goes by."""
    try:
        form = FormToken.read(request.POST.get(FORM, ""))
    except BadForm:
        return None
    begins = visit.response is None and visit.invitation is None
    if form.survey != visit.survey.pk or not (begins or form.subject == visit.subject):
        return None
    if visit.response is None:
        # What was on the page counts, even if another version was published since.
        visit.version_id = form.version
        visit.subject = form.subject
    return form if form.version == visit.version_id else None


def _reload(visit: Visit, load: Load) -> Visit:
    """Where things stand now; a beginning that another tab made first is gone on with."""
    if visit.response is None and visit.invitation is None:
        return started_visit(visit.survey.slug, tokens.make("form", visit.subject))
    return load()


def _translate(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The same page in another language, with everything on it as it was; nothing is kept yet."""
    form = _form(request, visit)
    return _ask_again(request, visit, form, form.asked if form else 0, note="")


def _ask_again(
    request: HttpRequest,
    visit: Visit,
    form: FormToken | None,
    asked: int,
    *,
    note: str = "once_more",
) -> HttpResponse:
    index = form.page if form else due_index(request, visit)
    result = read_page(visit.document, index, request.POST.getlist, visit.answers, visit.language)
    shown = page_of(
        visit,
        index,
        asked=asked,
        answers=result.answers,
        entered=_entered(request, result),
        note=note,
        extra={"person_box": asked >= BOX_AFTER},
    )
    return shown.render()


def _entered(request: HttpRequest, result: PageResult) -> dict[str, list[str]]:
    """What was sent, for those questions of the page that were on it."""
    return {key: raw for key, raw in result.entered.items() if raw or key in _shown(request)}


def _shown(request: HttpRequest) -> set[str]:
    return set(request.POST.get(SHOWN, "").split())


def _answer(request: HttpRequest, visit: Visit, form: FormToken) -> HttpResponse:
    document, index = visit.document, form.page
    result = read_page(document, index, request.POST.getlist, visit.answers, visit.language)
    going_back = request.POST.get(GO) == "back"
    errors = _worth_saying(request, document, result, going_back=going_back)
    if errors:
        return page_of(
            visit,
            index,
            answers=result.answers,
            entered=_entered(request, result),
            errors=errors,
        ).render(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if going_back:
        back = previous_page(document, result.answers, index)
        return _keep(request, visit, result, back if back is not None else index)
    due = page_questions(document, result.answers, index)
    fresh = [each.key for each in due if each.key not in _shown(request)]
    if fresh:
        return _keep(request, visit, result, index, anchor=fresh[0])
    onward = next_page(document, result.answers, index)
    if onward is None:
        onward = first_gap(document, result.answers)
    return _keep(request, visit, result, onward)


def _worth_saying(
    request: HttpRequest, document: SurveyDocument, result: PageResult, *, going_back: bool
) -> dict[str, str]:
    """Question key → what is wrong. A question that came into force by this very answer was not
    there to be answered; whoever goes back may leave gaps, but loses no text that is too long."""
    shown = {key: text for key, text in result.errors.items() if key in _shown(request)}
    if not going_back:
        return shown
    texts = {key for key in shown if isinstance(document.by_key[key], TextQuestion)}
    return {key: shown[key] for key in texts if any(result.entered[key])}


def _keep(
    request: HttpRequest, visit: Visit, result: PageResult, onward: int | None, anchor: str = ""
) -> HttpResponse:
    """Save, then lead on; `onward` None means that this was all."""
    begins = visit.response is None and visit.invitation is None
    if begins and not may_begin(request, visit.survey):
        return _end(visit, "busy")
    last = len(visit.document.pages) - 1
    saved = save_answers(
        visit,
        answers=result.answers,
        reached=last if onward is None else onward,
        complete=onward is None,
    )
    url = visit.url
    if begins:
        link = tokens.make("form", saved.response_id)
        url = reverse("surveys:public_started", args=[visit.survey.slug, link])
    if onward is None:
        return _see_other(f"{url}?done=1")
    return _see_other(f"{url}?page={onward + 1}" + (f"#{anchor}" if anchor else ""))


def _see_other(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=HTTPStatus.SEE_OTHER)
