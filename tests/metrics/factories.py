"""Published surveys and answers written straight to the tables, as every writer may."""

import uuid
from datetime import date

from django.utils import timezone

from surveys.models import Response, ResponseStatus, Survey, SurveyVersion

DAY = date(2026, 11, 10)
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}


def scored(**types: str) -> dict:
    """scored(q="nps") → what a version says about question q."""
    return {key: entry(kind, label=key) for key, kind in types.items()}


def entry(
    kind: str,
    *,
    label: str,
    low: int | None = None,
    high: int | None = None,
    orientation: str = "high_is_good",
) -> dict:
    scale = SCALES[kind]
    return {
        "type": kind,
        "min": scale[0] if low is None else low,
        "max": scale[1] if high is None else high,
        "orientation": orientation,
        "label": label,
    }


def make_survey(owner, *, name="After the flight", unit=None, questions=None) -> Survey:
    survey = Survey.objects.create(
        name=name, slug=name.lower().replace(" ", "-"), owner=owner, unit=unit, draft={}
    )
    publish(survey, questions or scored(q="nps"))
    return survey


def publish(survey, questions) -> SurveyVersion:
    version = SurveyVersion.objects.create(
        survey=survey,
        number=survey.versions.count() + 1,
        document={},
        scored=questions,
        published_at=timezone.now(),
        published_by=survey.owner,
    )
    survey.current_version = version
    survey.save(update_fields=["current_version"])
    return version


def response(survey, answers=None, **fields) -> Response:
    """An unsaved complete response on DAY."""
    values = {
        "id": uuid.uuid4(),
        "survey": survey,
        "version": survey.current_version,
        "channel": "email",
        "language": "en",
        "status": ResponseStatus.COMPLETE,
        "answers": answers or {},
        "completed_on": DAY,
        "completed_at": timezone.now(),
    }
    return Response(**(values | fields))


def answer(survey, answers=None, **fields) -> Response:
    row = response(survey, answers, **fields)
    row.save(force_insert=True)
    return row


def answer_many(survey, values, *, key="q", **fields) -> list[Response]:
    """One response for each value, in one statement."""
    rows = [response(survey, {key: value}, **fields) for value in values]
    return Response.objects.bulk_create(rows)
