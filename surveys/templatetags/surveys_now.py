from django import template
from django.db.models import Count, Q

from accounts.models import User
from surveys.models import Survey

register = template.Library()


@register.simple_tag
def surveys_in_reach(user: User) -> dict[str, int]:
    """How many surveys this person sees, by what they wait for; one query."""
    open_now = Q(current_version__isnull=False, closed_at=None, archived_at=None)
    draft = Q(current_version=None, archived_at=None)
    return Survey.objects.visible_to(user).aggregate(
        open=Count("pk", filter=open_now, distinct=True),
        drafts=Count("pk", filter=draft, distinct=True),
    )
