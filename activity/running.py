"""Watched jobs: what one person asked for, claimed by one run at a time, seen live on its page.

A kind of job is a function from a Run; apps register theirs in `AppConfig.ready`:

    @job_kind("contact_import", label=_("Import contacts"), url="contacts:import")
    def import_contacts(run: Run) -> dict[str, Any]: ...
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation

from accounts.models import User
from activity.models import Job, JobState, Upload

# A run that shows no life for this long is taken for dead and its job goes to another.
LEASE = timedelta(seconds=60)
# A waiting job older than this is handed to the queue again, unless it still stands there.
UNQUEUED = timedelta(seconds=30)
MOST_ATTEMPTS = 3


class JobRefused(Exception):
    """The work cannot be done as asked; the message tells the person what to change."""


class JobCancelled(Exception):
    """The person asked to stop."""


class JobTaken(Exception):
    """Another run holds this job now; whatever this one was doing must not be kept."""


@dataclass(frozen=True)
class Kind:
    name: str
    label: Any
    work: Callable[["Run"], dict[str, Any]]
    url: str = ""  # a route that takes the job's id: where its result is shown
    say: Callable[[Job], str] | None = None  # what came of a finished job, in a sentence


KINDS: dict[str, Kind] = {}


def job_kind(
    name: str, *, label: Any, url: str = "", say: Callable[[Job], str] | None = None
) -> Callable[[Callable[["Run"], dict[str, Any]]], Callable[["Run"], dict[str, Any]]]:
    """Register the function below as the work of jobs of this kind."""

    def register(work: Callable[["Run"], dict[str, Any]]) -> Callable[["Run"], dict[str, Any]]:
        KINDS[name] = Kind(name=name, label=label, work=work, url=url, say=say)
        return work

    return register


class Run:
    """One attempt at a job: tells the page how far it is, and hears whether to stop."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def progress(self, done: int, total: int | None = None) -> None:
        """Show progress and renew the lease; raises JobCancelled or JobTaken where due.

        Seen at once by others only outside a transaction; call it there.
        """
        held = Job.objects.filter(pk=self.job.pk, claim=self.job.claim, state=JobState.RUNNING)
        values: dict[str, Any] = {"done": done, "beat_at": timezone.now()}
        if total is not None:
            values["total"] = total
        if not held.update(**values):
            raise JobTaken
        if held.filter(cancel_requested=True).exists():
            raise JobCancelled

    def hold(self) -> None:
        """Lock the job until the end of the caller's transaction: only its holder may write."""
        held = Job.objects.select_for_update().filter(
            pk=self.job.pk, claim=self.job.claim, state=JobState.RUNNING
        )
        job = held.first()
        if job is None:
            raise JobTaken
        if job.cancel_requested:
            raise JobCancelled

    def finish(self, result: dict[str, Any]) -> None:
        """Mark the job done in the caller's transaction: its work and its end commit as one.

        The last thing done there; raises JobTaken or JobCancelled where nothing may be kept.
        """
        if not connection.in_atomic_block:
            raise RuntimeError("finish() belongs inside the transaction that did the work")
        self.hold()
        _finish(self.job, JobState.DONE, result=result)


def create_job(
    kind: str, *, owner: User, params: dict[str, Any] | None = None, upload: Upload | None = None
) -> Job:
    """A waiting job; the caller enqueues it with `activity.queues.enqueue`."""
    return Job.objects.create(
        kind=KINDS[kind].name,
        owner=owner,
        params=params or {},
        upload=upload,
        queued_at=timezone.now(),
    )


def run_job(job_id: str) -> None:
    """Claim the job and do its work; a second message for the same job does nothing."""
    job = _claim(job_id)
    if job is not None:
        with translation.override(job.owner.language or settings.LANGUAGE_CODE):
            _work(job)


def _work(job: Job) -> None:
    try:
        result = KINDS[job.kind].work(Run(job))
    except JobTaken:
        return
    except JobCancelled:
        _finish(job, JobState.CANCELLED)
    except JobRefused as refusal:
        _finish(job, JobState.FAILED, message=str(refusal))
    except Exception:
        _finish(job, JobState.FAILED, message="")
        raise
    else:
        _finish(job, JobState.DONE, result=result)


@transaction.atomic
def _claim(job_id: str) -> Job | None:
    now = timezone.now()
    job = Job.objects.select_for_update().filter(pk=job_id).unfinished_one()
    if job is None:
        return None
    if job.state == JobState.RUNNING and job.beat_at and job.beat_at > now - LEASE:
        return None
    job.attempt += 1
    if job.cancel_requested or job.attempt > MOST_ATTEMPTS:
        job.state = JobState.CANCELLED if job.cancel_requested else JobState.FAILED
        job.finished_at = now
        job.save(update_fields=["state", "attempt", "finished_at"])
        return None
    job.state = JobState.RUNNING
    job.claim = uuid.uuid4()
    job.started_at = job.started_at or now
    job.beat_at = now
    job.save(update_fields=["state", "attempt", "claim", "started_at", "beat_at"])
    return job


def _finish(
    job: Job, state: JobState, *, result: dict[str, Any] | None = None, message: str = ""
) -> None:
    """Close the job, unless another run has taken it over."""
    Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING).update(
        state=state, result=result or {}, message=message, finished_at=timezone.now()
    )


def lost_jobs() -> list[Job]:
    """Unfinished jobs no queue and no run seems to carry any more."""
    now = timezone.now()
    return list(Job.objects.lost(queued_before=now - UNQUEUED, beat_before=now - LEASE))


def cancel_job(job: Job) -> None:
    """Ask a running job to stop at its next sign of life; a waiting one stops now."""
    Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(
        state=JobState.CANCELLED, cancel_requested=True, finished_at=timezone.now()
    )
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True)
