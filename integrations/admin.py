from typing import Any

from django.contrib import admin

from accounts.http import Request
from accounts.recorded import ReadOnlyAdmin
from integrations.models import ApiToken
from integrations.tokens import revoke_token


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Who holds which keys; their owners make them, and here they are revoked."""

    list_display = ["name", "user", "start", "scopes", "expires_at", "last_used_on", "revoked_at"]
    list_filter = ["revoked_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__email", "start"]
    hidden = ["digest"]
    actions = ["revoke"]

    @admin.action(description="Revoke the chosen tokens", permissions=["view"])
    def revoke(self, request: Request, tokens: Any) -> None:
        for token in tokens:
            revoke_token(token, by=request.user)
