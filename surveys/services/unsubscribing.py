"""A person says stop: nothing more goes to this address, not even what was waiting."""

from django.db import transaction
from django.utils import timezone

from activity.services import record_event
from contacts.models import Basis, Channel, Purpose
from contacts.services import set_permission
from contacts.suppression import suppress
from surveys.models import Invitation, InvitationState

# Stands for the token in a test mail: it belongs to nobody, so there is nothing to stop.
TEST = "test"


@transaction.atomic
def unsubscribe(invitation: Invitation) -> bool:
    """Stop writing to this person; False where they had said so before and nothing was left."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("contact")
        .get(pk=invitation.pk)
    )
    contact = invitation.contact
    pending = Invitation.objects.filter(contact=contact, state=InvitationState.QUEUED)
    pending.update(state=InvitationState.LEFT_OUT, left_out_because="unsubscribed")
    if contact.email:
        suppress(contact.email, "unsubscribed")
    set_permission(
        contact,
        purpose=Purpose.SURVEY,
        channel=Channel.EMAIL,
        basis=Basis.WITHDRAWN,
        source="unsubscribe link",
        by=None,
    )
    if invitation.unsubscribed_at:
        return False
    invitation.unsubscribed_at = timezone.now()
    invitation.save(update_fields=["unsubscribed_at"])
    record_event(contact, verb="unsubscribed", actor=None, data={"channel": Channel.EMAIL})
    return True
