"""The figures known beforehand of the airline file, from its answers down to the last decimal."""

import csv
from datetime import date
from pathlib import Path

import pytest

from metrics import rating, selectors
from metrics.folding import differences, fold
from metrics.models import Metric
from metrics.overview import sources
from metrics.periods import Period
from metrics.services import define_missing
from surveys.models import Response
from tests.metrics.factories import entry, make_survey, response

PLACES = [parent / "shared" / "data" / "airline" for parent in Path(__file__).resolve().parents]
FILE = next((p / "passengers.csv" for p in PLACES if p.exists()), Path("passengers.csv"))
DAY = date(2026, 10, 1)
PERIOD = Period(DAY, DAY)
KNOWN = {
    "Inflight wifi service": (12584, 31.05, 2.807),
    "Departure/Arrival time convenient": (12306, 49.01, 3.227),
    "Ease of Online booking": (12399, 33.93, 2.891),
    "Gate location": (13000, 36.73, 2.978),
    "Food and drink": (12990, 45.84, 3.229),
    "Online boarding": (12679, 51.12, 3.342),
    "Seat comfort": (13000, 56.45, 3.453),
    "Inflight entertainment": (12998, 52.99, 3.367),
    "On-board service": (12999, 52.80, 3.386),
    "Leg room service": (12941, 51.72, 3.366),
    "Baggage handling": (13000, 62.30, 3.634),
    "Checkin service": (13000, 48.62, 3.315),
    "Inflight service": (12999, 63.24, 3.656),
    "Cleanliness": (12999, 47.98, 3.291),
}


def rows():
    with FILE.open(newline="") as lines:
        return list(csv.DictReader(lines))


def answers_of(row):
    given = {f"q{i}": int(row[name]) for i, name in enumerate(KNOWN)}
    return {key: value or {"na": True} for key, value in given.items()}


@pytest.mark.skipif(not FILE.exists(), reason="no shared/data/airline beside the clone")
def test_airline_figures_are_exact(owner, designer):
    questions = {f"q{i}": entry("rating", label=name) for i, name in enumerate(KNOWN)}
    survey = make_survey(owner, name="Flight ratings", questions=questions)
    define_missing()
    Response.objects.bulk_create(
        [
            response(
                survey,
                answers_of(row),
                channel="import",
                completed_on=DAY,
                frozen={"class": row["Class"], "loyalty": row["Customer Type"]},
            )
            for row in rows()
        ]
    )
    fold(60_000)
    by_name = {
        source.metric.name: source for source in sources(Metric.objects.all(), user=designer)
    }
    dimensions = ("all", "a:class")
    for name, (n, csat, mean) in KNOWN.items():
        source = by_name[name]
        [found] = selectors.groups(source.item_ids, [PERIOD], dimensions=dimensions)
        score = rating.score(source.version, found["all", ""], PERIOD)
        assert (score.n, round(score.value, 2), round(score.mean, 3)) == (n, csat, mean), name
        if name == "Inflight wifi service":
            for member, figures in {
                "Business": (5963, 35.28),
                "Eco": (5691, 26.74),
                "Eco Plus": (930, 30.22),
            }.items():
                part = rating.score(source.version, found["a:class", member], PERIOD)
                assert (part.n, round(part.value, 2)) == figures
    pooled = by_name["All ratings of Flight ratings"]
    [[found]] = selectors.clusters([pooled.pool], [PERIOD])
    score = rating.score(pooled.version, found["all", ""], PERIOD)
    assert (score.n, score.people) == (179_894, 13_000)
    assert score.value == pytest.approx(48.926, abs=0.0005)
    assert score.estimate.se == pytest.approx(0.214, abs=0.0005)
    assert score.estimate.naive_se == pytest.approx(0.118, abs=0.0005)
    while fold(100_000):
        pass
    [folded] = selectors.groups(pooled.item_ids, [PERIOD])
    assert folded["all", ""].values == found["all", ""].values
    assert differences() == []
