"""Who must prove themselves by a second factor: whoever may send, release, export or grant."""

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.models import User
from accounts.permissions import Capability

DEMANDED_FOR = (
    Capability.SEND,
    Capability.RELEASE,
    Capability.EXPORT_PERSONAL,
    Capability.ADMINISTER,
)


def has_second_factor(user: User) -> bool:
    found: bool = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return found


def is_due(user: User) -> bool:
    """Whether this person must set up a second factor before going on."""
    if not settings.REQUIRE_SECOND_FACTOR:
        return False
    return any(user.may(capability) for capability in DEMANDED_FOR) and not has_second_factor(user)
