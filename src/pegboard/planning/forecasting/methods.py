"""The methods a forecast chooses from: from the usage of past weeks to that of weeks to come.

Each takes the usage of whole weeks, oldest first, and how many weeks to look ahead; none sees anything else, and none
forecasts less than nothing. Where a method would be no other than a simpler one, it forecasts None. Smoothing is that
of statsmodels, with parameters it fits to the weeks given.
"""

import warnings
from collections.abc import Callable, Mapping
from math import ceil

import numpy as np
from numpy.typing import NDArray

Weeks = NDArray[np.float64]
Method = Callable[[Weeks, int], Weeks | None]

SEASONS = (4, 13, 52)
"""Lengths of seasons in weeks that are tried: about a month, a quarter, a year."""
SELDOM = 1.5
"""Weeks between weeks with usage from which on it is seldom."""
LIKENESS = 0.3
"""Autocorrelation from which on weeks a season apart count as alike."""


def last(past: Weeks, ahead: int) -> Weeks:
    """The last week again and again: what any other method must beat."""
    return np.full(ahead, max(past[-1], 0.0))


def mean(past: Weeks, ahead: int) -> Weeks:
    """The mean of all weeks."""
    return np.full(ahead, max(past.mean(), 0.0))


def smoothed(past: Weeks, ahead: int) -> Weeks:
    """Simple exponential smoothing: a level that drifts.

    Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd edition, section 8.1.
    """
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    return _forecast(lambda: SimpleExpSmoothing(past, initialization_method="estimated"), past, ahead)


def damped(past: Weeks, ahead: int) -> Weeks:
    """Holt's linear trend, damped: growth that slows down.

    Source: the same, section 8.2 (Gardner & McKenzie 1985).
    """
    from statsmodels.tsa.holtwinters import Holt

    return _forecast(lambda: Holt(past, damped_trend=True, initialization_method="estimated"), past, ahead)


def seasonal(past: Weeks, ahead: int) -> Weeks | None:
    """Exponential smoothing with an additive season of weeks; None where no season shows.

    Source: the same, section 8.3 (Holt & Winters).
    """
    season = season_of(past)
    if season == 0:
        return None
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    return _forecast(
        lambda: ExponentialSmoothing(past, seasonal="add", seasonal_periods=season, initialization_method="heuristic"),
        past,
        ahead,
    )


def aggregated(past: Weeks, ahead: int) -> Weeks | None:
    """Smoothing of blocks of weeks, twice as long as usage is apart on average; None where it is used in most weeks.

    Source: Nikolopoulos et al. (2011), An aggregate-disaggregate intermittent demand approach (ADIDA).
    """
    apart = past.size / max(int(np.count_nonzero(past)), 1)
    block = ceil(2 * apart)
    if apart < SELDOM or past.size < 4 * block:
        return None
    whole = past[past.size % block :].reshape(-1, block).sum(axis=1)
    return np.full(ahead, smoothed(whole, 1)[0] / block)


METHODS: Mapping[str, Method] = {
    "mean": mean,
    "smoothed": smoothed,
    "damped": damped,
    "aggregated": aggregated,
    "seasonal": seasonal,
}
"""The simplest first."""


def season_of(past: Weeks) -> int:
    """The length of the season that shows most, 0 for none: weeks so far apart are alike, over two seasons at least."""
    centred = past - past.mean()
    power = float(centred @ centred)
    if power <= 0:
        return 0
    found = [
        (float(centred[s:] @ centred[:-s]) / power * past.size / (past.size - s), s)
        for s in SEASONS
        if past.size >= 2 * s + 2
    ]
    best = max(found, default=(0.0, 0))
    return best[1] if best[0] >= LIKENESS else 0


def _forecast(model: Callable[[], object], past: Weeks, ahead: int) -> Weeks:
    """What a model of statsmodels forecasts; the mean where it cannot be fitted, or where it runs away."""
    if past.size < 4 or np.ptp(past) == 0:
        return mean(past, ahead)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on convergence: the backtest judges what comes out
            found = np.asarray(model().fit().forecast(ahead), np.float64)  # type: ignore[attr-defined]
    except (ValueError, ArithmeticError, np.linalg.LinAlgError):
        return mean(past, ahead)
    if not np.isfinite(found).all() or found.max() > 10 * past.max():
        return mean(past, ahead)
    return np.maximum(found, 0.0)
