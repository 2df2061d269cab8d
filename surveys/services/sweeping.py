"""What is found by its state: lapsed leases, due distributions, finished ones."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.models import Distribution, DistributionState

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)

LAPSED = """
UPDATE surveys_invitation SET
    state = CASE WHEN attempts + 1 >= %(most)s THEN 'failed' ELSE 'queued' END,
    error = CASE WHEN attempts + 1 >= %(most)s THEN %(words)s ELSE error END,
    attempts = attempts + 1, claim = NULL, lease_until = NULL
WHERE state = 'sending' AND lease_until < %(now)s
"""
STRANDED = """
UPDATE surveys_invitation AS waiting SET state = 'cancelled'
FROM surveys_distribution AS ended
WHERE waiting.state = 'queued' AND waiting.distribution_id = ended.id AND ended.state = 'cancelled'
"""
FINISHED = """
UPDATE surveys_distribution AS ended SET state = 'done', finished_at = %(now)s, trouble = ''
WHERE state = 'sending' AND NOT EXISTS (
    SELECT 1 FROM surveys_invitation
    WHERE distribution_id = ended.id AND state IN ('queued', 'sending'))
"""
DUE = """
SELECT asked.id FROM surveys_distribution AS asked
WHERE asked.state = 'sending'
    AND EXISTS (
        SELECT 1 FROM surveys_invitation WHERE distribution_id = asked.id AND state = 'queued'
        AND (not_before IS NULL OR not_before <= %(now)s))
    AND NOT EXISTS (SELECT 1 FROM accounts_organisation WHERE sending_paused_at IS NOT NULL)
ORDER BY asked.launched_at
"""
UNDER_WAY = "SELECT count(DISTINCT claim) FROM surveys_invitation WHERE state = 'sending'"


def later(attempt: int) -> timedelta:
    """How long to wait after that many attempts: twice as long each time."""
    doubled: int = 2 ** (attempt - 1)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def tidy() -> None:
    """Return what lapsed, close what is finished; safe at any time, by any number of workers."""
    now = timezone.now()
    with connection.cursor() as cursor:
        words = _("Workers died while sending it, so it may or may not have arrived.")
        cursor.execute(LAPSED, {"now": now, "most": MOST_ATTEMPTS, "words": words})
        cursor.execute(STRANDED)
        cursor.execute(FINISHED, {"now": now})


def room() -> int:
    """How many more batches may be under way."""
    with connection.cursor() as cursor:
        cursor.execute(UNDER_WAY)
        return max(0, settings.SEND_PARALLEL - int(cursor.fetchone()[0]))


def due() -> list[int]:
    """Distributions with something to send now, one as often as there is room for."""
    places = room()
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": timezone.now()})
        ids = [row[0] for row in cursor.fetchall()]
    return (ids * places)[:places]


def sending(distribution_id: int) -> Distribution | None:
    rows = Distribution.objects.select_related("survey", "sender")
    return rows.filter(pk=distribution_id, state=DistributionState.SENDING).first()
