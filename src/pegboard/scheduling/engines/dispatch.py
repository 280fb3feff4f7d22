"""Dispatch in both directions: back from the due dates for start targets, forward from what is ready, then right.

The reverse pass lays all work as late as finite capacity allows. The forward pass releases each operation some
allowance before its reverse start and ranks by that start, or by a rule of the field; the allowance that scores best
is kept. At last everything is pulled right toward just in time without making a promise later.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.kernels.arrays import Arcs, Schedule
from pegboard.kernels.dispatch import dispatch
from pegboard.kernels.graph import reversed_arcs
from pegboard.kernels.opentime import before_open_each, before_open_many
from pegboard.kernels.packed import (
    live,
    nothing_placed,
    pack_arcs,
    pack_ops,
    pack_shop,
    pack_steps,
    unpack_schedule,
)
from pegboard.scheduling.objective import DAY, promises
from pegboard.scheduling.problem import Floats, Ints, Problem
from pegboard.scheduling.relax import ENDLESS, Limit, without_past
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
from pegboard.scheduling.ties import firmly_tied, going_on, no_blocks, ties, waiting_for
from pegboard.tables.timelines import mirrored

Direction = Literal["search", "forward", "backward", "bottleneck"]


@dataclass(frozen=True)
class Options:
    """How to dispatch: a rule, `jit` to search around reverse starts, or `best` to try all rules too.

    `allowance_days` is how long before its reverse start work is released, None to find it; `links` are rules of their
    own for parts of the shop (`rules/chain.py`). A `direction` other than `search` lays all work by that alone
    (`directions.py`), around a `bottleneck` by name or the most loaded one. `relax` names limits to set aside.
    """

    rule: str | Rule = "jit"
    allowance_days: float | None = None
    setup_price: float = 4.0
    pull: bool = True
    links: tuple[Link, ...] = ()
    direction: Direction = "search"
    bottleneck: str = ""
    relax: tuple[Limit, ...] = ()


class Dispatcher:
    """The passes over one problem; arrays that every pass needs are made once."""

    def __init__(
        self, problem: Problem, planned: np.ndarray, options: Options | None = None, tied: np.ndarray | None = None
    ) -> None:
        self.problem = problem
        self.planned = planned
        self.options = options or Options()
        self.ties = ties(problem, firmly_tied(problem) if tied is None else tied)
        self.n_pred = waiting_for(problem, self.ties)
        self.hurries = going_on(problem, self.ties)
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
        release = np.where(self.hurries, p.not_before, release)
        shop, steps, ops, arcs = p.packed
        out = nothing_placed(ops)
        dispatch(
            p.timelines,
            shop,
            steps,
            p.changeovers,
            ops,
            arcs,
            self.ties,
            live(shop, steps, ops, self.ties, p.arrival, release, self.n_pred, p.now),
            out,
            p.factory_tl,
            p.pool_ptr,
            p.pool_res,
            p.pool_changes,
            key,
            bundle,
            False,
            p.now,
            p.horizon,
        )
        return settle_pins(p, unpack_schedule(out))

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
            pin_setup=np.full(n, -1, np.int64),
            setup_done=np.zeros(n, np.uint8),
            family=np.full(n, -1, np.int64),
            batch_key=np.full(n, -1, np.int64),
        )
        shop = without_past(p.shop)
        ovens = np.repeat(p.steps.batch_qty > 0, np.diff(p.steps.cand_ptr))
        shop.capacity[p.steps.cand_res[ovens]] = ENDLESS
        steps = p.steps._replace(
            cand_fixed=p.steps.cand_fixed + p.steps.cand_setup, cand_setup=np.zeros_like(p.steps.cand_setup)
        )
        key = -p.due.astype(np.float64)
        _, bundle = ranking(p, self.facts, self.by_key(key, 0.0))
        free = None if self.ties is None else no_blocks(p)
        bare, whole, loose, back = pack_shop(shop), pack_steps(steps), pack_ops(no_pins), pack_arcs(arcs)
        out = nothing_placed(loose)
        dispatch(
            T,
            bare,
            whole,
            p.changeovers,
            loose,
            back,
            free,
            live(bare, whole, loose, free, np.maximum(arrival, begin), floor, n_pred, begin),
            out,
            p.factory_tl,
            p.pool_ptr,
            p.pool_res,
            np.zeros_like(p.pool_changes),
            key,
            bundle,
            True,
            begin,
            -first,
        )
        end = out.op["end"]
        return np.where(end == -1, first, -end)


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
    shop = without_past(problem.shop)
    shop.capacity[:] = ENDLESS
    ops = problem.ops._replace(batch_key=np.full(problem.n_op, -1, np.int64))
    free = replace(problem, shop=shop, ops=ops)
    d = Dispatcher(free, planned, tied=np.zeros(problem.arcs.succ.size, bool))
    schedule = d.forward(free.not_before, d.by_key(np.zeros(free.n_op), 0.0))
    late = np.where(planned, np.maximum(line_completions(free, schedule) - free.line_due, 0), 0) / DAY
    return promises(problem.objective, problem.line_weight, late)


def latest_ends(problem: Problem, wanted: Ints) -> Ints:
    """The latest end of each of `line_op` that completes its line by `wanted[line]`."""
    p = problem
    by_op = np.repeat(wanted, np.diff(p.line_ptr))
    found: Ints = before_open_each(p.timelines, p.factory_tl, by_op, p.line_move)
    return found
