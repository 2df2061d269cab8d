"""Rows in, rows out and why; these statements read the answers themselves, and the page says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.models import User
from metrics import privacy
from metrics.breakdowns import channel_names
from metrics.periods import Period
from metrics.sources import Source
from surveys.models import Response

PAGE = 50
# In the order they are taken off: an answer counts under the first that fits.
REASONS = {
    "outside": gettext_noop("Outside the period"),
    "test": gettext_noop("Test answers"),
    "unfinished": gettext_noop("Started, not finished"),
    "na": gettext_noop("Not applicable"),
    "skipped": gettext_noop("Skipped or not shown"),
    "off": gettext_noop("Not on the scale"),
    "counted": gettext_noop("Counted"),
}

SORTED_OUT = """
WITH given AS (
    SELECT r.id, coalesce(r.contact_id::text, r.id::text) AS person, i.id AS item_id,
           r.answers -> i.question_key AS answer, r.status, r.is_test,
           coalesce(r.completed_on, (r.started_at AT TIME ZONE %(zone)s)::date) AS day,
           i.scale_min, i.scale_max
    FROM metrics_item AS i JOIN surveys_response AS r ON r.survey_id = i.survey_id
    WHERE i.id = ANY (%(items)s)
), sorted_out AS (
    SELECT id, person, item_id, answer, day, CASE
        WHEN day IS NULL OR day NOT BETWEEN %(start)s AND %(end)s THEN 'outside'
        WHEN is_test THEN 'test'
        WHEN status <> 'complete' THEN 'unfinished'
        WHEN jsonb_typeof(answer) = 'object' AND answer -> 'na' = 'true' THEN 'na'
        WHEN answer IS NULL OR jsonb_typeof(answer) = 'null' THEN 'skipped'
        WHEN jsonb_typeof(answer) <> 'number' THEN 'off'
        WHEN answer::numeric BETWEEN scale_min AND scale_max
             AND answer::numeric = trunc(answer::numeric) THEN 'counted'
        ELSE 'off' END AS reason
    FROM given
)
"""
TALLY = (
    SORTED_OUT + "SELECT reason, count(*), count(DISTINCT person) FROM sorted_out GROUP BY reason"  # noqa: S608
)
LISTED = (
    SORTED_OUT
    + """
SELECT id, item_id, answer, day FROM sorted_out
WHERE reason = %(reason)s
  AND (%(after_id)s::uuid IS NULL OR (coalesce(day, '1900-01-01'), id, item_id)
       < (%(after_day)s::date, %(after_id)s::uuid, %(after_item)s))
ORDER BY coalesce(day, '1900-01-01') DESC, id DESC, item_id DESC LIMIT %(limit)s
"""
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many answers there are to the questions, and what became of them.

    Nothing is told where the number counted is itself withheld.
    """

    received: int = 0
    out: Mapping[str, int] = field(default_factory=dict)
    counted: int = 0
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    response: Response
    question: str
    answer: str
    day: date | None
    channel: str
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    lines: tuple[Line, ...]
    after: str = ""


def tally(source: Source, *, period: Period) -> Tally:
    with connection.cursor() as cursor:
        cursor.execute(TALLY, _values(source, period))
        rows = cursor.fetchall()
    found = {reason: n for reason, n, _people in rows}
    people = {reason: n for reason, _answers, n in rows}
    counted = found.pop("counted", 0)
    if privacy.is_withheld(people.get("counted", 0), sees_all=source.sees_all):
        return Tally(withheld=True)
    out = {key: found[key] for key in REASONS if key in found}
    return Tally(counted + sum(out.values()), out, counted)


def page(source: Source, *, user: User, period: Period, reason: str, after: str = "") -> Page:
    """Single answers with one fate, newest first, as far as this person may open them.

    `after` is the last page's `after`; one that makes no sense starts at the beginning.
    """
    day, response_id, item = _cursor(after)
    values = _values(source, period) | {
        "reason": reason,
        "after_day": day,
        "after_id": response_id,
        "after_item": item,
        "limit": PAGE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(LISTED, values)
        rows = list(cursor.fetchall())
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    lines = _lines(source, user, rows[:PAGE])
    following = f"{more[3] or date(1900, 1, 1)}_{more[0]}_{more[1]}" if more else ""
    return Page(lines, following)


def _lines(source: Source, user: User, rows: Sequence[tuple[Any, ...]]) -> tuple[Line, ...]:
    seen = Response.objects.visible_to(user).select_related("contact")
    found = seen.in_bulk([row[0] for row in rows])
    questions = {item.pk: item.label for item in source.items}
    channels = channel_names()
    return tuple(
        Line(
            found[pk],
            questions[item],
            _answer_text(answer),
            day,
            channels.get(found[pk].channel, found[pk].channel),
            reverse("surveys:response", args=[found[pk].survey_id, pk]),
        )
        for pk, item, answer, day in rows
        if pk in found
    )


def _answer_text(answer: str | None) -> str:
    """As stored: a number stays a number; anything else has its word in the reason."""
    return answer if answer and answer.lstrip("-").replace(".", "", 1).isdigit() else "–"


def _cursor(after: str) -> tuple[date | None, UUID | None, int | None]:
    try:
        day, response_id, item = after.split("_")
        return date.fromisoformat(day), UUID(response_id), int(item)
    except ValueError:
        return None, None, None


def _values(source: Source, period: Period) -> dict[str, Any]:
    return {
        "items": source.item_ids,
        "start": period.start,
        "end": period.end,
        "zone": settings.TIME_ZONE,
    }
