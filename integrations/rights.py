"""The permission table at the API's door: an action nobody granted is refused with 403."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from accounts.permissions import Capability
from integrations.models import ApiToken


class TokenRequest(HttpRequest):
    """A request that came with a valid token; its owner is who asks."""

    user: User
    auth: ApiToken


def demand(request: TokenRequest, capability: Capability) -> User:
    """Who asks, if they may do this somewhere; on what, is still the queryset's word."""
    if not request.user.may(capability):
        raise PermissionDenied
    return request.user
