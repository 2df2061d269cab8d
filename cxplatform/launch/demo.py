"""`make demo`: servers, data, web, workers and a mailbox on one machine, ended together."""

import json
import os
import secrets
import signal
import socket
import sys
import threading
import time
import urllib.request
from types import FrameType

from cxplatform.launch import children, folders, plan, ports, processes, servers
from cxplatform.launch.children import Child
from cxplatform.launch.errors import NO_LOGINS, SAID, LaunchError, explain
from cxplatform.launch.plan import ROOT, VAR, Wishes
from cxplatform.launch.terminal import fail, say, tell

RUNNING = VAR / "demo.json"
TAG = "CX_DEMO_RUN"
FIRST_PAGE_SECONDS = 90

# A proxy for the outside world has no business between us and ourselves.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Stopped(Exception):
    """A person asked us to stop while something was still starting."""


class Make:
    """The `make` that started us. It waits for us on SIGINT but does not pass it on."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.minded = bool(os.environ.get("MAKELEVEL")) and self._minds_interrupts()

    def is_ending(self) -> bool:
        """Whether it got SIGINT: it then stops catching it, which is all one can see."""
        return self.minded and not self._minds_interrupts()

    def _minds_interrupts(self) -> bool:
        try:
            lines = (processes.PROC / str(self.pid) / "status").read_text().splitlines()
        except OSError:
            return False
        caught = next((line.split()[1] for line in lines if line.startswith("SigCgt:")), "0")
        return bool(int(caught, 16) & 1 << (signal.SIGINT - 1))


class Demo:
    """The supervisor: holds the processes and the order they start and end in."""

    def __init__(self, wishes: Wishes, line: socket.socket) -> None:
        self.wishes = wishes
        self.line = line
        self.stop = threading.Event()
        self.kept: list[Child] = []
        self.has_logins = False
        self.background: Child | None = None
        self.tag = secrets.token_hex(16)
        self.make = Make(os.getppid())

    def run(self) -> int:
        """Starts everything and stays until asked to stop; returns the exit code."""
        self._listen_to_signals()
        try:
            self._start()
            self._watch()
        except Stopped:
            pass
        finally:
            self._end()
        return 0

    def _start(self) -> None:
        self._write_running()
        say("Starting PostgreSQL and Valkey")
        addresses = servers.start(VAR)
        self._check_stop()
        env = self._environment(addresses)
        self._keep(plan.mailbox(self.line.fileno(), env))
        self._prepare(env)
        say("Starting the web server")
        self._keep(plan.web(self.wishes, env))
        self._wait_for_first_page()
        for child in plan.workers(env):
            self._keep(child)
        self._announce()
        self.background = plan.analysis(env)
        self.background.start()

    def _environment(self, addresses: servers.Addresses) -> dict[str, str]:
        return plan.compiled_once(os.environ) | {
            TAG: self.tag,
            "CX_VAR": str(VAR),
            "DJANGO_SETTINGS_MODULE": "cxplatform.settings.demo",
            "DATABASE_URL": addresses.database_url,
            "REDIS_URL": addresses.redis_url,
            "SMTP_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "SITE_URL": os.environ.get("SITE_URL") or self.wishes.url,
            "HOST": self.wishes.host,
            "PORT": str(self.wishes.port),
            "PYTHONUNBUFFERED": "1",
        }

    @property
    def mail_port(self) -> int:
        return int(self.line.getsockname()[1])

    def _keep(self, child: Child) -> None:
        child.start()
        self.kept.append(child)

    def _prepare(self, env: dict[str, str]) -> None:
        say("Preparing the database and the sample data")
        child = plan.preparation(self.wishes, env)
        child.log.unlink(missing_ok=True)
        child.start()
        try:
            while child.is_alive():
                self._pause(0.05)
        finally:
            code = child.process.returncode if child.process else None
            child.end()
        sentence = _tail(child).rpartition("\n")[2]
        if code == SAID:
            raise LaunchError(sentence)
        if code not in (0, NO_LOGINS):
            raise LaunchError(
                f"{_tail(child)}\nPreparing the database failed. All of it: {child.log}"
            )
        say(sentence)
        self.has_logins = code == 0

    def _wait_for_first_page(self) -> None:
        web = self.kept[-1]
        deadline = time.monotonic() + FIRST_PAGE_SECONDS
        while not _answers(self.wishes.url):
            if not web.is_alive() or time.monotonic() > deadline:
                raise LaunchError(
                    f"{_tail(web)}\nThe web server did not start. All of it: {web.log}"
                )
            self._pause(0.05)

    def _announce(self) -> None:
        say(f"Ready: {self.wishes.url}")
        if not ports.is_loopback(self.wishes.host):
            tell(
                f"\n  WARNING: HOST={self.wishes.host} lets other machines in. The demo's key and "
                "passwords are public:\n  whoever reaches it can log in as anybody. "
                "Use it only in a network you trust, and not for long.\n"
            )
        if self.has_logins:
            tell("  Log in with password demo as one of:")
            tell("    " + "  ".join(f"{name}@cx.example" for name in plan.LOGINS))
        else:
            tell("  Who has no login yet makes one of an administrator:")
            command = ".venv/bin/python manage.py create_admin you@example.org"
            tell(f"    SITE_URL={self.wishes.url} {command}")
        tell(f"  Mail sent by the demo: {self.wishes.url}/mailbox/")
        tell(f"  SMTP: 127.0.0.1:{self.mail_port}   Data and logs: {VAR}   Stop: Ctrl-C")

    def _watch(self) -> None:
        while not self.stop.wait(0.5) and not self.make.is_ending():
            if not servers.are_running(VAR):
                say("PostgreSQL or Valkey ended; starting it again. Logs: var/log")
                servers.start(VAR)
            for child in self.kept:
                child.revive()
            self._note_background()

    def _note_background(self) -> None:
        if self.background is None or self.background.is_alive():
            return
        process, self.background = self.background.process, None
        if process is not None and process.returncode:
            say(
                "Libraries for analysis could not be fetched; the demo runs without. "
                "Log: var/log/analysis.log"
            )

    def _end(self) -> None:
        """Web first, so that nobody is cut off; then workers, who finish; the servers last."""
        say("Stopping")
        signal.signal(signal.SIGINT, self._on_hurry)
        ordered = sorted(self.kept, key=lambda child: child.name != "web")
        if self.background is not None:
            ordered.insert(0, self.background)
        for child in ordered[:1]:
            child.end()
        for child in ordered:
            child.ask_to_end()
        for child in ordered:
            child.end()
        servers.stop(VAR)
        RUNNING.unlink(missing_ok=True)
        say("Stopped; the data stays in var/")

    def _listen_to_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # `nohup` means it: a closed terminal is no reason to stop then.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        if os.environ.get("MAKELEVEL"):
            children.die_with_parent()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()

    def _on_hurry(self, number: int, frame: FrameType | None) -> None:
        for child in self.kept:
            child.patience = 0.0
            if child.process is not None and child.process.poll() is None:
                child.process.kill()

    def _pause(self, seconds: float) -> None:
        self.stop.wait(seconds)
        self._check_stop()

    def _check_stop(self) -> None:
        if self.stop.is_set() or self.make.is_ending():
            raise Stopped

    def _write_running(self) -> None:
        folders.write_private(RUNNING, json.dumps({"url": self.wishes.url, "tag": self.tag}))


def main() -> int:
    os.chdir(ROOT)
    try:
        wishes = plan.read_wishes(os.environ)
        lock = folders.open_lock(VAR / "demo.lock")
        running = _claim(lock)
        if running:
            return fail(
                f"The demo runs already: {running}. Stop it with Ctrl-C where it was started."
            )
        _end_strays()
        ports.require_free(wishes.host, wishes.port)
        line = ports.listen("127.0.0.1", wishes.mailbox_port)
        return Demo(wishes, line).run()
    except (LaunchError, OSError) as error:
        return fail(explain(error, VAR))


def _claim(lock: int) -> str:
    """Takes the demo's lock; returns the address of the demo that holds it for good."""
    address = ""

    def settled() -> bool:
        nonlocal address
        if folders.try_lock(lock):
            address = ""
            return True
        # One that is stopping, or just starting, does not answer: wait and see which.
        address = _read_running().get("url") or "it is still starting"
        return _answers(address)

    processes.wait_until(settled, 40, pause=0.1)
    return address


def _end_strays() -> None:
    tag = _read_running().get("tag")
    if tag and children.end_strays(f"{TAG}={tag}"):
        say("Ended what an earlier demo left behind")


def _read_running() -> dict[str, str]:
    try:
        return dict(json.loads(RUNNING.read_text()))
    except (OSError, ValueError):
        return {}


def _answers(url: str) -> bool:
    try:
        with _direct.open(f"{url}/livez", timeout=2) as reply:
            return bool(reply.status == 200)
    except (OSError, ValueError):
        return False


def _tail(child: Child) -> str:
    try:
        return "\n".join(child.log.read_text(errors="replace").splitlines()[-12:])
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
