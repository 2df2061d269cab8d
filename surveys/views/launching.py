"""One distribution: reviewed, launched, watched, stopped; and the people in it."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import reauthenticated
from accounts.http import Request
from accounts.models import Organisation
from accounts.permissions import Capability
from activity.queues import delay
from contacts.models import Contact
from cxplatform.shared.htmx import render_page
from surveys.models import Distribution, DistributionState, Invitation, InvitationState
from surveys.services import asking
from surveys.services import distributions as planning
from surveys.services.errors import DistributionRefused
from surveys.services.readiness import problems
from surveys.tasks import send, tell_whose_turn_it_is
from surveys.views.distributions import (
    Progress,
    plannable,
    plans,
    sees,
    steps_context,
    visible,
)
from surveys.views.releasing import waiting_page
from surveys.views.surveys import sees_answers

PAGE = 50


@sees
@require_GET
def distribution(request: Request, pk: int) -> HttpResponse:
    """A draft's review; after the launch, who has to release it, or how far it is."""
    shown = visible(request, pk)
    may_plan = Distribution.objects.plannable_by(request.user).filter(pk=pk).exists()
    if shown.state == DistributionState.DRAFT and may_plan:
        return render(request, "surveys/distribution_review.html", _review(request, shown))
    if shown.state in (DistributionState.DRAFT, DistributionState.WAITING):
        return waiting_page(request, shown)
    context = {
        "distribution": shown,
        "progress": Progress(shown, planning.progress_of(shown)),
        "reasons": asking.in_words(planning.left_out_counts(shown)),
        "may_plan": may_plan,
        **shown.invitations.aggregate(answered=Count("done_at"), machines=Sum("machine_hits")),
        "may_send": _may_send(request, shown),
        "may_stop": request.user.may(Capability.STOP_SENDING),
        "organisation": Organisation.objects.first(),
        "is_live": shown.state == DistributionState.SENDING,
    }
    page = render_page(request, "surveys/distribution.html", context, part="progress")
    if request.htmx and not context["is_live"]:
        # What may be done now is another thing than while it was sending.
        page["HX-Refresh"] = "true"
    return page


def _review(request: Request, draft: Distribution) -> dict[str, Any]:
    organisation = Organisation.objects.get()
    considered = asking.consider(draft, by=request.user)
    return {
        "distribution": draft,
        "step": "review",
        "considered": considered,
        "problems": problems(draft),
        "may_send": _may_send(request, draft),
        "reauthenticate_above": settings.SEND_REAUTHENTICATE_ABOVE,
        "needs_second_person": organisation.needs_second_person(considered.asked),
        "organisation": organisation,
        **steps_context(draft),
    }


def _may_send(request: Request, shown: Distribution) -> bool:
    return request.user.may_in(Capability.SEND, shown.survey.unit_id)


def _is_large(request: Request) -> bool:
    """Whether so many would be asked that the sender proves who they are again."""
    assert request.resolver_match is not None  # noqa: S101
    pk = request.resolver_match.kwargs["pk"]
    draft = Distribution.objects.plannable_by(request.user).filter(pk=pk).first()
    if draft is None or draft.state != DistributionState.DRAFT:
        return False
    return asking.consider(draft, by=request.user).asked > settings.SEND_REAUTHENTICATE_ABOVE


def _to_stop(request: Request, pk: int) -> Distribution:
    """Whoever may send it may stop it, and so may whoever may stop all."""
    shown = plannable(request, pk)
    if not (_may_send(request, shown) or request.user.may(Capability.STOP_SENDING)):
        raise PermissionDenied
    return shown


def _to_steer(request: Request, pk: int) -> Distribution:
    """The distribution if this person may send it; 404 unseen, 403 refused."""
    shown = plannable(request, pk)
    if not _may_send(request, shown):
        raise PermissionDenied
    return shown


@plans
@require_POST
@reauthenticated(when=_is_large)
def launch(request: Request, pk: int) -> HttpResponse:
    draft = _to_steer(request, pk)
    try:
        launched = planning.launch(draft, by=request.user)
    except planning.AlreadyLaunched:
        messages.info(request, _("It had been launched already."))
    except DistributionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        if launched.state == DistributionState.WAITING:
            delay(tell_whose_turn_it_is)
        else:
            delay(send, draft.pk)
    return redirect("surveys:distribution", pk)


@plans
@require_POST
def pause(request: Request, pk: int) -> HttpResponse:
    shown = _to_stop(request, pk)
    planning.pause(shown, by=request.user)
    return redirect("surveys:distribution", pk)


@plans
@require_POST
def resume(request: Request, pk: int) -> HttpResponse:
    shown = _to_steer(request, pk)
    try:
        planning.resume(shown, by=request.user)
        delay(send, shown.pk)
    except DistributionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("surveys:distribution", pk)


@plans
@require_POST
def cancel(request: Request, pk: int) -> HttpResponse:
    shown = _to_stop(request, pk)
    planning.cancel(shown, by=request.user)
    return redirect("surveys:distribution", pk)


@plans
@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    shown = _to_steer(request, pk)
    try:
        if planning.resend_failed(shown, by=request.user):
            delay(send, shown.pk)
    except DistributionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("surveys:distribution", pk)


@plans
@require_GET
def recipients(request: Request, pk: int) -> HttpResponse:
    """Everybody considered, with what became of each; by key, so that the millionth is as quick."""
    shown = plannable(request, pk)
    state, reason = request.GET.get("state", ""), request.GET.get("reason", "")
    rows = Invitation.objects.filter(distribution=shown).order_by("pk")
    if state in InvitationState.values:
        rows = rows.filter(state=state)
    if reason in asking.REASONS:
        rows = rows.filter(left_out_because=reason)
    after = request.GET.get("after", "")
    if _is_uuid(after):
        rows = rows.filter(pk__gt=after)
    page = list(rows.select_related("contact")[: PAGE + 1])
    contacts = [row.contact_id for row in page]
    named = Contact.objects.visible_to(request.user).filter(pk__in=contacts)
    for row in page:
        row.why = asking.REASONS.get(row.left_out_because, "")  # type: ignore[attr-defined]
    context = {
        "distribution": shown,
        "rows": page[:PAGE],
        "named": set(named.values_list("pk", flat=True)),
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "state": state,
        "reason": reason,
        "states": InvitationState.choices,
        "sees_answers": sees_answers(request.user, shown.survey),
    }
    return render(request, "surveys/distribution_recipients.html", context)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
