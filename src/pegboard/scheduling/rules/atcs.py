"""The look-ahead parameters of ATCS, by pool: how tight due dates are, how far they spread, how long setups take.

Source: Lee, Bhaskaran & Pinedo 1997, "A heuristic to minimize the total weighted tardiness with sequence-dependent
setups", IIE Transactions 29. k1 = 4.5 + R where R <= 0.5, else 6 - 2R; k2 = tau / (2 sqrt(eta)); tau = 1 - mean d /
Cmax, R = (max d - min d) / Cmax, eta = mean s / mean p, Cmax = (sum p + n mean s) / number of resources.
"""

from dataclasses import dataclass

import numpy as np

from pegboard.scheduling.problem import Floats, Ints, Problem
from pegboard.scheduling.rules.facts import Facts, changeover_seconds, matrix_of, pool_of

LEAST_LOOK, LEAST_SETUP_LOOK = 1.0, 0.1
"""Floors of k1 and k2: where due dates spread wider than the work, or nothing is tight, the formulas turn negative."""


@dataclass(frozen=True)
class Scales:
    """For each operation k1, and what a second of changeover adds to the negative logarithm of its index."""

    look: Floats
    per_second: Floats


def scales(problem: Problem, facts: Facts) -> Scales:
    """The scales of every operation by the pool it waits in."""
    pool = pool_of(problem)
    look, per_second = np.ones(problem.n_op), np.zeros(problem.n_op)
    by_pool = np.argsort(pool, kind="stable")
    ends = np.searchsorted(pool[by_pool], np.arange(problem.pool_ptr.size))
    for p in range(problem.pool_ptr.size - 1):
        ops = by_pool[ends[p] : ends[p + 1]]
        if ops.size:
            look[ops], per_second[ops] = _pool_scales(problem, facts, p, ops)
    return Scales(look, per_second)


def _pool_scales(problem: Problem, facts: Facts, pool: int, ops: Ints) -> tuple[float, float]:
    work = facts.own[ops]
    due = problem.due[ops] - problem.now - facts.after(ops)
    mean_setup = _mean_setup(problem, pool, ops)
    units = problem.pool_ptr[pool + 1] - problem.pool_ptr[pool]
    makespan = max((float(work.sum()) + ops.size * mean_setup) / float(units), 1.0)
    k1, k2 = parameters(float(due.mean()), float(np.ptp(due)), makespan, mean_setup / max(float(work.mean()), 1.0))
    return k1, 1.0 / (k2 * mean_setup) if mean_setup > 0 else 0.0


def parameters(mean_due: float, spread: float, makespan: float, eta: float) -> tuple[float, float]:
    """`(k1, k2)` of the paper from due dates after now, their spread, the makespan and mean setup over mean work."""
    tau, r = 1.0 - mean_due / makespan, spread / makespan
    k1 = 4.5 + r if r <= 0.5 else 6.0 - 2.0 * r
    k2 = tau / (2.0 * np.sqrt(eta)) if eta > 0 else 0.0
    return max(k1, LEAST_LOOK), max(float(k2), LEAST_SETUP_LOOK)


def _mean_setup(problem: Problem, pool: int, ops: Ints) -> float:
    """Mean changeover in seconds between different families of these operations, first ones of the resources too."""
    matrix = matrix_of(problem, pool)
    to = np.unique(problem.ops.family[ops])
    to = to[to >= 0]
    if matrix < 0 or not to.size:
        return 0.0
    res = problem.pool_res[problem.pool_ptr[pool] : problem.pool_ptr[pool + 1]]
    initial = problem.shop.initial_family[res]
    from_ = np.union1d(to, initial[initial >= 0])
    seconds = changeover_seconds(problem.changeovers, matrix)[np.ix_(from_, to)]
    other = from_[:, None] != to[None, :]
    return float(seconds[other].mean()) if other.any() else 0.0
