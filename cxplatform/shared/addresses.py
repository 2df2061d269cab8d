"""Where a request comes from, as a short-lived key for limits: hashed, never stored."""

import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address in front of the trusted proxies; an IPv6 one by its /64, "" if unreadable."""
    said = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(chain) >= settings.TRUSTED_PROXIES and chain[-settings.TRUSTED_PROXIES]:
            said = chain[-settings.TRUSTED_PROXIES]
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def address_key(request: HttpRequest) -> str:
    plain = client_address(request).encode()
    return hmac.digest(settings.SECRET_KEY.encode(), plain, hashlib.sha256).hex()[:24]
