"""Retime a schedule: every operation again, in a given order, on its own resources, at the earliest instant that holds.

One pass without events that keeps the sequence on every resource; `overtake.py` lets operations pass each other.
"""

import numpy as np

from pegboard.kernels.arrays import FAR
from pegboard.kernels.books import ENDLESS
from pegboard.kernels.compiled import kernel, leaf
from pegboard.kernels.lay import UNIT, leave_mark, most_needs
from pegboard.kernels.profile import free_from
from pegboard.kernels.stay import await_all, go, place_pins, put, put_back, put_found, settle_pins, stay

TRIES = 1000


@kernel
def retime(W, order, floor, load, lot_ptr, lot):
    """Place the operations of `W.was` again in `order`; returns for each whether it had to leave its resources.

    `was` has `cand` -1 for operations that are new or must leave. None starts before its `floor`. One that finds no
    place where it was takes the candidate with which it ends first. Pinned operations stand where they are pinned.
    Operations of one oven `load` (-1 for none) are `lot[lot_ptr[load]:lot_ptr[load + 1]]` and are placed together.
    """
    O = W.O
    found = np.empty(6 + most_needs(W.S), np.int64)
    spots = np.empty((lot.size, 4), np.int64)
    moved_off = np.zeros(order.size, np.uint8)
    waiting = np.diff(lot_ptr)
    place_pins(W)
    for i in range(order.size):
        op = order[i]
        W.out.op[op].sequence = i
        if O.op[op].pin_setup >= 0:
            leave_mark(W.R, W.S, O, W.L, W.out, op)
            continue
        if load[op] >= 0:
            waiting[load[op]] -= 1
            if waiting[load[op]] == 0:
                _place_load(W, lot, lot_ptr[load[op]], lot_ptr[load[op] + 1], floor, spots)
            continue
        if not await_all(W, op):
            continue
        t = max(floor[op], W.now)
        kept = O.op[op].setup_done == 0
        if stay(W, op, t, kept, False):
            put_back(W, op, kept)
        elif go(W, op, t, FAR, FAR, found):
            moved_off[op] = 1
            put_found(W, op, found)
    settle_pins(W)
    return moved_off


@leaf
def _place_load(W, lot, begin, end, floor, spots):
    """Place the lots `begin` to `end` of one oven load together, where they fit so; the first of them leads."""
    lead = lot[begin]
    res = W.S.cand[W.was.op[lead].cand].res
    t = W.now
    for k in range(begin, end):
        if not await_all(W, lot[k]):
            return
        t = max(t, floor[lot[k]])
    again = until = t
    for _ in range(TRIES):
        again, until = t, t
        for k in range(begin, end):
            if not stay(W, lot[k], t, True, k > begin):
                return
            for j in range(4):
                spots[k, j] = W.L.spot[j]
            again, until = max(again, spots[k, 0]), max(until, spots[k, 2])
        if again == t and W.R.res[res].capacity < ENDLESS:
            again = free_from(W.P, res, t, until, UNIT, W.R.res[res].capacity)
        if again == t:
            break
        t = again
    if again > t:
        return
    for k in range(begin, end):
        op = lot[k]
        W.out.op[op].load = lead
        put(
            W,
            op,
            W.was.op[op].cand,
            spots[k, 0],
            spots[k, 1],
            spots[k, 2],
            spots[k, 3],
            W.was.need_res,
            W.O.op[op].need_ptr,
            True,
            k > begin,
            until if k == begin else spots[k, 2],
        )
