"""Keys for new questions and pages: readable, never one that was used before."""

import re
import unicodedata
from collections.abc import Collection

from surveys.document.limits import KEY

_MOST = 40
_KEY = re.compile(KEY)


def key_from(words: str, fallback: str) -> str:
    """``"Inflight wifi service"`` → ``inflight_wifi_service``; the fallback if nothing is left."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_MOST].rstrip("_")
    return slug if _KEY.fullmatch(slug) else fallback


def unused_key(base: str, taken: Collection[str]) -> str:
    """``nps``, then ``nps_2``, ``nps_3``; counts on from a number that is already there."""
    if base not in taken:
        return base
    stem = re.sub(r"_[0-9]{1,4}$", "", base)
    number = 2
    while (key := f"{stem[: _MOST - len(str(number)) - 1]}_{number}") in taken:
        number += 1
    return key
