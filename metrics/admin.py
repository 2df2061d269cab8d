from django.contrib import admin

from accounts.recorded import ReadOnlyAdmin
from metrics.models import Cell, Delta, Item, Metric, MetricVersion, Observation


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    list_display = ["label", "survey", "question_key", "type", "scale_min", "scale_max"]
    list_filter = ["type"]
    list_select_related = ["survey"]
    search_fields = ["label", "question_key", "survey__name"]


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin):
    """Values, without what leads from them to a person."""

    list_display = ["item", "day", "value", "weight"]
    list_select_related = ["item"]
    search_fields = ["=item__question_key"]
    hidden = ["response_id", "person", "dims"]


@admin.register(Delta)
class DeltaAdmin(ReadOnlyAdmin):
    list_display = ["item_id", "day", "value", "sign", "weight"]
    search_fields = ["=item_id"]
    hidden = ["dims"]


@admin.register(Cell)
class CellAdmin(ReadOnlyAdmin):
    list_display = ["item_id", "day", "dimension", "member", "value", "n"]
    list_filter = ["dimension"]
    search_fields = ["=item_id", "member"]


@admin.register(Metric)
class MetricAdmin(ReadOnlyAdmin):
    list_display = ["name", "key", "unit", "owner", "published", "current_version"]
    list_filter = ["published", "unit"]
    list_select_related = ["unit", "owner", "current_version"]
    search_fields = ["name", "key"]


@admin.register(MetricVersion)
class MetricVersionAdmin(ReadOnlyAdmin):
    list_display = ["metric", "number", "kind", "margin", "floor", "goal", "made_by", "made_at"]
    list_filter = ["kind"]
    list_select_related = ["metric", "made_by"]
    search_fields = ["metric__name"]
