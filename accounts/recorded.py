from collections.abc import Sequence
from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.models import User
from accounts.services.trail import note


class RecordedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What is written in Django admin goes into the trail like every other command.

    Fields are named there; their values stay out, since some are personal.
    """

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        note(obj, verb="added_in_admin", actor=cast(User, request.user))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        note(obj, verb="changed_in_admin", actor=cast(User, request.user), data={"what": message})
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            note(obj, verb="deleted_in_admin", actor=cast(User, request.user))
        return super().log_deletions(request, queryset)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Looked at, searched and filtered here; written by the machinery or on pages with rules."""

    list_per_page = 50
    show_full_result_count = False
    # What even administrators are not shown: answers that lead to a person.
    hidden: Sequence[str] = ()

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.hidden

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ShownInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows of another table under the one they belong to, to be looked at."""

    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
