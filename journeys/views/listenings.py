"""What a touchpoint listens to: started, dated anew, taken back."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from journeys.forms import DaysForm, ListeningForm
from journeys.models import Listening, Touchpoint
from journeys.services.touchpoints import (
    date_listening,
    listen,
    listen_again,
    resume_touchpoint,
    retract_listening,
)
from journeys.views import desk
from journeys.views.desk import Undo


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def listenings(request: Request, pk: int) -> HttpResponse:
    touchpoint = desk.editable(request, pk)
    form = ListeningForm(request.user, request.POST)
    if not form.is_valid():
        return desk.show(request, touchpoint, status=422, adding=form)

    def start(revision: int) -> None:
        starts_on, ends_on = form.days
        listen(
            touchpoint,
            survey=form.asked.survey,
            question_key=form.asked.key,
            starts_on=starts_on,
            ends_on=ends_on,
            revision=revision,
            by=request.user,
        )

    return desk.carry_out(request, touchpoint, start, said=_("It listens."), adding=form)


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def listening(request: Request, pk: int, listening: int) -> HttpResponse:
    """Its first and last day, which may lie in the past: nothing is counted anew."""
    touchpoint = desk.editable(request, pk)
    row = _listening(touchpoint, listening)
    form = DaysForm(request.POST)
    if not form.is_valid():
        return desk.show(request, touchpoint, status=422, wrong_days=form)

    def date(revision: int) -> None:
        date_listening(row, **form.cleaned_data, revision=revision, by=request.user)

    return desk.carry_out(request, touchpoint, date, said=_("The days are changed."))


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def removal(request: Request, pk: int, listening: int) -> HttpResponse:
    """It was a mistake; the next page offers to start it again."""
    touchpoint = desk.editable(request, pk)
    row = _listening(touchpoint, listening)

    def retract(revision: int) -> Undo:
        return {"retracted": retract_listening(row, revision=revision, by=request.user)}

    return desk.carry_out(request, touchpoint, retract, said="")


@requires(Capability.MANAGE_JOURNEYS)
@require_POST
def restoration(request: Request, pk: int) -> HttpResponse:
    touchpoint = desk.editable(request, pk)
    undo = desk.remembered(request, touchpoint)
    if undo is None:
        return redirect("journeys:edit_touchpoint", pk)

    def restore(revision: int) -> None:
        if "ended" in undo:
            resume_touchpoint(
                touchpoint, revision=revision, by=request.user, listenings=undo["ended"]
            )
        else:
            listen_again(touchpoint, undo["retracted"], revision=revision, by=request.user)

    return desk.carry_out(request, touchpoint, restore, said=_("It is as it was."))


def _listening(touchpoint: Touchpoint, pk: int) -> Listening:
    return get_object_or_404(touchpoint.listenings.select_related("touchpoint"), pk=pk)
