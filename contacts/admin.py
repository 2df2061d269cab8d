from django.contrib import admin

from accounts.recorded import ReadOnlyAdmin
from contacts.models import (
    Account,
    AttributeDefinition,
    Contact,
    ContactPermission,
    Erasure,
    Merge,
    Suppression,
)


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    """Edited, merged and erased on their own pages, where the rules are."""

    list_display = ["__str__", "kind", "email", "external_id", "language", "unit", "account"]
    list_filter = ["kind", "language", "unit"]
    list_select_related = ["unit", "account"]
    search_fields = ["=email", "=external_id", "search_text"]
    hidden = ["search_text", "sort_key"]


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["name", "external_id", "source", "unit"]
    list_filter = ["unit"]
    list_select_related = ["unit"]
    search_fields = ["name", "=external_id"]
    hidden = ["sort_key"]


@admin.register(AttributeDefinition)
class AttributeDefinitionAdmin(ReadOnlyAdmin):
    list_display = ["label", "key", "type", "personal", "reportable", "break_down_by"]
    list_filter = ["type", "personal", "break_down_by"]
    search_fields = ["label", "key"]


@admin.register(ContactPermission)
class ContactPermissionAdmin(ReadOnlyAdmin):
    list_display = ["contact", "purpose", "channel", "basis", "source", "given_at", "withdrawn_at"]
    list_filter = ["purpose", "channel", "basis"]
    list_select_related = ["contact"]
    search_fields = ["=contact__email", "=contact__external_id"]


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ["channel", "reason", "added_at"]
    list_filter = ["channel", "reason"]
    search_fields = ["=address_hash"]


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    list_display = ["kept", "gone", "by", "at", "undone_at"]
    list_select_related = ["kept", "gone", "by"]
    search_fields = ["=kept__id", "=gone__id"]
    hidden = ["before"]


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ["contact_id", "by", "at"]
    search_fields = ["=contact_id"]
