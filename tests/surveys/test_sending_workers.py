"""Sending by real worker processes through a real SMTP server, counted at the sink."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection

from surveys.models import Distribution
from surveys.services.distributions import progress_of
from surveys.tasks import sweep_sending
from tests.surveys.asking import launched

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 30
DEADLINE = 40

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]


def database_url() -> str:
    url = urlsplit(django_settings.DATABASE_URL)
    return url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


class Workers:
    """Celery workers on the test's own database and broker, each one process."""

    def __init__(self, sink, folder: Path) -> None:
        self.folder = folder
        self.env = dict(os.environ) | {
            "DJANGO_SETTINGS_MODULE": "cxplatform.settings.test",
            "DATABASE_URL": database_url(),
            "REDIS_URL": django_settings.REDIS_URL,
            "SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
            "SEND_BATCH": "10",
            "SEND_LEASE_SECONDS": "3",
        }
        self.processes: list[subprocess.Popen] = []

    def start(self, count: int) -> None:
        command = [sys.executable, "-m", "celery", "-A", "cxplatform.celery", "worker"]
        command += ["--pool=solo", "--loglevel=INFO", "--without-gossip", "--without-mingle"]
        for _worker in range(count):
            with (self.folder / f"worker{len(self.processes)}.log").open("wb") as log:
                process = subprocess.Popen(
                    [*command, f"--hostname=w{len(self.processes)}@%h"],
                    cwd=ROOT,
                    env=self.env,
                    stdout=log,
                    stderr=log,
                )
            self.processes.append(process)

    def signal(self, pid: int, number: int) -> None:
        os.kill(pid, number)

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait(10)

    def logs(self) -> str:
        return "\n".join(path.read_text()[-3000:] for path in self.folder.glob("worker*.log"))


@pytest.fixture
def workers(sink, tmp_path) -> Iterator[Workers]:
    broker().flushdb()
    both = Workers(sink, tmp_path)
    yield both
    both.stop()
    broker().flushdb()


def broker() -> redis.Redis:
    url = django_settings.CELERY_BROKER_URL
    if url.startswith("redis+socket://"):
        parts = urlsplit(url)
        number = parts.query.partition("virtual_host=")[2]
        return redis.Redis(
            unix_socket_path=parts.path, password=parts.password, db=int(number or 0)
        )
    return redis.Redis.from_url(url)


def until(done: Callable[[], bool], workers: Workers) -> None:
    """Be beat, sweeping often, until it is so."""
    end = time.monotonic() + DEADLINE
    while not done():
        assert time.monotonic() < end, workers.logs()
        sweep_sending()
        time.sleep(0.2)


def is_done(distribution: Distribution) -> bool:
    return progress_of(distribution) == {"sent": PEOPLE}


def once(nth: int, act: Callable[[], None]) -> Callable[[str, bytes], None]:
    """Act when the nth message is in flight: received, its reply not sent yet."""
    seen: list[str] = []

    def hook(address: str, content: bytes) -> None:
        seen.append(address)
        if len(seen) == nth:
            act()

    hook.seen = seen
    return hook


def assert_counts(sink, *, may_double: set[str] = frozenset()) -> None:
    expected = {f"person{n}@mail.example" for n in range(PEOPLE)}
    assert set(sink.counts) == expected
    doubled = {address for address, count in sink.counts.items() if count > 1}
    assert doubled <= may_double
    assert all(count <= 2 for count in sink.counts.values())
    assert all(len(sink.ids_of(address)) == 1 for address in expected)


def sending_worker(workers: Workers) -> int:
    """The one worker that runs; the other is started when it has been hit."""
    return workers.processes[0].pid


def test_a_worker_killed_in_mid_send_loses_nobody_and_doubles_only_what_was_in_flight(
    sink, workers, designer
):
    distribution = launched(designer, PEOPLE)
    workers.start(1)

    def kill() -> None:
        workers.signal(sending_worker(workers), signal.SIGKILL)
        workers.start(1)

    sink.data = hook = once(14, kill)
    until(lambda: is_done(distribution), workers)
    assert_counts(sink, may_double={hook.seen[13]})


def test_a_worker_suspended_past_its_lease_sends_nothing_more_when_it_wakes(
    sink, workers, designer
):
    distribution = launched(designer, PEOPLE)
    workers.start(1)

    def suspend() -> None:
        workers.signal(sending_worker(workers), signal.SIGSTOP)
        workers.start(1)

    sink.data = hook = once(4, suspend)
    until(lambda: is_done(distribution), workers)
    workers.signal(sending_worker(workers), signal.SIGCONT)
    # It is awake and idle again once it has finished what it was at: a new task reaches it.
    workers.processes[1].kill()
    workers.processes[1].wait(10)
    log = workers.folder / "worker0.log"
    awake = log.read_bytes().count(b"succeeded") + 1
    until(lambda: log.read_bytes().count(b"succeeded") > awake, workers)
    assert_counts(sink, may_double={hook.seen[3]})


def test_an_emptied_broker_and_lost_database_connections_double_nobody(sink, workers, designer):
    distribution = launched(designer, PEOPLE)
    workers.start(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]

    def hit() -> None:
        broker().flushdb()
        with psycopg.connect(database_url(), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid NOT IN (%s, pg_backend_pid())",
                [own],
            )

    sink.data = once(7, hit)
    until(lambda: is_done(distribution), workers)
    assert_counts(sink)
