"""Chances: what an uncertain number may be, as a list of equally likely values; and sums and maxima of such numbers.

Parametric and observed numbers are drawn in one way: a record of eight receipts is its own distribution, a lognormal
is a thousand of its quantiles.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist, fmean

Values = tuple[float, ...]
"""Equally likely values, rising."""
Distribution = Mapping[float, float]
"""Probability by value."""

CERTAIN: Values = (1.0,)
_QUANTILES = 1000


def lognormal(mean: float, cv: float) -> Values:
    """A lognormal number of a mean and a coefficient of variation (standard deviation over mean)."""
    if cv <= 0:
        return (mean,)
    sigma = math.sqrt(math.log(1 + cv * cv))
    normal = NormalDist()
    raw = [math.exp(sigma * normal.inv_cdf((k + 0.5) / _QUANTILES)) for k in range(_QUANTILES)]
    return tuple(mean * value / fmean(raw) for value in raw)


def sometimes_late(share_pct: float, mean_days: float) -> Values:
    """Whole days late: none but in `share_pct` percent of the cases, then exponential of a mean and rounded up."""
    late = round(_QUANTILES * share_pct / 100)
    if late == 0 or mean_days <= 0:
        return (0.0,)
    days = [float(math.ceil(-math.log(1 - (k + 0.5) / late) * mean_days)) for k in range(late)]
    return (*[0.0] * (_QUANTILES - late), *days)


def distribution(values: Sequence[float]) -> Distribution:
    """How probable each value is."""
    found: dict[float, float] = defaultdict(float)
    for value in values:
        found[value] += 1 / len(values)
    return dict(sorted(found.items()))


def serial(*parts: Distribution) -> Distribution:
    """The sum of independent numbers: operations one after another (convolution)."""
    return _combined(parts, lambda a, b: a + b)


def merging(*branches: Distribution) -> Distribution:
    """The largest of independent numbers: branches of which all must be there."""
    return _combined(branches, max)


def _combined(parts: Sequence[Distribution], join: Callable[[float, float], float]) -> Distribution:
    found: dict[float, float] = dict(parts[0])
    for part in parts[1:]:
        joined: dict[float, float] = defaultdict(float)
        for a, p in found.items():
            for b, q in part.items():
                joined[join(a, b)] += p * q
        found = joined
    return dict(sorted(found.items()))


def mean(of: Distribution) -> float:
    """The expectation."""
    return sum(value * p for value, p in of.items())


def at_most(of: Distribution, limit: float) -> float:
    """The probability of a value that does not exceed the limit."""
    return sum(p for value, p in of.items() if value <= limit)


def percentile(of: Distribution, share: float) -> float:
    """The least value that `share` percent of the cases do not exceed."""
    reached = 0.0
    for value, p in of.items():
        reached += p
        if reached >= share / 100 - 1e-12:
            return value
    raise ValueError("an empty distribution has no percentiles")


def standard_error(probability: float, runs: int) -> float:
    """Of a probability estimated from so many runs: sqrt(p(1-p)/n)."""
    return math.sqrt(probability * (1 - probability) / runs)
