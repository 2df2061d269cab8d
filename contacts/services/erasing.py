"""Forgetting a person: a tombstone stays, so that what was counted stays counted."""

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from activity.services import record_event
from contacts.following import FOLLOWERS
from contacts.models import Channel, Contact, Erasure, Merge
from contacts.suppression import suppress

PERSONAL = (
    "external_id",
    "source",
    "email",
    "phone",
    "given_name",
    "family_name",
    "display_name",
    "form_of_address",
    "account_role",
    "search_text",
    "address_hash",
    "sort_key",
)


@transaction.atomic
def erase_contact(contact: Contact, *, by: User | None) -> Erasure:
    """Empty every personal field of the contact and of all merged into it, for good.

    Their addresses stay suppressed by hash; upper apps erase their free texts; one log row each.
    """
    family = _with_merged(contact)
    for one in family:
        _empty(one)
    erasures = [Erasure(contact_id=one.pk, by=by, at=timezone.now()) for one in family]
    Erasure.objects.bulk_create(erasures)
    Merge.objects.filter(kept__in=family).update(before={})
    record_event(contact, verb="erased", actor=by, data={"fields": list(PERSONAL[:9])})
    return erasures[0]


class UnreadableLog(Exception):
    """A line is not one of an erasure log; says which and why."""


def erasure_log() -> Iterator[str]:
    """The log as lines of JSON. A backup is older than the last erasures, so the log has to be
    kept apart from it; it names people by number only."""
    rows = Erasure.objects.order_by("at", "pk").values_list("pk", "contact_id", "at")
    for key, contact, at in rows.iterator():
        yield json.dumps({"id": str(key), "contact": contact, "at": at.isoformat()})


def take_over_log(lines: Iterable[str]) -> int:
    """Add to this database's log what it lacks. Out: how many. Raises UnreadableLog."""
    rows = [_erasure(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    with transaction.atomic():
        before = Erasure.objects.count()
        Erasure.objects.bulk_create(rows, ignore_conflicts=True)
        return Erasure.objects.count() - before


def _erasure(number: int, line: str) -> Erasure:
    try:
        told = json.loads(line)
        at = datetime.fromisoformat(told["at"])
        if at.tzinfo is None:
            raise ValueError("its time has no zone")
        return Erasure(pk=uuid.UUID(told["id"]), contact_id=int(told["contact"]), at=at)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableLog(
            f"Line {number} is not an entry of an erasure log ({error}). Nothing was applied."
        ) from None


def apply_erasures_again() -> int:
    """After a restore: erase whoever the log says was erased; returns how many had come back.

    A number may have been given anew since the restore: only who was there before counts.
    """
    erased = Erasure.objects.filter(contact_id=OuterRef("pk"), at__gte=OuterRef("created_at"))
    back = Contact.objects.filter(Exists(erased), erased_at=None)
    rows = list(back)
    for contact in rows:
        with transaction.atomic():
            _empty(contact)
            Merge.objects.filter(kept=contact).update(before={})
            record_event(contact, verb="erased_again", actor=None)
    return len(rows)


def _with_merged(contact: Contact) -> list[Contact]:
    """The contact and, however deep, those merged into it, locked."""
    found = list(Contact.objects.select_for_update().filter(pk=contact.pk))
    level = found
    while level:
        level = list(Contact.objects.select_for_update().filter(merged_into__in=level))
        found += level
    return found


def _empty(contact: Contact) -> None:
    if contact.email:
        suppress(contact.email, "erased")
    if contact.phone:
        for channel in (Channel.SMS, Channel.PHONE):
            suppress(contact.phone, "erased", channel=channel)
    for follower in FOLLOWERS.values():
        follower.erase(contact.pk)
    contact.permissions.all().delete()
    Contact.objects.filter(pk=contact.pk).update(
        **dict.fromkeys(PERSONAL, ""),
        language="",
        attributes={},
        account=None,
        erased_at=timezone.now(),
        updated_at=timezone.now(),
    )
