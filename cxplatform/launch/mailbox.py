"""The demo's SMTP server: keeps every message in a Maildir, byte for byte, and sends nothing on."""

import argparse
import asyncio
import json
import os
import secrets
import signal
import socket
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MESSAGE = 32 * 1024 * 1024


class Keep:
    """Writes each message as received, and beside it who it was for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("tmp", "new", "cur", "envelopes"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        name = self.keep(content if isinstance(content, bytes) else content.encode())
        self.note(name, envelope.mail_from, envelope.rcpt_tos)
        return f"250 2.0.0 kept as {name}"

    def keep(self, content: bytes) -> str:
        """Stores the bytes and returns their name; a reader never sees half a message."""
        name = f"{time.time_ns()}.{os.getpid()}_{secrets.token_hex(4)}.cx"
        path = self.folder / "tmp" / name
        path.write_bytes(content)
        path.replace(self.folder / "new" / name)
        return name

    def note(self, name: str, sender: str | None, recipients: list[str]) -> None:
        text = json.dumps({"from": sender, "to": recipients})
        (self.folder / "envelopes" / f"{name}.json").write_text(text)


async def serve(line: socket.socket, folder: Path) -> None:
    """Receives mail on a listening socket until asked to end."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    keep = Keep(folder)

    def connection() -> SMTP:
        return SMTP(
            keep,
            hostname="localhost",
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
            ident="CXplatform demo mailbox",
            loop=loop,
        )

    server = await loop.create_server(connection, sock=line)
    await ended.wait()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="an open listening socket")
    parser.add_argument("--folder", type=Path, required=True, help="the Maildir")
    asked = parser.parse_args()
    asyncio.run(serve(socket.socket(fileno=asked.fd), asked.folder))


if __name__ == "__main__":
    main()
