"""Strangers' pages. A GET changes nothing; only a person's POST is an answer."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cxplatform.shared import tokens
from surveys.document.answering import (
    PageResult,
    next_page,
    page_questions,
    previous_page,
    read_page,
)
from surveys.document.answers import AnswerError
from surveys.formtokens import (
    FORM,
    GO,
    LANG,
    PERSON,
    SHOWN,
    SPEAK,
    BadForm,
    FormToken,
    issue,
)
from surveys.humans import BOX_AFTER, suspicion
from surveys.limits import may_begin
from surveys.respondent import QuestionPage, ending, spoken_language
from surveys.selectors import clickable_question
from surveys.services.answers import (
    AnswersMoved,
    first_gap,
    record_machine_hit,
    save_answers,
)
from surveys.visits import (
    UnknownLink,
    Visit,
    personal_visit,
    public_visit,
    started_visit,
    trial_visit,
)

STRICT: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
# Tabs that save at the same moment: each loses at most this often before all are through.
MOST_TRIES = 5

type Load = Callable[[], Visit]
type View = Callable[..., HttpResponse]


def strangers(view: View) -> View:
    """No session, no cookie, no ambient authority to forge: the signed form token is the guard."""
    return csrf_exempt(csp_override(STRICT)(require_http_methods(["GET", "HEAD", "POST"])(view)))


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
            return _show(request, visit)
        return _translate(request, visit) if SPEAK in request.POST else _take(request, visit, load)
    except UnknownLink:
        return ending("unknown", lang=spoken_language(wanted(request)))


def wanted(request: HttpRequest) -> list[str]:
    sent = request.POST
    asked = sent.get(SPEAK, sent.get(LANG)) if request.method == "POST" else request.GET.get("lang")
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500])
    return [asked or "", *(tag for tag, _weight in accepted)]


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


# --- showing ------------------------------------------------------------------------------------


def _show(request: HttpRequest, visit: Visit) -> HttpResponse:
    clicked = _clicked(request, visit)
    if clicked:
        index = visit.document.page_index_of[next(iter(clicked))]
        shown = _page(visit, index, entered=clicked, note="chosen_from_mail")
    else:
        shown = _page(visit, _index(request, visit))
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


def _index(request: HttpRequest, visit: Visit) -> int:
    """The page asked for, but never past the one that is due, nor one with nothing to ask."""
    raw = request.GET.get("page", "")
    due = min(visit.reached, len(visit.document.pages) - 1)
    index = min(int(raw) - 1, due) if raw.isascii() and raw.isdigit() and len(raw) < 5 else due
    found = next_page(visit.document, visit.answers, max(index, 0) - 1)
    return found if found is not None else 0


def _page(visit: Visit, index: int, *, asked: int = 0, **fields: object) -> QuestionPage:
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
    index = form.page if form else _index(request, visit)
    result = read_page(visit.document, index, request.POST.getlist, visit.answers, visit.language)
    shown = _page(
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
    # A question that came into force by this very answer was not there to be answered.
    errors = {key: text for key, text in result.errors.items() if key in _shown(request)}
    going_back = request.POST.get(GO) == "back"
    if errors and not going_back:
        return _page(
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
