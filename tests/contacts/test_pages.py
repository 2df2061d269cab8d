import csv
import io

import pytest
from django.urls import reverse

from activity.models import Event
from contacts.lookup import MOST_AN_HOUR
from contacts.models import Account, AttributeDefinition, Contact, Merge
from contacts.services import save_definition
from tests.browser import sign_afresh
from tests.contacts.factories import make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_designer(client, designer):
    client.force_login(designer)
    return client


@pytest.fixture
def as_agent(client, agent):
    client.force_login(agent)
    return client


def test_lists_contacts_in_a_constant_number_of_queries(
    as_designer, north, django_assert_max_num_queries
):
    account = Account.objects.create(name="Acme", sort_key="acme")
    for number in range(60):
        make_contact(display_name=f"Anna {number:02}", unit=north, account=account)

    with django_assert_max_num_queries(18):
        answer = as_designer.get("/contacts/")

    assert answer.content.count(b'<th scope="row">') == 50
    assert b"60 contacts" in answer.content
    later = as_designer.get("/contacts/", {"after": answer.context["page"].after})
    assert later.content.count(b'<th scope="row">') == 10
    assert b"Anna 59" in later.content


def test_answers_htmx_with_the_results_alone(as_designer):
    make_contact(display_name="Anna")

    part = as_designer.get("/contacts/?q=ann", headers={"HX-Request": "true"})

    assert b"Anna" in part.content
    assert b"<html" not in part.content


@pytest.mark.parametrize(
    "query",
    ["q=%00", "unit=x", "account=99999999999999999999", "after=%ff", "a-class=zzz", "kind=robot"],
)
def test_lists_whatever_is_typed_into_the_address(as_designer, query):
    assert as_designer.get(f"/contacts/?{query}").status_code == 200


def test_filters_by_a_dimension(as_designer, designer):
    make_contact(display_name="Anna", attributes={"class": "Eco"})
    make_contact(display_name="Bo", attributes={"class": "First"})
    values = {"label": "Class", "break_down_by": True}
    save_definition(AttributeDefinition(), by=designer, values=values)

    answer = as_designer.get("/contacts/?a-class=Eco")

    assert [one.name for one in answer.context["page"].rows] == ["Anna"]


def test_creates_and_edits_a_contact(as_designer, north):
    AttributeDefinition.objects.create(key="age", label="Age", type="number")
    AttributeDefinition.objects.create(key="vip", label="VIP", type="yes_no")
    typed = {
        "kind": "customer",
        "given_name": "Anna",
        "email": " Anna@B.Example ",
        "phone": "+49 (30) 1234567",
        "language": "ZH-hans",
        "unit": north.pk,
        "attribute_age": "41",
        "attribute_vip": "false",
    }

    answer = as_designer.post("/contacts/new/", typed)

    contact = Contact.objects.get()
    assert answer.url == f"/contacts/{contact.pk}/"
    assert (contact.email, contact.phone) == ("anna@b.example", "+49301234567")
    assert (contact.language, contact.attributes) == ("zh-Hans", {"age": 41, "vip": False})
    again = as_designer.get(f"/contacts/{contact.pk}/edit/").content.decode()
    assert 'value="anna@b.example"' in again
    as_designer.post(f"/contacts/{contact.pk}/edit/", typed | {"attribute_age": ""})
    contact.refresh_from_db()
    assert contact.attributes == {"vip": False}
    assert b"Anna" in as_designer.get(f"/contacts/{contact.pk}/").content


@pytest.mark.parametrize(
    ("field", "typed", "cure"),
    [
        ("email", "anna@", "whole address"),
        ("phone", "12", "country code"),
        ("language", "malay", "ms"),
        ("attribute_age", "old", "plain number"),
        ("attribute_born", "31.10.26", "2026-10-31"),
        ("email", "a@b.example", "merge the two"),
        ("given_name", "", "to tell who it is"),
    ],
)
def test_says_what_to_change(as_designer, field, typed, cure):
    make_contact(email="a@b.example")
    AttributeDefinition.objects.create(key="age", label="Age", type="number")
    AttributeDefinition.objects.create(key="born", label="Born", type="date")
    data = {"kind": "customer", "given_name": "A" if field != "given_name" else "", field: typed}

    answer = as_designer.post("/contacts/new/", data)

    assert answer.status_code == 422
    assert cure in answer.content.decode()
    assert Contact.objects.count() == 1


def test_exports_the_filtered_list_once_the_password_was_typed_again(as_designer, designer):
    make_contact(display_name="=cmd|' /C calc'!A0", email="a@b.example", attributes={"n": -3})
    make_contact(display_name="Bo")
    AttributeDefinition.objects.create(key="n", label="N", type="number")
    refused = as_designer.post("/contacts/export/", {"has_email": "yes"})
    assert refused.url.startswith("/account/reauthenticate/")
    sign_afresh(as_designer, designer)

    answer = as_designer.post("/contacts/export/", {"has_email": "yes"})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert row["display_name"] == "'=cmd|' /C calc'!A0"
    assert (row["email"], row["n"]) == ("a@b.example", "-3")
    assert Event.objects.get(verb="contacts_exported").data == {"filtered_by": ["has_email"]}


def test_lets_an_agent_find_and_correct_exactly_one_person(as_agent):
    anna = make_contact(display_name="Anna", email="anna@b.example")
    bo = make_contact(display_name="Bo")
    assert b"Anna" not in as_agent.get("/contacts/?q=anna").content
    assert as_agent.get(f"/contacts/{anna.pk}/").status_code == 404
    assert as_agent.post("/contacts/look-up/", {"q": "anna"}).status_code == 422

    found = as_agent.post("/contacts/look-up/", {"q": "ANNA@b.example"})

    assert found.url == f"/contacts/{anna.pk}/"
    assert b"Anna" in as_agent.get(found.url).content
    assert as_agent.get(f"/contacts/{bo.pk}/").status_code == 404
    typed = {"kind": "customer", "given_name": "Anne", "email": "anna@b.example"}
    assert as_agent.post(f"/contacts/{anna.pk}/edit/", typed).status_code == 302
    assert Event.objects.filter(verb="looked_up").count() == 2


def test_stops_an_agent_who_looks_up_too_many(as_agent):
    for _turn in range(MOST_AN_HOUR):
        as_agent.post("/contacts/look-up/", {"q": "nobody"})
    make_contact(email="a@b.example")

    answer = as_agent.post("/contacts/look-up/", {"q": "a@b.example"})

    assert "within an hour" in answer.content.decode()


def test_merges_on_the_page_and_undoes_it(as_designer):
    anna = make_contact(display_name="Anna", email="a@b.example")
    anne = make_contact(display_name="Anne", email="b@b.example")
    page = f"/contacts/{anna.pk}/merge/"
    assert f"?with={anne.pk}" in as_designer.get(page, {"q": "ann"}).content.decode()
    assert b"b@b.example" in as_designer.get(page, {"with": anne.pk}).content

    as_designer.post(page, {"with": anne.pk, "email": "other"})

    anna.refresh_from_db()
    assert (anna.display_name, anna.email) == ("Anna", "b@b.example")
    assert as_designer.get(f"/contacts/{anne.pk}/").url == f"/contacts/{anna.pk}/"
    as_designer.post(reverse("contacts:undo_merge", args=[Merge.objects.get().pk]))
    anna.refresh_from_db()
    assert anna.email == "a@b.example"


def test_erases_after_a_confirmation_and_the_password(client, admin):
    client.force_login(admin)
    contact = make_contact(display_name="Anna")
    page = f"/contacts/{contact.pk}/erasure/"
    assert b"for good" in client.get(page).content
    assert client.post(page).url.startswith("/account/reauthenticate/")
    sign_afresh(client, admin)

    client.post(page)

    assert Contact.objects.get().name == "–"


def test_notes_permissions_and_shows_what_happened(as_designer):
    contact = make_contact(email="a@b.example")
    page = f"/contacts/{contact.pk}/"
    given = {"purpose": "survey", "channel": "email", "basis": "consent", "source": "fair"}

    as_designer.post(f"{page}permissions/", given)

    shown = as_designer.get(page).content.decode()
    assert "May be asked by e-mail" in shown
    assert "Permission given" in shown
    as_designer.post(f"{page}permissions/", given | {"basis": "nonsense"})
    assert contact.permissions.get().basis == "consent"


def test_keeps_attributes_and_companies(as_designer):
    as_designer.post("/contacts/attributes/new/", {"label": "Loyalty", "type": "text",
                     "reportable": "on", "break_down_by": "on"})  # fmt: skip
    definition = AttributeDefinition.objects.get()
    assert (definition.key, definition.break_down_by) == ("loyalty", True)
    private = {"label": "Loyalty", "type": "text", "personal": "on", "break_down_by": "on"}
    refused = as_designer.post(f"/contacts/attributes/{definition.pk}/", private)
    assert "not personal" in refused.content.decode()
    as_designer.post("/contacts/companies/new/", {"name": "Acme"})
    assert "Acme" in as_designer.get("/contacts/companies/?q=ACM").content.decode()
