"""Proposing: a draft, its edits, its way before the coalition and back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activity.services import record_event
from coalition import chain
from coalition.models import BallotState, Initiative, LogEntry, LogKind, State
from coalition.moves import Verb
from coalition.services.moving import enter, held_for, with_reason

EDITABLE = (
    "title",
    "problem",
    "plan",
    "effect_metric",
    "effect_direction",
    "effect_amount",
    "cost",
    "currency",
    "starts_on",
    "unit",
    "owner",
)


@transaction.atomic
def create_initiative(*, by: User, values: Mapping[str, Any]) -> Initiative:
    """A draft that only its authors see."""
    initiative = Initiative(proposer=by, **{name: values[name] for name in values})
    initiative.save()
    record_event(initiative, verb="initiative.created", actor=by, label=initiative.title)
    return initiative


@transaction.atomic
def save_initiative(
    initiative: Initiative, *, by: User, revision: int, values: Mapping[str, Any]
) -> Initiative:
    """Keep an edit of what was read at `revision`; raises StaleInitiative after another one."""
    held = held_for(initiative, Verb.EDIT, by=by, revision=revision)
    changed = [name for name in EDITABLE if name in values and getattr(held, name) != values[name]]
    if not changed:
        return held
    for name in changed:
        setattr(held, name, values[name])
    _revise(held, by=by, verb="initiative.edited", fields=changed)
    return held


def revise(initiative: Initiative, *, by: User, verb: str) -> None:
    """Something that hangs on it was changed: whoever read it before reads it again."""
    _revise(initiative, by=by, verb=verb, fields=[])


def _revise(initiative: Initiative, *, by: User, verb: str, fields: list[str]) -> None:
    initiative.revision += 1
    initiative.save(update_fields=[*fields, "revision", "updated_at"])
    record_event(
        initiative, verb=verb, actor=by, label=initiative.title, data={"fields": sorted(fields)}
    )


@transaction.atomic
def propose(initiative: Initiative, *, by: User) -> LogEntry:
    """Bring it before the coalition, for the first time or again."""
    held = held_for(initiative, Verb.PROPOSE, by=by)
    _move(held, State.PROPOSED, proposed_at=held.proposed_at or timezone.now())
    facts = {"revision": held.revision, "proposal": chain.proposal_digest(held)}
    return enter(held, LogKind.PROPOSED, by=by, facts=facts)


@transaction.atomic
def send_back(initiative: Initiative, *, by: User, reason: str, revision: int) -> LogEntry:
    """Ask its authors for something before it can be voted on."""
    reason = with_reason(Verb.SEND_BACK, reason)
    held = held_for(initiative, Verb.SEND_BACK, by=by, revision=revision)
    _move(held, State.SENT_BACK)
    return enter(held, LogKind.SENT_BACK, by=by, text=reason, facts={"revision": revision})


@transaction.atomic
def withdraw(initiative: Initiative, *, by: User, reason: str = "") -> Initiative:
    """Take it back for good; votes that are in stay unopened. A draft leaves no entry."""
    held = held_for(initiative, Verb.WITHDRAW, by=by)
    open_ = held.ballots.filter(state=BallotState.OPEN)
    open_.update(state=BallotState.CANCELLED, closed_at=timezone.now(), closed_by=by)
    was_draft = held.state == State.DRAFT
    _move(held, State.WITHDRAWN)
    if was_draft:
        record_event(held, verb="initiative.withdrawn", actor=by, label=held.title)
    else:
        enter(held, LogKind.WITHDRAWN, by=by, text=reason.strip())
    return held


def _move(initiative: Initiative, state: State, **values: Any) -> None:
    initiative.state = state
    for name, value in values.items():
        setattr(initiative, name, value)
    initiative.save(update_fields=["state", "updated_at", *values])
