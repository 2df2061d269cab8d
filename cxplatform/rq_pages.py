"""The queues' dashboard in Django admin: superusers alone, under rules of its own.

Its pages carry inline scripts and styles of the library's; nothing else here may.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django_rq.urls import get_admin_urlpatterns, get_api_urlpatterns

LOOSER: dict[str, list[str]] = {
    **settings.SECURE_CSP,  # type: ignore[dict-item]
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}

View = Callable[..., HttpResponse]


def superusers_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_active and request.user.is_superuser):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    wrapped: View = csp_override(LOOSER)(guarded)
    return wrapped


app_name = "django_rq"
urlpatterns = get_admin_urlpatterns(view_wrapper=superusers_only)
for _pattern in get_api_urlpatterns():
    _pattern.callback = superusers_only(_pattern.callback)
    urlpatterns.append(_pattern)
