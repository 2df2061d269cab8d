"""The list of journeys, a new one, and one as a map with its live scores."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from cxplatform.shared.htmx import render_page
from journeys.forms import JourneyForm, NewJourneyForm
from journeys.models import Journey
from journeys.selectors import stages_of, standing_in
from journeys.services.maps import (
    archive_journey,
    change_journey,
    create_journey,
    unarchive_journey,
)
from journeys.views.board import carry_out, context_of, editable

PER_PAGE = 25


@requires(Capability.SEE_SCORES)
def listing(request: Request) -> HttpResponse:
    seen = Journey.objects.visible_to(request.user)
    search = request.GET.get("q", "").replace("\0", "").strip()[:100]
    archived = request.GET.get("state") == "archived"
    rows = seen.filter(archived_at__isnull=not archived)
    if search:
        rows = rows.filter(name__icontains=search)
    counted = rows.select_related("owner", "unit").annotate(
        stages_n=Count("stages", distinct=True),
        touchpoints_n=Count("stages__placements__touchpoint", distinct=True),
    )
    counted = counted.order_by("name", "pk")
    page = Paginator(counted, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "journeys": page,
        "search": search,
        "archived": archived,
        "any": bool(page) or seen.exists(),
        "may_make": may_make(request),
    }
    return render_page(request, "journeys/list.html", context, part="rows")


@requires(Capability.SEE_SCORES)
def detail(request: Request, pk: int) -> HttpResponse:
    """The map; its scores come from above, all in one statement."""
    seen = Journey.objects.visible_to(request.user).select_related("owner", "unit")
    journey = get_object_or_404(seen, pk=pk)
    stages = stages_of(journey)
    mine = Journey.objects.editable_by(request.user)
    context = {
        "journey": journey,
        "stages": stages,
        "touchpoints": standing_in(stages),
        "may_edit": mine.filter(pk=pk).exists(),
    }
    return render(request, "journeys/detail.html", context)


@requires(Capability.MANAGE_JOURNEYS)
def create(request: Request) -> HttpResponse:
    if not may_make(request):
        raise PermissionDenied
    form = NewJourneyForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        journey = create_journey(**form.cleaned_data, by=request.user)
        return redirect("journeys:edit", journey.pk)
    return render(request, "journeys/new.html", {"form": form}, status=422 if form.errors else 200)


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def about(request: Request, pk: int) -> HttpResponse:
    """Its name, its owner, and who sees it."""
    journey = editable(request, pk)
    form = JourneyForm(journey, request.POST)
    if not form.is_valid():
        context = context_of(request, journey, form=form)
        return render(request, "journeys/edit.html", context, status=422)

    def change(revision: int) -> tuple[str, None]:
        change_journey(journey, revision=revision, by=request.user, **form.cleaned_data)
        return _("%(name)s is changed.") % {"name": journey.name}, None

    return carry_out(request, journey, change)


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def archive(request: Request, pk: int) -> HttpResponse:
    """Putting it away; `undo` takes it out again."""
    journey = editable(request, pk)
    undo = "undo" in request.POST
    (unarchive_journey if undo else archive_journey)(journey, by=request.user)
    said = _("Back from the archive.") if undo else _("Archived. Its touchpoints stay.")
    messages.success(request, said)
    return redirect("journeys:detail", pk)


def may_make(request: Request) -> bool:
    """Whoever keeps the journeys of some unit; who keeps only their own is given them."""
    return bool(request.user.reach(Capability.MANAGE_JOURNEYS))
