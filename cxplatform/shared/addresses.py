"""Where a request comes from, as a short-lived key for limits: hashed, never stored."""

import hashlib
import hmac
import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Some proxies write the port too: 198.51.100.7:49152, [2001:db8::1]:49152.
_WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d+)?|([^:]+):\d+")


def client_address(request: HttpRequest) -> str:
    """The address in front of the trusted proxies; an IPv6 one by its /64, "" if unreadable.

    A request that did not come through all of them is known by its direct address alone: what it
    says about itself anybody could have written.
    """
    address = _forwarded(request) or _read(request.META.get("REMOTE_ADDR", ""))
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or "")


def _forwarded(request: HttpRequest) -> Address | None:
    """What the outermost trusted proxy saw, if there is one and it wrote an address."""
    count = settings.TRUSTED_PROXIES
    chain = request.headers.get("X-Forwarded-For", "").split(",")
    return _read(chain[-count]) if 0 < count <= len(chain) else None


def _read(text: str) -> Address | None:
    text = text.strip()
    if found := _WITH_PORT.fullmatch(text):
        text = found[1] or found[2]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A server on both families sees IPv4 callers inside ::/64: all of them would be one.
    return getattr(address, "ipv4_mapped", None) or address


def address_key(request: HttpRequest) -> str:
    plain = client_address(request).encode()
    return hmac.digest(settings.SECRET_KEY.encode(), plain, hashlib.sha256).hex()[:24]
