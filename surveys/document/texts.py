"""Texts in several languages, and which of them a reader gets."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, RootModel

MAX_TEXT = 5_000
LANGUAGES = ("en", "de", "zh-Hans", "ms")

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
# Every control character but tab and newline, and half surrogates, which no database stores.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Browsers name Chinese by place; surveys name it by script.
_LIKELY = {"zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-MY": "zh-Hans"}


def canonical_tag(tag: str) -> str:
    """A BCP 47 tag in its usual case (``ZH-hans-cn`` → ``zh-Hans-CN``); else ValueError."""
    if len(tag) > 35 or not _TAG.fullmatch(tag):
        raise ValueError("is not a language tag such as en, de, zh-Hans or ms")
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 else part.lower()


def truncations(tag: str) -> Iterator[str]:
    """``zh-Hans-CN`` → itself, ``zh-Hans``, ``zh`` (RFC 4647, look-up)."""
    parts = tag.split("-")
    for end in range(len(parts), 0, -1):
        yield "-".join(parts[:end])


def choose_language(wanted: Iterable[str], offered: Sequence[str]) -> str:
    """The first wanted language that is offered, else the first offered; bad tags are ignored."""
    for tag in wanted:
        try:
            known = canonical_tag(tag)
        except ValueError:
            continue
        for short in truncations(known):
            for candidate in (short, _LIKELY.get(short, short)):
                if candidate in offered:
                    return candidate
    return offered[0]


def clean(text: str) -> str:
    """The text with one kind of newline, without what cannot be stored or seen at its ends."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return _UNSTORABLE.sub("", unified).strip()


def _clean_input(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


type Language = Annotated[str, AfterValidator(canonical_tag)]
type Wording = Annotated[str, Field(max_length=MAX_TEXT), BeforeValidator(_clean_input)]


class Text(RootModel[dict[Language, Wording]]):
    """One text in its languages: ``{"en": "…", "de": "…"}``."""

    model_config = ConfigDict(frozen=True)

    root: Annotated[dict[Language, Wording], Field(max_length=50)] = Field(default_factory=dict)

    def pick(self, lang: str, first: str = "") -> str:
        """In: the reader's and the survey's first language. Out: exact, truncated, first, any."""
        for tag in truncations(lang):
            if found := self.root.get(tag):
                return found
        return self.root.get(first) or next((text for text in self.root.values() if text), "")

    def has(self, lang: str) -> bool:
        """Whether a reader of ``lang`` gets this text in that language."""
        return any(self.root.get(tag) for tag in truncations(lang))

    def only(self, languages: Sequence[str]) -> "Text":
        return Text({lang: text for lang, text in self.root.items() if lang in languages})

    @property
    def is_empty(self) -> bool:
        return not any(self.root.values())
