"""What happened with a contact, as sentences: its Events, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from activity.models import Event
from contacts.models import Basis, Channel, Contact, Purpose

MOST = 50
VERBS = {
    "created": gettext_noop("Created"),
    "changed": gettext_noop("Changed"),
    "permission_given": gettext_noop("Permission given"),
    "permission_withdrawn": gettext_noop("Permission withdrawn"),
    "merged": gettext_noop("Another contact was merged into this one"),
    "merged_away": gettext_noop("Merged into another contact"),
    "merge_undone": gettext_noop("Merge undone"),
    "looked_up": gettext_noop("Looked up"),
    "imported": gettext_noop("Imported"),
}


@dataclass(frozen=True)
class Moment:
    at: datetime
    who: str
    what: str
    detail: str


def timeline_of(contact: Contact) -> list[Moment]:
    """The latest moments; one query, names of who did it included."""
    events = Event.objects.about(contact).select_related("actor")[:MOST]
    return [
        Moment(
            at=event.at,
            who=str(event.actor) if event.actor else "",
            what=_(VERBS[event.verb]) if event.verb in VERBS else event.verb.replace("_", " "),
            detail=_detail(event.data),
        )
        for event in events
    ]


def _detail(data: dict[str, Any]) -> str:
    if "purpose" in data:
        basis = data["basis"][1]
        words = [_label(Purpose, data["purpose"]), _label(Channel, data["channel"])]
        if basis != Basis.WITHDRAWN:
            words.append(_label(Basis, basis))
        return ", ".join([*words, data["source"]])
    return ", ".join(_field(name) for name in data.get("fields", []))


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def _field(name: str) -> str:
    if name.startswith("attributes."):
        return name.partition(".")[2]
    try:
        field = Contact._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    return str(getattr(field, "verbose_name", name))
