from django import template
from django.db.models import Count, Q

from accounts.models import User
from accounts.permissions import Capability
from surveys.models import Distribution, Survey

register = template.Library()

MOST_TURNS = 5


@register.simple_tag
def surveys_in_reach(user: User) -> dict[str, int]:
    """How many surveys this person sees, by what they wait for; one query."""
    open_now = Q(current_version__isnull=False, closed_at=None, archived_at=None)
    draft = Q(current_version=None, archived_at=None)
    return Survey.objects.visible_to(user).aggregate(
        open=Count("pk", filter=open_now, distinct=True),
        drafts=Count("pk", filter=draft, distinct=True),
    )


@register.simple_tag
def distributions_to_decide(user: User) -> dict[str, list[Distribution]]:
    """What waits for this person as the second one, and what came back to them; oldest first."""
    people = ("launched_by", "sent_back_by")
    rows = Distribution.objects.select_related(*people).order_by("launched_at")
    may_release, may_send = user.may(Capability.RELEASE), user.may(Capability.SEND)
    return {
        "to_release": list(rows.releasable_by(user)[:MOST_TURNS]) if may_release else [],
        "sent_back": list(rows.sent_back_to(user)[:MOST_TURNS]) if may_send else [],
    }
