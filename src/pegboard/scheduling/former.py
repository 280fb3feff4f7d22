"""Find the operations of an old plan in the problem of a changed factory, by work order and step."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from pegboard.domain.calendar import PPM
from pegboard.domain.finding import Finding, info
from pegboard.domain.plan import Places
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.held import holds
from pegboard.scheduling.problem import Ints, Problem, empty_schedule

Place = tuple[str, tuple[str, ...], int, int, int, str]
"""Resource, further resources, setup start, start and end, status."""


def _nothing() -> Ints:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class Former:
    """Where the operations of a problem were: end -1 for those that are new, cand -1 where they can't stay.

    `gone_*` is what operations that no longer are there held of resources, in order of start; `just_begun` are those
    that were only planned then, and have been begun since.
    """

    schedule: Schedule
    just_begun: frozenset[int] = frozenset()
    gone_res: Ints = field(default_factory=_nothing)
    gone_start: Ints = field(default_factory=_nothing)
    gone_end: Ints = field(default_factory=_nothing)


def former(problem: Problem, places: Places, findings: list[Finding]) -> Former:
    """The old places of all operations that are still there; what is new and what is gone is said."""
    found = empty_schedule(problem)
    rows: dict[str, list[Place]] = defaultdict(list)
    columns = zip(
        places.resource, places.also, places.setup_start, places.start, places.end, places.status, strict=True
    )
    for name, place in zip(places.names, columns, strict=True):
        rows[name].append(place)
    for wo, (start, end) in places.works.items():
        rows[wo].append(("", (), start, start, end, ""))
    candidates = _candidates(problem)
    index = {name: i for i, name in enumerate(problem.res_names)}
    step, need_ptr = problem.ops.step.tolist(), problem.ops.need_ptr.tolist()
    new: list[str] = []
    just_begun: set[int] = set()
    for op, name in enumerate(problem.op_names):
        if not (places_left := rows.get(name) or rows.get(whole(name))):
            new.append(name)
            continue
        resource, also, first, start, end, status = places_left.pop(0)
        if problem.ops.setup_done[op] and status == "planned":
            just_begun.add(op)
        found.setup_start[op], found.start[op], found.end[op] = first, start, end
        members = [index.get(m, -1) for m in also]
        if len(members) != need_ptr[op + 1] - need_ptr[op] or -1 in members:
            continue
        found.need_res[need_ptr[op] : need_ptr[op + 1]] = members
        found.cand[op] = candidates.get((step[op], resource), -1)
    gone = [(name, place) for name, left in rows.items() for place in left if place[0]]
    _say(findings, "S345", new, "new since the old plan", "they took what the others leave")
    _say(findings, "S344", [name for name, _ in gone], "in the old plan, but no longer there", "none: they left room")
    _loads(problem, found)
    _changeovers(problem, found)
    held = sorted(
        (first, end, index[r]) for _, (res, also, first, _, end, _) in gone for r in (res, *also) if r in index
    )
    table = np.array(held, np.int64).reshape(len(held), 3)
    return Former(found, frozenset(just_begun), table[:, 2].copy(), table[:, 0].copy(), table[:, 1].copy())


def whole(name: str) -> str:
    """The name of a divided operation without the number of its part: `WO-1.20` for `WO-1.20/2`."""
    wo, dot, step = name.rpartition(".")
    return wo + dot + step.partition("/")[0]


def _candidates(p: Problem) -> dict[tuple[int, str], int]:
    """The candidate of a step by the name of its resource; outside work goes by any name."""
    owner = np.repeat(np.arange(p.steps.cand_ptr.size - 1), np.diff(p.steps.cand_ptr)).tolist()
    names = [p.res_names[r] for r in p.steps.cand_res.tolist()]
    found: dict[tuple[int, str], int] = _Outside(p)
    for cand in reversed(range(len(names))):
        found[owner[cand], names[cand]] = cand
    return found


class _Outside(dict[tuple[int, str], int]):
    """Candidates by step and name; a step done by a supplier is found by whatever the plan called that."""

    def __init__(self, p: Problem) -> None:
        super().__init__()
        self.p = p

    def get(self, key: tuple[int, str], default: int = -1) -> int:  # type: ignore[override]
        if key in self:
            return self[key]
        first = int(self.p.steps.cand_ptr[key[0]])
        name = self.p.res_names[int(self.p.steps.cand_res[first])]
        return first if name.startswith("(") else default


def _say(findings: list[Finding], code: str, names: Iterable[str], what: str, advice: str) -> None:
    chosen = sorted(names)
    if chosen:
        shown = ", ".join(chosen[:3]) + (" ..." if len(chosen) > 3 else "")
        findings.append(info(code, "operations", f"{len(chosen):,} operations are {what}: {shown}", advice))


def _loads(p: Problem, schedule: Schedule) -> None:
    """Lots of one key that began together on one oven ran in one load, or in as many as they need, the largest first.

    The plan folder does not say which lots ran in which of the loads that an oven took side by side.
    """
    together: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for op in np.flatnonzero((p.ops.batch_key >= 0) & (schedule.cand >= 0)).tolist():
        res, start = int(p.steps.cand_res[schedule.cand[op]]), int(schedule.setup_start[op])
        together[res, start, int(p.ops.batch_key[op])].append(op)
    for lots in together.values():
        loads: list[tuple[int, float, float]] = []
        for op in sorted(lots, key=lambda op: -p.ops.qty[op]):
            qty, most = float(p.ops.qty[op]), float(p.steps.batch_qty[p.ops.step[op]])
            found = next((i for i, (_, sum_, room) in enumerate(loads) if sum_ + qty <= min(room, most) + 1e-9), -1)
            if found < 0:
                loads.append((op, qty, most))
            else:
                lead, sum_, room = loads[found]
                loads[found] = (lead, sum_ + qty, min(room, most))
            schedule.load[op] = loads[found][0]


def _changeovers(p: Problem, schedule: Schedule) -> None:
    """Write the changeovers that the old sequence asks for by the matrices of today, and the sequence of ties."""
    if not (p.shop.matrix >= 0).any():
        return
    known = schedule._replace(end=np.where(schedule.cand < 0, -1, schedule.end))
    op, res, start, end, _, _ = holds(p, known)
    some = (p.shop.matrix[res] >= 0) & (p.ops.family[op] >= 0) & (start < end)
    op, res = op[some], res[some]
    order = np.lexsort((schedule.end[op], schedule.setup_start[op], res))
    op, res = op[order], res[order]
    _untie(p, schedule, op, res)
    before = _families_before(p, op, res)
    n = p.changeovers.n_family
    us = p.changeovers.us[(p.shop.matrix[res] * n + np.maximum(before, 0)) * n + p.ops.family[op]]
    stretched = np.ceil(np.where(before < 0, 0, us) * p.steps.cand_stretch[schedule.cand[op]] - 1e-3).astype(np.int64)
    np.maximum.at(schedule.changeover, op, stretched)
    schedule.changeover[p.ops.setup_done == 1] = 0


def _families_before(p: Problem, op: Ints, res: Ints) -> Ints:
    """What each resource was set up for when the operation, in order by resource, came to it."""
    family = p.ops.family[op]
    found: Ints = np.where(np.diff(res, prepend=-1) != 0, p.shop.initial_family[res], np.roll(family, 1))
    return found


def _untie(p: Problem, schedule: Schedule, op: Ints, res: Ints) -> None:
    """Put operations that came to a resource at the same instant in the order that their setup times tell, in place.

    The plan folder does not say which of them came first, but the first had to change over from what ran before.
    """
    schedule.sequence[:] = np.arange(p.n_op)
    start, n = schedule.setup_start[op], p.changeovers.n_family
    tied = np.flatnonzero((res[1:] == res[:-1]) & (start[1:] == start[:-1])).tolist()
    for k in tied:
        last = k + 1
        while last + 1 < op.size and res[last + 1] == res[k] and start[last + 1] == start[k]:
            last += 1
        before = int(_families_before(p, op, res)[k])
        rest = op[k : last + 1]
        took = (schedule.start[rest] - schedule.setup_start[rest]) * PPM - p.steps.cand_setup[schedule.cand[rest]]
        row = (p.shop.matrix[res[k]] * n + before) * n
        us = p.changeovers.us[row + p.ops.family[rest]] if before >= 0 else np.zeros(rest.size)
        first = k + int(np.argmin(np.abs(took - us)))
        op[k], op[first] = op[first], op[k]
        schedule.sequence[op[k]] = min(schedule.sequence[op[k : last + 1]]) - 1
