"""The draft as respondents will see it, in a frame beside the editor. Nothing is kept."""

import time
import uuid

from django.core import signing
from django.http import HttpResponse
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.decorators import requires
from accounts.http import Request
from accounts.models import Organisation
from accounts.permissions import Capability
from surveys.document.answering import next_page, page_questions, previous_page, read_page
from surveys.document.answers import Answer
from surveys.document.schema import SurveyDocument
from surveys.formtokens import GO, LANG, SHOWN, SPEAK, FormToken
from surveys.models import Survey
from surveys.respondent import QuestionPage, ending
from surveys.selectors import draft_of
from surveys.views.strangers import STRICT
from surveys.views.surveys import editable

FRAMED = STRICT | {"frame-ancestors": [CSP.SELF]}
_SALT = "surveys.preview"
# Beside the fields of every form: where it is, and what was answered before.
PAGE, SO_FAR = "_page", "_so_far"


@csrf_exempt  # it changes nothing
@xframe_options_sameorigin
@csp_override(FRAMED)
@requires(Capability.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Request, pk: int) -> HttpResponse:
    survey = editable(request, pk)
    document = draft_of(survey)
    sent = request.POST if request.method == "POST" else request.GET
    asked = sent.get(SPEAK, sent.get(LANG, sent.get("lang", "")))
    lang = asked if asked in document.languages else document.first_language
    index = _index(document, sent.get(PAGE, sent.get("page", "")))
    if request.method != "POST":
        return _page(survey, document, index, lang, {}, all_questions="page" in request.GET)
    so_far = _so_far(request)
    result = read_page(document, index, request.POST.getlist, so_far, lang)
    shown = set(request.POST.get(SHOWN, "").split())
    errors = {key: text for key, text in result.errors.items() if key in shown}
    if SPEAK in request.POST:
        return _page(survey, document, index, lang, result.answers)
    if request.POST.get(GO) == "back":
        back = previous_page(document, result.answers, index)
        return _page(survey, document, back or 0, lang, result.answers)
    due = {each.key for each in page_questions(document, result.answers, index)}
    if errors or due - shown:
        return _page(survey, document, index, lang, result.answers, errors=errors)
    onward = next_page(document, result.answers, index)
    if onward is None:
        return ending("thanks", lang=lang, document=document, organisation=_house())
    return _page(survey, document, onward, lang, result.answers)


def _index(document: SurveyDocument, raw: str) -> int:
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 5 else 1
    return min(max(number, 1), len(document.pages)) - 1


def _so_far(request: Request) -> dict[str, Answer]:
    try:
        answers: dict[str, Answer] = signing.loads(request.POST.get(SO_FAR, ""), salt=_SALT)
    except signing.BadSignature:
        return {}
    return answers


def _house() -> dict[str, str]:
    house = Organisation.objects.only("name", "privacy_url").first()
    return {"name": house.name, "privacy_url": house.privacy_url} if house else {}


def _page(
    survey: Survey,
    document: SurveyDocument,
    index: int,
    lang: str,
    answers: dict[str, Answer],
    *,
    errors: dict[str, str] | None = None,
    all_questions: bool = False,
) -> HttpResponse:
    """One page; `all_questions` shows those in no force yet too, for they are being written."""
    form = FormToken(uuid.UUID(int=0), survey.pk, 0, index, time.time())
    hidden = format_html(
        '<input type="hidden" name="{}" value="{}"><input type="hidden" name="{}" value="{}">',
        SO_FAR,
        signing.dumps(answers, salt=_SALT),
        PAGE,
        index + 1,
    )
    page = QuestionPage(
        document=document,
        index=index,
        lang=lang,
        answers=answers,
        token=form.sign(),
        url=reverse("surveys:preview", args=[survey.pk]),
        organisation=_house(),
        errors=errors or {},
        all_questions=all_questions,
        extra={"hidden": hidden, "preview": True},
    )
    return page.render()
