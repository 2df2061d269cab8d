"""Where things lie: the private folder for sockets, the secrets and the locks in var/."""

import fcntl
import hashlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from cxplatform.launch.errors import LaunchError

# The kernel's limit for a socket path is 108 bytes on Linux and 104 on macOS.
LONGEST_SOCKET_PATH = 100
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Secrets:
    """What the embedded servers of one var/ are reached by."""

    postgres_password: str
    valkey_password: str
    sockets_in: str


def load_secrets(var: Path) -> Secrets:
    """The passwords of this var/, made at the first call and kept in a file only we can read."""
    path = var / "servers.json"
    try:
        if not path.exists():
            _create(path, _new_secrets())
        found = Secrets(**json.loads(path.read_text()))
    except PermissionError as error:
        raise LaunchError(_not_ours(var)) from error
    except (TypeError, ValueError) as error:
        raise LaunchError(
            f"{path} cannot be read. Put the old file back, or move {var} away to start anew."
        ) from error
    if not Path(found.sockets_in).is_dir():
        # A runtime folder lives as long as a login: after it, take what this login offers.
        found = Secrets(found.postgres_password, found.valkey_password, str(_base_folder()))
        _write(path, found)
    return found


def socket_folder(var: Path, base: str) -> Path:
    """The short private folder for this var/; two checkouts never share one."""
    digest = hashlib.sha256(f"{os.geteuid()}:{var.resolve()}".encode()).hexdigest()[:12]
    return Path(base) / f"cx-{digest}"


def make_private(folder: Path) -> None:
    """Makes a folder for us alone, or refuses one that somebody could have prepared."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    cure = "Remove it and start again."
    if stat.S_ISLNK(found.st_mode):
        raise LaunchError(f"{folder} is a symbolic link; sockets must not lie behind one. {cure}")
    if not stat.S_ISDIR(found.st_mode):
        raise LaunchError(f"{folder} is not a folder. {cure}")
    if found.st_uid != os.geteuid():
        raise LaunchError(
            f"{folder} belongs to another user. Ask them or an administrator to remove it."
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise LaunchError(f"{folder} can be entered by other users. {cure}")


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[int]:
    """Holds a lock on a file; the system lets go of it however the process ends."""
    handle = open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def open_lock(path: Path) -> int:
    """An open file to lock."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise LaunchError(_not_ours(path.parent)) from error


def try_lock(handle: int) -> bool:
    """Takes a lock for us alone if nobody holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step; nobody else can read it."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    temporary.replace(path)


def _new_secrets() -> Secrets:
    return Secrets(secrets.token_hex(24), secrets.token_hex(24), str(_base_folder()))


def _create(path: Path, value: Secrets) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent / "secrets.lock"):
        if not path.exists():
            _write(path, value)


def _write(path: Path, value: Secrets) -> None:
    write_private(path, json.dumps(asdict(value)))


def _base_folder() -> Path:
    for name in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108
        if name and _is_usable(Path(name)):
            return Path(name)
    raise LaunchError("No folder for sockets can be written. Set TMPDIR to a short path that can.")


def _is_usable(base: Path) -> bool:
    longest = len(os.fsencode(base)) + len("/cx-") + 12 + LONGEST_SOCKET_NAME
    if (
        not base.is_absolute()
        or longest >= LONGEST_SOCKET_PATH
        or not os.access(base, os.W_OK | os.X_OK)
    ):
        return False
    # After `su` the variable may still name the other user's folder.
    return base != Path(os.environ.get("XDG_RUNTIME_DIR", "")) or base.stat().st_uid == os.geteuid()


def _not_ours(var: Path) -> str:
    return (
        f"{var} cannot be used by this user. Give it to them (chown -R), or use another checkout."
    )
