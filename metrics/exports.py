"""A reading as CSV: what the page withholds is withheld here."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.utils.translation import gettext as _

from metrics.periods import step_label
from metrics.rating import Score
from metrics.reading import Reading

# A cell starting so is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NUMBERS = ("value", "low", "high", "answers", "people")


def trend(reading: Reading) -> str:
    rows = [
        [step_label(s.period, reading.steps.step), s.period.start, s.period.end, *_numbers(s)]
        for s in reading.trend
    ]
    return _csv([[reading.steps.step, "from", "to", *NUMBERS], *rows])


def breakdown(reading: Reading) -> str:
    head = ["dimension", "group", "inside", *NUMBERS, "value_before", "verdict", "p", "p_after_all"]
    rows = []
    for table in reading.breakdowns:
        for row in table.rows:
            verdict = row.verdict
            judged = verdict is not None and verdict.word != "no_verdict"
            rows.append(
                [
                    table.label,
                    row.label,
                    row.inside,
                    *_numbers(row.score),
                    row.before.value if row.before else "",
                    verdict.word if verdict else "",
                    verdict.p_value if verdict and judged else "",
                    row.adjusted if row.adjusted is not None else "",
                ]
            )
    return _csv([head, *rows])


def _numbers(score: Score) -> list[object]:
    if score.withheld:
        return [_("withheld"), "", "", "", ""]
    estimate = score.estimate
    return [estimate.value, estimate.low, estimate.high, estimate.n, estimate.people]


def _csv(rows: Iterable[Sequence[object]]) -> str:
    out = StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_safe(value) for value in row])
    return out.getvalue()


def _safe(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return "" if value is None else value
