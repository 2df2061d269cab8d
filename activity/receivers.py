"""What other apps, below, carried out goes into the trail with it."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.db import models
from django.dispatch import receiver

from accounts.models import User
from accounts.signals import carried_out
from activity.services import record_event


@receiver(carried_out)
def record_command(
    subject: models.Model,
    verb: str,
    actor: User | None,
    label: str,
    data: dict[str, Any],
    **_kwargs: Any,
) -> None:
    record_event(subject, verb=verb, actor=actor, label=label, data=data)


@receiver([password_changed, password_reset])
def record_password(user: User, **_kwargs: Any) -> None:
    record_event(user, verb="password_changed", actor=user)


@receiver([authenticator_added, authenticator_reset])
def record_second_factor(user: User, authenticator: Any, **_kwargs: Any) -> None:
    data = {"type": authenticator.type}
    record_event(user, verb="second_factor_set", actor=user, data=data)


@receiver(authenticator_removed)
def record_second_factor_gone(user: User, authenticator: Any, **_kwargs: Any) -> None:
    data = {"type": authenticator.type}
    record_event(user, verb="second_factor_removed", actor=user, data=data)
