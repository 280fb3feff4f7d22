"""Pull a schedule right: every operation as late as its successors, its due date and its resources' next work allow.

Sequences and assignments stay, and nothing that was on time becomes late: less work in progress for the same promises.
"""

import numpy as np

from pegboard.kernels.arrays import FAR, SETUP_ONLY
from pegboard.kernels.compiled import kernel
from pegboard.kernels.dispatch import UNIT, calendars_of, most_needs
from pegboard.kernels.latest import run_work
from pegboard.kernels.opentime import before_open, place, retreat


@kernel
def pull_right(T, R, S, C, O, A, factory_tl, order, lane_ptr, limit_end, latest_use, fixed, out):
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
        step = O.step[op]
        cand = out.cand[op]
        b = S.need_ptr[step]
        n_need = S.need_ptr[step + 1] - b
        for k in range(n_need):
            members[k] = out.need_res[O.need_ptr[op] + k]
        end_limit, start_limit = limit_end[op], FAR
        use = uses[0][op]
        for k in range(-1, n_need):
            is_setup_only = k >= 0 and S.need_phase[b + k] == SETUP_ONLY
            for u in range(uses[1][use + k + 1], uses[1][use + k + 2]):
                if is_setup_only:
                    start_limit = min(start_limit, lane_next[uses[2][u]])
                else:
                    end_limit = min(end_limit, lane_next[uses[2][u]])
        stays = fixed[op] != 0
        for j in range(A.ptr[op], A.ptr[op + 1]):
            succ = A.succ[j]
            if out.end[succ] < 0:
                continue
            if 0.0 < A.batch[j] < O.qty[op]:
                stays = True
                break
            at = out.setup_start[succ]
            if A.queued[j]:
                at = before_open(T, R.timeline[S.cand_res[out.cand[succ]]], at, S.queue[O.step[succ]])
            end_limit = min(end_limit, before_open(T, factory_tl, at, A.move[j]) - A.wait[j])
        if not stays and end_limit > out.end[op] and end_limit < FAR:
            setup = 0 if O.setup_done[op] else S.cand_setup[cand] + out.changeover[op]
            run = run_work(S, cand, O.qty[op])
            n_setup, n_run = calendars_of(R, S, step, cand, members, n_need, setup_ids, run_ids)
            begin = min(retreat(T, run_ids, n_run, end_limit, run), start_limit)
            begin = retreat(T, setup_ids, n_setup, begin, setup)
            if begin > out.setup_start[op]:
                first, start, finish = place(
                    T, setup_ids, n_setup, run_ids, n_run, setup, run, S.pause[step] != 0, begin
                )
                if (
                    first >= out.setup_start[op]
                    and finish <= end_limit
                    and start <= start_limit
                    and first < latest_use[op]
                ):
                    out.setup_start[op], out.start[op], out.end[op] = first, start, finish
                    moved += 1
        for u in range(uses[1][use], uses[1][use + n_need + 1]):
            lane_next[uses[2][u]] = out.setup_start[op]
    return moved


@kernel
def lane_use(S, O, order, lane_ptr, out):
    """Which lanes each use of a resource takes: `(first use of op, use_ptr, lanes)`.

    A use is the primary resource or one need. Lanes are handed out in order of setup start; a use of several units
    takes as many lanes. Operations hold every resource from setup start, as dispatch books them.
    """
    n_op = O.step.size
    first_use = np.empty(n_op + 1, np.int64)
    total = 0
    for op in range(n_op):
        first_use[op] = total
        total += 1 + S.need_ptr[O.step[op] + 1] - S.need_ptr[O.step[op]]
    first_use[n_op] = total
    amount = np.zeros(total + 1, np.int64)
    for i in range(order.size):
        op = order[i]
        step = O.step[op]
        for k in range(-1, S.need_ptr[step + 1] - S.need_ptr[step]):
            res = S.cand_res[out.cand[op]] if k < 0 else out.need_res[O.need_ptr[op] + k]
            units = UNIT if k < 0 else S.need_units[S.need_ptr[step] + k]
            room = lane_ptr[res + 1] - lane_ptr[res]
            amount[first_use[op] + k + 2] = min(room, (units + UNIT - 1) // UNIT)
    use_ptr = np.cumsum(amount)
    lanes = np.empty(use_ptr[-1], np.int64)
    free_at = np.full(lane_ptr[-1], -FAR, np.int64)
    for i in range(order.size - 1, -1, -1):
        op = order[i]
        step = O.step[op]
        b = S.need_ptr[step]
        for k in range(-1, S.need_ptr[step + 1] - b):
            res = S.cand_res[out.cand[op]] if k < 0 else out.need_res[O.need_ptr[op] + k]
            until = out.start[op] if k >= 0 and S.need_phase[b + k] == SETUP_ONLY else out.end[op]
            u = first_use[op] + k + 1
            for slot in range(use_ptr[u], use_ptr[u + 1]):
                best = lane_ptr[res]
                for lane in range(lane_ptr[res], lane_ptr[res + 1]):
                    if free_at[lane] <= out.setup_start[op]:
                        best = lane
                        break
                    if free_at[lane] < free_at[best]:
                        best = lane
                lanes[slot] = best
                free_at[best] = until
    return first_use, use_ptr, lanes
