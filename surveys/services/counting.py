"""How many answers each survey has, kept by day so that no page counts responses."""

from typing import Any

from django.db import connection, transaction

# Sums stay what they were whoever else folds: each row is taken by exactly one statement. An array
# is gathered once, where a list could be gathered anew for every row.
FOLD = """
WITH taken AS (
    DELETE FROM surveys_answercount WHERE id = ANY (ARRAY(
        SELECT unnest(array_agg(id)) FROM surveys_answercount
        GROUP BY survey_id, day HAVING count(*) > 1
    )) RETURNING survey_id, day, n
)
INSERT INTO surveys_answercount (survey_id, day, n)
SELECT survey_id, day, sum(n) FROM taken GROUP BY 1, 2 HAVING sum(n) <> 0
"""

OF_RESPONSES = """
SELECT survey_id, completed_on AS day, count(*) AS n FROM surveys_response
WHERE status = 'complete' AND NOT is_test GROUP BY 1, 2
"""

# One statement, so one moment: answers that come meanwhile are neither dropped nor counted.
RECOUNT = f"""
WITH dropped AS (DELETE FROM surveys_answercount RETURNING id)
INSERT INTO surveys_answercount (survey_id, day, n) {OF_RESPONSES}
"""  # noqa: S608

DIFFERENCES = f"""
WITH truth AS ({OF_RESPONSES}), kept AS (
    SELECT survey_id, day, sum(n) AS n FROM surveys_answercount GROUP BY 1, 2 HAVING sum(n) <> 0
)
SELECT survey_id, day, coalesce(truth.n, 0)::bigint, coalesce(kept.n, 0)::bigint
FROM truth FULL JOIN kept USING (survey_id, day)
WHERE truth.n IS DISTINCT FROM kept.n ORDER BY 1, 2
"""  # noqa: S608


def fold_counts() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FOLD)


@transaction.atomic
def recount_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)


def count_differences() -> list[tuple[Any, ...]]:
    """Where the counts kept differ from the responses: (survey, day, what these say, what is
    kept)."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        return list(cursor.fetchall())
