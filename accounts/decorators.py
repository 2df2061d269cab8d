"""What a view may ask of whoever calls it, said once above it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, cast, overload

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.urls import resolve

from accounts.http import Request
from accounts.permissions import Capability

type View[**P] = Callable[Concatenate[Request, P], HttpResponseBase]


def requires[**P](*capabilities: Capability) -> Callable[[View[P]], View[P]]:
    """Only for whoever holds one of these in some unit; others are refused with 403.

    Which rows they may touch is still the queryset's word: `visible_to(request.user)`.
    """

    def decorate(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.may(*capabilities):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast(View[P], guarded)

    return decorate


@overload
def reauthenticated[**P](view: View[P]) -> View[P]: ...
@overload
def reauthenticated[**P](
    *, when: Callable[[Request], bool] | None = None
) -> Callable[[View[P]], View[P]]: ...
def reauthenticated[**P](
    view: View[P] | None = None, *, when: Callable[[Request], bool] | None = None
) -> Any:
    """Asks for the password or a code again where the last proof is older than the setting.

    A form sent meanwhile is kept and carried out after the proof. `when(request)` says whether
    this very request needs it; without it every request does.
    """

    def decorate(inner: View[P]) -> View[P]:
        asked = when and (lambda request: when(_resolved(request)))
        return cast(View[P], login_required(reauthentication_required(inner, enabled=asked)))

    return decorate if view is None else decorate(view)


def _resolved(request: Request) -> Request:
    """A form carried out after the proof comes by the proof's own URL; `when` wants the form's."""
    request.resolver_match = resolve(request.path_info)
    return request


def is_post(request: Request) -> bool:
    return request.method == "POST"
