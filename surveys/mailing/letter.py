"""An invitation as it goes out: rendered once per language, filled once per person."""

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Literal

import css_inline
from django.template.loader import render_to_string
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

from surveys.document.messages import say
from surveys.document.questions import ScoredQuestion
from surveys.document.schema import SurveyDocument
from surveys.mailing.wire import (
    Template,
    address_header,
    header,
    quoted,
    slot,
    wire_address,
    without_marks,
)
from surveys.personalising import Part, Slot, fill, parse
from surveys.presenting import direction
from surveys.selectors import clickable_question

# "=" is never followed by "_" in quoted-printable: no text can contain the boundary.
BOUNDARY = "=_parts_of_one_message"


@dataclass(frozen=True)
class Wording:
    """Everything a letter says that is the same for all its readers in one language."""

    lang: str
    subject: str
    body: str
    organisation: str
    imprint: str
    privacy_url: str
    survey: str
    sender_name: str
    sender_address: str
    reply_to: str
    site_url: str
    # Whom it is written to, for the line that says why they receive it.
    readers: Literal["customer", "employee", "anybody"] = "customer"


@dataclass(frozen=True)
class Recipient:
    """One person's part: where it goes, the two links' ends, and what the slots hold."""

    address: str
    name: str
    answer_path: str
    unsubscribe_path: str
    message_id: str
    values: Mapping[str, str]


class Letter:
    """One language's invitation. Building one message is splicing bytes."""

    def __init__(self, wording: Wording, document: SurveyDocument) -> None:
        self.wording = wording
        self._subject = _common(parse(wording.subject), wording)
        self._body = _common(parse(wording.body), wording)
        self._slots = [
            (str(n), part) for n, part in enumerate(self._body) if isinstance(part, Slot)
        ]
        context = self._context(document)
        self._text = Template.of(render_to_string("surveys/mail/invitation.txt", context))
        self._html = Template.of(
            _inlined(render_to_string("surveys/mail/invitation.html", context))
        )
        self._same_headers = self._headers()
        self.envelope_sender = wire_address(wording.sender_address)

    def message(self, to: Recipient, *, now: datetime, subject_prefix: str = "") -> bytes:
        """The whole message with CRLF line ends. Raises ValueError for an impossible address."""
        own = self._own_words(to)
        unsubscribe = f"{self.wording.site_url}{to.unsubscribe_path}"
        return b"".join(
            (
                address_header("To", to.name, to.address),
                header("Subject", subject_prefix + fill(self._subject, to.values)),
                f"Date: {format_datetime(now)}\r\nMessage-ID: <{to.message_id}>\r\n".encode(),
                f"List-Unsubscribe: <{unsubscribe}>\r\n".encode(),
                self._same_headers,
                self._text.filled({key: quoted(value) for key, value in own.items()}),
                _NEXT_PART,
                self._html.filled({key: quoted(escape(value)) for key, value in own.items()}),
                _LAST_LINE,
            )
        )

    def preview(self, to: Recipient) -> str:
        """The HTML part as one reader sees it."""
        filled = self._html.filled(
            {key: quoted(escape(value)) for key, value in self._own_words(to).items()}
        )
        return binascii.a2b_qp(filled).decode()

    def subject(self, to: Recipient) -> str:
        return fill(self._subject, to.values)

    def _own_words(self, to: Recipient) -> dict[str, str]:
        own = {key: to.values.get(slot_.name) or slot_.fallback for key, slot_ in self._slots}
        own["answer"], own["unsubscribe"] = to.answer_path, to.unsubscribe_path
        return own

    def _headers(self) -> bytes:
        wording = self.wording
        reply = address_header("Reply-To", "", wording.reply_to) if wording.reply_to else b""
        return b"".join(
            (
                address_header("From", wording.sender_name, wording.sender_address),
                reply,
                header("Content-Language", wording.lang),
                _FIXED_HEADERS,
            )
        )

    def _context(self, document: SurveyDocument) -> dict[str, Any]:
        wording, lang = self.wording, self.wording.lang
        question = clickable_question(document)
        body = _marked(self._body)
        return {
            "w": wording,
            "body_text": without_trailing_space(body),
            "body_html": mark_safe(linebreaks(body, autoescape=True)),  # noqa: S308
            "question": _question(question, document, lang) if question else None,
            "answer_url": wording.site_url + slot("answer"),
            "unsubscribe_url": wording.site_url + slot("unsubscribe"),
            "say": _said(wording),
            "dir": direction(lang),
            "title": without_marks(wording.survey),
            "preheader": without_marks(wording.survey),
            "imprint_lines": [without_marks(line) for line in wording.imprint.splitlines()],
        }


def _question(question: ScoredQuestion, document: SurveyDocument, lang: str) -> dict[str, Any]:
    return {
        "title": without_marks(document.text(question.title, lang)),
        "points": list(question.scale.points),
        "low": without_marks(document.text(question.low_label, lang)),
        "high": without_marks(document.text(question.high_label, lang)),
        "min": question.scale.min,
        "max": question.scale.max,
    }


def _common(parts: Sequence[Part], wording: Wording) -> list[Part]:
    """Slots that read the same for everybody become text."""
    same = {"organisation": wording.organisation, "survey": wording.survey}

    def settle(part: Part) -> Part:
        if isinstance(part, Slot) and part.name not in same:
            return part
        return without_marks(part if isinstance(part, str) else same[part.name])

    return [settle(part) for part in parts]


def _marked(parts: Sequence[Part]) -> str:
    return "".join(
        part if isinstance(part, str) else slot(str(number)) for number, part in enumerate(parts)
    )


def without_trailing_space(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines())


def _said(wording: Wording) -> dict[str, SafeString | str]:
    keys = ("mail_click", "mail_button", "mail_stop", "privacy_link", "imprint_link")
    said: dict[str, SafeString | str] = {key: say(wording.lang, key) for key in keys}
    reason = f"mail_reason_{wording.readers}"
    return said | {"mail_reason": say(wording.lang, reason, organisation=wording.organisation)}


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(
        keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
    )


def _inlined(html: str) -> str:
    return str(_inliner().inline(html))


_FIXED_HEADERS = "".join(
    f"{line}\r\n"
    for line in (
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"',
        "",
        f"--{BOUNDARY}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
    )
).encode()
_NEXT_PART = (
    f"\r\n--{BOUNDARY}\r\nContent-Type: text/html; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
).encode()
_LAST_LINE = f"\r\n--{BOUNDARY}--\r\n".encode()
