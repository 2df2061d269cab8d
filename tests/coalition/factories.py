"""The plainest council, initiative and ballot; a test states only what matters to it."""

from decimal import Decimal

from accounts.models import User
from accounts.permissions import Role
from coalition.models import Council, Initiative, Seat, State
from coalition.services import ballots, initiatives
from coalition.services.evidence import link_metric
from metrics.models import Metric
from metrics.services import define_missing
from tests.conftest import make_user
from tests.metrics.factories import make_survey

RULE = {
    "name": "The coalition",
    "quorum_kind": "share",
    "quorum": 50,
    "majority": "simple",
    "voting_days": 14,
}


def make_council(*people: User, unit=None, **rule) -> Council:
    council = Council.objects.create(unit=unit, **RULE | rule)
    for user in people:
        Seat.objects.create(council=council, user=user, starts_on="2020-01-01")
    return council


def make_leaders(unit, *names: str) -> list[User]:
    return [make_user(f"{name}@cx.example", (Role.LEADER, unit)) for name in names]


def make_metric(owner: User) -> Metric:
    """The NPS of a survey, made where there is none."""
    if not Metric.objects.exists():
        make_survey(owner)
        define_missing()
    return Metric.objects.order_by("pk")[:1].get()


def make_initiative(proposer: User, owner: User | None = None, **fields) -> Initiative:
    """A draft that lacks nothing."""
    owner = owner or proposer
    values = {
        "title": "A second bag-drop lane",
        "problem": "The queue is the most named reason for a low score.",
        "plan": "One more desk from 5 to 8 in the morning.",
        "effect_metric": make_metric(owner),
        "effect_direction": "raise",
        "effect_amount": Decimal(6),
        "cost": Decimal(74000),
        "currency": "EUR",
        "owner": owner,
    }
    made = initiatives.create_initiative(by=proposer, values=values | fields)
    link_metric(made, make_metric(owner), by=proposer, note="It fell in October.")
    made.refresh_from_db()
    return made


def proposed(proposer: User, owner: User | None = None, **fields) -> Initiative:
    made = make_initiative(proposer, owner, **fields)
    initiatives.propose(made, by=proposer)
    made.refresh_from_db()
    return made


def voting(proposer: User, by: User, owner: User | None = None, **fields) -> Initiative:
    """Open, with no vote in; `by` opened it. A council must be there."""
    made = proposed(proposer, owner, **fields)
    ballots.open_ballot(made, by=by, revision=made.revision)
    made.refresh_from_db()
    return made


def vote(initiative: Initiative, **choices: User) -> None:
    """vote(initiative, yes=priya, no=leo)"""
    for choice, user in choices.items():
        ballots.cast_vote(initiative, by=user, choice=choice, reason=f"I say {choice}.")


def in_state(state: str, proposer: User, owner: User, chair: User, electors: list[User]):
    """An initiative led there by legal moves; while voting, every vote is in."""
    made = make_initiative(proposer, owner)
    if state == State.DRAFT:
        return made
    initiatives.propose(made, by=proposer)
    if state == State.WITHDRAWN:
        return initiatives.withdraw(made, by=proposer)
    if state == State.SENT_BACK:
        initiatives.send_back(made, by=chair, reason="Name the cost.", revision=made.revision)
    if state in (State.VOTING, State.APPROVED, State.REJECTED):
        ballots.open_ballot(made, by=chair, revision=made.revision)
        choice = "no" if state == State.REJECTED else "yes"
        for user in electors:
            ballots.cast_vote(made, by=user, choice=choice)
    if state in (State.APPROVED, State.REJECTED):
        ballots.decide(made, by=chair, reason="As the votes say.")
    made.refresh_from_db()
    assert made.state == state
    return made
