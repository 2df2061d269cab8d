"""Texts with a person's words in them: `Hello {{ given_name|there }}`, by our own small parser.

Only the names below exist; nothing in such a text is ever evaluated.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Contact
from cxplatform.shared.text import one_line
from surveys.document.messages import say

NAMES: dict[str, str | Promise] = {
    "given_name": gettext_lazy("given name"),
    "family_name": gettext_lazy("family name"),
    "name": gettext_lazy("whole name"),
    "salutation": gettext_lazy("greeting in the person's language, neutral where no name is known"),
    "organisation": gettext_lazy("our name"),
    "survey": gettext_lazy("the survey's title"),
}
# What we may not know of somebody: such a placeholder says what stands there instead.
MAY_BE_MISSING = frozenset({"given_name", "family_name", "name"})

_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
_LEFT_OVER = re.compile(r"\{\{|\}\}")
_LONGEST_VALUE = 120


class BadPlaceholder(Exception):
    """A text cannot be personalised as written; the message says what to change."""


@dataclass(frozen=True)
class Slot:
    """A place for one person's word, and what stands there when we do not know it."""

    name: str
    fallback: str = ""


type Part = str | Slot


def parse(text: str) -> list[Part]:
    """In: a text with placeholders. Out: its parts in order. Raises BadPlaceholder."""
    parts: list[Part] = []
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        parts += [_literal(text[end : found.start()]), _slot(found[1])]
        end = found.end()
    parts.append(_literal(text[end:]))
    return [part for part in parts if part != ""]


def _literal(text: str) -> str:
    if _LEFT_OVER.search(text):
        raise BadPlaceholder(
            _("A placeholder is not closed. Write it with two braces on both sides: {{ name|you }}")
        )
    return text


def _slot(inside: str) -> Slot:
    name, bar, fallback = inside.partition("|")
    name = name.strip()
    if name not in NAMES:
        raise BadPlaceholder(
            _("There is no “%(name)s”. Use one of: %(names)s.")
            % {"name": one_line(name)[:60], "names": ", ".join(NAMES)}
        )
    if name in MAY_BE_MISSING and not bar:
        raise BadPlaceholder(
            _("We do not know everybody's %(label)s. Say what to write instead: {{ %(name)s|you }}")
            % {"label": NAMES[name], "name": name}
        )
    return Slot(name, one_line(fallback)[:_LONGEST_VALUE])


def fill(parts: Sequence[Part], values: Mapping[str, str]) -> str:
    """The parts as one text for the person with these values."""
    return "".join(
        part if isinstance(part, str) else values.get(part.name) or part.fallback for part in parts
    )


def values_for(contact: Contact, lang: str) -> dict[str, str]:
    """What this person's slots read in that language; "" where we do not know it."""
    known = {
        "given_name": contact.given_name,
        "family_name": contact.family_name,
        "name": contact.display_name or _full(contact, lang),
        "salutation": salutation(contact, lang),
    }
    return {name: one_line(value)[:_LONGEST_VALUE] for name, value in known.items()}


def salutation(contact: Contact, lang: str) -> str:
    """The greeting as that language builds it; neutral when we know no name."""
    name = _addressed(contact, lang)
    return say(lang, "mail_greeting_name", name=name) if name else say(lang, "mail_greeting")


def _addressed(contact: Contact, lang: str) -> str:
    if contact.form_of_address and contact.family_name:
        join = _family_first if lang.startswith("zh") else _form_first
        return join(contact.form_of_address, contact.family_name)
    return contact.display_name or _full(contact, lang)


def _full(contact: Contact, lang: str) -> str:
    given, family = contact.given_name, contact.family_name
    if family and given and family[0] >= "\u2e80":
        return f"{family}{given}"
    return f"{given} {family}".strip()


_form_first: Callable[[str, str], str] = "{} {}".format
_family_first: Callable[[str, str], str] = "{1}{0}".format
