"""Whose turn it is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from coalition.selectors import turns_of
from coalition.services import initiatives
from tests.coalition.factories import (
    make_council,
    make_initiative,
    make_leaders,
    proposed,
    vote,
    voting,
)


def asked(user) -> list[tuple[str, str]]:
    fresh = User.objects.get(pk=user.pk)
    return [(str(turn.asked), turn.initiative.title) for turn in turns_of(fresh)]


@pytest.fixture
def leaders(root):
    return make_leaders(root, "ida", "leo")


def test_asks_electors_to_vote_until_they_have(employee, leaders):
    make_council(*leaders)
    made = voting(employee, by=leaders[0])
    assert [asked(user) for user in leaders] == [[("vote", made.title)]] * 2
    vote(made, yes=leaders[0])
    assert asked(leaders[0]) == []


def test_asks_those_seated_to_decide_once_it_can_be(employee, leaders, time_machine):
    make_council(*leaders)
    made = voting(employee, by=leaders[0])
    vote(made, yes=leaders[0])
    time_machine.move_to(timezone.now() + timedelta(days=15))
    assert [asked(user) for user in leaders] == [[("decide", made.title)]] * 2


def test_asks_those_seated_to_consider_what_is_proposed_but_their_own(employee, leaders, leader):
    make_council(*leaders)
    proposed(employee, title="Theirs")
    proposed(leaders[0], title="Own")
    assert asked(leaders[0]) == [("consider", "Theirs")]
    assert asked(leaders[1]) == [("consider", "Theirs"), ("consider", "Own")]
    assert asked(leader) == []  # without a seat nobody waits for them


def test_asks_authors_to_improve_and_to_finish(employee, owner, leader):
    made = proposed(employee, owner, title="Sent back")
    initiatives.send_back(made, by=leader, reason="Thin.", revision=made.revision)
    make_initiative(employee, title="Begun")
    assert asked(employee) == [("improve", "Sent back"), ("finish", "Begun")]
    assert asked(owner) == [("improve", "Sent back")]


def test_asks_nobody_without_a_role(stranger):
    assert asked(stranger) == []


def test_asks_in_a_fixed_number_of_queries(employee, leaders, django_assert_max_num_queries):
    make_council(*leaders)
    for number in range(6):
        proposed(employee, title=f"Idea {number}")
        voting(employee, by=leaders[0], title=f"Vote {number}")
    user = User.objects.get(pk=leaders[0].pk)
    with django_assert_max_num_queries(8):
        assert len(turns_of(user)) == 12
