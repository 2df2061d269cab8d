import random
from collections import Counter
from itertools import pairwise
from math import comb, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from metrics.clusters import ClusterSums, clustered_share
from metrics.scores import ScoreError, mean, nps, share
from metrics.verdicts import (
    Verdict,
    benjamini_hochberg,
    change,
    default_margin,
    difference,
    is_good_direction,
    needed_n,
)

OPPOSITE = {"moved_up": "moved_down", "moved_down": "moved_up"}
some_counts = st.dictionaries(st.integers(0, 10), st.integers(0, 300)).filter(
    lambda counts: sum(counts.values()) > 0
)


def of(up, passive, down):
    return nps({10: up, 8: passive, 2: down})


def hits(k, n):
    return share({1: k, 0: n - k}, {1})


def test_difference_of_nps_uses_the_adjusted_counts():
    gap = difference(of(50, 30, 20), of(120, 50, 30))
    assert gap.z == pytest.approx(1.638, abs=0.0005)
    assert gap.df == inf


def test_change_of_the_worked_example_cannot_be_told():
    verdict = change(of(50, 30, 20), of(120, 50, 30))
    assert verdict.word == "cant_tell"
    assert verdict.difference == 15
    assert verdict.p_value == pytest.approx(2 * stats.norm.sf(1.638), abs=0.0005)
    assert verdict.low95 < 0 < verdict.high95
    assert verdict.needed_n > 100


@pytest.mark.parametrize(
    ("before", "after", "word", "small"),
    [
        (of(50, 30, 20), of(80, 15, 5), "moved_up", False),
        (of(80, 15, 5), of(50, 30, 20), "moved_down", False),
        (of(50_000, 30_000, 20_000), of(50_100, 30_000, 19_900), "not_moved", False),
        (of(50_000, 30_000, 20_000), of(51_000, 30_000, 19_000), "moved_up", True),
        (of(9, 0, 0), of(0, 0, 5000), "no_verdict", False),
        (of(0, 0, 5000), of(9, 0, 0), "no_verdict", False),
        (nps({}), of(50, 30, 20), "no_verdict", False),
        (hits(40, 100), hits(70, 100), "moved_up", False),
        (hits(4_000, 10_000), hits(4_020, 10_000), "not_moved", False),
        (hits(40, 100), hits(45, 100), "cant_tell", False),
        (mean({3: 40, 4: 40}, 1, 5), mean({4: 40, 5: 40}, 1, 5), "moved_up", False),
        (mean({3: 4000, 4: 4000}, 1, 5), mean({3: 4000, 4: 4000}, 1, 5), "not_moved", False),
        (mean({1: 10, 5: 10}, 1, 5), mean({1: 9, 5: 11}, 1, 5), "cant_tell", False),
    ],
)
def test_change_finds_the_word(before, after, word, small):
    verdict = change(before, after)
    assert (verdict.word, verdict.small) == (word, small)
    assert (verdict.needed_n is None) == (word != "cant_tell")


def test_margin_decides_what_has_not_moved():
    before, after = of(500, 300, 200), of(510, 300, 190)
    assert change(before, after, margin=5).word == "cant_tell"
    assert change(before, after, margin=12).word == "not_moved"


def test_change_with_an_empty_side_has_no_numbers():
    verdict = change(nps({}), of(50, 30, 20))
    assert verdict == Verdict("no_verdict", 5.0)


def test_ten_people_are_needed_as_well_as_ten_answers():
    few = clustered_share(ClusterSums.of([(10, 10)] * 9))
    assert change(few, hits(5, 100)).word == "no_verdict"


@given(some_counts, some_counts, st.sampled_from(["nps", "share", "mean"]))
def test_verdict_turns_round_with_the_periods(first, second, kind):
    score = {"nps": nps, "share": lambda c: share(c, {9, 10}), "mean": lambda c: mean(c, 0, 10)}[
        kind
    ]
    there, back = change(score(first), score(second)), change(score(second), score(first))
    assert back.word == OPPOSITE.get(there.word, there.word)
    assert back.difference == pytest.approx(-there.difference)
    assert (back.low95, back.high95) == pytest.approx((-there.high95, -there.low95))
    assert (back.low90, back.high90) == pytest.approx((-there.high90, -there.low90))
    assert (back.small, back.needed_n) == (there.small, there.needed_n)
    assert back.p_value == pytest.approx(there.p_value)


@given(some_counts, some_counts)
def test_verdict_keeps_its_own_rule(first, second):
    before, after = nps(first), nps(second)
    verdict = change(before, after)
    excludes_zero = verdict.low95 > 0 or verdict.high95 < 0
    inside = verdict.low90 > -5 and verdict.high90 < 5
    if min(before.n, after.n) < 10:
        assert verdict.word == "no_verdict"
    else:
        assert (verdict.word in OPPOSITE) == excludes_zero
        assert (verdict.word == "not_moved") == (inside and not excludes_zero)
    assert verdict.low95 <= verdict.low90 <= verdict.high90 <= verdict.high95
    if verdict.word in OPPOSITE:
        assert (verdict.difference > 0) == (verdict.word == "moved_up")
        assert verdict.p_value < 0.05
    if verdict.word == "cant_tell":
        assert verdict.needed_n > min(before.n, after.n)


def test_share_difference_adds_wilsons_answers_to_each_side():
    z = stats.norm.ppf(0.975)
    shares = [(42 + z * z / 2) / (60 + z * z), (66 + z * z / 2) / (80 + z * z)]
    sizes = [60 + z * z, 80 + z * z]
    se = sum(p * (1 - p) / n for p, n in zip(shares, sizes, strict=True)) ** 0.5
    gap = difference(hits(42, 60), hits(66, 80))
    assert (gap.centre, gap.se) == pytest.approx((100 * (shares[1] - shares[0]), 100 * se))


def test_mean_difference_is_welchs_on_padded_answers():
    first, second = [5] * 9 + [2, 3, 4], [5] * 3 + [1] * 20 + [4] * 7
    centres, variances, n = [], [], []
    for answers in (first, second):
        weights = np.array([1.0] * len(answers) + [0.2] * 5)
        values = np.array([*answers, 1, 2, 3, 4, 5])
        centres.append(np.average(values, weights=weights))
        spread = weights @ (values - centres[-1]) ** 2 / len(answers)
        variances.append(spread / (len(answers) + 1))
        n.append(len(answers))
    df = sum(variances) ** 2 / sum(v * v / k for v, k in zip(variances, n, strict=True))
    gap = difference(mean(Counter(first), 1, 5), mean(Counter(second), 1, 5))
    assert gap.df == pytest.approx(df)
    reach = stats.t.ppf(0.975, df) * sum(variances) ** 0.5
    centre = centres[1] - centres[0]
    assert gap.interval(0.95) == pytest.approx((centre - reach, centre + reach))


def false_changes_of_nps(n, up, down):
    """Exact: every pair of samples of n from one population, weighed by its chance."""
    rows = []
    for u in range(n + 1):
        for d in range(n + 1 - u):
            chance = comb(n, u) * comb(n - u, d) * up**u * down**d * (1 - up - down) ** (n - u - d)
            score = of(u, n - u - d, d)
            rows.append((score.centre, score.centre_se, chance))
    centre, se, chance = (np.array(column) for column in zip(*rows, strict=True))
    z = (centre[:, None] - centre) / np.hypot(se[:, None], se)
    return float((np.outer(chance, chance) * (abs(z) > 1.959964)).sum())


@pytest.mark.parametrize(("n", "rate"), [(8, 0.015), (30, 0.037)])
def test_false_changes_of_nps_are_as_rare_as_stated(n, rate):
    assert false_changes_of_nps(n, 0.7, 0.1) == pytest.approx(rate, abs=0.001)


@pytest.mark.parametrize(("n", "m"), [(10, 10), (30, 30), (10, 100), (10, 1000)])
def test_false_changes_of_shares_stay_near_five_percent(n, m):
    few, many = [hits(k, n) for k in range(n + 1)], [hits(k, m) for k in range(m + 1)]
    first = np.array([(e.centre, e.centre_se) for e in few])
    second = np.array([(e.centre, e.centre_se) for e in many])
    z = (first[:, None, 0] - second[:, 0]) / np.hypot(first[:, None, 1], second[:, 1])
    for p in np.linspace(0.02, 0.98, 25):
        chance = np.outer(stats.binom.pmf(range(n + 1), n, p), stats.binom.pmf(range(m + 1), m, p))
        assert (chance * (abs(z) > 1.959964)).sum() <= 0.053


def test_false_changes_of_means_stay_under_five_percent():
    rng = random.Random(3)
    called = 0
    for _ in range(1500):
        sides = [
            mean(Counter(rng.choices(range(1, 6), (1, 2, 5, 22, 70), k=15)), 1, 5) for _ in range(2)
        ]
        called += change(*sides).word in OPPOSITE
    assert called / 1500 <= 0.05


def test_shared_people_narrow_the_difference():
    before, after = of(50, 30, 20), of(60, 25, 15)
    alone, shared = difference(before, after), difference(before, after, covariance=20.0)
    assert shared.se**2 == pytest.approx(alone.se**2 - 40)
    assert shared.centre == alone.centre
    with pytest.raises(ScoreError, match="covariance"):
        difference(before, after, covariance=1000.0)


def test_needed_answers_are_the_stated_ones():
    assert needed_n(0.61, 0.05) == 3830
    assert needed_n(0.61, 0.10) == 958
    assert needed_n(6100, 5) == 3830


def test_needed_answers_bring_the_stated_power():
    n = needed_n(0.61, 0.05)
    se = (2 * 0.61 / n) ** 0.5
    assert stats.norm.sf(1.959964 - 0.05 / se) == pytest.approx(0.8, abs=0.0005)


def test_needed_answers_grow_with_the_design_effect():
    sums = ClusterSums.of([(0, 4)] * 30 + [(4, 4)] * 30)
    verdict = change(clustered_share(sums), clustered_share(sums))
    plain = change(hits(120, 240), hits(120, 240))
    assert verdict.needed_n > 3.9 * plain.needed_n


@pytest.mark.parametrize(
    ("estimate", "margin"),
    [
        (nps({9: 1}), 5),
        (hits(1, 2), 5),
        (mean({3: 1}, 1, 5), 0.2),
        (mean({3: 1}, 1, 7), 0.3),
        (mean({3: 1}, 0, 10), 0.5),
    ],
)
def test_default_margin_follows_the_scale(estimate, margin):
    assert default_margin(estimate) == pytest.approx(margin)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: change(of(5, 5, 5), hits(5, 15)),
        lambda: change(mean({3: 20}, 1, 5), mean({3: 20}, 1, 7)),
        lambda: change(of(5, 5, 5), of(5, 5, 5), margin=0),
        lambda: difference(nps({}), of(5, 5, 5)),
        lambda: needed_n(0.61, 0),
        lambda: needed_n(0, 0.05),
        lambda: benjamini_hochberg([0.5, 1.5]),
    ],
)
def test_refuses_what_cannot_be_compared(refused):
    with pytest.raises(ScoreError):
        refused()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_agree_with_statsmodels(pvalues):
    expected = multipletests(pvalues, method="fdr_bh")[1]
    assert benjamini_hochberg(pvalues) == pytest.approx(list(expected))


def test_adjusted_p_values_keep_order_and_place():
    adjusted = benjamini_hochberg([0.04, 0.001, 0.5, 0.03])
    assert adjusted == pytest.approx([0.16 / 3, 0.004, 0.5, 0.16 / 3])
    assert all(a <= b for a, b in pairwise(sorted(adjusted)))
    assert benjamini_hochberg([]) == []


@pytest.mark.parametrize(
    ("word", "high_is_good", "direction"),
    [
        ("moved_up", True, "good"),
        ("moved_down", True, "bad"),
        ("moved_up", False, "bad"),
        ("moved_down", False, "good"),
        ("not_moved", True, None),
        ("cant_tell", False, None),
        ("no_verdict", True, None),
    ],
)
def test_low_effort_is_good_where_low_is_good(word, high_is_good, direction):
    assert is_good_direction(Verdict(word, 5.0), high_is_good) == direction
