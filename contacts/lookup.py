"""Finding one person by the whole of an address or number: limited, and every try on the trail."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from activity.models import Event
from activity.services import record_event
from contacts.models import Contact
from contacts.services.errors import ContactRefused
from contacts.values import email_of, phone_of

MOST_AN_HOUR = 60


def look_up(query: str, *, by: User) -> Contact | None:
    """The one contact with exactly this e-mail, phone or external id, within reach.

    Raises ContactRefused after too many tries within an hour, found or not.
    """
    since = timezone.now() - timedelta(hours=1)
    tries = Event.objects.filter(actor=by, verb="looked_up", at__gt=since).count()
    if tries >= MOST_AN_HOUR:
        raise ContactRefused(
            _("You have looked up %(most)s contacts within an hour. Try again later.")
            % {"most": MOST_AN_HOUR}
        )
    found = list(Contact.objects.findable_by(by).filter(_exactly(query.strip()))[:2])
    contact = found[0] if len(found) == 1 else None
    record_event(contact or by, verb="looked_up", actor=by, data={"found": len(found)})
    return contact


def _exactly(query: str) -> Q:
    exact = Q(external_id=query)
    for field, parse in (("email", email_of), ("phone", phone_of)):
        try:
            exact |= Q(**{field: parse(query)})
        except ValueError:
            continue
    return exact
