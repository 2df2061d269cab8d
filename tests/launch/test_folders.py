from pathlib import Path

import pytest

from cxplatform.launch import folders
from cxplatform.launch.errors import LaunchError


def test_a_runtime_folder_too_long_for_a_socket_is_passed_over(var, monkeypatch, tmp_path):
    longer = tmp_path / ("x" * 90)
    longer.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(longer))
    assert folders.load_secrets(var).sockets_in != str(longer)


def test_a_vanished_runtime_folder_is_replaced_and_the_passwords_stay(var, monkeypatch, runtime):
    before = folders.load_secrets(var)
    (runtime / "gone").mkdir()
    folders.write_private(
        var / "servers.json",
        (var / "servers.json").read_text().replace(str(runtime), str(runtime / "elsewhere")),
    )
    after = folders.load_secrets(var)
    assert after == before
    assert Path(after.sockets_in).is_dir()


def test_an_unreadable_secrets_file_is_said_with_the_cure(tmp_path):
    (tmp_path / "servers.json").write_text("{")
    with pytest.raises(LaunchError, match="Put the old file back"):
        folders.load_secrets(tmp_path)


def test_a_lock_is_held_by_one(var):
    with folders.locked(var / "a.lock"):
        other = folders.open_lock(var / "a.lock")
        assert not folders.try_lock(other)
    assert folders.try_lock(other)
