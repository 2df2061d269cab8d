"""Proposed, edited, sent back, withdrawn; supported and talked about."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from activity.models import Event
from coalition.models import Evidence, Initiative, LogEntry, Seat
from coalition.services import evidence, initiatives, voices
from coalition.services.errors import NotYours, ReasonMissing, StaleInitiative
from journeys.models import Touchpoint
from metrics.models import Item
from tests.coalition.factories import (
    make_council,
    make_initiative,
    make_metric,
    proposed,
    vote,
    voting,
)


def verbs(initiative) -> list[str]:
    return list(Event.objects.about(initiative).order_by("id").values_list("verb", flat=True))


def kinds(initiative) -> list[str]:
    return list(initiative.log.order_by("number").values_list("kind", flat=True))


def test_keeps_a_draft_to_its_authors(employee, owner, leader, admin):
    draft = make_initiative(employee, owner)
    seen = {
        user.email
        for user in (employee, owner, leader, admin)
        if Initiative.objects.visible_to(user).filter(pk=draft.pk).exists()
    }
    assert seen == {employee.email, owner.email}
    assert kinds(draft) == []


def test_shows_what_was_proposed_to_everybody_with_a_role(employee, agent, stranger, leader):
    made = proposed(employee)
    for user in (agent, leader, employee):
        assert made in Initiative.objects.visible_to(user)
    assert made not in Initiative.objects.visible_to(stranger)
    assert made.proposed_at


def test_writes_each_step_into_the_log_and_the_trail(employee, leader):
    made = proposed(employee)
    initiatives.send_back(made, by=leader, reason="Name the cost.", revision=made.revision)
    initiatives.propose(made, by=employee)
    initiatives.withdraw(made, by=employee, reason="The desk is there already.")
    assert kinds(made) == ["proposed", "sent_back", "proposed", "withdrawn"]
    assert verbs(made)[-4:] == [
        "initiative.proposed",
        "initiative.sent_back",
        "initiative.proposed",
        "initiative.withdrawn",
    ]
    event = Event.objects.about(made).filter(verb="initiative.sent_back").get()
    entry = LogEntry.objects.get(kind="sent_back")
    assert event.data == {"entry": entry.number, "hash": entry.hash}
    assert entry.text == "Name the cost."
    assert "Name the cost" not in str(event.data)


@pytest.mark.parametrize("reason", ["", "   \n "])
def test_sends_nothing_back_without_a_reason(employee, leader, reason):
    made = proposed(employee)
    with pytest.raises(ReasonMissing):
        initiatives.send_back(made, by=leader, reason=reason, revision=made.revision)
    made.refresh_from_db()
    assert made.state == "proposed"


def test_overwrites_no_edit_that_was_not_read(employee, owner):
    made = make_initiative(employee, owner)
    read = made.revision
    initiatives.save_initiative(made, by=owner, revision=read, values={"title": "A third lane"})
    with pytest.raises(StaleInitiative):
        initiatives.save_initiative(made, by=employee, revision=read, values={"title": "Mine"})
    made.refresh_from_db()
    assert (made.title, made.revision) == ("A third lane", read + 1)
    event = Event.objects.about(made).filter(verb="initiative.edited").get()
    assert event.data == {"fields": ["title"]}


def test_sends_back_only_what_was_read(employee, leader):
    made = proposed(employee)
    read = made.revision
    initiatives.save_initiative(made, by=employee, revision=read, values={"plan": "Two desks."})
    with pytest.raises(StaleInitiative):
        initiatives.send_back(made, by=leader, reason="Two desks?", revision=read)


def test_leaves_an_edit_that_changes_nothing_alone(employee):
    made = make_initiative(employee)
    values = {"title": made.title, "cost": made.cost}
    same = initiatives.save_initiative(made, by=employee, revision=made.revision, values=values)
    assert same.revision == made.revision
    assert "initiative.edited" not in verbs(made)


def test_opens_no_votes_of_what_was_withdrawn(employee, leader, root):
    make_council(leader)
    made = voting(employee, by=leader)
    vote(made, no=leader)
    initiatives.withdraw(made, by=employee)
    ballot = made.ballots.get()
    assert (ballot.state, ballot.outcome) == ("cancelled", "")
    assert kinds(made) == ["proposed", "opened", "withdrawn"]


def test_puts_a_withdrawn_draft_into_no_log(employee):
    made = make_initiative(employee)
    initiatives.withdraw(made, by=employee)
    assert kinds(made) == []
    assert verbs(made)[-1] == "initiative.withdrawn"


# --- evidence --------------------------------------------------------------------------------------


def test_links_a_metric_once(employee):
    made = make_initiative(employee)
    with pytest.raises(evidence.LinkedAlready, match="already"):
        evidence.link_metric(made, make_metric(employee), by=employee)
    assert made.evidence.count() == 1


def test_links_a_touchpoint_once(employee):
    made = make_initiative(employee)
    desk = Touchpoint.objects.create(name="Bag drop")
    evidence.link_touchpoint(made, desk, by=employee, note="27 minutes in October.")
    with pytest.raises(evidence.LinkedAlready, match="Bag drop"):
        evidence.link_touchpoint(made, desk, by=employee)
    assert made.evidence.filter(touchpoint=desk).count() == 1


def test_links_answers_by_question_value_and_day_and_copies_none(designer):
    made = make_initiative(designer)
    item = Item.objects.get()
    days = (date(2026, 9, 1), date(2026, 11, 20))
    linked = evidence.link_answers(made, item, values=(0, 6), days=days, by=designer)
    assert (linked.item, linked.low, linked.high) == (item, 0, 6)
    assert {field.name for field in Evidence._meta.get_fields()}.isdisjoint({"response", "contact"})
    made.refresh_from_db()
    assert verbs(made)[-1] == "initiative.evidence_linked"


def test_has_evidence_point_at_one_thing_only(designer):
    made = make_initiative(designer)
    desk = Touchpoint.objects.create(name="Bag drop")
    values = {"initiative": made, "added_by": designer}
    for pointers in (
        {"kind": "answers", "metric": make_metric(designer)},
        {"kind": "answers", "item": Item.objects.get()},
        {"kind": "touchpoint", "touchpoint": desk, "metric": make_metric(designer)},
        {"kind": "metric"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Evidence.objects.create(**values, **pointers)


def test_has_new_evidence_read_before_anything_is_decided(employee, leader):
    made = proposed(employee)
    read = made.revision
    evidence.unlink(made.evidence.get(), by=employee)
    with pytest.raises(StaleInitiative):
        initiatives.send_back(made, by=leader, reason="Thin.", revision=read)


# --- support and comments --------------------------------------------------------------------------


def test_counts_everybodys_support_once(employee, agent):
    made = proposed(employee)
    for _ in range(2):
        voices.support(made, by=agent)
    assert made.supports.count() == 1
    assert verbs(made).count("initiative.supported") == 1
    voices.take_support_back(made, by=agent)
    assert not made.supports.exists()


def test_lets_nobody_support_their_own(employee, owner):
    made = proposed(employee, owner)
    for author in (employee, owner):
        with pytest.raises(NotYours):
            voices.support(made, by=author)


def test_removes_a_comments_text_and_keeps_its_place(employee, agent, admin, leader):
    made = proposed(employee)
    said = voices.comment(made, by=agent, text="Anna at desk 4 is slow.")
    with pytest.raises(NotYours):
        voices.remove_comment(said, by=leader)
    voices.remove_comment(said, by=admin)
    said.refresh_from_db()
    assert (said.text, said.removed_by) == ("", admin)
    assert not any("Anna" in str(event.data) for event in Event.objects.all())


def test_lets_authors_remove_their_own_comments(employee, agent):
    made = proposed(employee)
    said = voices.comment(made, by=agent, text="Never mind.")
    voices.remove_comment(said, by=agent)
    said.refresh_from_db()
    assert said.text == ""


# --- constraints ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"cost": 5, "currency": ""},
        {"cost": None, "currency": "EUR"},
        {"cost": -1},
        {"effect_amount": 0},
        {"state": "approved"},
        {"state": "proposed"},
        {"state": "lost"},
    ],
)
def test_keeps_no_impossible_initiative(employee, values):
    made = make_initiative(employee)
    with pytest.raises(IntegrityError), transaction.atomic():
        Initiative.objects.filter(pk=made.pk).update(**values)


def test_ends_no_seat_before_it_starts(leader):
    council = make_council(leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.filter(council=council).update(ends_on="2019-12-31")
