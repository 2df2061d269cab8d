"""What browser tests share: signing in by cookie, and asking axe."""

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

PASSWORD = "a long enough password"


def sign_afresh(client: Client, user) -> None:
    """As if the password had just been typed: pages that ask for it again let this client in."""
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "at": 2**40, "reauthenticated": True}
    ]
    session.save()


def sign_in(page, live_server, user) -> None:
    """Give the page the session of a user; the login page itself has its own test."""
    client = Client()
    client.force_login(user)
    sign_afresh(client, user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
    )


def assert_accessible(page) -> None:
    """axe finds nothing; run it where scripts are on."""
    violations = Axe().run(page).response["violations"]
    found = [
        f"{violation['id']}: {violation['help']} at {node['target']}"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert not found, "\n".join(found)
