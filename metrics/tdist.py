"""Student's t distribution in plain Python, so that a page need not load scipy.

The probability is the regularised incomplete beta function, evaluated by its continued fraction
(Abramowitz and Stegun 26.5.8 and 26.7.1); for many degrees of freedom, by its expansion about the
normal (26.7.5 and 26.7.8).
"""

from functools import lru_cache
from math import exp, inf, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

NORMAL = NormalDist()
# From here on the fraction is slow and loses digits, while the expansion is exact to the eleventh.
MANY = 1e5
STEPS = 10_000


@lru_cache(maxsize=4096)
def t_quantile(p: float, df: float) -> float:
    """In: a probability and degrees of freedom (any positive number, or infinity for the normal).

    Out: the value a t variable stays below with probability p. Raises ValueError off (0, 1).
    """
    _require_degrees(df)
    if not 0 < p < 1:
        raise ValueError(f"A probability lies between 0 and 1, not {p}.")
    if p == 0.5:
        return 0.0
    z = abs(NORMAL.inv_cdf(p))
    if df > MANY:
        size = _expanded(z, df)
    elif min(p, 1 - p) > 0.25:
        size = _solve_centre(abs(p - 0.5), z, df)
    else:
        size = _solve_tail(min(p, 1 - p), z, df)
    return size if p > 0.5 else -size


def t_cdf(t: float, df: float) -> float:
    """Out: the probability that a t variable with df degrees of freedom stays below t."""
    _require_degrees(df)
    if df > MANY:
        return NORMAL.cdf(t * (1 - 1 / (4 * df)) / sqrt(1 + t * t / (2 * df)))
    return _tail(-t, df) if t < 0 else 1 - _tail(t, df)


def t_two_sided(t: float, df: float) -> float:
    """Out: the probability of a value at least as far from zero as t, the p-value of a test."""
    return 2 * t_cdf(-abs(t), df)


def _require_degrees(df: float) -> None:
    if not df > 0:
        raise ValueError(f"Degrees of freedom must be above zero, not {df}.")


def _expanded(z: float, df: float) -> float:
    first = (z**3 + z) / (4 * df)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df * df)
    return z + first + second


def _solve_tail(tail: float, start: float, df: float) -> float:
    # The log of the tail is concave in the log of t, so Newton's steps cannot run away.
    t = start
    for _ in range(100):
        area = _tail(t, df)
        step = log(area / tail) * area / (t * _density(t, df))
        t *= exp(step)
        if abs(step) < 1e-14:
            break
    return t


def _solve_centre(area: float, start: float, df: float) -> float:
    # The area is concave in t and z lies left of the root: Newton climbs to it from below.
    t = start
    for _ in range(100):
        step = (area - _centre(t, df)) / _density(t, df)
        t += step
        if abs(step) < 1e-15 * t:
            break
    return t


def _density(t: float, df: float) -> float:
    return _gamma_ratio(df / 2) / sqrt(df * pi) * exp(-(df + 1) / 2 * log1p(t * t / df))


def _tail(t: float, df: float) -> float:
    """The area above t >= 0."""
    if t == inf:
        return 0.0
    if _left_of_switch(t, df):
        return 0.5 - _centre(t, df)
    return _front(t, df) / df * _fraction(df / 2, 0.5, df / (df + t * t))


def _centre(t: float, df: float) -> float:
    """The area between 0 and t."""
    if not _left_of_switch(t, df):
        return 0.5 - _tail(t, df)
    return _front(t, df) * _fraction(0.5, df / 2, t * t / (df + t * t))


def _left_of_switch(t: float, df: float) -> bool:
    """The fraction converges fast on one side of this point, its mirror image on the other."""
    return df / (df + t * t) > (df / 2 + 1) / (df / 2 + 2.5)


def _front(t: float, df: float) -> float:
    log_power = -df / 2 * log1p(t * t / df)
    return _gamma_ratio(df / 2) / sqrt(pi) * t / sqrt(df + t * t) * exp(log_power)


def _gamma_ratio(a: float) -> float:
    """Gamma(a + 1/2) / Gamma(a)."""
    if a < 50:
        return exp(lgamma(a + 0.5) - lgamma(a))
    # The difference of two huge logarithms would lose the digits; its own series keeps them.
    return sqrt(a) * exp(-1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5))


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    tiny = 1e-300
    c = 1.0
    d = 1 / (1 - (a + b) * x / (a + 1) or tiny)
    value = d
    for m in range(1, STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / (1 + term * d or tiny)
            c = 1 + term / c or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-16:
            return value
    raise ArithmeticError(f"The t distribution did not settle for {a}, {b}, {x}.")
