"""The permission table, tried: every URL, every role, every place its object can have."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Unit, User
from accounts.permissions import GRANTS, Capability, Role, Scope
from cxplatform.shared.middleware import PROGRAM_PATHS
from tests import access_matrix as matrix
from tests.access_rows import ALL, ANONYMOUS, ROLES, UNIT
from tests.browser import sign_afresh
from tests.conftest import make_user


@pytest.fixture
def places(root, north, south) -> dict[str, Unit | None]:
    return {"own": north, "sister": south, "parent": root, "none": None}


@pytest.fixture
def askers(north) -> dict[str, tuple[User | None, Client]]:
    """One of each role, held in North, signed in; and somebody who is not."""
    cast: dict[str, tuple[User | None, Client]] = {ANONYMOUS: (None, Client())}
    for role in ROLES:
        held = [] if role == "stranger" else [(Role(role), north)]
        user = make_user(f"{role}-in-north@cx.example", *held)
        client = Client(raise_request_exception=True)
        client.force_login(user)
        sign_afresh(client, user)
        cast[role] = (user, client)
    return cast


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """What happens inside never happened; whoever signed out there is still in."""
    cookies = copy(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


@pytest.mark.parametrize("name", sorted(matrix.OWN_ROWS))
def test_answers_each_role_as_the_matrix_says(name, askers, places, organisation):
    wrong = wrong_answers(name, askers, places)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("library", ["admin:", "django_rq:", "account_", "mfa_"])
def test_answers_each_role_on_the_pages_of_libraries_too(library, askers, places, organisation):
    names = [name for name in matrix.LIBRARY_ROWS if name.startswith(library)]
    if library == "admin:":  # hundreds of pages that ask one thing: is it an administrator
        askers = {role: askers[role] for role in ("admin", "designer", "employee", ANONYMOUS)}
    wrong = [words for name in names for words in wrong_answers(name, askers, places)]
    assert names
    assert not wrong, "\n".join(wrong)


def test_refuses_on_every_page_what_no_page_is_asked_by(admin, north):
    client = Client()
    client.force_login(admin)
    wrong = []
    for name in matrix.ROWS:
        with undone(client):
            url = address(name, matrix.rows_of(name)[0], admin, north)
            for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"):
                answer = client.generic(method, url)
                if not url.startswith(PROGRAM_PATHS) and answer.status_code != 405:
                    wrong.append(f"{method} {name}: {answer.status_code}")
    assert wrong == []


def address(name, row, asker, unit) -> str:
    kwargs = row.make(asker, unit) if row.make else row.kwargs
    return row.path or reverse(name, kwargs=kwargs)


def wrong_answers(name, askers, places) -> list[str]:
    wrong = []
    for number, row in enumerate(matrix.rows_of(name)):
        for place, unit in places.items() if row.make else [("own", None)]:
            for role, (user, client) in askers.items():
                with undone(client):
                    asker = user or askers["employee"][0]
                    url = address(name, row, asker, unit)
                    got = getattr(client, row.method)(url, row.data).status_code
                expected = row.expected(role, place)
                if got != expected:
                    wrong.append(f"{name}, row {number}, {role}, {place}: {got}, not {expected}")
    return wrong


def test_has_a_row_for_every_url():
    missing = matrix.missing_rows()
    assert not missing, f"add rows to tests/access_matrix.py for: {', '.join(missing)}"


def test_has_no_row_without_a_url():
    assert matrix.stale_rows() == []


# --- the table itself --------------------------------------------------------------------------------

DES, LEA, OWN, AGE, EMP, ADM = Role  # in the order of the table's columns
TABLE = {
    Capability.SEE_SCORES: {
        DES: "unit",
        LEA: "all",
        OWN: "unit",
        AGE: "unit",
        EMP: "published",
        ADM: "all",
    },
    Capability.SEE_ANSWERS: {DES: "unit", OWN: "own", AGE: "own"},
    Capability.LOOK_UP_CONTACT: {DES: "unit", AGE: "unit", ADM: "all"},
    Capability.MANAGE_CONTACTS: {DES: "unit", ADM: "all"},
    Capability.CHANGE_ADDRESSES: {DES: "unit", ADM: "all"},
    Capability.EXPORT_PERSONAL: {DES: "unit", ADM: "all"},
    Capability.MERGE_CONTACTS: {DES: "unit", ADM: "all"},
    Capability.ERASE_CONTACTS: {ADM: "all"},
    Capability.SEE_SURVEYS: {DES: "unit", LEA: "all", OWN: "own", ADM: "all"},
    Capability.MANAGE_SURVEYS: {DES: "unit", ADM: "all"},
    Capability.PLAN_DISTRIBUTIONS: {DES: "unit", ADM: "all"},
    Capability.SEND: {DES: "unit"},
    Capability.RELEASE: {LEA: "unit", ADM: "all"},
    Capability.STOP_SENDING: {ADM: "all"},
    Capability.MANAGE_METRICS: {DES: "unit", OWN: "own", ADM: "all"},
    Capability.MANAGE_JOURNEYS: {DES: "unit", OWN: "own", ADM: "all"},
    Capability.PROPOSE: dict.fromkeys(Role, "all"),
    Capability.VOTE: {LEA: "all", OWN: "own"},
    Capability.SET_COALITION: {ADM: "all"},
    Capability.ADMINISTER: {ADM: "all"},
}


def test_grants_what_the_table_says_and_nothing_else():
    said = {cap: {role: Scope(scope) for role, scope in row.items()} for cap, row in TABLE.items()}
    assert said == GRANTS


@pytest.mark.parametrize("capability", Capability)
@pytest.mark.parametrize("role", Role)
def test_carries_a_capability_as_far_as_its_scope(capability, role, places):
    user = make_user(f"{role}@north.example", (role, places["own"]))
    scope = TABLE[capability].get(role)
    reached = {name for name, unit in places.items() if user.may_in(capability, unit and unit.pk)}
    assert user.may(capability) == (scope is not None)
    assert reached == {"all": ALL, "unit": UNIT}.get(scope, set())


@pytest.mark.parametrize("capability", [cap for cap in Capability if cap != Capability.SEE_SCORES])
def test_names_for_a_place_everybody_who_may_and_nobody_else(capability, askers, places):
    for unit in places.values():
        pk = unit and unit.pk
        may = {user for user, _client in askers.values() if user and user.may_in(capability, pk)}
        assert set(User.objects.who_may(capability, pk)) == may
