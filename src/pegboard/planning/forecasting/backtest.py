"""How well methods would have forecast: each is asked again and again in the past, and told only what was known then.

A buffer lives on sums, so that a method is chosen by the error of the usage from the origin to each week ahead, per
week. Errors of single weeks are shown as well.
"""

from collections.abc import Mapping

import msgspec
import numpy as np

from pegboard.planning.forecasting.methods import Method, Weeks

ORIGINS = 8
LEAST_WEEKS = 8
"""Weeks that a method must have to learn from, at the first origin."""
BETTER = 0.98
"""A method must be better by this factor than every simpler one."""


class Errors(msgspec.Struct, frozen=True, gc=False):
    """Errors of a method over all origins and weeks ahead.

    `score` is the mean absolute error of sums, per week; `mae` that of single weeks, `bias` the mean of forecast less
    usage, `wape_pct` the sum of absolute errors in per cent of all usage, None where nothing was used.
    """

    score: float
    mae: float
    bias: float
    wape_pct: float | None


def horizon(weeks: int, ahead: int) -> int:
    """How many weeks ahead are tested: as many as are asked for, but no more than a third of those that are known."""
    return max(min(ahead, weeks // 3), 1)


def origins(weeks: int, ahead: int) -> range:
    """How many weeks are known at each origin, the last origins that leave `ahead` weeks to test."""
    end = weeks - horizon(weeks, ahead) + 1
    return range(max(LEAST_WEEKS, end - ORIGINS), end)


def errors(method: Method, usage: Weeks, ahead: int) -> Errors | None:
    """Errors of a method on the usage of past weeks; None where there are too few weeks, or it forecasts nothing."""
    tested = horizon(usage.size, ahead)
    rows: list[Weeks] = []
    for n in origins(usage.size, ahead):
        found = method(usage[:n].copy(), tested)
        if found is None:
            return None
        rows.append(found - usage[n : n + tested])
    if not rows:
        return None
    off = np.array(rows)
    used = sum(float(usage[n : n + tested].sum()) for n in origins(usage.size, ahead))
    return Errors(
        float(np.mean(np.abs(np.cumsum(off, axis=1)) / np.arange(1, tested + 1))),
        float(np.mean(np.abs(off))),
        float(np.mean(off)),
        100.0 * float(np.abs(off).sum()) / used if used > 0 else None,
    )


def choose(methods: Mapping[str, Method], usage: Weeks, ahead: int) -> tuple[str, Errors | None]:
    """The method of the least score, of nearly equal ones the simplest; the first without a test where that is none."""
    best, found = next(iter(methods)), None
    for name, method in methods.items():
        tried = errors(method, usage, ahead)
        if tried is not None and (found is None or tried.score < BETTER * found.score):
            best, found = name, tried
    return best, found
