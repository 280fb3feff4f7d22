"""Retime a schedule: every operation again, in a given order, on its own resources, at the earliest instant that holds.

One pass without events that keeps the sequence on every resource; `overtake.py` lets operations pass each other. What
both need to place one operation is here too.
"""

from typing import NamedTuple

import numpy as np

from pegboard.kernels.arrays import (
    FAR,
    RUN_ONLY,
    SETUP_ONLY,
    Arcs,
    Changeovers,
    Floats,
    Ints,
    Ops,
    Schedule,
    Shop,
    Steps,
    Timelines,
)
from pegboard.kernels.compiled import kernel, leaf
from pegboard.kernels.dispatch import UNIT, calendars_of, changeover_work, lay, most_needs
from pegboard.kernels.latest import run_work
from pegboard.kernels.opentime import advance, advance_one, after_open, common_open, gap_after, retreat
from pegboard.kernels.profile import Profile, around, book, empty_profile, free_from, past_travel, prolong

ENDLESS = 1 << 40


class Into(NamedTuple):
    """The arcs by their ends: those into `op` are `arc[ptr[op]:ptr[op + 1]]`, and arc `j` comes from `owner[j]`."""

    ptr: Ints
    arc: Ints
    owner: Ints


class Bench(NamedTuple):
    """All that placing one operation reads, and the room it works in.

    `out` is what has been placed, `was` where operations were. By resource: what was booked last of it by those that
    keep the sequence (`last_start`, and in the old plan `last_was`), and what wears it out since its last maintenance.
    `waits` holds when an operation's queue may begin, when its setup may, and when its last transfer batch comes,
    `spot` the times found: setup start, start, end, changeover.
    """

    T: Timelines
    R: Shop
    S: Steps
    C: Changeovers
    O: Ops
    A: Arcs
    into: Into
    P: Profile
    out: Schedule
    was: Schedule
    booking: Ints
    last_start: Ints
    last_was: Ints
    worn_work: Ints
    worn_cycles: Ints
    worn_until: Ints
    week_used: Ints
    state: Ints
    members: Ints
    setup_ids: Ints
    run_ids: Ints
    waits: Ints
    batch: Floats
    spot: Ints
    factory_tl: int
    now: int
    horizon: int


@leaf
def await_all(W, op, arrival, not_before):
    """Write to `waits` and `batch` what an operation waits for; False where something before it has no place."""
    T, R, S, O, A = W.T, W.R, W.S, W.O, W.A
    W.waits[0], W.waits[1], W.waits[2] = max(arrival, W.now), not_before, -FAR
    W.batch[0] = 0.0
    for i in range(W.into.ptr[op], W.into.ptr[op + 1]):
        j = W.into.arc[i]
        pred = W.into.owner[j]
        if W.out.end[pred] < 0:
            return False
        at = after_open(T, W.factory_tl, W.out.end[pred] + A.wait[j], A.move[j])
        if 0.0 < A.batch[j] < O.qty[pred]:
            n_need = O.need_ptr[pred + 1] - O.need_ptr[pred]
            for k in range(n_need):
                W.members[k] = W.out.need_res[O.need_ptr[pred] + k]
            cand = W.out.cand[pred]
            _, n_run = calendars_of(R, S, O.step[pred], cand, W.members, n_need, W.setup_ids, W.run_ids)
            through = advance(T, W.run_ids, n_run, W.out.start[pred], run_work(S, cand, A.batch[j]))
            W.waits[2] = max(W.waits[2], at)
            W.batch[0] = max(W.batch[0], A.batch[j])
            at = after_open(T, W.factory_tl, min(through, W.out.end[pred]) + A.wait[j], A.move[j])
        k = 0 if A.queued[j] else 1
        W.waits[k] = max(W.waits[k], at)
    return True


@leaf
def hold(S, step, k, first, start, finish):
    """What an operation holds of its primary resource (k = -1) or for its k-th need: `(start, end, units)`."""
    if k < 0:
        return first, finish, UNIT
    need = S.need_ptr[step] + k
    begin = start if S.need_phase[need] == RUN_ONLY else first
    end = start if S.need_phase[need] == SETUP_ONLY else finish
    return begin, end, S.need_units[need]


@leaf
def _set_up_for(W, primary, n_need, key):
    """Write to `state` what each resource of an operation is set up for before `key`."""
    for k in range(-1, n_need):
        res = primary if k < 0 else W.members[k]
        if W.R.matrix[res] >= 0:
            before, _ = around(W.P, W.O.family, res, key)
            W.state[res] = W.R.initial_family[res] if before < 0 else W.O.family[W.P.op[before]]


@leaf
def _disturbed(W, op, res, key):
    """The setup start of the next operation of a resource where `op` would change its changeover, else -1.

    Pinned operations are set up for whatever comes before them.
    """
    R, C, O, P = W.R, W.C, W.O, W.P
    if R.matrix[res] < 0 or O.family[op] < 0:
        return -1
    before, later = around(P, O.family, res, key)
    if later < 0 or O.pin_setup[P.op[later]] >= 0:
        return -1
    row = R.matrix[res] * C.n_family
    to = O.family[P.op[later]]
    family = R.initial_family[res] if before < 0 else O.family[P.op[before]]
    us = 0 if family < 0 else C.us[(row + family) * C.n_family + to]
    return P.key[later] if C.us[(row + O.family[op]) * C.n_family + to] != us else -1


@leaf
def _not_worn(W, res, begin, work):
    """When a hold may begin on a resource that is maintained: after all before it, and a maintenance that is due."""
    R = W.R
    if R.maint_work[res] >= FAR and R.maint_cycles[res] >= FAR:
        return begin
    begin = max(begin, W.worn_until[res])
    is_used = W.worn_work[res] > 0 or W.worn_cycles[res] > 0
    if is_used and (W.worn_work[res] + work > R.maint_work[res] or W.worn_cycles[res] + 1 > R.maint_cycles[res]):
        begin = max(begin, advance_one(W.T, R.timeline[res], max(W.worn_until[res], W.now), R.maint_time[res]))
    return begin


@leaf
def _week(W, t):
    """The week of the weekly limits that holds an instant."""
    week = 0
    while week + 1 < W.R.week_start.size and W.R.week_start[week + 1] <= t:
        week += 1
    return week


@leaf
def _in_week(W, op, res, first):
    """`first` where a subcontractor takes the quantity in that week, else the beginning of the next."""
    if W.R.week_units[res] >= FAR:
        return first
    week = _week(W, first)
    used = W.week_used[res * W.R.week_start.size + week]
    if used == 0 or used + round(W.O.qty[op] * UNIT) <= W.R.week_units[res]:
        return first
    return W.R.week_start[week + 1] if week + 1 < W.R.week_start.size else FAR


@leaf
def _free(W, op, cand, n_need, kept, first, start, finish, work):
    """`first` where every resource is free for these times, else a later setup start worth trying."""
    R, S = W.R, W.S
    step = W.O.step[op]
    again = _in_week(W, op, S.cand_res[cand], first)
    for k in range(-1, n_need):
        res = S.cand_res[cand] if k < 0 else W.members[k]
        if R.capacity[res] >= ENDLESS:
            continue
        begin, end, units = hold(S, step, k, first, start, finish)
        at = begin
        if kept:
            was, _, _ = hold(S, step, k, W.was.setup_start[op], W.was.start[op], W.was.end[op])
            if was >= W.last_was[res]:
                at = max(at, W.last_start[res])
        at = max(at, _not_worn(W, res, first, work))
        at = max(at, free_from(W.P, res, at, max(end, at + end - begin), units, R.capacity[res]))
        if R.travel[res] > 0:
            at = max(at, past_travel(W.P, W.S, W.out, res, begin, end, R.travel[res], S.cand_res[cand]))
        # What is held from the run on must begin later by so much, and so must the setup before it.
        again = max(again, first + at - begin, _disturbed(W, op, res, first))
    return again


@leaf
def _fit(W, op, cand, n_need, t, kept):
    """The earliest times from `t` on with the first `n_need` of `members`, in `spot`; False where there are none.

    Where `kept`, nothing it holds begins before what was booked of it last, unless it did so in the old plan.
    """
    T, R, S, C, O = W.T, W.R, W.S, W.C, W.O
    step = O.step[op]
    primary = S.cand_res[cand]
    while t < W.horizon:
        _set_up_for(W, primary, n_need, t)
        first, start, finish, change = lay(
            T,
            R,
            S,
            C,
            O,
            op,
            cand,
            W.members,
            n_need,
            W.state,
            t,
            W.waits[0],
            W.waits[1],
            W.waits[2],
            W.batch[0],
            W.setup_ids,
            W.run_ids,
        )
        if finish >= W.horizon:
            return False
        if first > t and not O.setup_done[op]:
            _set_up_for(W, primary, n_need, first)
            if changeover_work(R, S, C, O.family[op], W.state, cand, W.members, n_need) != change:
                t = first
                continue
        if finish - start > S.max_stretch[step]:
            _, n_run = calendars_of(R, S, step, cand, W.members, n_need, W.setup_ids, W.run_ids)
            t = first + gap_after(T, W.run_ids, n_run, start) - start
            continue
        work = run_work(S, cand, O.qty[op]) + (0 if O.setup_done[op] else S.cand_setup[cand] + change)
        again = _free(W, op, cand, n_need, kept, first, start, finish, work)
        if again <= first:
            W.spot[0], W.spot[1], W.spot[2], W.spot[3] = first, start, finish, change
            return True
        t = again
    return False


@leaf
def _choose_members(W, op, cand, t):
    """Take for each need the member with which the operation ends first; False where it finds no place at all."""
    S = W.S
    base = S.need_ptr[W.O.step[op]]
    n_need = S.need_ptr[W.O.step[op] + 1] - base
    for k in range(n_need):
        s = S.need_set[base + k]
        best, best_end = -1, FAR
        for m in range(S.set_ptr[s], S.set_ptr[s + 1]):
            W.members[k] = S.set_res[m]
            taken = S.set_res[m] == S.cand_res[cand]
            for j in range(k):
                taken |= W.members[j] == S.set_res[m]
            if not taken and _fit(W, op, cand, k + 1, t, False) and W.spot[2] < best_end:
                if W.spot[2] <= S.set_until[m]:
                    best, best_end = S.set_res[m], W.spot[2]
        if best < 0:
            return False
        W.members[k] = best
    return _fit(W, op, cand, n_need, t, False)


@leaf
def _may(S, step, k, res, until):
    """Whether a resource may fill the k-th need of a step until an instant."""
    s = S.need_set[S.need_ptr[step] + k]
    for m in range(S.set_ptr[s], S.set_ptr[s + 1]):
        if S.set_res[m] == res and until <= S.set_until[m]:
            return True
    return False


@leaf
def stay(W, op, t, kept):
    """Whether the operation fits where it was, from `t` on; its times are in `spot`."""
    cand, step = W.was.cand[op], W.O.step[op]
    if cand < 0:
        return False
    n_need = W.O.need_ptr[op + 1] - W.O.need_ptr[op]
    for k in range(n_need):
        W.members[k] = W.was.need_res[W.O.need_ptr[op] + k]
        if W.members[k] < 0:
            return False
    if not _fit(W, op, cand, n_need, t, kept):
        return False
    for k in range(n_need):
        if not _may(W.S, step, k, W.members[k], W.spot[2]):
            return False
    return True


@leaf
def go(W, op, t, latest, best_end, found):
    """Find where an operation ends first, before `best_end`, if it starts by `latest`.

    Writes the candidate, the times and the members to `found`; False where there is no such place.
    """
    R, S = W.R, W.S
    step = W.O.step[op]
    n_need = S.need_ptr[step + 1] - S.need_ptr[step]
    found[0] = -1
    best_rank = 0
    for cand in range(S.cand_ptr[step], S.cand_ptr[step + 1]):
        res = S.cand_res[cand]
        if latest <= t and R.capacity[res] < ENDLESS and free_from(W.P, res, t, t + 1, UNIT, R.capacity[res]) > t:
            continue
        if not _choose_members(W, op, cand, t) or W.spot[0] > latest:
            continue
        if W.spot[2] < best_end or (found[0] >= 0 and W.spot[2] == best_end and S.cand_rank[cand] < best_rank):
            best_end, best_rank = W.spot[2], S.cand_rank[cand]
            found[0] = cand
            for k in range(4):
                found[1 + k] = W.spot[k]
            for k in range(n_need):
                found[5 + k] = W.members[k]
    return found[0] >= 0


@leaf
def put(W, op, cand, first, start, finish, members, base, kept):
    """Book an operation: `members[base:]` fill its needs."""
    R, S, O, out = W.R, W.S, W.O, W.out
    step = O.step[op]
    out.setup_start[op], out.start[op], out.end[op], out.cand[op] = first, start, finish, cand
    setup = 0 if O.setup_done[op] else S.cand_setup[cand] + out.changeover[op]
    work = setup + run_work(S, cand, O.qty[op])
    for k in range(-1, O.need_ptr[op + 1] - O.need_ptr[op]):
        res = S.cand_res[cand] if k < 0 else members[base + k]
        if k >= 0:
            out.need_res[O.need_ptr[op] + k] = res
        begin, end, units = hold(S, step, k, first, start, finish)
        if R.capacity[res] < ENDLESS:
            i = book(W.P, res, first, begin, end, units, op)
            if k < 0:
                W.booking[op] = i
        if R.maint_work[res] < FAR or R.maint_cycles[res] < FAR:
            if _not_worn(W, res, W.worn_until[res], work) > W.worn_until[res]:
                W.worn_work[res] = W.worn_cycles[res] = 0
            W.worn_work[res] += work
            W.worn_cycles[res] += 1
            W.worn_until[res] = max(W.worn_until[res], end)
        if kept:
            was, _, _ = hold(S, step, k, W.was.setup_start[op], W.was.start[op], W.was.end[op])
            if was >= W.last_was[res]:
                W.last_was[res], W.last_start[res] = was, max(begin, W.last_start[res])
    if R.week_units[S.cand_res[cand]] < FAR:
        W.week_used[S.cand_res[cand] * R.week_start.size + _week(W, first)] += round(O.qty[op] * UNIT)
    for i in range(W.into.ptr[op], W.into.ptr[op + 1]):
        j = W.into.arc[i]
        pred = W.into.owner[j]
        if W.A.blocking[j] and W.booking[pred] >= 0:
            prolong(W.P, W.booking[pred], first)


@leaf
def place_pins(W):
    """Book the pinned operations where they are pinned."""
    O = W.O
    for op in range(O.step.size):
        if O.pin_setup[op] >= 0:
            put(
                W,
                op,
                O.pin_cand[op],
                O.pin_setup[op],
                O.pin_start[op],
                O.pin_end[op],
                O.pin_need,
                O.need_ptr[op],
                False,
            )


@leaf
def put_found(W, op, found):
    """Book an operation where `go` found a place."""
    W.out.changeover[op] = found[4]
    put(W, op, found[0], found[1], found[2], found[3], found, 5, False)


@leaf
def put_back(W, op, kept):
    """Book an operation on its old resources at the times `stay` found."""
    W.out.changeover[op] = W.spot[3]
    put(W, op, W.was.cand[op], W.spot[0], W.spot[1], W.spot[2], W.was.need_res, W.O.need_ptr[op], kept)


@kernel
def retime(T, R, S, C, O, A, into, factory_tl, order, was, floor, arrival, not_before, now, horizon):
    """Place operations again in `order`; returns `(Schedule, moved_off)`.

    `was` is where they were, its `cand` -1 for those that are new or must leave their resource. None starts before its
    `floor`. An operation that finds no place where it was takes the candidate with which it ends first, and is marked
    in `moved_off`. Pinned operations stand where they are pinned.
    """
    W = bench(T, R, S, C, O, A, into, factory_tl, was, now, horizon)
    found = np.empty(6 + most_needs(S), np.int64)
    moved_off = np.zeros(O.step.size, np.uint8)
    place_pins(W)
    for i in range(order.size):
        op = order[i]
        W.out.sequence[op] = i
        if O.pin_setup[op] >= 0 or not await_all(W, op, arrival[op], not_before[op]):
            continue
        t = max(floor[op], now)
        if stay(W, op, t, O.setup_done[op] == 0):
            put_back(W, op, O.setup_done[op] == 0)
        elif go(W, op, t, FAR, FAR, found):
            moved_off[op] = 1
            put_found(W, op, found)
    settle_pins(W)
    return W.out, moved_off


@kernel
def bench(T, R, S, C, O, A, into, factory_tl, was, now, horizon):
    """An empty schedule and the room to fill it."""
    n_op, n_res, room = O.step.size, R.capacity.size, most_needs(S) + 1
    return Bench(
        T,
        R,
        S,
        C,
        O,
        A,
        into,
        empty_profile(n_res, n_op + O.need_ptr[n_op]),
        Schedule(
            np.full(n_op, -1, np.int64),
            np.full(n_op, -1, np.int64),
            np.full(n_op, -1, np.int64),
            np.full(n_op, -1, np.int64),
            np.full(O.need_ptr[n_op], -1, np.int64),
            np.zeros(n_op, np.int64),
            np.full(n_op, -1, np.int64),
            np.full(n_op, -1, np.int64),
        ),
        was,
        np.full(n_op, -1, np.int64),
        np.full(n_res, -FAR, np.int64),
        np.full(n_res, -FAR, np.int64),
        R.used_work.copy(),
        R.used_cycles.copy(),
        np.full(n_res, now, np.int64),
        np.zeros(n_res * max(R.week_start.size, 1), np.int64),
        R.initial_family.copy(),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(3, np.int64),
        np.empty(1, np.float64),
        np.empty(4, np.int64),
        factory_tl,
        now,
        horizon,
    )


@leaf
def settle_pins(W):
    """Start the setup of pinned operations as late as the changeover from what came to stand before them allows."""
    R, S, O, out = W.R, W.S, W.O, W.out
    for op in range(O.step.size):
        if O.pin_setup[op] < 0 or O.family[op] < 0:
            continue
        cand, step = out.cand[op], O.step[op]
        n_need = O.need_ptr[op + 1] - O.need_ptr[op]
        for k in range(n_need):
            W.members[k] = out.need_res[O.need_ptr[op] + k]
        _set_up_for(W, S.cand_res[cand], n_need, out.setup_start[op] - 1)
        change = changeover_work(R, S, W.C, O.family[op], W.state, cand, W.members, n_need)
        n_setup, _ = calendars_of(R, S, step, cand, W.members, n_need, W.setup_ids, W.run_ids)
        out.changeover[op] = change
        if S.cand_setup[cand] + change > 0:
            first = retreat(W.T, W.setup_ids, n_setup, out.start[op], S.cand_setup[cand] + change)
            out.setup_start[op] = common_open(W.T, W.setup_ids, n_setup, first)
        else:
            out.setup_start[op] = out.start[op]
