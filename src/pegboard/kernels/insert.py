"""Fit operations into a schedule that stands: everything else keeps its place, and what is new fills the gaps.

`stand` books a finished schedule once; `insert` can then be asked again and again, each time with a copy of the books.
"""

import numpy as np

from pegboard.kernels.arrays import FAR
from pegboard.kernels.compiled import kernel
from pegboard.kernels.lay import most_needs
from pegboard.kernels.stay import await_all, go, put, put_found


@kernel
def stand(W, order, until):
    """Book the operations of `W.was` where they stand, in `order`: by setup start, those before first.

    An operation of an oven load holds the oven `until` its whole load is done, and only the one that leads the load
    asks for room there.
    """
    for i in range(order.size):
        op = order[i]
        at = W.was.op[op]
        W.out.op[op].sequence = at.sequence
        W.out.op[op].load = at.load
        put(
            W,
            op,
            at.cand,
            at.setup_start,
            at.start,
            at.end,
            at.changeover,
            W.was.need_res,
            W.O.op[op].need_ptr,
            False,
            at.load >= 0 and at.load != op,
            until[op],
        )


@kernel
def insert(W, order, floor):
    """Place operations in `order`, each where it ends first and not before its floor; the first without a place, or -1.

    Operations come after those they wait for.
    """
    found = np.empty(6 + most_needs(W.S), np.int64)
    for i in range(order.size):
        op = order[i]
        W.out.op[op].sequence = W.O.op.size + i
        if not await_all(W, op) or not go(W, op, max(floor[op], W.now), FAR, FAR, found):
            return op
        put_found(W, op, found)
    return -1
