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
def _late(N, arrival, s, r):
    """Seconds of the factory's open time by which a supply comes late."""
    return open_until(N.T, N.factory_tl, arrival[s, r]) - open_until(N.T, N.factory_tl, N.supply_due[s])


@inlined
def inherit(N, mine, arrival, causes, i, r):
    """Note the largest delays on the way to slot `i`: those of what it waited for, if it began late, and its own."""
    n, by = N.slot.size - 1, mine.by
    causes.thing[i, r, 0] = causes.thing[i, r, 1] = causes.thing[i, r, 2] = NOBODY
    causes.delay[i, r, 0] = causes.delay[i, r, 1] = causes.delay[i, r, 2] = 0
    if by >= n:
        _cause(causes, i, r, by, _late(N, arrival, by - n, r))
    elif by >= 0 and mine.setup_start > N.slot[i].planned:
        for k in range(WORST):
            causes.thing[i, r, k], causes.delay[i, r, k] = causes.thing[by, r, k], causes.delay[by, r, k]
    _cause(causes, i, r, i, mine.extra)
    _cause(causes, i, r, n + N.supply_due.size + N.slot[i].server_of_failure, mine.broke)


@inlined
def _cause(causes, i, r, thing, delay):
    """Enter a delay among the largest of a slot, where it is one; what has delayed it before adds up."""
    if delay <= causes.delay[i, r, WORST - 1]:
        return
    k = WORST - 1
    for j in range(WORST):
        if causes.thing[i, r, j] == thing:
            delay += causes.delay[i, r, j]
            k = j
    while k > 0 and causes.delay[i, r, k - 1] < delay:
        causes.thing[i, r, k], causes.delay[i, r, k] = causes.thing[i, r, k - 1], causes.delay[i, r, k - 1]
        k -= 1
    causes.thing[i, r, k], causes.delay[i, r, k] = thing, min(delay, LONGEST)


@leaf
def blame(N, arrival, causes, line, r, binds, tally):
    """Tally the largest delays on the way to a late line."""
    n = N.slot.size - 1
    n_thing = n + N.supply_due.size + N.n_server
    if binds >= n:
        _note(tally, line * n_thing + binds, _late(N, arrival, binds - n, r))
    elif binds >= 0:
        for k in range(WORST):
            _note(tally, line * n_thing + causes.thing[binds, r, k], causes.delay[binds, r, k])


@inlined
def _note(tally, key, delay):
    """Count a delay; nothing is late by nought."""
    if delay <= 0:
        return
    last = tally.key.size - 1
    at = np.int64(mixed(np.uint64(key)) & np.uint64(last))
    while tally.key[at] >= 0 and tally.key[at] != key:
        at = (at + 1) & last
    tally.key[at] = key
    tally.times[at] += 1
    tally.delay[at] += delay
