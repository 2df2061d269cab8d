import os
import secrets
import signal
import subprocess
import sys
import textwrap
import time

from cxplatform.launch import children, processes
from cxplatform.launch.children import Child

FOREVER = [sys.executable, "-c", "import signal; signal.pause()"]


def make_child(tmp_path, command) -> Child:
    return Child("thing", command, tmp_path / "thing.log", dict(os.environ), tmp_path, patience=5)


def test_starts_a_dead_child_again_after_a_growing_pause(tmp_path, capsys):
    child = make_child(tmp_path, [sys.executable, "-c", "raise SystemExit(3)"])
    pauses = []
    for _ in range(3):
        child.start()
        assert processes.wait_until(lambda: not child.is_alive(), 10)
        child.revive()
        pauses.append(child.pause)
    assert pauses == [1.0, 2.0, 4.0]
    assert child.due > time.monotonic()
    assert "thing ended with code 3; starting it again in 4 s" in capsys.readouterr().out


def test_revives_only_when_the_pause_is_over(tmp_path):
    child = make_child(tmp_path, FOREVER)
    child.due = time.monotonic() + 100
    child.revive()
    assert not child.is_alive()
    child.due = 0.0
    child.revive()
    assert child.is_alive()
    child.end()


def test_ends_a_child_and_what_it_started(tmp_path):
    code = "import subprocess,sys,time; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); time.sleep(99)"
    child = make_child(tmp_path, [sys.executable, "-c", code, *FOREVER])
    child.start()
    assert processes.wait_until(lambda: (tmp_path / "thing.log").read_text().strip().isdigit(), 10)
    grandchild = processes.mark(int((tmp_path / "thing.log").read_text()))
    child.end()
    assert processes.wait_until(lambda: not processes.is_alive(grandchild), 10)


def test_children_end_when_their_supervisor_is_killed(tmp_path):
    code = f"""
        import os, pathlib, signal
        from cxplatform.launch.children import Child
        here = pathlib.Path({str(tmp_path)!r})
        child = Child("thing", {FOREVER!r}, here / "log", dict(os.environ), here)
        child.start()
        print(child.process.pid, flush=True)
        signal.pause()
    """
    supervisor = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    )
    with supervisor:
        child = processes.mark(int(supervisor.stdout.readline()))
        assert processes.is_alive(child)
        supervisor.kill()
    assert processes.wait_until(lambda: not processes.is_alive(child), 10)


def test_finds_strays_by_their_run_and_leaves_strangers_alone():
    ours, theirs = (f"CX_TEST_RUN={secrets.token_hex(8)}" for _ in range(2))
    procs = [
        subprocess.Popen(FOREVER, env=dict(os.environ) | dict([entry.split("=")]))
        for entry in (ours, theirs)
    ]
    assert processes.wait_until(lambda: processes.carrying(theirs) != [], 10)
    assert children.end_strays(ours) == 1
    assert procs[0].wait(10) == -signal.SIGTERM
    assert procs[1].poll() is None
    procs[1].kill()
    procs[1].wait()


def test_a_pid_used_again_is_not_the_old_process():
    old = processes.Mark(os.getpid(), "long ago")
    assert not processes.is_alive(old)
    assert processes.is_alive(processes.mark(os.getpid()))
