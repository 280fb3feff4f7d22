"""How one operation lies in time on given resources: setup and run in their open time, and what must come before.

A resource's care says what its past asks of the next operation: a changeover, a maintenance, a tool's way, a week's
limit. Whether the resources are free is asked elsewhere.
"""

import numpy as np

from pegboard.kernels.arrays import BOTH, CHANGES, FAR, RUN_ONLY, SETUP_ONLY, TRAVELS, WEARS, WEEKLY
from pegboard.kernels.compiled import leaf
from pegboard.kernels.latest import exact_work
from pegboard.kernels.opentime import advance, advance_one, after_open, next_open, open_until, place

UNIT = np.int64(1000)
STATEFUL = CHANGES | WEARS | TRAVELS


@leaf
def most_needs(S):
    """The largest number of further resources any step needs."""
    most = 0
    for step in range(S.step.size - 1):
        most = max(most, S.step[step + 1].need_ptr - S.step[step].need_ptr)
    return most


@leaf
def run_work(S, cand, qty):
    """Microseconds of run work of `qty` pieces on a candidate, fixed part included, rounded up."""
    return exact_work(S.cand[cand].fixed, S.cand[cand].run, qty)


@leaf
def calendars_of(R, S, step, cand, members, n_need, setup_ids, run_ids):
    """Write the calendars to be open during setup and during run, the primary's first; returns their counts."""
    primary = R.res[S.cand[cand].res].timeline
    setup_ids[0] = run_ids[0] = primary
    n_setup = n_run = 1
    base = S.step[step].need_ptr
    for k in range(n_need):
        tl = R.res[members[k]].timeline
        if tl == primary:
            continue
        phase = S.need[base + k].phase
        if phase != RUN_ONLY:
            setup_ids[n_setup] = tl
            n_setup += 1
        if phase != SETUP_ONLY:
            run_ids[n_run] = tl
            n_run += 1
    return n_setup, n_run


@leaf
def changeover_work(R, S, C, family, state, cand, members, n_need):
    """Longest changeover over the operation's resources with a matrix, stretched as the candidate's setup is."""
    if family < 0:
        return 0
    longest = 0
    for k in range(-1, n_need):
        res = S.cand[cand].res if k < 0 else members[k]
        if R.res[res].matrix >= 0 and state[res].family >= 0:
            us = C.us[(R.res[res].matrix * C.n_family + state[res].family) * C.n_family + family]
            longest = max(longest, us)
    if longest == 0:
        return 0
    return int(np.ceil(longest * S.cand[cand].stretch - 1e-3))


@leaf
def lay(T, R, S, C, O, L, op, cand, members, n_need, t, arrived, ready, last_in, batch):
    """Times of an operation on given resources from `t` on: `(setup_start, start, end, changeover)`.

    The operation's own queue runs on its primary calendar from `arrived`; `ready` binds its setup start as it is.
    Where a predecessor hands over in batches, its last one at `last_in`, the start moves so that the run ends,
    unbroken, no earlier than the run of that `batch` after it (worked example MT-14).
    """
    step = O.op[op].step
    primary = S.cand[cand].res
    tl = R.res[primary].timeline
    setup, changeover = S.cand[cand].setup, 0
    run = run_work(S, cand, O.op[op].qty)
    care = L.res[primary].care
    for k in range(n_need):
        care |= L.res[members[k]].care
    if O.op[op].setup_done:
        setup = 0
        begin = max(t, ready, arrived)
    else:
        begin = max(t, ready, after_open(T, tl, arrived, S.step[step].queue))
        if care & CHANGES:
            changeover = changeover_work(R, S, C, O.op[op].family, L.res, cand, members, n_need)
        if care & (WEARS | TRAVELS):
            begin = max(begin, _rested(T, R, L, primary, members, n_need, setup + changeover + run))
    pause, stretch = S.step[step].pause != 0, S.step[step].max_stretch
    if n_need == 0 and batch <= 0.0 and pause and stretch >= FAR and care < WEEKLY and setup + changeover + run > 0:
        return _lay_alone(T, tl, begin, setup + changeover, run, changeover)
    n_setup, n_run = calendars_of(R, S, step, cand, members, n_need, L.setup_ids, L.run_ids)
    end_min = -FAR
    if batch > 0.0:
        end_min = advance(T, L.run_ids, n_run, last_in, run_work(S, cand, batch) - S.cand[cand].fixed)
    units = int(np.rint(O.op[op].qty * UNIT))
    for _ in range(1024):
        first, start, finish = place(
            T, L.setup_ids, n_setup, L.run_ids, n_run, setup + changeover, run, pause, stretch, begin
        )
        if finish >= FAR:
            break
        if finish < end_min:
            missing = open_until(T, tl, end_min) - open_until(T, tl, finish)
            begin = after_open(T, tl, first, max(missing, 1))
        elif care >= WEEKLY and not _week_has_room(R, L, primary, first, units):
            begin = _next_week(R, first)
        else:
            return first, start, finish, changeover
    return FAR, FAR, FAR, changeover


@leaf
def _lay_alone(T, tl, begin, setup, run, changeover):
    """The common case of `lay`: one resource, free to pause, nothing handed over in batches."""
    first = next_open(T, tl, begin)
    start = advance_one(T, tl, first, setup)
    if run == 0:
        return first, start, start, changeover
    start = next_open(T, tl, start)
    return first, start, advance_one(T, tl, start, run), changeover


@leaf
def _rested(T, R, L, primary, members, n_need, work):
    """The earliest setup start that leaves room for due maintenance and for tools on their way."""
    begin = -FAR
    for k in range(-1, n_need):
        res = primary if k < 0 else members[k]
        if L.res[res].care & WEARS and is_due(R, L, res, work):
            begin = max(begin, after_open(T, R.res[res].timeline, L.res[res].free_since, R.res[res].maint_time))
        if L.res[res].care & TRAVELS and L.res[res].beside >= 0 and L.res[res].beside != primary:
            begin = max(begin, L.res[res].free_since + R.res[res].travel)
    return begin


@leaf
def is_due(R, L, res, work):
    """Whether a resource must be maintained before it does so much more work."""
    if L.res[res].worked == 0 and L.res[res].cycles == 0:
        return False
    return L.res[res].worked + work > R.res[res].maint_work or L.res[res].cycles + 1 > R.res[res].maint_cycles


@leaf
def week_of(R, t):
    """The week an instant falls in; the first for all before it."""
    lo, hi = 0, R.week_start.size
    while lo < hi:
        mid = (lo + hi) >> 1
        if R.week_start[mid] <= t:
            lo = mid + 1
        else:
            hi = mid
    return max(lo - 1, 0)


@leaf
def _week_has_room(R, L, res, t, units):
    if R.res[res].week_units >= FAR:
        return True
    used = L.week_used[res * R.week_start.size + week_of(R, t)]
    return used == 0 or used + units <= R.res[res].week_units


@leaf
def _next_week(R, t):
    week = week_of(R, t) + 1
    return R.week_start[week] if week < R.week_start.size else FAR


@leaf
def is_held(S, base, k, setup_start, start, end):
    """Whether an operation holds its primary resource (k = -1) or its k-th need for any time at all."""
    if k < 0 or S.need[base + k].phase == BOTH:
        return setup_start < end
    if S.need[base + k].phase == SETUP_ONLY:
        return setup_start < start
    return start < end


@leaf
def leave_mark(R, S, O, L, out, op):
    """Note what a placed operation leaves behind on its resources: family, wear, place and end.

    The lots that join an oven's load add nothing but their later end.
    """
    cand = out.op[op].cand
    base, at = S.step[O.op[op].step].need_ptr, O.op[op].need_ptr
    primary = S.cand[cand].res
    joins = out.op[op].load >= 0 and out.op[op].load != op
    for k in range(-1, S.step[O.op[op].step + 1].need_ptr - base):
        res = primary if k < 0 else out.need_res[at + k]
        care = L.res[res].care
        if care & STATEFUL == 0 or not is_held(S, base, k, out.op[op].setup_start, out.op[op].start, out.op[op].end):
            continue
        if care & CHANGES and O.op[op].family >= 0:
            L.res[res].family = O.op[op].family
        if care & WEARS and not (k < 0 and joins):
            setup = 0 if O.op[op].setup_done else S.cand[cand].setup + out.op[op].changeover
            work = setup + run_work(S, cand, O.op[op].qty)
            if is_due(R, L, res, work) and not O.op[op].setup_done:
                L.res[res].worked = L.res[res].cycles = 0
            L.res[res].worked += work
            L.res[res].cycles += 1
        L.res[res].beside = primary
        L.res[res].free_since = max(L.res[res].free_since, out.op[op].end, L.op[op].freed)
    if L.res[primary].care & WEEKLY and R.res[primary].week_units < FAR:
        week = primary * R.week_start.size + week_of(R, out.op[op].setup_start)
        L.week_used[week] += int(np.rint(O.op[op].qty * UNIT))
