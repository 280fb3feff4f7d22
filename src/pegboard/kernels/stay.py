"""Find one operation of an old schedule a place: where it was, or elsewhere, at the earliest instant that holds.

`retime.py` and `overtake.py` decide in which order operations are placed.
"""

from typing import NamedTuple

from pegboard.kernels.arrays import CHANGES, FAR, RUN_ONLY, SETUP_ONLY, WEARS, Changeovers, Ints, Timelines
from pegboard.kernels.blocks import arc_ready
from pegboard.kernels.books import ENDLESS
from pegboard.kernels.compiled import leaf
from pegboard.kernels.lay import UNIT, calendars_of, changeover_work, lay, leave_mark
from pegboard.kernels.opentime import common_open, retreat
from pegboard.kernels.packed import Live, PackedArcs, PackedOps, PackedSchedule, PackedShop, PackedSteps
from pegboard.kernels.profile import Profile, around, book, brought_from, free_from, prolong


class Into(NamedTuple):
    """The arcs by their ends: those into `op` are `arc[ptr[op]:ptr[op + 1]]`, and arc `j` comes from `owner[j]`."""

    ptr: Ints
    arc: Ints
    owner: Ints


class Bench(NamedTuple):
    """All that placing an operation reads and writes.

    `out` is what has been placed, `was` where operations were, `P` who holds what; `booking` is the row of each
    operation's primary resource in it.
    """

    T: Timelines
    R: PackedShop
    S: PackedSteps
    C: Changeovers
    O: PackedOps
    A: PackedArcs
    into: Into
    L: Live
    P: Profile
    out: PackedSchedule
    was: PackedSchedule
    booking: Ints
    factory_tl: int
    now: int
    horizon: int


@leaf
def await_all(W, op):
    """Note in `L` what an operation waits for; False where something before it has no place."""
    L, A = W.L, W.A
    for i in range(W.into.ptr[op], W.into.ptr[op + 1]):
        arc = W.into.arc[i]
        pred = W.into.owner[arc]
        if W.out.op[pred].end < 0:
            return False
        at, last = arc_ready(W.T, W.R, W.S, W.O, A, L, W.out, pred, arc, W.factory_tl)
        if last > -FAR:
            L.op[op].last_in = max(L.op[op].last_in, last)
            L.op[op].batch = max(L.op[op].batch, A.arc[arc].batch)
        if A.arc[arc].queued:
            L.op[op].ready_queued = max(L.op[op].ready_queued, at)
        else:
            L.op[op].ready = max(L.op[op].ready, at)
    return True


@leaf
def hold(S, step, k, first, start, finish):
    """What an operation holds of its primary resource (k = -1) or for its k-th need: `(start, end, units)`."""
    if k < 0:
        return first, finish, UNIT
    need = S.step[step].need_ptr + k
    begin = start if S.need[need].phase == RUN_ONLY else first
    end = start if S.need[need].phase == SETUP_ONLY else finish
    return begin, end, S.need[need].units


@leaf
def _set_up_for(W, primary, n_need, key):
    """Write to `L` what each resource of an operation is set up for before `key`."""
    for k in range(-1, n_need):
        res = primary if k < 0 else W.L.members[k]
        if W.L.res[res].care & CHANGES:
            before, _ = around(W.P, W.O, res, key)
            W.L.res[res].family = W.R.res[res].initial_family if before < 0 else W.O.op[W.P.row[before].op].family


@leaf
def _disturbed(W, op, res, key):
    """The setup start of the next operation of a resource where `op` would change its changeover, else -1.

    Pinned operations are set up for whatever comes before them, begun ones no more.
    """
    R, C, O, P = W.R, W.C, W.O, W.P
    if W.L.res[res].care & CHANGES == 0 or O.op[op].family < 0:
        return -1
    before, later = around(P, O, res, key)
    if later < 0 or O.op[P.row[later].op].pin_setup >= 0 or O.op[P.row[later].op].setup_done:
        return -1
    row = R.res[res].matrix * C.n_family
    to = O.op[P.row[later].op].family
    family = R.res[res].initial_family if before < 0 else O.op[P.row[before].op].family
    us = 0 if family < 0 else C.us[(row + family) * C.n_family + to]
    return P.row[later].key if C.us[(row + O.op[op].family) * C.n_family + to] != us else -1


@leaf
def _free(W, op, cand, n_need, kept, shares, first, start, finish):
    """`first` where every resource is free for these times, else a later setup start worth trying.

    Where `kept`, nothing begins before what was booked last, unless it did so in the old plan. An operation that
    `shares` the load of another asks for no room on its primary resource.
    """
    R, S, P = W.R, W.S, W.P
    step = W.O.op[op].step
    again = first
    for k in range(-1, n_need):
        res = S.cand[cand].res if k < 0 else W.L.members[k]
        capacity = R.res[res].capacity
        if capacity >= ENDLESS or (k < 0 and shares):
            continue
        begin, end, units = hold(S, step, k, first, start, finish)
        at = begin
        if kept:
            was, _, _ = hold(S, step, k, W.was.op[op].setup_start, W.was.op[op].start, W.was.op[op].end)
            if was >= P.res[res].last_was:
                at = max(at, P.res[res].last_start)
        if W.L.res[res].care & WEARS:
            at = max(at, W.L.res[res].free_since)
        at = max(at, free_from(P, res, at, max(end, at + end - begin), units, capacity))
        if R.res[res].travel > 0:
            travel = R.res[res].travel
            at = max(at, brought_from(P, S, W.out, res, begin, end, units, capacity, travel, S.cand[cand].res))
        # What is held from the run on must begin later by so much, and so must the setup before it.
        again = max(again, first + at - begin, _disturbed(W, op, res, first))
    return again


@leaf
def fit(W, op, cand, n_need, t, kept, shares):
    """The earliest times from `t` on with the first `n_need` of `members`, in `spot`; False where there are none."""
    L, O = W.L, W.O
    primary = W.S.cand[cand].res
    while t < W.horizon:
        _set_up_for(W, primary, n_need, t)
        first, start, finish, change = lay(
            W.T,
            W.R,
            W.S,
            W.C,
            O,
            L,
            op,
            cand,
            L.members,
            n_need,
            t,
            L.op[op].ready_queued,
            L.op[op].ready,
            L.op[op].last_in,
            L.op[op].batch,
        )
        if finish >= W.horizon:
            return False
        if first > t and not O.op[op].setup_done:
            _set_up_for(W, primary, n_need, first)
            if changeover_work(W.R, W.S, W.C, O.op[op].family, L.res, cand, L.members, n_need) != change:
                t = first
                continue
        t = _free(W, op, cand, n_need, kept, shares, first, start, finish)
        if t <= first:
            L.spot[0], L.spot[1], L.spot[2], L.spot[3] = first, start, finish, change
            return True
    return False


@leaf
def _choose_members(W, op, cand, t):
    """Take for each need the member with which the operation ends first; False where it finds no place at all."""
    S, members = W.S, W.L.members
    step = W.O.op[op].step
    base = S.step[step].need_ptr
    n_need = S.step[step + 1].need_ptr - base
    for k in range(n_need):
        s = S.need[base + k].members
        best, best_end = -1, FAR
        for m in range(S.set_ptr[s], S.set_ptr[s + 1]):
            res = S.member[m].res
            members[k] = res
            taken = res == S.cand[cand].res
            for j in range(k):
                taken |= members[j] == res
            if not taken and fit(W, op, cand, k + 1, t, False, False) and W.L.spot[2] < best_end:
                if W.L.spot[2] <= S.member[m].until:
                    best, best_end = res, W.L.spot[2]
        if best < 0:
            return False
        members[k] = best
    return fit(W, op, cand, n_need, t, False, False)


@leaf
def _may(S, step, k, res, until):
    """Whether a resource may fill the k-th need of a step until an instant."""
    s = S.need[S.step[step].need_ptr + k].members
    for m in range(S.set_ptr[s], S.set_ptr[s + 1]):
        if S.member[m].res == res and until <= S.member[m].until:
            return True
    return False


@leaf
def stay(W, op, t, kept, shares):
    """Whether the operation fits where it was, from `t` on; its times are in `spot`."""
    cand, base = W.was.op[op].cand, W.O.op[op].need_ptr
    if cand < 0:
        return False
    n_need = W.O.op[op + 1].need_ptr - base
    for k in range(n_need):
        W.L.members[k] = W.was.need_res[base + k]
        if W.L.members[k] < 0:
            return False
    if not fit(W, op, cand, n_need, t, kept, shares):
        return False
    for k in range(n_need):
        if not _may(W.S, W.O.op[op].step, k, W.L.members[k], W.L.spot[2]):
            return False
    return True


@leaf
def go(W, op, t, latest, best_end, found):
    """Find where an operation ends first, before `best_end`, if it starts by `latest`.

    Writes the candidate, the times and the members to `found`; False where there is no such place.
    """
    R, S, spot = W.R, W.S, W.L.spot
    step = W.O.op[op].step
    n_need = S.step[step + 1].need_ptr - S.step[step].need_ptr
    found[0] = -1
    best_rank = 0
    for cand in range(S.step[step].cand_ptr, S.step[step + 1].cand_ptr):
        res = S.cand[cand].res
        if latest <= t and R.res[res].capacity < ENDLESS:
            if free_from(W.P, res, t, t + 1, UNIT, R.res[res].capacity) > t:
                continue
        if not _choose_members(W, op, cand, t) or spot[0] > latest:
            continue
        if spot[2] < best_end or (found[0] >= 0 and spot[2] == best_end and S.cand[cand].rank < best_rank):
            best_end, best_rank = spot[2], S.cand[cand].rank
            found[0] = cand
            for k in range(4):
                found[1 + k] = spot[k]
            for k in range(n_need):
                found[5 + k] = W.L.members[k]
    return found[0] >= 0


@leaf
def put(W, op, cand, first, start, finish, change, members, base, kept, shares, until):
    """Book an operation, its primary resource to `until` at least: `members[base:]` fill its needs."""
    R, S, O, A, P, out = W.R, W.S, W.O, W.A, W.P, W.out
    step = O.op[op].step
    out.op[op].setup_start, out.op[op].start, out.op[op].end = first, start, finish
    out.op[op].cand, out.op[op].changeover = cand, change
    for k in range(-1, O.op[op + 1].need_ptr - O.op[op].need_ptr):
        res = S.cand[cand].res if k < 0 else members[base + k]
        if k >= 0:
            out.need_res[O.op[op].need_ptr + k] = res
        begin, end, units = hold(S, step, k, first, start, finish)
        if R.res[res].capacity < ENDLESS and not (k < 0 and shares):
            i = book(P, res, first, begin, max(end, until) if k < 0 else end, units, op)
            if k < 0:
                W.booking[op] = i
        if kept:
            was, _, _ = hold(S, step, k, W.was.op[op].setup_start, W.was.op[op].start, W.was.op[op].end)
            if was >= P.res[res].last_was:
                P.res[res].last_was, P.res[res].last_start = was, max(begin, P.res[res].last_start)
    for i in range(W.into.ptr[op], W.into.ptr[op + 1]):
        arc = W.into.arc[i]
        pred = W.into.owner[arc]
        if A.arc[arc].blocking and W.booking[pred] >= 0:
            prolong(P, W.booking[pred], first)
        if A.arc[arc].store >= 0 and R.res[A.arc[arc].store].capacity < ENDLESS:
            left = out.op[pred].end
            book(P, A.arc[arc].store, left, left, first, A.arc[arc].store_units, pred)
    if O.op[op].pin_setup < 0:
        leave_mark(R, S, O, W.L, out, op)


@leaf
def put_back(W, op, kept):
    """Book an operation on its old resources at the times `stay` found."""
    spot = W.L.spot
    put(
        W,
        op,
        W.was.op[op].cand,
        spot[0],
        spot[1],
        spot[2],
        spot[3],
        W.was.need_res,
        W.O.op[op].need_ptr,
        kept,
        False,
        spot[2],
    )


@leaf
def put_found(W, op, found):
    """Book an operation where `go` found a place."""
    put(W, op, found[0], found[1], found[2], found[3], found[4], found, 5, False, False, found[3])


@leaf
def place_pins(W):
    """Book the pinned operations where they are pinned."""
    O = W.O
    for op in range(O.op.size - 1):
        pin = O.op[op]
        if pin.pin_setup >= 0:
            put(
                W,
                op,
                pin.pin_cand,
                pin.pin_setup,
                pin.pin_start,
                pin.pin_end,
                0,
                O.pin_need,
                pin.need_ptr,
                False,
                False,
                pin.pin_end,
            )


@leaf
def settle_pins(W):
    """Start the setup of pinned operations as late as the changeover from what came to stand before them allows."""
    S, O, L, out = W.S, W.O, W.L, W.out
    for op in range(O.op.size - 1):
        if O.op[op].pin_setup < 0 or O.op[op].family < 0:
            continue
        cand = out.op[op].cand
        n_need = O.op[op + 1].need_ptr - O.op[op].need_ptr
        for k in range(n_need):
            L.members[k] = out.need_res[O.op[op].need_ptr + k]
        _set_up_for(W, S.cand[cand].res, n_need, out.op[op].setup_start - 1)
        change = changeover_work(W.R, S, W.C, O.op[op].family, L.res, cand, L.members, n_need)
        n_setup, _ = calendars_of(W.R, S, O.op[op].step, cand, L.members, n_need, L.setup_ids, L.run_ids)
        out.op[op].changeover = change
        out.op[op].setup_start = out.op[op].start
        if S.cand[cand].setup + change > 0:
            first = retreat(W.T, L.setup_ids, n_setup, out.op[op].start, S.cand[cand].setup + change)
            out.op[op].setup_start = common_open(W.T, L.setup_ids, n_setup, first)
