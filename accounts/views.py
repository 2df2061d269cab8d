from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability


@login_required
def home(request: Request) -> HttpResponse:
    return render(request, "accounts/home.html")


@login_required
def profile(request: Request) -> HttpResponse:
    return render(request, "accounts/profile.html")


@requires(Capability.ADMINISTER)
def people(request: Request) -> HttpResponse:
    return render(request, "accounts/people.html")


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
