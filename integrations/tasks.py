from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from integrations.models import KeptReply

KEEP = timedelta(days=2)


@shared_task
def drop_old_replies() -> None:
    """A client that repeats itself does so within minutes."""
    KeptReply.objects.filter(created_at__lt=timezone.now() - KEEP).delete()
