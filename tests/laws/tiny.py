"""Problems of a few operations in a few instants, made without a factory, small enough to try every schedule.

Times are small whole numbers, counted from NOW in units of a second or a minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pegboard.domain.calendar import FAR, PPM, Stretch, Timeline, timeline
from pegboard.domain.snapshot import ObjectiveWeights
from pegboard.kernels.arrays import Arcs, Changeovers, Ops, Shop, Steps
from pegboard.scheduling.problem import Problem
from pegboard.tables.supply import spans
from pegboard.tables.timelines import TimelineTable

NOW = 1_000_000
ALWAYS = ((-1000, 1000, PPM),)


@dataclass
class Machine:
    """A resource: what it has, when it is open, its changeover matrix and its wear."""

    capacity: float = 1
    calendar: Sequence[Stretch] = ALWAYS
    matrix: int = -1
    family: int = -1
    travel: int = 0
    maint_work: int = FAR
    maint_cycles: int = FAR
    maint_time: int = 0
    used_work: int = 0
    used_cycles: int = 0
    week: float | None = None


@dataclass
class Job:
    """An operation with a step of its own: candidates `(resource, setup, run)`, needs `(members, units, phase)`."""

    cands: list[tuple[int, int, int]]
    needs: list[tuple[list[int], float, int]] = field(default_factory=list)
    qty: float = 1
    per_unit: int = 0
    family: int = -1
    stretch: float = 1
    pause: bool = True
    begun: bool = False
    queue: int = 0
    max_stretch: int = FAR
    key: int = -1
    oven: float = 0
    until: int = FAR
    pin: int = -1
    arrival: int = 0
    dated: int = 0
    release: int = 0
    latest_use: int = FAR
    due: int = 3
    weight: float = 1


@dataclass
class Arc:
    """An arc between two jobs; a batch of 0 hands over the whole lot."""

    a: int
    b: int
    wait: int = 0
    move: int = 0
    batch: float = 0
    gap: int = FAR
    blocking: bool = False
    store: int = -1
    material: bool = False


def ints(values: Sequence[float]) -> np.ndarray:
    return np.array([round(v) for v in values], np.int64)


class Clock:
    """Small numbers as instants, seconds and microseconds of work."""

    def __init__(self, unit: int) -> None:
        self.unit = unit

    def at(self, values: Sequence[int]) -> np.ndarray:
        return ints([v if v >= FAR else NOW + v * self.unit for v in values])

    def long(self, values: Sequence[int]) -> np.ndarray:
        return ints([v if v >= FAR else v * self.unit for v in values])

    def work(self, values: Sequence[int]) -> np.ndarray:
        return ints([v if v >= FAR else v * self.unit * PPM for v in values])

    def stretches(self, calendar: Sequence[Stretch]) -> Timeline:
        return timeline((NOW + a * self.unit, NOW + b * self.unit, rate) for a, b, rate in calendar)


def tiny(
    jobs: list[Job],
    machines: list[Machine],
    arcs: Sequence[Arc] = (),
    *,
    changes: Sequence[Sequence[int]] = (),
    factory: Sequence[Stretch] = ALWAYS,
    mondays: Sequence[int] = (-1000,),
    horizon: int = 500,
    unit: int = 60,
) -> Problem:
    """The problem of these jobs; `changes[from][to]` is the one changeover matrix."""
    clock = Clock(unit)
    n, n_res = len(jobs), len(machines)
    rows = TimelineTable([clock.stretches(factory), *(clock.stretches(m.calendar) for m in machines)])
    arcs = sorted(arcs, key=lambda arc: (arc.a, arc.b))
    has_next = {arc.a for arc in arcs}
    has_pred = {arc.b for arc in arcs if not arc.material}
    last = [op for op in range(n) if op not in has_next]
    return Problem(
        now=NOW,
        horizon=NOW + horizon * unit,
        factory_tl=0,
        timelines=rows.arrays,
        timeline_rows=rows.rows,
        shop=_shop(jobs, machines, mondays, clock),
        changeovers=Changeovers(len(changes), clock.work([us for row in changes for us in row])),
        steps=_steps(jobs, clock),
        ops=_ops(jobs, clock),
        arcs=Arcs(
            ptr=spans([sum(arc.a == op for arc in arcs) for op in range(n)]),
            succ=ints([arc.b for arc in arcs]),
            wait=clock.long([arc.wait for arc in arcs]),
            move=clock.long([arc.move for arc in arcs]),
            batch=np.array([arc.batch for arc in arcs], np.float64),
            queued=np.array([not arc.material or arc.b not in has_pred for arc in arcs], np.uint8),
            max_gap=clock.long([arc.gap for arc in arcs]),
            blocking=np.array([arc.blocking for arc in arcs], np.uint8),
            store=ints([arc.store for arc in arcs]),
            store_units=ints([jobs[arc.a].qty * 1000 for arc in arcs]),
        ),
        arc_material=np.array([arc.material for arc in arcs], bool),
        arrival=clock.at([j.arrival for j in jobs]),
        dated=clock.at([j.dated for j in jobs]),
        release=clock.at([j.release for j in jobs]),
        weight=np.array([j.weight for j in jobs], np.float64),
        due=clock.at([j.due for j in jobs]),
        op_line=ints([last.index(op) if op in last else -1 for op in range(n)]),
        latest_start=clock.at([j.due for j in jobs]),
        latest_end=clock.at([j.due for j in jobs]),
        line_ptr=spans([1] * len(last)),
        line_op=ints(last),
        line_move=ints([0] * len(last)),
        line_dated=ints([NOW] * len(last)),
        line_due=clock.at([jobs[op].due for op in last]),
        line_need=clock.at([jobs[op].due for op in last]),
        line_weight=np.array([jobs[op].weight for op in last], np.float64),
        line_group=np.arange(len(last)),
        line_value=np.ones(len(last)),
        objective=ObjectiveWeights(),
        pool_ptr=spans([len(j.cands) for j in jobs]),
        pool_res=ints([res for j in jobs for res, _, _ in j.cands]),
        pool_changes=np.array([any(m.matrix >= 0 for m in machines)] * n, bool),
        preferred=spans([len(j.cands) for j in jobs])[:-1],
        res_names=[f"M{k}" for k in range(n_res)],
        op_names=[f"J{k}" for k in range(n)],
        family_names=[f"F{k}" for k in range(len(changes))],
        findings=[],
    )


def _shop(jobs: list[Job], machines: list[Machine], mondays: Sequence[int], clock: Clock) -> Shop:
    n_res = len(machines)
    touch = [
        [
            pool
            for pool, j in enumerate(jobs)
            if res in {c[0] for c in j.cands} | {m for need in j.needs for m in need[0]}
        ]
        for res in range(n_res)
    ]
    return Shop(
        capacity=ints([m.capacity * 1000 for m in machines]),
        timeline=np.arange(1, n_res + 1),
        matrix=ints([m.matrix for m in machines]),
        initial_family=ints([m.family for m in machines]),
        reserved_ptr=spans([0] * n_res),
        reserved_start=ints([]),
        reserved_end=ints([]),
        reserved_units=ints([]),
        touch_ptr=spans([len(t) for t in touch]),
        touch_pool=ints([pool for t in touch for pool in t]),
        travel=clock.long([m.travel for m in machines]),
        maint_work=clock.work([m.maint_work for m in machines]),
        maint_cycles=ints([m.maint_cycles for m in machines]),
        maint_time=clock.long([m.maint_time for m in machines]),
        used_work=clock.work([m.used_work for m in machines]),
        used_cycles=ints([m.used_cycles for m in machines]),
        week_units=ints([FAR if m.week is None else m.week * 1000 for m in machines]),
        week_start=clock.at(mondays),
    )


def _steps(jobs: list[Job], clock: Clock) -> Steps:
    n = len(jobs)
    cands = [c for j in jobs for c in j.cands]
    needs = [(members, units, phase, j.until) for j in jobs for members, units, phase in j.needs]
    return Steps(
        pool=np.arange(n),
        cand_ptr=spans([len(j.cands) for j in jobs]),
        cand_res=ints([c[0] for c in cands]),
        cand_setup=clock.work([c[1] for c in cands]),
        cand_fixed=clock.work([c[2] for c in cands]),
        cand_run=np.array([float(j.per_unit * clock.unit * PPM) for j in jobs for _ in j.cands], np.float64),
        cand_rank=ints([1 for _ in cands]),
        cand_stretch=np.array([j.stretch for j in jobs for _ in j.cands], np.float64),
        need_ptr=spans([len(j.needs) for j in jobs]),
        need_set=np.arange(len(needs)),
        need_units=ints([units * 1000 for _, units, _, _ in needs]),
        need_phase=ints([phase for _, _, phase, _ in needs]),
        set_ptr=spans([len(members) for members, _, _, _ in needs]),
        set_res=ints([m for members, _, _, _ in needs for m in members]),
        set_until=clock.at([until for members, _, _, until in needs for _ in members]),
        pause=np.array([j.pause for j in jobs], np.uint8),
        queue=clock.long([j.queue for j in jobs]),
        move=ints([0] * n),
        wait=ints([0] * n),
        transfer=np.zeros(n),
        max_stretch=clock.long([j.max_stretch for j in jobs]),
        batch_qty=np.array([j.oven for j in jobs], np.float64),
        batch_min=np.zeros(n),
        batch_wait=ints([FAR] * n),
    )


def _ops(jobs: list[Job], clock: Clock) -> Ops:
    first = spans([len(j.cands) for j in jobs])
    pinned = [j.pin >= 0 for j in jobs]
    pins = np.where(pinned, clock.at([j.pin for j in jobs]), -1)
    return Ops(
        step=np.arange(len(jobs)),
        qty=np.array([j.qty for j in jobs], np.float64),
        family=ints([j.family for j in jobs]),
        need_ptr=spans([len(j.needs) for j in jobs]),
        setup_done=np.array([j.begun for j in jobs], np.uint8),
        latest_use=clock.at([j.latest_use for j in jobs]),
        pin_setup=pins,
        pin_start=pins,
        pin_end=pins,
        pin_cand=ints([first[k] if pinned[k] else -1 for k in range(len(jobs))]),
        pin_need=ints([-1 for j in jobs for _ in j.needs]),
        batch_key=ints([j.key for j in jobs]),
    )
