"""What all pages for strangers share: their policy, their language, and what cannot be read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.csp import CSP
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from surveys.formtokens import LANG, SPEAK
from surveys.respondent import ending, spoken_language

STRICT: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}

type View = Callable[..., HttpResponse]


def strangers(view: View) -> View:
    """No session, no cookie, no ambient authority to forge: the signed form token is the guard."""
    kind = csp_override(STRICT)(require_http_methods(["GET", "HEAD", "POST"])(_readable(view)))
    return csrf_exempt(kind)


def _readable(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (SuspiciousOperation, BadRequest, MultiPartParserError):
            return ending("unreadable", lang=spoken_language(_accepted(request)))

    return guarded


@strangers
def unknown(request: HttpRequest) -> HttpResponse:
    """For an address that looks like one of ours and is none."""
    return ending("unknown", lang=spoken_language(_accepted(request)))


def wanted(request: HttpRequest) -> list[str]:
    """The languages asked for: on the page, then by the browser."""
    sent = request.POST
    asked = sent.get(SPEAK, sent.get(LANG)) if request.method == "POST" else request.GET.get("lang")
    return [asked or "", *_accepted(request)]


def _accepted(request: HttpRequest) -> list[str]:
    header = request.headers.get("Accept-Language", "")[:500]
    return [tag for tag, _weight in parse_accept_lang_header(header)]
