import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxplatform.launch import servers


@pytest.fixture(autouse=True)
def _embedded_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short folder for sockets: pytest's own are too long for them."""
    folder = Path(tempfile.mkdtemp(prefix="cxt"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def var(tmp_path: Path, runtime: Path) -> Iterator[Path]:
    """A var/ under a name with a space; what runs in it is stopped at the end."""
    folder = tmp_path / "my var"
    folder.mkdir()
    yield folder
    servers.stop(folder)
