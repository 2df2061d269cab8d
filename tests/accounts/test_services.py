import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import services
from accounts.models import RoleHeld, StaffInvitation, Unit, UnitPlace, User, units_below
from accounts.permissions import Role
from accounts.services.people import AlreadyHere, InvitationOver
from accounts.services.units import BadPlace
from activity.models import Event
from tests.conftest import make_unit, make_user


def admin_role(user: User) -> RoleHeld:
    return RoleHeld.objects.get(user=user, role=Role.ADMIN)


# --- roles ---------------------------------------------------------------------------------------


def test_lets_somebody_hold_a_role_and_says_so_in_the_trail(admin, employee, north):
    services.grant_role(employee, role=Role.DESIGNER, unit=north, by=admin)
    event = Event.objects.about(employee).get()
    assert (event.verb, event.actor) == ("role_granted", admin)
    assert event.data == {"role": "designer", "unit": north.pk}


def test_grants_the_same_role_once(admin, employee, north):
    for _ in range(2):
        services.grant_role(employee, role=Role.DESIGNER, unit=north, by=admin)
    assert employee.roles.filter(role=Role.DESIGNER).count() == 1
    assert Event.objects.count() == 1


def test_lets_nobody_elevate_themselves(admin, root):
    with pytest.raises(services.SelfElevation):
        services.grant_role(admin, role=Role.DESIGNER, unit=root, by=admin)
    assert not admin.roles.filter(role=Role.DESIGNER).exists()


def test_opens_django_admin_with_the_administrator_role_and_shuts_it_with_it(admin, employee, root):
    held = services.grant_role(employee, role=Role.ADMIN, unit=root, by=admin)
    employee.refresh_from_db()
    assert employee.is_staff
    assert employee.is_superuser
    services.end_role(held, by=admin)
    employee.refresh_from_db()
    assert not employee.is_staff
    assert not employee.is_superuser


def test_ends_a_role_at_once(admin, designer):
    services.end_role(designer.roles.get(), by=admin)
    assert User.objects.get(pk=designer.pk).held_roles == []


def test_keeps_the_last_administrator(admin):
    with pytest.raises(services.LastAdmin):
        services.end_role(admin_role(admin), by=admin)
    with pytest.raises(services.LastAdmin):
        services.deactivate(admin, by=admin)
    assert User.objects.get(pk=admin.pk).is_active
    assert admin_role(admin).held_to is None


def test_does_not_count_an_administrator_who_has_not_joined(admin, root):
    services.invite("second@cx.example", role=Role.ADMIN, unit=root, by=admin)
    with pytest.raises(services.LastAdmin):
        services.end_role(admin_role(admin), by=admin)


@pytest.mark.django_db(transaction=True)
def test_keeps_one_of_two_administrators_who_remove_each_other_at_once(admin, root):
    other = make_user("second@cx.example", (Role.ADMIN, root))
    start, refused = threading.Barrier(2), []

    def remove(victim: User, by: User) -> None:
        try:
            start.wait()
            services.end_role(admin_role(victim), by=by)
        except services.LastAdmin:
            refused.append(victim)
        finally:
            connection.close()

    pairs = [(admin, other), (other, admin)]
    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert len(refused) == 1
    assert RoleHeld.objects.filter(role=Role.ADMIN, held_to=None).count() == 1


# --- invitations -------------------------------------------------------------------------------------


@pytest.fixture
def invitation(admin, north) -> StaffInvitation:
    return services.invite("New@cx.example", role=Role.DESIGNER, unit=north, by=admin)


def test_invites_by_mail_in_the_name_of_the_organisation(invitation, mailoutbox):
    services.mail_invitation(invitation)
    (mail,) = mailoutbox
    assert mail.to == ["new@cx.example"]
    assert mail.subject == "Aurora Air invites you to CXplatform"
    assert "Rullebanen 1" in mail.body
    assert "/join/" in mail.body


def test_opens_the_account_once(invitation, client):
    user = services.accept_invitation(invitation, password="five gates and a plane")
    assert user.is_active
    assert user.check_password("five gates and a plane")
    with pytest.raises(InvitationOver):
        services.accept_invitation(invitation, password="another one altogether")


def test_takes_no_old_invitation(invitation):
    invitation.expires_at = timezone.now() - timedelta(seconds=1)
    invitation.save()
    with pytest.raises(InvitationOver):
        services.accept_invitation(invitation, password="five gates and a plane")
    assert not invitation.user.is_active


def test_makes_earlier_invitations_void_with_a_new_one(invitation, admin):
    services.renew_invitation(invitation.user, by=admin)
    with pytest.raises(InvitationOver):
        services.accept_invitation(invitation, password="five gates and a plane")


def test_makes_invitations_void_when_the_account_is_closed(invitation, admin):
    services.deactivate(invitation.user, by=admin)
    with pytest.raises(InvitationOver):
        services.accept_invitation(invitation, password="five gates and a plane")


def test_invites_nobody_who_is_here(admin, employee, north):
    with pytest.raises(AlreadyHere):
        services.invite("EMPLOYEE@cx.example", role=Role.DESIGNER, unit=north, by=admin)
    assert not employee.roles.filter(role=Role.DESIGNER).exists()


def test_keeps_addresses_out_of_the_trail(invitation):
    for event in Event.objects.all():
        assert "new@cx.example" not in f"{event.subject_label} {event.data}"


# --- sessions ---------------------------------------------------------------------------------------


def test_ends_every_session_of_a_closed_account(client, admin, employee):
    client.force_login(employee)
    services.deactivate(employee, by=admin)
    assert client.get("/").status_code == 302


def test_signs_out_everywhere(client, employee):
    client.force_login(employee)
    services.sign_out_everywhere(employee, by=employee)
    assert client.get("/").status_code == 302


# --- units --------------------------------------------------------------------------------------------


def test_moves_a_unit_from_a_day_on_and_keeps_where_it_was(admin, north, south, oslo):
    today = timezone.localdate()
    services.move_unit(oslo, parent=south, by=admin)
    assert oslo.pk in units_below([south.pk])
    assert oslo.pk not in units_below([north.pk])
    assert oslo.pk in units_below([north.pk], on=today - timedelta(days=1))


def test_moves_twice_a_day_without_a_place_of_no_length(admin, north, south, root, oslo):
    services.move_unit(oslo, parent=south, by=admin)
    services.move_unit(oslo, parent=root, by=admin)
    assert oslo.places.count() == 2
    assert oslo.places.get(valid_to=None).parent == root


@pytest.mark.parametrize("name", ["north", "oslo"])
def test_closes_no_ring(admin, north, oslo, name):
    parent = {"north": north, "oslo": oslo}[name]
    with pytest.raises(BadPlace):
        services.move_unit(north, parent=parent, by=admin)


def test_leaves_the_top_where_it_is(admin, root, north):
    with pytest.raises(BadPlace):
        services.move_unit(root, parent=north, by=admin)
    with pytest.raises(BadPlace):
        services.end_unit(root, by=admin)


def test_moves_nothing_to_before_its_place_began(admin, oslo, south):
    with pytest.raises(BadPlace):
        services.move_unit(oslo, parent=south, by=admin, on=date(2019, 1, 1))


def test_has_one_top(admin, root):
    with pytest.raises(BadPlace):
        services.add_unit("Another", code="another", parent=None, by=admin)
    assert UnitPlace.objects.filter(parent=None).count() == 1


def test_ends_a_unit_only_when_nothing_is_below(admin, north, oslo):
    with pytest.raises(BadPlace):
        services.end_unit(north, by=admin)
    services.end_unit(oslo, by=admin)
    services.end_unit(north, by=admin)
    assert not Unit.objects.current().filter(pk__in=[north.pk, oslo.pk]).exists()


def test_makes_the_organisation_once(db):
    assert services.ensure_organisation() == services.ensure_organisation()


def test_knows_a_tree_of_any_depth(admin, oslo):
    parent = oslo
    for number in range(12):
        parent = make_unit(f"Gate{number}", parent)
    with pytest.raises(BadPlace):
        services.move_unit(oslo, parent=parent, by=admin)
