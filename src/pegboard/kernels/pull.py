"""Pull a schedule right: every operation as late as its successors, its due date and its resources' next work allow.

Sequences and assignments stay, and nothing that was on time becomes late: less work in progress for the same promises.
"""

import numpy as np

from pegboard.kernels.arrays import FAR, SETUP_ONLY
from pegboard.kernels.compiled import kernel
from pegboard.kernels.lay import UNIT, calendars_of, most_needs, run_work
from pegboard.kernels.opentime import before_open, place, retreat


@kernel
def pull_right(T, R, S, O, A, factory_tl, order, lane_ptr, limit_end, latest_use, fixed, out):
    """Move the operations of `out` later, in place; returns how many moved.

    `order` lists the placed operations from the last setup start to the first. Resource `r` owns the lanes
    `lane_ptr[r]` to `lane_ptr[r + 1]`, one for each unit of capacity, none if it is not finite. `limit_end[op]` is the
    latest end its customer lines allow, `latest_use[op]` when its material expires; `fixed` operations stay.
    """
    n_lane = lane_ptr[-1]
    uses = lane_use(S, O, order, lane_ptr, out)
    lane_next = np.full(n_lane, FAR, np.int64)
    room = most_needs(S) + 1
    members, setup_ids, run_ids = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    moved = 0
    for i in range(order.size):
        op = order[i]
        step = O.op[op].step
        cand = out.op[op].cand
        b = S.step[step].need_ptr
        n_need = S.step[step + 1].need_ptr - b
        for k in range(n_need):
            members[k] = out.need_res[O.op[op].need_ptr + k]
        end_limit, start_limit = limit_end[op], FAR
        use = uses[0][op]
        for k in range(-1, n_need):
            is_setup_only = k >= 0 and S.need[b + k].phase == SETUP_ONLY
            for u in range(uses[1][use + k + 1], uses[1][use + k + 2]):
                if is_setup_only:
                    start_limit = min(start_limit, lane_next[uses[2][u]])
                else:
                    end_limit = min(end_limit, lane_next[uses[2][u]])
        stays = fixed[op] != 0
        for j in range(A.ptr[op], A.ptr[op + 1]):
            succ = A.arc[j].succ
            if out.op[succ].end < 0:
                continue
            if 0.0 < A.arc[j].batch < O.op[op].qty:
                stays = True
                break
            at = out.op[succ].setup_start
            if A.arc[j].queued:
                at = before_open(T, R.res[S.cand[out.op[succ].cand].res].timeline, at, S.step[O.op[succ].step].queue)
            end_limit = min(end_limit, before_open(T, factory_tl, at, A.arc[j].move) - A.arc[j].wait)
        if not stays and end_limit > out.op[op].end and end_limit < FAR:
            setup = 0 if O.op[op].setup_done else S.cand[cand].setup + out.op[op].changeover
            run = run_work(S, cand, O.op[op].qty)
            n_setup, n_run = calendars_of(R, S, step, cand, members, n_need, setup_ids, run_ids)
            begin = min(retreat(T, run_ids, n_run, end_limit, run), start_limit)
            begin = retreat(T, setup_ids, n_setup, begin, setup)
            if begin > out.op[op].setup_start:
                first, start, finish = place(
                    T,
                    setup_ids,
                    n_setup,
                    run_ids,
                    n_run,
                    setup,
                    run,
                    S.step[step].pause != 0,
                    S.step[step].max_stretch,
                    begin,
                )
                if (
                    first >= out.op[op].setup_start
                    and finish <= end_limit
                    and start <= start_limit
                    and first < latest_use[op]
                ):
                    out.op[op].setup_start, out.op[op].start, out.op[op].end = first, start, finish
                    moved += 1
        for u in range(uses[1][use], uses[1][use + n_need + 1]):
            lane_next[uses[2][u]] = out.op[op].setup_start
    return moved


@kernel
def lane_use(S, O, order, lane_ptr, out):
    """Which lanes each use of a resource takes: `(first use of op, use_ptr, lanes)`.

    A use is the primary resource or one need. Lanes are handed out in order of setup start; a use of several units
    takes as many lanes. Operations hold every resource from setup start, as dispatch books them.
    """
    n_op = O.op.size - 1
    first_use = np.empty(n_op + 1, np.int64)
    total = 0
    for op in range(n_op):
        first_use[op] = total
        total += 1 + S.step[O.op[op].step + 1].need_ptr - S.step[O.op[op].step].need_ptr
    first_use[n_op] = total
    amount = np.zeros(total + 1, np.int64)
    for i in range(order.size):
        op = order[i]
        step = O.op[op].step
        for k in range(-1, S.step[step + 1].need_ptr - S.step[step].need_ptr):
            res = S.cand[out.op[op].cand].res if k < 0 else out.need_res[O.op[op].need_ptr + k]
            units = UNIT if k < 0 else S.need[S.step[step].need_ptr + k].units
            room = lane_ptr[res + 1] - lane_ptr[res]
            amount[first_use[op] + k + 2] = min(room, (units + UNIT - 1) // UNIT)
    use_ptr = np.cumsum(amount)
    lanes = np.empty(use_ptr[-1], np.int64)
    free_at = np.full(lane_ptr[-1], -FAR, np.int64)
    for i in range(order.size - 1, -1, -1):
        op = order[i]
        step = O.op[op].step
        b = S.step[step].need_ptr
        for k in range(-1, S.step[step + 1].need_ptr - b):
            res = S.cand[out.op[op].cand].res if k < 0 else out.need_res[O.op[op].need_ptr + k]
            until = out.op[op].start if k >= 0 and S.need[b + k].phase == SETUP_ONLY else out.op[op].end
            u = first_use[op] + k + 1
            for slot in range(use_ptr[u], use_ptr[u + 1]):
                best = lane_ptr[res]
                for lane in range(lane_ptr[res], lane_ptr[res + 1]):
                    if free_at[lane] <= out.op[op].setup_start:
                        best = lane
                        break
                    if free_at[lane] < free_at[best]:
                        best = lane
                lanes[slot] = best
                free_at[best] = until
    return first_use, use_ptr, lanes
