"""The trail: every command that changes something leaves one Event."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import User
from activity.models import Event
from cxplatform.shared.middleware import current_request_id


def record_event(
    subject: models.Model,
    *,
    verb: str,
    actor: User | None,
    label: str = "",
    data: dict[str, Any] | None = None,
) -> Event:
    """Note who did what to which row, in the caller's transaction.

    `label` and `data` never hold a personal value: name personal fields, don't quote them.
    """
    return Event.objects.create(
        at=timezone.now(),
        actor=actor,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=label[:200],
        data=data or {},
        request_id=current_request_id.get(),
    )
