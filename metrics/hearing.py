"""What is about which touchpoint: the one an answer names itself, else the one that listens to its
question on its day.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

# Which touchpoint an item's answers are about on a day, unless they name one themselves. Read, not
# stored: a listening started or ended in the past moves no cell.
HEARD = """(
    SELECT item.id AS item_id, listening.touchpoint_id::text AS name, listening.starts_on AS first,
           coalesce(listening.ends_on, 'infinity'::date) AS last
    FROM journeys_listening AS listening JOIN metrics_item AS item USING (survey_id, question_key)
    WHERE item.id = ANY (%(items)s)
) AS heard"""

# What touchpoints hear or are named by: those heard today first, in the order they were started.
LISTENED = """
SELECT touchpoint, item_id FROM (
    SELECT listening.touchpoint_id AS touchpoint, item.id AS item_id,
           CASE WHEN coalesce(listening.ends_on, 'infinity') < %(today)s THEN 1 ELSE 0 END AS late,
           listening.id AS started
    FROM journeys_listening AS listening JOIN metrics_item AS item USING (survey_id, question_key)
    WHERE listening.touchpoint_id = ANY (%(touchpoints)s)
    UNION ALL
    SELECT member::bigint, item_id, 2, 0 FROM metrics_cell
    WHERE dimension = 'touchpoint' AND member = ANY (%(names)s::text[])
    UNION ALL
    SELECT (dims ->> 'touchpoint')::bigint, item_id, 2, 0 FROM metrics_delta
    WHERE dims ->> 'touchpoint' = ANY (%(names)s::text[])
) AS heard GROUP BY touchpoint, item_id ORDER BY min(late), min(started), item_id
"""

# The last day with an answer about each touchpoint, found from the end of every index.
LATEST = """
SELECT touchpoint, max(day) FROM (
    SELECT listening.touchpoint_id AS touchpoint, last.day
    FROM journeys_listening AS listening JOIN metrics_item AS item USING (survey_id, question_key)
    CROSS JOIN LATERAL (
        SELECT o.day FROM metrics_observation AS o
        WHERE o.item_id = item.id AND o.dims ->> 'touchpoint' IS NULL
          AND o.day BETWEEN listening.starts_on AND coalesce(listening.ends_on, 'infinity')
        ORDER BY o.day DESC LIMIT 1
    ) AS last
    WHERE listening.touchpoint_id = ANY (%(touchpoints)s)
    UNION ALL
    SELECT member::bigint, day FROM metrics_cell
    WHERE dimension = 'touchpoint' AND member = ANY (%(names)s::text[])
    UNION ALL
    SELECT (dims ->> 'touchpoint')::bigint, day FROM metrics_delta
    WHERE sign > 0 AND dims ->> 'touchpoint' = ANY (%(names)s::text[])
) AS days GROUP BY touchpoint
"""


def listened(touchpoints: Sequence[int], *, today: date) -> dict[int, list[int]]:
    """Out: the items each touchpoint hears or is named by, what it hears today first."""
    found: dict[int, list[int]] = defaultdict(list)
    for touchpoint, item in _rows(LISTENED, touchpoints, today=today):
        found[touchpoint].append(item)
    return dict(found)


def latest(touchpoints: Sequence[int]) -> dict[int, date]:
    """Out: the last day with an answer about each touchpoint that has any."""
    return dict(_rows(LATEST, touchpoints))


def _rows(statement: str, touchpoints: Sequence[int], **values: Any) -> list[tuple[Any, ...]]:
    values |= {"touchpoints": list(touchpoints), "names": [str(pk) for pk in touchpoints]}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
