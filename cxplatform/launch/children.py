"""The demo's processes: started, watched, started again when they die, ended in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cxplatform.launch import processes
from cxplatform.launch.terminal import say

PR_SET_PDEATHSIG = 1
LONGEST_PAUSE = 60.0
# A child that ran this long was well: its next death counts as the first.
LONG_ENOUGH = 60.0
LARGEST_LOG = 10_000_000

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Asks the kernel to end this process, politely, when its parent dies however it dies."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process of the demo and how to keep it running."""

    name: str
    command: list[str]
    log: Path
    env: Mapping[str, str]
    cwd: Path
    patience: float = 20.0
    keep_open: tuple[int, ...] = ()
    pause: float = 0.0
    due: float = 0.0
    began: float = field(default=0.0, repr=False)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Starts the process in a session of its own, so that we decide when Ctrl-C reaches it."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.env,
                cwd=self.cwd,
                pass_fds=self.keep_open,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509  only the main thread starts children
            )
        self.began = time.monotonic()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        """Starts the process again if it died and its pause is over."""
        now = time.monotonic()
        if self.is_alive():
            return
        if self.process is not None:
            self._plan_restart(self.process, now)
        elif now >= self.due:
            self.start()

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def end(self, *, patience: float | None = None) -> None:
        """Ends the process and whatever it started; waits for work in hand first."""
        self.ask_to_end()
        if self.process is None:
            return
        seconds = self.patience if patience is None else patience
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            if seconds:
                say(f"{self.name} did not finish in time and is ended now.")
        _kill_group(self.process)
        self.process.wait()
        self.process = None

    def _plan_restart(self, dead: subprocess.Popen[bytes], now: float) -> None:
        if now - self.began > LONG_ENOUGH:
            self.pause = 0.0
        self.pause = min(LONGEST_PAUSE, self.pause * 2 or 1.0)
        self.due = now + self.pause
        ended = _how(dead.returncode)
        say(f"{self.name} {ended}; starting it again in {self.pause:.0f} s. Log: {self.log}")
        _kill_group(dead)
        self.process = None


def end_strays(entry: str) -> int:
    """Ends what a killed demo left, found by a random value in its environment."""
    strays = processes.carrying(entry)
    processes.end(strays, first=signal.SIGTERM, patience=10)
    return len(strays)


def _kill_group(leader: subprocess.Popen[bytes]) -> None:
    # A dead leader's workers would hold the port, or do the work twice.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader.pid, signal.SIGKILL)


def _how(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
