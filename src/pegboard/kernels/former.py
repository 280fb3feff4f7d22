"""What an old schedule says to a repair: in which order to work, and how early operations may start."""

import numpy as np

from pegboard.kernels.arrays import FAR
from pegboard.kernels.books import ENDLESS
from pegboard.kernels.compiled import kernel
from pegboard.kernels.graph import topological
from pegboard.kernels.heap import pool_pop, pool_push
from pegboard.kernels.lay import calendars_of, run_work
from pegboard.kernels.opentime import after_open, place
from pegboard.kernels.profile import book, ended_before
from pegboard.kernels.stay import hold


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
def room_before(W, order, gone_res, gone_start, gone_end):
    """How early each operation may start if room comes free before it; its old start where it waited for nothing.

    An operation that followed others without a break, on a resource or in its work order, may take their places: it may
    start where the first of that chain did. One that had been released later than it had to be keeps its start. `W.was`
    is the old schedule (end -1 for what is new), `gone_*` what operations that are no longer there held, in order of
    start. `order` lists operations by old start. Books the old schedule in `W.P`.
    """
    T, R, S, O, L, P, was = W.T, W.R, W.S, W.O, W.L, W.P, W.was
    n_op = order.size
    early = np.full(n_op + gone_res.size, W.now, np.int64)
    early[n_op:] = gone_start
    g = 0
    for i in range(n_op):
        op = order[i]
        old = was.op[op]
        if old.end < 0:
            continue
        early[op] = old.setup_start
        if old.cand < 0:
            continue
        while g < gone_res.size and gone_start[g] <= old.setup_start:
            k = ended_before(P, gone_res[g], gone_start[g])
            if k >= 0 and after_open(T, R.res[gone_res[g]].timeline, P.row[k].end, 1) > gone_start[g]:
                early[n_op + g] = min(early[n_op + g], early[P.row[k].op])
            book(P, gone_res[g], gone_start[g], gone_start[g], gone_end[g], 1, n_op + g)
            g += 1
        step, at = O.op[op].step, O.op[op].need_ptr
        n_need = O.op[op + 1].need_ptr - at
        for k in range(n_need):
            L.members[k] = was.need_res[at + k]
        n_setup, n_run = calendars_of(R, S, step, old.cand, L.members, n_need, L.setup_ids, L.run_ids)
        begun = O.op[op].setup_done != 0
        setup = 0 if begun else S.cand[old.cand].setup + old.changeover
        run = run_work(S, old.cand, O.op[op].qty)
        queue = 0 if begun else S.step[step].queue
        tl = R.res[S.cand[old.cand].res].timeline
        for k in range(-1, n_need + W.into.ptr[op + 1] - W.into.ptr[op] + 1):
            since, chain = -FAR, W.now
            if k < n_need:
                res = S.cand[old.cand].res if k < 0 else L.members[k]
                begin, _, _ = hold(S, step, k, old.setup_start, old.start, old.end)
                b = ended_before(P, res, begin)
                if b >= 0:
                    since, chain = P.row[b].end, early[P.row[b].op]
            elif k == n_need:
                since = max(L.op[op].ready, after_open(T, tl, L.op[op].ready_queued, queue))
            else:
                arc = W.into.arc[W.into.ptr[op] + k - n_need - 1]
                pred = W.into.owner[arc]
                if was.op[pred].end >= 0:
                    since = after_open(T, W.factory_tl, was.op[pred].end + W.A.arc[arc].wait, W.A.arc[arc].move)
                    since, chain = after_open(T, tl, since, queue if W.A.arc[arc].queued else 0), early[pred]
            if -FAR < since <= old.setup_start:
                pause, stretch = S.step[step].pause != 0, S.step[step].max_stretch
                first, _, _ = place(T, L.setup_ids, n_setup, L.run_ids, n_run, setup, run, pause, stretch, since)
                if first >= old.setup_start:
                    early[op] = min(early[op], chain)
        for k in range(-1, n_need):
            res = S.cand[old.cand].res if k < 0 else L.members[k]
            begin, end, units = hold(S, step, k, old.setup_start, old.start, old.end)
            if R.res[res].capacity < ENDLESS:
                book(P, res, old.setup_start, begin, end, units, op)
    return early[:n_op]
