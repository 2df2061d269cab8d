from django.contrib import admin

from accounts.recorded import ReadOnlyAdmin, RecordedAdmin
from surveys.models import (
    AnswerCount,
    Distribution,
    Invitation,
    MachineHit,
    Response,
    Sender,
    Survey,
    SurveyVersion,
)


@admin.register(Survey)
class SurveyAdmin(ReadOnlyAdmin):
    list_display = ["name", "slug", "state", "unit", "owner", "updated_at"]
    list_filter = ["identity", "public_link", "unit"]
    list_select_related = ["unit", "owner"]
    search_fields = ["name", "slug", "owner__email"]


@admin.register(SurveyVersion)
class SurveyVersionAdmin(ReadOnlyAdmin):
    list_display = ["survey", "number", "published_at", "published_by"]
    list_select_related = ["survey", "published_by"]
    search_fields = ["survey__name"]


@admin.register(Sender)
class SenderAdmin(RecordedAdmin):
    list_display = ["name", "email", "reply_to", "active"]
    list_filter = ["active"]
    search_fields = ["name", "email"]


@admin.register(Distribution)
class DistributionAdmin(ReadOnlyAdmin):
    list_display = ["name", "survey", "owner", "state", "launched_at", "finished_at"]
    list_filter = ["state"]
    list_select_related = ["survey", "owner"]
    search_fields = ["name", "survey__name"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Whether and when somebody was asked; never whether or what they answered."""

    list_display = ["distribution", "contact", "state", "left_out_because", "attempts", "sent_at"]
    list_filter = ["state", "left_out_because"]
    list_select_related = ["distribution", "contact"]
    search_fields = ["=contact__email", "=message_id", "distribution__name"]
    hidden = ["id", "visited_at", "done_at"]


@admin.register(Response)
class ResponseAdmin(ReadOnlyAdmin):
    """That there is an answer, not what was said or by whom."""

    list_display = ["id", "survey", "channel", "language", "status", "is_test", "completed_on"]
    list_filter = ["status", "is_test", "channel", "language"]
    list_select_related = ["survey"]
    search_fields = ["=id", "survey__name"]
    hidden = ["answers", "contact", "invitation", "context", "frozen", "import_key"]


@admin.register(AnswerCount)
class AnswerCountAdmin(ReadOnlyAdmin):
    list_display = ["survey", "day", "n"]
    list_select_related = ["survey"]
    search_fields = ["survey__name"]


@admin.register(MachineHit)
class MachineHitAdmin(ReadOnlyAdmin):
    list_display = ["at", "method", "reason"]
    list_filter = ["reason", "method"]
    hidden = ["invitation"]
