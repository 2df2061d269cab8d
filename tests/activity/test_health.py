from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from activity import health
from activity.heartbeats import NEEDED, beat
from activity.models import Heartbeat
from activity.tasks import beat_heartbeat


@pytest.fixture
def all_beating(db) -> None:
    for part in NEEDED:
        beat(part)


def test_says_ok_while_every_part_shows_life(client, all_beating):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("part", NEEDED)
def test_says_down_when_one_part_went_silent(client, all_beating, part):
    Heartbeat.objects.filter(pk=part).update(beat_at=timezone.now() - timedelta(minutes=5))
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"status": "down"})


def test_does_not_take_silence_of_the_mail_for_trouble(client, all_beating):
    Heartbeat.objects.create(part="mail", beat_at=timezone.now() - timedelta(days=5))
    assert client.get("/healthz").status_code == 200


def test_names_the_parts_to_staff(client, all_beating, employee):
    client.force_login(employee)
    parts = client.get("/healthz").json()["parts"]
    assert {name: part["state"] for name, part in parts.items()} == {
        "database": "ok",
        "redis": "ok",
        "celery": "ok",
        "beat": "ok",
        "rq": "ok",
        "mail": "never",
    }


def test_says_down_when_the_database_is(client, monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setattr(health, "read_parts", away)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"status": "down"})


def test_asks_a_stranger_for_one_query_and_gives_no_cookie(
    client, all_beating, django_assert_num_queries
):
    with django_assert_num_queries(1):
        response = client.get("/healthz")
    assert not response.cookies


def test_says_alive_without_asking_anything(db, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/livez").status_code == 200


def test_writes_a_heartbeat_at_most_every_ten_seconds(db):
    beat("rq")
    first = Heartbeat.objects.get(pk="rq").beat_at
    beat("rq")
    assert Heartbeat.objects.get(pk="rq").beat_at == first
    Heartbeat.objects.update(beat_at=first - timedelta(seconds=11))
    beat("rq")
    assert Heartbeat.objects.get(pk="rq").beat_at > first - timedelta(seconds=1)


def test_shows_celery_and_redis_alive_from_a_worker(db):
    beat_heartbeat()
    assert set(Heartbeat.objects.values_list("part", flat=True)) == {"celery", "redis"}


def test_answers_balancers_that_ask_by_address(db, client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
    assert client.get("/livez", headers={"host": "10.0.0.5"}).status_code == 200
    assert client.get("/healthz", headers={"host": "10.0.0.5"}).status_code in (200, 503)
    assert client.get("/account/login/", headers={"host": "10.0.0.5"}).status_code == 400
