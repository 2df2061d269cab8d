from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.decorators import is_post, reauthenticated, requires
from accounts.forms import OrganisationForm
from accounts.http import Request
from accounts.permissions import Capability


@requires(Capability.ADMINISTER)
@reauthenticated(when=is_post)
@require_http_methods(["GET", "POST"])
def organisation(request: Request) -> HttpResponse:
    found = services.ensure_organisation()
    form = OrganisationForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        services.update_organisation(form.instance, fields=form.changed_data, by=request.user)
        messages.success(request, _("The organisation was saved."))
        return redirect("accounts:organisation")
    status = 422 if form.errors else 200
    return render(request, "accounts/organisation.html", {"form": form}, status=status)
