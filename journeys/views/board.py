"""The editor of a map: every edit is a form sent to a resource; htmx only makes it smooth."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from journeys.forms import JourneyForm
from journeys.models import Channel, Journey, Placement, Stage, Touchpoint
from journeys.selectors import stages_of, standing_in
from journeys.services import maps
from journeys.services.errors import JourneyRefused, StaleEdit
from journeys.services.maps import Removed
from journeys.services.touchpoints import create_touchpoint

MOST = 9_999  # as far to the end as a map goes

type Change = Callable[[int], tuple[str, Removed | None]]


@requires(Capability.MANAGE_JOURNEYS)
def edit(request: Request, pk: int) -> HttpResponse:
    journey = editable(request, pk)
    return render(request, "journeys/edit.html", context_of(request, journey))


def editable(request: Request, pk: int) -> Journey:
    found = Journey.objects.editable_by(request.user).select_related("owner", "unit")
    return get_object_or_404(found, pk=pk)


def context_of(request: Request, journey: Journey, **more: Any) -> dict[str, Any]:
    stages = stages_of(journey)
    offered = Touchpoint.objects.visible_to(request.user).current().order_by("name", "pk")
    standing = [touchpoint.pk for touchpoint in standing_in(stages)]
    return {
        "journey": journey,
        "stages": stages,
        "offered": offered,
        "editable": set(_numbers(Touchpoint.objects.editable_by(request.user), pk__in=standing)),
        "heard": set(_numbers(Touchpoint.objects, pk__in=standing, listenings__isnull=False)),
        "channels": Channel.choices,
        "chosen": str(request.POST.get("stage") or request.GET.get("stage") or ""),
        "removed": request.session.get(_undo(journey)),
        "form": JourneyForm(journey),
    } | more


def _numbers(rows: Any, **wanted: Any) -> Any:
    return rows.filter(**wanted).values_list("pk", flat=True)


def carry_out(request: Request, journey: Journey, change: Change, *, at: str = "") -> HttpResponse:
    """Make one edit and show the map as it is then, or say there why it was not made.

    `change` takes the revision the edit was made on; it tells what was done, and what was removed.
    """
    try:
        said, removed = change(number(request.POST.get("revision"), 0))
    except JourneyRefused as refusal:
        return _refused(request, journey, refusal)
    request.session.pop(_undo(journey), None)
    if removed:
        request.session[_undo(journey)] = removed.plain()
    if request.htmx:
        journey.refresh_from_db()
        return _board(request, context_of(request, journey, said=said))
    return redirect(reverse("journeys:edit", args=[journey.pk]) + (f"#{at}" if at else ""))


def _refused(request: Request, journey: Journey, refusal: JourneyRefused) -> HttpResponse:
    """The map as it stands, with what was entered still in its form."""
    journey.refresh_from_db()
    context = context_of(request, journey, refusal=str(refusal), entered=request.POST)
    if request.htmx:
        return _board(request, context)
    status = 409 if isinstance(refusal, StaleEdit) else 422
    return render(request, "journeys/edit.html", context, status=status)


def _board(request: Request, context: dict[str, Any]) -> HttpResponse:
    """The map by itself; the address stays the editor's, which can be reloaded."""
    response = render(request, "journeys/edit.html#board", context)
    response["HX-Push-Url"] = "false"
    return response


def _undo(journey: Journey) -> str:
    return f"off-map-{journey.pk}"


def number(raw: str | None, otherwise: int) -> int:
    """What is no number, or one no map has, is `otherwise`."""
    text = raw or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise  # noqa: PLR2004


# --- stages --------------------------------------------------------------------------------------


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def stages(request: Request, pk: int) -> HttpResponse:
    journey = editable(request, pk)

    def add(revision: int) -> tuple[str, None]:
        name = request.POST.get("name", "")
        stage = maps.add_stage(journey, revision=revision, by=request.user, name=name)
        return _("%(stage)s is added.") % {"stage": stage}, None

    return carry_out(request, journey, add)


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def stage(request: Request, pk: int, stage: int) -> HttpResponse:
    journey = editable(request, pk)
    row = _stage(journey, stage)

    def rename(revision: int) -> tuple[str, None]:
        name = request.POST.get("name", "")
        maps.rename_stage(row, revision=revision, by=request.user, name=name)
        return _("The stage is now called %(name)s.") % {"name": row.name}, None

    return carry_out(request, journey, rename, at=f"stage-{stage}")


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def stage_move(request: Request, pk: int, stage: int) -> HttpResponse:
    journey = editable(request, pk)
    row = _stage(journey, stage)
    step = {"earlier": -1, "later": 1}.get(request.POST.get("direction", ""), 0)
    place = number(request.POST.get("position"), max(0, row.position + step))

    def move(revision: int) -> tuple[str, None]:
        maps.move_stage(row, revision=revision, by=request.user, position=place)
        said = _("%(stage)s is now stage %(n)s.")
        return said % {"stage": row, "n": row.position + 1}, None

    return carry_out(request, journey, move, at=f"stage-{stage}")


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def stage_removal(request: Request, pk: int, stage: int) -> HttpResponse:
    """Taken off at once; the next page offers to put it back."""
    journey = editable(request, pk)
    row = _stage(journey, stage)

    def remove(revision: int) -> tuple[str, Removed]:
        removed = maps.remove_stage(row, revision=revision, by=request.user)
        return _("%(stage)s is removed.") % {"stage": row}, removed

    return carry_out(request, journey, remove)


def _stage(journey: Journey, pk: int) -> Stage:
    return get_object_or_404(journey.stages.select_related("journey"), pk=pk)


# --- touchpoints on the map ----------------------------------------------------------------------


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def placements(request: Request, pk: int) -> HttpResponse:
    """Place a touchpoint: one there is, by its number, or a new one, by its name."""
    journey = editable(request, pk)
    row = _stage(journey, number(request.POST.get("stage"), 0))
    chosen = request.POST.get("touchpoint")
    known = None
    if chosen is not None:
        seen = Touchpoint.objects.visible_to(request.user)
        known = get_object_or_404(seen, pk=number(chosen, 0))

    def place(revision: int) -> tuple[str, None]:
        with transaction.atomic():
            placed = known or _new(request, journey)
            maps.place_touchpoint(row, placed, revision=revision, by=request.user)
        return _("%(name)s stands in %(stage)s now.") % {"name": placed, "stage": row}, None

    return carry_out(request, journey, place, at=f"stage-{row.pk}")


def _new(request: Request, journey: Journey) -> Touchpoint:
    """Nobody's until it is given to somebody, unless its maker keeps only what is their own."""
    channel = request.POST.get("channel", "")
    within = request.user.may_in(Capability.MANAGE_JOURNEYS, journey.unit_id)
    return create_touchpoint(
        request.POST.get("name", ""),
        by=request.user,
        channel=channel if channel in Channel.values else Channel.PLACE,
        owner=None if within else request.user,
        unit=journey.unit,
    )


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def placement_move(request: Request, pk: int, placement: int) -> HttpResponse:
    """By a direction, or to a stage and a place in it: buttons, keys and drag all come here."""
    journey = editable(request, pk)
    row = _placement(journey, placement)
    target, place = _where(request, journey, row)

    def move(revision: int) -> tuple[str, None]:
        maps.move_placement(row, stage=target, position=place, revision=revision, by=request.user)
        told = {"name": row.touchpoint, "stage": target, "n": row.position + 1}
        return _("%(name)s is now number %(n)s in %(stage)s.") % told, None

    return carry_out(request, journey, move, at=f"placement-{placement}")


def _where(request: Request, journey: Journey, row: Placement) -> tuple[Stage, int]:
    direction = request.POST.get("direction", "")
    if direction in ("up", "down"):
        return row.stage, max(0, row.position + (1 if direction == "down" else -1))
    if direction in ("earlier", "later"):
        there = list(journey.stages.select_related("journey"))
        step = 1 if direction == "later" else -1
        at = min(max(0, row.stage.position + step), len(there) - 1)
        same = there[at].pk == row.stage_id
        return there[at], row.position if same else MOST
    stage = number(request.POST.get("stage"), row.stage_id)
    return _stage(journey, stage), number(request.POST.get("position"), MOST)


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def placement_removal(request: Request, pk: int, placement: int) -> HttpResponse:
    journey = editable(request, pk)
    row = _placement(journey, placement)

    def remove(revision: int) -> tuple[str, Removed]:
        removed = maps.remove_placement(row, revision=revision, by=request.user)
        return _("%(name)s is off this map.") % {"name": row.touchpoint}, removed

    return carry_out(request, journey, remove, at=f"stage-{row.stage_id}")


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def restoration(request: Request, pk: int) -> HttpResponse:
    journey = editable(request, pk)
    remembered = request.session.get(_undo(journey))
    if remembered is None:
        return redirect("journeys:edit", pk)

    def restore(revision: int) -> tuple[str, None]:
        removed = Removed(**remembered)
        maps.bring_back(journey, removed, revision=revision, by=request.user)
        return _("It is back."), None

    return carry_out(request, journey, restore)


def _placement(journey: Journey, pk: int) -> Placement:
    rows = Placement.objects.filter(stage__journey=journey)
    return get_object_or_404(rows.select_related("stage__journey", "touchpoint"), pk=pk)
