"""Counting in open time: one calendar by bisection, several at once by walking their common stretches."""

import numpy as np

from pegboard.kernels.arrays import FAR
from pegboard.kernels.compiled import kernel, leaf


@leaf
def _first_end_after(T, tl, t):
    """Index of the first stretch of calendar `tl` that ends after `t`."""
    lo, hi = T.ptr[tl], T.ptr[tl + 1]
    while lo < hi:
        mid = (lo + hi) >> 1
        if T.end[mid] > t:
            hi = mid
        else:
            lo = mid + 1
    return lo


@leaf
def _last_below(values, lo, hi, x):
    """Index of the last of `values[lo:hi]` (rising) that is below `x`, or lo - 1."""
    while lo < hi:
        mid = (lo + hi) >> 1
        if values[mid] < x:
            lo = mid + 1
        else:
            hi = mid
    return lo - 1


@leaf
def next_open(T, tl, t):
    """The first working instant at or after `t`."""
    i = _first_end_after(T, tl, t)
    if i == T.ptr[tl + 1]:
        return FAR
    return max(t, T.start[i])


@leaf
def last_open(T, tl, t):
    """The last working instant at or before `t`, as an end."""
    i = _last_below(T.start, T.ptr[tl], T.ptr[tl + 1], t)
    if i < T.ptr[tl]:
        return -FAR
    return min(t, T.end[i])


@leaf
def open_until(T, tl, t):
    """Open seconds of a calendar before `t`."""
    i = _last_below(T.start, T.ptr[tl], T.ptr[tl + 1], t)
    if i < T.ptr[tl]:
        return 0
    return T.open_before[i] + min(t, T.end[i]) - T.start[i]


@leaf
def after_open(T, tl, t, seconds):
    """The instant by which `seconds` of open time have passed since `t`; `t` itself for none."""
    if seconds <= 0 or t >= FAR:
        return t
    target = open_until(T, tl, t) + seconds
    i = _last_below(T.open_before, T.ptr[tl], T.ptr[tl + 1], target)
    if i < T.ptr[tl]:
        return FAR
    end = T.start[i] + target - T.open_before[i]
    return end if end <= T.end[i] else FAR


@leaf
def before_open(T, tl, t, seconds):
    """The latest instant after which `seconds` of open time pass until `t`; `t` itself for none."""
    if seconds <= 0 or t <= -FAR:
        return t
    target = open_until(T, tl, t) - seconds
    if target < 0:
        return -FAR
    i = _last_below(T.open_before, T.ptr[tl], T.ptr[tl + 1], target + 1)
    return T.start[i] + target - T.open_before[i]


@leaf
def _work_until(T, tl, t):
    i = _last_below(T.start, T.ptr[tl], T.ptr[tl + 1], t)
    if i < T.ptr[tl]:
        return 0
    return T.work_before[i] + (min(t, T.end[i]) - T.start[i]) * T.rate[i]


@leaf
def advance_one(T, tl, t, work):
    """The earliest instant by which `work` is done on one calendar when begun at `t`."""
    if work <= 0 or t >= FAR:
        return t
    target = _work_until(T, tl, t) + work
    i = _last_below(T.work_before, T.ptr[tl], T.ptr[tl + 1], target)
    if i < T.ptr[tl]:
        return FAR
    end = T.start[i] + (target - T.work_before[i] + T.rate[i] - 1) // T.rate[i]
    return end if end <= T.end[i] else FAR


@leaf
def retreat_one(T, tl, t, work):
    """The latest instant from which `work` is done by `t` on one calendar."""
    if work <= 0 or t <= -FAR:
        return t
    target = _work_until(T, tl, t) - work
    if target < 0:
        return -FAR
    i = _last_below(T.work_before, T.ptr[tl], T.ptr[tl + 1], target + 1)
    return T.start[i] + (target - T.work_before[i]) // T.rate[i]


@leaf
def common_open(T, ids, n, t):
    """The first instant at or after `t` at which all of the first `n` calendars in `ids` are open."""
    agreed = 0
    k = 0
    while agreed < n:
        u = next_open(T, ids[k], t)
        if u >= FAR:
            return FAR
        if u > t:
            t = u
            agreed = 1
        else:
            agreed += 1
        k = k + 1 if k + 1 < n else 0
    return t


@leaf
def common_until(T, ids, n, t):
    """The end of the stretch at `t` that all calendars share (and in which the first keeps its rate)."""
    until = FAR
    for k in range(n):
        until = min(until, T.end[_first_end_after(T, ids[k], t)])
    return until


@leaf
def advance(T, ids, n, t, work):
    """The earliest instant by which `work` is done while all calendars are open, at the first one's rate."""
    if work <= 0:
        return t
    if n == 1:
        return advance_one(T, ids[0], t, work)
    while True:
        t = common_open(T, ids, n, t)
        if t >= FAR:
            return FAR
        until = common_until(T, ids, n, t)
        rate = T.rate[_first_end_after(T, ids[0], t)]
        if work <= (until - t) * rate:
            return t + (work + rate - 1) // rate
        work -= (until - t) * rate
        t = until


@leaf
def common_last(T, ids, n, t):
    """The last instant at or before `t` until which all of the first `n` calendars are open."""
    agreed = 0
    k = 0
    while agreed < n:
        u = last_open(T, ids[k], t)
        if u <= -FAR:
            return -FAR
        if u < t:
            t = u
            agreed = 1
        else:
            agreed += 1
        k = k + 1 if k + 1 < n else 0
    return t


@leaf
def retreat(T, ids, n, t, work):
    """The latest instant from which `work` is done by `t` while all calendars are open, at the first one's rate."""
    if work <= 0:
        return t
    if n == 1:
        return retreat_one(T, ids[0], t, work)
    while True:
        t = common_last(T, ids, n, t)
        if t <= -FAR:
            return -FAR
        since = -FAR
        for k in range(n):
            since = max(since, T.start[_last_below(T.start, T.ptr[ids[k]], T.ptr[ids[k] + 1], t)])
        rate = T.rate[_last_below(T.start, T.ptr[ids[0]], T.ptr[ids[0] + 1], t)]
        if work <= (t - since) * rate:
            return t - (work + rate - 1) // rate
        work -= (t - since) * rate
        t = since


@leaf
def gap_after(T, ids, n, t):
    """The end of the unbroken open time that holds `t`, over changes of rate."""
    until = common_until(T, ids, n, t)
    while common_open(T, ids, n, until) == until:
        until = common_until(T, ids, n, until)
    return until


@leaf
def place(T, setup_ids, n_setup, run_ids, n_run, setup, run, pause, stretch, t):
    """Lay an operation at the earliest from `t` on: `(setup_start, start, end)`, FAR where it never fits.

    Setup is worked while the calendars `setup_ids` are all open, the run while `run_ids` are; both begin with the
    primary resource's calendar. A setup ends when the run can begin: it is not done long before. Without `pause`
    setup and run must lie in unbroken open time; from start to end at most `stretch` elapsed seconds may pass.
    """
    while True:
        first = common_open(T, setup_ids, n_setup, t) if setup > 0 else common_open(T, run_ids, n_run, t)
        if first >= FAR:
            return FAR, FAR, FAR
        begin = advance(T, setup_ids, n_setup, first, setup)
        if begin >= FAR:
            return FAR, FAR, FAR
        if run > 0:
            opening = common_open(T, run_ids, n_run, begin)
            if opening >= FAR:
                return FAR, FAR, FAR
            if setup > 0 and opening > begin:
                late = retreat(T, setup_ids, n_setup, opening, setup)
                first = max(first, common_open(T, setup_ids, n_setup, late))
                begin = advance(T, setup_ids, n_setup, first, setup)
        else:
            opening = begin
        finish = advance(T, run_ids, n_run, opening, run)
        if finish >= FAR:
            return FAR, FAR, FAR
        if finish - opening > stretch:
            later = common_open(T, run_ids, n_run, common_until(T, run_ids, n_run, opening))
            if later >= FAR:
                return FAR, FAR, FAR
            t = max(first + 60, retreat(T, setup_ids, n_setup, later, setup)) if setup > 0 else later
            continue
        if pause:
            return first, opening, finish
        if setup > 0:
            gap = gap_after(T, setup_ids, n_setup, first)
            if begin > gap:
                t = gap
                continue
            if opening > begin:
                t = max(first + 60, opening)
                continue
        if run > 0:
            gap = gap_after(T, run_ids, n_run, opening)
            if finish > gap:
                t = gap
                continue
        return first, opening, finish


@kernel
def before_open_each(T, tl, t, seconds):
    """`before_open` of many instants on one calendar."""
    out = np.empty(t.size, np.int64)
    for i in range(t.size):
        out[i] = before_open(T, tl, t[i], seconds[i])
    return out


@kernel
def before_open_many(T, tl, t, seconds):
    """`before_open` of many instants, each on its own calendar."""
    out = np.empty(t.size, np.int64)
    for i in range(t.size):
        out[i] = before_open(T, tl[i], t[i], seconds[i])
    return out


@kernel
def open_between_each(T, tl, a, b):
    """Signed open seconds from `a` to `b` of many pairs, each on its own calendar."""
    out = np.empty(a.size, np.int64)
    for i in range(a.size):
        out[i] = open_until(T, tl[i], b[i]) - open_until(T, tl[i], a[i])
    return out
