"""Django admin as administrators meet it, and as nobody else does."""

import pytest
from django.contrib import admin as django_admin
from django.urls import reverse

from accounts.models import RoleHeld
from accounts.permissions import Role
from activity.models import Event
from activity.services import record_event
from surveys.models import Sender
from tests.browser import sign_in
from tests.conftest import make_user

PAGES = sorted(
    f"{model._meta.app_label}_{model._meta.model_name}" for model in django_admin.site._registry
)


@pytest.mark.parametrize("name", PAGES)
def test_opens_lists_to_administrators_alone(client, admin, designer, stranger, name):
    url = reverse(f"admin:{name}_changelist")
    assert client.get(url, follow=True).redirect_chain[-1][0].startswith("/account/login/")
    for user in (designer, stranger):
        client.force_login(user)
        assert client.get(url, follow=True).status_code == 403
    client.force_login(admin)
    assert client.get(url, {"q": "anything"}).status_code == 200


@pytest.mark.parametrize(
    "model", ["activity_event", "coalition_logentry", "metrics_cell", "surveys_surveyversion"]
)
def test_lets_nobody_add_to_or_change_the_trails(client, admin, model):
    client.force_login(admin)
    assert client.post(reverse(f"admin:{model}_add"), {}).status_code == 403


def test_shows_an_event_without_a_way_to_change_it(client, admin, root):
    event = record_event(root, verb="renamed", actor=admin)
    client.force_login(admin)
    url = reverse("admin:activity_event_change", args=[event.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"verb": "x"}).status_code == 403
    assert client.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_gives_no_role_to_oneself(client, admin, root):
    client.force_login(admin)
    data = {"user": admin.pk, "role": "designer", "unit": root.pk}
    response = client.post(reverse("admin:accounts_roleheld_add"), data)
    assert "cannot give yourself" in response.content.decode()
    assert admin.roles.count() == 1


def test_gives_a_role_with_a_trace_and_its_flags(client, admin, employee, root):
    client.force_login(admin)
    data = {"user": employee.pk, "role": "admin", "unit": root.pk}
    client.post(reverse("admin:accounts_roleheld_add"), data)
    employee.refresh_from_db()
    assert employee.is_superuser
    assert Event.objects.about(employee).get().verb == "role_granted"


def test_ends_no_last_administrator(client, admin):
    client.force_login(admin)
    held = RoleHeld.objects.get(user=admin)
    data = {"action": "end_roles", "_selected_action": [held.pk]}
    response = client.post(reverse("admin:accounts_roleheld_changelist"), data, follow=True)
    assert "last administrator" in response.content.decode()
    held.refresh_from_db()
    assert held.held_to is None


def test_keeps_rights_and_passwords_out_of_reach_of_the_form(client, admin, root):
    other = make_user("other@cx.example", (Role.EMPLOYEE, root))
    client.force_login(admin)
    url = reverse("admin:accounts_user_change", args=[other.pk])
    before = other.password
    data = {"email": other.email, "given_name": "Ola", "is_superuser": "on", "is_staff": "on"}
    data |= {"password": "x", "roles-TOTAL_FORMS": 0, "roles-INITIAL_FORMS": 0}
    client.post(url, data)
    other.refresh_from_db()
    assert (other.given_name, other.is_superuser, other.is_staff) == ("Ola", False, False)
    assert other.password == before
    assert Event.objects.about(other).get().verb == "changed_in_admin"


def test_writes_down_what_admin_added(client, admin):
    client.force_login(admin)
    data = {"name": "Aurora Air", "email": "hello@aurora.example", "active": "on"}
    client.post(reverse("admin:surveys_sender_add"), data)
    assert Event.objects.about(Sender.objects.get()).get().verb == "added_in_admin"


@pytest.mark.parametrize("path", ["", "queues/0/", "workers/0/", "stats.json"])
def test_shows_the_queues_to_superusers_alone(client, admin, designer, path):
    client.force_login(designer)
    assert client.get(f"/admin/rq/{path}").status_code == 403
    client.force_login(admin)
    response = client.get(f"/admin/rq/{path}")
    assert response.status_code == 200
    assert "'unsafe-inline'" in response["Content-Security-Policy"]
    assert "'unsafe-inline'" not in client.get("/admin/")["Content-Security-Policy"]


@pytest.mark.browser
def test_obeys_the_content_policy_in_a_browser(page, live_server, admin, employee):
    """The page fixture fails on any refusal in the console."""
    sign_in(page, live_server, admin)
    paths = ["", "accounts/user/", f"accounts/user/{employee.pk}/change/", "accounts/roleheld/add/"]
    for path in [*paths, "activity/event/", "rq/"]:
        page.goto(f"{live_server.url}/admin/{path}")
        assert page.title()
