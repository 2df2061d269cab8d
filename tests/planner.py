"""What the planner believes, made wrong as a bulk load makes it, and how much work it then does."""

import json
import time
from collections.abc import Callable

from django.db import connection


def believe_empty(*tables: str) -> None:
    """Have statistics say there is nothing where deleted rows left their pages behind."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
            cursor.execute(f"ANALYZE {table}")


def rows_handled(statement: str, params: list | None = None) -> int:
    """Carry the statement out; the rows that all steps of its plan passed on or threw away."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", params)
        (plan,) = cursor.fetchone()
    return _rows(json.loads(plan)[0]["Plan"] if isinstance(plan, str) else plan[0]["Plan"])


def _rows(step: dict) -> int:
    thrown = sum(step.get(f"Rows Removed by {by}", 0) for by in ("Filter", "Join Filter"))
    own = (step["Actual Rows"] + thrown) * step["Actual Loops"]
    return own + sum(_rows(part) for part in step.get("Plans", []))


def slowdown(prepare: Callable[[int], Callable[[], object]], few: int, many: int) -> float:
    """How many times longer one of many takes than one of few: hardly more than 1 where work grows
    with their number, `many / few` where each is compared with each."""
    return _seconds(prepare(many)) / many / (_seconds(prepare(few)) / few)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
