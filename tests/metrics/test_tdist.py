from math import inf

import pytest
from scipy import stats

from metrics.tdist import t_cdf, t_quantile, t_two_sided

DEGREES = (1, 1.3, 2, 2.7, 3, 5, 7.5, 10, 29, 99, 100.5, 1e3, 12345.6, 1e5, 1.0001e5, 1e6)
PROBABILITIES = (1e-9, 1e-4, 0.025, 0.05, 0.2, 0.26, 0.4, 0.4999, 0.7, 0.8, 0.95, 0.975, 0.9999)


@pytest.mark.parametrize("df", DEGREES)
@pytest.mark.parametrize("p", PROBABILITIES)
def test_t_quantile_agrees_with_scipy(p, df):
    assert t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-9)


@pytest.mark.parametrize("df", DEGREES)
@pytest.mark.parametrize("t", [-40, -4, -1.5, -0.3, 0, 0.001, 0.9, 1.7, 2.5, 6])
def test_t_cdf_agrees_with_scipy(t, df):
    assert t_cdf(t, df) == pytest.approx(stats.t.cdf(t, df), rel=1e-6, abs=1e-10)


@pytest.mark.parametrize("df", [1, 4.4, 30, 1e4, 1e6])
def test_cdf_and_quantile_undo_each_other(df):
    for p in (0.001, 0.3, 0.5, 0.77, 0.999):
        assert t_cdf(t_quantile(p, df), df) == pytest.approx(p, abs=1e-10)


def test_endless_degrees_of_freedom_are_the_normal():
    assert t_quantile(0.975, inf) == pytest.approx(1.959963984540054, rel=1e-12)
    assert t_cdf(1.959963984540054, inf) == pytest.approx(0.975, rel=1e-12)
    assert t_two_sided(-1.959963984540054, inf) == pytest.approx(0.05, rel=1e-9)


@pytest.mark.parametrize(("p", "df"), [(0, 5), (1, 5), (-0.1, 5), (float("nan"), 5)])
def test_refuses_what_is_no_probability(p, df):
    with pytest.raises(ValueError, match="probability"):
        t_quantile(p, df)


@pytest.mark.parametrize("df", [0, -1, float("nan")])
def test_refuses_what_are_no_degrees_of_freedom(df):
    with pytest.raises(ValueError, match="Degrees"):
        t_quantile(0.5, df)
    with pytest.raises(ValueError, match="Degrees"):
        t_cdf(0.5, df)
