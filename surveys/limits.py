"""How many new answers one address may begin on an open link."""

import logging

from django.core.cache import cache
from django.http import HttpRequest

from cxplatform.shared.addresses import address_key
from surveys.models import Survey

MOST_BEGUN = 60
WINDOW_SECONDS = 600

logger = logging.getLogger(__name__)


def may_begin(request: HttpRequest, survey: Survey) -> bool:
    """Count one more beginning; with the cache down everybody may, for an answer is worth more
    than the limit."""
    key = f"survey-begun:{survey.pk}:{address_key(request)}"
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        return cache.incr(key) <= MOST_BEGUN
    except ValueError:  # the key expired between the two
        return True
    except Exception:
        logger.warning("The cache is down: the open link of survey %s has no limit", survey.pk)
        return True
