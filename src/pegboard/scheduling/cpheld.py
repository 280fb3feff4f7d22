"""Holds of resources over the variables of a CP-SAT model: the counterpart of `held` for constraints that post."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pegboard.kernels.arrays import RUN_ONLY, SETUP_ONLY
from pegboard.scheduling.cpmodel import CpModel, Var
from pegboard.scheduling.held import UNIT
from pegboard.scheduling.problem import Ints

ENDLESS = 1 << 40
"""Thousandths of capacity from which a resource has no limit."""


@dataclass(frozen=True)
class CpHold:
    """A stretch in which an operation holds units of a resource, if `there`."""

    op: int
    res: int
    start: Var
    end: Var
    units: int
    there: Var


def working(cp: CpModel, *, keeping: bool = False, all_of_load: bool = False) -> list[CpHold]:
    """What every operation may hold for its work, and where `keeping` what it keeps until its next steps.

    A load holds its primary resource through its leader; `all_of_load` has a hold for each of it beside.
    """
    found = []
    for op in range(cp.problem.n_op):
        end = load_end(cp, op, keeping=keeping)
        for res in cp.primaries(op):
            there = cp.on(op, res) if all_of_load else cp.all([cp.on(op, res), cp.leads(op)])
            found.append(CpHold(op, res, cp.setup_start[op], end, UNIT, there))
        base = int(cp.problem.steps.need_ptr[cp.problem.ops.step[op]])
        for k, members in enumerate(cp.fills[op]):
            phase, units = int(cp.problem.steps.need_phase[base + k]), int(cp.problem.steps.need_units[base + k])
            start = cp.start[op] if phase == RUN_ONLY else cp.setup_start[op]
            end_of_need = cp.start[op] if phase == SETUP_ONLY else cp.end[op]
            found += [CpHold(op, res, start, end_of_need, units, literal) for res, literal in members.items()]
    return found


def storing(cp: CpModel) -> list[CpHold]:
    """What every operation leaves on a storage until its next steps."""
    arcs = cp.problem.arcs
    first = {a: arc for arc, a, _ in reversed(cp.pairs(arcs.store >= 0))}
    found = []
    for op, arc in sorted(first.items()):
        until = _until_next(cp, op, store=True)
        found.append(CpHold(op, int(arcs.store[arc]), cp.end[op], until, int(arcs.store_units[arc]), cp.true))
    return found


def load_end(cp: CpModel, op: int, *, keeping: bool) -> Var:
    """When the load that an operation leads is over, or has been taken over; of no meaning for one that is led."""
    until = _until_next(cp, op, store=False) if keeping else cp.end[op]
    followers = cp.followers().get(op, [])
    if not followers:
        return until
    ends = [until]
    for other, literal in followers:
        mine = cp.time()
        theirs = _until_next(cp, other, store=False) if keeping else cp.end[other]
        cp.model.add(mine == theirs).only_enforce_if(literal)
        cp.model.add(mine == 0).only_enforce_if(~literal)
        ends.append(mine)
    return _latest(cp, ends)


def _until_next(cp: CpModel, op: int, *, store: bool) -> Var:
    arcs = cp.problem.arcs
    nexts = [b for _, a, b in cp.pairs(arcs.store >= 0 if store else arcs.blocking == 1) if a == op]
    return _latest(cp, [cp.end[op], *(cp.setup_start[b] for b in nexts)])


def _latest(cp: CpModel, times: Sequence[Var]) -> Var:
    if len(times) == 1:
        return times[0]
    found = cp.time()
    cp.model.add_max_equality(found, times)
    return found


def keep_room(cp: CpModel, holds: Sequence[CpHold], capacity: Ints) -> None:
    """On every finite resource the units held at one instant are at most its capacity."""
    for res in sorted({hold.res for hold in holds}):
        room = int(capacity[res])
        mine = [hold for hold in holds if hold.res == res]
        if room >= ENDLESS:
            continue
        spans = [_span(cp, hold) for hold in mine]
        cp.model.add_cumulative(spans, [hold.units for hold in mine], room)


def _span(cp: CpModel, hold: CpHold) -> Var:
    """The interval of a hold; one that would end before it starts takes no time."""
    length, end = cp.time(), cp.time()
    cp.model.add_max_equality(end, [hold.start, hold.end])
    cp.model.add(length == end - hold.start)
    return cp.model.new_optional_interval_var(hold.start, length, end, hold.there, "")


def chain(cp: CpModel, there: dict[int, Var]) -> dict[tuple[int, int], Var]:
    """Who directly follows whom in the order of setup starts, among the operations that are there; -1 comes first."""
    nodes = sorted(there)
    follows = {(i, j): cp.model.new_bool_var("") for i in [-1, *nodes] for j in [*nodes, -1] if i != j or i == -1}
    number = {op: k + 1 for k, op in enumerate(nodes)} | {-1: 0}
    arcs = [(number[i], number[j], literal) for (i, j), literal in follows.items()]
    arcs += [(number[op], number[op], ~literal) for op, literal in there.items()]
    if nodes:
        cp.model.add_circuit(arcs)
    for (i, j), literal in follows.items():
        if i >= 0 and j >= 0:
            cp.model.add_implication(literal, cp.before(i, j))
    return {pair: literal for pair, literal in follows.items() if pair[1] >= 0}


def present(cp: CpModel, holds: Sequence[CpHold]) -> dict[int, Var]:
    """For each operation whether it holds something for any time."""
    by_op: dict[int, list[Var]] = {}
    for hold in holds:
        by_op.setdefault(hold.op, []).append(cp.all([hold.there, cp.longer(hold.start, hold.end)]))
    return {op: cp.any(literals) for op, literals in by_op.items()}


def hand_on(cp: CpModel, holds: Sequence[CpHold], res: int, travel: int) -> None:
    """Each unit of a resource goes from use to use, with `travel` ticks between different primary resources."""
    room = int(cp.problem.shop.capacity[res])
    step = int(np.gcd.reduce([room, *(hold.units for hold in holds)])) if holds else room
    there = [cp.all([hold.there, cp.longer(hold.start, hold.end)]) for hold in holds]
    lanes = range(room // step)
    used = [[cp.model.new_bool_var("") for _ in lanes] for _ in holds]
    for hold, literal, mine in zip(holds, there, used, strict=True):
        cp.model.add(sum(mine) == (hold.units // step) * literal)
    for i, a in enumerate(holds):
        for j, b in enumerate(holds[:i]):
            for lane in lanes:
                _apart(cp, a, b, travel, [used[i][lane], used[j][lane]])


def _apart(cp: CpModel, a: CpHold, b: CpHold, travel: int, when: list[Var]) -> None:
    """Two holds one after the other, and with the travel between where they are beside different resources."""
    first = cp.model.new_bool_var("")
    cp.model.add(a.end <= b.start).only_enforce_if([*when, first])
    cp.model.add(b.end <= a.start).only_enforce_if([*when, ~first])
    for one in cp.primaries(a.op):
        for other in cp.primaries(b.op):
            if one != other:
                far = [*when, cp.on(a.op, one), cp.on(b.op, other)]
                cp.model.add(a.end + travel <= b.start).only_enforce_if([*far, first])
                cp.model.add(b.end + travel <= a.start).only_enforce_if([*far, ~first])
