import re

import pytest
from django.urls import reverse

from accounts.models import Unit, User
from accounts.permissions import Role
from tests.browser import assert_accessible, sign_afresh, sign_in
from tests.conftest import make_user


@pytest.fixture
def admin_client(client, admin):
    client.force_login(admin)
    sign_afresh(client, admin)
    return client


def invite(client, unit, email="new@cx.example"):
    data = {"email": email, "given_name": "Nina", "role": "designer", "unit": unit.pk}
    return client.post(reverse("accounts:invite"), data, follow=True)


def test_invites_somebody_who_then_chooses_a_password(admin_client, north, mailoutbox):
    assert "Nina has not joined yet" in invite(admin_client, north).content.decode()
    path = re.search(r"(/join/\S+)", mailoutbox[0].body).group(1)
    new = "five gates and a plane"
    admin_client.logout()
    response = admin_client.post(path, {"password": new, "again": new})
    assert response.url == "/account/login/"
    user = User.objects.get(email="new@cx.example")
    assert user.check_password(new)
    assert user.held_roles == [(Role.DESIGNER, north.pk)]
    assert admin_client.get(path).status_code == 410


def test_takes_no_weak_password_from_an_invited_person(admin_client, north, mailoutbox):
    invite(admin_client, north)
    path = re.search(r"(/join/\S+)", mailoutbox[0].body).group(1)
    response = admin_client.post(path, {"password": "short", "again": "short"})
    assert response.status_code == 422
    assert not User.objects.get(email="new@cx.example").is_active


def test_says_who_is_here_already(admin_client, north, employee):
    response = invite(admin_client, north, "employee@cx.example")
    assert "has an account already" in response.content.decode()


def test_keeps_the_invitation_when_the_mail_server_is_away(admin_client, north, monkeypatch):
    def away(*_args):
        raise OSError

    monkeypatch.setattr("accounts.services.mail_invitation", away)
    assert "the mail server did not take it" in invite(admin_client, north).content.decode()
    assert User.objects.filter(email="new@cx.example").exists()


def test_grants_no_role_to_oneself_through_the_page(admin_client, admin, root):
    url = reverse("accounts:grant", args=[admin.pk])
    response = admin_client.post(url, {"role": "designer", "unit": root.pk}, follow=True)
    assert "cannot give yourself" in response.content.decode()
    assert admin.roles.count() == 1


def test_says_why_the_last_administrator_stays(admin_client, admin):
    url = reverse("accounts:activation", args=[admin.pk])
    response = admin_client.post(url, {"close": ""}, follow=True)
    assert "last administrator" in response.content.decode()


def test_lists_people_in_few_queries(admin_client, north, django_assert_max_num_queries):
    for number in range(30):
        make_user(f"p{number}@cx.example", (Role.EMPLOYEE, north))
    with django_assert_max_num_queries(8):
        body = admin_client.get(reverse("accounts:people")).content.decode()
    assert "31 people work here" in body


def test_adds_a_unit_with_a_code_made_from_its_name(admin_client, north):
    url = reverse("accounts:create_unit")
    admin_client.post(url, {"name": "Bergen gate", "parent": north.pk})
    unit = Unit.objects.get(code="bergen-gate")
    assert unit.places.get().parent == north
    again = admin_client.post(url, {"name": "Bergen gate", "parent": north.pk})
    assert "Another unit has the code" in again.content.decode()


def test_moves_a_unit_through_its_page(admin_client, oslo, north, south):
    url = reverse("accounts:unit", args=[oslo.pk])
    admin_client.post(url, {"name": "Oslo city", "parent": south.pk})
    oslo.refresh_from_db()
    assert oslo.name == "Oslo city"
    assert oslo.places.get(valid_to=None).parent == south
    ring = admin_client.post(
        reverse("accounts:unit", args=[south.pk]), {"name": "South", "parent": oslo.pk}
    )
    assert "lies within" in ring.content.decode()


def test_changes_the_organisation(admin_client, organisation):
    data = {
        "name": "Aurora Air",
        "imprint": "Aurora Air AS",
        "privacy_url": "https://aurora.example/p",
        "languages": ["en", "de"],
    }
    admin_client.post(reverse("accounts:organisation"), data)
    organisation.refresh_from_db()
    assert organisation.languages == ["en", "de"]


@pytest.mark.browser
def test_looks_after_people_in_the_browser(page, live_server, admin, employee, oslo, mailoutbox):
    sign_in(page, live_server, admin)
    page.goto(f"{live_server.url}/people/")
    assert_accessible(page)
    page.get_by_role("link", name="Invite somebody").click()
    assert_accessible(page)
    page.get_by_label("E-mail").fill("new@cx.example")
    page.get_by_role("button", name="Send invitation").click()
    page.get_by_role("heading", name="has not joined yet").wait_for()
    assert_accessible(page)
    for path in ("units/", "units/new/", f"units/{oslo.pk}/", "organisation/", ""):
        page.goto(f"{live_server.url}/{path}")
        assert_accessible(page)
    page.goto(live_server.url + reverse("accounts:person", args=[employee.pk]))
    page.get_by_role("button", name="Close this account…").click()
    page.get_by_role("dialog").get_by_role("button", name="Close the account").click()
    page.get_by_role("heading", name="can no longer sign in").wait_for()
