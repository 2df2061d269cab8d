"""Voting: opened with a frozen rule and electorate, counted by that rule, decided with a reason."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import record_event
from coalition import chain, rules, selectors
from coalition.deciding import Deciders
from coalition.models import (
    Ballot,
    BallotState,
    Elector,
    Initiative,
    LogEntry,
    LogKind,
    Outcome,
    State,
    Vote,
)
from coalition.models.initiatives import new_salt
from coalition.moves import Verb
from coalition.rules import Tally
from coalition.services.errors import NotReady, VotingGoesOn, VotingOver
from coalition.services.moving import enter, held_for, with_reason

STATES = {
    Outcome.APPROVED: State.APPROVED,
    Outcome.REJECTED: State.REJECTED,
    Outcome.UNDECIDED: State.PROPOSED,
}


@transaction.atomic
def open_ballot(initiative: Initiative, *, by: User, revision: int) -> Ballot:
    """Put it to the vote: rule and electors are written down as they are now.

    Raises NotReady with what is missing.
    """
    held = held_for(initiative, Verb.OPEN, by=by, revision=revision)
    ahead = selectors.prospect(held, Deciders().of(held.unit_id))
    lacking = selectors.missing(held, ahead)
    if lacking or ahead.council is None:
        raise NotReady(lacking)
    now = timezone.now()
    ballot = Ballot.objects.create(
        initiative=held,
        council=ahead.council,
        opened_by=by,
        opened_at=now,
        closes_on=timezone.localdate(now) + timedelta(days=ahead.council.voting_days),
        quorum=ahead.quorum,
        majority=ahead.council.majority,
    )
    Elector.objects.bulk_create(Elector(ballot=ballot, user=user) for user in ahead.electors)
    held.state = State.VOTING
    held.save(update_fields=["state", "updated_at"])
    enter(held, LogKind.OPENED, by=by, facts=_opening(ballot, held, ahead.electors))
    return ballot


def _opening(ballot: Ballot, initiative: Initiative, electors: list[User]) -> dict[str, Any]:
    return {
        "ballot": ballot.pk,
        "council": ballot.council_id,
        "closes_on": ballot.closes_on.isoformat(),
        "quorum": ballot.quorum,
        "majority": str(ballot.majority),
        "electors": sorted(user.pk for user in electors),
        "proposal": chain.proposal_digest(initiative),
    }


@transaction.atomic
def cast_vote(initiative: Initiative, *, by: User, choice: str, reason: str = "") -> Vote:
    """An elector's vote; until the ballot closes it may be given again, and the last one counts."""
    held = held_for(initiative, Verb.VOTE, by=by)
    elector = Elector.objects.select_related("ballot").get(
        user=by, ballot__initiative=held, ballot__state=BallotState.OPEN
    )
    if not elector.ballot.takes_votes(timezone.localdate()):
        raise VotingOver(_("Voting is over since the end of the last day."))
    values = {
        "choice": choice,
        "reason": reason.strip(),
        "salt": new_salt(),
        "cast_at": timezone.now(),
    }
    vote, is_first = Vote.objects.update_or_create(elector=elector, defaults=values)
    verb = "initiative.voted" if is_first else "initiative.voted_again"
    # That somebody voted, not how: the choice stays theirs until the count.
    record_event(held, verb=verb, actor=by, label=held.title, data={"ballot": elector.ballot_id})
    return vote


@transaction.atomic
def decide(initiative: Initiative, *, by: User, reason: str) -> LogEntry:
    """Count the votes by the frozen rule; the outcome decides, `by` gives the reason.

    Raises VotingGoesOn while votes are out and there is still time.
    """
    reason = with_reason(Verb.DECIDE, reason)
    held = held_for(initiative, Verb.DECIDE, by=by)
    ballot = held.ballots.get(state=BallotState.OPEN)
    if not selectors.may_be_counted(ballot, timezone.localdate()):
        raise VotingGoesOn(
            _("Votes are still out. Count them once all are in, or after %(day)s.")
            % {"day": ballot.closes_on}
        )
    votes = list(Vote.objects.filter(elector__ballot=ballot).select_related("elector"))
    tally = Tally.of(vote.choice for vote in votes)
    outcome = rules.outcome(tally, quorum=ballot.quorum, majority=ballot.majority)
    _close(ballot, outcome, by=by)
    held.state = STATES[outcome]
    held.decided_at = ballot.closed_at if held.is_decided else None
    held.save(update_fields=["state", "decided_at", "updated_at"])
    facts = {"ballot": ballot.pk, **_counted(tally, votes)}
    return enter(held, LogKind(outcome.value), by=by, text=reason, facts=facts)


def _close(ballot: Ballot, outcome: Outcome, *, by: User) -> None:
    ballot.state, ballot.outcome = BallotState.CLOSED, outcome
    ballot.closed_at, ballot.closed_by = timezone.now(), by
    ballot.save(update_fields=["state", "outcome", "closed_at", "closed_by"])


def _counted(tally: Tally, votes: list[Vote]) -> dict[str, Any]:
    """Who voted how, and the hash of each reason."""
    rows = [
        [
            vote.elector.user_id,
            str(vote.choice),
            chain.digest(vote.reason, vote.salt) if vote.reason else "",
        ]
        for vote in sorted(votes, key=lambda vote: vote.elector.user_id)
    ]
    return {"yes": tally.yes, "no": tally.no, "abstain": tally.abstain, "votes": rows}
