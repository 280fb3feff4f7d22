"""Directions of a schedule: as early as possible, as late as possible, or both ways from a bottleneck.

The default search (`just_in_time.py`) mixes both by an allowance it finds itself; here the planner decides.
"""

import numpy as np

from pegboard.kernels.arrays import Schedule
from pegboard.kernels.ranking import drawn_back
from pegboard.scheduling.engines.dispatch import Dispatcher
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.rules import Rule
from pegboard.scheduling.rules.bottleneck import most_loaded, on_resources, starts_before_drum
from pegboard.scheduling.rules.facts import Facts


def forward(d: Dispatcher, rule: Rule) -> Schedule:
    """Everything as soon as it can start, ranked by a rule."""
    return d.forward(d.problem.not_before, d.ranks(rule))


def backward(d: Dispatcher) -> Schedule:
    """Everything as late as finite capacity allows, laid back from the due dates; what is late for that starts now."""
    target = d.reverse_start()
    release = np.maximum(d.problem.not_before, target)
    return d.forward(release, d.by_key(target.astype(np.float64), d.options.setup_price))


def from_bottleneck(d: Dispatcher) -> Schedule:
    """Both ways from the bottleneck: its own work first, what comes before it just in time, the rest at once.

    One pass finds when the bottleneck's operations run if they go first; a second releases what they need, and its
    predecessors, an allowance (a day unless given) before those starts.
    """
    p = d.problem
    on_drum = bottleneck_of(p, d.facts, d.options.bottleneck)
    target = starts_before_drum(p, d.facts, on_drum)
    first = d.forward(p.not_before, d.by_key(target, d.options.setup_price))
    start = np.where(first.end >= 0, first.setup_start, p.horizon).astype(np.float64)
    start[~on_drum] = np.inf
    wanted = drawn_back(p.arcs, d.facts.order, d.facts.own, start)
    upstream = np.isfinite(wanted) & ~on_drum
    allowance = 1.0 if d.options.allowance_days is None else d.options.allowance_days
    late = d.ahead_of(np.where(upstream, wanted, p.now).astype(np.int64), allowance)
    release = np.where(upstream, np.maximum(p.not_before, late), p.not_before)
    return d.forward(release, d.by_key(target, d.options.setup_price))


def bottleneck_of(problem: Problem, facts: Facts, name: str) -> np.ndarray:
    """The operations on a resource by name, or without one on the pool with the most work for its open time."""
    return on_resources(problem, frozenset([name])) if name else most_loaded(problem, facts)
