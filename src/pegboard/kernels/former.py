"""What an old schedule says to a repair: in which order to work, and how early operations may start."""

import numpy as np

from pegboard.kernels.arrays import FAR
from pegboard.kernels.compiled import kernel, leaf
from pegboard.kernels.dispatch import calendars_of, most_needs
from pegboard.kernels.graph import topological
from pegboard.kernels.heap import pool_pop, pool_push
from pegboard.kernels.latest import run_work
from pegboard.kernels.opentime import after_open, place
from pegboard.kernels.profile import book, empty_profile, ended_before
from pegboard.kernels.retime import ENDLESS, hold


@kernel
def order_of_work(A, key, is_new):
    """Operations by key, small first, but none before one it waits for; also their keys.

    Those that are new take their turn just before the first that waits for them; their own key counts where none does.
    """
    n_op = key.size
    key = key.copy()
    n_pred = np.zeros(n_op, np.int64)
    for j in range(A.succ.size):
        n_pred[A.succ[j]] += 1
    for op in topological(A, n_op)[::-1]:
        if is_new[op]:
            for j in range(A.ptr[op], A.ptr[op + 1]):
                key[op] = min(key[op], key[A.succ[j]])
    order, heap = np.empty(n_op, np.int64), np.empty(n_op, np.int64)
    size = n = 0
    for op in range(n_op):
        if n_pred[op] == 0:
            size = pool_push(heap, 0, size, key, op)
    while size > 0:
        op = heap[0]
        size = pool_pop(heap, 0, size, key)
        order[n] = op
        n += 1
        for j in range(A.ptr[op], A.ptr[op + 1]):
            n_pred[A.succ[j]] -= 1
            if n_pred[A.succ[j]] == 0:
                size = pool_push(heap, 0, size, key, A.succ[j])
    return order, key


@kernel
def room_before(T, R, S, O, A, into, factory_tl, order, was, gone_res, gone_start, gone_end, not_before, arrival, now):
    """How early each operation may start if room comes free before it; its old start where it waited for nothing.

    An operation that followed others without a break, on a resource or in its work order, may take their places: it may
    start where the first of that chain did. One that had been released later than it had to be keeps its start. `was`
    is the old schedule (end -1 for what is new), `gone_*` what operations that are no longer there held, in order of
    start. `order` lists operations by old start.
    """
    n_op = O.step.size
    P = empty_profile(R.capacity.size, n_op + O.need_ptr[n_op] + gone_res.size)
    early = np.full(n_op + gone_res.size, now, np.int64)
    early[n_op:] = gone_start
    room = most_needs(S) + 1
    members, setup_ids, run_ids = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    g = 0
    for i in range(order.size):
        op = order[i]
        if was.end[op] < 0:
            continue
        if was.cand[op] < 0:
            early[op] = was.setup_start[op]
            continue
        first, start, finish, cand, step = was.setup_start[op], was.start[op], was.end[op], was.cand[op], O.step[op]
        while g < gone_res.size and gone_start[g] <= first:
            k = ended_before(P, gone_res[g], gone_start[g])
            if k >= 0 and after_open(T, R.timeline[gone_res[g]], P.end[k], 1) > gone_start[g]:
                early[n_op + g] = min(early[n_op + g], early[P.op[k]])
            book(P, gone_res[g], gone_start[g], gone_start[g], gone_end[g], 1, n_op + g)
            g += 1
        n_need = O.need_ptr[op + 1] - O.need_ptr[op]
        for k in range(n_need):
            members[k] = was.need_res[O.need_ptr[op] + k]
        n_setup, n_run = calendars_of(R, S, step, cand, members, n_need, setup_ids, run_ids)
        setup = 0 if O.setup_done[op] else S.cand_setup[cand] + was.changeover[op]
        run = run_work(S, cand, O.qty[op])
        queue = 0 if O.setup_done[op] else S.queue[step]
        tl = R.timeline[S.cand_res[cand]]
        early[op] = first
        for k in range(-1, n_need + into.ptr[op + 1] - into.ptr[op] + 1):
            since, chain = -FAR, now
            if k < n_need:
                res = S.cand_res[cand] if k < 0 else members[k]
                begin, _, _ = hold(S, step, k, first, start, finish)
                if R.capacity[res] < ENDLESS:
                    b = ended_before(P, res, begin)
                    if b >= 0:
                        since, chain = P.end[b], early[P.op[b]]
            elif k == n_need:
                since = max(not_before[op], after_open(T, tl, max(arrival[op], now), queue))
            else:
                j = into.arc[into.ptr[op] + k - n_need - 1]
                pred = into.owner[j]
                since = _handed_over(T, A, factory_tl, j, was.end[pred])
                since, chain = after_open(T, tl, since, queue if A.queued[j] else 0), early[pred]
            if since > -FAR and since <= first:
                at, _, _ = place(T, setup_ids, n_setup, run_ids, n_run, setup, run, S.pause[step] != 0, since)
                if at >= first:
                    early[op] = min(early[op], chain)
        for k in range(-1, n_need):
            res = S.cand_res[cand] if k < 0 else members[k]
            begin, end, units = hold(S, step, k, first, start, finish)
            if R.capacity[res] < ENDLESS:
                book(P, res, first, begin, end, units, op)
    return early[:n_op]


@leaf
def _handed_over(T, A, factory_tl, j, end):
    """When what a predecessor hands over has waited and moved; before everything where it had no place."""
    return after_open(T, factory_tl, end + A.wait[j], A.move[j]) if end >= 0 else -FAR
