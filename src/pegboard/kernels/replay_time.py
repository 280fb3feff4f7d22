"""How one operation of a replay lies in time: open time looked up in a run, setup and run from an instant on."""

from pegboard.kernels.arrays import FAR
from pegboard.kernels.compiled import inlined, leaf
from pegboard.kernels.opentime import place

SHIFT = 14
"""Calendars are looked up by stretches of two to the power of so many seconds, four and a half hours."""


@inlined
def _opening(N, tl, t):
    """The first stretch of a calendar that ends after `t`."""
    b = min(max((t - N.since) >> SHIFT, 0), N.n_bucket - 1)
    i, last = N.opening[tl * N.n_bucket + b], N.T.ptr[tl + 1]
    while i < last and N.T.end[i] <= t:
        i += 1
    return i


@inlined
def open_from(N, tl, t):
    i = _opening(N, tl, t)
    return max(t, N.T.start[i]) if i < N.T.ptr[tl + 1] else FAR


@inlined
def _worked(T, i, last, t, work):
    """When so many microseconds are done on a calendar from `t` in its stretch `i` on, and the stretch they end in."""
    while i < last:
        t = max(t, T.start[i])
        rate = T.rate[i]
        if work <= (T.end[i] - t) * rate:
            return t + (work + rate - 1) // rate, i
        work -= (T.end[i] - t) * rate
        i += 1
    return FAR, i


@inlined
def lay_plain(N, tl, t, setup, run):
    """Times `(setup_start, start, end)` on one calendar that may be left at any time."""
    i, last = _opening(N, tl, t), N.T.ptr[tl + 1]
    if i == last:
        return FAR, FAR, FAR
    first = start = max(t, N.T.start[i])
    if setup > 0:
        start, i = _worked(N.T, i, last, first, setup)
    if run == 0:
        return first, start, start
    if i < last and start == N.T.end[i]:
        i += 1
    if i == last:
        return first, FAR, FAR
    start = max(start, N.T.start[i])
    return first, start, _worked(N.T, i, last, start, run)[0]


@inlined
def open_after(N, tl, t, seconds):
    """The instant by which so much open time has passed since `t`; `t` itself for none."""
    if seconds <= 0 or t >= FAR:
        return t
    i, last = _opening(N, tl, t), N.T.ptr[tl + 1]
    while i < last:
        t = max(t, N.T.start[i])
        if seconds <= N.T.end[i] - t:
            return t + seconds
        seconds -= N.T.end[i] - t
        i += 1
    return FAR


@inlined
def calendars(N, at, ids):
    """Copy a list of calendars; its length."""
    n = N.cal[at]
    for k in range(n):
        ids[k] = N.cal[at + 1 + k]
    return n


@leaf
def lay(N, i, t, setup, run, ids):
    """Times of an operation from `t` on: `(setup_start, start, end)`, FAR where the calendars end before.

    What may not pause, or only for so long, does all the same where it would fit nowhere else.
    """
    job = N.slot[i]
    if job.is_plain and setup + run > 0:
        return lay_plain(N, job.timeline, t, setup, run)
    n_setup, n_run = calendars(N, job.setup_cal, ids[0]), calendars(N, job.run_cal, ids[1])
    first, start, end = place(N.T, ids[0], n_setup, ids[1], n_run, setup, run, job.pause != 0, job.stretch, t)
    if end >= FAR and (job.pause == 0 or job.stretch < FAR):
        return place(N.T, ids[0], n_setup, ids[1], n_run, setup, run, True, FAR, t)
    return first, start, end


@leaf
def lay_after(N, i, t, setup, run, run_from, end_from, ids):
    """As `lay`, from the first instant on with which the run starts at `run_from` and ends at `end_from` or later."""
    first, start, end = lay(N, i, t, setup, run, ids)
    if end >= FAR or (start >= run_from and end >= end_from):
        return first, start, end
    low, high, step = t, t, max(run_from - start, end_from - end, 1)
    while end < FAR and (start < run_from or end < end_from):
        high = low + step
        step *= 2
        first, start, end = lay(N, i, high, setup, run, ids)
    while high - low > 1:
        middle = (low + high) >> 1
        a, b, c = lay(N, i, middle, setup, run, ids)
        if b < run_from or c < end_from:
            low = middle
        else:
            high, first, start, end = middle, a, b, c
    return first, start, end
