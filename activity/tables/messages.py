"""Sentences for the person who uploaded, apart from their values so a page can translate them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def _(text: str) -> str:
    """Mark a text for the catalogues; it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence and its values; `gettext(message.text) % message.params` is its translation."""

    text: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.params


class TableRefused(Exception):
    """The file cannot be read as a table; `message` says what happened, then what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def say(text: str, /, **params: str | int) -> Message:
    """A message whose whole numbers read with separators (1,000)."""
    return Message(text, {k: f"{v:,}" if isinstance(v, int) else v for k, v in params.items()})


def refuse(text: str, /, **params: str | int) -> TableRefused:
    return TableRefused(say(text, **params))
