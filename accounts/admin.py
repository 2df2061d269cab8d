from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts import services
from accounts.models import Organisation, RoleHeld, StaffInvitation, Unit, UnitPlace, User
from accounts.permissions import Role
from accounts.recorded import ReadOnlyAdmin, RecordedAdmin, ShownInline

# Roles held in units say who may do what; groups would be a second, silent way. The login
# library's own tables hold secrets.
for _model in (Group, EmailAddress, Authenticator):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
admin.site.site_header = admin.site.site_title = "CXplatform"


class RolesShown(ShownInline):
    model = RoleHeld
    fk_name = "user"
    fields = ("role", "unit", "held_from", "held_to", "granted_by")


@admin.register(User)
class UserAdmin(RecordedAdmin):
    """Names and language; what gives or takes rights has pages of its own, with rules."""

    list_display = ["email", "get_full_name", "is_active", "is_staff", "last_login", "created_at"]
    list_filter = ["is_active", "is_staff", "roles__role", "language"]
    search_fields = ["email", "given_name", "family_name"]
    readonly_fields = ["is_active", "is_staff", "last_login", "created_at", "updated_at"]
    fields = ["email", "given_name", "family_name", "language", "theme", *readonly_fields]
    inlines = [RolesShown]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people are invited, so that nobody else ever knows their password

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # closed, not deleted: the trail names them


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]
    by: User

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("user") == self.by:
            raise forms.ValidationError(str(services.SelfElevation()))
        return cleaned


@admin.register(RoleHeld)
class RoleHeldAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Given and ended through the services of the people pages, under the same refusals."""

    form = GrantForm
    list_display = ["user", "role", "unit", "held_from", "held_to", "granted_by"]
    list_filter = ["role", "unit"]
    list_select_related = ["user", "unit", "granted_by"]
    search_fields = ["user__email", "user__given_name", "user__family_name", "unit__name"]
    autocomplete_fields = ["user", "unit"]
    fields = ["user", "role", "unit"]
    actions = ["end_roles"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def save_model(self, request: HttpRequest, obj: RoleHeld, form: Any, change: bool) -> None:
        by = cast(User, request.user)
        held = services.grant_role(obj.user, role=Role(obj.role), unit=obj.unit, by=by)
        obj.pk = held.pk

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="End these roles", permissions=["add"])
    def end_roles(self, request: HttpRequest, queryset: Any) -> None:
        for held in queryset.filter(held_to=None).select_related("user"):
            try:
                services.end_role(held, by=cast(User, request.user))
            except services.AccountsRefusal as refusal:
                messages.error(request, f"{held.user}: {refusal}")


@admin.register(Organisation)
class OrganisationAdmin(RecordedAdmin):
    list_display = ["name", "privacy_url", "contact_email", "sending_paused_at"]
    readonly_fields = ["sending_paused_at", "sending_paused_reason", "created_at", "updated_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PlacesShown(ShownInline):
    model = UnitPlace
    fk_name = "unit"
    fields = ("parent", "valid_from", "valid_to")


@admin.register(Unit)
class UnitAdmin(ReadOnlyAdmin):
    list_display = ["name", "code", "started_on", "ended_on"]
    list_filter = ["ended_on"]
    search_fields = ["name", "code"]
    inlines = [PlacesShown]


@admin.register(StaffInvitation)
class StaffInvitationAdmin(ReadOnlyAdmin):
    list_display = ["user", "invited_by", "created_at", "expires_at", "accepted_at"]
    list_select_related = ["user", "invited_by"]
    search_fields = ["user__email"]
    # Whoever knows it and the signing key could open the account.
    hidden = ["id"]
