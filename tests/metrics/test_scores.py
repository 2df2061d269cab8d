import random
from collections import Counter
from itertools import combinations, pairwise
from math import exp, inf, lgamma, log
from statistics import mean as plain_mean
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from metrics.scores import ScoreError, finite_population, mean, nps, share

nps_counts = st.dictionaries(st.integers(0, 10), st.integers(0, 60)).filter(
    lambda counts: sum(counts.values()) > 0
)
five_counts = st.dictionaries(st.integers(1, 5), st.integers(0, 60)).filter(
    lambda counts: sum(counts.values()) > 0
)
raw_scores = st.lists(st.integers(0, 10), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("counts", "value", "se", "low", "high"),
    [
        ({10: 50, 8: 30, 3: 20}, 30, 7.810, 14.05, 44.20),
        ({9: 120, 7: 50, 0: 30}, 45, 5.232, 34.14, 54.53),
        ({10: 10}, 100, 0, 47.5, 100),
    ],
)
def test_nps_reproduces_the_worked_examples(counts, value, se, low, high):
    score = nps(counts)
    assert score.value == value
    assert score.se == pytest.approx(se, abs=0.0005)
    assert score.low == pytest.approx(low, abs=0.006)
    assert score.high == pytest.approx(high, abs=0.006)


def test_nps_interval_is_centred_on_the_adjusted_counts():
    assert nps({10: 50, 8: 30, 3: 20}).centre == pytest.approx(29.13, abs=0.005)


def test_nps_promises_its_units_and_method():
    score = nps({9: 3, 2: 1})
    assert (score.unit, score.method, score.scale_min, score.scale_max, score.n, score.people) == (
        "points",
        "adjusted Wald",
        -100,
        100,
        4,
        4,
    )


@given(raw_scores)
def test_nps_agrees_with_the_raw_lines(scores):
    recoded = [1 if s >= 9 else -1 if s <= 6 else 0 for s in scores]
    padded = [(r, 1.0) for r in recoded] + [(1, 0.75), (-1, 0.75), (0, 1.5)]
    weight = sum(w for _, w in padded)
    centre = sum(r * w for r, w in padded) / weight
    se = (sum(w * (r - centre) ** 2 for r, w in padded) / weight / weight) ** 0.5
    score = nps(Counter(scores))
    assert score.value == pytest.approx(100 * plain_mean(recoded))
    assert score.low == pytest.approx(max(-100, 100 * (centre - 1.959963984540054 * se)))
    assert score.high == pytest.approx(min(100, 100 * (centre + 1.959963984540054 * se)))


@given(raw_scores, st.randoms())
def test_no_score_depends_on_the_order_of_answers(scores, rng):
    shuffled = scores[:]
    rng.shuffle(shuffled)
    first, second = Counter(scores), Counter(shuffled)
    assert nps(first) == nps(second)
    assert share(first, {9, 10}) == share(second, {9, 10})
    assert mean(first, 0, 10) == mean(second, 0, 10)


@given(nps_counts)
def test_adding_a_promoter_never_lowers_nps(counts):
    more = Counter(counts) + Counter({9: 1})
    assert nps(more).value >= nps(counts).value
    assert nps(more).centre > nps(counts).centre


@given(nps_counts, five_counts)
def test_every_interval_has_width_and_holds_its_adjusted_centre(tens, fives):
    for score in (nps(tens), share(fives, {4, 5}), mean(fives, 1, 5)):
        assert score.scale_min <= score.low < score.high <= score.scale_max
        assert score.low <= score.centre <= score.high


@given(nps_counts, five_counts, st.integers(2, 9))
def test_intervals_narrow_as_answers_grow(tens, fives, times):
    many_tens = {value: n * times for value, n in tens.items()}
    many_fives = {value: n * times for value, n in fives.items()}
    pairs = [
        (nps(tens), nps(many_tens)),
        (share(fives, {4, 5}), share(many_fives, {4, 5})),
        (mean(fives, 1, 5), mean(many_fives, 1, 5)),
    ]
    for few, many in pairs:
        assert many.value == pytest.approx(few.value)
        assert many.centre_se < few.centre_se


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(42, 60, 57.49, 80.10), (9, 10, 59.58, 98.21)]
)
def test_share_reproduces_the_worked_examples(hits, n, low, high):
    score = share({5: hits, 2: n - hits}, {4, 5})
    assert score.value == pytest.approx(100 * hits / n)
    assert (score.low, score.high) == pytest.approx((low, high), abs=0.006)


@pytest.mark.parametrize("n", [1, 2, 7, 10, 60, 997])
def test_share_agrees_with_statsmodels(n):
    for hits in {0, 1, n // 3, n // 2, n - 1, n}:
        low, high = proportion_confint(hits, n, method="wilson")
        score = share({1: hits, 0: n - hits}, {1})
        assert (score.low, score.high) == pytest.approx((100 * low, 100 * high), abs=1e-9)


def test_share_counts_any_box():
    assert share({1: 2, 2: 3, 5: 5, 7: 10}, {5, 6, 7}).value == 75
    assert share({1: 2}, set()).value == 0


@given(st.lists(st.integers(1, 5), min_size=2, max_size=40))
def test_mean_agrees_with_the_raw_lines(answers):
    weights = [(x, 1.0) for x in answers] + [(x, 0.2) for x in range(1, 6)]
    total = len(answers) + 1
    centre = sum(x * w for x, w in weights) / total
    variance = sum(w * (x - centre) ** 2 for x, w in weights) / (total - 1)
    reach = stats.t.ppf(0.975, total - 1) * (variance / total) ** 0.5
    score = mean(Counter(answers), 1, 5)
    assert score.value == pytest.approx(plain_mean(answers))
    assert score.se == pytest.approx(stdev(answers) / len(answers) ** 0.5, abs=1e-9)
    assert score.low == pytest.approx(max(1, centre - reach))
    assert score.high == pytest.approx(min(5, centre + reach))
    assert score.df == len(answers)


def test_one_answer_has_an_interval_but_no_error():
    score = mean({5: 1}, 1, 5)
    assert score.se is None
    assert (score.value, score.low, score.high) == (5, 1, 5)


@pytest.mark.parametrize("n", [5, 10, 20])
def test_mean_interval_covers_the_truth_as_often_as_it_says(n):
    chances = (0.01, 0.02, 0.05, 0.22, 0.70)
    truth = sum(value * p for value, p in enumerate(chances, 1))
    covered = 0.0
    for bars in combinations(range(n + 4), 4):
        edges = (-1, *bars, n + 4)
        times = [right - left - 1 for left, right in pairwise(edges)]
        log_chance = lgamma(n + 1) + sum(
            k * log(p) - lgamma(k + 1) for k, p in zip(times, chances, strict=True)
        )
        score = mean(dict(enumerate(times, 1)), 1, 5)
        if score.low <= truth <= score.high:
            covered += exp(log_chance)
    assert covered >= 0.95


@pytest.mark.parametrize("score", [nps({}), nps({3: 0}), share({}, {4}), mean({}, 1, 5)])
def test_no_answers_give_no_numbers(score):
    assert (score.n, score.people, score.df) == (0, 0, inf)
    assert (score.value, score.low, score.high, score.se, score.centre) == (None,) * 5
    assert score.is_thin
    assert score.design_effect is None


def test_under_ten_answers_are_thin():
    assert nps({9: 9}).is_thin
    assert not nps({9: 10}).is_thin


@pytest.mark.parametrize(
    "counted",
    [
        lambda: nps({11: 1}),
        lambda: nps({-1: 1}),
        lambda: nps({5: -1, 6: 3}),
        lambda: mean({0: 1}, 1, 5),
        lambda: mean({6: 1}, 1, 5),
        lambda: mean({3: 1}, 5, 1),
        lambda: share({4: -1, 1: 2}, {4}),
    ],
)
def test_refuses_counts_that_cannot_be(counted):
    with pytest.raises(ScoreError):
        counted()


def test_an_off_scale_value_counted_zero_times_is_no_answer():
    assert nps({11: 0, 9: 2}).value == 100


def test_a_known_population_narrows_the_error():
    assert finite_population(2.0, 50, 101) == pytest.approx(2 * (51 / 100) ** 0.5)
    assert finite_population(2.0, 101, 101) == 0
    assert finite_population(2.0, 1, 1) == 0


@pytest.mark.parametrize(("n", "population"), [(0, 5), (6, 5)])
def test_refuses_more_answers_than_people(n, population):
    with pytest.raises(ScoreError, match="population"):
        finite_population(1.0, n, population)


def test_known_population_agrees_with_drawing_without_replacement():
    rng = random.Random(7)
    population = [1] * 40 + [0] * 60
    drawn = [plain_mean(rng.sample(population, 50)) for _ in range(4000)]
    assert finite_population((0.24 / 50) ** 0.5, 50, 100) == pytest.approx(stdev(drawn), rel=0.05)
