"""Surveys as documents, and the answers to them."""

import uuid
from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from accounts.permissions import Capability
from integrations.bearer import Bearer
from integrations.models import TokenScope
from integrations.once import once
from integrations.pages import After, Id, Limit, bad_place, next_page, number_of
from integrations.problems import PROBLEMS, Refused
from integrations.rights import TokenRequest, demand, unit_named
from surveys.document.schema import SurveyDocument
from surveys.models import Response, Survey
from surveys.services.surveys import NotPublishable, WrongState, create_survey, publish, save_draft

router = Router(tags=["surveys"])


class SurveyRow(Schema):
    id: int
    name: str
    state: str = Field(description="draft, open, closed or archived")
    unit: str | None = Field(description="The unit's code.")
    version: int | None = Field(description="The version that is answered now.")
    updated_at: datetime


class SurveyOut(SurveyRow):
    document: dict[str, Any] = Field(description="The draft, as the editor has it.")


class SurveyIn(Schema):
    name: str = Field(min_length=1, max_length=200)
    unit: str | None = Field(None, description="The unit's code.")
    document: SurveyDocument


class SurveyPage(Schema):
    items: list[SurveyRow]
    next: str = Field(description="Where the next page is; empty on the last.")


class VersionOut(Schema):
    survey: int
    version: int
    published_at: datetime


class ResponseOut(Schema):
    id: uuid.UUID
    day: date
    channel: str
    language: str
    version: int
    contact: int | None
    external_id: str | None
    answers: dict[str, Any]


class ResponsePage(Schema):
    items: list[ResponseOut]
    next: str


@router.get("", response={200: SurveyPage, **PROBLEMS}, summary="Surveys, newest first")
def list_surveys(request: TokenRequest, limit: Limit = 100, after: After = "") -> dict[str, Any]:
    demand(request, Capability.SEE_SURVEYS)
    surveys = _seen(request).order_by("-pk")
    if after:
        surveys = surveys.filter(pk__lt=number_of(after))
    rows = list(surveys[:limit])
    last = str(rows[-1].pk) if rows else ""
    return {
        "items": [_row(survey) for survey in rows],
        "next": next_page(request, rows, limit=limit, after=last),
    }


@router.get("/{id}", response={200: SurveyOut, **PROBLEMS}, summary="One survey")
def read_survey(request: TokenRequest, id: Id) -> dict[str, Any]:
    survey = get_object_or_404(_seen(request), pk=id)
    return _row(survey) | {"document": survey.draft}


@router.post(
    "",
    response={201: SurveyOut, **PROBLEMS},
    auth=Bearer(TokenScope.DESIGN),
    summary="A new survey",
)
@once
def make_survey(request: TokenRequest, data: SurveyIn) -> Status[Any]:
    """It begins as a draft; publish it to have it answered."""
    user = demand(request, Capability.MANAGE_SURVEYS)
    survey = create_survey(
        data.name,
        by=user,
        languages=data.document.languages,
        unit=unit_named(user, data.unit, Capability.MANAGE_SURVEYS),
    )
    save_draft(
        survey, document=data.document, revision=survey.draft_revision, by=user,
        what={"edit": "api"},
    )  # fmt: skip
    survey.refresh_from_db()
    return Status(201, _row(survey) | {"document": survey.draft})


@router.post(
    "/{id}/publish",
    response={201: VersionOut, **PROBLEMS},
    auth=Bearer(TokenScope.DESIGN),
    summary="Publish the draft as the next version",
)
@once
def publish_survey(request: TokenRequest, id: Id) -> Status[Any]:
    user = demand(request, Capability.MANAGE_SURVEYS)
    get_object_or_404(_seen(request), pk=id)
    survey = get_object_or_404(Survey.objects.editable_by(user), pk=id)
    try:
        version = publish(survey, by=user)
    except NotPublishable as refusal:
        errors = [("document", sentence) for sentence in refusal.sentences]
        raise Refused(409, "The draft can’t be published yet.", errors=errors) from None
    except WrongState as refusal:
        raise Refused(409, str(refusal)) from None
    return Status(201, {
        "survey": survey.pk, "version": version.number, "published_at": version.published_at
    })  # fmt: skip


@router.get(
    "/{id}/responses",
    response={200: ResponsePage, **PROBLEMS},
    auth=Bearer(TokenScope.EXPORT),
    summary="Complete answers, oldest day first",
)
def list_responses(
    request: TokenRequest, id: Id, limit: Limit = 100, after: After = ""
) -> dict[str, Any]:
    """By day answered, then id: what is imported later for an earlier day stands where it
    belongs, before pages read already. Tests are left out."""
    user = demand(request, Capability.EXPORT_PERSONAL)
    survey = get_object_or_404(_seen(request), pk=id)
    answers = Response.objects.visible_to(user).counted().filter(survey=survey)
    if not user.may(Capability.SEE_ANSWERS):
        answers = answers.none()
    if after:
        day, key = _place(after)
        answers = answers.after(day, key)
    answers = answers.select_related("contact", "version").order_by("completed_on", "pk")
    rows = list(answers[:limit])
    last = f"{rows[-1].completed_on}~{rows[-1].pk}" if rows else ""
    return {
        "items": [_answer(response) for response in rows],
        "next": next_page(request, rows, limit=limit, after=last),
    }


def _seen(request: TokenRequest) -> Any:
    surveys = Survey.objects.visible_to(request.user)
    return surveys.select_related("unit", "current_version")


def _row(survey: Survey) -> dict[str, Any]:
    return {
        "id": survey.pk,
        "name": survey.name,
        "state": survey.state,
        "unit": survey.unit.code if survey.unit else None,
        "version": survey.current_version.number if survey.current_version else None,
        "updated_at": survey.updated_at,
    }


def _answer(response: Response) -> dict[str, Any]:
    contact = response.contact
    return {
        "id": response.pk,
        "day": response.completed_on,
        "channel": response.channel,
        "language": response.language,
        "version": response.version.number,
        "contact": contact.pk if contact else None,
        "external_id": contact.external_id or None if contact else None,
        "answers": response.answers,
    }


def _place(after: str) -> tuple[date, uuid.UUID]:
    day, _tilde, key = after.partition("~")
    try:
        return date.fromisoformat(day), uuid.UUID(key)
    except ValueError:
        raise bad_place() from None
