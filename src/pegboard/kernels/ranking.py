"""How waiting operations rank: keys that rules compute as time passes, and what a changeover costs in them.

Small ranks first, and the rank is the key plus the price of the changeover. Times are in seconds by the clock on the
wall. Formulas and their sources stand in `scheduling/rules/`; a price is never below zero, on which the search for
the best of a queue relies.
"""

import numpy as np

from pegboard.kernels.compiled import kernel, leaf
from pegboard.kernels.heap import pool_rekey

INSTANT, STATIC, CAMPAIGN = 0, 1, 2
FIFO, CR, S_OPN, S_RPT, MDD, MOD, CR_SPT, COVERT, ATC, ATCS, SEQUENCE = 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
DYNAMIC = FIFO

WAIT_SHARE = 2.0
LOOK_AHEAD = 3.0
COVERT_SHARE = 2.0
STEP = 1e9
OUTSIDE = 1e13


@leaf
def rekey(K, queue, base, n, key, t):
    """Recompute at `t` the keys of the operations of a queue whose rule looks at the clock, and restore its order."""
    if n == 0:
        return
    mean = 0.0
    first = np.inf
    for i in range(n):
        op = queue[base + i]
        mean += K.own[op]
        first = min(first, K.odd[op] - K.own[op])
    mean = max(mean / n, 1.0)
    for i in range(n):
        op = queue[base + i]
        if K.rule[op] == FIFO:
            key[op] = min(key[op], t + K.tier[op])  # it begins at infinity: the first look is the arrival
        elif K.rule[op] == SEQUENCE:
            begin = K.odd[op] - K.own[op]
            key[op] = begin - t + K.tier[op] + (OUTSIDE if begin > first + K.window else 0.0)
        elif K.rule[op] > DYNAMIC:
            key[op] = dynamic_key(K, op, mean, t) + K.tier[op]
    pool_rekey(queue, base, n, key)


@leaf
def dynamic_key(K, op, mean, t):
    """The key of an operation at `t`; `mean` is the mean work of the queue. Indices to be maximised are negated."""
    rule, due, p, rest = K.rule[op], K.due[op], max(K.own[op], 1.0), max(K.tail[op], 1.0)
    slack = due - t - K.tail[op]
    if rule == CR:
        return (due - t) / rest
    if rule == S_OPN:
        return slack / K.left[op] if slack >= 0.0 else slack * K.left[op]
    if rule == S_RPT:
        return slack / rest
    if rule == MDD:
        return max(float(due), t + K.tail[op])
    if rule == MOD:
        return max(float(K.odd[op]), t + K.own[op])
    if rule == CR_SPT:
        return t + K.own[op] * max(1.0, (due - t) / rest)
    worth = max(K.weight[op], 1e-9) / p
    if rule == COVERT:
        cost = 1.0 - max(slack, 0.0) / (COVERT_SHARE * max(K.waited[op] - K.tail[op], 1.0))
        return -worth * cost if cost > 0.0 else slack * 1e-12  # nothing threatens yet: by slack among themselves
    ahead = max(due - t - K.waited[op] + WAIT_SHARE * K.own[op], 0.0)
    if rule == ATC:
        return ahead / (LOOK_AHEAD * mean) - np.log(worth)
    return ahead / (K.look[op] * mean) - np.log(worth)


@leaf
def price(K, S, O, L, op, cand, changeover):
    """What a changeover of so many microseconds, to the operation's family, adds to its key."""
    cost = K.per_second[op] * (changeover / 1e6)
    family, present = O.op[op].family, L.res[S.cand[cand].res].family
    if family < 0 or family == present:
        return cost
    if K.rule[op] == CAMPAIGN:
        return cost + STEP
    if K.rule[op] == SEQUENCE:
        onward = K.place[family] - (K.place[present] if present >= 0 else 0)
        return cost + STEP * (onward % K.place.size)
    return cost


@leaf
def is_priced(K):
    """Whether a changeover may add to any key."""
    return K.priced != 0


@leaf
def is_dynamic(K):
    """Whether any key is to be recomputed as time passes."""
    return K.dynamic != 0


@leaf
def is_premature(K, op, key, start):
    """Whether an operation that could only start at `start` is better left for later; a target before it says no."""
    return K.rule[op] != INSTANT or key > start


@kernel
def drawn_back(A, order, own, start):
    """Latest starts such that nobody downstream starts after `start`; `order` has predecessors first."""
    out = start.copy()
    for i in range(order.size - 1, -1, -1):
        op = order[i]
        for j in range(A.ptr[op], A.ptr[op + 1]):
            out[op] = min(out[op], out[A.succ[j]] - A.wait[j] - A.move[j] - own[op])
    return out
