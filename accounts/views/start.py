from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.http import Request
from accounts.models import Organisation, User
from accounts.permissions import Capability


@login_required
def home(request: Request) -> HttpResponse:
    """Where everybody lands; what stands here comes from the apps above, by template tags."""
    return render(request, "accounts/home.html", {"can": _can(request.user)})


def _can(user: User) -> dict[str, bool]:
    """What the next steps depend on; the two questions only administrators are asked cost more."""
    administer = user.may(Capability.ADMINISTER)
    organisation = Organisation.objects.first() if administer else None
    return {
        "nothing": not user.held_roles,
        "contacts": user.may(Capability.MANAGE_CONTACTS),
        "surveys": user.may(Capability.MANAGE_SURVEYS),
        "administer": administer,
        "organisation_ready": bool(
            organisation and organisation.imprint and organisation.privacy_url
        ),
        "alone": administer and User.objects.count() == 1,
    }


def gone(request: HttpRequest, *_args: str) -> HttpResponse:
    raise Http404


def signup_closed(request: HttpRequest) -> HttpResponse:
    messages.info(
        request, _("Accounts are made by invitation. Ask an administrator to invite you.")
    )
    return redirect("account_login")
