"""What is asked about initiatives across several models."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import RoleHeld, User
from accounts.permissions import GRANTS, Capability, Role
from coalition import rules
from coalition.models import (
    Ballot,
    BallotState,
    Council,
    Elector,
    Initiative,
    Seat,
    State,
    Vote,
)
from coalition.moves import Standing

VOTERS = [role.value for role in Role if role in GRANTS[Capability.VOTE]]


def may_sit(day: date) -> QuerySet[User]:
    """Whose seat counts: active leaders and owners."""
    held = RoleHeld.objects.in_force(day).filter(role__in=VOTERS)
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


@dataclass(frozen=True)
class Prospect:
    """What voting on an initiative would look like if it opened now."""

    council: Council | None
    electors: list[User] = field(default_factory=list)
    left_out: list[User] = field(default_factory=list)  # seated, but it is their own

    @property
    def quorum(self) -> int:
        if self.council is None:
            return 0
        rule = self.council
        return rules.votes_needed(rule.quorum_kind, rule.quorum, electors=len(self.electors))


def prospect(initiative: Initiative, council: Council | None) -> Prospect:
    if council is None:
        return Prospect(None)
    today = timezone.localdate()
    seats = Seat.objects.in_force(today).filter(council=council)
    seated = may_sit(today).filter(pk__in=seats.values("user"))
    people = list(seated.order_by("family_name", "given_name", "pk"))
    authors = initiative.authors
    return Prospect(
        council,
        [user for user in people if user.pk not in authors],
        [user for user in people if user.pk in authors],
    )


def missing(initiative: Initiative, ahead: Prospect) -> list[str]:
    """What keeps it from being voted on, one sentence each; empty when it is ready."""
    lacks = [
        (
            initiative.effect_metric_id is None or initiative.effect_amount is None,
            _("Say which metric it should move, and by how much."),
        ),
        (initiative.cost is None, _("Say what it costs; nothing is a cost too.")),
        (initiative.owner_id is None, _("Name who would own it.")),
        (not initiative.evidence.exists(), _("Link at least one piece of evidence.")),
    ]
    found = [sentence for is_lacking, sentence in lacks if is_lacking]
    if ahead.council is None:
        found.append(_("No council decides here yet. An administrator sets one up."))
    elif ahead.quorum > len(ahead.electors):
        found.append(
            _(
                "%(council)s needs %(quorum)s votes, and only %(electors)s may vote on this. An "
                "administrator gives seats or changes the rule."
            )
            % {
                "council": ahead.council,
                "quorum": ahead.quorum,
                "electors": len(ahead.electors),
            }
        )
    return found


def open_ballot_of(initiative: Initiative) -> Ballot | None:
    found = initiative.ballots.filter(state=BallotState.OPEN)
    return found.select_related("council", "opened_by").first()


def votes_in(ballots: Iterable[Ballot]) -> dict[int, tuple[int, int]]:
    """(votes in, electors) by ballot."""
    pks = [ballot.pk for ballot in ballots]
    counts = dict.fromkeys(pks, (0, 0))
    listed = Elector.objects.filter(ballot__in=pks)
    for ballot, vote in listed.values_list("ballot_id", "vote__pk"):
        cast, all_ = counts[ballot]
        counts[ballot] = (cast + (vote is not None), all_ + 1)
    return counts


def may_be_counted(ballot: Ballot, today: date) -> bool:
    """Once the last day is past, or everybody has voted: nobody cuts a vote short."""
    if not ballot.is_open:
        return False
    return today > ballot.closes_on or not ballot.electors.filter(vote=None).exists()


# --- whose turn it is -----------------------------------------------------------------------------


class Asked(StrEnum):
    """What an initiative asks of somebody."""

    VOTE = "vote"
    DECIDE = "decide"
    CONSIDER = "consider"
    IMPROVE = "improve"
    FINISH = "finish"


@dataclass(frozen=True)
class Turn:
    asked: Asked
    initiative: Initiative
    until: date | None = None


def turns_of(user: User) -> list[Turn]:
    """What waits for this person, the most pressing first; a fixed number of queries."""
    if not user.may(Capability.PROPOSE):
        return []
    today = timezone.localdate()
    standing = Standing(user)
    turns = _to_vote(user, today)
    if user.may(Capability.VOTE):
        turns += _to_decide(standing, today)
        turns += _to_consider(standing)
    own = Initiative.objects.filter(Q(proposer=user) | Q(owner=user)).order_by("updated_at")
    for initiative in own.filter(state__in=[State.SENT_BACK, State.DRAFT]).order_by("-state"):
        asked = Asked.IMPROVE if initiative.state == State.SENT_BACK else Asked.FINISH
        turns.append(Turn(asked, initiative))
    return turns


def _to_vote(user: User, today: date) -> list[Turn]:
    listed = Elector.objects.filter(
        user=user, vote=None, ballot__state=BallotState.OPEN, ballot__closes_on__gte=today
    )
    rows = listed.select_related("ballot__initiative").order_by("ballot__closes_on", "pk")
    return [Turn(Asked.VOTE, row.ballot.initiative, row.ballot.closes_on) for row in rows]


def _to_decide(standing: Standing, today: date) -> list[Turn]:
    """Ballots that may be counted, where this person sits."""
    waiting = Elector.objects.filter(vote=None).values("ballot")
    ready = Ballot.objects.filter(
        Q(closes_on__lt=today) | ~Q(pk__in=waiting),
        state=BallotState.OPEN,
        council__in=standing.seated_in,
    )
    return [
        Turn(Asked.DECIDE, ballot.initiative, ballot.closes_on)
        for ballot in ready.select_related("initiative").order_by("closes_on", "pk")
        if standing.user.pk not in ballot.initiative.authors
    ]


def _to_consider(standing: Standing) -> list[Turn]:
    """Proposals that wait for a council in which this person sits."""
    if not standing.seated_in:
        return []
    return [
        Turn(Asked.CONSIDER, initiative)
        for initiative in Initiative.objects.filter(state=State.PROPOSED).order_by("proposed_at")
        if standing.user.pk not in initiative.authors
        and (council := standing.deciders.of(initiative.unit_id))
        and council.pk in standing.seated_in
    ]


def counted_votes(ballot: Ballot) -> list[Vote]:
    """Votes of a closed ballot by name; none before it closes."""
    if ballot.state != BallotState.CLOSED:
        return []
    votes = Vote.objects.filter(elector__ballot=ballot).select_related("elector__user")
    return list(votes.order_by("elector__user__family_name", "pk"))
