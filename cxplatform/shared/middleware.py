import secrets
from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.cache import patch_cache_control

Answer = Callable[[HttpRequest], HttpResponse]

# Who asked, for the trail: services read it without being handed a request.
current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")

PROBE_PATHS = ("/livez", "/healthz")
STRANGER_PATHS = ("/r/", "/t/", "/s/", "/u/", "/share/")

# All a page is asked by. What answers programs says itself which methods it takes.
PAGE_METHODS = ("GET", "HEAD", "POST")
PROGRAM_PATHS = ("/api/",)


def request_id(answer: Answer) -> Answer:
    """Give each request an id that its Events carry and its answer shows."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.id = secrets.token_hex(8)  # type: ignore[attr-defined]
        token = current_request_id.set(request.id)  # type: ignore[attr-defined]
        try:
            response = answer(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


def probes(answer: Answer) -> Answer:
    """Balancers ask a node by its address, which is none of the site's names. Nothing behind
    these two paths makes a link, so the name is not looked at."""
    own = urlsplit(settings.SITE_URL).netloc

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in PROBE_PATHS:
            request.META["HTTP_HOST"] = own
        return answer(request)

    return middleware


def page_methods(answer: Answer) -> Answer:
    """Refuse on every page at once what Django would hand to the view as if it were a GET."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in PAGE_METHODS or request.path.startswith(PROGRAM_PATHS):
            return answer(request)
        return HttpResponseNotAllowed(PAGE_METHODS)

    return middleware


def pages_for_buttons(answer: Answer) -> Answer:
    """Say so where somebody opens an address that only takes what a button sends: logging in again
    after a press leads there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        lost = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET"
        if not lost or request.path.startswith(PROGRAM_PATHS):
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page

    return middleware


def stranger_pages(answer: Answer) -> Answer:
    """Pages for strangers leave no cookie and no trace in caches or other sites' logs."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if request.path.startswith(STRANGER_PATHS):
            response.cookies.clear()
            response["Referrer-Policy"] = "same-origin"
            response["X-Robots-Tag"] = "noindex, nofollow"
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware
