"""What the demo runs: read from the environment, written as processes."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cxplatform.launch import ports
from cxplatform.launch.children import Child
from cxplatform.launch.errors import LaunchError

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("CX_VAR") or ROOT / "var").absolute()
LOGINS = ("designer", "leader", "owner", "agent", "employee", "admin")
SEEDS = {"": [], "empty": ["--empty"], "fresh": ["--fresh"]}


@dataclass(frozen=True)
class Wishes:
    """What a person asked for: HOST, PORT, MAILBOX_PORT and DEMO."""

    host: str
    port: int
    mailbox_port: int
    seed: list[str]

    @property
    def url(self) -> str:
        """The address to open in a browser on this machine."""
        name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        name = f"[{name}]" if ":" in name and not name.startswith("[") else name
        return f"http://{name}:{self.port}"


def read_wishes(environ: Mapping[str, str]) -> Wishes:
    """Raises LaunchError on a value that means nothing."""
    demo = environ.get("DEMO", "")
    if demo not in SEEDS:
        raise LaunchError(
            f"DEMO={demo} means nothing. Use DEMO=empty or DEMO=fresh, or leave it out."
        )
    mailbox = environ.get("MAILBOX_PORT") or "0"
    return Wishes(
        host=environ.get("HOST") or "127.0.0.1",
        port=ports.read_port(environ.get("PORT") or "8000", name="PORT"),
        mailbox_port=0 if mailbox == "0" else ports.read_port(mailbox, name="MAILBOX_PORT"),
        seed=SEEDS[demo],
    )


def compiled_once(environ: Mapping[str, str]) -> dict[str, str]:
    """Lets the demo's processes share compiled modules; else each compiles all of them, each time.

    Who wants none beside the sources gets them in var/.
    """
    env = dict(environ)
    if env.pop("PYTHONDONTWRITEBYTECODE", ""):
        env.setdefault("PYTHONPYCACHEPREFIX", str(VAR / "pycache"))
    return env


def web(wishes: Wishes, env: Mapping[str, str]) -> Child:
    workers = min(2, os.cpu_count() or 1)
    command = [*_python("granian"), "--interface", "wsgi", "--host", wishes.host]
    command += ["--port", str(wishes.port), "--workers", str(workers)]
    command += ["--workers-kill-timeout", "10", "--respawn-failed-workers", "--no-ws"]
    command += ["cxplatform.wsgi:application"]
    return _child("web", command, env, patience=15)


def mailbox(fd: int, env: Mapping[str, str]) -> Child:
    command = _python("cxplatform.launch.mailbox")
    command += ["--fd", str(fd), "--folder", str(VAR / "mailbox")]
    return _child("mailbox", command, env, keep_open=(fd,))


def workers(env: Mapping[str, str]) -> list[Child]:
    """Celery's worker and beat, and the RQ worker."""
    celery = [*_python("celery"), "-A", "cxplatform.celery"]
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"]
    beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""]
    return [
        _child("celery", [*worker, "--without-gossip", "--without-mingle"], env, patience=30),
        _child("beat", [*beat, "--schedule", str(VAR / "celerybeat-schedule")], env),
        _child("rq", [sys.executable, "manage.py", "rqworker", "default"], env, patience=30),
    ]


def analysis(env: Mapping[str, str]) -> Child:
    """Statistics libraries, fetched once the first page is up."""
    return _child("analysis", ["sh", "bin/bootstrap", "analysis"], env, patience=0)


def preparation(wishes: Wishes, env: Mapping[str, str]) -> Child:
    command = [*_python("cxplatform.launch.prepare"), *wishes.seed]
    return _child("prepare", command, env, patience=5)


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _child(
    name: str,
    command: list[str],
    env: Mapping[str, str],
    *,
    patience: float = 10.0,
    keep_open: tuple[int, ...] = (),
) -> Child:
    log = VAR / "log" / f"{name}.log"
    return Child(name, command, log, env, ROOT, patience=patience, keep_open=keep_open)
