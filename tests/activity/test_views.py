import pytest
from django.urls import reverse

from activity import running
from activity.models import Event, Job, JobState
from activity.running import create_job
from tests.browser import assert_accessible, sign_in

KIND = "test_kind"


@pytest.fixture
def job(monkeypatch, employee) -> Job:
    kind = running.Kind(name=KIND, label="Count the planes", work=lambda run: {})
    monkeypatch.setitem(running.KINDS, KIND, kind)
    return create_job(KIND, owner=employee)


def set_job(job: Job, **values) -> None:
    Job.objects.filter(pk=job.pk).update(**values)


def url(job: Job) -> str:
    return reverse("activity:job", args=[job.pk])


def test_asks_again_by_itself_only_while_unfinished(client, job, employee):
    client.force_login(employee)
    assert b'hx-trigger="every 2s"' in client.get(url(job)).content
    set_job(job, state=JobState.DONE)
    assert b"hx-trigger" not in client.get(url(job)).content


def test_answers_htmx_with_the_progress_alone(client, job, employee):
    client.force_login(employee)
    set_job(job, state=JobState.RUNNING, done=31400, total=62800)
    body = client.get(url(job), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in body
    assert "31,400 of 62,800" in body
    assert "50 %" in body


def test_offers_a_way_to_refresh_without_scripts(client, job, employee):
    client.force_login(employee)
    body = client.get(url(job)).content.decode()
    assert f'href="{url(job)}">Refresh</a>' in body
    assert "http-equiv" not in body


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (JobState.DONE, "Count the planes: done"),
        (JobState.FAILED, "Count the planes: not done"),
        (JobState.CANCELLED, "Count the planes: stopped"),
    ],
)
def test_says_in_words_how_it_ended(client, job, employee, state, words):
    client.force_login(employee)
    set_job(job, state=state)
    assert words in client.get(url(job)).content.decode()


def test_stops_a_job_and_leaves_a_trace(client, job, employee):
    client.force_login(employee)
    client.post(reverse("activity:cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert Event.objects.get().verb == "cancelled"


def test_lists_what_one_asked_for_in_few_queries(
    client, job, employee, django_assert_max_num_queries
):
    for _ in range(20):
        create_job(KIND, owner=employee)
    client.force_login(employee)
    with django_assert_max_num_queries(6):
        body = client.get(reverse("activity:jobs")).content.decode()
    assert body.count("Count the planes") == 21
    assert "21 jobs of yours are under way" in body


@pytest.mark.browser
def test_shows_progress_live_until_the_end(page, live_server, job, employee):
    set_job(job, state=JobState.RUNNING, done=10, total=40)
    sign_in(page, live_server, employee)
    page.goto(live_server.url + url(job))
    assert_accessible(page)
    set_job(job, state=JobState.DONE, done=40)
    page.wait_for_selector("text=Count the planes: done", timeout=6000)
    assert_accessible(page)
    page.goto(live_server.url + reverse("activity:jobs"))
    assert_accessible(page)
