import csv
import random
from collections import Counter
from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.clusters import ClusterSums, clustered_mean, clustered_nps, clustered_share, ratio
from metrics.scores import ScoreError, mean, nps, share

AIRLINE = Path(__file__).parents[3] / "shared" / "data" / "airline" / "passengers.csv"
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
BOX = {4, 5}
people_of_scores = st.lists(
    st.lists(st.integers(0, 10), min_size=1, max_size=6), min_size=1, max_size=25
)


@pytest.fixture(scope="module")
def passengers():
    if not AIRLINE.exists():
        pytest.skip("The airline ratings lie outside the repository and are not on this machine.")
    with AIRLINE.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def ratings(passengers, question):
    # 0 means not applicable: not an answer.
    return Counter(int(row[question]) for row in passengers if row[question] != "0")


@pytest.mark.parametrize("question", KNOWN)
def test_airline_questions_read_as_known_beforehand(passengers, question):
    n, csat, average = KNOWN[question]
    counts = ratings(passengers, question)
    top, scored = share(counts, BOX), mean(counts, 1, 5)
    assert (top.n, round(top.value, 2), round(scored.value, 3)) == (n, csat, average)
    assert top.low < top.value < top.high
    assert scored.low < scored.value < scored.high


@pytest.mark.parametrize(
    ("cabin", "csat", "n"),
    [("Business", 35.28, 5963), ("Eco", 26.74, 5691), ("Eco Plus", 30.22, 930)],
)
def test_airline_wifi_by_class_reads_as_known_beforehand(passengers, cabin, csat, n):
    flown = [row for row in passengers if row["Class"] == cabin]
    score = share(ratings(flown, "Inflight wifi service"), BOX)
    assert (score.n, round(score.value, 2)) == (n, csat)


def test_airline_ratings_pooled_are_clustered_by_person(passengers):
    given_by = [[int(row[q]) for q in KNOWN if row[q] != "0"] for row in passengers]
    sums = ClusterSums.of((sum(v in BOX for v in values), len(values)) for values in given_by)
    score = clustered_share(sums)
    assert (score.n, score.people) == (179_894, 13_000)
    assert round(score.value / 100, 5) == 0.48926
    assert round(score.naive_se / 100, 5) == 0.00118
    assert round(score.se / 100, 5) == 0.00214
    assert round(score.design_effect, 2) == 3.31
    assert score.high - score.low == pytest.approx(2 * 1.96 * score.se, rel=0.001)


@given(people_of_scores)
def test_ratio_agrees_with_a_loop_over_people(people):
    sums = ClusterSums.of((sum(scores), len(scores)) for scores in people)
    value = sum(map(sum, people)) / sum(map(len, people))
    squares = sum((sum(scores) - value * len(scores)) ** 2 for scores in people)
    found = ratio(sums)
    assert found.value == pytest.approx(value)
    assert found.se == pytest.approx(sqrt(squares) / sum(map(len, people)), abs=1e-9)


@given(people_of_scores, st.integers(0, 25))
def test_sums_of_different_people_merge(people, cut):
    pairs = [(sum(scores), len(scores)) for scores in people]
    assert ClusterSums.of(pairs[:cut]) + ClusterSums.of(pairs[cut:]) == ClusterSums.of(pairs)


def test_people_without_answers_are_not_counted():
    assert ClusterSums.of([(2, 3), (0, 0)]).clusters == 1


def same(first, second):
    for field in ("value", "low", "high", "centre", "centre_se", "variance", "n", "people", "df"):
        assert getattr(first, field) == pytest.approx(getattr(second, field)), field


def recoded(scores):
    return sum((s >= 9) - (s <= 6) for s in scores)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=40))
def test_one_answer_each_gives_the_unclustered_interval(scores):
    counts = Counter(scores)
    same(clustered_nps(counts, ClusterSums.of((recoded([s]), 1) for s in scores)), nps(counts))
    same(clustered_share(ClusterSums.of((s >= 9, 1) for s in scores)), share(counts, {9, 10}))
    same(clustered_mean(counts, ClusterSums.of((s, 1) for s in scores), 0, 10), mean(counts, 0, 10))


@given(people_of_scores)
def test_clustered_answers_are_never_worth_more_than_they_number(people):
    counts = Counter(s for scores in people for s in scores)
    pairs = [
        (clustered_nps(counts, ClusterSums.of((recoded(s), len(s)) for s in people)), nps(counts)),
        (
            clustered_mean(counts, ClusterSums.of((sum(s), len(s)) for s in people), 0, 10),
            mean(counts, 0, 10),
        ),
    ]
    for clustered, plain in pairs:
        assert clustered.value == pytest.approx(plain.value)
        assert (clustered.n, clustered.people) == (plain.n, len(people))
        assert clustered.centre_se >= plain.centre_se - 1e-9
        assert clustered.low <= clustered.centre <= clustered.high


def test_repeating_every_answer_adds_no_certainty():
    scores = [10] * 30 + [8] * 20 + [3] * 10
    counts = Counter(scores)
    once = nps(counts)
    tenfold = clustered_nps(
        Counter({value: 10 * n for value, n in counts.items()}),
        ClusterSums.of((10 * recoded([s]), 10) for s in scores),
    )
    assert tenfold.design_effect == pytest.approx(10)
    assert tenfold.se == pytest.approx(once.se)
    assert tenfold.high - tenfold.low >= once.high - once.low


def test_one_person_is_worth_one_answer():
    score = clustered_share(ClusterSums.of([(30, 40)]))
    assert (score.n, score.people, score.value) == (40, 1, 75)
    assert score.is_thin
    assert score.high - score.low > 60


def test_people_who_all_say_the_same_are_worth_one_answer_each():
    score = clustered_share(ClusterSums.of([(5, 5)] * 12))
    alone = share({1: 12}, {1})
    assert (score.low, score.high) == pytest.approx((alone.low, alone.high))
    assert score.design_effect is None


def test_few_people_widen_the_interval_beyond_their_design_effect():
    sums = ClusterSums.of([(5, 10), (6, 10), (4, 10), (5, 10)])
    plain = share({1: 20, 0: 20}, {1})
    score = clustered_share(sums)
    assert score.design_effect < 1
    assert score.high - score.low > plain.high - plain.low


def test_clustered_interval_covers_where_the_plain_one_fails():
    rng = random.Random(11)
    covered = plain_covered = 0
    for _ in range(600):
        people = [
            (sum(rng.random() < p for _ in range(8)), 8) for p in rng.choices((0.3, 0.9), k=15)
        ]
        sums = ClusterSums.of(people)
        score = clustered_share(sums)
        alone = share({1: sums.y, 0: sums.m - sums.y}, {1})
        covered += score.low <= 60 <= score.high
        plain_covered += alone.low <= 60 <= alone.high
    assert covered / 600 >= 0.93
    assert plain_covered / 600 <= 0.80


def test_no_answers_give_no_numbers():
    for score in (
        clustered_share(ClusterSums()),
        clustered_nps({}, ClusterSums()),
        clustered_mean({}, ClusterSums(), 1, 5),
    ):
        assert (score.n, score.people, score.value, score.low, score.se) == (0, 0, None, None, None)
        assert score.method.endswith("clustered by person")


@pytest.mark.parametrize(
    "refused",
    [
        lambda: clustered_nps({9: 2}, ClusterSums.of([(1, 1)])),
        lambda: clustered_nps({9: 2}, ClusterSums.of([(-2, 2)])),
        lambda: clustered_mean({5: 2}, ClusterSums.of([(9, 2)]), 1, 5),
        lambda: clustered_share(ClusterSums.of([(3, 2)])),
        lambda: clustered_share(ClusterSums(y=1, m=2, yy=1, ym=2, mm=4, clusters=3)),
        lambda: clustered_share(ClusterSums(y=1, m=2, yy=1, ym=2, mm=4, clusters=0)),
        lambda: ratio(ClusterSums()),
        lambda: ratio(ClusterSums(y=10, m=10, yy=0, ym=10, mm=10, clusters=10)),
    ],
)
def test_refuses_sums_that_cannot_be(refused):
    with pytest.raises(ScoreError):
        refused()
