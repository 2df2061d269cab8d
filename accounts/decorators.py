"""What a view may ask of whoever calls it, said once above it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from accounts.http import Request
from accounts.permissions import Capability

type View[**P] = Callable[Concatenate[Request, P], HttpResponse]


def requires[**P](capability: Capability) -> Callable[[View[P]], View[P]]:
    """Only for whoever holds the capability in some unit; others are refused with 403.

    Which rows they may touch is still the queryset's word: `visible_to(request.user)`.
    """

    def decorate(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.may(capability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast(View[P], guarded)

    return decorate


def reauthenticated[**P](view: View[P]) -> View[P]:
    """Asks for the password or a code again where the last proof is older than the setting.

    A form sent meanwhile is kept and carried out after the proof.
    """
    return reauthenticated_when(lambda _request: True)(view)


def reauthenticated_when[**P](
    due: Callable[[Request], bool],
) -> Callable[[View[P]], View[P]]:
    """The same where `due(request)` says that this very request needs it."""

    def decorate(view: View[P]) -> View[P]:
        return cast(View[P], login_required(reauthentication_required(view, enabled=due)))

    return decorate


def is_post(request: Request) -> bool:
    return request.method == "POST"
