from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from cxplatform.mailbox.reading import Message, NoMessage, message_of, page_of

PAGE = 50
# A message may bring its own inline styles, and nothing else.
MESSAGE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@require_GET
def messages(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("page", "1")
    page = max(1, int(asked)) if asked.isdecimal() and len(asked) < 9 else 1
    count, rows = page_of(_folder(), page=page, size=PAGE)
    context = {"rows": rows, "count": count, "page": page, "more": count > page * PAGE}
    return render(request, "mailbox/list.html", context)


@require_GET
def message(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "mailbox/message.html", {"message": _found(key)})


@require_GET
@xframe_options_sameorigin
@csp_override(MESSAGE_CSP)
def html(request: HttpRequest, key: str) -> HttpResponse:
    return HttpResponse(_found(key).html)


def _folder() -> Path:
    if settings.MAILBOX_DIR is None:
        raise Http404
    return Path(settings.MAILBOX_DIR)


def _found(key: str) -> Message:
    try:
        return message_of(_folder(), key)
    except NoMessage:
        raise Http404 from None
