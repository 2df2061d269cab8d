"""Addresses never to be written to again, known by a keyed hash that outlives an erasure."""

import hashlib
import hmac
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from contacts.models import Channel, Suppression


@lru_cache(maxsize=4)
def _key(number: int, secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"suppression", hashlib.sha256)


def address_hash(address: str) -> str:
    """The keyed hash of an address or number; of nothing, nothing.

    Signed with the first of LINK_KEYS: hashes outlive addresses, so they can't follow a rotation.
    """
    if not address:
        return ""
    number = min(settings.LINK_KEYS)
    key = _key(number, settings.LINK_KEYS[number])
    return hmac.digest(key, address.strip().lower().encode(), hashlib.sha256).hex()


def suppress(address: str, reason: str, *, channel: str = Channel.EMAIL) -> bool:
    """Never write to this address again; True where it was not on the list yet."""
    _row, new = Suppression.objects.get_or_create(
        address_hash=address_hash(address),
        channel=channel,
        defaults={"reason": reason, "added_at": timezone.now()},
    )
    return new


def is_suppressed(addresses: Iterable[str], *, channel: str = Channel.EMAIL) -> set[str]:
    """Those of the addresses that are on the list, in one query."""
    by_hash = {address_hash(address): address for address in addresses if address}
    listed = Suppression.objects.filter(channel=channel, address_hash__in=by_hash)
    return {by_hash[hash_] for hash_ in listed.values_list("address_hash", flat=True)}
