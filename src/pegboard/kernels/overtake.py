"""Let operations pass each other: time moves forward, and of those that could start the one that was first goes first.

Each operation keeps its resource, unless it would end too late for waiting there and ends sooner on another one.
"""

import numpy as np

from pegboard.kernels.arrays import FAR
from pegboard.kernels.compiled import kernel, leaf
from pegboard.kernels.dispatch import UNIT, most_needs
from pegboard.kernels.heap import event_pop, event_push
from pegboard.kernels.profile import free_from
from pegboard.kernels.retime import ENDLESS, await_all, bench, go, place_pins, put_back, put_found, settle_pins, stay


@leaf
def _busy_until(W, op, t):
    """`t` where the resource on which an operation was is free then, else when it may be."""
    cand = W.was.cand[op]
    if cand < 0 or W.R.capacity[W.S.cand_res[cand]] >= ENDLESS:
        return t
    return free_from(W.P, W.S.cand_res[cand], t, t + 1, UNIT, W.R.capacity[W.S.cand_res[cand]])


@leaf
def _one_free(W, op, t):
    """`t` where a resource that may do an operation is free then, else when the first of them may be."""
    soonest = FAR
    step = W.O.step[op]
    for cand in range(W.S.cand_ptr[step], W.S.cand_ptr[step + 1]):
        res = W.S.cand_res[cand]
        if W.R.capacity[res] >= ENDLESS:
            return t
        soonest = min(soonest, free_from(W.P, res, t, t + 1, UNIT, W.R.capacity[res]))
        if soonest == t:
            break
    return soonest


@kernel
def overtake(
    T, R, S, C, O, A, into, factory_tl, order, n_last, was, floor, arrival, not_before, limit_end, now, horizon
):
    """Place operations again, by when they can start and then in `order`; returns `(Schedule, moved_off)`.

    As `retime`, but whoever is ready takes what is free. One that would end after its `limit_end` for waiting takes
    another resource on which it can start at once and ends sooner. The last `n_last` of `order` fill what is left.
    """
    n_op = O.step.size
    W = bench(T, R, S, C, O, A, into, factory_tl, was, now, horizon)
    found = np.empty(6 + most_needs(S), np.int64)
    moved_off = np.zeros(n_op, np.uint8)
    rank = np.empty(n_op, np.int64)
    for i in range(n_op):
        rank[order[i]] = i
    n_pred = np.diff(into.ptr)
    times, ranks = np.empty(n_op + 1, np.int64), np.empty(n_op + 1, np.int64)
    size = placed = 0
    place_pins(W)
    for op in range(n_op):
        if n_pred[op] == 0 and rank[op] < n_op - n_last:
            size = event_push(times, ranks, size, floor[op], rank[op])
    while size > 0:
        t, op = times[0], order[ranks[0]]
        size = event_pop(times, ranks, size)
        if O.pin_setup[op] < 0:
            wake = _busy_until(W, op, t)
            if wake > t and wake + was.end[op] - was.setup_start[op] > limit_end[op]:
                wake = _one_free(W, op, t)
            if wake > t:
                if wake < horizon:
                    size = event_push(times, ranks, size, wake, rank[op])
                continue
            if not await_all(W, op, arrival[op], not_before[op]):
                continue
            fits = stay(W, op, floor[op], False)
            first, finish = W.spot[0], W.spot[2]
            at = first if fits else FAR
            if fits and first <= t:
                put_back(W, op, False)
            elif not fits and go(W, op, floor[op], FAR, FAR, found):
                moved_off[op] = 1
                put_found(W, op, found)
            elif fits and finish > limit_end[op] and go(W, op, t, t, finish, found):
                put_found(W, op, found)
            if W.out.end[op] < 0:
                if at < horizon:
                    size = event_push(times, ranks, size, at, rank[op])
                continue
        W.out.sequence[op] = placed
        placed += 1
        for j in range(A.ptr[op], A.ptr[op + 1]):
            succ = A.succ[j]
            n_pred[succ] -= 1
            if n_pred[succ] == 0 and rank[succ] < n_op - n_last:
                size = event_push(times, ranks, size, floor[succ], rank[succ])
    for i in range(n_op - n_last, n_op):
        op = order[i]
        if (
            O.pin_setup[op] < 0
            and await_all(W, op, arrival[op], not_before[op])
            and go(W, op, floor[op], FAR, FAR, found)
        ):
            W.out.sequence[op] = placed
            placed += 1
            put_found(W, op, found)
    settle_pins(W)
    return W.out, moved_off
