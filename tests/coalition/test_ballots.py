"""Opened, voted on, counted and decided; and what may not happen at the same time."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import RoleHeld, User
from activity.models import Event
from coalition import verifying
from coalition.models import Ballot, Council, Elector, Initiative, LogEntry, Seat, Vote
from coalition.services import ballots, councils, initiatives
from coalition.services.errors import (
    CoalitionRefusal,
    IllegalMove,
    NotReady,
    NotYours,
    ReasonMissing,
    StaleInitiative,
    VotingGoesOn,
    VotingOver,
)
from tests.coalition.factories import (
    RULE,
    make_council,
    make_leaders,
    proposed,
    vote,
    voting,
)


@pytest.fixture
def three(root) -> list[User]:
    return make_leaders(root, "ida", "leo", "priya")


def opened(initiative) -> Ballot:
    return initiative.ballots.get(state="open")


def past_the_last_day(initiative, travel) -> None:
    travel.move_to(timezone.now() + timedelta(days=15))


@pytest.fixture
def travel(time_machine):
    return time_machine


# --- opening ----------------------------------------------------------------------------------------


def test_writes_the_rule_and_the_electors_down_as_they_are(employee, three, admin):
    council = make_council(*three, quorum=60, majority="two_thirds", voting_days=7)
    made = voting(employee, by=three[0])
    councils.change_rule(council, rule=RULE | {"quorum": 1}, by=admin)
    councils.end_seat(Seat.objects.get(user=three[1]), by=admin)
    ballot = opened(made)
    assert (ballot.quorum, ballot.majority) == (2, "two_thirds")
    assert ballot.closes_on == timezone.localdate() + timedelta(days=7)
    assert {elector.user for elector in ballot.electors.all()} == set(three)
    vote(made, yes=three[1])


@pytest.mark.parametrize("role", ["proposer", "owner"])
def test_lists_nobody_as_elector_of_their_own(role, employee, three):
    make_council(*three)
    authors = {"proposer": (three[0], employee), "owner": (employee, three[0])}[role]
    made = voting(authors[0], by=three[1], owner=authors[1])
    assert {elector.user for elector in opened(made).electors.all()} == set(three[1:])
    with pytest.raises(NotYours):
        ballots.cast_vote(made, by=three[0], choice="yes")


def test_lists_only_seats_that_count_that_day(employee, three, root, designer):
    council = make_council(*three, designer)
    Seat.objects.filter(user=three[1]).update(ends_on=timezone.localdate())
    RoleHeld.objects.filter(user=three[2]).update(held_to=timezone.localdate())
    late, gone = make_leaders(root, "late", "gone")
    tomorrow = timezone.localdate() + timedelta(days=1)
    Seat.objects.create(council=council, user=late, starts_on=tomorrow)
    Seat.objects.create(council=council, user=gone, starts_on="2020-01-01")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    made = voting(employee, by=three[0])
    assert [elector.user for elector in opened(made).electors.all()] == [three[0]]


def test_lets_the_nearest_council_decide(employee, leader, north, oslo, south):
    whole, near = make_council(leader), make_council(leader, unit=north, name="North")
    assert opened(voting(employee, by=leader, unit=oslo)).council == near
    assert opened(voting(employee, by=leader, unit=south)).council == whole
    assert opened(voting(employee, by=leader)).council == whole


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ({"effect_metric": None}, "which metric"),
        ({"effect_amount": None}, "how much"),
        ({"cost": None, "currency": ""}, "costs"),
        ({"owner": None}, "own it"),
    ],
)
def test_opens_nothing_that_is_incomplete(employee, three, lacking, said):
    make_council(*three)
    made = proposed(employee)
    Initiative.objects.filter(pk=made.pk).update(**lacking)
    with pytest.raises(NotReady, match=said):
        ballots.open_ballot(made, by=three[0], revision=made.revision)
    assert not Ballot.objects.exists()


def test_opens_nothing_without_evidence(employee, three):
    make_council(*three)
    made = proposed(employee)
    made.evidence.all().delete()
    with pytest.raises(NotReady, match="evidence"):
        ballots.open_ballot(made, by=three[0], revision=made.revision)


def test_opens_nothing_without_a_council_or_with_a_quorum_out_of_reach(employee, three):
    made = proposed(employee)
    with pytest.raises(NotReady, match="No council"):
        ballots.open_ballot(made, by=three[0], revision=made.revision)
    council = make_council(*three, quorum_kind="number", quorum=4)
    with pytest.raises(NotReady, match="needs 4 votes, and only 3"):
        ballots.open_ballot(made, by=three[0], revision=made.revision)
    Council.objects.filter(pk=council.pk).update(ended_on=timezone.localdate())
    with pytest.raises(NotReady, match="No council"):
        ballots.open_ballot(made, by=three[0], revision=made.revision)


def test_opens_only_what_was_read(employee, three):
    make_council(*three)
    made = proposed(employee)
    with pytest.raises(StaleInitiative):
        ballots.open_ballot(made, by=three[0], revision=made.revision - 1)


# --- voting -----------------------------------------------------------------------------------------


def test_counts_the_last_word_of_whoever_votes_twice(employee, three):
    make_council(*three)
    made = voting(employee, by=three[0])
    vote(made, yes=three[0])
    vote(made, no=three[0])
    assert Vote.objects.get().choice == "no"


def test_tells_the_trail_that_somebody_voted_and_not_how(employee, three):
    make_council(*three)
    made = voting(employee, by=three[0])
    vote(made, yes=three[0])
    vote(made, no=three[0])
    events = Event.objects.about(made).filter(verb__contains="voted").order_by("id")
    assert [event.verb for event in events] == ["initiative.voted", "initiative.voted_again"]
    for event in events:
        assert event.data == {"ballot": opened(made).pk}


def test_takes_votes_to_the_end_of_the_last_day_and_none_after(employee, three, travel):
    make_council(*three)
    travel.move_to("2026-11-20T12:00:00Z", tick=False)
    made = voting(employee, by=three[0])
    travel.move_to("2026-12-04T23:59:59Z", tick=False)
    vote(made, yes=three[0])
    travel.move_to("2026-12-05T00:00:00Z", tick=False)
    with pytest.raises(VotingOver):
        vote(made, yes=three[1])
    assert Vote.objects.count() == 1


# --- deciding ---------------------------------------------------------------------------------------


def test_cuts_no_vote_short(employee, three, travel):
    make_council(*three)
    made = voting(employee, by=three[0])
    vote(made, yes=three[0], no=three[1])
    with pytest.raises(VotingGoesOn):
        ballots.decide(made, by=three[0], reason="Enough.")
    past_the_last_day(made, travel)
    assert ballots.decide(made, by=three[0], reason="A tie.").kind == "rejected"


def test_may_be_counted_once_every_vote_is_in(employee, three):
    make_council(*three)
    made = voting(employee, by=three[0])
    vote(made, yes=three[0], no=three[1], abstain=three[2])
    assert ballots.decide(made, by=three[0], reason="Still a tie.").kind == "rejected"


def test_approves_with_a_reason_a_count_and_a_date(employee, three):
    make_council(*three)
    made = voting(employee, by=three[0])
    vote(made, yes=three[0], abstain=three[2])
    vote(made, yes=three[1])
    entry = ballots.decide(made, by=three[0], reason="It pays in a year.")
    made.refresh_from_db()
    assert (made.state, made.decided_at) == ("approved", made.ballots.get().closed_at)
    assert (entry.kind, entry.text) == ("approved", "It pays in a year.")
    counted = {key: entry.facts[key] for key in ("yes", "no", "abstain")}
    assert counted == {"yes": 2, "no": 0, "abstain": 1}


def test_decides_nothing_without_a_quorum_and_can_be_voted_on_again(employee, three, travel):
    make_council(*three, quorum=67)
    made = voting(employee, by=three[0])
    vote(made, yes=three[0])
    past_the_last_day(made, travel)
    assert ballots.decide(made, by=three[0], reason="Two were away.").kind == "undecided"
    made.refresh_from_db()
    assert (made.state, made.decided_at) == ("proposed", None)
    ballots.open_ballot(made, by=three[0], revision=made.revision)
    assert made.ballots.count() == 2


def test_decides_nothing_without_a_reason(employee, three):
    make_council(three[0])
    made = voting(employee, by=three[0])
    vote(made, yes=three[0])
    with pytest.raises(ReasonMissing):
        ballots.decide(made, by=three[0], reason=" ")
    assert opened(made).is_open


# --- what the database itself refuses -----------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda made: Ballot.objects.filter(initiative=made).update(quorum=1),
        lambda made: Ballot.objects.filter(initiative=made).update(majority="two_thirds"),
        lambda made: Ballot.objects.filter(initiative=made).update(closes_on="2099-01-01"),
        lambda made: Elector.objects.filter(ballot__initiative=made).delete(),
        lambda made: Elector.objects.filter(ballot__initiative=made).update(user_id=1),
    ],
)
def test_changes_neither_rule_nor_electors_of_an_open_ballot(employee, three, change):
    make_council(*three)
    made = voting(employee, by=three[0])
    with pytest.raises(DatabaseError), transaction.atomic():
        change(made)


def test_changes_nothing_of_a_closed_ballot(employee, three):
    make_council(three[0])
    made = voting(employee, by=three[0])
    vote(made, no=three[0])
    ballots.decide(made, by=three[0], reason="No.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Ballot.objects.filter(initiative=made).update(outcome="approved")


# --- at once ----------------------------------------------------------------------------------------


def together(*jobs) -> list[BaseException | None]:
    """Run them at the same moment, each on a connection of its own; what each of them raised."""
    start, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(number, job):
        try:
            start.wait(10)
            job()
        except CoalitionRefusal as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


@pytest.mark.django_db(transaction=True)
def test_decides_once_when_two_close_at_once(employee, three):
    make_council(*three)
    made = voting(employee, by=three[0])
    for user in three:
        vote(made, yes=user)
    jobs = [
        lambda by=by: ballots.decide(made, by=by, reason=f"Counted by {by}.") for by in three[:2]
    ]
    refused = [result for result in together(*jobs) if result]
    assert [type(refusal) for refusal in refused] == [IllegalMove]
    assert LogEntry.objects.filter(kind="approved").count() == 1
    assert verifying.verify().is_sound


@pytest.mark.django_db(transaction=True)
def test_opens_once_when_two_open_at_once(employee, three):
    make_council(*three)
    made = proposed(employee)
    jobs = [
        lambda by=by: ballots.open_ballot(made, by=by, revision=made.revision) for by in three[:2]
    ]
    assert [type(result) for result in together(*jobs) if result] == [IllegalMove]
    assert Ballot.objects.count() == 1
    assert Elector.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_takes_no_vote_once_somebody_counts(employee, three):
    """The vote comes while the count holds the initiative: it waits, and is refused."""
    make_council(*three)
    made = voting(employee, by=three[0])
    for user in three:
        vote(made, yes=user)
    refused: list[CoalitionRefusal] = []

    def change_my_mind():
        try:
            ballots.cast_vote(made, by=three[2], choice="no")
        except CoalitionRefusal as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    late = threading.Thread(target=change_my_mind)
    with transaction.atomic():
        ballots.decide(made, by=three[0], reason="All are in.")
        late.start()
        until = time.monotonic() + 20
        while not somebody_waits_for_a_lock() and time.monotonic() < until:
            late.join(0.02)
        assert late.is_alive()
    late.join(20)
    assert [type(refusal) for refusal in refused] == [IllegalMove]
    assert set(Vote.objects.values_list("choice", flat=True)) == {"yes"}
    assert verifying.verify().is_sound


@pytest.mark.django_db(transaction=True)
def test_keeps_one_chain_when_many_write_at_once(employee, three):
    drafts = [proposed(employee, title=f"Idea {number}") for number in range(4)]
    jobs = [
        lambda made=made: initiatives.send_back(
            made, by=three[0], reason="Thin.", revision=made.revision
        )
        for made in drafts
    ]
    assert together(*jobs) == [None] * 4
    assert sorted(LogEntry.objects.values_list("number", flat=True)) == list(range(1, 9))
    assert verifying.verify().is_sound
