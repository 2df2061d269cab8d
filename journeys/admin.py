from django.contrib import admin

from accounts.recorded import ReadOnlyAdmin
from journeys.models import Journey, Listening, Placement, Stage, Touchpoint


@admin.register(Journey)
class JourneyAdmin(ReadOnlyAdmin):
    list_display = ["name", "unit", "owner", "published", "revision", "updated_at", "archived_at"]
    list_filter = ["published", "unit"]
    list_select_related = ["unit", "owner"]
    search_fields = ["name", "owner__email"]


@admin.register(Stage)
class StageAdmin(ReadOnlyAdmin):
    list_display = ["name", "journey", "position"]
    list_select_related = ["journey"]
    search_fields = ["name", "journey__name"]


@admin.register(Touchpoint)
class TouchpointAdmin(ReadOnlyAdmin):
    list_display = ["name", "channel", "digital", "unit", "owner", "ended_on", "updated_at"]
    list_filter = ["channel", "digital", "unit"]
    list_select_related = ["unit", "owner"]
    search_fields = ["name", "owner__email"]


@admin.register(Placement)
class PlacementAdmin(ReadOnlyAdmin):
    list_display = ["touchpoint", "stage", "journey", "position"]
    list_select_related = ["touchpoint", "stage__journey"]
    search_fields = ["touchpoint__name", "stage__journey__name"]

    @admin.display(ordering="stage__journey__name")
    def journey(self, placement: Placement) -> Journey:
        return placement.stage.journey


@admin.register(Listening)
class ListeningAdmin(ReadOnlyAdmin):
    list_display = ["touchpoint", "survey", "question_key", "starts_on", "ends_on"]
    list_select_related = ["touchpoint", "survey"]
    search_fields = ["touchpoint__name", "survey__name", "question_key"]
