"""How many requests a token, or an address without one, may make in a minute."""

import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from cxplatform.shared.addresses import address_key

WINDOW_SECONDS = 60
logger = logging.getLogger(__name__)


def seconds_to_wait(request: HttpRequest, *, token: int | None) -> int:
    """0 while there is room; else how long until there is again. With the cache down there is
    room: the limit protects others' share, not the data."""
    now = int(time.time())
    who = f"token:{token}" if token else f"address:{address_key(request)}"
    most = settings.API_PER_MINUTE if token else settings.API_STRANGERS_PER_MINUTE
    key = f"api-used:{who}:{now // WINDOW_SECONDS}"
    try:
        cache.add(key, 0, 2 * WINDOW_SECONDS)
        used = cache.incr(key)
    except ValueError:  # the key expired between the two
        return 0
    except Exception:
        logger.warning("The cache is down: the API has no limit")
        return 0
    return WINDOW_SECONDS - now % WINDOW_SECONDS if used > most else 0
