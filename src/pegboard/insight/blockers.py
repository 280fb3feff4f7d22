"""Who stands in the way of lines fitted into a plan: the orders that hold a resource while these wait for it."""

from collections import defaultdict

import msgspec
import numpy as np

from pegboard.insight.planned import Planned
from pegboard.scheduling.problem import Ints, Problem, Schedule
from pegboard.tables.process import NO_LIMIT


class Blocker(msgspec.Struct, frozen=True, gc=False):
    """A line of the plan that holds resources for so many seconds while others wait for these.

    It would still be on time if it were done `spare` seconds later; less than nothing where it is late already.
    """

    line: int
    seconds: int
    spare: int


def blockers(planned: Planned, kept: np.ndarray, new: Problem, schedule: Schedule) -> list[Blocker]:
    """The lines whose kept operations hold what new ones wait for, the longest first.

    An operation waits for its resources from when what it draws on and what comes before it lets it start. Any
    resource that could do it counts.
    """
    old, stands = planned.problem, planned.schedule
    ready = _ready(new, schedule)
    waits = np.flatnonzero(schedule.setup_start > ready)
    held: dict[int, int] = defaultdict(int)
    owner = np.repeat(np.arange(old.n_op), np.diff(old.ops.need_ptr))
    op = np.concatenate([np.arange(old.n_op), owner])
    res = np.concatenate([old.steps.cand_res[stands.cand], stands.need_res])
    some = kept[op] & (old.op_line[op] >= 0) & (old.ops.setup_done[op] == 0) & (old.ops.pin_setup[op] < 0)
    op, res = op[some], res[some]
    for w in waits.tolist():
        wanted = _could_use(new, w)
        seconds = np.minimum(stands.end[op], schedule.setup_start[w]) - np.maximum(stands.setup_start[op], ready[w])
        for i in np.flatnonzero(wanted[res] & (seconds > 0)).tolist():
            held[int(old.op_line[op[i]])] += int(seconds[i])
    lines, done = planned.supply.lines, planned.completion
    found = [Blocker(i, s, lines[i].need - at) for i, s in held.items() if (at := done[i]) is not None]
    return sorted(found, key=lambda b: (-b.seconds, b.line))


def _ready(p: Problem, schedule: Schedule) -> Ints:
    """When each operation could start if resources were free, without its queue."""
    owner = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))
    found: Ints = np.maximum(np.maximum(p.not_before, p.arrival), p.now)
    np.maximum.at(found, p.arcs.succ, schedule.end[owner] + p.arcs.wait)
    return found


def _could_use(p: Problem, op: int) -> np.ndarray:
    """Resources with a limit that an operation could be on, or need."""
    step = p.ops.step[op]
    found = np.zeros(len(p.res_names), bool)
    found[p.steps.cand_res[p.steps.cand_ptr[step] : p.steps.cand_ptr[step + 1]]] = True
    for k in range(p.steps.need_ptr[step], p.steps.need_ptr[step + 1]):
        s = p.steps.need_set[k]
        found[p.steps.set_res[p.steps.set_ptr[s] : p.steps.set_ptr[s + 1]]] = True
    return found & (p.shop.capacity < NO_LIMIT)
