"""One person's part of a letter: address, links and the words in its slots."""

from contacts.models import Contact
from cxplatform.shared import tokens
from surveys.mailing.letter import Recipient
from surveys.models import Invitation
from surveys.personalising import values_for


def recipient_of(invitation: Invitation) -> Recipient:
    """For an invitation whose contact is loaded."""
    contact = invitation.contact
    return Recipient(
        address=contact.email,
        name=shown_name(contact),
        answer_path=f"/r/{tokens.make('answer', invitation.pk)}/",
        unsubscribe_path=f"/u/{tokens.make('unsubscribe', invitation.pk)}/",
        message_id=invitation.message_id,
        values=values_for(contact, invitation.language),
    )


def shown_name(contact: Contact) -> str:
    """The name beside the address; nothing where the name would be the address or a number."""
    known = contact.display_name or contact.given_name or contact.family_name
    return contact.name if known else ""
