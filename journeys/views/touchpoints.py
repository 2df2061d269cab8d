"""The list of touchpoints, and one with its score, its places and what it listens to."""

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from cxplatform.shared.htmx import render_page
from journeys.forms import TouchpointForm
from journeys.models import Journey, Listening, Touchpoint
from journeys.services.touchpoints import (
    change_touchpoint,
    end_touchpoint,
    resume_touchpoint,
)
from journeys.views import desk
from journeys.views.desk import Undo

PER_PAGE = 25


@requires(Capability.SEE_SCORES)
def listing(request: Request) -> HttpResponse:
    seen = Touchpoint.objects.visible_to(request.user)
    search = request.GET.get("q", "").replace("\0", "").strip()[:100]
    state = request.GET.get("state", "")
    found = _sifted(request, seen, search, state)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "touchpoints": page,
        "shown": list(page),
        "search": search,
        "state": state,
        "any": bool(page) or seen.exists(),
    }
    return render_page(request, "journeys/touchpoints.html", context, part="rows")


def _sifted(
    request: Request, seen: QuerySet[Touchpoint], search: str, state: str
) -> QuerySet[Touchpoint]:
    heard = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    listens = Exists(Listening.objects.filter(heard, touchpoint=OuterRef("pk")))
    wanted = {
        "mine": Q(owner=request.user, ended_on=None),
        "silent": ~listens & Q(ended_on=None),
        "orphan": Q(owner=None, ended_on=None),
        "ended": Q(ended_on__isnull=False),
    }.get(state, Q(ended_on=None))
    rows = seen.filter(wanted)
    if search:
        rows = rows.filter(name__icontains=search)
    return rows.select_related("owner", "unit").order_by("name", "pk")


@requires(Capability.SEE_SCORES)
def detail(request: Request, pk: int) -> HttpResponse:
    seen = Touchpoint.objects.visible_to(request.user).select_related("owner", "unit")
    touchpoint = get_object_or_404(seen, pk=pk)
    maps = Journey.objects.visible_to(request.user).current()
    placements = touchpoint.placements.filter(stage__journey__in=maps)
    context = {
        "touchpoint": touchpoint,
        "alone": [touchpoint],
        "placements": placements.select_related("stage__journey").order_by("stage__journey__name"),
        "listenings": desk.listened(touchpoint),
        "may_edit": Touchpoint.objects.editable_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "journeys/touchpoint.html", context)


@requires(Capability.MANAGE_JOURNEYS)
def edit(request: Request, pk: int) -> HttpResponse:
    """What it is called and whose it is; its listenings are edited on the same page."""
    touchpoint = desk.editable(request, pk)
    if request.method != "POST":
        return desk.show(request, touchpoint)
    form = TouchpointForm(touchpoint, request.user, request.POST)
    if not form.is_valid():
        return desk.show(request, touchpoint, status=422, form=form)

    def change(revision: int) -> None:
        change_touchpoint(touchpoint, revision=revision, by=request.user, **form.cleaned_data)

    said = _("The touchpoint is changed.")
    return desk.carry_out(request, touchpoint, change, said=said, form=form)


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def ending(request: Request, pk: int) -> HttpResponse:
    """Ending is making an end; `undo` takes it up again, without what it listened to."""
    touchpoint = desk.editable(request, pk)
    if "undo" in request.POST:

        def resume(revision: int) -> None:
            resume_touchpoint(touchpoint, revision=revision, by=request.user)

        said = _("It is in use again. Say what it listens to from now on.")
        return desk.carry_out(request, touchpoint, resume, said=said)

    def end(revision: int) -> Undo:
        return {"ended": end_touchpoint(touchpoint, revision=revision, by=request.user)}

    return desk.carry_out(request, touchpoint, end, said=_("It has ended today."))
