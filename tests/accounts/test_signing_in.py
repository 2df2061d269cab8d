import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.permissions import Role
from activity.models import Event
from tests.accounts.codes import code_for, give_second_factor
from tests.browser import PASSWORD, assert_accessible, sign_afresh, sign_in
from tests.conftest import make_user

LOGIN = "/account/login/"


def attempt(client, email: str, password: str, **headers):
    return client.post(LOGIN, {"login": email, "password": password}, headers=headers)


def is_limited(response) -> bool:
    return b"Too many failed" in response.content


# --- by password ---------------------------------------------------------------------------------


def test_lets_in_with_the_right_password(client, employee):
    assert attempt(client, "Employee@CX.example", PASSWORD).url == "/"


def test_says_the_same_of_a_wrong_password_and_an_unknown_address(client, employee):
    wrong = attempt(client, "employee@cx.example", "not this one at all")
    unknown = attempt(client, "nobody@cx.example", "not this one at all")

    def said(response) -> list[str]:
        return re.findall(r"<li>(.*?)</li>", response.content.decode(), re.DOTALL)

    assert said(wrong) == said(unknown) != []


def test_signs_out_by_post_alone(client, employee):
    client.force_login(employee)
    client.get("/account/logout/")
    assert client.get("/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/").status_code == 302


def test_sends_whoever_wants_to_sign_up_to_the_login_with_a_reason(client, db):
    response = client.get("/account/signup/", follow=True)
    assert response.redirect_chain == [(LOGIN, 302)]
    assert "by invitation" in response.content.decode()


@pytest.mark.parametrize(
    "path",
    ["email/", "confirm-email/", "confirm-email/x-y/", "password/set/", "login/code/confirm/"],
)
def test_has_no_pages_for_changing_addresses(client, employee, path):
    client.force_login(employee)
    assert client.get(f"/account/{path}").status_code == 404


# --- limits --------------------------------------------------------------------------------------------


@pytest.fixture
def three_a_minute(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/ip"}


def test_limits_attempts_whatever_the_caller_says_of_its_address(client, employee, three_a_minute):
    """Without trusted proxies the header is anybody's to write."""
    for number in range(3):
        spoofed = {"X-Forwarded-For": f"10.0.0.{number}"}
        assert not is_limited(attempt(client, "a@cx.example", "wrong password", **spoofed))
    last = {"X-Forwarded-For": "10.9.9.9"}
    assert is_limited(attempt(client, "b@cx.example", "wrong password", **last))


def test_believes_only_what_its_own_proxy_wrote(client, employee, three_a_minute, settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(3):
        spoofed = {"X-Forwarded-For": f"10.0.0.{number}, 198.51.100.7"}
        attempt(client, "a@cx.example", "wrong password", **spoofed)
    same = {"X-Forwarded-For": "10.9.9.9, 198.51.100.7"}
    other = {"X-Forwarded-For": "10.9.9.9, 198.51.100.8"}
    assert is_limited(attempt(client, "b@cx.example", "wrong password", **same))
    assert not is_limited(attempt(client, "b@cx.example", "wrong password", **other))


@pytest.mark.parametrize(
    "header", [None, "10.0.0.{}", "10.0.0.{}, nonsense, 10.0.0.9", ",,", "\xff"]
)
def test_limits_by_its_direct_address_whoever_came_past_a_proxy(
    client, employee, three_a_minute, settings, header
):
    settings.TRUSTED_PROXIES = 2
    for number in range(4):
        said = {} if header is None else {"X-Forwarded-For": header.format(number)}
        response = attempt(client, "a@cx.example", "wrong password", **said)
    assert is_limited(response)


# --- forgotten and changed passwords -----------------------------------------------------------------


def test_sets_a_new_password_through_the_mail(client, employee, mailoutbox):
    client.post("/account/password/reset/", {"email": "employee@cx.example"})
    (mail,) = mailoutbox
    assert mail.subject.startswith("Aurora Air: ")
    path = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.body).group(1)
    form = client.get(path, follow=True)
    url = form.redirect_chain[-1][0]
    new = "seven planes at night"
    client.post(url, {"password1": new, "password2": new})
    assert attempt(client, "employee@cx.example", new).status_code == 302
    assert Event.objects.filter(verb="password_changed").exists()
    assert b"no longer works" in client.get(path, follow=True).content


def test_tells_nobody_which_addresses_have_an_account(client, employee, mailoutbox):
    known = client.post("/account/password/reset/", {"email": "employee@cx.example"})
    unknown = client.post("/account/password/reset/", {"email": "nobody@cx.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


# --- the second factor ----------------------------------------------------------------------------------


def test_sets_up_a_second_factor_and_asks_for_it(
    client, employee, django_capture_on_commit_callbacks
):
    client.force_login(employee)
    sign_afresh(client, employee)
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert "data:image/svg+xml" in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/2fa/totp/activate/", {"code": code_for(secret)})
    assert Authenticator.objects.filter(user=employee, type="totp").exists()
    assert Event.objects.filter(verb="second_factor_set").exists()
    codes = client.get("/account/2fa/recovery-codes/").context["unused_codes"]
    client.post("/account/logout/")
    assert attempt(client, "employee@cx.example", PASSWORD).url.startswith("/account/2fa/")
    assert client.get("/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("role", "due"),
    [
        (Role.DESIGNER, True),
        (Role.ADMIN, True),
        (Role.LEADER, True),
        (Role.OWNER, False),
        (Role.AGENT, False),
        (Role.EMPLOYEE, False),
    ],
)
def test_demands_a_second_factor_of_whoever_may_send_export_or_grant(
    client, settings, root, role, due
):
    settings.REQUIRE_SECOND_FACTOR = True
    user = make_user(f"{role}@two.example", (role, root))
    client.force_login(user)
    response = client.get("/jobs/")
    assert (response.status_code == 302) == due
    if due:
        assert response.url == "/account/2fa/totp/activate/"
        give_second_factor(user)
        assert client.get("/jobs/").status_code == 200


def test_demands_it_at_django_admin_too(client, settings, admin):
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(admin)
    assert client.get("/admin/").url == "/account/2fa/totp/activate/"


# --- again, before what matters ---------------------------------------------------------------------------


def test_asks_for_the_password_again_and_then_goes_on(client, admin, employee):
    client.force_login(admin)
    url = reverse("accounts:activation", args=[employee.pk])
    response = client.post(url, {"close": ""})
    assert response.url.startswith("/account/reauthenticate/")
    employee.refresh_from_db()
    assert employee.is_active
    client.post(response.url, {"password": PASSWORD})
    employee.refresh_from_db()
    assert not employee.is_active


def test_speaks_the_language_of_the_account(client, employee):
    employee.language = "de"
    employee.save()
    client.force_login(employee)
    assert b'<html lang="de"' in client.get("/account/").content


# --- looked at -----------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_signs_in_with_a_keyboard_and_no_script_at_all(plain_page, live_server, employee):
    plain_page.goto(f"{live_server.url}/jobs/")
    plain_page.get_by_label("Email").fill("employee@cx.example")
    plain_page.get_by_label("Password").fill(PASSWORD)
    plain_page.keyboard.press("Enter")
    plain_page.wait_for_url(f"{live_server.url}/jobs/")
    assert plain_page.get_by_role("link", name="Employee, your account").is_visible()


@pytest.mark.browser
def test_shows_pages_about_signing_in_that_axe_finds_nothing_wrong_with(
    page, live_server, employee
):
    for path in ("login/", "password/reset/", "password/reset/done/"):
        page.goto(f"{live_server.url}/account/{path}")
        assert_accessible(page)
    sign_in(page, live_server, employee)
    paths = ("", "2fa/", "2fa/totp/activate/", "password/change/", "reauthenticate/", "logout/")
    for path in paths:
        page.goto(f"{live_server.url}/account/{path}")
        assert_accessible(page)
    give_second_factor(employee)
    for path in ("2fa/", "2fa/totp/deactivate/", "2fa/recovery-codes/generate/"):
        page.goto(f"{live_server.url}/account/{path}")
        assert_accessible(page)


def test_carries_on_with_what_was_asked_after_the_proof(client, admin, employee, north):
    client.force_login(admin)
    asked = client.post(f"/people/{employee.pk}/roles/", {"role": "owner", "unit": north.pk})
    assert asked.url.startswith("/account/reauthenticate/")

    done = client.post(asked.url, {"password": PASSWORD, "next": f"/people/{employee.pk}/roles/"})

    assert done.url == f"/people/{employee.pk}/"
    assert employee.roles.filter(role="owner", unit=north).exists()
