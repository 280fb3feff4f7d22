"""Why an operation found no place: named parties, so that a person can mend it."""

import numpy as np

from pegboard.domain.calendar import FAR, PPM, Timeline
from pegboard.kernels.arrays import Schedule
from pegboard.kernels.latest import run_work
from pegboard.scheduling.held import holds
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.view import Together, calendars_of


def root_failures(problem: Problem, schedule: Schedule) -> dict[int, str]:
    """Operations that could not be placed although all before them could, each with the reason."""
    owner = np.repeat(np.arange(problem.n_op), np.diff(problem.arcs.ptr))
    blocked = np.zeros(problem.n_op, bool)
    blocked[problem.arcs.succ[schedule.end[owner] < 0]] = True
    roots = np.flatnonzero((schedule.end < 0) & ~blocked)
    together = Together(problem)
    return {op: _reason(problem, together, op) for op in roots.tolist()}


def in_the_way(problem: Problem, schedule: Schedule) -> dict[int, str]:
    """Pinned operations for which one that has begun does not go on, though its resources are open; with the reason.

    What has begun comes before what is only locked.
    """
    p = problem
    pins = np.flatnonzero(p.ops.pin_start >= 0)
    begun = np.flatnonzero((p.ops.setup_done == 1) & (schedule.end >= 0))
    if not pins.size or not begun.size:
        return {}
    held = holds(p, schedule)
    _, run = calendars_of(p, schedule, begun)
    together = Together(p)
    found = {}
    for i, op in enumerate(begun.tolist()):
        if schedule.setup_start[op] <= together.of(run.at(i)).next_open(p.now):
            continue
        mine = held.res[held.op == op]
        before = np.isin(held.op, pins) & np.isin(held.res, mine) & (held.start < schedule.setup_start[op])
        for pin in np.unique(held.op[before]).tolist():
            found[pin] = f"keeps {p.name(op)}, which has begun, from going on"
    return found


def _reason(p: Problem, together: Together, op: int) -> str:
    S, R = p.steps, p.shop
    step = int(p.ops.step[op])
    name = p.name(op)
    if p.arrival[op] >= p.horizon or p.not_before[op] >= p.horizon:
        return f"operation {name} would start after the planning horizon"
    longest_needed, longest_open, where = 0.0, 0.0, ""
    stretch, most, least = int(S.max_stretch[step]), 0, FAR
    meets = False
    for cand in range(int(S.cand_ptr[step]), int(S.cand_ptr[step + 1])):
        res = int(S.cand_res[cand])
        sets = [S.need_set[k] for k in range(S.need_ptr[step], S.need_ptr[step + 1])]
        combos: list[tuple[int, ...]] = [(int(R.timeline[res]),)]
        for s in sets:
            members = S.set_res[S.set_ptr[s] : S.set_ptr[s + 1]].tolist()
            combos = [(*c, int(R.timeline[m])) for c in combos for m in members]
        for combo in sorted(set(combos)):
            shared = together.of(combo)
            if shared.next_open(p.now) >= p.horizon:
                continue
            meets = True
            work = int(run_work(S, cand, float(p.ops.qty[op]))) + int(S.cand_setup[cand])
            most = max(most, _most_work(shared, stretch))
            least = min(least, int(run_work(S, cand, float(p.ops.qty[op]))))
            longest = shared.longest_work()
            if longest > longest_open:
                longest_needed, longest_open, where = work, longest, p.res_names[res]
    if not meets:
        needs = " and ".join(dict.fromkeys(_parties(p, step)))
        return (
            f"operation {name} cannot run: the calendars of {needs} are never open at the same time before the horizon"
        )
    for k in range(int(S.need_ptr[step]), int(S.need_ptr[step + 1])):
        members = slice(S.set_ptr[S.need_set[k]], S.set_ptr[S.need_set[k] + 1])
        if S.set_until[members].max(initial=0) < p.horizon:
            names = ", ".join(p.res_names[r] for r in S.set_res[members].tolist())
            return (
                f"operation {name} cannot run: the skill it needs is held by {names or 'nobody'}, and not long enough"
            )
    if not S.pause[step] and longest_needed > longest_open:
        return (
            f"operation {name} may not pause and needs {longest_needed / PPM / 3600:.1f} h, "
            f"but the longest open stretch of {where} is {longest_open / PPM / 3600:.1f} h"
        )
    if stretch < FAR and least > most:
        return (
            f"operation {name} must end within {stretch / 3600:.1f} h of its start (max_stretch_min) and runs "
            f"{least / PPM / 3600:.1f} h, but that holds at most {most / PPM / 3600:.1f} h of the open time of "
            f"{' and '.join(dict.fromkeys(_parties(p, step)))}"
        )
    return f"operation {name} would end after the planning horizon"


def _most_work(calendar: Timeline, seconds: int) -> int:
    """The most work that fits any stretch of so many elapsed seconds; it begins or ends with open time."""
    if seconds >= FAR:
        return FAR
    begins = [calendar.work_until(t + seconds) - calendar.work_until(t) for t in calendar.start]
    ends = [calendar.work_until(t) - calendar.work_until(t - seconds) for t in calendar.end]
    return max([0, *begins, *ends])


def _parties(p: Problem, step: int) -> list[str]:
    S = p.steps
    names = [p.res_names[r] for r in S.cand_res[S.cand_ptr[step] : S.cand_ptr[step + 1]].tolist()]
    for k in range(int(S.need_ptr[step]), int(S.need_ptr[step + 1])):
        s = int(S.need_set[k])
        names.extend(p.res_names[r] for r in S.set_res[S.set_ptr[s] : S.set_ptr[s + 1]].tolist())
    return names
