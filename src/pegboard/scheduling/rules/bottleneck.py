"""Rules around a bottleneck: its own work is laid back from the due dates first, all before it follows its drum.

Source: drum-buffer-rope, Goldratt & Fox 1986, The Race; Schragenheim & Ronen 1990.
"""

import heapq

import numpy as np

from pegboard.kernels.ranking import drawn_back
from pegboard.scheduling.problem import Floats, Ints, Problem
from pegboard.scheduling.rules.facts import Facts, pool_of


def starts_before_drum(problem: Problem, facts: Facts, on_drum: np.ndarray) -> Floats:
    """Latest starts where the operations `on_drum` share its resources and nothing else is scarce.

    After the drum these are the latest starts of endless capacity; before it they are drawn back from the drum.
    """
    start = problem.latest_end - facts.own
    if on_drum.any():
        start[on_drum] = _drum(problem, facts, np.flatnonzero(on_drum))
    found: Floats = drawn_back(problem.arcs, facts.order, facts.own, start)
    return found


def _drum(problem: Problem, facts: Facts, ops: Ints) -> Floats:
    """Starts of these operations laid back one after another, the latest end first, on the units of their pools."""
    units = np.unique(np.concatenate([_resources(problem, p) for p in np.unique(pool_of(problem)[ops])]))
    free = [-float(problem.latest_end[ops].max())] * _slots(problem, units)
    start = np.empty(ops.size)
    for i in np.lexsort((-ops, -problem.latest_end[ops])).tolist():  # of equal ones the first by name starts first
        latest = min(-free[0], float(problem.latest_end[ops[i]]))
        start[i] = latest - facts.own[ops[i]]
        heapq.heapreplace(free, -start[i])
    return start


def _slots(problem: Problem, units: Ints) -> int:
    """How many operations the resources hold at once; endless ones as many as anybody could want."""
    return int(np.clip(problem.shop.capacity[units] // 1000, 1, 1000).sum())


def _resources(problem: Problem, pool: int) -> Ints:
    return problem.pool_res[problem.pool_ptr[pool] : problem.pool_ptr[pool + 1]]


def on_resources(problem: Problem, names: frozenset[str]) -> np.ndarray:
    """Operations whose pool holds one of these resources."""
    wanted = np.isin(np.array(problem.res_names, object), sorted(names))
    hit = [bool(wanted[_resources(problem, p)].any()) for p in range(problem.pool_ptr.size - 1)]
    found: np.ndarray = np.array(hit, bool)[pool_of(problem)]
    return found


def most_loaded(problem: Problem, facts: Facts) -> np.ndarray:
    """Operations of the pool whose work is the most for the time its resources are open; the first where equal."""
    pool = pool_of(problem)
    work = np.bincount(pool, weights=facts.own, minlength=problem.pool_ptr.size - 1)
    load = np.zeros(work.size)
    for p in range(work.size):
        res = _resources(problem, p)
        finite = bool((problem.shop.capacity[res] < 1 << 40).all())
        load[p] = work[p] / _slots(problem, res) if finite and res.size else 0.0
    return pool == int(load.argmax()) if load.size else np.zeros(problem.n_op, bool)
