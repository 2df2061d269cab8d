"""The page a touchpoint and its listenings are edited on, whichever edit led there."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.http import Request
from journeys.forms import DaysForm, ListeningForm, TouchpointForm
from journeys.models import Touchpoint
from journeys.selectors import worded
from journeys.services.errors import JourneyRefused, StaleEdit
from journeys.views.board import number

# What it takes to undo an edit, as plain data for the session.
type Undo = dict[str, Any] | None


def editable(request: Request, pk: int) -> Touchpoint:
    found = Touchpoint.objects.editable_by(request.user).select_related("owner", "unit")
    return get_object_or_404(found, pk=pk)


def show(
    request: Request, touchpoint: Touchpoint, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "touchpoint": touchpoint,
        "form": TouchpointForm(touchpoint, request.user),
        "adding": ListeningForm(request.user),
        "listenings": listened(touchpoint),
        "undo": request.session.get(_undo(touchpoint)),
    } | more
    return render(request, "journeys/touchpoint_edit.html", context, status=status)


def carry_out(
    request: Request,
    touchpoint: Touchpoint,
    change: Callable[[int], Undo],
    *,
    said: str,
    **forms: Any,
) -> HttpResponse:
    """Make one edit under the revision it was made on, or say why it was not made.

    `forms` are shown again as they were filled in.
    """
    try:
        undo = change(number(request.POST.get("revision"), 0))
    except JourneyRefused as refusal:
        touchpoint.refresh_from_db()
        status = 409 if isinstance(refusal, StaleEdit) else 422
        return show(request, touchpoint, status=status, refusal=str(refusal), **forms)
    request.session.pop(_undo(touchpoint), None)
    if undo:
        request.session[_undo(touchpoint)] = undo
    else:
        messages.success(request, said)
    mine = Touchpoint.objects.editable_by(request.user).filter(pk=touchpoint.pk).exists()
    return redirect("journeys:edit_touchpoint" if mine else "journeys:touchpoint", touchpoint.pk)


def remembered(request: Request, touchpoint: Touchpoint) -> Undo:
    found: Undo = request.session.get(_undo(touchpoint))
    return found


def listened(touchpoint: Touchpoint) -> list[dict[str, Any]]:
    """Its listenings, the latest first, each with its question and a form for its days."""
    rows = list(touchpoint.listenings.select_related("survey").order_by("-starts_on", "pk"))
    labels, today = worded(rows), timezone.localdate()
    return [
        {
            "row": row,
            "label": labels[row.pk],
            "over": row.ends_on is not None and row.ends_on < today,
            "form": DaysForm(
                initial={"starts_on": row.starts_on, "ends_on": row.ends_on},
                auto_id=f"{row.pk}_%s",
            ),
        }
        for row in rows
    ]


def _undo(touchpoint: Touchpoint) -> str:
    return f"touchpoint-{touchpoint.pk}"
