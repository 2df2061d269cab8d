"""What every move shares: the lock, the table's word, the log and the trail."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import record_event
from coalition import chain
from coalition.models import Initiative, LogEntry, LogKind, State
from coalition.moves import TABLE, Part, Standing, Verb
from coalition.services.errors import IllegalMove, NotYours, ReasonMissing, StaleInitiative


def held_for(
    initiative: Initiative, verb: Verb, *, by: User, revision: int | None = None
) -> Initiative:
    """The initiative, locked for this transaction and fit for the move.

    Raises NotYours, IllegalMove, or StaleInitiative where it is not the `revision` that was read.
    """
    held = Initiative.objects.select_for_update().get(pk=initiative.pk)
    move, standing = TABLE[verb], Standing(by)
    is_here = held.state in move.sources
    # Electors are only so while voting: with no vote going on, that is what there is to say.
    if not standing.has(move.part, held) and (is_here or move.part != Part.ELECTOR):
        raise NotYours(_("This is not yours to do."))
    if not is_here:
        raise IllegalMove(
            _("“%(title)s” is in the state “%(state)s” by now. Look at what stands there.")
            % {"title": held.title, "state": State(held.state).label}
        )
    if revision is not None and held.revision != revision:
        raise StaleInitiative
    return held


def with_reason(verb: Verb, reason: str) -> str:
    reason = reason.strip()
    if TABLE[verb].needs_reason and not reason:
        raise ReasonMissing
    return reason


def enter(
    initiative: Initiative,
    kind: LogKind,
    *,
    by: User,
    text: str = "",
    facts: dict[str, Any] | None = None,
) -> LogEntry:
    """Write the step into the decision log, and into the trail that it stands there."""
    entry = chain.append(initiative, kind, actor=by, text=text, facts=facts)
    record_event(
        initiative,
        verb=f"initiative.{kind}",
        actor=by,
        label=initiative.title,
        data={"entry": entry.number, "hash": entry.hash},
    )
    return entry
