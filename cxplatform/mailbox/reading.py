"""Messages of a Maildir, one file each; read, never changed."""

import email.parser
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

_KEY = re.compile(r"[0-9A-Za-z._,:=-]{1,200}")


class NoMessage(Exception):
    """There is no message of that name."""


@dataclass(frozen=True)
class Row:
    key: str
    subject: str
    to: str
    sender: str
    received: datetime


@dataclass(frozen=True)
class Message(Row):
    text: str
    html: str
    headers: list[tuple[str, str]]

    @property
    def has_html(self) -> bool:
        return bool(self.html)

    @property
    def links(self) -> list[tuple[str, str]]:
        return links_of(self.html)


def page_of(folder: Path, *, page: int, size: int) -> tuple[int, list[Row]]:
    """How many messages there are, and one page of them, newest first."""
    paths = sorted(_paths(folder), key=lambda path: path.name, reverse=True)
    shown = paths[(page - 1) * size : page * size]
    return len(paths), [_row(path, _parse(path, headers_only=True)) for path in shown]


def message_of(folder: Path, key: str) -> Message:
    """Raises NoMessage."""
    if not _KEY.fullmatch(key) or key.startswith("."):
        raise NoMessage(key)
    path = next((path for path in _places(folder, key) if path.is_file()), None)
    if path is None:
        raise NoMessage(key)
    parsed = _parse(path)
    row = _row(path, parsed)
    return Message(
        **vars(row),
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
        headers=[(name, " ".join(str(value).split())) for name, value in parsed.items()],
    )


def links_of(html: str) -> list[tuple[str, str]]:
    """(address, words) of each link to the web, in order, each address once."""
    reader = _Links()
    reader.feed(html)
    return list(reader.found.items())


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        url = dict(attrs).get("href") or ""
        if tag == "a" and url.startswith(("http://", "https://")):
            self._open = url
            self.found.setdefault(url, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[self._open] = f"{self.found[self._open]} {data}".strip()


def _paths(folder: Path) -> list[Path]:
    found: list[Path] = []
    for place in (folder / "new", folder / "cur"):
        if place.is_dir():
            found += [path for path in place.iterdir() if path.is_file()]
    return found


def _places(folder: Path, key: str) -> list[Path]:
    return [folder / "new" / key, folder / "cur" / key]


def _parse(path: Path, *, headers_only: bool = False) -> EmailMessage:
    parser = email.parser.BytesParser(policy=email.policy.default)
    with path.open("rb") as file:
        message = parser.parse(file, headersonly=headers_only)
    assert isinstance(message, EmailMessage)  # noqa: S101
    return message


def _row(path: Path, message: EmailMessage) -> Row:
    nanoseconds = path.name.partition(".")[0]
    seconds = int(nanoseconds) / 1e9 if nanoseconds.isdecimal() else path.stat().st_mtime
    # The name begins with a time in seconds where another program delivered.
    moment = seconds if seconds > 1e6 else path.stat().st_mtime
    return Row(
        key=path.name,
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        sender=str(message["From"] or ""),
        received=datetime.fromtimestamp(moment, UTC),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeDecodeError):
        raw = part.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
