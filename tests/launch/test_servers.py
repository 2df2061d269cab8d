import os
import signal
import stat
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis

from cxplatform.launch import processes, servers
from cxplatform.launch.errors import LaunchError


def sockets_of(var: Path) -> Path:
    return Path(parse_qs(urlsplit(servers.locate(var).database_url).query)["host"][0])


def test_locating_starts_nothing_and_answers_the_same_twice(var):
    assert servers.locate(var) == servers.locate(var)
    assert not servers.are_running(var)
    assert stat.S_IMODE((var / "servers.json").stat().st_mode) == 0o600


def test_addresses_fit_a_socket_and_hold_random_passwords(var, tmp_path):
    here, there = servers.locate(var), servers.locate(tmp_path / "other")
    assert here.database_url.startswith("postgresql://cx:")
    assert here.redis_url.startswith("unix://:")
    assert urlsplit(here.database_url).password != urlsplit(there.database_url).password
    assert sockets_of(var) != sockets_of(tmp_path / "other")
    assert len(os.fsencode(sockets_of(var) / ".s.PGSQL.5432.lock")) < 100


def test_a_set_variable_wins_and_the_other_server_stays_embedded(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/theirs")
    found = servers.start(var, durable=False)
    assert found.database_url == "postgresql://somebody@db.example/theirs"
    assert redis.Redis.from_url(found.redis_url).ping()
    assert not (var / "postgres").exists()


def test_a_copied_folder_does_not_share_the_sockets_of_its_original(var, tmp_path):
    servers.locate(var)
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "servers.json").write_text((var / "servers.json").read_text())
    assert sockets_of(copy) != sockets_of(var)


def test_refuses_a_socket_folder_that_is_a_symbolic_link(var, tmp_path):
    sockets_of(var).symlink_to(tmp_path)
    with pytest.raises(LaunchError, match="symbolic link"):
        servers.start(var, durable=False)


def test_refuses_a_socket_folder_that_others_can_enter(var):
    sockets_of(var).mkdir()
    sockets_of(var).chmod(0o755)
    with pytest.raises(LaunchError, match="entered by other users"):
        servers.start(var, durable=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_refuses_a_socket_folder_of_another_user(var):
    sockets_of(var).mkdir(mode=0o700)
    os.chown(sockets_of(var), 12345, 12345)
    with pytest.raises(LaunchError, match="belongs to another user"):
        servers.start(var, durable=False)


def test_survives_every_kind_of_end_without_losing_a_row(var):
    """One story, since making a server costs a second: start, adopt, kill, stranger's pid, stop."""
    found = servers.start(var, durable=True)
    with psycopg.connect(found.database_url, autocommit=True) as database:
        database.execute("CREATE TABLE kept (n int)")
        database.execute("INSERT INTO kept VALUES (1)")
        encoding = database.execute("SHOW server_encoding").fetchone()
    assert encoding == ("UTF8",)
    cache = redis.Redis.from_url(found.redis_url)
    cache.set("kept", "1")
    assert cache.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"

    assert servers.start(var) == found
    postmaster = _postmaster(var)
    for pid in (postmaster, cache.info("server")["process_id"]):
        os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: not servers.are_running(var), 10)
    servers.start(var)
    assert _kept(found) == (1, b"1")

    servers.stop(var)
    assert not servers.are_running(var)
    # After a reboot the old pid may be somebody else's: ours, here.
    lines = [str(os.getpid()), str(var / "postgres"), "1", "5432", str(sockets_of(var)), "", "1 1"]
    (var / "postgres" / "postmaster.pid").write_text("\n".join([*lines, "ready", ""]))
    servers.start(var)
    assert _kept(found) == (1, b"1")


def test_a_second_borrower_keeps_the_servers_running(var):
    with servers.borrowed(var, durable=False):
        with servers.borrowed(var, durable=False):
            assert servers.are_running(var)
        assert servers.are_running(var)
    assert not servers.are_running(var)


def test_a_lost_password_file_is_said_not_traced(var):
    servers.start(var, durable=False)
    servers.stop(var)
    (var / "servers.json").unlink()
    with pytest.raises(LaunchError, match="does not fit"):
        servers.start(var, durable=False)


def test_refuses_the_wrong_password(var):
    found = servers.start(var, durable=False)
    wrong = found.database_url.replace(str(urlsplit(found.database_url).password), "guess")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(wrong)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(unix_socket_path=str(sockets_of(var) / "valkey.sock")).ping()


def _postmaster(var: Path) -> int:
    return int((var / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def _kept(found: servers.Addresses) -> tuple[int, bytes]:
    with psycopg.connect(found.database_url) as database:
        row = database.execute("SELECT count(*) FROM kept").fetchone()
    return row[0], redis.Redis.from_url(found.redis_url).get("kept")
