"""Whether a port is free, and if not, who has it."""

import errno
import os
import socket
from contextlib import suppress
from pathlib import Path

from cxplatform.launch.errors import LaunchError

LISTENING = "0A"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 lets the system choose. Raises LaunchError with the cure."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        line = socket.socket(family)
        try:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            line.bind((host, port))
            line.listen(128)
        except OSError:
            line.close()
            raise
    except socket.gaierror as error:
        raise LaunchError(f"HOST={host} is no address of this machine. Use 127.0.0.1.") from error
    except OSError as error:
        raise LaunchError(_why_not(error, host, port)) from error
    return line


def require_free(host: str, port: int) -> None:
    """Raises LaunchError when the port is taken or may not be used."""
    listen(host, port).close()


def read_port(text: str, *, name: str) -> int:
    """A port from the environment; raises LaunchError on nonsense."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise LaunchError(f"{name}={text} is not a port. Use a number from 1 to 65535.")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def holder_of(port: int) -> str:
    """The program that listens on a port, as far as this user may know."""
    inodes = _listening_inodes(port)
    for folder in Path("/proc").glob("[0-9]*/fd") if inodes else []:
        if _open_files(folder) & inodes:
            return f"{(folder.parent / 'comm').read_text().strip()} (process {folder.parent.name})"
    return "another program"


def _open_files(folder: Path) -> set[str]:
    found = set()
    with suppress(OSError):
        for name in os.listdir(folder):
            # A file may be closed between the listing and the look.
            with suppress(FileNotFoundError):
                found.add(os.readlink(folder / name))
    return found


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8001
        return f"Port {port} is taken by {holder_of(port)}. Choose another: PORT={other} make demo"
    if error.errno == errno.EACCES:
        return f"Port {port} is kept for administrators. Choose one above 1023: PORT=8001 make demo"
    return f"Nothing can listen on {host}, port {port}: {error.strerror}. Try HOST=127.0.0.1."
