"""Which processes are ours, and how to end them: never a stranger who got an old pid."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "stat").exists()
# Held so that Python neither warns about a server that lives on nor forgets to reap it.
_SERVERS: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Mark:
    """A process for certain: a pid is used again some day, a pid with its start time is not."""

    pid: int
    started: str


def started(pid: int) -> str | None:
    """When a process began, in the system's own words; None when it is gone or a zombie."""
    if not HAS_PROC:
        return _ps(pid, "lstart=") or None
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if fields[0] in "ZX" else fields[19]


def mark(pid: int) -> Mark:
    return Mark(pid, started(pid) or "gone")


def is_alive(one: Mark) -> bool:
    return started(one.pid) == one.started


def working_in(folder: Path, program: str, *, pid_file: Path) -> list[int]:
    """Pids of `program` whose working directory is `folder`: servers move into their data."""
    if not HAS_PROC:
        return [pid for pid in _first_pid(pid_file) if program in _ps(pid, "command=")]
    try:
        wanted = folder.stat()
    except OSError:
        return []
    return [pid for pid in _all_pids() if _works_in(pid, wanted, program)]


def carrying(entry: str) -> list[int]:
    """Pids, but ours, whose environment holds `NAME=value`; a random value finds no stranger."""
    needle = b"\0" + entry.encode() + b"\0"
    return [pid for pid in _all_pids() if pid != os.getpid() and needle in _environment(pid)]


def end(pids: Iterable[int], *, first: signal.Signals, patience: float) -> None:
    """Asks processes to end, waits, then kills what is left."""
    marks = [mark(pid) for pid in pids]
    for number in (first, signal.SIGKILL):
        for one in marks:
            _send(one, number)
        if wait_until(lambda: not any(is_alive(one) for one in marks), patience):
            return


def spawn_server(
    command: list[str], *, log: Path, typed: str = "", env: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Starts a server that outlives us, in its own session so that Ctrl-C does not reach it."""
    with log.open("ab") as output, tempfile.TemporaryFile() as given:
        given.write(typed.encode())
        given.seek(0)
        process = subprocess.Popen(
            command, stdin=given, stdout=output, stderr=output, env=env, start_new_session=True
        )
    _SERVERS.append(process)
    return process


def wait_until(condition: Callable[[], bool], seconds: float, *, pause: float = 0.02) -> bool:
    """Polls until the condition holds; False when the time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def _send(one: Mark, number: signal.Signals) -> None:
    if is_alive(one):
        try:
            os.kill(one.pid, number)
        except (ProcessLookupError, PermissionError):
            return


def _all_pids() -> list[int]:
    if not HAS_PROC:
        return []
    return [int(name) for name in os.listdir(PROC) if name.isdigit()]


def _works_in(pid: int, wanted: os.stat_result, program: str) -> bool:
    try:
        if os.path.basename(os.readlink(PROC / str(pid) / "exe")).split(" ")[0] != program:
            return False
        return os.path.samestat(os.stat(PROC / str(pid) / "cwd"), wanted)
    except OSError:
        return False


def _environment(pid: int) -> bytes:
    try:
        return b"\0" + (PROC / str(pid) / "environ").read_bytes() + b"\0"
    except OSError:
        return b""


def _first_pid(pid_file: Path) -> list[int]:
    try:
        return [int(pid_file.read_text().split()[0])]
    except (OSError, ValueError, IndexError):
        return []


def _ps(pid: int, column: str) -> str:
    asked = ["ps", "-o", column, "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
