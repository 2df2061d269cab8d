"""A stranger at a link: which survey, which answers so far, and what may still happen."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model
from django.urls import reverse

from contacts.models import Contact
from cxplatform.shared import tokens
from surveys.document.answers import Answer
from surveys.document.schema import SurveyDocument
from surveys.document.texts import choose_language
from surveys.models import Distribution, Invitation, Response, ResponseStatus, Survey
from surveys.selectors import document_of

_SURVEY = ("id", "slug", "closed_at", "archived_at", "closes_at", "current_version_id", "unit_id")
_RESPONSE = ("id", "version_id", "language", "status", "answers", "reached", "is_test")
_CONTACT = ("id", "language", "unit_id", "merged_into_id")
_INVITATION = ("id", "language", "state", "expires_at", "done_at", "machine_hits")


def _in_order(model: type[Model], names: tuple[str, ...]) -> tuple[type[Model], tuple[str, ...]]:
    """`from_db` takes its values in the order of the model's fields."""
    own = [each.attname for each in model._meta.concrete_fields]
    return model, tuple(sorted(names, key=own.index))


_TABLES: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "s": _in_order(Survey, _SURVEY),
    "i": _in_order(Invitation, _INVITATION),
    "c": _in_order(Contact, _CONTACT),
    "r": _in_order(Response, _RESPONSE),
}
_JSON = {"answers"}

# Beside each row what every page shows: one statement in all.
_FRAME = """
(SELECT jsonb_build_object('name', name, 'privacy_url', privacy_url)
    FROM accounts_organisation LIMIT 1)
"""


class _Statement:
    """The SQL of one kind of link. Written out: putting it together anew for each of the many
    who open a survey at once would cost more than running it."""

    def __init__(self, *tables: str, source: str) -> None:
        self.tables = tables
        columns = [f"{short}.{name}" for short in tables for name in _TABLES[short][1]]
        self.sql = f"SELECT {_FRAME}, {', '.join(columns)} FROM {source}"  # noqa: S608


_PERSONAL = _Statement(
    *"sicr",
    source="""surveys_invitation i
    JOIN surveys_distribution d ON d.id = i.distribution_id
    JOIN surveys_survey s ON s.id = d.survey_id
    JOIN contacts_contact c ON c.id = i.contact_id AND c.erased_at IS NULL
    LEFT JOIN surveys_response r ON r.invitation_id = i.id
    WHERE i.id = %s""",
)
_PUBLIC = _Statement("s", source="surveys_survey s WHERE s.slug = %s AND s.public_link")
_TRIAL = _Statement(
    "s",
    source="surveys_distribution d JOIN surveys_survey s ON s.id = d.survey_id WHERE d.id = %s",
)
_STARTED = _Statement(
    *"sr",
    source="""surveys_response r JOIN surveys_survey s ON s.id = r.survey_id
    WHERE r.id = %s AND s.slug = %s AND r.invitation_id IS NULL""",
)


# Whose answers never count; what a link of this purpose holds is a distribution's number.
TRIAL = "preview"


class UnknownLink(Exception):
    """Nobody was ever given this link, or it leads nowhere any more."""


@dataclass
class Visit:
    """What one statement found behind a link."""

    survey: Survey
    url: str
    subject: uuid.UUID  # what the form token is bound to: the invitation, or the response to be
    response: Response | None = None
    invitation: Invitation | None = None
    organisation: dict[str, Any] = field(default_factory=dict)
    version_id: int = 0
    language: str = ""
    is_trial: bool = False  # opened from a test mail: what begins here counts nowhere

    @property
    def is_test(self) -> bool:
        return self.response.is_test if self.response else self.is_trial

    @property
    def document(self) -> SurveyDocument:
        return document_of(self.version_id)

    @property
    def answers(self) -> dict[str, Answer]:
        return self.response.answers if self.response else {}

    @property
    def is_complete(self) -> bool:
        done = self.invitation is not None and self.invitation.done_at is not None
        answered = self.response and self.response.status == ResponseStatus.COMPLETE
        return bool(done or answered)

    @property
    def reached(self) -> int:
        return self.response.reached if self.response else 0

    def is_expired(self, now: datetime) -> bool:
        return self.invitation is not None and self.invitation.expires_at <= now

    def choose(self, wanted: Iterable[str]) -> None:
        """Settle the language: what was asked for now, then before, then what is known."""
        known = [self.response.language if self.response else ""]
        if self.invitation:
            known += [self.invitation.language, self.invitation.contact.language]
        asked, *accepted = [*wanted] or [""]
        self.language = choose_language([asked, *known, *accepted], self.document.languages)


def personal_visit(token: str) -> Visit:
    """Behind `/r/<token>/`; raises UnknownLink."""
    found = _found(_PERSONAL, [_id(token, "answer")])
    invitation, response = found["i"], found["r"]
    invitation.contact = found["c"]
    url = reverse("surveys:answer", args=[token])
    return _visit(Visit(found["s"], url, invitation.pk, response, invitation), found)


def public_visit(slug: str) -> Visit:
    """Behind `/s/<slug>/`, before the first page is sent; raises UnknownLink."""
    found = _found(_PUBLIC, [slug])
    return _visit(Visit(found["s"], reverse("surveys:public", args=[slug]), uuid.uuid4()), found)


def trial_visit(token: str) -> Visit:
    """Behind `/t/<token>/`, which a test mail of a distribution carries; raises UnknownLink."""
    found = _found(_TRIAL, [_id(token, TRIAL).int])
    url = reverse("surveys:trial", args=[token])
    return _visit(Visit(found["s"], url, uuid.uuid4(), is_trial=True), found)


def trial_link(distribution: Distribution) -> str:
    """Where a test of it is answered: nobody's own, and good as long as the survey is open."""
    return reverse("surveys:trial", args=[tokens.make(TRIAL, uuid.UUID(int=distribution.pk))])


def started_visit(slug: str, token: str) -> Visit:
    """Behind `/s/<slug>/<token>/`: what somebody began on the open link; raises UnknownLink."""
    found = _found(_STARTED, [_id(token, "form"), slug])
    response = found["r"]
    url = reverse("surveys:public_started", args=[slug, token])
    return _visit(Visit(found["s"], url, response.pk, response), found)


def _visit(visit: Visit, found: dict[str, Any]) -> Visit:
    version = visit.response.version_id if visit.response else visit.survey.current_version_id
    if version is None:
        raise UnknownLink
    visit.version_id = version
    visit.organisation = found["organisation"]
    return visit


def _found(statement: "_Statement", values: list[Any]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, values)
        row = cursor.fetchone()
    if row is None:
        raise UnknownLink
    organisation, *cells = row
    found: dict[str, Any] = {"organisation": json.loads(organisation) if organisation else {}}
    for short in statement.tables:
        model, names = _TABLES[short]
        own, cells = cells[: len(names)], cells[len(names) :]
        found[short] = _built(model, names, own) if own[0] is not None else None
    return found


def _built(model: type[Model], names: tuple[str, ...], cells: list[Any]) -> Any:
    """An instance of the columns read; asking for another one reads it then."""
    values = [
        json.loads(cell) if name in _JSON and cell is not None else cell
        for name, cell in zip(names, cells, strict=True)
    ]
    return model.from_db("default", names, values)


def _id(token: str, purpose: str) -> uuid.UUID:
    try:
        return tokens.read(purpose, token)
    except tokens.BadToken:
        raise UnknownLink from None
