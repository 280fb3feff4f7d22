"""Replay a schedule with other durations and arrivals: same sequence, resources and pegs, everything as soon as it can.

Operations are `slots`, numbered in an order in which whatever an operation waits for comes before it; the lots of one
oven load lie together. A resource is as many `servers` as it has capacity: an operation takes those free first.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pegboard.kernels.arrays import FAR, RUN_ONLY, SETUP_ONLY, Floats, Ints, Timelines
from pegboard.kernels.compiled import kernel, leaf
from pegboard.kernels.opentime import advance, after_open, open_until, place
from pegboard.kernels.packed import Records

SHIFT = 14
"""Calendars are looked up by stretches of two to the power of so many seconds, four and a half hours."""
TRIES = 200
NOBODY = -1


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a leaf into whoever calls it: a call hands over more numbers than these functions compute."""
    return njit(cache=True, nogil=True, _nrt=False, forceinline=True)(function)  # type: ignore[call-overload]


WORST = 3
"""So many delays are remembered on the way to an operation."""
LONGEST = (1 << 31) - 1


def _fields(kind: type, names: str) -> list[tuple[str, type]]:
    return [(name, kind) for name in names.split()]


SLOT = np.dtype(
    [
        *_fields(np.int64, "setup run stretch floor run_floor planned arrival ready batch"),
        *_fields(np.uint64, "name"),
        *_fields(np.int32, "timeline queue begun pause is_plain pred_ptr hold_ptr supply_ptr setup_cal run_cal"),
        *_fields(np.int32, "mates chance work server_of_failure"),
    ]
)
PRED = np.dtype([*_fields(np.int64, "batch"), *_fields(np.int32, "slot wait move queued blocking _")])
HOLD = np.dtype(_fields(np.int32, "server servers take phase rest travel timeline _"))
"""Records are small and whole parts of cache lines: a run reads all of them, and little else takes as long."""
DRAWN = np.dtype(
    [(name, np.int64) for name in "setup_start start end until extra broke by".split()] + [("factor", np.float64)]
)


class Network(NamedTuple):
    """What is replayed: slots with what they wait for and hold, calendars, supplies and lines.

    The last slot only ends the pointers. `opening[tl * n_bucket + b]` is the first stretch of a calendar that ends
    after the begin of bucket `b`, counted from `since`. `cal` holds lists of calendars, each after its length.
    `supply_*` are the uncertain supplies: when they are planned to come, name and chance of lateness (days). A line is
    complete when the slots `line_slot` have ended and moved, and its supplies are there; `line_sure` is the earliest it
    can be. Lines of one `line_group` are complete together.
    """

    T: Timelines
    opening: Ints
    n_bucket: int
    since: int
    factory_tl: int
    now: int
    slot: Records
    pred: Records
    hold: Records
    cal: Ints
    n_server: int
    supply: Ints
    supply_due: Ints
    supply_name: NDArray[np.uint64]
    supply_chance: Ints
    work_name: NDArray[np.uint64]
    work_chance: Ints
    line_ptr: Ints
    line_slot: Ints
    line_move: Ints
    line_supply_ptr: Ints
    line_supply: Ints
    line_sure: Ints
    line_due: Ints
    line_group: Ints


class Chances(NamedTuple):
    """Lists of equally likely values, `value[ptr[c]:ptr[c + 1]]` of chance `c`, and how resources fail.

    By server: the mean work between failures (FAR for none) and the mean repair, microseconds, and the name of its
    resource.
    """

    ptr: Ints
    value: Floats
    failure_work: Floats
    repair_work: Floats
    failure_name: NDArray[np.uint64]


class Causes(NamedTuple):
    """By slot the largest delays on the way that binds it, in seconds, and what they are due to, the largest first.

    Things are slots, then supplies, then the failures of servers.
    """

    thing: NDArray[np.int32]
    delay: NDArray[np.int32]


class Tally(NamedTuple):
    """What made lines late: how often, and by how many seconds, in a table of `line * n_thing + thing`."""

    key: Ints
    times: Ints
    delay: Ints


@inlined
def mixed(x):
    """A number that looks random and is the same for the same number (splitmix64, Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@inlined
def luck(name, key):
    """A number from 0 to below 1 for a name in a run."""
    return np.float64(mixed(mixed(name + key) ^ key) >> np.uint64(11)) * 1.1102230246251565e-16


@inlined
def _drawn(K, chance, name, key):
    """One of a chance's values."""
    first, n = K.ptr[chance], K.ptr[chance + 1] - K.ptr[chance]
    if n == 1:
        return K.value[first]
    return K.value[first + min(np.int64(luck(name, key) * n), n - 1)]


@inlined
def _opening(N, tl, t):
    """The first stretch of a calendar that ends after `t`."""
    b = min(max((t - N.since) >> SHIFT, 0), N.n_bucket - 1)
    i, last = N.opening[tl * N.n_bucket + b], N.T.ptr[tl + 1]
    while i < last and N.T.end[i] <= t:
        i += 1
    return i


@inlined
def _next_open(N, tl, t):
    i = _opening(N, tl, t)
    return max(t, N.T.start[i]) if i < N.T.ptr[tl + 1] else FAR


@inlined
def _advance(N, tl, t, work):
    """The earliest instant by which `work` microseconds are done when begun at `t`."""
    if work <= 0 or t >= FAR:
        return t
    i, last = _opening(N, tl, t), N.T.ptr[tl + 1]
    while i < last:
        t = max(t, N.T.start[i])
        rate = N.T.rate[i]
        if work <= (N.T.end[i] - t) * rate:
            return t + (work + rate - 1) // rate
        work -= (N.T.end[i] - t) * rate
        i += 1
    return FAR


@inlined
def _after_open(N, tl, t, seconds):
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
def _calendars(N, at, ids):
    """Copy a list of calendars; its length."""
    n = N.cal[at]
    for k in range(n):
        ids[k] = N.cal[at + 1 + k]
    return n


@leaf
def _lay(N, i, t, setup, run, ids):
    """Times of an operation from `t` on: `(setup_start, start, end)`, FAR where the calendars end before.

    What may not pause, or only for so long, does all the same where it would fit nowhere else.
    """
    job = N.slot[i]
    if job.is_plain and setup + run > 0:
        first = _next_open(N, job.timeline, t)
        start = _advance(N, job.timeline, first, setup)
        if run == 0:
            return first, start, start
        start = _next_open(N, job.timeline, start)
        return first, start, _advance(N, job.timeline, start, run)
    n_setup, n_run = _calendars(N, job.setup_cal, ids[0]), _calendars(N, job.run_cal, ids[1])
    first, start, end = place(N.T, ids[0], n_setup, ids[1], n_run, setup, run, job.pause != 0, job.stretch, t)
    if end >= FAR and (job.pause == 0 or job.stretch < FAR):
        return place(N.T, ids[0], n_setup, ids[1], n_run, setup, run, True, FAR, t)
    return first, start, end


@leaf
def _lay_after(N, i, t, setup, run, run_from, end_from, ids):
    """As `_lay`, from the first instant on with which the run starts at `run_from` and ends at `end_from` or later."""
    first, start, end = _lay(N, i, t, setup, run, ids)
    if end >= FAR or (start >= run_from and end >= end_from):
        return first, start, end
    low, high, step = t, t, max(run_from - start, end_from - end, 1)
    while end < FAR and (start < run_from or end < end_from):
        high = low + step
        step *= 2
        first, start, end = _lay(N, i, high, setup, run, ids)
    while high - low > 1:
        middle = (low + high) >> 1
        a, b, c = _lay(N, i, middle, setup, run, ids)
        if b < run_from or c < end_from:
            low = middle
        else:
            high, first, start, end = middle, a, b, c
    return first, start, end


@inlined
def _await(N, out, free, who, arrival, i, run, wait, ids):
    """What a slot waits for: the bounds of its setup, run and end go into `wait[0:3]`; returns what binds the setup."""
    job, after = N.slot[i], N.slot[i + 1]
    queued, ready = job.arrival, job.ready
    by_queued = by = NOBODY
    run_from, end_from = job.run_floor, -FAR
    last_in = -FAR
    for j in range(job.pred_ptr, after.pred_ptr):
        arc = N.pred[j]
        before = out[arc.slot]
        at = _after_open(N, N.factory_tl, before.end + arc.wait, arc.move)
        if arc.batch > 0:
            last_in = max(last_in, at)
            n = _calendars(N, N.slot[arc.slot].run_cal, ids[0])
            through = advance(N.T, ids[0], n, before.start, np.int64(arc.batch * before.factor))
            at = _after_open(N, N.factory_tl, min(through, before.end) + arc.wait, arc.move)
        if arc.queued:
            if at > queued:
                queued, by_queued = at, arc.slot
        elif at > ready:
            ready, by = at, arc.slot
    for j in range(job.supply_ptr, after.supply_ptr):
        which = N.supply[j]
        if which >= 0 and arrival[which] > queued:
            queued, by_queued = arrival[which], N.slot.size - 1 + which
        elif which < 0 and arrival[~which] > ready:
            ready, by = arrival[~which], N.slot.size - 1 + ~which
    if queued > -FAR:
        queued = queued if job.begun else _after_open(N, job.timeline, queued, job.queue)
        if queued > ready:
            ready, by = queued, by_queued
    if last_in > -FAR and job.batch > 0:
        n = _calendars(N, job.run_cal, ids[0])
        end_from = advance(N.T, ids[0], n, last_in, np.int64(job.batch * run))
    for j in range(job.hold_ptr, after.hold_ptr):
        hold = N.hold[j]
        at, server = _freed(free, hold)
        if hold.rest > 0:
            rested = after_open(N.T, hold.timeline, max(at, N.now), hold.rest)
            if rested > ready:
                ready, by = rested, who[server]
        at += hold.travel
        if hold.phase == RUN_ONLY:
            run_from = max(run_from, at)
        elif at > ready:
            ready, by = at, who[server]
    wait[0], wait[1], wait[2] = ready, run_from, end_from
    return by


@inlined
def _freed(free, hold):
    """When as many servers are free as a hold takes, and the last of them to be freed."""
    if hold.servers == 1:
        return free[hold.server], hold.server
    at, server = -FAR - 1, hold.server
    taken = 0
    while taken < hold.take:
        again = FAR + 1
        for s in range(hold.server, hold.server + hold.servers):
            if at < free[s] < again:
                again, server = free[s], s
        if again > FAR:
            return FAR, server
        at = again
        for s in range(hold.server, hold.server + hold.servers):
            if free[s] == at:
                taken += 1
    return at, server


@inlined
def _take(N, out, free, who, i, lead):
    """Book what a slot holds, and release what waited to be taken over by it."""
    job, after = N.slot[i], N.slot[i + 1]
    for j in range(job.pred_ptr, after.pred_ptr):
        if N.pred[j].blocking >= 0:
            _keep(N, out, free, who, N.pred[j].blocking, out[i].setup_start)
    for j in range(job.hold_ptr, after.hold_ptr):
        hold = N.hold[j]
        until = out[i].start if hold.phase == SETUP_ONLY else out[i].until
        for _ in range(hold.take):
            earliest = hold.server
            for s in range(hold.server + 1, hold.server + hold.servers):
                if free[s] < free[earliest]:
                    earliest = s
            free[earliest], who[earliest] = max(free[earliest], until), lead


@leaf
def _keep(N, out, free, who, slot, until):
    """A blocking operation holds its primary resource, its first hold, on to the setup of the next."""
    if N.slot[slot].hold_ptr == N.slot[slot + 1].hold_ptr:
        return
    hold = N.hold[N.slot[slot].hold_ptr]
    for s in range(hold.server, hold.server + hold.servers):
        if who[s] == slot:
            free[s] = max(free[s], until)


@leaf
def _place(N, out, free, who, arrival, i, floor, setup, run, wait, ids):
    """Place slot `i` and its mates in one load, not before `floor`; what binds it goes into `out`."""
    n, by, t = N.slot[i].mates, NOBODY, floor
    for k in range(i, i + n):
        binds = _await(N, out, free, who, arrival, k, out[k].factor, wait[k - i], ids)
        if wait[k - i, 0] > t:
            t, by = wait[k - i, 0], binds
    if n == 1 and N.slot[i].is_plain and wait[0, 1] <= -FAR and run[0] > 0:
        tl = N.slot[i].timeline
        first = _next_open(N, tl, t)
        start = _next_open(N, tl, _advance(N, tl, first, setup[0]))
        end = _advance(N, tl, start, run[0])
        out[i].setup_start, out[i].start, out[i].end, out[i].until, out[i].by = first, start, end, end, by
        return
    for _ in range(TRIES):
        again = until = t
        for k in range(i, i + n):
            mine = wait[k - i]
            first, start, end = _lay_after(N, k, t, setup[k - i], run[k - i], mine[1], mine[2], ids)
            out[k].setup_start, out[k].start, out[k].end, out[k].until, out[k].by = first, start, end, end, by
            again, until = max(again, first), max(until, end)
        out[i].until = until
        if n == 1 or again == t or again >= FAR:
            return
        t = again


@kernel
def held_back(N, out, held):
    """Replay as planned into `out`, and mark in `held` where the plan starts later than it had to.

    Such operations were held on purpose and are released at their planned start; the others go when they can.
    """
    widest = most_mates(N)
    free, who = np.full(N.n_server, N.now), np.full(N.n_server, NOBODY)
    setup, run = np.empty(widest, np.int64), np.empty(widest, np.int64)
    wait, ids = np.empty((widest, 3), np.int64), np.empty((2, N.cal.size + 1), np.int64)
    arrival = np.full(N.supply_due.size, -FAR)
    i = 0
    while i < N.slot.size - 1:
        mates = N.slot[i].mates
        for k in range(mates):
            setup[k], run[k], out[i + k].factor = N.slot[i + k].setup, N.slot[i + k].run, 1.0
        _place(N, out, free, who, arrival, i, -FAR, setup, run, wait, ids)
        if out[i].setup_start < N.slot[i].planned:
            held[i : i + mates] = 1
            _place(N, out, free, who, arrival, i, N.slot[i].planned, setup, run, wait, ids)
        for k in range(i, i + mates):
            _take(N, out, free, who, k, i)
        i += mates


@leaf
def most_mates(N):
    """The largest number of lots in one load."""
    most = 1
    for i in range(N.slot.size - 1):
        most = max(most, N.slot[i].mates)
    return most


@kernel
def replay(N, K, seed, first, out, done, tally):
    """Replay runs `first`, `first + 1` ... with drawn luck; row by row the completions of the lines go into `done`.

    Returns False where `tally` is full; then nothing that was written counts.
    """
    widest = most_mates(N)
    free, who = np.empty(N.n_server, np.int64), np.empty(N.n_server, np.int64)
    setup, run = np.empty(widest, np.int64), np.empty(widest, np.int64)
    wait, ids = np.empty((widest, 3), np.int64), np.empty((2, N.cal.size + 1), np.int64)
    arrival, by_work = np.empty(N.supply_due.size, np.int64), np.empty(N.work_name.size, np.float64)
    worked, fails_at = np.empty(N.n_server, np.float64), np.empty(N.n_server, np.float64)
    failures, binds = np.empty(N.n_server, np.uint64), np.empty(N.line_due.size, np.int64)
    return _runs(
        N,
        K,
        np.uint64(seed),
        first,
        out,
        done,
        tally,
        Causes(np.empty((N.slot.size, WORST), np.int32), np.empty((N.slot.size, WORST), np.int32)),
        (free, who, setup, run, wait, ids),
        (arrival, by_work, worked, fails_at, failures, binds),
    )


@leaf
def _runs(N, K, seed, first, out, done, tally, causes, room, drawn):
    """All runs of `replay`; a leaf, as counting references at every call inside would cost more than the replay."""
    free, who, setup, run, wait, ids = room
    arrival, by_work, worked, fails_at, failures, binds = drawn
    used = 0
    for r in range(done.shape[0]):
        key = mixed(mixed(seed) + np.uint64(first + r))
        free[:], who[:] = N.now, NOBODY
        worked[:], failures[:] = 0.0, 0
        for s in range(N.supply_due.size):
            arrival[s] = _arrives(N, K, s, key)
        for w in range(by_work.size):
            by_work[w] = _drawn(K, N.work_chance[w], N.work_name[w], key)
        for s in range(N.n_server):
            fails_at[s] = _between_failures(K, s, key, failures[s])
        i = 0
        while i < N.slot.size - 1:
            mates = N.slot[i].mates
            for k in range(mates):
                setup[k], run[k] = _work(N, K, out, i + k, key, by_work, worked, fails_at, failures)
            _place(N, out, free, who, arrival, i, N.slot[i].floor, setup, run, wait, ids)
            for k in range(i, i + mates):
                _take(N, out, free, who, k, i)
                _inherit(N, out, arrival, causes, k)
            i += mates
        _complete(N, out, arrival, done[r], binds)
        for line in range(N.line_due.size):
            if done[r, line] > N.line_due[line]:
                used = _blame(N, arrival, causes, line, binds[line], tally, used)
                if used < 0:
                    return False
    return True


@inlined
def _arrives(N, K, s, key):
    """When an uncertain supply comes: as planned at the earliest, as nothing is gained by what comes early."""
    late = _drawn(K, N.supply_chance[s], N.supply_name[s], key)
    if late <= 0.0:
        return N.supply_due[s]
    return _next_open(N, N.factory_tl, N.supply_due[s] + np.int64(late * 86400.0))


@inlined
def _between_failures(K, server, key, failure):
    """Microseconds of work until a resource fails next."""
    if K.failure_work[server] >= FAR:
        return np.float64(FAR)
    name = K.failure_name[server] + np.uint64(2) * failure
    return -np.log(1.0 - luck(name, key)) * K.failure_work[server]


@inlined
def _work(N, K, out, i, key, by_work, worked, fails_at, failures):
    """Drawn microseconds of setup and run of a slot, repairs included."""
    job = N.slot[i]
    factor = _drawn(K, job.chance, job.name, key)
    out[i].factor = factor * by_work[job.work]
    setup, run = np.int64(job.setup * factor), np.int64(job.run * out[i].factor)
    out[i].extra = (setup + run - job.setup - job.run) // 1000000
    server, repair = job.server_of_failure, 0.0
    if server >= 0:
        worked[server] += setup + run
        while worked[server] >= fails_at[server]:
            name = K.failure_name[server] + np.uint64(2) * failures[server] + np.uint64(1)
            repair -= np.log(1.0 - luck(name, key)) * K.repair_work[server]
            failures[server] += np.uint64(1)
            fails_at[server] += _between_failures(K, server, key, failures[server])
    out[i].broke = np.int64(repair * 1e-6)
    return setup, run + np.int64(repair)


@leaf
def _complete(N, out, arrival, done, binds):
    """When each line is complete, with its order's other lines where they ship together, and what binds it."""
    n = N.slot.size - 1
    for line in range(done.size):
        done[line], binds[line] = N.line_sure[line], NOBODY
        for j in range(N.line_ptr[line], N.line_ptr[line + 1]):
            at = _after_open(N, N.factory_tl, out[N.line_slot[j]].end, N.line_move[j])
            if at > done[line]:
                done[line], binds[line] = at, N.line_slot[j]
        for j in range(N.line_supply_ptr[line], N.line_supply_ptr[line + 1]):
            if arrival[N.line_supply[j]] > done[line]:
                done[line], binds[line] = arrival[N.line_supply[j]], n + N.line_supply[j]
    for line in range(done.size):
        lead = N.line_group[line]
        if done[line] > done[lead]:
            done[lead], binds[lead] = done[line], binds[line]
    for line in range(done.size):
        done[line], binds[line] = done[N.line_group[line]], binds[N.line_group[line]]


@inlined
def _late(N, arrival, s):
    """Seconds of the factory's open time by which a supply comes late."""
    return open_until(N.T, N.factory_tl, arrival[s]) - open_until(N.T, N.factory_tl, N.supply_due[s])


@inlined
def _inherit(N, out, arrival, causes, i):
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
def _blame(N, arrival, causes, line, binds, tally, used):
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


@kernel
def in_order(by_rank, ptr, pred):
    """Nodes with those before them first, else as in `by_rank`; of a circle whatever comes first in it."""
    n = by_rank.size
    order, state = np.empty(n, np.int64), np.zeros(n, np.int64)
    at, path = ptr[:-1].copy(), np.empty(n, np.int64)
    found = 0
    for root in by_rank:
        if state[root]:
            continue
        path[0], state[root], depth = root, 1, 1
        while depth:
            node = path[depth - 1]
            if at[node] == ptr[node + 1]:
                order[found] = node
                found += 1
                depth -= 1
                continue
            before = pred[at[node]]
            at[node] += 1
            if not state[before]:
                path[depth], state[before] = before, 1
                depth += 1
    return order


@kernel
def before(ptr, pred, wanted):
    """Mark in `wanted` all that comes before what is marked there."""
    todo = list(np.flatnonzero(wanted))
    while todo:
        node = todo.pop()
        for j in range(ptr[node], ptr[node + 1]):
            if not wanted[pred[j]]:
                wanted[pred[j]] = True
                todo.append(pred[j])
