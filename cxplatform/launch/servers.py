"""PostgreSQL and Valkey for one machine, unless DATABASE_URL or REDIS_URL names other servers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cxplatform.launch import folders
from cxplatform.launch.postgres import Postgres
from cxplatform.launch.valkey import Valkey


@dataclass(frozen=True)
class Addresses:
    """Where the two servers are reached."""

    database_url: str
    redis_url: str


def locate(var: Path) -> Addresses:
    """The addresses for this var/, without starting anything.

    Set variables win. The rest is read from var/servers.json, which is made when missing.
    """
    database_url, redis_url = _given()
    if not database_url or not redis_url:
        postgres, valkey = _servers(var)
        database_url, redis_url = database_url or postgres.url, redis_url or valkey.url
    return Addresses(database_url, redis_url)


def start(var: Path, *, durable: bool = True) -> Addresses:
    """Starts what the environment does not name, adopts what runs already, waits until both answer.

    `durable=False` trades safety against power cuts for speed: for tests only.
    Raises LaunchError with a sentence for a person.
    """
    with folders.locked(var / "servers.lock"):
        for server in _embedded(var):
            server.start(durable=durable)
    return locate(var)


def stop(var: Path) -> None:
    """Stops the embedded servers of this var/; harmless when none runs."""
    with folders.locked(var / "servers.lock"):
        for server in reversed(_embedded(var)):
            server.stop()
            # Gone or still in use by the other server: both are fine.
            with suppress(OSError):
                server.sockets.rmdir()


def are_running(var: Path) -> bool:
    """Whether every embedded server of this var/ has its process; cheap to ask each second."""
    return all(server.is_running() for server in _embedded(var))


@contextmanager
def borrowed(var: Path, *, durable: bool = True) -> Iterator[Addresses]:
    """Servers for the length of a block; the last of several borrowers stops them."""
    with folders.locked(var / "borrowers.lock", shared=True) as lock:
        try:
            yield start(var, durable=durable)
        finally:
            if folders.try_lock(lock):
                stop(var)


def _given() -> tuple[str, str]:
    return os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")


def _servers(var: Path) -> tuple[Postgres, Valkey]:
    var = var.absolute()
    known = folders.load_secrets(var)
    sockets = folders.socket_folder(var, known.sockets_in)
    logs = var / "log"
    logs.mkdir(exist_ok=True)
    return (
        Postgres(var / "postgres", sockets, known.postgres_password, logs / "postgres.log"),
        Valkey(var / "valkey", sockets, known.valkey_password, logs / "valkey.log"),
    )


def _embedded(var: Path) -> list[Postgres | Valkey]:
    database_url, redis_url = _given()
    if database_url and redis_url:
        return []
    postgres, valkey = _servers(var)
    embedded: list[Postgres | Valkey] = []
    embedded += [] if database_url else [postgres]
    embedded += [] if redis_url else [valkey]
    return embedded
