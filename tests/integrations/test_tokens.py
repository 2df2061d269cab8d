"""API tokens: who makes which, what they open, and how they end."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from activity.models import Event
from integrations.models import ApiToken
from integrations.tokens import MOST_TOKENS, TokenRefused, make_token, revoke_token, token_of
from tests.browser import sign_afresh

pytestmark = pytest.mark.django_db


def test_keeps_only_a_hash_of_the_key(designer):
    token, key = make_token(designer, name="Nightly", scopes=["read"])
    assert key.startswith("cx_")
    assert len(key) == 43
    stored = ApiToken.objects.filter(pk=token.pk).values().get()
    assert key not in str(stored)
    assert stored["digest"] == sha256(key.encode()).hexdigest()
    assert key[8:] not in str(list(Event.objects.values()))


def test_knows_a_token_until_it_is_revoked_or_over(designer, admin):
    token, key = make_token(designer, name="Nightly", scopes=["read"], days=30)
    assert token_of(key) == token
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert token_of(key) is None
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
    revoke_token(token, by=admin)
    assert token_of(key) is None
    assert Event.objects.filter(verb="api_token.revoked", actor=admin).count() == 1


def test_dies_with_its_user(designer, caller):
    assert caller.get("/metrics").status_code == 200
    designer.is_active = False
    designer.save()
    assert caller.get("/metrics").status_code == 401


def test_notes_the_day_of_its_last_use_once(designer, django_assert_num_queries):
    token, key = make_token(designer, name="Nightly", scopes=["read"])
    token_of(key)
    token.refresh_from_db()
    assert token.last_used_on == timezone.localdate()
    with django_assert_num_queries(1):
        token_of(key)


@pytest.mark.parametrize(
    ("scopes", "days", "words"),
    [
        (["everything"], 30, "There is no scope"),
        ([], 30, "Choose at least one"),
        (["read"], 0, "lasts from 1 to"),
        (["read"], 400, "lasts from 1 to"),
        (["export"], 30, "may not do what the scope “export” opens"),
    ],
)
def test_refuses_what_makes_no_sense_or_is_not_theirs_to_open(employee, scopes, days, words):
    with pytest.raises(TokenRefused, match=words):
        make_token(employee, name="Nightly", scopes=scopes, days=days)
    assert not ApiToken.objects.exists()


def test_refuses_one_token_too_many(designer):
    for number in range(MOST_TOKENS):
        make_token(designer, name=f"{number}", scopes=["read"])
    with pytest.raises(TokenRefused, match="Revoke one first"):
        make_token(designer, name="too many", scopes=["read"])


# --- the page ---------------------------------------------------------------------------------


@pytest.fixture
def signed_in(designer):
    client = Client()
    client.force_login(designer)
    sign_afresh(client, designer)
    return client


def test_shows_a_new_key_once(signed_in, designer):
    form = {"name": "Nightly report", "scopes": ["read", "export"], "days": "90"}
    page = signed_in.post("/account/tokens/", form).content.decode()
    token = ApiToken.objects.get(user=designer)
    assert token.scopes == ["export", "read"]
    shown = page[page.index(token.start) :][:43]
    assert token_of(shown) == token
    again = signed_in.get("/account/tokens/").content.decode()
    assert shown not in again
    assert "Nightly report" in again


def test_asks_for_the_password_before_it_makes_one(client, designer):
    client.force_login(designer)
    form = {"name": "Nightly", "scopes": ["read"], "days": "90"}
    answer = client.post("/account/tokens/", form)
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not ApiToken.objects.exists()


def test_offers_an_employee_reading_only(client, employee):
    client.force_login(employee)
    page = client.get("/account/tokens/").content.decode()
    assert 'value="read"' in page
    assert 'value="export"' not in page


def test_revokes_ones_own_and_nobody_elses(signed_in, designer, leader):
    own, _key = make_token(designer, name="Own", scopes=["read"])
    theirs, _key = make_token(leader, name="Theirs", scopes=["read"])
    assert signed_in.post(f"/account/tokens/{own.pk}/revocation/").status_code == 302
    assert signed_in.post(f"/account/tokens/{theirs.pk}/revocation/").status_code == 404
    assert list(ApiToken.objects.filter(revoked_at=None)) == [theirs]


# --- the command ------------------------------------------------------------------------------


def test_the_command_prints_a_key_that_works(designer, capsys):
    call_command("api_token", "Designer@cx.example", scope=["read", "import"])
    token = token_of(capsys.readouterr().out.strip())
    assert token.user == designer
    assert token.scopes == ["import", "read"]
    call_command("api_token", "designer@cx.example", revoke=True)
    assert "1 tokens revoked" in capsys.readouterr().out


def test_the_command_says_whom_it_does_not_know(db):
    with pytest.raises(CommandError, match="Nobody here has the address"):
        call_command("api_token", "nobody@cx.example")
