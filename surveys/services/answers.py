"""Keeping answers: one statement a page, so that an answer and what follows from it stand or
fall together, and nothing is ever written over what another tab has just saved."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from surveys.document.answers import Answer
from surveys.document.logic import in_force
from surveys.document.schema import SurveyDocument
from surveys.models import MachineHit, ResponseStatus
from surveys.visits import Visit

# Beyond these a link's machine hits are no longer written down one by one.
MOST_HITS = 50

# The contact's *break down by* attributes as they are at completion.
_FROZEN = """
SELECT COALESCE(jsonb_object_agg(a.key, c.attributes -> a.key), '{}')
FROM contacts_attributedefinition a JOIN contacts_contact c ON c.attributes ? a.key
WHERE %(done)s AND a.break_down_by AND c.id = %(contact)s
"""
_COMPANY = "SELECT account_id FROM contacts_contact WHERE id = %(contact)s"
_BEGUN = """
INSERT INTO surveys_response (id, survey_id, version_id, channel, language, status, is_test,
    answers, reached, context, frozen, unit_id, account_id, weight, contact_id, invitation_id,
    import_key, started_at, completed_at, completed_on)
VALUES (%(id)s, %(survey)s, %(version)s, %(channel)s, %(language)s, %(status)s, %(is_test)s,
    %(answers)s, %(reached)s, '{}', ({frozen}), %(unit)s, ({company}), 1, %(contact)s,
    %(invitation)s, '', %(now)s, %(completed_at)s, %(completed_on)s)
ON CONFLICT DO NOTHING RETURNING id
"""
_CHANGED = """
UPDATE surveys_response SET language = %(language)s, status = %(status)s, answers = %(answers)s,
    reached = %(reached)s, frozen = ({frozen}), unit_id = %(unit)s, account_id = ({company}),
    completed_at = %(completed_at)s, completed_on = %(completed_on)s
WHERE id = %(id)s AND status = 'partial' AND answers = %(seen)s::jsonb RETURNING id
"""
_SAVED = """
WITH saved AS ({statement}), marked AS (
    UPDATE surveys_invitation SET visited_at = COALESCE(visited_at, %(now)s),
        done_at = CASE WHEN %(done)s THEN COALESCE(done_at, %(now)s) ELSE done_at END
    WHERE id = %(invitation)s AND EXISTS (SELECT FROM saved) RETURNING id
)
SELECT count(*) FROM saved
"""


class AnswersMoved(Exception):
    """Another tab saved since this page was read; read again and merge again."""


@dataclass(frozen=True)
class Saved:
    response_id: uuid.UUID
    complete: bool


def save_answers(
    visit: Visit, *, answers: dict[str, Answer], reached: int, complete: bool
) -> Saved:
    """Keep all answers so far; with `complete`, for good.

    Raises AnswersMoved where what `visit` read no longer stands.
    """
    begun = visit.response is None
    id_ = visit.response.pk if visit.response else _new_id(visit)
    values = _values(visit, id_=id_, now=timezone.now(), complete=complete)
    values |= {"answers": json.dumps(answers), "reached": reached}
    statement = _SAVED.replace("{statement}", _BEGUN if begun else _CHANGED)
    statement = statement.replace("{frozen}", _FROZEN).replace("{company}", _COMPANY)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        (rows,) = cursor.fetchone()
    if not rows:
        raise AnswersMoved
    return Saved(id_, complete)


def _new_id(visit: Visit) -> uuid.UUID:
    """On the open link the form brought the id, so that a double click begins one response."""
    return uuid.uuid4() if visit.invitation else visit.subject


def _values(visit: Visit, *, id_: uuid.UUID, now: datetime, complete: bool) -> dict[str, Any]:
    contact = visit.invitation.contact if visit.invitation else None
    status = ResponseStatus.COMPLETE if complete else ResponseStatus.PARTIAL
    return {
        "id": id_,
        "survey": visit.survey.pk,
        "version": visit.version_id,
        "channel": "email" if visit.invitation or visit.is_test else "link",
        "is_test": visit.is_test,
        "language": visit.language,
        "status": status.value,
        "unit": (contact.unit_id if contact else None) or visit.survey.unit_id,
        # Two contacts made one since the invitation: the answer is the one's that was kept.
        "contact": (contact.merged_into_id or contact.pk) if contact else None,
        "invitation": visit.invitation.pk if visit.invitation else None,
        "now": now,
        "done": complete,
        "completed_at": now if complete else None,
        "completed_on": timezone.localdate(now) if complete else None,
        "seen": json.dumps(visit.answers),
    }


def first_gap(document: SurveyDocument, answers: dict[str, Answer]) -> int | None:
    """The first page with a required question in force that has no answer; None if complete."""
    current = in_force(document, answers)
    missing = (
        document.page_index_of[key]
        for key in current.keys
        if document.by_key[key].required and key not in current.answers
    )
    return next(missing, None)


def record_machine_hit(visit: Visit, *, method: str, reason: str) -> None:
    """Note a sending that looked automatic beside the invitation; it counts nowhere else."""
    invitation = visit.invitation
    if invitation is None or invitation.machine_hits >= MOST_HITS:
        return
    MachineHit.objects.create(
        invitation=invitation, at=timezone.now(), method=method, reason=reason
    )
    hits = MachineHit.objects.filter(invitation=invitation).count()
    type(invitation).objects.filter(pk=invitation.pk).update(machine_hits=hits)
