"""Answers with who gave them: the list, one response, and the file of them all."""

import csv
import uuid
from datetime import date
from typing import cast

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST

from accounts.decorators import reauthenticated, requires
from accounts.http import Request
from accounts.permissions import Capability
from activity.services import record_event
from surveys.document.answering import states
from surveys.models import Response, ResponseStatus, Survey
from surveys.results import Line, lines
from surveys.selectors import document_of
from surveys.views.surveys import sees_answers

PER_PAGE = 50


def _survey(request: Request, pk: int) -> Survey:
    """A survey whose answers this person may read; else 404."""
    survey = get_object_or_404(Survey.objects.visible_to(request.user).defer("draft"), pk=pk)
    if not sees_answers(request.user, survey):
        raise Http404
    return survey


def _rows(request: Request, survey: Survey) -> QuerySet[Response]:
    seen = Response.objects.visible_to(request.user).filter(
        survey=survey, status=ResponseStatus.COMPLETE
    )
    return seen.select_related("contact", "version").defer("version__document")


@requires(Capability.SEE_ANSWERS)
def responses(request: Request, pk: int) -> HttpResponse:
    survey = _survey(request, pk)
    rows = _rows(request, survey).order_by("-completed_on", "-pk")
    after = _place(request.GET.get("after", ""))
    if after:
        day, id_ = after
        rows = rows.filter(Q(completed_on=day, pk__lt=id_) | Q(completed_on__lt=day))
    page = list(rows[: PER_PAGE + 1])
    more, page = len(page) > PER_PAGE, page[:PER_PAGE]
    context = {
        "survey": survey,
        "rows": [{"response": each, "scores": _scores(each)} for each in page],
        "next": f"{page[-1].completed_on}_{page[-1].pk}" if more else "",
        "may_export": request.user.may(Capability.EXPORT_PERSONAL),
        "from_start": not after,
    }
    return render(request, "surveys/responses.html", context)


def _place(raw: str) -> tuple[date, uuid.UUID] | None:
    day, _underscore, id_ = raw.partition("_")
    try:
        return date.fromisoformat(day), uuid.UUID(id_)
    except ValueError:
        return None


def _scores(response: Response) -> list[tuple[str, str]]:
    """(title, value) of the first three scored answers."""
    document = document_of(response.version_id)
    found = [
        (document.text(each.title, response.language), str(value))
        for each in document.questions
        if (value := each.value(response.answers.get(each.key))) is not None
    ]
    return found[:3]


@requires(Capability.SEE_ANSWERS)
def response(request: Request, pk: int, response: uuid.UUID) -> HttpResponse:
    survey = _survey(request, pk)
    seen = Response.objects.visible_to(request.user).filter(survey=survey)
    found = get_object_or_404(seen.select_related("contact", "version", "unit"), pk=response)
    document = document_of(found.version_id)
    happened = states(document, found.answers)
    answered = [
        {
            "title": document.text(each.title, found.language),
            "kind": each.summary_label("en"),
            "state": happened[each.key],
            "text": each.label(
                found.answers.get(each.key), found.language, document.first_language
            ),
            "words": not each.scored and isinstance(found.answers.get(each.key), str),
        }
        for each in document.questions
    ]
    context = {"survey": survey, "response": found, "answered": answered}
    return render(request, "surveys/response.html", context)


def _real(request: Request, survey: Survey) -> QuerySet[Response]:
    """Whoever counts in a file cannot tell a test from an answer."""
    return _rows(request, survey).filter(is_test=False)


@reauthenticated
@requires(Capability.EXPORT_PERSONAL)
def export(request: Request, pk: int) -> HttpResponse:
    survey = _survey(request, pk)
    context = {"survey": survey, "count": _real(request, survey).count()}
    return render(request, "surveys/export.html", context)


@reauthenticated
@requires(Capability.EXPORT_PERSONAL)
@require_POST
def export_file(request: Request, pk: int) -> HttpResponse:
    survey = _survey(request, pk)
    rows = _real(request, survey).order_by("completed_on", "pk")
    record_event(survey, verb="survey.exported", actor=request.user, label=survey.name)
    writer = csv.writer(Line())
    answer = StreamingHttpResponse(
        lines(survey, rows.iterator(chunk_size=1000), writer),
        content_type="text/csv; charset=utf-8",
    )
    name = f"{slugify(survey.name) or 'survey'}-{timezone.localdate()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast(HttpResponse, answer)
