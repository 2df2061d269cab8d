"""The list of surveys, a new one, one at a glance, and its states as resources."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.http import Request
from accounts.models import User
from accounts.permissions import Capability
from cxplatform.shared.htmx import render_page
from surveys.forms import LastDayForm, NewSurveyForm
from surveys.models import AnswerCount, Survey
from surveys.services.surveys import (
    WrongState,
    archive_survey,
    close_survey,
    create_survey,
    reopen_survey,
    set_last_day,
    set_public_link,
    unarchive_survey,
)

PER_PAGE = 25
STATES = {
    "open": Q(closed_at=None, archived_at=None, current_version__isnull=False),
    "draft": Q(closed_at=None, archived_at=None, current_version=None),
    "closed": Q(closed_at__isnull=False, archived_at=None),
    "archived": Q(archived_at__isnull=False),
}


@requires(Capability.SEE_SURVEYS)
def listing(request: Request) -> HttpResponse:
    seen = Survey.objects.visible_to(request.user)
    search, state = request.GET.get("q", "").replace("\0", "").strip(), request.GET.get("state", "")
    rows = seen.filter(STATES.get(state, Q(archived_at=None)))
    if search:
        rows = rows.filter(name__icontains=search)
    page = Paginator(_with_counts(rows), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "surveys": page,
        "search": search,
        "state": state,
        "any": bool(page) or seen.exists(),
        "may_edit": request.user.may(Capability.MANAGE_SURVEYS),
    }
    return render_page(request, "surveys/list.html", context, part="rows")


def _with_counts(rows: QuerySet[Survey]) -> QuerySet[Survey]:
    """Answers and their last day from the counts kept: as quick for a million as for ten."""
    counted = AnswerCount.objects.filter(survey=OuterRef("pk"))
    n = counted.values("survey").annotate(total=Sum("n")).values("total")
    days = counted.values("day").annotate(total=Sum("n")).filter(total__gt=0)
    last = days.order_by("-day").values("day")[:1]
    return (
        rows.select_related("owner", "unit", "current_version")
        .defer("draft", "current_version__document")
        .annotate(answers_n=Subquery(n), last_answer=Subquery(last))
        .order_by("-updated_at", "-pk")
    )


@requires(Capability.MANAGE_SURVEYS)
def create(request: Request) -> HttpResponse:
    form = NewSurveyForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        survey = create_survey(
            data["name"],
            by=request.user,
            starter=data["starter"],
            languages=data["languages"],
            unit=data["unit"],
        )
        return redirect("surveys:edit", survey.pk)
    status = 422 if form.is_bound else 200
    return render(request, "surveys/new.html", {"form": form}, status=status)


@requires(Capability.SEE_SURVEYS)
def detail(request: Request, pk: int) -> HttpResponse:
    return _detail(request, pk)


def _detail(request: Request, pk: int, last_day: LastDayForm | None = None) -> HttpResponse:
    """One survey at a glance; with a `last_day` that was refused, saying why."""
    survey = get_object_or_404(_with_counts(Survey.objects.visible_to(request.user)), pk=pk)
    versions = survey.versions.select_related("published_by").defer("document").order_by("-number")
    context = {
        "survey": survey,
        "versions": versions,
        "link": request.build_absolute_uri(f"/s/{survey.slug}/"),
        "may_edit": Survey.objects.editable_by(request.user).filter(pk=pk).exists(),
        "may_ask": request.user.may_in(Capability.PLAN_DISTRIBUTIONS, survey.unit_id),
        "sees_answers": sees_answers(request.user, survey),
        "last_day": last_day or LastDayForm(initial={"last_day": survey.last_day}),
        # The app above puts its own part here once it is there.
        "results_part": ["metrics/_survey_results.html", "surveys/_no_results.html"],
    }
    return render(request, "surveys/detail.html", context, status=422 if last_day else 200)


def sees_answers(user: User, survey: Survey) -> bool:
    """Whether this person may read this survey's answers with who gave them."""
    reach = user.reach(Capability.SEE_ANSWERS)
    inside = reach.everything or survey.unit_id in reach.unit_ids
    return inside or (user.may(Capability.SEE_ANSWERS) and survey.owner_id == user.pk)


def editable(request: Request, pk: int) -> Survey:
    return get_object_or_404(Survey.objects.editable_by(request.user), pk=pk)


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def closure(request: Request, pk: int) -> HttpResponse:
    """Closing is making a closure; `undo` takes it back."""
    survey = editable(request, pk)
    undo = "undo" in request.POST
    try:
        (reopen_survey if undo else close_survey)(survey, by=request.user)
        said = _("It takes answers again.") if undo else _("Closed. Links now say so.")
        messages.success(request, said)
    except WrongState as refusal:
        messages.error(request, str(refusal))
    return redirect("surveys:detail", pk)


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def last_day(request: Request, pk: int) -> HttpResponse:
    """The day at whose end it closes by itself; `undo` takes it off."""
    survey = editable(request, pk)
    undo = "undo" in request.POST
    form = LastDayForm(request.POST)
    if not (undo or form.is_valid()):
        return _detail(request, pk, form)
    day = None if undo else form.cleaned_data["last_day"]
    try:
        set_last_day(survey, day, by=request.user)
        said = _("It stays open until somebody closes it.") if undo else _("Its last day is set.")
        messages.success(request, said)
    except WrongState as refusal:
        messages.error(request, str(refusal))
    return redirect("surveys:detail", pk)


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def archive(request: Request, pk: int) -> HttpResponse:
    survey = editable(request, pk)
    undo = "undo" in request.POST
    try:
        (unarchive_survey if undo else archive_survey)(survey, by=request.user)
        said = _("Back from the archive.") if undo else _("Archived. Its answers stay.")
        messages.success(request, said)
    except WrongState as refusal:
        messages.error(request, str(refusal))
    return redirect("surveys:detail", pk)


@requires(Capability.MANAGE_SURVEYS)
@require_POST
def public_link(request: Request, pk: int) -> HttpResponse:
    survey = editable(request, pk)
    on = "undo" not in request.POST
    set_public_link(survey, on=on, by=request.user)
    said = _("Anybody with the link can answer.") if on else _("The open link is switched off.")
    messages.success(request, said)
    return redirect("surveys:detail", pk)
