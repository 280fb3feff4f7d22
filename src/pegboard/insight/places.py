"""Where an operation may stand on the board: its rows, and the hours in which it may start there."""

import msgspec
import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.insight.plan_board import BoardView


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A row by number: work of so many seconds there may start between two instants; none where `to` is earlier.

    `from` is the first open instant by what the plan has arrive and end before it; `to` the latest start by which
    nobody is late.
    """

    resource: int
    from_: int = msgspec.field(name="from")
    to: int
    seconds: int


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """All places of one operation."""

    resources: list[Place]


def places(view: BoardView, number: int) -> Places:
    """The places of an operation of the board."""
    p, op = view.planned, int(view.ops[number])
    problem, steps, s = p.problem, p.problem.steps, p.schedule
    step = int(problem.ops.step[op])
    before = np.flatnonzero(problem.arcs.succ == op)
    owners = np.searchsorted(problem.arcs.ptr, before, side="right") - 1
    ready = max([p.factory.now, int(problem.not_before[op]), *p.moved[owners].tolist()])
    found: dict[int, Place] = {}
    for cand in range(int(steps.cand_ptr[step]), int(steps.cand_ptr[step + 1])):
        res = int(steps.cand_res[cand])
        at_home = res == int(steps.cand_res[s.cand[op]])
        row = int(view.row_of_op[op]) if at_home else view.row_of.get(problem.res_names[res], -1)
        first = problem.timeline_rows[int(problem.shop.timeline[res])].next_open(ready)
        if row < 0 or first >= FAR:
            continue
        run = float(steps.cand_fixed[cand]) + float(steps.cand_run[cand]) * float(problem.ops.qty[op])
        work = (run + float(steps.cand_setup[cand])) / 1e6
        place = Place(resource=row, from_=first, to=int(problem.latest_start[op]), seconds=round(work))
        if row not in found or work < found[row].seconds:
            found[row] = place
    return Places(resources=[found[row] for row in sorted(found)])
