"""What may be noted about contacts, and the limits of what numbers are split by."""

import re
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import record_event
from contacts.models import AttributeDefinition
from contacts.services.errors import ContactRefused
from cxplatform.shared.text import fold

MEMBERS = """
SELECT DISTINCT attributes ->> %s AS member FROM contacts_contact
WHERE merged_into_id IS NULL AND erased_at IS NULL AND attributes ? %s LIMIT %s
"""


def key_of(label: str, *, taken: set[str]) -> str:
    """A key for a new attribute from its label, unlike those taken."""
    base = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:34] or "attribute"
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}_{number}"
    return key


def members_in_use(key: str, *, most: int) -> list[str]:
    """The values contacts have, at most so many; reads every contact."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [key, key, most])
        return sorted(row[0] for row in cursor.fetchall() if row[0] is not None)


def recount_members(definition: AttributeDefinition) -> None:
    """Read the members of a break-down-by attribute anew; raises ContactRefused over the limit."""
    most = AttributeDefinition.MOST_MEMBERS
    members = members_in_use(definition.key, most=most + 1)
    if len(members) > most:
        raise too_many_members(definition.label)
    AttributeDefinition.objects.filter(pk=definition.pk).update(members=members)
    definition.members = members


def admit_member(definition: AttributeDefinition, member: str) -> None:
    """Note a value of a break-down-by attribute; raises ContactRefused where it is one too many."""
    if member in definition.members:
        return
    locked = AttributeDefinition.objects.select_for_update().get(pk=definition.pk)
    if member not in locked.members:
        if len(locked.members) >= AttributeDefinition.MOST_MEMBERS:
            raise too_many_members(definition.label)
        locked.members = sorted([*locked.members, member])
        locked.save(update_fields=["members"])
    definition.members = locked.members


def too_many_members(label: str) -> ContactRefused:
    return ContactRefused(
        _(
            "“%(label)s” would have more than %(most)s different values, too many to break down "
            "by. Group the values, or switch “break down by” off for it."
        )
        % {"label": label, "most": AttributeDefinition.MOST_MEMBERS},
        field="break_down_by",
    )


def too_many_dimensions() -> ContactRefused:
    return ContactRefused(
        _(
            "Scores can be split by %(most)s attributes at most, and that many are. "
            "Switch “break down by” off for another one first."
        )
        % {"most": AttributeDefinition.MOST_DIMENSIONS},
        field="break_down_by",
    )


@transaction.atomic
def save_definition(
    definition: AttributeDefinition, *, by: User | None, values: dict[str, Any]
) -> AttributeDefinition:
    """Create an attribute or change it; raises ContactRefused at the limits of breaking down."""
    is_new = definition.pk is None
    # One at a time: two people switching the last free place on would both find it free.
    all_ = list(AttributeDefinition.objects.select_for_update().order_by("pk"))
    changed = [name for name, value in values.items() if getattr(definition, name) != value]
    for name in changed:
        setattr(definition, name, values[name])
    if is_new and not definition.key:
        definition.key = key_of(definition.label, taken={one.key for one in all_})
    others = [one for one in all_ if one.break_down_by and one.pk != definition.pk]
    if definition.break_down_by and len(others) >= AttributeDefinition.MOST_DIMENSIONS:
        raise too_many_dimensions()
    if changed or is_new:
        definition.save()
        _follow_members(definition, "break_down_by" in changed)
        verb = "created" if is_new else "changed"
        data = {"fields": changed, **{name: getattr(definition, name) for name in changed}}
        record_event(definition, verb=verb, actor=by, label=definition.label, data=data)
    return definition


def _follow_members(definition: AttributeDefinition, switched: bool) -> None:
    if switched and definition.break_down_by:
        recount_members(definition)
    elif switched:
        AttributeDefinition.objects.filter(pk=definition.pk).update(members=[])
