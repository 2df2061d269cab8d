from django.contrib import admin

from accounts.recorded import ReadOnlyAdmin, ShownInline
from coalition.models import (
    Ballot,
    Comment,
    Council,
    Elector,
    Evidence,
    Initiative,
    LogCheck,
    LogEntry,
    Seat,
    Support,
    Vote,
)


class SeatsShown(ShownInline):
    model = Seat
    fields = ("user", "starts_on", "ends_on")


@admin.register(Council)
class CouncilAdmin(ReadOnlyAdmin):
    """Rules and seats have a page of their own, which asks for the password."""

    list_display = ["name", "unit", "quorum", "quorum_kind", "majority", "voting_days", "ended_on"]
    list_filter = ["majority", "ended_on"]
    list_select_related = ["unit"]
    search_fields = ["name", "unit__name"]
    inlines = [SeatsShown]


@admin.register(Seat)
class SeatAdmin(ReadOnlyAdmin):
    list_display = ["council", "user", "starts_on", "ends_on"]
    list_filter = ["council"]
    list_select_related = ["council", "user"]
    search_fields = ["user__email", "council__name"]


@admin.register(Initiative)
class InitiativeAdmin(ReadOnlyAdmin):
    list_display = ["title", "state", "unit", "proposer", "owner", "proposed_at", "decided_at"]
    list_filter = ["state", "unit"]
    list_select_related = ["unit", "proposer", "owner"]
    search_fields = ["title", "proposer__email", "owner__email"]
    hidden = ["salt"]


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ["initiative", "kind", "metric", "touchpoint", "item", "note"]
    list_filter = ["kind"]
    list_select_related = ["initiative", "metric", "touchpoint", "item"]
    search_fields = ["initiative__title", "note"]


@admin.register(Support)
class SupportAdmin(ReadOnlyAdmin):
    list_display = ["initiative", "user", "at"]
    list_select_related = ["initiative", "user"]
    search_fields = ["initiative__title", "user__email"]


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    list_display = ["initiative", "author", "at", "removed_at"]
    list_select_related = ["initiative", "author"]
    search_fields = ["initiative__title", "author__email"]


@admin.register(Ballot)
class BallotAdmin(ReadOnlyAdmin):
    list_display = ["initiative", "council", "state", "outcome", "opened_at", "closes_on", "quorum"]
    list_filter = ["state", "outcome", "council"]
    list_select_related = ["initiative", "council"]
    search_fields = ["initiative__title"]


@admin.register(Elector)
class ElectorAdmin(ReadOnlyAdmin):
    list_display = ["ballot", "user"]
    list_select_related = ["ballot", "user"]
    search_fields = ["user__email", "=ballot__pk"]


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin):
    """That somebody voted; how is theirs until the count, and stands on the ballot's page then."""

    list_display = ["elector", "cast_at"]
    list_select_related = ["elector"]
    search_fields = ["elector__user__email"]
    hidden = ["choice", "reason", "salt"]


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = ["number", "at", "kind", "initiative", "actor", "hash"]
    list_filter = ["kind"]
    list_select_related = ["initiative", "actor"]
    search_fields = ["=number", "initiative__title", "actor__email", "=hash"]
    hidden = ["salt"]


@admin.register(LogCheck)
class LogCheckAdmin(ReadOnlyAdmin):
    list_display = ["at", "entries", "head"]
