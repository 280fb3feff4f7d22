"""Who holds what of each resource when: bookings in order of setup start, so that gaps can be found and filled.

Unlike the event loop of dispatch, which only knows what is held now, a profile can be asked about any stretch of time.
"""

from typing import NamedTuple

import numpy as np

from pegboard.kernels.arrays import FAR, Ints
from pegboard.kernels.compiled import kernel, leaf


class Profile(NamedTuple):
    """Bookings as linked lists, one for each resource from `first[res]` to `last[res]`, in order of `key`.

    `key` is the setup start of the operation, `[start, end)` what it holds of the resource, `units` how much of it.
    `high` is the latest end of a booking and of all before it: a walk back from the last may stop where it is past.
    """

    key: Ints
    start: Ints
    end: Ints
    units: Ints
    op: Ints
    before: Ints
    after: Ints
    high: Ints
    first: Ints
    last: Ints
    size: Ints


@kernel
def empty_profile(n_res, room):
    """A profile without bookings, with room for so many."""
    return Profile(
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.full(n_res, -1, np.int64),
        np.full(n_res, -1, np.int64),
        np.zeros(1, np.int64),
    )


@leaf
def book(P, res, key, start, end, units, op):
    """Add a booking after all with the same key; returns its row, -1 for one of no time, which holds nothing."""
    if start >= end:
        return -1
    i = P.size[0]
    P.size[0] += 1
    P.key[i], P.start[i], P.end[i], P.units[i], P.op[i] = key, start, end, units, op
    at = P.last[res]
    while at >= 0 and P.key[at] > key:
        at = P.before[at]
    later = P.after[at] if at >= 0 else P.first[res]
    P.before[i], P.after[i] = at, later
    high = max(end, P.high[at]) if at >= 0 else end
    P.high[i] = high
    if at >= 0:
        P.after[at] = i
    else:
        P.first[res] = i
    if later >= 0:
        P.before[later] = i
    else:
        P.last[res] = i
    while later >= 0 and P.high[later] < high:
        P.high[later] = high
        later = P.after[later]
    return i


@leaf
def prolong(P, i, end):
    """Let a booking last until `end`, if it does not already."""
    P.end[i] = max(P.end[i], end)
    while i >= 0 and P.high[i] < end:
        P.high[i] = end
        i = P.after[i]


@leaf
def past_travel(P, S, out, res, start, end, travel, primary):
    """`start`, or when a tool is back from another primary resource, beside which it is too close to `[start, end)`."""
    k = P.last[res]
    while k >= 0 and P.high[k] + travel > start:
        elsewhere = S.cand_res[out.cand[P.op[k]]] != primary
        if elsewhere and P.start[k] < end + travel and P.end[k] + travel > start:
            return P.end[k] + travel
        k = P.before[k]
    return start


@leaf
def free_from(P, res, start, end, units, capacity):
    """`start` where so many units are free over `[start, end)`, else the first instant worth trying after it."""
    if start >= end:
        return start
    held, soonest = 0, FAR
    k = P.last[res]
    while k >= 0 and P.high[k] > start:
        if P.start[k] < end and P.end[k] > start:
            held += P.units[k]
            soonest = min(soonest, P.end[k])
        k = P.before[k]
    if held + units <= capacity or _most_held(P, res, start, end) + units <= capacity:
        return start
    return soonest


@leaf
def _most_held(P, res, start, end):
    """Most units held at once over a stretch: at its start, or where a booking begins in it."""
    most = 0
    k = P.last[res]
    while k >= 0 and P.high[k] > start:
        if P.start[k] < end and P.end[k] > start:
            at, held = max(P.start[k], start), 0
            j = P.last[res]
            while j >= 0 and P.high[j] > at:
                if P.start[j] <= at and P.end[j] > at:
                    held += P.units[j]
                j = P.before[j]
            most = max(most, held)
        k = P.before[k]
    return most


@leaf
def around(P, family, res, key):
    """The bookings with a family just before and just after what would be booked with this key; -1 for none."""
    later = -1
    k = P.last[res]
    while k >= 0:
        if family[P.op[k]] >= 0:
            if P.key[k] <= key:
                return k, later
            later = k
        k = P.before[k]
    return -1, later


@leaf
def ended_before(P, res, t):
    """The booking with the latest end at or before `t`; -1 for none."""
    best, best_end = -1, -FAR
    k = P.last[res]
    while k >= 0 and P.high[k] > best_end:
        if P.end[k] <= t and P.end[k] > best_end:
            best, best_end = k, P.end[k]
        k = P.before[k]
    return best
