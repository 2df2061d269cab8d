"""The erasure log outlives the database: kept beside the backups, applied after a restore."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from contacts.models import Contact, Erasure
from contacts.services.erasing import erase_contact
from contacts.suppression import is_suppressed
from tests.contacts.factories import make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(tmp_path):
    return tmp_path / "erasures.jsonl"


def test_erases_again_in_a_database_restored_from_before_the_erasure(admin, log, capsys):
    contact = make_contact(email="a@b.example", given_name="Ana")
    bystander = make_contact(email="c@d.example")
    erase_contact(contact, by=admin)
    call_command("erasures", export=log)
    restore_from_before(contact)

    call_command("erasures", apply=log)

    contact.refresh_from_db()
    bystander.refresh_from_db()
    assert (contact.email, contact.given_name, bystander.email) == ("", "", "c@d.example")
    assert is_suppressed(["a@b.example"]) == {"a@b.example"}
    assert "1 erasures were new to this database; 1 people erased." in capsys.readouterr().out


def test_applying_the_log_twice_changes_nothing(admin, log, capsys):
    erase_contact(make_contact(email="a@b.example"), by=admin)
    call_command("erasures", export=log)
    call_command("erasures", apply=log)
    assert "0 erasures were new to this database; 0 people erased." in capsys.readouterr().out
    assert Erasure.objects.count() == 1


def test_spares_somebody_new_who_was_given_the_number_of_an_erased_person(admin, log):
    contact = make_contact(email="a@b.example")
    erase_contact(contact, by=admin)
    call_command("erasures", export=log)
    restore_from_before(contact)
    Contact.objects.filter(pk=contact.pk).update(created_at=timezone.now())
    call_command("erasures", apply=log)
    assert Contact.objects.get(pk=contact.pk).email == "a@b.example"


def test_the_file_holds_numbers_and_dates_only(admin, log):
    contact = make_contact(email="a@b.example", given_name="Ana")
    erase_contact(contact, by=admin)
    call_command("erasures", export=log)
    (line,) = log.read_text().splitlines()
    told = json.loads(line)
    assert (set(told), told["contact"]) == ({"id", "contact", "at"}, contact.pk)


@pytest.mark.parametrize(
    "bad",
    ["no json", '{"id": 1}', '{"id": "x", "contact": 1, "at": "2026-01-01T00:00+00:00"}', "[1]"],
)
def test_refuses_a_file_with_a_line_it_cannot_read_and_applies_none_of_it(admin, log, bad):
    contact = make_contact(email="a@b.example")
    erase_contact(contact, by=admin)
    call_command("erasures", export=log)
    restore_from_before(contact)
    log.write_text(f"{log.read_text()}{bad}\n")
    with pytest.raises(CommandError, match="Line 2 is not an entry"):
        call_command("erasures", apply=log)
    assert Contact.objects.get(pk=contact.pk).email == "a@b.example"


def test_says_which_file_is_missing(log):
    with pytest.raises(CommandError, match=r"erasures\.jsonl cannot be read"):
        call_command("erasures", apply=log)


def restore_from_before(contact):
    """As the row stood in an older dump, which knows nothing of the erasure."""
    Erasure.objects.all().delete()
    Contact.objects.filter(pk=contact.pk).update(
        erased_at=None, email="a@b.example", given_name="Ana"
    )
