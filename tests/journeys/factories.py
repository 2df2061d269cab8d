"""The plainest maps and touchpoints; a test states only what matters to it."""

from datetime import date

from journeys.models import Journey, Placement, Touchpoint
from journeys.services.maps import create_journey, place_touchpoint
from journeys.services.touchpoints import create_touchpoint, listen

SINCE = date(2026, 1, 1)


def make_touchpoint(by, name="Boarding", **fields) -> Touchpoint:
    touchpoint = create_touchpoint(name, by=by, **fields)
    touchpoint.refresh_from_db()
    return touchpoint


def make_journey(by, *stages, **fields) -> Journey:
    """make_journey(by, "Book", "Fly") has two empty stages."""
    return create_journey(fields.pop("name", "A trip"), by=by, stages=stages, **fields)


def place(stage, touchpoint, by) -> Placement:
    stage.journey.refresh_from_db()
    return place_touchpoint(stage, touchpoint, revision=stage.journey.revision, by=by)


def hear(touchpoint, survey, key="q", *, by, starts_on=SINCE, ends_on=None):
    touchpoint.refresh_from_db()
    return listen(
        touchpoint,
        survey=survey,
        question_key=key,
        starts_on=starts_on,
        ends_on=ends_on,
        revision=touchpoint.revision,
        by=by,
    )
