"""The permission table at the API's door: an action nobody granted is refused with 403."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import Unit, User
from accounts.permissions import Capability
from integrations.models import ApiToken
from integrations.problems import Refused


class TokenRequest(HttpRequest):
    """A request that came with a valid token; its owner is who asks."""

    user: User
    auth: ApiToken


def demand(request: TokenRequest, capability: Capability) -> User:
    """Who asks, if they may do this somewhere; on what, is still the queryset's word."""
    if not request.user.may(capability):
        raise PermissionDenied
    return request.user


def unit_named(user: User, code: str | None, capability: Capability) -> Unit | None:
    """The unit with this code, in which the user may do this."""
    reach = user.reach(capability)
    unit = Unit.objects.visible_to(user).current().filter(code=code).first() if code else None
    if code and (unit is None or not (reach.everything or unit.pk in reach.unit_ids)):
        sentence = "There is no such unit in which you may do this."
        raise Refused(422, sentence, errors=[("unit", sentence)])
    if unit is None and not (reach.everything or None in reach.unit_ids):
        sentence = "Name the unit it belongs to, by its code."
        raise Refused(422, sentence, errors=[("unit", sentence)])
    return unit
