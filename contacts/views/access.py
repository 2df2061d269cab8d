from typing import Any

from django.http import Http404
from django.utils import timezone

from accounts.http import Request
from accounts.permissions import Capability
from contacts.models import Contact

LOOKED_UP = "looked_up"
LOOKED_UP_FOR = 3600


def contact_of(request: Request, pk: int) -> Contact:
    """The contact this person lists, or looked up within the hour; everyone else gets 404."""
    contacts = Contact.objects.visible_to(request.user)
    if pk in _looked_up(request):
        contacts |= Contact.objects.findable_by(request.user)
    contact = contacts.filter(pk=pk).select_related("unit", "account").first()
    if contact is None:
        raise Http404
    return contact


def remember_look_up(request: Request, contact: Contact) -> None:
    seen = {str(pk): at for pk, at in _looked_up(request).items()}
    newest = sorted(seen.items(), key=lambda item: item[1])[-19:]
    request.session[LOOKED_UP] = dict(newest) | {str(contact.pk): timezone.now().timestamp()}


def editing_capability(request: Request, contact: Contact) -> Capability:
    """What lets this person change it: keeping contacts, or having looked this one up."""
    kept = request.user.may_in(Capability.MANAGE_CONTACTS, contact.unit_id)
    return Capability.MANAGE_CONTACTS if kept else Capability.LOOK_UP_CONTACT


def _looked_up(request: Request) -> dict[int, float]:
    since = timezone.now().timestamp() - LOOKED_UP_FOR
    kept: dict[str, Any] = request.session.get(LOOKED_UP, {})
    return {int(pk): at for pk, at in kept.items() if at > since}
