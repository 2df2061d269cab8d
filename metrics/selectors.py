"""What is counted: each question is one statement over cells and the deltas not yet folded.

A committed answer is therefore in the next number read. Only `clusters` reads observations; pages
that use it say so.
"""

import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from metrics.clusters import ClusterSums
from metrics.hearing import HEARD
from metrics.periods import Period

ALL, UNIT, TOUCHPOINT = "all", "unit", "touchpoint"

# Everything every read counts, once: folded, and still waiting.
KEPT = """(
    SELECT item_id, day, dimension, member, value, n FROM metrics_cell
    WHERE item_id = ANY (%(items)s) AND dimension = ANY (%(dimensions)s::text[])
      AND day >= %(first)s AND day < %(after)s
    UNION ALL
    SELECT x.item_id, x.day, d.dimension, d.member, x.value, x.sign
    FROM metrics_delta AS x CROSS JOIN LATERAL metrics_dimensions(x.dims) AS d
    WHERE x.item_id = ANY (%(items)s) AND d.dimension = ANY (%(dimensions)s::text[])
      AND x.day >= %(first)s AND x.day < %(after)s
) AS kept"""

# The same, and under each touchpoint what it heard: all of its days less what names one itself.
KEPT_AND_HEARD = f"""(
    WITH kept AS MATERIALIZED (SELECT * FROM {KEPT})
    SELECT * FROM kept
    UNION ALL
    SELECT kept.item_id, kept.day, 'touchpoint', heard.name, kept.value,
           CASE kept.dimension WHEN 'all' THEN kept.n ELSE -kept.n END
    FROM kept JOIN {HEARD}
      ON heard.item_id = kept.item_id AND kept.day BETWEEN heard.first AND heard.last
    WHERE kept.dimension IN ('all', 'touchpoint')
) AS kept"""  # noqa: S608

COUNTS, COUNTS_AND_HEARD = (
    f"""
SELECT width_bucket(day, %(edges)s::date[]) - 1, item_id, dimension, member, value, sum(n)::bigint
FROM {source} GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
"""  # noqa: S608
    for source in (KEPT, KEPT_AND_HEARD)
)

SPAN = """
SELECT least(
    (SELECT min(first.day) FROM unnest(%(items)s::bigint[]) AS i CROSS JOIN LATERAL (
        SELECT day FROM metrics_cell WHERE item_id = i AND dimension = 'all' ORDER BY day LIMIT 1
    ) AS first),
    (SELECT min(day) FROM metrics_delta WHERE item_id = ANY (%(items)s))
), greatest(
    (SELECT max(last.day) FROM unnest(%(items)s::bigint[]) AS i CROSS JOIN LATERAL (
        SELECT day FROM metrics_cell WHERE item_id = i AND dimension = 'all'
        ORDER BY day DESC LIMIT 1
    ) AS last),
    (SELECT max(day) FROM metrics_delta WHERE item_id = ANY (%(items)s))
)
"""

# Answers first gathered by person and value, then summed all ways: by company or person for the
# error, by person to know how many they are, by value for the distribution. One statement, so that
# these never disagree.
CLUSTERS = f"""
WITH gathered AS MATERIALIZED (
    SELECT s.pool, p.number - 1 AS period, d.dimension, d.member, o.account_id, o.person, o.value,
           s.y, count(*) AS n
    FROM metrics_observation AS o
    JOIN unnest(%(pools)s::int[], %(items)s::bigint[], %(values)s::smallint[], %(points)s::int[])
      AS s(pool, item_id, value, y) ON s.item_id = o.item_id AND s.value = o.value
    JOIN unnest(%(firsts)s::date[], %(lasts)s::date[]) WITH ORDINALITY AS p(first, last, number)
      ON o.day BETWEEN p.first AND p.last
    LEFT JOIN {HEARD}
      ON heard.item_id = o.item_id AND o.day BETWEEN heard.first AND heard.last
    LEFT JOIN unnest(%(about_pools)s::int[], %(about)s::text[]) AS about(pool, name)
      ON about.pool = s.pool AND about.name = coalesce(o.dims ->> 'touchpoint', heard.name)
    CROSS JOIN LATERAL (
        SELECT 'all' AS dimension, '' AS member WHERE 'all' = ANY (%(dimensions)s::text[])
        UNION ALL
        SELECT name, coalesce(o.dims ->> name, '') FROM unnest(%(dimensions)s::text[]) AS name
        WHERE name NOT IN ('all', 'unit', 'touchpoint')
        UNION ALL
        SELECT 'touchpoint', coalesce(o.dims ->> 'touchpoint', heard.name, '')
        WHERE 'touchpoint' = ANY (%(dimensions)s::text[])
        UNION ALL
        SELECT 'unit', jsonb_array_elements_text(coalesce(
            %(above)s::jsonb -> (o.dims ->> 'unit'),
            jsonb_build_array(coalesce(o.dims ->> 'unit', ''))
        )) WHERE 'unit' = ANY (%(dimensions)s::text[])
    ) AS d
    WHERE o.item_id = ANY (%(items)s) AND o.day BETWEEN %(first)s AND %(last)s
      AND (about.pool IS NOT NULL OR cardinality(%(about_pools)s::int[]) = 0)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
), people AS (
    SELECT pool, period, dimension, member, account_id, person, sum(n * y) AS y, sum(n) AS m
    FROM gathered GROUP BY 1, 2, 3, 4, 5, 6
), clusters AS (
    SELECT pool, period, dimension, member, sum(y) AS y, sum(m) AS m
    FROM people GROUP BY 1, 2, 3, 4, account_id, CASE WHEN account_id IS NULL THEN person END
)
SELECT 'sums', pool, period, dimension, member, sum(y)::bigint, sum(m)::bigint,
       sum(y * y)::bigint, sum(y * m)::bigint, sum(m * m)::bigint, count(*)
FROM clusters GROUP BY 2, 3, 4, 5
UNION ALL
SELECT 'people', pool, period, dimension, member, count(DISTINCT person),
       count(DISTINCT account_id), 0, 0, 0, 0
FROM people GROUP BY 2, 3, 4, 5
UNION ALL
SELECT 'value', pool, period, dimension, member, value, sum(n)::bigint, 0, 0, 0, 0
FROM gathered GROUP BY 2, 3, 4, 5, 6
"""  # noqa: S608

type Member = tuple[str, str]
# In: the unit of an answer. Out: the members of the dimension "unit" that it counts for.
type Above = Mapping[str, Sequence[str]]


@dataclass(slots=True)
class Group:
    """The answers of one group: how many gave each value and, where read, who hangs together."""

    values: Counter[int] = field(default_factory=Counter)
    sums: ClusterSums | None = None
    persons: int = 0
    companies: int = 0

    @property
    def n(self) -> int:
        return sum(self.values.values())

    @property
    def people(self) -> int:
        return self.n if self.sums is None else self.persons


@dataclass(frozen=True, slots=True)
class Pool:
    """Items taken together, and what each value adds to its cluster's sum."""

    item_ids: Sequence[int]
    points: Mapping[int, int]
    # Only answers about these, where given.
    touchpoints: frozenset[str] = frozenset()


type Groups = list[dict[Member, Group]]


def counts(
    item_ids: Sequence[int], periods: Sequence[Period], *, dimensions: Sequence[str] = (ALL,)
) -> list[dict[tuple[int, str, str], Counter[int]]]:
    """In: items, periods (which may overlap), dimensions. Out: for each period, how often each
    value was given, by (item, dimension, member). Touchpoints are told apart only beside ALL."""
    edges = sorted({p.start for p in periods} | {p.end + timedelta(days=1) for p in periods})
    cut: dict[int, dict[tuple[int, str, str], Counter[int]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    statement = COUNTS_AND_HEARD if TOUCHPOINT in dimensions else COUNTS
    for piece, item, dimension, member, value, n in _rows(
        statement,
        items=list(item_ids),
        dimensions=list(dimensions),
        first=edges[0],
        after=edges[-1],
        edges=edges,
    ):
        cut[piece][item, dimension, member][value] += n
    return [_joined(cut, edges, period) for period in periods]


def groups(
    item_ids: Sequence[int],
    periods: Sequence[Period],
    *,
    dimensions: Sequence[str] = (ALL,),
    above: Above | None = None,
) -> Groups:
    """The same with the items taken together: for each period, groups by (dimension, member).

    `above` makes units count for what they are part of.
    """
    result: Groups = []
    for counted in counts(item_ids, periods, dimensions=dimensions):
        together: dict[Member, Group] = defaultdict(Group)
        for (_item, dimension, member), values in counted.items():
            wider = (above or {}).get(member) if dimension == UNIT else None
            for each in wider or [member]:
                together[dimension, each].values.update(values)
        result.append(dict(together))
    return result


def clusters(
    pools: Sequence[Pool],
    periods: Sequence[Period],
    *,
    dimensions: Sequence[str] = (ALL,),
    above: Above | None = None,
) -> list[Groups]:
    """The same from observations, with the sums by cluster, for each pool of items.

    Either all pools keep to touchpoints or none does. Whoever has no value in a dimension is its
    member "". Somebody who answered in two units counts once for whatever holds both.
    """
    result: list[Groups] = [[defaultdict(Group) for _period in periods] for _pool in pools]
    worth = [
        (number, item, value, y)
        for number, pool in enumerate(pools)
        for item in pool.item_ids
        for value, y in pool.points.items()
    ]
    pool_of, items, values, points = ([row[i] for row in worth] for i in range(4))
    about = [(number, name) for number, pool in enumerate(pools) for name in pool.touchpoints]
    for kind, pool, period, dimension, member, *numbers in _rows(
        CLUSTERS,
        pools=pool_of,
        items=items,
        values=values,
        points=points,
        dimensions=list(dimensions),
        above=json.dumps(above or {}),
        about_pools=[number for number, _name in about],
        about=[name for _number, name in about],
        firsts=[p.start for p in periods],
        lasts=[p.end for p in periods],
        first=min(p.start for p in periods),
        last=max(p.end for p in periods),
    ):
        group = result[pool][period][dimension, member]
        if kind == "sums":
            group.sums = ClusterSums(*numbers)
        elif kind == "people":
            group.persons, group.companies = numbers[:2]
        else:
            group.values[numbers[0]] = numbers[1]
    return [[dict(found) for found in groups] for groups in result]


def span(item_ids: Iterable[int]) -> tuple[date | None, date | None]:
    """Out: the first and last day with an answer."""
    [(first, last)] = _rows(SPAN, items=list(item_ids))
    return first, last


def _joined(
    cut: Mapping[int, Mapping[tuple[int, str, str], Counter[int]]],
    edges: Sequence[date],
    period: Period,
) -> dict[tuple[int, str, str], Counter[int]]:
    """A period put together from the pieces that all periods' edges cut time into."""
    joined: dict[tuple[int, str, str], Counter[int]] = defaultdict(Counter)
    start = bisect_left(edges, period.start)
    end = bisect_left(edges, period.end + timedelta(days=1))
    for piece in range(start, end):
        for key, values in cut.get(piece, {}).items():
            joined[key].update(values)
    return dict(joined)


def _rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
