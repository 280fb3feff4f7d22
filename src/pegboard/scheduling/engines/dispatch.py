"""Dispatch in both directions: back from the due dates for start targets, forward from what is ready, then right.

The reverse pass lays all work as late as finite capacity allows. The forward pass releases each operation some
allowance before its reverse start and ranks by that start, or by a rule of the field; the allowance that scores best
is kept. At last everything is pulled right toward just in time without making a promise later.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.kernels.arrays import Arcs, Ranking, Schedule, Shop
from pegboard.kernels.dispatch import dispatch
from pegboard.kernels.graph import reversed_arcs
from pegboard.kernels.opentime import before_open_each, before_open_many
from pegboard.kernels.packed import (
    live,
    nothing_placed,
    pack_arcs,
    pack_ops,
    pack_schedule,
    pack_shop,
    pack_steps,
    unpack_schedule,
)
from pegboard.kernels.pull import pull_right
from pegboard.kernels.ranking import ATC, STATIC
from pegboard.scheduling.problem import Floats, Ints, Problem
from pegboard.scheduling.result import DAY, LATE_LINE_DAYS, Result, Score, line_completions, score
from pegboard.scheduling.rules import RULES, Rule, Urgencies, open_share, urgencies
from pegboard.scheduling.sequence import settle
from pegboard.scheduling.ties import firmly_tied, no_ties, ties, waiting_for
from pegboard.tables.supply import spans
from pegboard.tables.timelines import mirrored

Report = Callable[[str, float], None]

HASTEN = 3
PATIENCE = 2
THREADS = 2
WIDER = 2
ALLOWANCES = (0.5, 1.0, 2.0, 4.0, 9.0, 21.0, 60.0)
UNIT = 1000
ENDLESS = 1 << 50


@dataclass(frozen=True)
class Options:
    """How to dispatch: a rule by name, or `jit` for reverse starts; the days of allowance, or None to find them."""

    rule: str = "jit"
    allowance_days: float | None = None
    setup_price: float = 4.0
    pull: bool = True


class Dispatcher:
    """The passes over one problem; arrays that every pass needs are made once."""

    def __init__(self, problem: Problem, planned: np.ndarray, tied: np.ndarray | None = None) -> None:
        self.problem = problem
        self.planned = planned
        self.ties = ties(problem, firmly_tied(problem) if tied is None else tied)
        self.n_pred = waiting_for(problem, self.ties)
        self.urgency: Urgencies = urgencies(problem)

    def forward(self, release: Ints, key: Floats, rule: int, setup_price: float, due: Ints | None = None) -> Schedule:
        """One pass with time running forward (`kernels.dispatch`). Begun operations go on first, whatever the rule."""
        p = self.problem
        begun = p.ops.setup_done == 1
        release = np.where(begun, p.not_before, release)
        key = np.where(begun, -np.inf, key)
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
            Ranking(
                rule=rule,
                weight=np.where(begun, np.inf, p.weight),
                due=np.where(begun, -FAR, p.due if due is None else due),
                tail=self.urgency.tail,
                own=self.urgency.own,
                setup_price=setup_price,
            ),
            False,
            p.now,
            p.horizon,
        )
        return settle_pins(p, unpack_schedule(out))

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
        free = no_ties(p)
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
            -p.due.astype(np.float64),
            Ranking(STATIC, p.weight, p.due, self.urgency.tail, self.urgency.own, 0.0),
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


def solve(problem: Problem, planned: np.ndarray, options: Options, report: Report) -> Result:
    """The best of the forward passes that `options` allow, pulled right. Deterministic: there is no seed."""
    dispatcher = Dispatcher(problem, planned)
    if options.rule == "jit":
        best = _JustInTime(dispatcher, options, report).best()
        found = best.schedule, f"dispatch jit by {best.by.name}, allowance {best.by.days:g} d"
    else:
        rule = RULES[options.rule]
        found = (_by_rule(dispatcher, rule, options), f"dispatch {rule.name}")
    schedule, name = found
    if options.pull:
        pull(problem, schedule)
    return Result(schedule, name, score(problem, schedule, planned))


def _by_rule(d: Dispatcher, rule: Rule, options: Options) -> Schedule:
    p = d.problem
    release = p.not_before
    if options.allowance_days is not None:
        release = np.maximum(release, d.ahead_of(d.reverse_start(), options.allowance_days))
    return d.forward(release, rule.key(p, d.urgency), rule.code, options.setup_price if rule.code == STATIC else 0.0)


Keys = Callable[[Floats], Floats]
"""Keys of all operations when each is brought forward by so many days."""


@dataclass(frozen=True)
class _Pass:
    """A forward pass: what it ranks by, its days of allowance, and how much further each line is brought forward."""

    name: str
    rank: Keys
    days: float
    ahead: Floats
    rule: int = STATIC


@dataclass(frozen=True)
class _Found:
    """A pass and what came out of it."""

    by: _Pass
    schedule: Schedule
    score: Score


class _JustInTime:
    """The passes around one set of reverse starts, two at a time: kernels run beside each other."""

    def __init__(self, d: Dispatcher, options: Options, report: Report) -> None:
        self.d, self.options, self.report = d, options, report
        self.target = d.reverse_start()
        self.done = 0

    def run(self, passes: Sequence[_Pass]) -> list[_Found]:
        """Dispatch and judge each pass; the order of results is that of the passes."""
        with ThreadPoolExecutor(THREADS) as pool:
            found = list(pool.map(self._run, passes))
        self.done += len(found)
        self.report("scheduling", min(0.95, self.done / 14))
        return found

    def _run(self, by: _Pass) -> _Found:
        p = self.d.problem
        ahead = (
            np.where(p.op_line >= 0, by.ahead[np.maximum(p.op_line, 0)], 0.0) if p.line_due.size else np.zeros(p.n_op)
        )
        release = np.maximum(p.not_before, self.d.ahead_of(self.target, by.days + ahead))
        due = p.due - (ahead * DAY).astype(np.int64)
        schedule = self.d.forward(release, by.rank(ahead), by.rule, self.options.setup_price, due)
        return _Found(by, schedule, score(p, schedule, self.d.planned))

    def best(self) -> _Found:
        """Reverse starts with every allowance until it gets worse twice, then other keys, then late lines hastened."""
        d = self.d
        given = self.options.allowance_days
        allowances = ALLOWANCES if given is None else (given,)
        none = np.zeros(d.problem.line_due.size)
        by_target = lambda ahead: d.ahead_of(self.target, ahead).astype(np.float64)  # noqa: E731
        best = self._climb([_Pass("reverse start", by_target, days, none) for days in allowances])
        wider = [a for a in allowances if a >= best.by.days][:WIDER]
        others: list[_Pass] = []
        for name in ("odd", "slack"):
            key = RULES[name].key(d.problem, d.urgency)
            rank = lambda ahead, key=key: key - ahead * DAY  # noqa: E731
            others.extend(_Pass(name, rank, days, none) for days in wider)
        others.extend(_Pass("atc", np.zeros_like, days, none, ATC) for days in wider)
        best = min([best, *self.run(others)], key=lambda f: f.score.objective)
        return self._hasten(best)

    def _climb(self, passes: Sequence[_Pass]) -> _Found:
        found: list[_Found] = []
        worse = 0
        for k in range(0, len(passes), THREADS):
            for one in self.run(passes[k : k + THREADS]):
                better = not found or one.score.objective < min(f.score.objective for f in found)
                worse = 0 if better else worse + 1
                found.append(one)
            if worse >= PATIENCE:
                break
        return min(found, key=lambda f: f.score.objective)

    def _hasten(self, best: _Found) -> _Found:
        """Bring late lines forward by what they are late, or half of it, dispatch again, and keep what scores better.

        A line can only gain what the others give; those that are late for their material soon stop the climb.
        """
        p = self.d.problem
        latest = best
        for _ in range(HASTEN):
            done = line_completions(p, latest.schedule)
            late = np.where(self.d.planned & (done >= 0), np.maximum(done - p.line_need, 0), 0) / DAY
            if not late.any():
                break
            steps = [replace(latest.by, ahead=latest.by.ahead + late * share) for share in (1.0, 0.5)]
            latest = min(self.run(steps), key=lambda f: f.score.objective)
            if latest.score.objective < best.score.objective:
                best = latest
        return best


def lower_bound(problem: Problem, planned: np.ndarray) -> float:
    """What no schedule of these work orders can beat: every resource endless, no changeovers, no flow time counted."""
    shop = without_past(problem.shop)
    shop.capacity[:] = ENDLESS
    ops = problem.ops._replace(batch_key=np.full(problem.n_op, -1, np.int64))
    free = replace(problem, shop=shop, ops=ops)
    d = Dispatcher(free, planned, np.zeros(problem.arcs.succ.size, bool))
    schedule = d.forward(free.not_before, np.zeros(free.n_op), STATIC, 0.0)
    late = np.where(planned, np.maximum(line_completions(free, schedule) - free.line_due, 0), 0) / DAY
    return float((problem.line_weight * (late + LATE_LINE_DAYS * (late > 0))).sum())


def without_past(shop: Shop) -> Shop:
    """The resources without pins, changeovers, maintenance, tools' ways and weekly limits."""
    return shop._replace(
        capacity=shop.capacity.copy(),
        matrix=np.full_like(shop.matrix, -1),
        reserved_ptr=np.zeros_like(shop.reserved_ptr),
        travel=np.zeros_like(shop.travel),
        maint_work=np.full_like(shop.maint_work, FAR),
        maint_cycles=np.full_like(shop.maint_cycles, FAR),
        week_units=np.full_like(shop.week_units, FAR),
    )


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
    out = pack_schedule(schedule)
    shop, steps, ops, arcs = p.packed
    moved = int(
        pull_right(
            p.timelines,
            shop,
            steps,
            ops,
            arcs,
            p.factory_tl,
            order,
            spans(lanes),
            limit_end,
            p.ops.latest_use,
            fixed,
            out,
        )
    )
    schedule.setup_start[:], schedule.start[:], schedule.end[:] = (out.op[n] for n in ("setup_start", "start", "end"))
    return moved


def fractional(problem: Problem) -> np.ndarray:
    """Operations that hold part of a unit somewhere: lanes cannot follow them, so they stay."""
    steps = problem.steps
    part = (steps.need_units % UNIT != 0).astype(np.int64)
    total = np.concatenate([[0], np.cumsum(part)])
    by_step = (total[steps.need_ptr[1:]] - total[steps.need_ptr[:-1]]) > 0
    found: np.ndarray = by_step[problem.ops.step].astype(np.uint8)
    return found
