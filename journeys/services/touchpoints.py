"""What happens to a touchpoint: made, described, ended; and the dated listenings it has.

Listenings are read, never folded: starting or ending one in the past moves no stored number.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from accounts.models import Unit, User
from activity.services import record_event
from journeys.models import Channel, Listening, Touchpoint
from journeys.selectors import scored_question
from journeys.services.errors import (
    AlreadyHeard,
    NothingToListenTo,
    TouchpointEnded,
    WrongDays,
)
from journeys.services.revisions import required_name, take_touchpoint
from surveys.models import Survey

NAME = 200


@transaction.atomic
def create_touchpoint(
    name: str,
    *,
    by: User,
    channel: str = Channel.PLACE,
    digital: bool | None = None,
    owner: User | None = None,
    unit: Unit | None = None,
) -> Touchpoint:
    """A touchpoint that listens to nothing yet; digital as its channel is, unless said."""
    if digital is None:
        digital = Channel(channel).is_digital
    touchpoint = Touchpoint.objects.create(
        name=required_name(name, NAME), channel=channel, digital=digital, owner=owner, unit=unit
    )
    _note(touchpoint, "created", by, channel=channel, digital=digital)
    return touchpoint


@transaction.atomic
def change_touchpoint(touchpoint: Touchpoint, *, revision: int, by: User, **values: Any) -> None:
    """Any of name, channel, digital, owner, unit. Raises StaleEdit and NoName."""
    take_touchpoint(touchpoint, revision)
    if "name" in values:
        values["name"] = required_name(values["name"], NAME)
    before = {field: _told(getattr(touchpoint, field)) for field in values}
    for field, value in values.items():
        setattr(touchpoint, field, value)
    touchpoint.save(update_fields=[*values])
    after = {field: _told(value) for field, value in values.items()}
    changed = {f: [before[f], after[f]] for f in values if before[f] != after[f]}
    _note(touchpoint, "changed", by, **changed)


@transaction.atomic
def end_touchpoint(touchpoint: Touchpoint, *, revision: int, by: User) -> list[dict[str, Any]]:
    """No more from today: its listenings end too, what was answered stays.

    Out: the listenings this ended, as they were.
    """
    take_touchpoint(touchpoint, revision)
    today = timezone.localdate()
    running = list(touchpoint.listenings.overlapping(today, None))
    were = [_described(listening) for listening in running]
    for listening in running:
        if listening.starts_on > today:
            listening.delete()
        else:
            _keep(listening, listening.starts_on, today)
    touchpoint.ended_on = today
    touchpoint.save(update_fields=["ended_on"])
    _note(touchpoint, "ended", by, listenings=were)
    return were


@transaction.atomic
def resume_touchpoint(
    touchpoint: Touchpoint,
    *,
    revision: int,
    by: User,
    listenings: Sequence[dict[str, Any]] = (),
) -> None:
    """Take it up again, with the listenings as they were before its end. Raises AlreadyHeard."""
    take_touchpoint(touchpoint, revision)
    touchpoint.ended_on = None
    touchpoint.save(update_fields=["ended_on"])
    for was in listenings:
        starts_on, ends_on = _days(was)
        asked = {"survey_id": was["survey"], "question_key": was["question"]}
        cut = touchpoint.listenings.filter(**asked, starts_on=starts_on).first()
        _keep(cut or Listening(touchpoint=touchpoint, **asked), starts_on, ends_on)
    _note(touchpoint, "resumed", by, listenings=list(listenings))


@transaction.atomic
def listen(
    touchpoint: Touchpoint,
    *,
    survey: Survey,
    question_key: str,
    revision: int,
    by: User,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Listening:
    """Let the answers to a question be about this touchpoint; since the survey's beginning where
    no first day is given.

    Raises TouchpointEnded, NothingToListenTo, WrongDays and AlreadyHeard.
    """
    take_touchpoint(touchpoint, revision)
    if touchpoint.ended_on:
        raise TouchpointEnded(touchpoint)
    if scored_question(survey, question_key) is None:
        raise NothingToListenTo
    listening = Listening(touchpoint=touchpoint, survey=survey, question_key=question_key)
    _keep(listening, starts_on or beginning(survey), ends_on)
    _note(touchpoint, "listening_started", by, **_described(listening))
    return listening


@transaction.atomic
def date_listening(
    listening: Listening, *, starts_on: date, ends_on: date | None, revision: int, by: User
) -> None:
    """Move its first and last day, the past included. Raises WrongDays and AlreadyHeard."""
    touchpoint = listening.touchpoint
    take_touchpoint(touchpoint, revision)
    if touchpoint.ended_on and (ends_on is None or ends_on > touchpoint.ended_on):
        raise TouchpointEnded(touchpoint)
    before = _described(listening)
    _keep(listening, starts_on, ends_on)
    _note(touchpoint, "listening_dated", by, before=before, after=_described(listening))


@transaction.atomic
def retract_listening(listening: Listening, *, revision: int, by: User) -> dict[str, Any]:
    """It was a mistake and never so. Out: what it takes to start it again."""
    touchpoint = listening.touchpoint
    take_touchpoint(touchpoint, revision)
    described = _described(listening)
    listening.delete()
    _note(touchpoint, "listening_retracted", by, **described)
    return described


@transaction.atomic
def listen_again(
    touchpoint: Touchpoint, described: dict[str, Any], *, revision: int, by: User
) -> None:
    """Undo a retraction. Raises what `listen` raises."""
    survey = Survey.objects.get(pk=described["survey"])
    starts_on, ends_on = _days(described)
    listen(
        touchpoint,
        survey=survey,
        question_key=described["question"],
        starts_on=starts_on,
        ends_on=ends_on,
        revision=revision,
        by=by,
    )


def beginning(survey: Survey) -> date:
    """The day of a survey's first answer or publication, whichever came first."""
    published = survey.versions.aggregate(first=Min("published_at"))["first"]
    answered = survey.responses.exclude(completed_on=None).order_by("completed_on")
    first = answered.values_list("completed_on", flat=True).first()
    days = [timezone.localdate(published) if published else timezone.localdate()]
    return min([*days, first] if first else days)


def _keep(listening: Listening, starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise WrongDays(starts_on)
    listening.starts_on, listening.ends_on = starts_on, ends_on
    try:
        with transaction.atomic():
            listening.save()
    except IntegrityError:
        raise AlreadyHeard(_in_the_way(listening)) from None


def _in_the_way(listening: Listening) -> Listening:
    same = Listening.objects.filter(
        survey=listening.survey_id, question_key=listening.question_key
    ).exclude(pk=listening.pk)
    days = same.overlapping(listening.starts_on, listening.ends_on)
    return days.select_related("touchpoint").earliest("starts_on")


def _described(listening: Listening) -> dict[str, Any]:
    return {
        "survey": listening.survey_id,
        "question": listening.question_key,
        "from": listening.starts_on.isoformat(),
        "to": listening.ends_on.isoformat() if listening.ends_on else None,
    }


def _days(described: dict[str, Any]) -> tuple[date, date | None]:
    """The days of a listening as `_described` tells them."""
    last = described["to"]
    return date.fromisoformat(described["from"]), date.fromisoformat(last) if last else None


def _told(value: Any) -> Any:
    return getattr(value, "pk", value)


def _note(touchpoint: Touchpoint, verb: str, by: User, **data: Any) -> None:
    record_event(touchpoint, verb=f"touchpoint.{verb}", actor=by, label=touchpoint.name, data=data)
