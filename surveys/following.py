"""How responses and invitations follow their contact through a merge, and outlive an erasure."""

import json
from typing import Any

from django.db import connection

from contacts.following import follow, repoint
from surveys.document.questions import TextQuestion
from surveys.models import Invitation, Response
from surveys.selectors import document_of

_UNLINK = """
UPDATE surveys_response r SET contact_id = NULL, account_id = NULL, invitation_id = NULL,
    answers = r.answers
        - ARRAY(SELECT jsonb_array_elements_text(%(texts)s::jsonb -> r.version_id::text)),
    import_key = CASE WHEN import_key LIKE 'c:%%' THEN '' ELSE import_key END
WHERE contact_id = %(contact)s
"""


def follow_contacts() -> None:
    responses: dict[str, Any] = repoint(Response, "contact")
    follow("responses", **responses, erase=unlink_responses)
    invitations: dict[str, Any] = repoint(Invitation, "contact", unless=["distribution"])
    follow("invitations", **invitations)


def unlink_responses(contact_id: int) -> None:
    """Closed answers stay, of nobody; what was written in own words goes."""
    versions = Response.objects.filter(contact_id=contact_id).values_list("version", flat=True)
    texts = {
        version: [
            question.key
            for question in document_of(version).questions
            if isinstance(question, TextQuestion)
        ]
        for version in versions.distinct()
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNLINK, {"texts": json.dumps(texts), "contact": contact_id})
