import pytest
from django.db import connection

from contacts.models import Basis, Contact
from contacts.searching import words_match
from contacts.selectors import audience, contact_page, why_not_emailable
from contacts.services import set_permission
from contacts.suppression import is_suppressed, suppress
from tests.contacts.factories import make_contact

pytestmark = pytest.mark.django_db


def names(found) -> set[str]:
    return {contact.name for contact in found}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("王小", {"王小伟"}),
        ("小伟", {"王小伟"}),
        ("伟", {"王小伟"}),
        ("Müller", {"Jürgen Müller", "Eva Mueller"}),
        ("mueller", {"Jürgen Müller", "Eva Mueller"}),
        ("MULLER", {"Jürgen Müller"}),
        ("jur mul", {"Jürgen Müller"}),
        ("weiss", {"Anna Groß-Weiß"}),
        ("gross-we", {"Anna Groß-Weiß"}),
        ("eva.m@b", {"Eva Mueller"}),
        ("K-77", {"Anna Groß-Weiß"}),
        ("üller", set()),
        ("%", set()),
        ("_", set()),
        ("  ", {"王小伟", "Jürgen Müller", "Eva Mueller", "Anna Groß-Weiß"}),
    ],
)
def test_finds_words_by_their_start_in_any_script_and_spelling(query, expected):
    make_contact(given_name="小伟", family_name="王")
    make_contact(given_name="Jürgen", family_name="Müller")
    make_contact(given_name="Eva", family_name="Mueller", email="eva.m@b.example")
    make_contact(given_name="Anna", family_name="Groß-Weiß", external_id="K-77")

    assert names(audience({"search": query})) == expected


def test_searches_two_characters_through_the_index():
    Contact.objects.bulk_create(
        Contact(external_id=str(n), sort_key=str(n), search_text=f" 名{chr(0x5000 + n)} {n}")
        for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_contact")
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "contact_search" in Contact.objects.filter(words_match("王小")).explain()


def test_filters_by_kind_unit_below_language_attributes_and_address(north, oslo, south):
    eco = make_contact(unit=oslo, language="de", attributes={"class": "Eco", "vip": True})
    make_contact(unit=south, language="de", attributes={"class": "Eco Plus", "vip": False})
    staff = make_contact(kind="employee", email="a@b.example")

    assert audience({"unit": north.pk}).get() == eco
    assert audience({"attributes": {"class": ["Eco", "First"]}}).get() == eco
    assert audience({"attributes": {"vip": ["true"]}, "language": "de"}).get() == eco
    assert audience({"kind": "employee"}).get() == staff
    assert audience({"has_email": "yes"}).get() == staff
    assert audience({"attributes": {"a__b'\"--": ["x"]}}).count() == 0


def test_says_why_somebody_can_not_be_asked(designer):
    given = {"purpose": "survey", "channel": "email", "source": "form", "by": designer}
    made = {
        name: make_contact(email=f"{name}@b.example" if name != "no_address" else "")
        for name in ("askable", "no_address", "suppressed", "withdrawn", "no_permission")
    }
    for name in ("askable", "no_address", "suppressed"):
        set_permission(made[name], basis=Basis.CONSENT, **given)
    set_permission(made["withdrawn"], basis=Basis.WITHDRAWN, **given)
    suppress("Suppressed@b.example ", "unsubscribed")

    said = why_not_emailable(Contact.objects.all())

    assert {row.why_not for row in said} == {"", *made.keys()} - {"askable"}
    assert said.get(why_not="") == made["askable"]
    assert audience({"may_be_asked": "yes"}).get() == made["askable"]
    assert audience({"may_be_asked": "no"}).count() == 4
    assert is_suppressed(["suppressed@b.example", "other@b.example", ""]) == {
        "suppressed@b.example"
    }


def test_pages_through_everyone_once_in_both_directions():
    for number in range(120):
        make_contact(display_name=f"Name {number % 7}")
    seen, after = [], ""
    for _turn in range(3):
        page = contact_page(Contact.objects.all(), after=after)
        seen += page.rows
        after = page.after
    assert after == ""
    assert seen == sorted(Contact.objects.all(), key=lambda one: (one.sort_key, one.pk))
    back = contact_page(Contact.objects.all(), before=page.before)
    assert back.rows == seen[50:100]
    assert contact_page(Contact.objects.all(), before=back.before).rows == seen[:50]
    assert contact_page(Contact.objects.all(), before=back.before).before == ""


@pytest.mark.parametrize("cursor", ["x", "W10=", "WyJcdWQ4MDAiLCAxXQ==", "WyJcdTAwMDAiLDFd", "é"])
def test_takes_a_broken_cursor_for_the_first_page(cursor):
    contact = make_contact()

    assert contact_page(Contact.objects.all(), after=cursor, before=cursor).rows == [contact]
