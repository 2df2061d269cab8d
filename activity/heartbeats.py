"""Signs of life of the machinery's parts: written by the parts, read by `/healthz`."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.utils import timezone

from activity.models import Heartbeat

logger = logging.getLogger(__name__)

WRITE_EVERY = timedelta(seconds=10)
# Older than this, a part is taken for dead. Beat shows itself every 15 s, an RQ worker deep in
# one job every 30 s.
OLD_AFTER = timedelta(seconds=90)
NEEDED = ("redis", "celery", "beat", "rq")
# Shows life only when there is something to send: its silence means nothing.
OCCASIONAL = ("mail",)


def beat(part: str) -> None:
    """Note that a part lives, at most every 10 s; a database that is away is not its death."""
    now = timezone.now()
    try:
        row = Heartbeat.objects.filter(pk=part)
        if row.exists():
            row.filter(beat_at__lt=now - WRITE_EVERY).update(beat_at=now)
        else:
            Heartbeat.objects.bulk_create(
                [Heartbeat(part=part, beat_at=now)], ignore_conflicts=True
            )
    except DatabaseError:
        logger.warning("no heartbeat noted for %s: the database did not take it", part)


@dataclass(frozen=True)
class Part:
    name: str
    state: str  # "ok", "old" or "never"
    beat_at: datetime | None


def read_parts() -> list[Part]:
    """Every part as its last heartbeat shows it, from one query; raises DatabaseError."""
    now = timezone.now()
    seen = dict(Heartbeat.objects.values_list("part", "beat_at"))
    return [_part(name, seen.get(name), now) for name in (*NEEDED, *OCCASIONAL)]


def _part(name: str, beat_at: datetime | None, now: datetime) -> Part:
    if beat_at is None:
        return Part(name, "never", None)
    return Part(name, "ok" if now - beat_at < OLD_AFTER else "old", beat_at)


def all_well(parts: list[Part]) -> bool:
    return all(part.state == "ok" for part in parts if part.name in NEEDED)
