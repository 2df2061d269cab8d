from django import template

from accounts.models import User
from contacts.models import Contact

register = template.Library()


@register.simple_tag
def has_contacts(user: User) -> bool:
    """Whether there is anybody this person could ask; stops at the first one."""
    return Contact.objects.visible_to(user).exists()
