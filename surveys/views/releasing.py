"""A large distribution before a second person: looked at, released, or sent back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import reauthenticated, requires
from accounts.http import Request
from accounts.models import Organisation
from accounts.permissions import Capability
from activity.queues import delay
from surveys.distribution_forms import SendBackForm
from surveys.models import Distribution
from surveys.services import asking, releasing
from surveys.services import distributions as planning
from surveys.services.errors import DistributionRefused
from surveys.tasks import send, tell_whose_turn_it_is
from surveys.views.distributions import Progress, plannable, plans, steps_context, visible

MOST_NAMES = 6

releases = requires(Capability.RELEASE)


def waiting_page(
    request: Request, shown: Distribution, form: SendBackForm | None = None
) -> HttpResponse:
    """What was launched, who has to act, and the decision for whoever may take it."""
    status = 422 if form else 200
    context = _context(request, shown) | {"form": form or SendBackForm()}
    return render(request, "surveys/distribution_waiting.html", context, status=status)


def _context(request: Request, shown: Distribution) -> dict[str, Any]:
    others = list(releasing.releasers(shown))
    mine = Distribution.objects.filter(pk=shown.pk)
    return {
        "distribution": shown,
        "progress": Progress(shown, planning.progress_of(shown)),
        "reasons": asking.in_words(planning.left_out_counts(shown)),
        "releasers": others[:MOST_NAMES],
        "more_releasers": len(others[MOST_NAMES:]),
        "may_release": mine.releasable_by(request.user).exists(),
        "may_plan": mine.plannable_by(request.user).exists(),
        "may_send": request.user.may_in(Capability.SEND, shown.survey.unit_id),
        "may_stop": request.user.may(Capability.STOP_SENDING),
        "organisation": Organisation.objects.first(),
        **steps_context(shown),
    }


def _to_decide(request: Request, pk: int) -> Distribution:
    shown = visible(request, pk)
    if not request.user.may_in(Capability.RELEASE, shown.survey.unit_id):
        raise PermissionDenied
    return shown


@releases
@require_POST
@reauthenticated
def release(request: Request, pk: int) -> HttpResponse:
    waiting = _to_decide(request, pk)
    seen = request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 18 else 0
    try:
        releasing.release(waiting, by=request.user, version=version)
    except releasing.AlreadyDecided:
        _say_decided(request)
    except DistributionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        delay(send, pk)
    return redirect("surveys:distribution", pk)


@releases
@require_POST
def send_back(request: Request, pk: int) -> HttpResponse:
    waiting = _to_decide(request, pk)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return waiting_page(request, waiting, form)
    try:
        releasing.send_back(waiting, by=request.user, reason=form.cleaned_data["reason"])
    except releasing.AlreadyDecided:
        _say_decided(request)
    except DistributionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        delay(tell_whose_turn_it_is)
        messages.success(request, _("Sent back to %(who)s.") % {"who": waiting.launched_by})
    return redirect("surveys:distribution", pk)


@plans
@require_POST
def take_back(request: Request, pk: int) -> HttpResponse:
    waiting = plannable(request, pk)
    if not request.user.may_in(Capability.SEND, waiting.survey.unit_id):
        raise PermissionDenied
    try:
        releasing.take_back(waiting, by=request.user)
    except releasing.AlreadyDecided:
        _say_decided(request)
    return redirect("surveys:distribution", pk)


def _say_decided(request: Request) -> None:
    messages.info(request, _("It waits no longer: somebody was faster."))
