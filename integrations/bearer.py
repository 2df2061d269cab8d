"""Who asks: a token's owner, for what the token opens, within the limit."""

import re

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from integrations.limits import seconds_to_wait
from integrations.models import ApiToken, TokenScope
from integrations.problems import Refused
from integrations.tokens import token_of

# Not behind a second backslash: that is the six characters themselves.
NUL_IN_JSON = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000|\x00")


class TooMany(Exception):
    """The minute's requests are used up."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class Bearer(HttpBearer):
    """A valid token that opens this route; its user is who asks from then on."""

    def __init__(self, scope: TokenScope = TokenScope.READ) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = token_of(token)
        _limit(request, found)
        if found is None:
            return None
        if self.scope not in found.scopes:
            raise PermissionDenied(
                _("This token does not open it: it has the scopes %(has)s, not %(wanted)s.")
                % {"has": ", ".join(found.scopes), "wanted": self.scope.value}
            )
        _refuse_nul(request)
        request.user = found.user
        return found


def _limit(request: HttpRequest, token: ApiToken | None) -> None:
    wait = seconds_to_wait(request, token=token.pk if token else None)
    if wait:
        raise TooMany(wait)


def _refuse_nul(request: HttpRequest) -> None:
    """No text here may hold the character zero: PostgreSQL stores none."""
    texts = [request.path, *request.GET.values()]
    is_json = request.content_type == "application/json"
    if any("\0" in text for text in texts) or (is_json and NUL_IN_JSON.search(request.body)):
        raise Refused(422, _("Leave out the character zero (\\u0000): no text here has it."))
