from typing import Any

from celery import shared_task
from celery.signals import after_task_publish, heartbeat_sent
from django.core.cache import cache

from activity.heartbeats import beat
from activity.queues import ask_worker_for_beat, requeue
from activity.running import lost_jobs
from activity.uploads import drop_expired, drop_orphans


@shared_task
def beat_heartbeat() -> None:
    """Show that a worker works and that Redis answers, and let RQ show itself."""
    beat("celery")
    cache.set("heartbeat", 1, timeout=60)
    ask_worker_for_beat()
    beat("redis")


@shared_task
def requeue_lost_jobs() -> None:
    requeue(lost_jobs())


@shared_task
def drop_old_uploads() -> None:
    drop_expired()
    drop_orphans()


@after_task_publish.connect(sender=beat_heartbeat.name)
def _note_beat(**_kwargs: Any) -> None:
    """Only beat publishes this task: its taking to the broker is beat's sign of life."""
    beat("beat")


@heartbeat_sent.connect
def _note_worker(**_kwargs: Any) -> None:
    """A worker whose every process is busy with long work still lives."""
    beat("celery")
