"""Let operations pass each other: time moves forward, and of those that could start the one that was first goes first.

Each operation keeps its resource, unless it would end too late for waiting there and ends sooner on another one.
"""

import numpy as np

from pegboard.kernels.arrays import FAR
from pegboard.kernels.books import ENDLESS
from pegboard.kernels.compiled import kernel, leaf
from pegboard.kernels.heap import event_pop, event_push
from pegboard.kernels.lay import UNIT, leave_mark, most_needs
from pegboard.kernels.profile import free_from
from pegboard.kernels.stay import await_all, go, place_pins, put_back, put_found, settle_pins, stay


@leaf
def _busy_until(W, op, t):
    """`t` where the resource on which an operation was is free then, else when it may be."""
    cand = W.was.op[op].cand
    if cand < 0:
        return t
    return _free_at(W, W.S.cand[cand].res, t)


@leaf
def _free_at(W, res, t):
    capacity = W.R.res[res].capacity
    return t if capacity >= ENDLESS else free_from(W.P, res, t, t + 1, UNIT, capacity)


@leaf
def _one_free(W, op, t):
    """`t` where a resource that may do an operation is free then, else when the first of them may be."""
    soonest = FAR
    step = W.O.op[op].step
    for cand in range(W.S.step[step].cand_ptr, W.S.step[step + 1].cand_ptr):
        soonest = min(soonest, _free_at(W, W.S.cand[cand].res, t))
        if soonest == t:
            break
    return soonest


@kernel
def overtake(W, order, n_last, floor, limit_end):
    """Place the operations of `W.was` again, by when they can start and then in `order`; returns who had to leave.

    As `retime`, but whoever is ready takes what is free. One that would end after its `limit_end` for waiting takes
    another resource on which it can start at once and ends sooner. The last `n_last` of `order` fill what is left.
    """
    O, A, was = W.O, W.A, W.was
    n_op = order.size
    found = np.empty(6 + most_needs(W.S), np.int64)
    moved_off = np.zeros(n_op, np.uint8)
    rank = np.empty(n_op, np.int64)
    for i in range(n_op):
        rank[order[i]] = i
    n_pred = np.diff(W.into.ptr)
    times, ranks = np.empty(n_op + 1, np.int64), np.empty(n_op + 1, np.int64)
    size = placed = 0
    place_pins(W)
    for op in range(n_op):
        if n_pred[op] == 0 and rank[op] < n_op - n_last:
            size = event_push(times, ranks, size, floor[op], rank[op])
    while size > 0:
        t, op = times[0], order[ranks[0]]
        size = event_pop(times, ranks, size)
        if O.op[op].pin_setup >= 0:
            leave_mark(W.R, W.S, O, W.L, W.out, op)
        else:
            wake = _busy_until(W, op, t)
            if wake > t and wake + was.op[op].end - was.op[op].setup_start > limit_end[op]:
                wake = _one_free(W, op, t)
            if wake > t:
                if wake < W.horizon:
                    size = event_push(times, ranks, size, wake, rank[op])
                continue
            if not await_all(W, op):
                continue
            fits = stay(W, op, floor[op], False, False)
            first, finish = W.L.spot[0], W.L.spot[2]
            if fits and first <= t:
                put_back(W, op, False)
            elif not fits and go(W, op, floor[op], FAR, FAR, found):
                moved_off[op] = 1
                put_found(W, op, found)
            elif fits and finish > limit_end[op] and go(W, op, t, t, finish, found):
                put_found(W, op, found)
            if W.out.op[op].end < 0:
                if fits:
                    size = event_push(times, ranks, size, first, rank[op])
                continue
        W.out.op[op].sequence = placed
        placed += 1
        for j in range(A.ptr[op], A.ptr[op + 1]):
            succ = A.arc[j].succ
            n_pred[succ] -= 1
            if n_pred[succ] == 0 and rank[succ] < n_op - n_last:
                size = event_push(times, ranks, size, floor[succ], rank[succ])
    for i in range(n_op - n_last, n_op):
        op = order[i]
        if O.op[op].pin_setup < 0 and await_all(W, op) and go(W, op, floor[op], FAR, FAR, found):
            W.out.op[op].sequence = placed
            placed += 1
            put_found(W, op, found)
    settle_pins(W)
    return moved_off
