"""Journeys as one document each: stages, touchpoints and what each of them listens to."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from accounts.models import User
from accounts.permissions import Capability
from integrations.bearer import Bearer
from integrations.models import TokenScope
from integrations.once import once
from integrations.pages import After, Id, Limit, next_page, number_of
from integrations.problems import PROBLEMS, Refused
from integrations.rights import TokenRequest, demand, unit_named
from journeys.models import Channel, Journey, Stage, Touchpoint
from journeys.services.errors import JourneyRefused
from journeys.services.maps import create_journey, place_touchpoint
from journeys.services.touchpoints import create_touchpoint, listen
from surveys.models import Survey

router = Router(tags=["journeys"])


class ListeningIn(Schema):
    survey: int = Field(ge=1, lt=2**63)
    question: str = Field(max_length=40, description="The question's key.")
    starts_on: date | None = Field(None, description="Left out: from the first answer on.")
    ends_on: date | None = None


class TouchpointIn(Schema):
    name: str = Field(min_length=1, max_length=200)
    channel: Channel = Channel.PLACE
    digital: bool | None = Field(None, description="Left out: as the channel usually is.")
    listens: list[ListeningIn] = Field([], max_length=50)


class StageIn(Schema):
    name: str = Field(min_length=1, max_length=100)
    touchpoints: list[TouchpointIn] = Field([], max_length=50)


class JourneyIn(Schema):
    name: str = Field(min_length=1, max_length=200)
    about: str = ""
    unit: str | None = Field(None, description="The unit's code.")
    stages: list[StageIn] = Field([], max_length=50)


class ListeningOut(Schema):
    survey: int
    question: str
    starts_on: date
    ends_on: date | None


class TouchpointOut(Schema):
    id: int
    name: str
    channel: str
    digital: bool
    owner: str | None
    listens: list[ListeningOut]


class StageOut(Schema):
    id: int
    name: str
    touchpoints: list[TouchpointOut]


class JourneyOut(Schema):
    id: int
    name: str
    about: str
    unit: str | None
    owner: str
    archived: bool
    stages: list[StageOut]


class JourneyPage(Schema):
    items: list[JourneyOut]
    next: str


@router.get("", response={200: JourneyPage, **PROBLEMS}, summary="Journeys, newest first")
def list_journeys(request: TokenRequest, limit: Limit = 20, after: After = "") -> dict[str, Any]:
    journeys = _seen(demand(request, Capability.SEE_SCORES)).order_by("-pk")
    if after:
        journeys = journeys.filter(pk__lt=number_of(after))
    rows = list(journeys[:limit])
    last = str(rows[-1].pk) if rows else ""
    return {
        "items": [_journey(row) for row in rows],
        "next": next_page(request, rows, limit=limit, after=last),
    }


@router.get("/{id}", response={200: JourneyOut, **PROBLEMS}, summary="One journey")
def read_journey(request: TokenRequest, id: Id) -> dict[str, Any]:
    seen = _seen(demand(request, Capability.SEE_SCORES))
    return _journey(get_object_or_404(seen, pk=id))


@router.post(
    "",
    response={201: JourneyOut, **PROBLEMS},
    auth=Bearer(TokenScope.DESIGN),
    summary="A new journey with its stages and touchpoints",
)
@once
def make_journey(request: TokenRequest, data: JourneyIn) -> Status[Any]:
    """Whole or not at all: what one listening refuses, refuses the journey."""
    user = demand(request, Capability.MANAGE_JOURNEYS)
    unit = unit_named(user, data.unit, Capability.MANAGE_JOURNEYS)
    try:
        names = [stage.name for stage in data.stages]
        journey = create_journey(data.name, by=user, about=data.about, unit=unit, stages=names)
        for stage, wanted in zip(journey.stages.all(), data.stages, strict=True):
            _fill(journey, stage, wanted, user, f"stages.{stage.position}")
    except JourneyRefused as refusal:
        raise Refused(409, str(refusal)) from None
    return Status(201, _journey(_seen(user).get(pk=journey.pk)))


def _fill(journey: Journey, stage: Stage, data: StageIn, user: User, place: str) -> None:
    for number, wanted in enumerate(data.touchpoints):
        touchpoint = create_touchpoint(
            wanted.name,
            by=user,
            channel=wanted.channel,
            digital=wanted.digital,
            unit=journey.unit,
        )
        journey.refresh_from_db()
        place_touchpoint(stage, touchpoint, revision=journey.revision, by=user)
        for heard in wanted.listens:
            touchpoint.refresh_from_db()
            listen(
                touchpoint,
                survey=_survey(user, heard.survey, f"{place}.touchpoints.{number}"),
                question_key=heard.question,
                revision=touchpoint.revision,
                by=user,
                starts_on=heard.starts_on,
                ends_on=heard.ends_on,
            )


def _survey(user: User, pk: int, place: str) -> Survey:
    survey = Survey.objects.visible_to(user).filter(pk=pk).first()
    if survey is None:
        sentence = "There is no such survey that you may see."
        raise Refused(422, sentence, errors=[(f"{place}.listens", sentence)])
    return survey


def _seen(user: User) -> Any:
    return (
        Journey.objects.visible_to(user)
        .select_related("unit", "owner")
        .prefetch_related(
            "stages__placements__touchpoint__owner", "stages__placements__touchpoint__listenings"
        )
    )


def _journey(journey: Journey) -> dict[str, Any]:
    return {
        "id": journey.pk,
        "name": journey.name,
        "about": journey.about,
        "unit": journey.unit.code if journey.unit else None,
        "owner": str(journey.owner),
        "archived": journey.archived_at is not None,
        "stages": [
            {
                "id": stage.pk,
                "name": stage.name,
                "touchpoints": [
                    _touchpoint(placement.touchpoint) for placement in stage.placements.all()
                ],
            }
            for stage in journey.stages.all()
        ],
    }


def _touchpoint(touchpoint: Touchpoint) -> dict[str, Any]:
    return {
        "id": touchpoint.pk,
        "name": touchpoint.name,
        "channel": touchpoint.channel,
        "digital": touchpoint.digital,
        "owner": str(touchpoint.owner) if touchpoint.owner else None,
        "listens": [
            {
                "survey": one.survey_id,
                "question": one.question_key,
                "starts_on": one.starts_on,
                "ends_on": one.ends_on,
            }
            for one in touchpoint.listenings.all()
        ],
    }
