import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from cxplatform.launch.errors import SAID
from cxplatform.launch.plan import ROOT
from cxplatform.settings import env


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("TIME_ZONE", "Mars/Olympus", lambda: env.zone("TIME_ZONE", "UTC")),
        ("TIME_ZONE", "../UTC", lambda: env.zone("TIME_ZONE", "UTC")),
        ("LOG_LEVEL", "LOUD", lambda: env.log_level("LOG_LEVEL", "INFO")),
        ("SITE_URL", "cx.example", lambda: env.site("SITE_URL")),
        ("SITE_URL", "https://cx.example/feedback", lambda: env.site("SITE_URL")),
        ("DEFAULT_FROM_EMAIL", "Aurora", lambda: env.sender("DEFAULT_FROM_EMAIL", "a@b")),
        ("REDIS_FIRST", "x", lambda: env.redis_first("redis://here")),
        ("REDIS_FIRST", "14", lambda: env.redis_first("redis://here")),
        ("CELERY_BROKER_URL", "nonsense", lambda: env.broker("redis://here", 0)),
        ("SEND_BATCH", "0", lambda: env.number("SEND_BATCH", 50, low=1)),
        ("SECURE_SSL_REDIRECT", "maybe", lambda: env.flag("SECURE_SSL_REDIRECT")),
        ("LINK_KEYS", "1:short", lambda: env.keys("LINK_KEYS")),
    ],
)
def test_a_value_that_makes_no_sense_is_said_by_name(monkeypatch, name, value, read):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        read()


@pytest.mark.parametrize(
    ("read", "name", "url"),
    [
        (env.database, "DATABASE_URL", "mysql://:secret@here/cx"),
        (env.database, "DATABASE_URL", "postgresql://cx:secret@here:port/cx"),
        (env.database, "DATABASE_URL", "postgresql://cx:secret@[here/cx"),
        (env.redis, "REDIS_URL", "http://:secret@here"),
        (env.redis, "REDIS_URL", "redis://:secret@here:x"),
        (env.redis, "REDIS_URL", "redis://:secret@here/first"),
        (env.mailer, "SMTP_URL", "https://cx:secret@here"),
    ],
)
def test_an_address_of_no_server_is_said_without_its_password(read, name, url):
    with pytest.raises(ImproperlyConfigured) as raised:
        read(url)
    assert name in str(raised.value)
    assert "secret" not in str(raised.value)


def test_reads_the_parts_of_a_database_address():
    found = env.database("postgresql://c%40x:p%2Fw@db.example:5433/feed%20back?sslmode=require")
    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("c@x", "p/w", "db.example")
    assert (found["PORT"], found["NAME"]) == ("5433", "feed back")
    assert found["OPTIONS"]["sslmode"] == "require"
    assert env.database("postgresql://cx@/cx?host=/run/a%20b%25")["HOST"] == "/run/a b%"


def test_counts_its_redis_databases_from_the_one_the_address_names(monkeypatch):
    monkeypatch.delenv("REDIS_FIRST", raising=False)
    assert env.redis_first("redis://here") == 0
    assert env.redis_first("redis://here/7") == 7
    assert env.redis_first("unix:///run/valkey.sock?db=4") == 4
    with pytest.raises(ImproperlyConfigured, match="from 0 to 13"):
        env.redis_first("redis://here/15")
    monkeypatch.setenv("REDIS_FIRST", "2")
    assert env.redis_first("redis://here/7") == 2


def prepare(tmp_path, **given: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "-m", "cxplatform.launch.prepare", "--empty"]
    demo = {"DJANGO_SETTINGS_MODULE": "cxplatform.settings.demo", "CX_VAR": str(tmp_path)}
    return subprocess.run(
        asked, cwd=ROOT, env=os.environ | demo | given, capture_output=True, text=True, check=False
    )


def test_the_demo_says_a_bad_setting_in_one_sentence(tmp_path):
    said = prepare(tmp_path, TIME_ZONE="Mars/Olympus")
    assert said.returncode == SAID
    assert said.stderr.startswith("TIME_ZONE='Mars/Olympus' is no time zone. Use a name like")
    assert len(said.stderr.splitlines()) == 1


def test_the_demo_says_which_server_is_out_of_reach(tmp_path, unused_port):
    address = f"postgresql://cx:secret@127.0.0.1:{unused_port}/cx"
    said = prepare(tmp_path, DATABASE_URL=address, REDIS_URL=f"redis://127.0.0.1:{unused_port}")
    assert said.returncode == SAID
    assert said.stderr.startswith("The server of DATABASE_URL (127.0.0.1) cannot be used: ")
    assert "secret" not in said.stderr


@pytest.fixture
def unused_port() -> int:
    from cxplatform.launch import ports

    with ports.listen("127.0.0.1", 0) as line:
        return line.getsockname()[1]
