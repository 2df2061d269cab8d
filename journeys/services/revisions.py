"""Edits made on what somebody looked at: one wins, the other is told."""

from django.utils import timezone

from journeys.models import Journey, Touchpoint
from journeys.services.errors import JourneyArchived, NoName, StaleEdit


def take_journey(journey: Journey, revision: int) -> None:
    """Hold the journey for this transaction under its next revision.

    Raises StaleEdit where it is no longer the one looked at, JourneyArchived where it is put away.
    """
    if not _count_up(journey, revision):
        raise StaleEdit(journey)
    if Journey.objects.filter(pk=journey.pk, archived_at__isnull=False).exists():
        raise JourneyArchived


def take_touchpoint(touchpoint: Touchpoint, revision: int) -> None:
    """The same for a touchpoint. Raises StaleEdit."""
    if not _count_up(touchpoint, revision):
        raise StaleEdit(touchpoint)


def required_name(name: str, most: int) -> str:
    """Raises NoName."""
    told = " ".join(name.split())[:most].strip()
    if not told:
        raise NoName
    return told


def _count_up(row: Journey | Touchpoint, revision: int) -> bool:
    held = type(row)._default_manager.filter(pk=row.pk, revision=revision)
    if not held.update(revision=revision + 1, updated_at=timezone.now()):
        return False
    row.revision = revision + 1
    return True
