"""A real SMTP server for tests, which can be told to misbehave; it counts what it took."""

import asyncio
import email
import email.policy
import socket
import threading
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP


class Sink:
    """`rcpt` and `data` may answer for the server: they get the address (and the bytes) and return
    a reply, or `None` for the usual one, or "drop" to close the connection without a word."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.rcpt: Callable[[str], str | None] = lambda address: None
        self.data: Callable[[str, bytes], str | None] = lambda address, content: None
        self.mail: Callable[[str], str | None] = lambda address: None
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    # --- what it saw

    @property
    def messages(self) -> list[EmailMessage]:
        return [
            email.message_from_bytes(content, policy=email.policy.default)
            for _address, content in self.taken
        ]

    @property
    def counts(self) -> Counter[str]:
        return Counter(address for address, _content in self.taken)

    def ids_of(self, address: str) -> set[str]:
        return {
            str(message["Message-ID"])
            for (to, _), message in zip(self.taken, self.messages, strict=True)
            if to == address
        }

    # --- serving

    def start(self) -> "Sink":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self.socket.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._loop.create_server(self._connection, sock=self.socket))
        self._loop.run_forever()

    def _connection(self) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="sink.example", loop=self._loop)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if reply := self.mail(address):
            return self._answer(server, reply)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if reply := self.rcpt(address):
            return self._answer(server, reply)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        reply = self.data(address, envelope.content)
        if reply is None or reply == "drop":
            self.taken.append((address, envelope.content))
        return self._answer(server, reply) if reply else "250 OK"

    def _answer(self, server: SMTP, reply: str) -> str:
        if reply == "drop":
            server.transport.abort()
        return "250 OK" if reply == "drop" else reply
