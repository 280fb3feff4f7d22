"""Directions of a schedule: as early as possible, as late as possible, or both ways from a bottleneck.

The default search (`just_in_time.py`) mixes both by an allowance it finds itself; here the planner decides.
"""

from collections.abc import Iterator, Sequence

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


def from_bottleneck(d: Dispatcher, allowances: Sequence[float]) -> Iterator[Schedule]:
    """Both ways from the bottleneck: its own work first, what comes before it just in time, the rest at once.

    One pass finds when the bottleneck's operations run if they go first; further ones release what these wait for an
    allowance (in days, one schedule for each) before that.
    """
    p = d.problem
    on_drum = bottleneck_of(p, d.facts, d.options.bottleneck)
    ranks = d.by_key(starts_before_drum(p, d.facts, on_drum), d.options.setup_price)
    first = d.forward(p.not_before, ranks)
    start = np.where(on_drum & (first.end >= 0), first.setup_start, np.inf)
    wanted = drawn_back(p.arcs, d.facts.order, d.facts.own, start)
    upstream = np.isfinite(wanted) & ~on_drum
    target = np.where(upstream, wanted, p.now).astype(np.int64)
    for days in allowances:
        release = np.where(upstream, np.maximum(p.not_before, d.ahead_of(target, days)), p.not_before)
        yield d.forward(release, ranks)


def bottleneck_of(problem: Problem, facts: Facts, name: str) -> np.ndarray:
    """The operations on a resource by name, or without one on the pool with the most work for its open time."""
    return on_resources(problem, frozenset([name])) if name else most_loaded(problem, facts)
