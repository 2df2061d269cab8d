"""The decision log: append-only, chained, and every tampering found."""

import re
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from activity.models import Event
from coalition import chain
from coalition.models import Initiative, LogCheck, LogEntry, Vote
from coalition.services import ballots, erasing, initiatives
from coalition.services.errors import NotYours
from coalition.verifying import check_now, verify
from tests.coalition.factories import make_council, make_leaders, proposed, vote, voting


@pytest.fixture
def leaders(root):
    return make_leaders(root, "ida", "leo")


@pytest.fixture
def story(employee, leaders):
    """Seven entries: one approved, one sent back, proposed again and withdrawn."""
    make_council(*leaders)
    approved = voting(employee, by=leaders[0])
    vote(approved, yes=leaders[0])
    vote(approved, yes=leaders[1])
    ballots.decide(approved, by=leaders[0], reason="It pays in a year.")
    other = proposed(employee, title="A warm meal for every row")
    initiatives.send_back(
        other, by=leaders[0], reason="No comparison named.", revision=other.revision
    )
    initiatives.propose(other, by=employee)
    initiatives.withdraw(other, by=employee, reason="Too dear.")
    approved.refresh_from_db()
    return approved


@contextmanager
def triggers_off(*tables: str):
    """As a superuser of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def tampered(statement: str, *tables: str) -> str:
    """What the verification says after a statement run with triggers switched off."""
    with triggers_off(*(tables or ("coalition_logentry",))) as cursor:
        cursor.execute(statement)
    return " ".join(verify().problems)


# --- append-only ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE coalition_logentry SET kind = 'rejected'",
        "UPDATE coalition_logentry SET text = 'Another reason.'",
        "UPDATE coalition_logentry SET text = ''",  # the salt must go with it
        "UPDATE coalition_logentry SET facts = '{}', text = '', salt = ''",
        "DELETE FROM coalition_logentry",
    ],
)
def test_refuses_to_change_an_entry(story, statement):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_refuses_to_empty_the_log(story):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # Switched off for the other tests, which empty every table after them.
        cursor.execute("ALTER TABLE coalition_logentry ENABLE TRIGGER log_never_truncated")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE coalition_logentry CASCADE")


# --- verified ---------------------------------------------------------------------------------------


def test_finds_an_untouched_log_sound(story):
    verdict = verify()
    assert verdict.problems == []
    assert verdict.entries == 7
    assert verdict.head == LogEntry.objects.get(number=7).hash


def test_finds_an_empty_log_sound(db):
    verdict = verify()
    assert (verdict.is_sound, verdict.entries, verdict.head) == (True, 0, "")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE coalition_logentry SET facts = facts || '{\"yes\": 9}' WHERE number = 3", "3 was"),
        ("UPDATE coalition_logentry SET at = at - interval '1 day' WHERE number = 4", "4 was"),
        ("UPDATE coalition_logentry SET kind = 'rejected' WHERE number = 3", "3 was changed"),
        ("UPDATE coalition_logentry SET text = 'No.' WHERE number = 3", "text of entry 3"),
        ("UPDATE coalition_logentry SET text = '', salt = '' WHERE number = 5", "text of entry 5"),
        ("DELETE FROM coalition_logentry WHERE number = 2", "2 is missing"),
        ("DELETE FROM coalition_logentry WHERE number = 1", "1 is missing"),
        ("DELETE FROM coalition_logentry WHERE number >= 6", "7 is missing: the trail"),
        ("DELETE FROM coalition_logentry", "the log does not say so"),
    ],
)
def test_finds_an_entry_changed_or_removed_by_a_superuser(story, statement, said):
    assert said in tampered(statement)


def test_finds_entries_put_in_another_order(story):
    said = tampered(
        "UPDATE coalition_logentry SET number = number + 100 WHERE number = 4;"
        "UPDATE coalition_logentry SET number = 4 WHERE number = 5;"
        "UPDATE coalition_logentry SET number = 5 WHERE number = 104"
    )
    assert "Entry 4 does not follow" in said
    assert "Entry 5 was changed" in said


def test_finds_a_chain_that_was_written_anew(story):
    """Every hash computed again after a change: only the trail knows what stood there."""
    with triggers_off("coalition_logentry"):
        previous = chain.BEGINNING
        for entry in LogEntry.objects.order_by("number"):
            if entry.number == 3:
                entry.actor = story.proposer
            entry.previous = previous
            entry.hash = previous = chain.hash_of(entry)
            entry.save()
    assert verify().problems[0] == "Entry 3 is not the one the trail saw written."


def test_finds_the_end_cut_off_even_where_the_trail_was_cut_too(story):
    said = tampered(
        "DELETE FROM coalition_logentry WHERE number = 7;"
        "DELETE FROM activity_event WHERE data ->> 'entry' = '7'",
        "coalition_logentry",
        "activity_event",
    )
    assert "is “Withdrawn”, and the log does not say so" in said


def test_finds_everything_cut_off_by_a_hash_kept_elsewhere(story):
    last = LogEntry.objects.get(number=7)
    with triggers_off("coalition_logentry", "activity_event") as cursor:
        cursor.execute("DELETE FROM activity_event")
        cursor.execute("DELETE FROM coalition_logentry WHERE number >= 4")
        cursor.execute("DELETE FROM coalition_evidence WHERE initiative_id <> %s", [story.pk])
        cursor.execute("DELETE FROM coalition_initiative WHERE id <> %s", [story.pk])
    assert verify().is_sound  # nothing in this database remembers them
    assert verify(kept=(7, last.hash)).problems == ["Entry 7 is not the one whose hash was kept."]


def test_finds_an_initiative_whose_state_was_changed_by_hand(story):
    Initiative.objects.filter(pk=story.pk).update(state="rejected")
    assert "is “Rejected”, and the log does not say so" in verify().problems[0]


def test_finds_a_proposal_changed_after_the_vote(story):
    Initiative.objects.filter(pk=story.pk).update(cost=1)
    assert "was changed after it was put to the vote" in verify().problems[0]


def test_reads_an_amount_the_same_however_it_is_stored(story):
    Initiative.objects.filter(pk=story.pk).update(cost="74000.0000")
    assert verify().is_sound


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda: Vote.objects.filter(pk=Vote.objects.earliest("pk").pk).update(choice="no"),
            "vote",
        ),
        (lambda: Vote.objects.earliest("pk").delete(), "votes of ballot"),
        (lambda: Vote.objects.update(reason="I never said so."), "reason of vote"),
        (lambda: Vote.objects.update(reason="", salt=""), "no erasure says so"),
    ],
)
def test_finds_a_vote_changed_after_the_count(story, change, said):
    change()
    assert said in " ".join(verify().problems)


def test_finds_an_electorate_that_was_changed(story):
    said = tampered(
        "DELETE FROM coalition_vote WHERE elector_id = (SELECT max(id) FROM coalition_elector);"
        "DELETE FROM coalition_elector WHERE id = (SELECT max(id) FROM coalition_elector)",
        "coalition_elector",
    )
    assert "The electors of ballot" in said


# --- erasing ----------------------------------------------------------------------------------------


def test_erases_texts_and_goes_on_holding(story, admin):
    entry = LogEntry.objects.get(kind="approved")
    keys = [text.key for text in erasing.texts_of(entry)]
    assert [key.partition(":")[0] for key in keys] == ["entry", "vote", "vote", "proposal"]
    erased = erasing.erase_texts(entry, keys, by=admin)
    entry.refresh_from_db()
    story.refresh_from_db()
    assert (entry.text, entry.is_erased, story.problem, story.plan) == ("", True, "", "")
    assert not Vote.objects.exclude(reason="").exists()
    assert erased.kind == "erased"
    assert verify().problems == []
    assert erasing.texts_of(entry) == []
    assert erasing.erase_texts(entry, keys, by=admin) is None


def test_erases_only_what_hangs_on_the_entry(story, admin):
    entry = LogEntry.objects.get(kind="sent_back")
    assert erasing.erase_texts(entry, ["entry:3", "vote:1"], by=admin) is None
    assert LogEntry.objects.get(number=3).text


def test_lets_only_administrators_erase(story, leaders):
    entry = LogEntry.objects.get(kind="approved")
    with pytest.raises(NotYours):
        erasing.erase_texts(entry, [f"entry:{entry.number}"], by=leaders[0])


def test_keeps_erased_texts_from_being_guessed(story, admin):
    """Short reasons have few guesses; without the salt no guess can be tried."""
    entry = LogEntry.objects.get(kind="withdrawn")
    assert chain.digest("Too dear.", entry.salt) == entry.digest
    erasing.erase_texts(entry, [f"entry:{entry.number}"], by=admin)
    entry.refresh_from_db()
    assert entry.salt == ""
    assert chain.digest("Too dear.", entry.salt) != entry.digest
    assert not any("Too dear" in str(event.data) for event in Event.objects.all())


# --- the command --------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_decisions", *arguments, stdout=out)
    return out.getvalue()


def test_prints_what_to_keep_and_takes_it_again(story):
    said = run()
    assert "7 entries" in said
    kept = re.search(r"\d+:[0-9a-f]{64}", said)[0]
    assert "7 entries" in run("--kept", kept)
    check = LogCheck.objects.get()
    assert (check.entries, check.problems) == (7, [])


def test_fails_with_what_does_not_hold(story):
    with triggers_off("coalition_logentry") as cursor:
        cursor.execute("UPDATE coalition_logentry SET kind = 'rejected' WHERE number = 3")
    with pytest.raises(CommandError, match="Entry 3 was changed"):
        run()
    assert "Entry 3" in LogCheck.objects.get().problems[0]


@pytest.mark.parametrize("kept", ["7", "x:00", "7:abc"])
def test_says_how_a_kept_hash_is_written(story, kept):
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        run("--kept", kept)


def test_keeps_the_newest_check_only(story):
    check_now()
    check_now()
    assert LogCheck.objects.count() == 1
