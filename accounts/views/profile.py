from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.decorators import reauthenticated
from accounts.forms import ProfileForm
from accounts.http import Request
from accounts.models import RoleHeld
from accounts.second_factor import has_second_factor, is_due


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    user = request.user
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your account was saved."))
        return redirect("accounts:profile")
    roles = RoleHeld.objects.in_force(timezone.localdate()).filter(user=user)
    shown = {
        "form": form,
        "roles": roles.select_related("unit"),
        "second_factor": has_second_factor(user),
        "due": is_due(user),
    }
    return render(request, "accounts/profile.html", shown)


@reauthenticated
@require_POST
def sessions(request: Request) -> HttpResponse:
    """Sign out everywhere but here."""
    services.sign_out_everywhere(request.user, by=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("accounts:profile")


@login_required
@require_POST
def theme(request: Request) -> HttpResponse:
    """Remember light or dark for this person, and go back to where they were."""
    user = request.user
    user.theme = {"light": "dark", "dark": "light"}.get(user.theme, "dark")
    user.save(update_fields=["theme"])
    next_ = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(next_, allowed_hosts={request.get_host()})
    return redirect(next_ if safe else "home")
