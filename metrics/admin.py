from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from metrics.models import Item, Metric, MetricVersion


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at only: definitions change through the product, which keeps their history."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VersionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = MetricVersion
    fields = (
        "number",
        "kind",
        "box_min",
        "box_max",
        "margin",
        "floor",
        "goal",
        "made_by",
        "made_at",
    )
    ordering = ("-number",)
    extra = 0
    can_delete = False


@admin.register(Metric)
class MetricAdmin(ReadOnlyAdmin):
    list_display = ("name", "key", "unit", "owner", "published", "current_version", "updated_at")
    list_filter = ("published", "current_version__kind", "unit")
    list_select_related = ("unit", "owner", "current_version")
    search_fields = ("name", "key")
    inlines = (VersionInline,)


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    list_display = ("label", "survey", "question_key", "type", "scale_min", "scale_max", "repeated")
    list_filter = ("type", "repeated")
    list_select_related = ("survey",)
    search_fields = ("label", "question_key", "survey__name")
