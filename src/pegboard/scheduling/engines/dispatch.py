"""Dispatch in both directions: back from the due dates for start targets, forward from what is ready, then right.

The reverse pass lays all work as late as finite capacity allows. The forward pass releases each operation some
allowance before its reverse start and ranks by that start, or by a rule of the field; the allowance that scores best
is kept. At last everything is pulled right toward just in time without making a promise later.
"""

from dataclasses import dataclass, replace

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.kernels.arrays import Arcs, Schedule
from pegboard.kernels.dispatch import dispatch
from pegboard.kernels.graph import reversed_arcs
from pegboard.kernels.opentime import before_open_each, before_open_many
from pegboard.kernels.pull import pull_right
from pegboard.scheduling.objective import DAY, promises
from pegboard.scheduling.problem import Floats, Ints, Problem
from pegboard.scheduling.result import line_completions
from pegboard.scheduling.rules import (
    INSTANTS,
    Facts,
    Link,
    Ranks,
    Rule,
    chained,
    facts_of,
    open_share,
    ranking,
    ranks_of,
)
from pegboard.scheduling.sequence import settle
from pegboard.tables.supply import spans
from pegboard.tables.timelines import mirrored

UNIT = 1000


@dataclass(frozen=True)
class Options:
    """How to dispatch: a rule, `jit` to search around reverse starts, or `best` to try all rules too.

    `allowance_days` is how long before its reverse start work is released, None to find it; `links` are rules of their
    own for parts of the shop (`rules/chain.py`).
    """

    rule: str | Rule = "jit"
    allowance_days: float | None = None
    setup_price: float = 4.0
    pull: bool = True
    links: tuple[Link, ...] = ()


class Dispatcher:
    """The passes over one problem; arrays that every pass needs are made once."""

    def __init__(self, problem: Problem, planned: np.ndarray, options: Options | None = None) -> None:
        self.problem = problem
        self.planned = planned
        self.options = options or Options()
        self.n_pred = np.bincount(problem.arcs.succ, minlength=problem.n_op).astype(np.int64)
        self.facts: Facts = facts_of(problem)

    def ranks(self, rule: Rule) -> Ranks:
        """What a rule ranks by, at the setup price of the options."""
        return ranks_of(self.problem, self.facts, rule, self.options.setup_price)

    def forward(self, release: Ints, ranks: Ranks, due: Ints | None = None, odd: Ints | None = None) -> Schedule:
        """One pass with time running forward (`kernels.dispatch`), with the rules of the chain where it has any."""
        p = self.problem
        if self.options.links:
            ranks = chained(p, self.facts, ranks, self.options.links, self.options.setup_price)
        key, bundle = ranking(p, self.facts, ranks, due, odd)
        out, _ = dispatch(
            p.timelines,
            p.shop,
            p.steps,
            p.changeovers,
            p.ops,
            p.arcs,
            self.n_pred.copy(),
            p.factory_tl,
            p.pool_ptr,
            p.pool_res,
            p.pool_changes,
            p.arrival,
            np.where(p.ops.setup_done == 1, p.not_before, release),
            key,
            bundle,
            False,
            p.now,
            p.horizon,
        )
        return settle_pins(p, out)

    def by_key(self, key: Floats, setup_price: float) -> Ranks:
        """Ranks by keys that are instants."""
        return replace(ranks_of(self.problem, self.facts, INSTANTS, setup_price), key=key)

    def ahead_of(self, target: Ints, days: float | Floats) -> Ints:
        """Instants `days` before the targets, counted in open time of each operation's preferred resource."""
        p = self.problem
        timeline = p.shop.timeline[p.steps.cand_res[p.preferred[p.ops.step]]]
        share = np.array([open_share(p, t) for t in range(len(p.timeline_rows))])
        seconds = (days * DAY * share[timeline]).astype(np.int64)
        found: Ints = before_open_many(p.timelines, timeline, target, seconds)
        return found

    def reverse_start(self) -> Ints:
        """Setup starts of the finite schedule laid back from the due dates, regardless of now.

        Time runs backward: calendars and arcs are mirrored, latest due first. Changeovers are left out, and setup is
        counted as run, for which only what the run needs is held; it gives targets, not a plan.
        """
        p = self.problem
        n = p.n_op
        T = mirrored(p.timelines)
        arcs: Arcs = reversed_arcs(p.arcs, n)
        n_pred = np.bincount(arcs.succ, minlength=n).astype(np.int64)
        arrival = np.full(n, -FAR, np.int64)
        arrival[n_pred == 0] = -p.latest_end[n_pred == 0]
        np.maximum.at(arrival, p.line_op, -latest_ends(p, p.line_need))
        first = int(p.timelines.start.min()) if p.timelines.start.size else p.now
        begin = -int(max(p.line_need.max(initial=p.now), p.latest_end.max(initial=p.now), p.now))
        floor = np.full(n, begin, np.int64)
        no_pins = p.ops._replace(
            pin_setup=np.full(n, -1, np.int64), setup_done=np.zeros(n, np.uint8), family=np.full(n, -1, np.int64)
        )
        shop = p.shop._replace(reserved_ptr=np.zeros_like(p.shop.reserved_ptr))
        steps = p.steps._replace(
            cand_fixed=p.steps.cand_fixed + p.steps.cand_setup, cand_setup=np.zeros_like(p.steps.cand_setup)
        )
        key = -p.due.astype(np.float64)
        _, bundle = ranking(p, self.facts, self.by_key(key, 0.0))
        out, _ = dispatch(
            T,
            shop,
            steps,
            p.changeovers,
            no_pins,
            arcs,
            n_pred,
            p.factory_tl,
            p.pool_ptr,
            p.pool_res,
            np.zeros_like(p.pool_changes),
            np.maximum(arrival, begin),
            floor,
            key,
            bundle,
            True,
            begin,
            -first,
        )
        return np.where(out.end == -1, first, -out.end)


def kernel_cache() -> str:
    """The folder in which the compiled dispatch kernel is kept."""
    return str(dispatch.stats.cache_path)


def settle_pins(problem: Problem, schedule: Schedule) -> Schedule:
    """Give pinned operations the changeover their actual predecessor asks for; they were reserved with the longest."""
    if not (problem.ops.pin_setup >= 0).any():
        return schedule
    return settle(problem, schedule)


def lower_bound(problem: Problem, planned: np.ndarray) -> float:
    """What no schedule of these work orders can beat: resources endless, no changeovers, only dates counted."""
    shop = problem.shop._replace(
        capacity=np.full_like(problem.shop.capacity, 1 << 50),
        matrix=np.full_like(problem.shop.matrix, -1),
        reserved_ptr=np.zeros_like(problem.shop.reserved_ptr),
    )
    free = replace(problem, shop=shop)
    d = Dispatcher(free, planned)
    schedule = d.forward(free.not_before, d.by_key(np.zeros(free.n_op), 0.0))
    late = np.where(planned, np.maximum(line_completions(free, schedule) - free.line_due, 0), 0) / DAY
    return promises(problem.objective, problem.line_weight, late)


def latest_ends(problem: Problem, wanted: Ints) -> Ints:
    """The latest end of each of `line_op` that completes its line by `wanted[line]`."""
    p = problem
    by_op = np.repeat(wanted, np.diff(p.line_ptr))
    found: Ints = before_open_each(p.timelines, p.factory_tl, by_op, p.line_move)
    return found


def pull(problem: Problem, schedule: Schedule) -> int:
    """Pull a schedule right in place; returns how many operations moved."""
    p = problem
    placed = np.flatnonzero(schedule.end >= 0)
    order = placed[np.lexsort((schedule.sequence[placed], schedule.setup_start[placed]))][::-1].copy()
    lanes = np.where(p.shop.capacity < 1 << 40, np.minimum(p.shop.capacity // UNIT, 4096), 0)
    done = line_completions(p, schedule)
    limit_end = np.full(p.n_op, FAR, np.int64)
    np.minimum.at(limit_end, p.line_op, latest_ends(p, done))
    fixed = ((p.ops.pin_setup >= 0) | (p.ops.setup_done == 1)).astype(np.uint8)
    fixed |= fractional(p)
    return int(
        pull_right(
            p.timelines,
            p.shop,
            p.steps,
            p.changeovers,
            p.ops,
            p.arcs,
            p.factory_tl,
            order,
            spans(lanes),
            limit_end,
            p.ops.latest_use,
            fixed,
            schedule,
        )
    )


def fractional(problem: Problem) -> np.ndarray:
    """Operations that hold part of a unit somewhere: lanes cannot follow them, so they stay."""
    steps = problem.steps
    part = (steps.need_units % UNIT != 0).astype(np.int64)
    total = np.concatenate([[0], np.cumsum(part)])
    by_step = (total[steps.need_ptr[1:]] - total[steps.need_ptr[:-1]]) > 0
    found: np.ndarray = by_step[problem.ops.step].astype(np.uint8)
    return found
