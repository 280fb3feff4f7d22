"""How waiting operations rank: keys that a rule computes as time passes, and what a changeover costs in them.

Small ranks first. Times are in seconds by the clock on the wall.
"""

import numpy as np

from pegboard.kernels.compiled import leaf
from pegboard.kernels.heap import pool_rekey

STATIC, CRITICAL_RATIO, ATC = 0, 1, 2


@leaf
def rekey(K, queue, base, n, key, t):
    """Recompute the keys of the `n` operations of a queue at `t`, and restore its order.

    Critical ratio: (due - t) / remaining work. ATC (Vepsalainen & Morton 1987): weight / p times
    exp(-(due - t - remaining work)+ / (3 mean p)), negated.
    """
    if n == 0:
        return
    mean = 0.0
    for i in range(n):
        mean += K.own[queue[base + i]]
    mean = max(mean / n, 1.0)
    for i in range(n):
        op = queue[base + i]
        if K.rule == CRITICAL_RATIO:
            key[op] = (K.due[op] - t) / max(K.tail[op], 1.0)
        else:
            slack = max(0.0, K.due[op] - t - K.tail[op])
            key[op] = -K.weight[op] / max(K.own[op], 1.0) * np.exp(-slack / (3.0 * mean))
    pool_rekey(queue, base, n, key)


@leaf
def is_priced(K):
    """Whether changeovers cost anything in the keys of the rule."""
    return K.rule == STATIC and K.setup_price > 0.0


@leaf
def price(K, changeover):
    """What a changeover of so many microseconds adds to a key."""
    return K.setup_price * (changeover / 1e6)
