"""Councils, their rules and their seats: kept by administrators, never for themselves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import RoleHeld
from accounts.permissions import Role
from activity.models import Event
from coalition.deciding import Deciders
from coalition.models import Council, Seat
from coalition.services import councils
from coalition.services.errors import BadRule, BadSeat
from tests.coalition.factories import RULE, make_council


@pytest.fixture
def council(db) -> Council:
    return make_council()


def test_makes_one_council_a_unit(admin, north):
    councils.create_council(unit=north, rule=RULE, by=admin)
    councils.create_council(unit=None, rule=RULE, by=admin)
    for unit in (north, None):
        with pytest.raises(BadRule, match="has a council already"):
            councils.create_council(unit=unit, rule=RULE, by=admin)


def test_makes_another_one_after_the_first_has_ended(admin, north):
    first = councils.create_council(unit=north, rule=RULE, by=admin)
    councils.end_council(first, by=admin)
    second = councils.create_council(unit=north, rule=RULE, by=admin)
    assert Deciders().of(north.pk) == second


def test_notes_a_changed_rule_before_and_after(admin, council):
    councils.change_rule(council, rule=RULE | {"majority": "two_thirds"}, by=admin)
    event = Event.objects.about(council).get(verb="council.rule_changed")
    assert event.data["before"]["majority"] == "simple"
    assert event.data["after"]["majority"] == "two_thirds"


@pytest.mark.parametrize(
    "values",
    [
        {"quorum": 0},
        {"quorum": 101},
        {"voting_days": 0},
        {"voting_days": 91},
    ],
)
def test_keeps_no_impossible_rule(council, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Council.objects.filter(pk=council.pk).update(**values)


def test_gives_a_seat_to_leaders_and_owners(admin, council, leader, owner):
    for user in (leader, owner):
        councils.give_seat(council, user, by=admin)
    assert set(council.seats.values_list("user", flat=True)) == {leader.pk, owner.pk}


def test_gives_no_seat_to_whoever_may_not_vote(admin, council, designer, leader):
    with pytest.raises(BadSeat, match="neither a leader nor an owner"):
        councils.give_seat(council, designer, by=admin)
    leader.is_active = False
    leader.save()
    with pytest.raises(BadSeat):
        councils.give_seat(council, leader, by=admin)


def test_gives_no_seat_to_oneself(admin, council, root):
    RoleHeld.objects.create(user=admin, role=Role.LEADER, unit=root, held_from="2020-01-01")
    with pytest.raises(BadSeat, match="to themselves"):
        councils.give_seat(council, admin, by=admin)


def test_gives_one_seat_at_a_time(admin, council, leader):
    councils.give_seat(council, leader, by=admin)
    with pytest.raises(BadSeat, match="seat here already"):
        councils.give_seat(council, leader, by=admin)


def test_ends_a_seat_today_and_gives_another_one(admin, council, leader):
    seat = councils.give_seat(council, leader, by=admin)
    councils.end_seat(seat, by=admin)
    assert not Seat.objects.in_force(timezone.localdate()).exists()
    councils.give_seat(council, leader, by=admin)
    assert Seat.objects.in_force(timezone.localdate()).count() == 1


def test_ends_a_seat_that_has_not_begun(admin, council, leader):
    start = timezone.localdate() + timedelta(days=30)
    seat = councils.give_seat(council, leader, by=admin, starts_on=start)
    councils.end_seat(seat, by=admin)
    assert not Seat.objects.in_force(start).exists()


def test_looks_up_the_tree_for_who_decides(north, oslo, south, root):
    whole = make_council()
    near = make_council(unit=north)
    deciders = Deciders()
    assert deciders.of(oslo.pk) == near
    assert deciders.of(north.pk) == near
    assert deciders.of(south.pk) == whole
    assert deciders.of(root.pk) == whole
    assert deciders.of(None) == whole


def test_knows_when_nobody_decides(north, south):
    make_council(unit=north)
    assert Deciders().of(south.pk) is None
    assert Deciders().of(None) is None
