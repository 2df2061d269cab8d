import errno
import shutil

from cxplatform.launch import postgres
from cxplatform.launch.errors import LEAST_ROOM, LaunchError, explain


def disk_with(megabytes):
    return lambda folder: shutil._ntuple_diskusage(10**12, 0, megabytes * 1_000_000)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    error = OSError(errno.EROFS, "Read-only file system", str(tmp_path / "demo.lock"))
    said = explain(error, tmp_path)
    assert said.startswith(f"{tmp_path}/demo.lock: Read-only file system. ")
    assert f"able to write in {tmp_path}" in said


def test_a_full_disk_is_said_with_whatever_failed_on_it(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", disk_with(LEAST_ROOM - 1))
    said = explain(LaunchError("PostgreSQL did not start."), tmp_path)
    assert said.startswith("PostgreSQL did not start. The disk of ")
    assert f"{LEAST_ROOM - 1} MB left" in said


def test_a_roomy_disk_is_not_spoken_of(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", disk_with(LEAST_ROOM))
    assert explain(LaunchError("Port 1 is taken."), tmp_path) == "Port 1 is taken."


def test_the_reason_is_found_above_the_tidying_up():
    output = "initdb: error: no room\ninitdb: removing data directory"
    assert postgres._reason(output) == "initdb: error: no room"
    assert postgres._reason("unshare failed") == "unshare failed"
