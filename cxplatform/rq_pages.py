"""The queues' dashboard in Django admin: superusers alone, under rules of its own.

Its pages carry inline scripts and styles of the library's; nothing else here may.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django_rq.urls import get_admin_urlpatterns, get_api_urlpatterns
from rq.exceptions import NoSuchJobError

LOOSER: dict[str, list[str]] = {
    **settings.SECURE_CSP,  # type: ignore[dict-item]
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}

# What the library says of a job or a worker that ended since the list was shown.
GONE = (NoSuchJobError, AssertionError)

View = Callable[..., HttpResponse]


def superusers_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_active and request.user.is_superuser):
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        except GONE as gone:
            raise Http404 from gone

    wrapped: View = csp_override(LOOSER)(guarded)
    return wrapped


app_name = "django_rq"
urlpatterns = [
    pattern
    for pattern in get_admin_urlpatterns(view_wrapper=superusers_only)
    if pattern.name != "scheduler_jobs"  # of a package that is not installed: "later" is a row
]
for _pattern in get_api_urlpatterns():
    _pattern.callback = superusers_only(_pattern.callback)
    urlpatterns.append(_pattern)
