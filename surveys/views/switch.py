"""What administrators hold: the addresses we write from, and the one switch for all sending."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import requires
from accounts.http import Request
from accounts.models import Organisation
from accounts.permissions import Capability
from activity import installation
from surveys.distribution_forms import SenderForm
from surveys.models import Distribution, DistributionState, Sender
from surveys.services import distributions as planning
from surveys.services.senders import add_sender, set_active
from surveys.views.distributions import Progress


@requires(Capability.ADMINISTER)
@require_http_methods(["GET", "POST"])
def senders(request: Request) -> HttpResponse:
    form = SenderForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        add_sender(form.save(commit=False), by=request.user)
        return redirect("surveys:senders")
    context = {"form": form, "senders": Sender.objects.order_by("-active", "name")}
    return render(request, "surveys/senders.html", context, status=422 if form.is_bound else 200)


@requires(Capability.ADMINISTER)
@require_POST
def sender_activity(request: Request, pk: int) -> HttpResponse:
    sender = get_object_or_404(Sender, pk=pk)
    set_active(sender, active=request.POST.get("active") == "yes", by=request.user)
    return redirect("surveys:senders")


@requires(Capability.STOP_SENDING)
@require_GET
def sending(request: Request) -> HttpResponse:
    going = [DistributionState.SENDING, DistributionState.PAUSED]
    rows = list(Distribution.objects.filter(state__in=going).select_related("survey")[:100])
    counts = planning.progress_of_all(rows)
    organisation = Organisation.objects.get()
    context = {
        "organisation": organisation,
        "is_moved": organisation.fingerprint not in ("", installation.current_fingerprint()),
        "rows": [(each, Progress(each, counts.get(each.pk, {}))) for each in rows],
    }
    return render(request, "surveys/sending.html", context)


@requires(Capability.STOP_SENDING)
@require_POST
def stop_sending(request: Request) -> HttpResponse:
    installation.pause_all(by=request.user)
    messages.success(request, _("All sending is stopped."))
    return redirect("surveys:sending")


@requires(Capability.STOP_SENDING)
@require_POST
def release_sending(request: Request) -> HttpResponse:
    installation.resume_all(by=request.user)
    messages.success(request, _("Sending goes on."))
    return redirect("surveys:sending")
