"""Link tokens: what a stranger may hold is an id and an HMAC bound to one purpose."""

import hashlib
import hmac
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.conf import settings

PURPOSES = {"answer", "unsubscribe", "share", "preview", "form", "join"}
MAC_BYTES = 18  # 144 bits


class BadToken(Exception):
    """The token was never made by us, or was made for another purpose."""


def make(purpose: str, id_: uuid.UUID) -> str:
    """A URL-safe token of 46 characters plus the number of the key that signed it."""
    number = max(settings.LINK_KEYS)
    return f"{_encode(id_.bytes)}{number}.{_encode(_mac(purpose, id_, number))}"


def read(purpose: str, token: str) -> uuid.UUID:
    """The id inside; raises BadToken for anything not made by `make` for this purpose."""
    try:
        head, _given = token.split(".")
        id_ = uuid.UUID(bytes=_decode(head[:22]))
        number = int(head[22:])
        expected = _mac(purpose, id_, number)
    except (ValueError, KeyError):
        raise BadToken from None
    # Compared as text, so that two spellings of the same bytes are not two tokens.
    canonical = f"{_encode(id_.bytes)}{number}.{_encode(expected)}"
    if not hmac.compare_digest(canonical.encode(), token.encode("utf-8", "surrogatepass")):
        raise BadToken
    return id_


def _mac(purpose: str, id_: uuid.UUID, number: int) -> bytes:
    if purpose not in PURPOSES:
        raise ValueError(f"unknown purpose {purpose}")
    key = settings.LINK_KEYS[number].encode()
    return hmac.digest(key, purpose.encode() + b"\0" + id_.bytes, hashlib.sha256)[:MAC_BYTES]


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
