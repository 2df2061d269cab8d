"""Who may move an initiative from where to where: the one table, as data.

Pages show a button where `Standing.moves` has the verb; services refuse where it has not.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from django.utils import timezone

from accounts.models import User
from accounts.permissions import Capability, Scope
from coalition.deciding import Deciders
from coalition.models import Ballot, BallotState, Council, Elector, Initiative, Seat, State


class Part(StrEnum):
    """What somebody is to an initiative."""

    PROPOSER = "proposer"
    AUTHOR = "author"  # its proposer or its owner
    STEERER = "steerer"  # a leader, or an owner seated in its council; never an author
    ELECTOR = "elector"  # on the list written when voting opened
    OTHER = "other"  # anybody with a role who is not an author
    READER = "reader"  # anybody with a role


class Verb(StrEnum):
    EDIT = "edit"
    PROPOSE = "propose"
    SUPPORT = "support"
    COMMENT = "comment"
    SEND_BACK = "send_back"
    OPEN = "open"
    VOTE = "vote"
    DECIDE = "decide"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Move:
    part: Part
    sources: frozenset[State]
    targets: frozenset[State] = field(default=frozenset())
    needs_reason: bool = False


V, S = Verb, State


def _states(*states: State) -> frozenset[State]:
    return frozenset(states)


TABLE: dict[Verb, Move] = {
    V.EDIT: Move(Part.AUTHOR, _states(S.DRAFT, S.PROPOSED, S.SENT_BACK)),
    V.PROPOSE: Move(Part.AUTHOR, _states(S.DRAFT, S.SENT_BACK), _states(S.PROPOSED)),
    V.SUPPORT: Move(Part.OTHER, _states(S.PROPOSED, S.SENT_BACK, S.VOTING)),
    V.COMMENT: Move(
        Part.READER, _states(S.PROPOSED, S.SENT_BACK, S.VOTING, S.APPROVED, S.REJECTED)
    ),
    V.SEND_BACK: Move(Part.STEERER, _states(S.PROPOSED), _states(S.SENT_BACK), needs_reason=True),
    V.OPEN: Move(Part.STEERER, _states(S.PROPOSED), _states(S.VOTING)),
    V.VOTE: Move(Part.ELECTOR, _states(S.VOTING)),
    V.DECIDE: Move(
        Part.STEERER,
        _states(S.VOTING),
        _states(S.APPROVED, S.REJECTED, S.PROPOSED),  # the last one without a quorum
        needs_reason=True,
    ),
    V.WITHDRAW: Move(
        Part.PROPOSER, _states(S.DRAFT, S.PROPOSED, S.SENT_BACK, S.VOTING), _states(S.WITHDRAWN)
    ),
}


class Standing:
    """What one person is to initiatives; rights, seats and councils are looked up once."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def deciders(self) -> Deciders:
        return Deciders()

    @cached_property
    def seated_in(self) -> set[int]:
        """The councils where this person has a seat that counts."""
        if not self.user.may(Capability.VOTE):
            return set()
        seats = Seat.objects.in_force(timezone.localdate()).filter(user=self.user)
        return set(seats.values_list("council_id", flat=True))

    @cached_property
    def _electing(self) -> set[int]:
        """The initiatives whose open ballot lists this person."""
        rows = Elector.objects.filter(user=self.user, ballot__state=BallotState.OPEN)
        return set(rows.values_list("ballot__initiative_id", flat=True))

    def council_of(self, initiative: Initiative) -> Council | None:
        """While voting the council that votes, else the one that would."""
        if initiative.state == State.VOTING:
            open_ = Ballot.objects.filter(initiative=initiative, state=BallotState.OPEN)
            ballot = open_.select_related("council").first()
            return ballot.council if ballot else None
        return self.deciders.of(initiative.unit_id)

    def steers(self, initiative: Initiative) -> bool:
        """A leader everywhere, an owner where seated; nobody on their own."""
        scopes = self.user.scopes(Capability.VOTE)
        if not scopes or self.user.pk in initiative.authors:
            return False
        if Scope.ALL in scopes:
            return True
        council = self.council_of(initiative)
        return council is not None and council.pk in self.seated_in

    def has(self, part: Part, initiative: Initiative) -> bool:
        if not self.user.may(Capability.PROPOSE):
            return False
        if part == Part.READER:
            return True
        if part == Part.STEERER:
            return self.steers(initiative)
        if part == Part.ELECTOR:
            return initiative.pk in self._electing
        is_author = self.user.pk in initiative.authors
        return {
            Part.PROPOSER: self.user.pk == initiative.proposer_id,
            Part.AUTHOR: is_author,
            Part.OTHER: not is_author,
        }[part]

    def moves(self, initiative: Initiative) -> frozenset[Verb]:
        """What this person may do with it now, as far as state and part say."""
        possible = {verb: move for verb, move in TABLE.items() if initiative.state in move.sources}
        return frozenset(verb for verb, move in possible.items() if self.has(move.part, initiative))
