from django.contrib import admin

from accounts.recorded import ReadOnlyAdmin
from activity.models import Event, Heartbeat, Job, Upload


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "verb", "subject_type", "subject_id", "subject_label"]
    list_filter = ["verb", "subject_type"]
    list_select_related = ["actor"]
    search_fields = ["=subject_id", "subject_label", "actor__email", "=request_id"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["kind", "owner", "state", "done", "total", "attempt", "queued_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["owner"]
    search_fields = ["=id", "owner__email", "message"]


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    """That a file is there, not the file: it is its owner's alone."""

    list_display = ["filename", "owner", "size", "created_at", "expires_at"]
    list_select_related = ["owner"]
    search_fields = ["filename", "owner__email", "=sha256"]
    hidden = ["file"]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["part", "beat_at"]
