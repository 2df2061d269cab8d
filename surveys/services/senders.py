"""The addresses we may write from: administrators keep the list."""

from django.db import transaction

from accounts.models import User
from activity.services import record_event
from surveys.models import Sender


@transaction.atomic
def add_sender(sender: Sender, *, by: User) -> Sender:
    sender.save()
    record_event(sender, verb="created", actor=by, label=str(sender))
    return sender


@transaction.atomic
def set_active(sender: Sender, *, active: bool, by: User) -> Sender:
    """Offer it to new distributions or no longer; what is under way goes on."""
    if sender.active != active:
        sender.active = active
        sender.save(update_fields=["active", "updated_at"])
        verb = "activated" if active else "deactivated"
        record_event(sender, verb=verb, actor=by, label=str(sender))
    return sender
