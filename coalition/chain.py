"""The decision log as a chain of hashes: each entry covers the one before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from coalition.models import Evidence, Initiative, LogEntry, LogKind
from coalition.models.initiatives import new_salt

# One entry at a time: two at once would both follow the same one.
LOCK = 0x10C_C4A1
BEGINNING = "0" * 64


def digest(text: str, salt: str) -> str:
    """The hash of a text; without its salt nobody can try guesses on it."""
    return hashlib.sha256(f"{salt}\0{text}".encode()).hexdigest()


def proposal_digest(initiative: Initiative) -> str:
    """The hash of everything an initiative asks for, evidence included."""
    rows = Evidence.objects.filter(initiative=initiative).order_by("pk")
    names = ("kind", "metric_id", "touchpoint_id", "item_id", "low", "high", "start", "end", "note")
    asked = {
        "title": initiative.title,
        "problem": initiative.problem,
        "plan": initiative.plan,
        "metric": initiative.effect_metric_id,
        "direction": initiative.effect_direction,
        "amount": _plain(initiative.effect_amount),
        "cost": _plain(initiative.cost),
        "currency": initiative.currency,
        "starts_on": str(initiative.starts_on or ""),
        "unit": initiative.unit_id,
        "proposer": initiative.proposer_id,
        "owner": initiative.owner_id,
        "evidence": [[str(value) for value in row] for row in rows.values_list(*names)],
    }
    return digest(_canonical(asked), initiative.salt)


def append(
    initiative: Initiative,
    kind: LogKind,
    *,
    actor: User,
    text: str = "",
    facts: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    salt: str = "",
) -> LogEntry:
    """Add an entry after the last one, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = LogEntry.objects.order_by("-number").first()
    salt = (salt or new_salt()) if text else ""
    entry = LogEntry(
        number=last.number + 1 if last else 1,
        at=at or timezone.now(),
        kind=kind,
        initiative=initiative,
        actor=actor,
        facts=dict(facts or {}),
        text=text,
        salt=salt,
        digest=digest(text, salt) if text else "",
        previous=last.hash if last else BEGINNING,
    )
    entry.hash = hash_of(entry)
    entry.save(force_insert=True)
    return entry


def hash_of(entry: LogEntry) -> str:
    covered = {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": str(entry.kind),
        "initiative": entry.initiative_id,
        "actor": entry.actor_id,
        "facts": entry.facts,
        "digest": entry.digest,
        "previous": entry.previous,
    }
    return hashlib.sha256(_canonical(covered).encode()).hexdigest()


def _plain(amount: Decimal | None) -> str:
    """The same text for 74000 and 74000.0000."""
    return "" if amount is None else format(amount.normalize(), "f")


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
