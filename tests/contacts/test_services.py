import pytest

from activity.models import Event
from contacts.following import FOLLOWERS, follow, repoint
from contacts.models import (
    AttributeDefinition,
    Basis,
    Contact,
    ContactPermission,
    Erasure,
    Merge,
)
from contacts.services import (
    ContactRefused,
    MergeRefused,
    apply_erasures_again,
    erase_contact,
    merge_contacts,
    save_contact,
    save_definition,
    set_permission,
    undo_merge,
)
from contacts.suppression import is_suppressed
from tests.contacts.factories import make_contact

pytestmark = pytest.mark.django_db

SURVEY_MAIL = {"purpose": "survey", "channel": "email", "source": "form"}


def test_saves_a_contact_and_names_personal_fields_without_quoting_them(designer):
    contact = save_contact(
        Contact(), by=designer, values={"given_name": "Anna", "email": "a@b.example"}
    )
    save_contact(contact, by=designer, values={"given_name": "Anne", "language": "de"})

    event = Event.objects.about(contact).first()
    assert event.data == {"fields": ["given_name", "language"], "language": ["", "de"]}
    assert "Ann" not in str(list(Event.objects.values_list("data", "subject_label")))
    assert Contact.objects.get().search_text == " anne a@b.example"


def test_leaves_no_trace_where_nothing_changed(designer):
    contact = save_contact(Contact(), by=designer, values={"given_name": "Anna"})
    before = Contact.objects.get().updated_at

    save_contact(contact, by=designer, values={"given_name": "Anna"})

    assert Event.objects.count() == 1
    assert Contact.objects.get().updated_at == before


@pytest.mark.parametrize(("field", "value"), [("email", "a@b.example"), ("external_id", "7")])
def test_refuses_an_address_or_id_that_another_contact_has(designer, field, value):
    make_contact(email="a@b.example", external_id="7")

    with pytest.raises(ContactRefused) as refused:
        save_contact(Contact(), by=designer, values={field: value})

    assert refused.value.field == field
    save_contact(Contact(kind="employee"), by=designer, values={field: value})


def test_admits_fifty_members_of_a_dimension_and_no_more(designer):
    definition = save_definition(
        AttributeDefinition(), by=designer, values={"label": "Route", "break_down_by": True}
    )
    for number in range(50):
        contact = Contact(external_id=str(number))
        save_contact(contact, by=designer, values={"attributes": {"route": f"R{number}"}})

    with pytest.raises(ContactRefused, match="more than 50"):
        save_contact(
            Contact(external_id="50"), by=designer, values={"attributes": {"route": "R50"}}
        )

    definition.refresh_from_db()
    assert len(definition.members) == 50
    assert Contact.objects.count() == 50


def test_admits_eight_dimensions_and_no_more(designer):
    for number in range(8):
        values = {"label": f"A{number}", "break_down_by": True}
        save_definition(AttributeDefinition(), by=designer, values=values)

    with pytest.raises(ContactRefused, match="8 attributes"):
        save_definition(
            AttributeDefinition(), by=designer, values={"label": "B", "break_down_by": True}
        )


def test_counts_members_when_breaking_down_is_switched_on(designer):
    make_contact(attributes={"class": "Eco"})
    make_contact(attributes={"class": "Business"})
    values = {"label": "Class", "break_down_by": True}

    definition = save_definition(AttributeDefinition(), by=designer, values=values)

    definition.refresh_from_db()
    assert definition.members == ["Business", "Eco"]


def snapshot() -> list:
    contacts = Contact.objects.order_by("pk").values()
    rows = [{k: v for k, v in one.items() if k != "updated_at"} for one in contacts]
    permissions = ContactPermission.objects.order_by("contact", "purpose", "channel")
    return [rows, list(permissions.values_list("contact", "purpose", "channel", "basis", "source"))]


def test_merges_two_with_the_strictest_permission_and_parts_them_exactly(designer):
    kept = make_contact(email="a@b.example", attributes={"class": "Eco", "age": 3})
    gone = make_contact(email="b@b.example", given_name="Bo", attributes={"class": "First"})
    set_permission(kept, basis=Basis.CONSENT, by=designer, **SURVEY_MAIL)
    set_permission(gone, basis=Basis.WITHDRAWN, by=designer, **SURVEY_MAIL)
    set_permission(
        gone, purpose="survey", channel="sms", basis=Basis.CONTRACT, source="x", by=designer
    )
    before = snapshot()

    take = {"email", "given_name", "attributes.class", "kind"}
    merge = merge_contacts(kept, gone, take=take, by=designer)

    one = Contact.objects.living().get()
    assert (one.pk, one.email, one.given_name) == (kept.pk, "b@b.example", "Bo")
    assert one.attributes == {"class": "First", "age": 3}
    assert dict(one.permissions.values_list("channel", "basis")) == {
        "email": "withdrawn",
        "sms": "contract",
    }
    undo_merge(merge, by=designer)
    assert snapshot() == before
    with pytest.raises(MergeRefused, match="undone already"):
        undo_merge(merge, by=designer)


def test_keeps_an_opt_out_given_after_the_merge_on_both(designer):
    kept, gone = make_contact(), make_contact()
    set_permission(gone, basis=Basis.CONSENT, by=designer, **SURVEY_MAIL)
    merge = merge_contacts(kept, gone, take=set(), by=designer)
    set_permission(kept, basis=Basis.WITHDRAWN, by=designer, **SURVEY_MAIL)

    undo_merge(merge, by=designer)

    bases = ContactPermission.objects.values_list("contact", "basis")
    assert set(bases) == {(kept.pk, "withdrawn"), (gone.pk, "withdrawn")}


def test_refuses_to_part_what_changed_since_and_to_join_unlike_kinds(designer):
    kept, gone, staff = make_contact(), make_contact(), make_contact(kind="employee")
    with pytest.raises(MergeRefused, match="stay two"):
        merge_contacts(kept, staff, take=set(), by=designer)
    merge = merge_contacts(kept, gone, take=set(), by=designer)
    save_contact(kept, by=designer, values={"given_name": "New"})

    with pytest.raises(MergeRefused, match="changed after"):
        undo_merge(merge, by=designer)


@pytest.fixture
def followed():
    follow(
        "permission rows", **repoint(ContactPermission, "contact", unless=("purpose", "channel"))
    )
    yield
    FOLLOWERS.pop("permission rows")


def test_repoints_what_follows_except_where_it_would_collide(followed, designer):
    kept, gone = make_contact(), make_contact()
    set_permission(kept, basis=Basis.CONSENT, by=designer, **SURVEY_MAIL)
    set_permission(gone, basis=Basis.CONTRACT, by=designer, **SURVEY_MAIL)
    other = ContactPermission.objects.create(
        contact=gone, purpose="marketing", channel="sms", basis="consent", source="x"
    )
    follower = FOLLOWERS["permission rows"]

    moved = follower.move(gone.pk, kept.pk)

    assert moved == [str(gone.pk), str(other.pk)]
    assert ContactPermission.objects.filter(contact=kept).count() == 2
    follower.restore(moved)
    assert ContactPermission.objects.filter(contact=gone).count() == 2


def test_erases_a_person_and_all_merged_into_them_for_good(designer, admin):
    kept = make_contact(email="a@b.example", given_name="Anna", attributes={"age": 30})
    gone = make_contact(email="b@b.example", phone="+4930123456", family_name="Koch")
    merge_contacts(kept, gone, take=set(), by=designer)

    erase_contact(kept, by=admin)

    tombstones = list(Contact.objects.all())
    assert all(one.name == "–" and not one.email and not one.attributes for one in tombstones)
    assert all(not (one.search_text or one.phone or one.sort_key) for one in tombstones)
    assert Merge.objects.get().before == {}
    assert is_suppressed(["a@b.example", "b@b.example"]) == {"a@b.example", "b@b.example"}
    assert Erasure.objects.count() == 2
    with pytest.raises(MergeRefused):
        undo_merge(Merge.objects.get(), by=designer)


def test_erases_again_whoever_a_restore_brought_back(admin):
    contact = make_contact(email="a@b.example")
    erase_contact(contact, by=admin)
    Contact.objects.filter(pk=contact.pk).update(erased_at=None, email="a@b.example")

    assert apply_erasures_again() == 1
    assert Contact.objects.get().email == ""
    assert apply_erasures_again() == 0
