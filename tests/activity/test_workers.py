"""Jobs under real RQ workers that die in the middle of them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import django_rq
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from activity import running
from activity.models import Heartbeat, Job, JobState
from activity.queues import requeue
from activity.running import create_job, lost_jobs

ROOT = Path(__file__).resolve().parents[2]
# Stands in for an app's ready(): registers the kind, then runs one worker.
WORKER = """
import sys, time
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.core.management import call_command
from activity.running import job_kind

@job_kind("slow_test_kind", label="Slow")
def slow(run):
    for step in range(1200):
        run.progress(step + 1, 1200)
        if run.job.attempt > 1:
            return {"attempt": run.job.attempt}
        time.sleep(0.05)

call_command("rqworker", "default")
"""


def wait_until(true: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def kill(worker: subprocess.Popen) -> None:
    """The worker and the process of its job, which has a group of its own in the same session."""
    for entry in Path("/proc").iterdir():
        with suppress(ValueError, ProcessLookupError, PermissionError):
            if os.getsid(int(entry.name)) == worker.pid:
                os.kill(int(entry.name), signal.SIGKILL)
    worker.wait(timeout=10)


@pytest.fixture
def start_worker():
    started: list[subprocess.Popen] = []

    def start() -> subprocess.Popen:
        env = os.environ | {"DJANGO_SETTINGS_MODULE": "cxplatform.settings.test"}
        env["REDIS_FIRST"] = str(settings.REDIS_FIRST)
        name = connection.settings_dict["NAME"]
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, name], cwd=ROOT, env=env, start_new_session=True
        )
        started.append(worker)
        return worker

    django_rq.get_queue("default").empty()
    yield start
    for worker in started:
        kill(worker)


@pytest.mark.workers
def test_finishes_a_job_whose_worker_was_killed(
    transactional_db, employee, start_worker, monkeypatch
):
    kind = running.Kind(name="slow_test_kind", label="Slow", work=lambda run: {})
    monkeypatch.setitem(running.KINDS, kind.name, kind)
    job = create_job(kind.name, owner=employee)
    requeue([job])

    first = start_worker()
    wait_until(lambda: Job.objects.filter(pk=job.pk, done__gte=3).exists())
    kill(first)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING

    # The lease runs out: nobody has heard of it for longer than a minute.
    Job.objects.filter(pk=job.pk).update(beat_at=timezone.now() - timedelta(minutes=2))
    assert requeue(lost_jobs()) == 1
    start_worker()
    wait_until(lambda: Job.objects.filter(pk=job.pk, state=JobState.DONE).exists())
    job.refresh_from_db()
    assert job.result == {"attempt": 2}
    assert Heartbeat.objects.filter(pk="rq").exists()
