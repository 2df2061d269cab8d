"""Looking at what stands against publishing, and publishing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from surveys.document.problems import problems
from surveys.models import Survey
from surveys.noting import stop, stops
from surveys.selectors import draft_of
from surveys.services.surveys import (
    DraftConflict,
    NotPublishable,
    WrongState,
    breaking_changes,
    publish,
)
from surveys.views.surveys import editable


@requires(Capability.MANAGE_SURVEYS)
def publication(request: Request, pk: int) -> HttpResponse:
    survey = editable(request, pk)
    if request.method != "POST":
        return _page(request, survey)
    raw = request.POST.get("revision", "")
    revision = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0
    try:
        version = publish(survey, by=request.user, revision=revision)
    except NotPublishable as refusal:
        survey.refresh_from_db()
        said = refusal.reason or _("Put right what stands below, then publish it.")
        return _page(request, survey, refusal=said, status=409)
    except (DraftConflict, WrongState) as refusal:
        survey.refresh_from_db()
        return _page(request, survey, refusal=str(refusal), status=409)
    said = _("Version %(number)s is published.") % {"number": version.number}
    messages.success(request, said)
    return redirect("surveys:detail", pk)


def _page(
    request: Request, survey: Survey, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    document = draft_of(survey)
    found = problems(document)
    versions = list(survey.versions.only("pk", "number").order_by("number"))
    breaks = breaking_changes(document, versions)
    against = stops(document, [each for each in found if each.level == "error"])
    against += [stop(document, each.sentence, each.key) for each in breaks]
    context = {
        "survey": survey,
        "against": against,
        "warnings": stops(document, [each for each in found if each.level == "warning"]),
        "refusal": refusal,
        "ready": not against,
        "number": versions[-1].number + 1 if versions else 1,
    }
    return render(request, "surveys/publication.html", context, status=status)
