import os
import subprocess
import sys
from pathlib import Path

from cxplatform.launch.plan import ROOT


def make_program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def find(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    make_program(tmp_path / "tools", "dirname", 'exec /usr/bin/dirname "$@"')
    path = os.pathsep.join(map(str, [tmp_path / "shims", tmp_path / "tools"]))
    return subprocess.run(
        ["/bin/sh", str(ROOT / "bin" / "bootstrap"), "--find-python"],
        env={"PATH": path, "HOME": str(tmp_path), "CX_STARTED": "0"} | env,
        capture_output=True,
        text=True,
        check=False,
    )


def dead_shims(tmp_path: Path) -> None:
    for name in ("python3.13", "python3.12"):
        make_program(tmp_path / "shims", name, "echo 'command not found' >&2; exit 127")


def test_passes_over_dead_shims_and_takes_what_runs(tmp_path):
    dead_shims(tmp_path)
    make_program(tmp_path / "shims", "python3", f'exec "{sys.executable}" "$@"')
    found = find(tmp_path)
    assert found.returncode == 0, found.stderr
    assert Path(found.stdout.strip()).samefile(sys.executable)


def test_looks_into_pyenv_when_the_path_has_only_an_old_python(tmp_path):
    dead_shims(tmp_path)
    make_program(tmp_path / "shims", "python3", "exit 1")
    versions = tmp_path / ".pyenv" / "versions"
    make_program(versions / "3.8.1" / "bin", "python3", "exit 1")
    make_program(versions / "3.12.1" / "bin", "python3", f'exec "{sys.executable}" "$@"')
    assert find(tmp_path).returncode == 0


def test_no_python_is_one_sentence_with_the_cure(tmp_path):
    dead_shims(tmp_path)
    found = find(tmp_path)
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.startswith("No Python 3.12 or newer was found. Install one")
    assert len(found.stderr.splitlines()) == 1
