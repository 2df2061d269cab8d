"""Verifying the decision log: along its chain, then against what it speaks of.

The chain shows a changed, moved or missing entry; initiatives, votes and the trail show entries
cut off at the end, and a chain written anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from activity.models import Event
from coalition import chain
from coalition.models import (
    BallotState,
    Elector,
    Initiative,
    LogCheck,
    LogEntry,
    LogKind,
    State,
    Vote,
)

MOST_KEPT = 20
STATE_AFTER = {
    LogKind.PROPOSED: State.PROPOSED,
    LogKind.SENT_BACK: State.SENT_BACK,
    LogKind.OPENED: State.VOTING,
    LogKind.APPROVED: State.APPROVED,
    LogKind.REJECTED: State.REJECTED,
    LogKind.UNDECIDED: State.PROPOSED,
    LogKind.WITHDRAWN: State.WITHDRAWN,
}
COUNTED = (LogKind.APPROVED, LogKind.REJECTED, LogKind.UNDECIDED)


@dataclass(frozen=True)
class Verdict:
    """How many entries there are, the last one's hash, and what does not fit."""

    entries: int
    head: str
    problems: list[str]

    @property
    def is_sound(self) -> bool:
        return not self.problems


@dataclass
class _Read:
    """What the walk along the chain remembers for the comparisons after it."""

    hashes: dict[int, str] = field(default_factory=dict)
    last: dict[int, LogEntry] = field(default_factory=dict)  # by initiative, erasures apart
    opened: dict[int, LogEntry] = field(default_factory=dict)  # by initiative, the latest
    electors: dict[int, list[int]] = field(default_factory=dict)  # by ballot
    counts: dict[int, LogEntry] = field(default_factory=dict)  # by ballot
    erased: set[str] = field(default_factory=set)
    blank: dict[str, int] = field(default_factory=dict)  # text that is gone -> its entry


def verify(*, kept: tuple[int, str] | None = None) -> Verdict:
    """`kept`: the number and the hash of an entry that somebody wrote down elsewhere."""
    read = _Read()
    problems = [*_walk(read), *_trail(read), *_states(read), *_proposals(read), *_votes(read)]
    problems += [*_erasures(read), *_kept(read, kept)]
    numbers = read.hashes
    return Verdict(len(numbers), numbers[max(numbers)] if numbers else "", problems)


def check_now(*, kept: tuple[int, str] | None = None) -> Verdict:
    """Verify, and keep what was found for the log's page."""
    verdict = verify(kept=kept)
    found = {
        "at": timezone.now(),
        "entries": verdict.entries,
        "head": verdict.head,
        "problems": verdict.problems[:MOST_KEPT],
    }
    LogCheck.objects.update_or_create(only_one=True, defaults=found)
    return verdict


def _walk(read: _Read) -> Iterator[str]:
    number, previous = 0, chain.BEGINNING
    for entry in LogEntry.objects.order_by("number").iterator():
        said = {"n": entry.number}
        if entry.number != number + 1:
            yield _("Entry %(n)s is missing.") % {"n": number + 1}
        elif entry.previous != previous:
            yield _("Entry %(n)s does not follow the one before it.") % said
        if chain.hash_of(entry) != entry.hash:
            yield _("Entry %(n)s was changed after it was written.") % said
        if entry.text and chain.digest(entry.text, entry.salt) != entry.digest:
            yield _("The text of entry %(n)s was changed after it was written.") % said
        number, previous = entry.number, entry.hash
        _remember(read, entry)


def _remember(read: _Read, entry: LogEntry) -> None:
    read.hashes[entry.number] = entry.hash
    if entry.digest and not entry.text:
        read.blank[f"entry:{entry.number}"] = entry.number
    if entry.kind == LogKind.ERASED:
        read.erased |= set(entry.facts.get("texts", []))
        return
    read.last[entry.initiative_id] = entry
    if entry.kind == LogKind.OPENED:
        read.opened[entry.initiative_id] = entry
        read.electors[entry.facts["ballot"]] = sorted(entry.facts["electors"])
    if entry.kind in COUNTED:
        read.counts[entry.facts["ballot"]] = entry


def _trail(read: _Read) -> Iterator[str]:
    """Whoever cuts entries off, or writes the chain anew, would have to cut the trail as well."""
    about = Event.objects.filter(subject_type=Initiative._meta.label_lower)
    for data in about.filter(data__has_key="entry").order_by("pk").values_list("data", flat=True):
        there = read.hashes.get(data["entry"])
        if there is None:
            yield _("Entry %(n)s is missing: the trail saw it written.") % {"n": data["entry"]}
        elif there != data["hash"]:
            yield _("Entry %(n)s is not the one the trail saw written.") % {"n": data["entry"]}


def _states(read: _Read) -> Iterator[str]:
    """Every initiative is there and stands where its last entry left it."""
    there = set(Initiative.objects.filter(pk__in=read.last).values_list("pk", flat=True))
    for pk in sorted(read.last.keys() - there):
        yield _("Initiative %(pk)s, of which the log speaks, is gone.") % {"pk": pk}
    proposed = Initiative.objects.filter(proposed_at__isnull=False).order_by("pk")
    for pk, state in proposed.values_list("pk", "state"):
        last = read.last.get(pk)
        if last is None or STATE_AFTER[LogKind(last.kind)] != state:
            label = State(state).label
            yield _("Initiative %(pk)s is “%(state)s”, and the log does not say so.") % {
                "pk": pk,
                "state": label,
            }


def _proposals(read: _Read) -> Iterator[str]:
    """What was voted on still reads as it did."""
    bound = Initiative.objects.filter(state__in=[State.VOTING, State.APPROVED, State.REJECTED])
    for initiative in bound.filter(pk__in=read.opened).order_by("pk"):
        opened = read.opened[initiative.pk]
        if not initiative.salt:
            read.blank[f"proposal:{initiative.pk}"] = opened.number
        elif chain.proposal_digest(initiative) != opened.facts["proposal"]:
            yield _("Initiative %(pk)s was changed after it was put to the vote.") % {
                "pk": initiative.pk
            }


def _votes(read: _Read) -> Iterator[str]:
    """Electorates are those written when voting opened, votes those that were counted."""
    electors: dict[int, list[int]] = {}
    for ballot, user in Elector.objects.order_by("user_id").values_list("ballot_id", "user_id"):
        electors.setdefault(ballot, []).append(user)
    for ballot, listed in read.electors.items():
        if electors.pop(ballot, []) != listed:
            yield _("The electors of ballot %(n)s are not those it opened with.") % {"n": ballot}
    for ballot in electors:
        yield _("Ballot %(n)s has electors, and the log does not say it opened.") % {"n": ballot}
    votes = _votes_by_ballot()
    for ballot, entry in read.counts.items():
        found = votes.get(ballot, [])
        counted = sorted((row[0], row[1]) for row in entry.facts["votes"])
        if sorted((vote.elector.user_id, vote.choice) for vote in found) != counted:
            yield _("The votes of ballot %(n)s are not those that were counted.") % {"n": ballot}
        yield from _reasons(read, entry, found)


def _reasons(read: _Read, entry: LogEntry, votes: list[Vote]) -> Iterator[str]:
    digests = {row[0]: row[2] for row in entry.facts["votes"]}
    for vote in votes:
        counted = digests.get(vote.elector.user_id, "")
        if counted and not vote.reason:
            read.blank[f"vote:{vote.pk}"] = entry.number
        elif vote.reason and chain.digest(vote.reason, vote.salt) != counted:
            yield _("The reason of vote %(pk)s was changed after it was counted.") % {"pk": vote.pk}


def _votes_by_ballot() -> dict[int, list[Vote]]:
    found: dict[int, list[Vote]] = {}
    closed = Vote.objects.filter(elector__ballot__state=BallotState.CLOSED)
    for vote in closed.select_related("elector").order_by("pk"):
        found.setdefault(vote.elector.ballot_id, []).append(vote)
    return found


def _erasures(read: _Read) -> Iterator[str]:
    """A text that is gone was erased by an entry that says so."""
    for text, number in read.blank.items():
        if text not in read.erased:
            yield _("A text of entry %(n)s is gone, and no erasure says so.") % {"n": number}


def _kept(read: _Read, kept: tuple[int, str] | None) -> Iterator[str]:
    if kept and read.hashes.get(kept[0], "") != kept[1]:
        yield _("Entry %(n)s is not the one whose hash was kept.") % {"n": kept[0]}
