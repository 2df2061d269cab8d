"""A stranger at a link: which survey, which answers so far, and what may still happen."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.models import Organisation
from contacts.models import AttributeDefinition
from cxplatform.shared import tokens
from surveys.document.answers import Answer
from surveys.document.schema import SurveyDocument
from surveys.document.texts import choose_language
from surveys.models import Invitation, Response, ResponseStatus, Survey
from surveys.selectors import document_of

_SURVEY = ("id", "slug", "closed_at", "archived_at", "closes_at", "current_version_id", "unit_id")
_RESPONSE = ("id", "version_id", "language", "status", "answers", "reached")
_CONTACT = ("id", "language", "attributes", "unit_id", "erased_at", "merged_into_id")
_INVITATION = ("id", "language", "state", "expires_at", "done_at", "machine_hits")


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
    dimensions: list[str] = field(default_factory=list)
    version_id: int = 0
    language: str = ""

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

    def frozen(self) -> dict[str, Any]:
        """The contact's *break down by* attributes as they are now."""
        attributes = self.invitation.contact.attributes if self.invitation else {}
        return {key: attributes[key] for key in self.dimensions if key in attributes}


def personal_visit(token: str) -> Visit:
    """Behind `/r/<token>/`; raises UnknownLink."""
    invitation = _found(_invitations(), _id(token, "answer"))
    survey = invitation.distribution.survey
    response = getattr(invitation, "response", None)
    return _visit(
        Visit(
            survey,
            url=reverse("surveys:answer", args=[token]),
            subject=invitation.pk,
            response=response,
            invitation=invitation,
        ),
        row=invitation,
    )


def public_visit(slug: str) -> Visit:
    """Behind `/s/<slug>/`, before the first page is sent; raises UnknownLink."""
    surveys = _with_frame(Survey.objects.filter(slug=slug, public_link=True).only(*_SURVEY))
    survey = surveys.first()
    if survey is None:
        raise UnknownLink
    url = reverse("surveys:public", args=[slug])
    return _visit(Visit(survey, url=url, subject=uuid.uuid4()), row=survey)


def started_visit(slug: str, token: str) -> Visit:
    """Behind `/s/<slug>/<token>/`: what somebody began on the open link; raises UnknownLink."""
    fields = [*_RESPONSE, *(f"survey__{name}" for name in _SURVEY)]
    responses = Response.objects.filter(survey__slug=slug, invitation=None)
    found = _with_frame(responses.select_related("survey").only(*fields))
    response = _found(found, _id(token, "form"))
    url = reverse("surveys:public_started", args=[slug, token])
    return _visit(Visit(response.survey, url=url, subject=response.pk, response=response), response)


def _visit(visit: Visit, row: Any) -> Visit:
    version = visit.response.version_id if visit.response else visit.survey.current_version_id
    if version is None:
        raise UnknownLink
    visit.version_id = version
    visit.organisation = row.frame_organisation or {}
    visit.dimensions = row.frame_dimensions
    return visit


def _invitations() -> QuerySet[Any]:
    rows = Invitation.objects.filter(contact__erased_at=None).select_related(
        "distribution__survey", "contact", "response"
    )
    fields = [
        *_INVITATION,
        "distribution__survey_id",
        *(f"distribution__survey__{name}" for name in _SURVEY),
        *(f"contact__{name}" for name in _CONTACT),
        *(f"response__{name}" for name in _RESPONSE),
    ]
    return _with_frame(rows.only(*fields))


def _with_frame(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Beside each row what every page shows and every answer freezes: one statement in all."""
    dimensions = AttributeDefinition.objects.dimensions().values("key")
    house = Organisation.objects.values(
        found=JSONObject(name=F("name"), privacy_url=F("privacy_url"))
    )
    framed: QuerySet[Any] = rows.annotate(
        frame_organisation=Subquery(house[:1]), frame_dimensions=ArraySubquery(dimensions)
    )
    return framed


def _id(token: str, purpose: str) -> uuid.UUID:
    try:
        return tokens.read(purpose, token)
    except tokens.BadToken:
        raise UnknownLink from None


def _found(rows: QuerySet[Any], id_: uuid.UUID) -> Any:
    row = rows.filter(pk=id_).first()
    if row is None:
        raise UnknownLink
    return row
