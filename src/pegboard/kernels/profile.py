"""Who holds what of each resource when: bookings in order of setup start, so that gaps can be found and filled.

Unlike the event loop of dispatch, which knows what is held now, a profile can be asked about any stretch of time.
"""

from typing import NamedTuple

import numpy as np

from pegboard.kernels.arrays import FAR, Ints
from pegboard.kernels.compiled import leaf
from pegboard.kernels.packed import Records, blank

ROW = np.dtype([(name, np.int64) for name in "key start end units op before after high".split()])
RES = np.dtype([(name, np.int64) for name in "first last last_start last_was".split()])


class Profile(NamedTuple):
    """Bookings `row` as linked lists, one for each resource from `first` to `last`, in order of `key`.

    `key` is the setup start of the operation, `[start, end)` what it holds of the resource, `units` how much of it.
    `high` is the latest end of a booking and of all before it: a walk back from the last may stop where it is past.
    What keeps the sequence notes in `last_start` and `last_was` what began last, and when it had begun in the old plan.
    The rows `mark[mark_ptr[res]:mark_ptr[res + 1]]`, in order of `key`, are where a walk may begin instead of at the
    last; there need not be any.
    """

    row: Records
    res: Records
    size: Ints
    mark_ptr: Ints
    mark: Ints


def empty_profile(n_res: int, room: int) -> Profile:
    """A profile without bookings, with room for so many."""
    res = blank(n_res, RES)
    res["first"] = res["last"] = -1
    res["last_start"] = res["last_was"] = -FAR
    none = np.zeros(n_res + 1, np.int64)
    return Profile(blank(room + 1, ROW), res, np.zeros(1, np.int64), none, np.empty(0, np.int64))


def marked(P: Profile) -> Profile:
    """The profile with all its bookings marked."""
    n = int(P.size[0])
    res = np.full(n, -1, np.int64)
    _number(P, res)
    order = np.lexsort((P.row["key"][:n], res))
    ptr = np.concatenate([[0], np.cumsum(np.bincount(res, minlength=P.res.size))]).astype(np.int64)
    return P._replace(mark_ptr=ptr, mark=order.astype(np.int64))


@leaf
def _number(P, res):
    """Write the resource of each booking."""
    for r in range(P.res.size):
        k = P.res[r].first
        while k >= 0:
            res[k] = r
            k = P.row[k].after


@leaf
def _last_before(P, res, key):
    """The last booking with a key before `key`; -1 for none."""
    low, high = P.mark_ptr[res], P.mark_ptr[res + 1]
    first = low
    while low < high:
        mid = (low + high) // 2
        if P.row[P.mark[mid]].key < key:
            low = mid + 1
        else:
            high = mid
    if low == first:
        k = P.res[res].last
    else:
        k = P.mark[low - 1]
        while P.row[k].after >= 0 and P.row[P.row[k].after].key < key:
            k = P.row[k].after
    while k >= 0 and P.row[k].key >= key:
        k = P.row[k].before
    return k


@leaf
def book(P, res, key, start, end, units, op):
    """Add a booking after all with the same key; returns its row, -1 for one of no time, which holds nothing."""
    if start >= end:
        return -1
    i = P.size[0]
    P.size[0] += 1
    P.row[i].key, P.row[i].start, P.row[i].end, P.row[i].units, P.row[i].op = key, start, end, units, op
    at = P.res[res].last
    while at >= 0 and P.row[at].key > key:
        at = P.row[at].before
    later = P.row[at].after if at >= 0 else P.res[res].first
    P.row[i].before, P.row[i].after = at, later
    high = max(end, P.row[at].high) if at >= 0 else end
    P.row[i].high = high
    if at >= 0:
        P.row[at].after = i
    else:
        P.res[res].first = i
    if later >= 0:
        P.row[later].before = i
    else:
        P.res[res].last = i
    _raise_high(P, later, high)
    return i


@leaf
def strike(row, res, gone):
    """Unlink the bookings `gone` of the lists that begin and end in `res`."""
    for j in range(gone.size):
        i = gone[j]
        before, after = row[i].before, row[i].after
        if before >= 0:
            row[before].after = after
        if after >= 0:
            row[after].before = before
        for r in range(res.size if before < 0 or after < 0 else 0):
            if res[r].first == i:
                res[r].first = after
            if res[r].last == i:
                res[r].last = before


@leaf
def prolong(P, i, end):
    """Let a booking last until `end`, if it does not already."""
    P.row[i].end = max(P.row[i].end, end)
    _raise_high(P, i, end)


@leaf
def _raise_high(P, i, high):
    while i >= 0 and P.row[i].high < high:
        P.row[i].high = high
        i = P.row[i].after


@leaf
def free_from(P, res, start, end, units, capacity):
    """`start` where so many units are free over `[start, end)`, else the first instant worth trying after it."""
    if start >= end:
        return start
    held, soonest = 0, FAR
    k = _last_before(P, res, end)
    while k >= 0 and P.row[k].high > start:
        if P.row[k].start < end and P.row[k].end > start:
            held += P.row[k].units
            soonest = min(soonest, P.row[k].end)
        k = P.row[k].before
    if held + units <= capacity or _most_held(P, res, start, end) + units <= capacity:
        return start
    return soonest


@leaf
def _most_held(P, res, start, end):
    """Most units held at once over a stretch: at its start, or where a booking begins in it."""
    most = 0
    k = _last_before(P, res, end)
    while k >= 0 and P.row[k].high > start:
        if P.row[k].start < end and P.row[k].end > start:
            at, held = max(P.row[k].start, start), 0
            j = _last_before(P, res, at + 1)
            while j >= 0 and P.row[j].high > at:
                if P.row[j].start <= at and P.row[j].end > at:
                    held += P.row[j].units
                j = P.row[j].before
            most = max(most, held)
        k = P.row[k].before
    return most


@leaf
def brought_from(P, S, out, res, start, end, units, capacity, travel, primary):
    """`start` where so many units of a tool are there for `[start, end)`, else when the first is back from elsewhere.

    Beside another primary resource a unit is away for its travel before and after each use.
    """
    held, soonest = 0, FAR
    k = _last_before(P, res, end + travel)
    while k >= 0 and P.row[k].high + travel > start:
        away = travel if S.cand[out.op[P.row[k].op].cand].res != primary else 0
        if P.row[k].start < end + away and P.row[k].end + away > start:
            held += P.row[k].units
            soonest = min(soonest, P.row[k].end + away)
        k = P.row[k].before
    return start if start >= end or held + units <= capacity else soonest


@leaf
def around(P, O, res, key):
    """The bookings with a family just before and just after what would be booked with this key; -1 for none."""
    k = _last_before(P, res, key + 1)
    later = P.row[k].after if k >= 0 else P.res[res].first
    while later >= 0 and O.op[P.row[later].op].family < 0:
        later = P.row[later].after
    while k >= 0 and O.op[P.row[k].op].family < 0:
        k = P.row[k].before
    return k, later


@leaf
def ended_before(P, res, t):
    """The booking with the latest end at or before `t`; -1 for none."""
    best, best_end = -1, -FAR
    k = P.res[res].last
    while k >= 0 and P.row[k].high > best_end:
        if P.row[k].end <= t and P.row[k].end > best_end:
            best, best_end = k, P.row[k].end
        k = P.row[k].before
    return best
