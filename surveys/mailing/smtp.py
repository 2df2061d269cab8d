"""One kept SMTP connection, and what became of each message, told exactly.

`smtplib.sendmail` does not say whether a connection broke before or after the message was
handed over; the difference decides whether a message may go twice, so the steps are taken here.
"""

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend

from cxplatform.shared.text import one_line
from surveys.mailing.wire import dot_stuffed

_SERVICE_CLOSING = 421


class Outcome(Enum):
    SENT = "sent"
    REFUSED = "refused"  # for good: sending again would be refused again
    LATER = "later"  # not now; the server says so
    NOT_SENT = "not_sent"  # the connection broke before the message was handed over
    UNKNOWN = "unknown"  # the connection broke between DATA and the reply
    SENDER_REFUSED = "sender_refused"  # nothing from this sender will pass


@dataclass(frozen=True)
class Result:
    outcome: Outcome
    words: str = ""


class NoMailServer(Exception):
    """No connection to the mail server, or it did not let us in; nothing was sent."""


class Line:
    """A connection kept open for many messages; opened when first needed."""

    def __init__(self) -> None:
        self._backend: Any = None
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def open(self) -> None:
        """Raises NoMailServer, with what went wrong."""
        if self._smtp is not None:
            return
        self._backend = mailers["default"]
        if not isinstance(self._backend, EmailBackend):
            raise NoMailServer(f"{type(self._backend).__name__} is not an SMTP connection")
        try:
            self._backend.open()
            smtp: Any = self._backend.connection
            smtp.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            raise NoMailServer(one_line(str(error))[:200]) from error
        self._smtp = smtp

    def send(self, sender: str, recipient: str, message: bytes) -> Result:
        """One message. Raises NoMailServer, and nothing else.

        A kept connection that the server has closed meanwhile is replaced once, since nothing
        of this message was handed over on it.
        """
        kept = self._smtp is not None
        result = self._try(sender, recipient, message)
        if kept and self._smtp is None and result.outcome is Outcome.NOT_SENT:
            result = self._try(sender, recipient, message)
        return result

    def _try(self, sender: str, recipient: str, message: bytes) -> Result:
        self.open()
        try:
            refusal = self._envelope(sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Result(Outcome.NOT_SENT, _words(error))
        return refusal or self._hand_over(message)

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _envelope(self, sender: str, recipient: str) -> Result | None:
        """MAIL, RCPT and DATA; what the server objects to, None if it waits for the message."""
        assert self._smtp is not None  # noqa: S101
        code, reply = self._smtp.mail(sender)
        if code != 250:
            return self._objection(code, reply, Outcome.SENDER_REFUSED)
        code, reply = self._smtp.rcpt(recipient)
        if code not in (250, 251):
            return self._objection(code, reply, Outcome.REFUSED)
        code, reply = self._smtp.docmd("DATA")
        if code != 354:
            return self._objection(code, reply, Outcome.REFUSED)
        return None

    def _hand_over(self, message: bytes) -> Result:
        assert self._smtp is not None  # noqa: S101
        try:
            self._smtp.send(dot_stuffed(message))
            code, reply = self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Result(Outcome.UNKNOWN, _words(error))
        if code == 250:
            return Result(Outcome.SENT)
        if code < 400:  # no answer we understand: it may have been taken
            self.close()
            return Result(Outcome.UNKNOWN, one_line(f"{code} {reply.decode('utf-8', 'replace')}"))
        return self._objection(code, reply, Outcome.REFUSED)

    def _objection(self, code: int, reply: bytes, for_good: Outcome) -> Result:
        words = one_line(f"{code} {reply.decode('utf-8', 'replace')}")[:300]
        if code == _SERVICE_CLOSING or code < 400:
            self.close()
            return Result(Outcome.NOT_SENT, words)
        assert self._smtp is not None  # noqa: S101
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.rset()
        return Result(for_good if code >= 500 else Outcome.LATER, words)


def _words(error: Exception) -> str:
    return re.sub(r"\s+", " ", one_line(str(error)))[:300] or type(error).__name__
