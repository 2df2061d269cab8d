"""API tokens: made and shown once, known again by hash, ended."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import record_event
from integrations.models import ApiToken, TokenScope, scopes_for

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
LENGTH = 40
DAYS, MOST_DAYS = 90, 366
MOST_TOKENS = 50


class TokenRefused(Exception):
    """No such token is made; the message says what would be."""


@transaction.atomic
def make_token(
    user: User, *, name: str, scopes: Sequence[str], days: int = DAYS
) -> tuple[ApiToken, str]:
    """Out: the row, and the key, which nobody will see again. Raises TokenRefused."""
    _check(user, scopes, days)
    key = "cx_" + "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    now = timezone.now()
    token = ApiToken.objects.create(
        user=user,
        name=name.strip()[:100],
        start=key[:8],
        digest=_digest(key),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    record_event(
        token, verb="api_token.made", actor=user, label=token.name, data={"scopes": token.scopes}
    )
    return token, key


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    """End it now; ending twice is once."""
    ended = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if ended:
        record_event(token, verb="api_token.revoked", actor=by, label=token.name)


def token_of(key: str) -> ApiToken | None:
    """The valid token with this key, its use noted once a day."""
    if not key.startswith("cx_") or len(key) != LENGTH + 3:
        return None
    valid = ApiToken.objects.valid(timezone.now()).select_related("user")
    token = valid.filter(digest=_digest(key)).first()
    today = timezone.localdate()
    if token and token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def _check(user: User, scopes: Sequence[str], days: int) -> None:
    offered = scopes_for(user)
    for scope in scopes:
        if scope not in TokenScope.values:
            raise TokenRefused(
                _("There is no scope “%(scope)s”. Choose from: %(scopes)s.")
                % {"scope": scope, "scopes": ", ".join(TokenScope.values)}
            )
        if scope not in offered:
            raise TokenRefused(
                _("%(user)s may not do what the scope “%(scope)s” opens. Leave it out.")
                % {"user": user, "scope": scope}
            )
    if not scopes:
        raise TokenRefused(_("Choose at least one thing the token opens."))
    if not 1 <= days <= MOST_DAYS:
        raise TokenRefused(
            _("A token lasts from 1 to %(most)s days. Make a new one then.") % {"most": MOST_DAYS}
        )
    if not user.is_active:
        raise TokenRefused(_("%(user)s can’t sign in, so no token is made.") % {"user": user})
    if ApiToken.objects.valid(timezone.now()).filter(user=user).count() >= MOST_TOKENS:
        raise TokenRefused(
            _("There are %(most)s tokens already. Revoke one first.") % {"most": MOST_TOKENS}
        )


def _digest(key: str) -> str:
    # The key is random and long: a slow hash would add nothing.
    return sha256(key.encode()).hexdigest()
