import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from hypothesis import settings as hypothesis

from accounts.models import Organisation, RoleHeld, Unit, UnitPlace, User
from accounts.permissions import Role
from cxplatform.launch import servers
from cxplatform.launch.errors import LaunchError
from tests.smtp import Sink

# How long an example takes says more about what else runs here than about the code.
hypothesis.register_profile("here", deadline=None)
hypothesis.load_profile("here")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run borrows the servers for all of them."""
    if hasattr(config, "workerinput"):
        return
    servers_of_this_run = ExitStack()
    try:
        servers_of_this_run.enter_context(servers.borrowed(settings.VAR, durable=False))
    except LaunchError as error:
        pytest.exit(str(error), returncode=1)
    config.add_cleanup(servers_of_this_run.close)


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    """Uploads of a test go to its own folder."""
    storages = dict(settings.STORAGES)
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "files"},
    }
    settings.STORAGES = storages


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Tests with real transactions empty every table after them, the trail and the log too."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE activity_event DISABLE TRIGGER event_never_truncated")
        cursor.execute("ALTER TABLE coalition_logentry DISABLE TRIGGER log_never_truncated")


# --- the organisation: one root, two regions, a team below the first -----------------------------


def make_unit(name: str, parent: Unit | None) -> Unit:
    unit = Unit.objects.create(name=name, code=name.lower(), started_on="2020-01-01")
    UnitPlace.objects.create(unit=unit, parent=parent, valid_from="2020-01-01")
    return unit


@pytest.fixture
def organisation(db) -> Organisation:
    return Organisation.objects.create(
        name="Aurora Air",
        imprint="Aurora Air AS, Rullebanen 1, Oslo",
        privacy_url="https://aurora.example/privacy",
        languages=["en", "de", "zh-Hans", "ms"],
    )


@pytest.fixture
def root(organisation) -> Unit:
    return make_unit("Aurora", None)


@pytest.fixture
def north(root) -> Unit:
    return make_unit("North", root)


@pytest.fixture
def south(root) -> Unit:
    return make_unit("South", root)


@pytest.fixture
def oslo(north) -> Unit:
    return make_unit("Oslo", north)


def make_user(email: str, *roles: tuple[Role, Unit]) -> User:
    user = User.objects.create_user(
        email, "a long enough password", given_name=email.partition("@")[0].title()
    )
    for role, unit in roles:
        RoleHeld.objects.create(user=user, role=role.value, unit=unit, held_from="2020-01-01")
    if any(role == Role.ADMIN for role, _unit in roles):
        User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
        user.refresh_from_db()
    return user


@pytest.fixture
def designer(root) -> User:
    return make_user("designer@cx.example", (Role.DESIGNER, root))


@pytest.fixture
def north_designer(north) -> User:
    return make_user("north@cx.example", (Role.DESIGNER, north))


@pytest.fixture
def leader(root) -> User:
    return make_user("leader@cx.example", (Role.LEADER, root))


@pytest.fixture
def owner(root) -> User:
    return make_user("owner@cx.example", (Role.OWNER, root))


@pytest.fixture
def agent(root) -> User:
    return make_user("agent@cx.example", (Role.AGENT, root))


@pytest.fixture
def employee(root) -> User:
    return make_user("employee@cx.example", (Role.EMPLOYEE, root))


@pytest.fixture
def admin(root) -> User:
    return make_user("admin@cx.example", (Role.ADMIN, root))


@pytest.fixture
def stranger(root) -> User:
    """Signed in, but holding no role."""
    return make_user("stranger@cx.example")


# --- mail ----------------------------------------------------------------------------------------


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    """Where mail goes in this test."""
    server = Sink().start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": server.port, "timeout": 5},
        }
    }
    yield server
    server.stop()


# --- the browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    if not shutil.which(CHROMIUM):
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"REQUIRE_BROWSER is set, but there is no browser at {CHROMIUM}")
        pytest.skip(f"no browser at {CHROMIUM}: install Debian's chromium, or set CHROMIUM")
    from playwright.sync_api import sync_playwright

    # Playwright's loop makes Django believe it runs in async code; the ORM here is used in order.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    flags = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium) -> Iterator[object]:
    """A fresh page at 1280 wide; a violated content security policy fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "console",
        lambda message: (
            refused.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    yield page
    context.close()
    assert not refused, refused


@pytest.fixture
def plain_page(chromium) -> Iterator[object]:
    """The same with scripts switched off."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 800}, locale="en-GB", java_script_enabled=False
    )
    yield context.new_page()
    context.close()
