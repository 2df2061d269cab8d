"""Folding: deltas become cells, oldest first, one folder at a time.

Cells and remaining deltas together always equal what the answers say; a crash between leaves both
as they were.
"""

from typing import Any

from django.db import connection, transaction

# Any fixed number; whoever folds or rebuilds holds it until the end of the transaction.
LOCK = 0x0C7_F01D

# An upsert would test "never below zero" on the bare -1 before it finds the cell, hence MERGE.
# The oldest are named by their last id, not listed: statistics taken while no delta waited would
# have a list compared with every delta.
FOLD = """
WITH taken AS (
    DELETE FROM metrics_delta WHERE id <= (
        SELECT max(id) FROM (SELECT id FROM metrics_delta ORDER BY id LIMIT %s) AS oldest
    ) RETURNING item_id, day, value, sign, weight, dims
), sums AS (
    SELECT taken.item_id, taken.day, d.dimension, d.member, taken.value,
           sum(taken.sign) AS n, sum(taken.sign * taken.weight) AS w,
           sum(taken.sign * taken.weight ^ 2) AS w2
    FROM taken CROSS JOIN LATERAL metrics_dimensions(taken.dims) AS d
    GROUP BY 1, 2, 3, 4, 5
)
MERGE INTO metrics_cell AS cell USING sums
ON (cell.item_id, cell.dimension, cell.day, cell.member, cell.value)
 = (sums.item_id, sums.dimension, sums.day, sums.member, sums.value)
WHEN MATCHED AND cell.n + sums.n = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET n = cell.n + sums.n, w = cell.w + sums.w, w2 = cell.w2 + sums.w2
WHEN NOT MATCHED AND sums.n <> 0 THEN
    INSERT (item_id, day, dimension, member, value, n, w, w2)
    VALUES (sums.item_id, sums.day, sums.dimension, sums.member, sums.value,
            sums.n, sums.w, sums.w2)
"""

OF_RESPONSES = """
SELECT o.* FROM surveys_response AS r CROSS JOIN LATERAL metrics_observed(
    r.id, r.survey_id, r.contact_id, r.account_id, r.unit_id, r.channel, r.status, r.is_test,
    r.completed_on, r.weight, r.answers, r.context, r.frozen) AS o
"""

DROP_WRONG = f"""
WITH expected AS ({OF_RESPONSES})
DELETE FROM metrics_observation AS kept WHERE NOT EXISTS (
    SELECT FROM expected AS o
    WHERE o.response_id = kept.response_id AND o.item_id = kept.item_id
      AND (o.person, o.account_id, o.day, o.value, o.weight, o.dims) IS NOT DISTINCT FROM
          (kept.person, kept.account_id, kept.day, kept.value, kept.weight, kept.dims)
)
"""  # noqa: S608

ADD_MISSING = f"""
INSERT INTO metrics_observation
    (response_id, item_id, person, account_id, day, value, weight, dims)
{OF_RESPONSES}
ON CONFLICT (response_id, item_id) DO NOTHING
"""

MARK_REPEATED = """
UPDATE metrics_item AS item SET repeated = true
WHERE NOT item.repeated AND (EXISTS (
    SELECT FROM metrics_observation AS o WHERE o.item_id = item.id
    GROUP BY o.person HAVING count(*) > 1
) OR EXISTS (
    SELECT FROM metrics_observation AS o WHERE o.item_id = item.id AND o.account_id IS NOT NULL
    GROUP BY o.account_id HAVING count(*) > 1
))
"""

# One statement, so one moment: the deltas it drops are exactly those whose observations it counts.
REBUILD = """
WITH dropped AS (
    DELETE FROM metrics_delta RETURNING id
), truth AS (
    SELECT o.item_id, o.day, d.dimension, d.member, o.value,
           count(*) AS n, sum(o.weight) AS w, sum(o.weight ^ 2) AS w2
    FROM metrics_observation AS o CROSS JOIN LATERAL metrics_dimensions(o.dims) AS d
    GROUP BY 1, 2, 3, 4, 5
), change AS (
    SELECT item_id, dimension, day, member, value, truth.n, truth.w, truth.w2
    FROM truth FULL JOIN metrics_cell AS cell USING (item_id, dimension, day, member, value)
)
MERGE INTO metrics_cell AS cell USING change
ON (cell.item_id, cell.dimension, cell.day, cell.member, cell.value)
 = (change.item_id, change.dimension, change.day, change.member, change.value)
WHEN MATCHED AND change.n IS NULL THEN DELETE
WHEN MATCHED THEN UPDATE SET n = change.n, w = change.w, w2 = change.w2
WHEN NOT MATCHED THEN
    INSERT (item_id, day, dimension, member, value, n, w, w2)
    VALUES (change.item_id, change.day, change.dimension, change.member, change.value,
            change.n, change.w, change.w2)
"""

DIFFERENCES = f"""
WITH truth AS (
    SELECT o.item_id, o.day, d.dimension, d.member, o.value,
           count(*) AS n, sum(o.weight) AS w, sum(o.weight ^ 2) AS w2
    FROM ({OF_RESPONSES}) AS o CROSS JOIN LATERAL metrics_dimensions(o.dims) AS d
    GROUP BY 1, 2, 3, 4, 5
), kept AS (
    SELECT item_id, day, dimension, member, value, sum(n) AS n, sum(w) AS w, sum(w2) AS w2
    FROM (
        SELECT item_id, day, dimension, member, value, n, w, w2 FROM metrics_cell
        UNION ALL
        SELECT x.item_id, x.day, d.dimension, d.member, x.value, x.sign, x.sign * x.weight,
               x.sign * x.weight ^ 2
        FROM metrics_delta AS x CROSS JOIN LATERAL metrics_dimensions(x.dims) AS d
    ) AS both_kinds
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(n) <> 0
)
SELECT item_id, day, dimension, member, value, coalesce(truth.n, 0), coalesce(kept.n, 0)
FROM truth FULL JOIN kept USING (item_id, day, dimension, member, value)
WHERE truth.n IS DISTINCT FROM kept.n
   OR abs(truth.w - kept.w) > 1e-6 * truth.n OR abs(truth.w2 - kept.w2) > 1e-6 * truth.n
ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608


def fold(limit: int = 20_000) -> int:
    """Move up to `limit` of the oldest deltas into cells. Out: how many; 0 while another folds."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Before the fold's own statement, so that its snapshot is later than the last folder's.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT count(*) FROM (SELECT FROM metrics_delta LIMIT %s) AS d", [limit])
        waiting = int(cursor.fetchone()[0])
        if waiting:
            cursor.execute(FOLD, [waiting])
        return waiting


@transaction.atomic
def rebuild() -> None:
    """Make observations and cells again from the answers; answers may keep coming meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        # Everything is read; nothing shall be compared with everything, however little the planner
        # expects.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for statement in (DROP_WRONG, ADD_MISSING, MARK_REPEATED, REBUILD):
            cursor.execute(statement)


def mark_repeated() -> int:
    """Find items one person or company answered twice where two answers arrived in the same moment
    and neither saw the other. Out: how many items."""
    with connection.cursor() as cursor:
        cursor.execute(MARK_REPEATED)
        return int(cursor.rowcount)


def differences() -> list[tuple[Any, ...]]:
    """Where cells and deltas differ from the answers: (item, day, dimension, member, value,
    what the answers say, what is kept)."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        return list(cursor.fetchall())
