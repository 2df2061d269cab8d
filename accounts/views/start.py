from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.http import Request


@login_required
def home(request: Request) -> HttpResponse:
    """Where everybody lands; what stands here comes from the apps above, by template tags."""
    return render(request, "accounts/home.html")


def gone(request: HttpRequest, *_args: str) -> HttpResponse:
    raise Http404


def signup_closed(request: HttpRequest) -> HttpResponse:
    messages.info(
        request, _("Accounts are made by invitation. Ask an administrator to invite you.")
    )
    return redirect("account_login")
