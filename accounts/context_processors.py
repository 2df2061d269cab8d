from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Organisation
from accounts.navigation import turn_at, turns_for
from accounts.permissions import Capability


def shell(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame shows; lazy, since strangers' pages have no frame."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    organisation = Organisation.objects.values_list("name", flat=True).first()
    frame = {"organisation": organisation or "CXplatform", "turn": turn_at(request.path)}
    if user is None or not user.is_authenticated:
        return frame
    return frame | {
        "theme": user.theme,
        "turns": turns_for(user, request.path),
        "may_find": user.may(Capability.LOOK_UP_CONTACT),
    }
