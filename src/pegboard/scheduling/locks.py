"""Locks on an old schedule: which operations they hold, and what they clash with in a changed factory.

A locked operation is pinned to its old times, resource and members. A lock that cannot be kept is a finding that names
both parties, and its operation is set free.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.domain.finding import Finding, error, info, warning
from pegboard.domain.snapshot import Snapshot
from pegboard.kernels.arrays import Schedule
from pegboard.kernels.latest import run_work
from pegboard.kernels.lay import calendars_of
from pegboard.kernels.opentime import place
from pegboard.scheduling.former import whole
from pegboard.scheduling.held import holds
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.view import OpenTime
from pegboard.tables.supply import spans

ENDLESS = 1 << 40
FREED = "unlock it or lock it elsewhere; it was scheduled as if it were not locked"


@dataclass(frozen=True)
class Lock:
    """Operations to keep where they were: all that fit every part that is given; `text` is how it was written.

    `lines` are rows of customer-order lines and stand for all that they are made from. `[start, end)` means operations
    that hold a resource, or run at all, in that time.
    """

    text: str
    operation: str = ""
    resource: str = ""
    lines: tuple[int, ...] | None = None
    start: int = -FAR
    end: int = FAR


def frozen(problem: Problem, minutes: float) -> Lock:
    """The frozen zone as a lock."""
    return Lock("the frozen zone", start=problem.now, end=problem.now + int(minutes * 60))


def idle_locks(snapshot: Snapshot) -> list[Finding]:
    """A remark for a plan that is made from nothing: it has no places that the factory's locks could hold."""
    if not snapshot.locks:
        return []
    what = f"{len(snapshot.locks)} locks hold nothing: they keep what an earlier plan has, and this one is made anew"
    return [info("C446", "locks", what, "repair the earlier plan to keep them, or pin operations to an instant")]


def held_by(problem: Problem, old: Schedule, lock: Lock) -> np.ndarray:
    """The operations of an old schedule that a lock holds, as a mask."""
    found = old.end >= 0
    if lock.operation:
        found = found & np.array([lock.operation in (name, whole(name)) for name in problem.op_names], bool)
    if lock.lines is not None:
        found = found & _behind(problem, lock.lines)
    if lock.resource:
        op, res, start, _, end, _ = holds(problem, _known(old))
        mine = [r for r, name in enumerate(problem.res_names) if name == lock.resource]
        on = np.zeros(problem.n_op, bool)
        on[op[np.isin(res, mine) & (start < lock.end) & (end > lock.start)]] = True
        return found & on
    if lock.text == "the frozen zone":
        return found & (old.start >= lock.start) & (old.start < lock.end)
    return found & (old.setup_start < lock.end) & (old.end > lock.start)


def _known(old: Schedule) -> Schedule:
    """The schedule without operations whose resource is gone."""
    return old._replace(end=np.where(old.cand < 0, -1, old.end))


def _behind(p: Problem, lines: Sequence[int]) -> np.ndarray:
    """All operations that lines wait for."""
    found = np.zeros(p.n_op, bool)
    for line in lines:
        found[p.line_op[p.line_ptr[line] : p.line_ptr[line + 1]]] = True
    owner = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))
    while True:
        more = owner[found[p.arcs.succ] & ~found[owner]]
        if not more.size:
            return found
        found[more] = True


def with_pins(
    p: Problem,
    old: Schedule,
    locks: Sequence[Lock],
    freed: frozenset[str],
    findings: list[Finding],
    zone: tzinfo = UTC,
) -> Problem:
    """The problem with what the locks hold pinned; those that cannot be kept are reported and stay free."""
    by: dict[int, str] = {}
    for lock in locks:
        mask = held_by(p, old, lock)
        if not mask.any() and lock.text != "the frozen zone":
            findings.append(warning("S341", lock.text, f"lock {lock.text} holds nothing", "correct the name or date"))
        for op in np.flatnonzero(mask).tolist():
            by.setdefault(op, lock.text)
    pinned = p.ops.pin_setup >= 0
    wanted = [op for op in sorted(by) if not pinned[op] and not p.ops.setup_done[op] and p.name(op) not in freed]
    kept: list[int] = []
    for op in wanted:
        why = _misfit(p, old, op)
        if why:
            findings.append(_clash(p, op, int(old.start[op]), f"lock {by[op]}", why, zone))
        else:
            kept.append(op)
    ops = np.array(kept, np.int64)
    while ops.size:
        crowded = _crowded(p, old, ops)
        if not crowded:
            break
        findings.extend(_clash(p, op, int(old.start[op]), f"lock {by[op]}", why, zone) for op, why in crowded.items())
        ops = ops[~np.isin(ops, list(crowded))]
    return _pinned(p, old, ops) if ops.size else p


def without_pins(p: Problem, locked: Problem, names: Collection[int]) -> Problem:
    """`locked` with some of its locks set free; the pins of `p` itself stay."""
    keep = (locked.ops.pin_setup >= 0) & (p.ops.pin_setup < 0)
    keep[list(names)] = False
    ops = np.flatnonzero(keep)
    return _pinned(p, _at_pins(locked), ops) if ops.size else p


def clashes(p: Problem, locked: Problem, schedule: Schedule, zone: tzinfo = UTC) -> dict[int, Finding]:
    """The locked operations that others, moved or not, leave no longer where they are locked, each with a finding."""
    ours = (locked.ops.pin_setup >= 0) & (p.ops.pin_setup < 0)
    if not ours.any():
        return {}
    found: dict[int, str] = {}
    for op in np.flatnonzero(ours & (schedule.setup_start < locked.ops.pin_setup)).tolist():
        found[op] = "what comes to stand before it there asks for a longer changeover"
    starts = locked.ops.pin_setup
    dated = np.maximum(p.not_before, np.maximum(p.arrival, p.now))
    for op in np.flatnonzero(ours & (starts < dated)).tolist():
        found[op] = f"its material or release comes at {local(int(dated[op]), zone)}"
    owner = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))
    arcs = np.flatnonzero(ours[p.arcs.succ] & (p.arcs.batch <= 0))
    for arc, ready in zip(arcs.tolist(), _ready(p, schedule, owner[arcs], arcs).tolist(), strict=True):
        op, pred = int(p.arcs.succ[arc]), int(owner[arc])
        if schedule.end[pred] < 0:
            found[op] = f"operation {p.name(pred)} before it finds no place"
        elif ready > starts[op]:
            found[op] = f"operation {p.name(pred)} before it lets it begin at {local(ready, zone)}"
    return {op: _clash(p, op, int(locked.ops.pin_start[op]), "its lock", why, zone) for op, why in found.items()}


def _ready(p: Problem, schedule: Schedule, pred: Ints, arcs: Ints) -> Ints:
    """When what predecessors hand over has waited, moved and queued for the resource of who takes it."""
    factory = OpenTime(p.timeline_rows[p.factory_tl])
    at = factory.after_open(schedule.end[pred] + p.arcs.wait[arcs], p.arcs.move[arcs])
    succ = p.arcs.succ[arcs]
    queue = np.where((p.arcs.queued[arcs] == 1), p.steps.queue[p.ops.step[succ]], 0)
    for t in np.unique(p.shop.timeline).tolist() if queue.any() else []:
        mine = p.shop.timeline[p.steps.cand_res[schedule.cand[succ]]] == t
        at[mine] = OpenTime(p.timeline_rows[t]).after_open(at[mine], queue[mine])
    return at


def _clash(p: Problem, op: int, start: int, lock: str, why: str, zone: tzinfo) -> Finding:
    what = f"operation {p.name(op)} is held at {local(start, zone)} by {lock}, but {why}"
    return error("S340", p.name(op), what, FREED)


def local(t: int, zone: tzinfo) -> str:
    """An instant in a sentence."""
    return datetime.fromtimestamp(t, zone).strftime("%Y-%m-%d %H:%M")


def _misfit(p: Problem, old: Schedule, op: int) -> str:
    """Why an operation cannot be where it was, whatever the others do; nothing where it can."""
    a, b = int(p.ops.need_ptr[op]), int(p.ops.need_ptr[op + 1])
    cand, step = int(old.cand[op]), int(p.ops.step[op])
    if cand < 0 or (old.need_res[a:b] < 0).any():
        return "a resource it was on is gone, or may no longer do it"
    if old.setup_start[op] < p.now:
        return "that is before now"
    primary = int(p.steps.cand_res[cand])
    members = old.need_res[a:b].copy()
    for parties in (members[:0], members):
        ids = np.empty((2, b - a + 1), np.int64)
        n_setup, n_run = calendars_of(*p.packed[:2], step, cand, members, parties.size, ids[0], ids[1])
        setup = int(p.steps.cand_setup[cand] + old.changeover[op])
        run = int(run_work(p.steps, cand, float(p.ops.qty[op])))
        pause, stretch = bool(p.steps.pause[step]), int(p.steps.max_stretch[step])
        found = place(p.timelines, ids[0], n_setup, ids[1], n_run, setup, run, pause, stretch, int(old.setup_start[op]))
        if not parties.size and found[2] < old.end[op]:
            return f"its work on {p.res_names[primary]} is shorter now"
        if found != (old.setup_start[op], old.start[op], old.end[op]) and (parties.size or not members.size):
            names = " and ".join(p.res_names[r] for r in [primary, *parties.tolist()])
            return f"{names} cannot be at it then: the calendar has changed, or its work is longer now"
    return ""


def _crowded(p: Problem, old: Schedule, ops: Ints) -> dict[int, str]:
    """Locked operations that come to a resource that others, locked or pinned, hold already beyond its capacity."""
    both = _pinned(p, old, ops)
    held = _at_pins(both)
    op, res, start, _, end, units = holds(both, held)
    some = (start < end) & (both.shop.capacity[res] < ENDLESS)
    op, res, start, end, units = op[some], res[some], start[some], end[some], units[some]
    who, where = np.concatenate([op, op]), np.concatenate([res, res])
    when, change = np.concatenate([end, start]), np.concatenate([-units, units])
    order = np.lexsort((who, change > 0, when, where))
    level = np.cumsum(change[order])
    over = order[(level > both.shop.capacity[where[order]]) & (change[order] > 0)]
    mine = set(ops.tolist())
    found: dict[int, str] = {}
    for k in over.tolist():
        others = op[(res == where[k]) & (start <= when[k]) & (end > when[k]) & (op != who[k])].tolist()
        names = ", ".join(sorted(p.name(o) for o in others))
        free = next((o for o in [int(who[k]), *others] if o in mine), -1)
        if free >= 0:
            found[free] = f"{p.res_names[int(where[k])]} has no room for it beside {names or 'nobody'}"
    return found


def _at_pins(p: Problem) -> Schedule:
    """The schedule in which only pinned operations have a place."""
    return Schedule(
        setup_start=p.ops.pin_setup,
        start=p.ops.pin_start,
        end=p.ops.pin_end,
        cand=p.ops.pin_cand,
        need_res=p.ops.pin_need,
        changeover=np.zeros(p.n_op, np.int64),
        sequence=np.arange(p.n_op),
        load=np.full(p.n_op, -1, np.int64),
    )


def _pinned(p: Problem, old: Schedule, ops: Ints) -> Problem:
    """The problem with operations pinned where they are in `old`, and their resources reserved."""
    columns = {}
    of = {"pin_setup": "setup_start", "pin_start": "start", "pin_end": "end", "pin_cand": "cand"}
    for pin, column in of.items():
        columns[pin] = getattr(p.ops, pin).copy()
        columns[pin][ops] = getattr(old, column)[ops]
    counts = p.ops.need_ptr[ops + 1] - p.ops.need_ptr[ops]
    needs = np.repeat(p.ops.need_ptr[ops] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    columns["pin_need"] = p.ops.pin_need.copy()
    columns["pin_need"][needs] = old.need_res[needs]
    pinned = replace(p, ops=p.ops._replace(**columns))
    _, res, start, _, end, units = holds(pinned, _at_pins(pinned))
    order = np.lexsort((units, end, start, res))
    shop = p.shop._replace(
        reserved_ptr=spans(np.bincount(res, minlength=p.shop.capacity.size)),
        reserved_start=start[order],
        reserved_end=end[order],
        reserved_units=units[order],
    )
    return replace(pinned, shop=shop)
