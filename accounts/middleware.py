from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.second_factor import is_due
from cxplatform.shared.middleware import PROGRAM_PATHS, STRANGER_PATHS

Answer = Callable[[HttpRequest], HttpResponse]

# Pages that must neither read a session nor fail with it.
NO_SESSION = (*STRANGER_PATHS, *PROGRAM_PATHS, "/static/", "/healthz", "/livez")
# Where the second factor is set up, and where one gets in.
ON_THE_WAY = ("/account/", "/join/")


def own_language(answer: Answer) -> Answer:
    """Speak the language somebody chose in their account, over the browser's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = _signed_in(request)
        language = user.language if user else ""
        if not language:
            return answer(request)
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language()
            return answer(request)

    return middleware


def demand_second_factor(answer: Answer) -> Answer:
    """Whoever owes a second factor sets it up before anything else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not settings.REQUIRE_SECOND_FACTOR or request.path.startswith(ON_THE_WAY):
            return answer(request)
        user = _signed_in(request)
        if user is None or not is_due(user):
            return answer(request)
        messages.info(
            request,
            _("Your role lets you send, release, export or grant. Set up a second factor first."),
        )
        return redirect("mfa_activate_totp")

    return middleware


def _signed_in(request: HttpRequest) -> User | None:
    if request.path.startswith(NO_SESSION) or not request.user.is_authenticated:
        return None
    return request.user
