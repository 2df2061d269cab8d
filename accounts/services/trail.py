from typing import Any

from django.db import models

from accounts.models import User
from accounts.signals import carried_out


def note(
    subject: models.Model,
    *,
    verb: str,
    actor: User | None,
    label: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Tell the trail, in the caller's transaction; personal values stay out of it."""
    carried_out.send(
        sender=type(subject), subject=subject, verb=verb, actor=actor, label=label, data=data or {}
    )
