"""What must not go live: `manage.py check --deploy` fails while any of it stands."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.db import DatabaseError
from django.urls import Resolver404, resolve

from accounts.models import User

KNOWN = [f"{role}@cx.example" for role in ("designer", "leader", "owner", "agent", "employee")]
KNOWN.append("admin@cx.example")
# A check of one hash takes a good part of a second, on purpose; this many take a minute.
MOST_PASSWORDS = 200


@register(Tags.security, deploy=True)
def no_demo_password(app_configs: Any, **_kwargs: Any) -> Iterable[CheckMessage]:
    """No active account opens with the demo's password: its own accounts first, then others."""
    try:
        found, left_out = _with_demo_password()
    except DatabaseError:
        said = "The accounts were not checked: the database did not answer."
        return [Info(said, id="cx.I001")]
    messages: list[CheckMessage] = []
    if found:
        hint = "Close these accounts or give them passwords of their own."
        said = f"{', '.join(found)}: the password is the demo's, which is published."
        messages.append(Error(said, hint=hint, id="cx.E001"))
    if left_out:
        said = f"{left_out} more accounts were not checked for the demo's password, to save time."
        hint = f"The {MOST_PASSWORDS} that signed in last were."
        messages.append(Info(said, hint=hint, id="cx.I002"))
    return messages


@register(Tags.security, deploy=True)
def no_demo_key(app_configs: Any, **_kwargs: Any) -> Iterable[CheckMessage]:
    keys = {settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *settings.LINK_KEYS.values()}
    if settings.DEMO_SECRET_KEY not in keys:
        return []
    hint = "Set SECRET_KEY (and LINK_KEYS, if set) to long random texts of your own."
    return [Error("A key in use is the demo's, which is published.", hint=hint, id="cx.E002")]


@register(Tags.security, deploy=True)
def no_mailbox(app_configs: Any, **_kwargs: Any) -> Iterable[CheckMessage]:
    try:
        resolve("/mailbox/")
    except Resolver404:
        return []
    hint = "Run on cxplatform.settings.prod, which does not mount it."
    return [Error("/mailbox/ shows every message that was sent.", hint=hint, id="cx.E003")]


def _with_demo_password() -> tuple[list[str], int]:
    """(addresses whose password is the demo's, how many accounts were left out)."""
    active = User.objects.filter(is_active=True)
    known = dict(active.filter(email__in=KNOWN).values_list("email", "password"))
    others = active.exclude(email__in=KNOWN)
    recent = others.order_by("-last_login", "-pk").values_list("email", "password")
    passwords = known | dict(recent[:MOST_PASSWORDS])
    found = [email for email, stored in passwords.items() if _is_demo(stored)]
    return found, max(0, others.count() - MOST_PASSWORDS)


def _is_demo(stored: str) -> bool:
    return check_password(settings.DEMO_PASSWORD, stored)
