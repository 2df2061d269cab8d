from django import template

from accounts.models import User
from activity.models import Job

register = template.Library()


@register.simple_tag
def jobs_under_way(user: User) -> int:
    """How many things this person asked for have not ended yet."""
    return Job.objects.filter(owner=user).unfinished().count()
