"""Whether we may ask: given on a basis, withdrawn for good until the person says otherwise."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activity.services import record_event
from contacts.models import Basis, Contact, ContactPermission


@transaction.atomic
def set_permission(
    contact: Contact, *, purpose: str, channel: str, basis: str, source: str, by: User | None
) -> ContactPermission:
    """Give the permission on a basis, or withdraw it (`Basis.WITHDRAWN`); one Event if it changed.

    A person may give again what was withdrawn; an import may not, and does not come here.
    """
    Contact.objects.select_for_update().get(pk=contact.pk)
    row = ContactPermission.objects.filter(
        contact=contact, purpose=purpose, channel=channel
    ).first() or ContactPermission(contact=contact, purpose=purpose, channel=channel)
    if row.pk and row.basis == basis:
        return row
    before, row.basis, row.source = row.basis, basis, source
    if basis == Basis.WITHDRAWN:
        row.withdrawn_at = timezone.now()
    else:
        row.given_at, row.withdrawn_at = timezone.now(), None
    row.save()
    record_event(
        contact,
        verb="permission_withdrawn" if basis == Basis.WITHDRAWN else "permission_given",
        actor=by,
        data={"purpose": purpose, "channel": channel, "basis": [before, basis], "source": source},
    )
    return row
