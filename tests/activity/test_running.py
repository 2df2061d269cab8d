from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from activity import running
from activity.models import Event, Heartbeat, Job, JobState
from activity.queues import requeue
from activity.running import (
    JobCancelled,
    JobRefused,
    JobTaken,
    Run,
    cancel_job,
    create_job,
    run_job,
)

KIND = "test_kind"


@pytest.fixture
def work(monkeypatch):
    """A kind of job whose work is whatever the test puts in."""
    box = {"do": lambda run: {}}
    kind = running.Kind(name=KIND, label="Count the planes", work=lambda run: box["do"](run))
    monkeypatch.setitem(running.KINDS, KIND, kind)
    return box


@pytest.fixture
def job(work, employee) -> Job:
    return create_job(KIND, owner=employee)


def age(job: Job, **values) -> None:
    Job.objects.filter(pk=job.pk).update(**values)


def test_keeps_the_result_of_the_work(job, work):
    work["do"] = lambda run: {"rows": 3}
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"rows": 3})


def test_does_a_finished_job_no_second_time(job, work):
    times = []
    work["do"] = lambda run: times.append(1) or {}
    run_job(job.pk)
    run_job(job.pk)
    assert len(times) == 1


def test_tells_the_person_why_it_refused(job, work):
    def refuse(run: Run):
        raise JobRefused("Row 4 has no address. Add one.")

    work["do"] = refuse
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "Row 4 has no address. Add one.")


def test_commits_the_result_with_the_work(job, work, employee):
    """What breaks after the work was committed cannot make it look undone."""

    def do(run: Run):
        with transaction.atomic():
            Heartbeat.objects.create(part="written", beat_at=timezone.now())
            run.finish({"rows": 1})
        raise OSError("the disk went away")

    work["do"] = do
    with pytest.raises(OSError):
        run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"rows": 1})


def test_undoes_the_result_with_the_work(job, work):
    def do(run: Run):
        with transaction.atomic():
            run.finish({"rows": 1})
            raise JobRefused("Change row 2.")

    work["do"] = do
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.FAILED, {})


def test_keeps_nothing_of_a_run_whose_job_another_took(job, work):
    def do(run: Run):
        age(job, claim=None)
        with transaction.atomic():
            Heartbeat.objects.create(part="written", beat_at=timezone.now())
            run.finish({})

    work["do"] = do
    run_job(job.pk)
    assert not Heartbeat.objects.filter(part="written").exists()


def test_stops_at_the_next_sign_of_life_when_asked(job, work):
    def do(run: Run):
        cancel_job(run.job)
        run.progress(1, 10)
        raise AssertionError("went on after it was asked to stop")

    work["do"] = do
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_speaks_the_language_of_who_asked(job, work, employee):
    employee.language = "de"
    employee.save()
    heard = []
    work["do"] = lambda run: heard.append(translation.get_language()) or {}
    run_job(job.pk)
    assert heard == ["de"]


def test_finds_jobs_that_no_message_carries_any_more(job, work, employee):
    waiting, dead, alive = job, create_job(KIND, owner=employee), create_job(KIND, owner=employee)
    now = timezone.now()
    age(waiting, queued_at=now - timedelta(minutes=2))
    age(dead, state=JobState.RUNNING, beat_at=now - timedelta(minutes=2))
    age(alive, state=JobState.RUNNING, beat_at=now)
    assert {found.pk for found in running.lost_jobs()} == {waiting.pk, dead.pk}


def test_queues_a_lost_job_once_however_often_it_sweeps(job):
    assert [requeue([job]), requeue([job])] == [1, 0]


def test_gives_up_a_job_that_broke_off_three_times(job, work):
    now = timezone.now()
    age(job, state=JobState.RUNNING, beat_at=now - timedelta(minutes=2), attempt=3)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_leaves_a_job_alone_that_shows_life(job, work):
    age(job, state=JobState.RUNNING, beat_at=timezone.now())
    run_job(job.pk)
    job.refresh_from_db()
    assert job.attempt == 0


def test_refuses_to_finish_outside_the_transaction_of_the_work(transactional_db, job, work):
    work["do"] = lambda run: run.finish({})
    with pytest.raises(RuntimeError):
        run_job(job.pk)
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("raised", "left"),
    [(JobTaken, JobState.RUNNING), (JobCancelled, JobState.CANCELLED)],
)
def test_swallows_what_only_says_stop(job, work, raised, left):
    def do(run: Run):
        raise raised

    work["do"] = do
    run_job(job.pk)

    job.refresh_from_db()
    assert job.state == left
