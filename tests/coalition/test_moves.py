"""Every state, every actor, every move: what the table allows, services do, and nothing else."""

import pytest
from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from coalition.models import Comment, Initiative, LogEntry, State, Support
from coalition.moves import Standing, Verb
from coalition.services import ballots, initiatives, voices
from coalition.services.errors import IllegalMove, NotYours
from tests.coalition.factories import in_state, make_council
from tests.conftest import make_user

# Written by hand, not read from the table under test: who may do what in which state.
COMMON = {"support", "comment"}
NAMES = ("proposer", "owner", "leader", "seated_leader", "seated_owner", "others")
JUST_COMMENTS = {name: {"comment"} for name in NAMES}
EXPECTED = {
    "draft": {"proposer": {"edit", "propose", "withdraw"}, "owner": {"edit", "propose"}},
    "proposed": {
        "proposer": {"edit", "withdraw", "comment"},
        "owner": {"edit", "comment"},
        "leader": {*COMMON, "send_back", "open"},
        "seated_leader": {*COMMON, "send_back", "open"},
        "seated_owner": {*COMMON, "send_back", "open"},
        "others": COMMON,
    },
    "sent_back": {
        "proposer": {"edit", "propose", "withdraw", "comment"},
        "owner": {"edit", "propose", "comment"},
        "leader": COMMON,
        "seated_leader": COMMON,
        "seated_owner": COMMON,
        "others": COMMON,
    },
    "voting": {
        "proposer": {"withdraw", "comment"},
        "owner": {"comment"},
        "leader": {*COMMON, "decide"},
        "seated_leader": {*COMMON, "decide", "vote"},
        "seated_owner": {*COMMON, "decide", "vote"},
        "others": COMMON,
    },
    "approved": JUST_COMMENTS,
    "rejected": JUST_COMMENTS,
    "withdrawn": {},
}
OTHERS = ("unseated_owner", "seated_designer", "designer", "agent", "employee", "admin")
ACTORS = ("proposer", "owner", "leader", "seated_leader", "seated_owner", *OTHERS, "stranger")


@pytest.fixture
def cast(root) -> dict[str, User]:
    """Proposer and owner are leaders with seats: what they may not do is for that reason alone."""
    held = {
        "proposer": Role.LEADER,
        "owner": Role.LEADER,
        "leader": Role.LEADER,
        "seated_leader": Role.LEADER,
        "seated_owner": Role.OWNER,
        "unseated_owner": Role.OWNER,
        "seated_designer": Role.DESIGNER,
        "designer": Role.DESIGNER,
        "agent": Role.AGENT,
        "employee": Role.EMPLOYEE,
        "admin": Role.ADMIN,
    }
    people = {name: make_user(f"{name}@x.example", (role, root)) for name, role in held.items()}
    seated = ("proposer", "owner", "seated_leader", "seated_owner", "seated_designer")
    make_council(*(people[name] for name in seated))
    return people | {"stranger": make_user("stranger@x.example")}


def attempt(verb: str, initiative: Initiative, by: User) -> None:
    reason, revision = "For a reason.", initiative.revision
    match verb:
        case "edit":
            values = {"title": "Another title"}
            initiatives.save_initiative(initiative, by=by, revision=revision, values=values)
        case "propose":
            initiatives.propose(initiative, by=by)
        case "support":
            voices.support(initiative, by=by)
        case "comment":
            voices.comment(initiative, by=by, text="Well said.")
        case "send_back":
            initiatives.send_back(initiative, by=by, reason=reason, revision=revision)
        case "open":
            ballots.open_ballot(initiative, by=by, revision=revision)
        case "vote":
            ballots.cast_vote(initiative, by=by, choice="no")
        case "decide":
            ballots.decide(initiative, by=by, reason=reason)
        case "withdraw":
            initiatives.withdraw(initiative, by=by)


def picture() -> tuple[object, ...]:
    rows = Initiative.objects.values_list("state", "title", "revision")
    votes = Initiative.objects.values_list("ballots__electors__vote__choice", "ballots__state")
    counts = (LogEntry.objects.count(), Support.objects.count(), Comment.objects.count())
    return (*rows, *votes, *counts)


@pytest.mark.parametrize("state", list(State))
def test_walks_every_actor_and_every_move(state, cast):
    electors = [cast["seated_leader"], cast["seated_owner"]]
    initiative = in_state(state, cast["proposer"], cast["owner"], cast["leader"], electors)
    wrong = []
    for name in ACTORS:
        # Once more from the database: rights are remembered on the object.
        actor = User.objects.get(pk=cast[name].pk)
        expected = EXPECTED[state].get("others" if name in OTHERS else name, set())
        shown = {str(verb) for verb in Standing(actor).moves(initiative)}
        if shown != expected:
            wrong.append(f"{name} is shown {sorted(shown)}, not {sorted(expected)}")
        done = {str(verb) for verb in Verb if is_done(verb, initiative, actor)}
        if done != expected:
            wrong.append(f"{name} could {sorted(done)}, not {sorted(expected)}")
    assert not wrong, "\n".join(wrong)


def is_done(verb: str, initiative: Initiative, actor: User) -> bool:
    """Whether the service does it; what it refuses must leave nothing behind."""
    before = picture()
    with transaction.atomic():
        try:
            attempt(verb, initiative, actor)
            done = True
        except (NotYours, IllegalMove):
            done = False
            assert picture() == before
        transaction.set_rollback(True)
    return done


def test_expects_something_of_every_state():
    assert set(EXPECTED) == set(State)
