"""Claim – send – mark: how invitations go out once each, whatever dies meanwhile.

A batch is claimed and the claim committed; then each message is handed to the mail server and
marked in a commit of its own that carries the claim. Whoever's mark finds no row has lost the
batch and stops. So a message goes a second time only if it was in flight when its worker was
killed or suspended past its lease, when its connection broke between DATA and the reply, or when
the database lost the mark; always under the same Message-ID.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.installation import may_send
from surveys.mailing.letter import Letter
from surveys.mailing.smtp import Line, NoMailServer, Outcome, Result
from surveys.mailing.wire import wire_address
from surveys.models import Distribution, Invitation
from surveys.services import asking
from surveys.services.distributions import pause
from surveys.services.recipients import recipient_of
from surveys.services.sweeping import MOST_ATTEMPTS, later
from surveys.services.wording import letter_of

# A batch renews its lease when a third of it has gone, so that two thirds lie before every message.
RENEW_AFTER = 1 / 3
# After the mail server could not be reached: when to try again.
NO_SERVER_WAIT = timedelta(seconds=20)

# Between attempts to reach a database that went away, in seconds.
DATABASE_WAIT = 0.2

GOING_ON = """
    EXISTS (SELECT 1 FROM surveys_distribution WHERE id = %(distribution)s AND state = 'sending')
    AND NOT EXISTS (SELECT 1 FROM accounts_organisation WHERE sending_paused_at IS NOT NULL)
"""
CLAIM = f"""
WITH picked AS (
    SELECT id FROM surveys_invitation
    WHERE distribution_id = %(distribution)s AND state = 'queued'
        AND (not_before IS NULL OR not_before <= %(now)s) AND {GOING_ON}
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE surveys_invitation AS claimed
SET state = 'sending', claim = %(claim)s, lease_until = %(until)s
FROM picked WHERE claimed.id = picked.id RETURNING claimed.id
"""  # noqa: S608
MARK = f"""
WITH marked AS (
    UPDATE surveys_invitation SET state = %(state)s, sent_at = %(sent_at)s, error = %(error)s,
        attempts = attempts + %(tried)s, not_before = %(not_before)s,
        left_out_because = %(left_out)s, claim = NULL, lease_until = NULL
    WHERE id = %(id)s AND claim = %(claim)s AND state = 'sending' RETURNING 1
)
SELECT (SELECT count(*) FROM marked), {GOING_ON}
"""  # noqa: S608
RENEW = """
UPDATE surveys_invitation SET lease_until = %(until)s
WHERE id = ANY(%(ids)s) AND claim = %(claim)s AND state = 'sending'
"""
RELEASE = """
UPDATE surveys_invitation
SET state = 'queued', claim = NULL, lease_until = NULL,
    not_before = COALESCE(%(not_before)s, not_before)
WHERE id = ANY(%(ids)s) AND claim = %(claim)s AND state = 'sending'
"""


class BatchLost(Exception):
    """Another worker holds these messages now, or will; this one sends no more of them."""


class Stopped(Exception):
    """The distribution, or all sending, was stopped between two messages."""


@dataclass
class Batch:
    """Invitations one worker holds under one claim, as long as its lease."""

    distribution_id: int
    claim: uuid.UUID
    waiting: list[uuid.UUID]
    lease_until: datetime

    def keep(self) -> None:
        """Renew the lease when due, before a message; raises BatchLost where it was taken."""
        now = timezone.now()
        length = timedelta(seconds=settings.SEND_LEASE_SECONDS)
        if self.lease_until - now > length * (1 - RENEW_AFTER):
            return
        until = now + length
        renewed = _execute(RENEW, until=until, ids=self.waiting, claim=self.claim)
        if renewed < len(self.waiting):
            raise BatchLost
        self.lease_until = until

    def mark(self, id_: uuid.UUID, state: str, **values: Any) -> None:
        """One committed mark. Raises BatchLost where the claim is gone, Stopped where told to."""
        given = {"sent_at": None, "error": "", "tried": 0, "not_before": None, "left_out": ""}
        params = given | values
        params |= {"id": id_, "claim": self.claim, "state": state}
        params["distribution"] = self.distribution_id
        marked, goes_on = self._insist(params)
        self.waiting.remove(id_)
        if not marked:
            raise BatchLost
        if not goes_on:
            raise Stopped

    def _insist(self, params: dict[str, Any]) -> tuple[int, bool]:
        """Mark, through a lost database connection too, for as long as the lease lasts."""
        while True:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(MARK, params)
                    marked, goes_on = cursor.fetchone()
                    return marked, goes_on
            except (OperationalError, InterfaceError) as error:
                connection.close()
                if timezone.now() >= self.lease_until:
                    raise BatchLost from error
                time.sleep(DATABASE_WAIT)

    def release(self, *, not_before: datetime | None = None) -> None:
        """Give back what was not sent."""
        if self.waiting:
            _execute(RELEASE, ids=self.waiting, claim=self.claim, not_before=not_before)
        self.waiting = []


def claim_batch(distribution: Distribution) -> Batch | None:
    """Take some queued invitations, committed before any is sent; None where there is nothing."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.SEND_LEASE_SECONDS)
    claim = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        most = _allowance(now)
        if most <= 0:
            return None
        params: dict[str, Any] = {"distribution": distribution.pk, "now": now, "most": most}
        cursor.execute(CLAIM, params | {"claim": claim, "until": until})
        ids = [row[0] for row in cursor.fetchall()]
    return Batch(distribution.pk, claim, ids, until) if ids else None


def send_batch(distribution: Distribution, line: Line, letters: dict[str, Letter]) -> int:
    """Claim some invitations and send them over the line; how many were taken.

    `letters` keeps each language's letter from one batch of the distribution to the next.
    """
    if not may_send() or not _is_fit(distribution):
        return 0
    batch = claim_batch(distribution)
    if batch is None:
        return 0
    taken = len(batch.waiting)
    try:
        _leave_out(batch)
        _send_all(batch, distribution, line, letters)
    except BatchLost:
        return taken
    except Stopped:
        batch.release()
    except NoMailServer as trouble:
        _note_trouble(distribution, str(trouble))
        batch.release(not_before=timezone.now() + NO_SERVER_WAIT)
        return 0
    return taken


def _send_all(
    batch: Batch, distribution: Distribution, line: Line, letters: dict[str, Letter]
) -> None:
    rows = Invitation.objects.filter(pk__in=batch.waiting).select_related("contact")
    for invitation in rows:
        lang = invitation.language
        if lang not in letters:
            letters[lang] = letter_of(distribution, lang)
        batch.keep()
        result = _send_one(invitation, letters[lang], line)
        _mark_result(batch, distribution, invitation, result)


def _send_one(invitation: Invitation, letter: Letter, line: Line) -> Result:
    to = recipient_of(invitation)
    try:
        address = wire_address(to.address)
        message = letter.message(to, now=timezone.now())
    except ValueError:
        return Result(Outcome.REFUSED, _("The address has letters that e-mail cannot carry."))
    return line.send(letter.envelope_sender, address, message)


def _mark_result(
    batch: Batch, distribution: Distribution, invitation: Invitation, result: Result
) -> None:
    match result.outcome:
        case Outcome.SENT:
            batch.mark(invitation.pk, "sent", sent_at=timezone.now(), tried=1)
        case Outcome.REFUSED:
            batch.mark(invitation.pk, "failed", error=result.words, tried=1)
        case Outcome.LATER | Outcome.UNKNOWN | Outcome.NOT_SENT:
            _try_later(batch, invitation, result)
        case Outcome.SENDER_REFUSED:
            pause(distribution, by=None, trouble=result.words)
            raise Stopped


def _try_later(batch: Batch, invitation: Invitation, result: Result) -> None:
    attempt = invitation.attempts + 1
    if attempt >= MOST_ATTEMPTS:
        batch.mark(invitation.pk, "failed", error=result.words, tried=1)
        return
    when = timezone.now() + later(attempt)
    batch.mark(invitation.pk, "queued", error=result.words, tried=1, not_before=when)


def _leave_out(batch: Batch) -> None:
    """Who may not be written to any more since the launch is left out now."""
    held = Invitation.objects.filter(pk__in=batch.waiting)
    by_contact = {contact: pk for pk, contact in held.values_list("pk", "contact_id")}
    for contact, reason in asking.no_longer(by_contact).items():
        batch.mark(by_contact[contact], "left_out", left_out=reason)


def _is_fit(distribution: Distribution) -> bool:
    """A survey that takes no answers any more asks nobody; a person decides how to go on."""
    if distribution.survey.takes_answers(timezone.now()):
        return True
    pause(distribution, by=None, trouble=_("The survey takes no answers any more."))
    return False


def _note_trouble(distribution: Distribution, words: str) -> None:
    said = _("The mail server could not be reached: %(words)s") % {"words": words}
    Distribution.objects.filter(pk=distribution.pk).update(trouble=said[:300])


def _allowance(now: datetime) -> int:
    """How many may be claimed: a batch, or what is left of this minute's messages."""
    per_minute = settings.SEND_PER_MINUTE
    if not per_minute:
        return int(settings.SEND_BATCH)
    with connection.cursor() as cursor:
        # Two workers counting at once would both find the same room.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('surveys.sending'))")
        cursor.execute(
            "SELECT (SELECT count(*) FROM surveys_invitation WHERE state = 'sent' AND sent_at > %s)"
            " + (SELECT count(*) FROM surveys_invitation WHERE state = 'sending')",
            [now - timedelta(minutes=1)],
        )
        busy = cursor.fetchone()[0]
    return min(int(settings.SEND_BATCH), per_minute - int(busy))


def _execute(sql: str, **params: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)
