"""Idempotency keys: the same POST sent again does its work once and gets the same reply."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.decorators import decorate_view

from integrations.models import ApiToken, KeptReply
from integrations.problems import problem
from integrations.tokens import token_of

HEADER = "Idempotency-Key"
MOST_CHARS = 200
CLIENT_ERROR = 400

View = Callable[..., HttpResponse]


def _once(view: View) -> View:
    """The key is taken, the work done and the reply kept in one transaction: whoever sends the
    same key meanwhile waits for it, and a refused request keeps no key."""

    @wraps(view)
    def keyed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        # The view itself says who may; a stranger's key is nobody's.
        token = token_of(request.headers.get("Authorization", "").removeprefix("Bearer "))
        with transaction.atomic():
            if not key or token is None:
                return _undone_if_refused(view(request, *args, **kwargs))
            if len(key) > MOST_CHARS or not key.isprintable():
                return problem(
                    422,
                    _("An Idempotency-Key is at most %(most)s printable characters.")
                    % {"most": MOST_CHARS},
                )
            kept, is_new = _take(request, token, key)
            if not is_new:
                return _again(request, kept)
            reply = _undone_if_refused(view(request, *args, **kwargs))
            if reply.status_code < CLIENT_ERROR:
                KeptReply.objects.filter(pk=kept.pk).update(
                    status=reply.status_code, body=reply.content
                )
            return reply

    return keyed


once = decorate_view(_once)


def _undone_if_refused(reply: HttpResponse) -> HttpResponse:
    if reply.status_code >= CLIENT_ERROR:
        transaction.set_rollback(True)
    return reply


def _take(request: HttpRequest, token: ApiToken, key: str) -> tuple[KeptReply, bool]:
    values = {"fingerprint": _fingerprint(request), "created_at": timezone.now()}
    try:
        with transaction.atomic():
            return KeptReply.objects.create(token=token, key=key, **values), True
    except IntegrityError:
        return KeptReply.objects.get(token=token, key=key), False


def _again(request: HttpRequest, kept: KeptReply) -> HttpResponse:
    if kept.fingerprint != _fingerprint(request):
        return problem(422, _("This Idempotency-Key was used for another request. Use a new one."))
    body = bytes(kept.body or b"")
    reply = HttpResponse(body, status=kept.status or 200, content_type="application/json")
    reply["Idempotency-Replayed"] = "true"
    return reply


def _fingerprint(request: HttpRequest) -> str:
    """Of what was asked, not of how it was wrapped: a multipart boundary differs each time."""
    digest = sha256(f"{request.method} {request.path}\n".encode())
    if request.content_type == "multipart/form-data":
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode())
        for name, file in request.FILES.items():
            if isinstance(file, list):
                continue
            digest.update(repr((name, file.name)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()
