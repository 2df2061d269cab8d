"""How votes become an outcome: pure arithmetic, and the sentences that say the rule."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coalition.models import Choice, Majority, Outcome, QuorumKind


@dataclass(frozen=True, slots=True)
class Tally:
    yes: int = 0
    no: int = 0
    abstain: int = 0

    @classmethod
    def of(cls, choices: Iterable[str]) -> "Tally":
        cast = list(choices)
        return cls(cast.count(Choice.YES), cast.count(Choice.NO), cast.count(Choice.ABSTAIN))

    @property
    def cast(self) -> int:
        return self.yes + self.no + self.abstain


def votes_needed(kind: str, quorum: int, *, electors: int) -> int:
    """A share is of those who may vote, rounded up to a whole vote."""
    if kind == QuorumKind.NUMBER:
        return quorum
    return max(1, -(-quorum * electors // 100))


def outcome(tally: Tally, *, quorum: int, majority: str) -> Outcome:
    """Abstentions count towards the quorum and not towards the majority; a tie rejects."""
    if tally.cast < quorum:
        return Outcome.UNDECIDED
    if majority == Majority.TWO_THIRDS:
        carried = tally.yes > 0 and 3 * tally.yes >= 2 * (tally.yes + tally.no)
    else:
        carried = tally.yes > tally.no
    return Outcome.APPROVED if carried else Outcome.REJECTED


def quorum_sentence(quorum: int, *, electors: int) -> str:
    """What it takes to be decided at all."""
    said = ngettext(
        "%(n)s of %(electors)s vote must be in, abstentions included; with fewer, nothing is "
        "decided and it can be put to the vote again.",
        "%(n)s of %(electors)s votes must be in, abstentions included; with fewer, nothing is "
        "decided and it can be put to the vote again.",
        electors,
    )
    return said % {"n": quorum, "electors": electors}


def majority_sentence(majority: str) -> str:
    """What it takes to be approved, and what a tie means."""
    if majority == Majority.TWO_THIRDS:
        return _(
            "It is approved with at least two thirds in favour among the votes for and against. "
            "Abstentions do not count there."
        )
    return _(
        "It is approved with more votes in favour than against. A tie rejects it; abstentions do "
        "not count there."
    )
