"""What made the lines of a replay late: the largest delays on the way that binds each of them, counted over runs."""

import numpy as np

from pegboard.kernels.compiled import inlined, leaf
from pegboard.kernels.opentime import open_until
from pegboard.kernels.replay_luck import mixed

NOBODY = -1
WORST = 3
"""So many delays are remembered on the way to an operation."""
LONGEST = (1 << 31) - 1


@inlined
def _late(N, arrival, s):
    """Seconds of the factory's open time by which a supply comes late."""
    return open_until(N.T, N.factory_tl, arrival[s]) - open_until(N.T, N.factory_tl, N.supply_due[s])


@inlined
def inherit(N, out, arrival, causes, i):
    """Note the largest delays on the way to slot `i`: those of what it waited for, if it began late, and its own."""
    n, by = N.slot.size - 1, out[i].by
    causes.thing[i, 0] = causes.thing[i, 1] = causes.thing[i, 2] = NOBODY
    causes.delay[i, 0] = causes.delay[i, 1] = causes.delay[i, 2] = 0
    if by >= n:
        _cause(causes, i, by, _late(N, arrival, by - n))
    elif by >= 0 and out[i].setup_start > N.slot[i].planned:
        for k in range(WORST):
            causes.thing[i, k], causes.delay[i, k] = causes.thing[by, k], causes.delay[by, k]
    _cause(causes, i, i, out[i].extra)
    _cause(causes, i, n + N.supply_due.size + N.slot[i].server_of_failure, out[i].broke)


@inlined
def _cause(causes, i, thing, delay):
    """Enter a delay among the largest of a slot, where it is one; what has delayed it before adds up."""
    if delay <= causes.delay[i, WORST - 1]:
        return
    k = WORST - 1
    for j in range(WORST):
        if causes.thing[i, j] == thing:
            delay += causes.delay[i, j]
            k = j
    while k > 0 and causes.delay[i, k - 1] < delay:
        causes.thing[i, k], causes.delay[i, k] = causes.thing[i, k - 1], causes.delay[i, k - 1]
        k -= 1
    causes.thing[i, k], causes.delay[i, k] = thing, min(delay, LONGEST)


@leaf
def blame(N, arrival, causes, line, binds, tally, used):
    """Tally the largest delays on the way to a late line; how many places are used then, -1 where it is full."""
    n = N.slot.size - 1
    n_thing = n + N.supply_due.size + N.n_server
    if binds >= n:
        return _note(tally, line * n_thing + binds, _late(N, arrival, binds - n), used)
    if binds < 0:
        return used
    for k in range(WORST):
        if used >= 0 and causes.delay[binds, k] > 0:
            used = _note(tally, line * n_thing + causes.thing[binds, k], causes.delay[binds, k], used)
    return used


@inlined
def _note(tally, key, delay, used):
    """Count a delay; the number of used places, -1 where the table is full. Nothing is late by nought."""
    if delay <= 0:
        return used
    size = tally.key.size
    at = np.int64(mixed(np.uint64(key)) & np.uint64(size - 1))
    while tally.key[at] >= 0 and tally.key[at] != key:
        at = (at + 1) & (size - 1)
    if tally.key[at] < 0:
        used += 1
        if 4 * used > 3 * size:
            return -1
        tally.key[at] = key
    tally.times[at] += 1
    tally.delay[at] += delay
    return used
