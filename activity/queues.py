"""How edges enqueue: after the commit, ids only, and a dead broker never breaks the page.

Whatever is lost here is found by its state within a minute.
"""

import logging
from functools import partial
from typing import Any

import django_rq
from celery import Task
from django.db import transaction

from activity.jobs import beat, run
from activity.models import Job

BEAT_ID = "heartbeat"

logger = logging.getLogger(__name__)


def enqueue(job: Job) -> None:
    """Hand a watched job to RQ once its row is committed."""
    transaction.on_commit(partial(_enqueue, str(job.pk)), robust=True)


def delay(task: Task, *args: Any) -> None:
    """Hand work to Celery once what it is about is committed."""
    transaction.on_commit(partial(_delay, task, args), robust=True)


def requeue(jobs: list[Job]) -> int:
    """Hand jobs to RQ again, but those that still stand in line; how many that were."""
    if not jobs:
        return 0
    waiting = set(django_rq.get_queue("default").get_job_ids())
    lost = [str(job.pk) for job in jobs if str(job.pk) not in waiting]
    for job_id in lost:
        _enqueue(job_id)
    return len(lost)


def ask_worker_for_beat() -> None:
    """Let an idle RQ worker show that it lives; asks once, however long the line."""
    queue = django_rq.get_queue("default")
    if BEAT_ID not in queue.get_job_ids():
        queue.enqueue(beat, job_id=BEAT_ID, result_ttl=0, at_front=True)


def _enqueue(job_id: str) -> None:
    try:
        django_rq.get_queue("default", commit_mode="auto").enqueue(
            run, job_id, job_id=job_id, result_ttl=0
        )
    except Exception:  # the sweep finds it
        logger.warning("job %s waits for the sweep: the queue did not take it", job_id)


def _delay(task: Task, args: tuple[Any, ...]) -> None:
    try:
        task.apply_async(args=args, retry=False)
    except Exception:  # the sweep finds it
        logger.warning("task %s waits for its sweep: the broker did not take it", task.name)
