import pytest
from django.conf import settings as real_settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from accounts import checks
from accounts.models import Organisation, StaffInvitation, User
from accounts.permissions import Role
from tests.conftest import make_user


def ids(*wanted) -> set[str]:
    return {message.id for check in wanted for message in check(None)}


def test_fails_while_somebody_has_the_password_of_the_demo(designer):
    assert ids(checks.no_demo_password) == set()
    designer.set_password("demo")
    designer.save()
    (error,) = checks.no_demo_password(None)
    assert error.id == "cx.E001"
    assert "designer@cx.example" in error.msg


def test_finds_it_in_accounts_of_any_name_but_not_in_closed_ones(root):
    make_user("hidden@cx.example")
    hidden = User.objects.get(email="hidden@cx.example")
    hidden.set_password("demo")
    hidden.save()
    assert ids(checks.no_demo_password) == {"cx.E001"}
    User.objects.update(is_active=False)
    assert ids(checks.no_demo_password) == set()


def test_says_how_many_accounts_it_left_out(root, monkeypatch):
    monkeypatch.setattr(checks, "MOST_PASSWORDS", 1)
    make_user("a@cx.example")
    make_user("b@cx.example")
    assert ids(checks.no_demo_password) == {"cx.I002"}


def test_does_not_fall_over_without_a_database(monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setattr(checks, "_with_demo_password", away)
    assert ids(checks.no_demo_password) == {"cx.I001"}


@pytest.mark.parametrize("where", ["SECRET_KEY", "LINK_KEYS"])
def test_fails_while_the_key_of_the_demo_is_in_use(settings, where):
    assert ids(checks.no_demo_key) == set()
    key = real_settings.DEMO_SECRET_KEY
    setattr(settings, where, {1: key} if where == "LINK_KEYS" else key)
    assert ids(checks.no_demo_key) == {"cx.E002"}


def test_fails_while_the_mailbox_resolves(monkeypatch):
    monkeypatch.setattr(checks, "resolve", lambda path: path)
    assert ids(checks.no_mailbox) == {"cx.E003"}


def test_is_asked_only_about_deployments(designer):
    designer.set_password("demo")
    designer.save()
    everyday = {message.id for message in run_checks()}
    deployed = {message.id for message in run_checks(include_deployment_checks=True)}
    assert "cx.E001" not in everyday
    assert "cx.E001" in deployed


def test_makes_the_first_administrator_on_an_empty_database(db, capsys):
    call_command("create_admin", "first@cx.example", "--organisation", "Aurora Air")
    assert "/join/" in capsys.readouterr().out
    assert Organisation.objects.get().name == "Aurora Air"
    user = StaffInvitation.objects.get().user
    assert user.roles.get().role == Role.ADMIN
    with pytest.raises(CommandError, match="not an e-mail"):
        call_command("create_admin", "first")
