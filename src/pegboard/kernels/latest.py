"""Latest dates at infinite capacity: backward from each work order's target through its steps.

This gives need dates for netting and the latest starts the plan reports; nothing is kept apart on a resource here.
"""

import numpy as np

from pegboard.kernels.arrays import FAR
from pegboard.kernels.compiled import kernel, leaf
from pegboard.kernels.opentime import advance_one, before_open, retreat_one


@leaf
def latest_dates(
    T, S, factory_tl, res_timeline, preferred, op_ptr, op_step, op_qty, pred_ptr, pred_op, target, cures, out
):
    """Latest arrival, setup start and end of every operation.

    Work order `w` owns the operations `op_ptr[w]` to `op_ptr[w + 1]`, predecessors before successors; its last
    operations end early enough to be moved by `target[w]`, and to wait before that where `cures[w]` is 1 (a parent
    draws the output; a customer does not wait for it). `pred_ptr, pred_op` are predecessors by operation.
    `out` has three rows: arrival (before the queue), setup start, end. A result before the calendar is -FAR.

    Source: backward scheduling as in `latest = due - move - wait - work - queue`, worked example MT-01.
    """
    arrival, setup_start, end = out[0], out[1], out[2]
    for w in range(op_ptr.size - 1):
        first, last = op_ptr[w], op_ptr[w + 1]
        for op in range(first, last):
            end[op] = FAR
        for op in range(last - 1, first - 1, -1):
            step = op_step[op]
            if end[op] == FAR:
                end[op] = before_open(T, factory_tl, target[w], S.move[step]) - S.wait[step] * cures[w]
            cand = preferred[step]
            tl = res_timeline[S.cand_res[cand]]
            run = run_work(S, cand, op_qty[op])
            begin = retreat_one(T, tl, end[op], run)
            setup_start[op] = retreat_one(T, tl, begin, S.cand_setup[cand])
            arrival[op] = before_open(T, tl, setup_start[op], S.queue[step])
            for k in range(pred_ptr[op], pred_ptr[op + 1]):
                pred = pred_op[k]
                before = S.transfer[op_step[pred]]
                latest = arrival[op]
                if 0.0 < before < op_qty[pred]:
                    latest = _latest_overlapped(
                        T, S, tl, cand, res_timeline, preferred, op_step, op_qty, pred, before, arrival[op], end[op]
                    )
                latest = before_open(T, factory_tl, latest, S.move[op_step[pred]]) - S.wait[op_step[pred]]
                end[pred] = min(end[pred], latest)


@leaf
def _latest_overlapped(T, S, tl, cand, res_timeline, preferred, op_step, op_qty, pred, batch, arrival, end):
    """Latest end of a predecessor that hands over in batches: neither its first nor its last batch may come late."""
    by_last = retreat_one(T, tl, end, batch_work(S, cand, batch))
    cand_p = preferred[op_step[pred]]
    rest = run_work(S, cand_p, op_qty[pred]) - run_work(S, cand_p, batch)
    by_first = advance_one(T, res_timeline[S.cand_res[cand_p]], arrival, rest)
    return min(by_last, by_first)


@leaf
def run_work(S, cand, qty):
    """Microseconds of run work of `qty` pieces on a candidate, fixed part included, rounded up."""
    return exact_work(S.cand_fixed[cand], S.cand_run[cand], qty)


@leaf
def exact_work(fixed, per_unit, qty):
    """Microseconds of a fixed part and of so many units, rounded up."""
    exact = min(per_unit * qty, 2e18)  # no calendar is longer, and whole numbers end soon after
    whole = int(exact)
    if exact - whole > 1e-3:
        whole += 1
    return fixed + whole


@leaf
def batch_work(S, cand, qty):
    """Microseconds of run work of a transfer batch, without the fixed part."""
    return run_work(S, cand, qty) - S.cand_fixed[cand]


@kernel
def run_works(S, cand, qty):
    """`run_work` of many operations at once."""
    out = np.empty(cand.size, np.int64)
    for i in range(cand.size):
        out[i] = run_work(S, cand[i], qty[i])
    return out
