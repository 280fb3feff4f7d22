"""Replay a schedule with other durations and arrivals: same sequence, resources and pegs, everything as soon as it can.

Operations are `slots`, numbered in an order in which whatever an operation waits for comes before it; the lots of one
oven load lie together. A resource is as many `servers` as it has capacity: an operation takes those free first.

A run reads 0.2 KB of every slot, of 70,000 slots more than a core's cache holds, so several runs go side by side.
"""

import numpy as np

from pegboard.kernels.arrays import FAR, RUN_ONLY, SETUP_ONLY
from pegboard.kernels.compiled import inlined, kernel, leaf
from pegboard.kernels.opentime import advance, after_open
from pegboard.kernels.replay_causes import NOBODY, WORST, blame, inherit
from pegboard.kernels.replay_luck import arrives, between_failures, chosen, draw_work, mixed
from pegboard.kernels.replay_network import LAID, PAST, Causes
from pegboard.kernels.replay_time import calendars, lay_after, lay_plain, open_after

TRIES = 200
LANES = 8
"""Runs that are replayed side by side: what they remember of an operation fills whole cache lines."""


@inlined
def _await(N, past, free, who, arrival, i, r, run, wait, ids):
    """What a slot waits for: the bounds of its setup, run and end go into `wait[0:3]`; returns what binds the setup."""
    job, after = N.slot[i], N.slot[i + 1]
    queued, ready = job.arrival, job.ready
    by_queued = by = NOBODY
    run_from, end_from = job.run_floor, -FAR
    last_in = -FAR
    for j in range(job.pred_ptr, after.pred_ptr):
        arc = N.pred[j]
        before = past[arc.slot, r]
        at = open_after(N, N.factory_tl, before.end + arc.wait, arc.move)
        if arc.batch > 0:
            last_in = max(last_in, at)
            n = calendars(N, N.slot[arc.slot].run_cal, ids[0])
            through = advance(N.T, ids[0], n, before.start, np.int64(arc.batch * before.factor))
            at = open_after(N, N.factory_tl, min(through, before.end) + arc.wait, arc.move)
        if arc.queued:
            if at > queued:
                queued, by_queued = at, arc.slot
        elif at > ready:
            ready, by = at, arc.slot
    for j in range(job.supply_ptr, after.supply_ptr):
        which = N.supply[j]
        if which >= 0 and arrival[which, r] > queued:
            queued, by_queued = arrival[which, r], N.slot.size - 1 + which
        elif which < 0 and arrival[~which, r] > ready:
            ready, by = arrival[~which, r], N.slot.size - 1 + ~which
    if queued > -FAR:
        queued = queued if job.begun else open_after(N, job.timeline, queued, job.queue)
        if queued > ready:
            ready, by = queued, by_queued
    if last_in > -FAR and job.batch > 0:
        n = calendars(N, job.run_cal, ids[0])
        end_from = advance(N.T, ids[0], n, last_in, np.int64(job.batch * run))
    for j in range(job.hold_ptr, after.hold_ptr):
        hold = N.hold[j]
        at, server = _freed(free, hold, r)
        if hold.rest > 0:
            rested = after_open(N.T, hold.timeline, max(at, N.now), hold.rest)
            if rested > ready:
                ready, by = rested, who[server, r]
        at += hold.travel
        if hold.phase == RUN_ONLY:
            run_from = max(run_from, at)
        elif at > ready:
            ready, by = at, who[server, r]
    wait[0], wait[1], wait[2] = ready, run_from, end_from
    return by


@inlined
def _freed(free, hold, r):
    """When as many servers are free as a hold takes, and the last of them to be freed."""
    if hold.servers == 1:
        return free[hold.server, r], hold.server
    at, server = -FAR - 1, hold.server
    taken = 0
    while taken < hold.take:
        again = FAR + 1
        for s in range(hold.server, hold.server + hold.servers):
            if at < free[s, r] < again:
                again, server = free[s, r], s
        if again > FAR:
            return FAR, server
        at = again
        for s in range(hold.server, hold.server + hold.servers):
            if free[s, r] == at:
                taken += 1
    return at, server


@inlined
def _take(N, laid, free, who, i, r, lead):
    """Book what a slot holds, and release what waited to be taken over by it."""
    job, after = N.slot[i], N.slot[i + 1]
    for j in range(job.pred_ptr, after.pred_ptr):
        if N.pred[j].blocking >= 0:
            _keep(N, free, who, N.pred[j].blocking, r, laid[i - lead].setup_start)
    for j in range(job.hold_ptr, after.hold_ptr):
        hold = N.hold[j]
        until = laid[i - lead].start if hold.phase == SETUP_ONLY else laid[i - lead].until
        for _ in range(hold.take):
            earliest = hold.server
            for s in range(hold.server + 1, hold.server + hold.servers):
                if free[s, r] < free[earliest, r]:
                    earliest = s
            free[earliest, r], who[earliest, r] = max(free[earliest, r], until), lead


@leaf
def _keep(N, free, who, slot, r, until):
    """A blocking operation holds its primary resource, its first hold, on to the setup of the next."""
    if N.slot[slot].hold_ptr == N.slot[slot + 1].hold_ptr:
        return
    hold = N.hold[N.slot[slot].hold_ptr]
    for s in range(hold.server, hold.server + hold.servers):
        if who[s, r] == slot:
            free[s, r] = max(free[s, r], until)


@inlined
def _place_plain(N, past, mine, free, who, arrival, i, r, wait, ids):
    """Place a plain slot in its own right: most are plain, and calling `_place` takes as long as placing one.

    Returns False, with nothing done, where its run waits for more than its setup.
    """
    t, by = N.slot[i].floor, NOBODY
    binds = _await(N, past, free, who, arrival, i, r, mine.factor, wait, ids)
    if wait[1] > -FAR or mine.run <= 0:
        return False
    if wait[0] > t:
        t, by = wait[0], binds
    first, start, end = lay_plain(N, N.slot[i].timeline, t, mine.setup, mine.run)
    _lie(mine, first, start, end, end, by)
    return True


@leaf
def _place(N, past, laid, free, who, arrival, i, r, floor, wait, ids):
    """Place slot `i` and its mates in one load, not before `floor`; where, and what binds it, goes into `laid`."""
    n, by, t = N.slot[i].mates, NOBODY, floor
    for k in range(n):
        binds = _await(N, past, free, who, arrival, i + k, r, laid[k].factor, wait[k], ids)
        if wait[k, 0] > t:
            t, by = wait[k, 0], binds
    for _ in range(TRIES):
        again = until = t
        for k in range(n):
            mine = wait[k]
            first, start, end = lay_after(N, i + k, t, laid[k].setup, laid[k].run, mine[1], mine[2], ids)
            _lie(laid[k], first, start, end, end, by)
            again, until = max(again, first), max(until, end)
        laid[0].until = until
        if n == 1 or again == t or again >= FAR:
            return
        t = again


@inlined
def _lie(mine, first, start, end, until, by):
    mine.setup_start, mine.start, mine.end, mine.until, mine.by = first, start, end, until, by


@inlined
def _book(N, past, laid, free, who, i, r):
    """Take what slot `i` and its mates hold, and remember when they lie."""
    for k in range(N.slot[i].mates):
        mine, then = laid[k], past[i + k, r]
        then.setup_start, then.start, then.end, then.factor = mine.setup_start, mine.start, mine.end, mine.factor
        _take(N, laid, free, who, i + k, r, i)


@kernel
def held_back(N, past, held):
    """Replay as planned into `past`, and mark in `held` where the plan starts later than it had to.

    Such operations were held on purpose and are released at their planned start; the others go when they can.
    """
    laid, wait, ids = room(N)
    free, who = np.full((N.n_server, 1), N.now), np.full((N.n_server, 1), NOBODY)
    arrival = np.full((N.supply_due.size, 1), -FAR)
    i = 0
    while i < N.slot.size - 1:
        mates = N.slot[i].mates
        for k in range(mates):
            laid[k].setup, laid[k].run, laid[k].factor = N.slot[i + k].setup, N.slot[i + k].run, 1.0
        _place(N, past, laid, free, who, arrival, i, 0, -FAR, wait, ids)
        if laid[0].setup_start < N.slot[i].planned:
            held[i : i + mates] = 1
            _place(N, past, laid, free, who, arrival, i, 0, N.slot[i].planned, wait, ids)
        _book(N, past, laid, free, who, i, 0)
        i += mates


@kernel
def room(N):
    """Room to lay the largest load: its lots, what each waits for, and their calendars."""
    most = 1
    for i in range(N.slot.size - 1):
        most = max(most, N.slot[i].mates)
    return np.empty(most, LAID), np.empty((most, 3), np.int64), np.empty((2, N.cal.size + 1), np.int64)


@kernel
def replay(N, K, seed, first, done, tally):
    """Replay runs `first`, `first + 1` ... with drawn luck; row by row the completions of the lines go into `done`.

    What delayed late lines goes into `tally`, which has room for more than `WORST` delays of every line in every run.
    """
    past = np.empty((N.slot.size - 1, LANES), PAST)
    causes = Causes(np.empty((N.slot.size, LANES, WORST), np.int32), np.empty((N.slot.size, LANES, WORST), np.int32))
    state = (
        np.empty((N.n_server, LANES), np.int64),
        np.empty((N.n_server, LANES), np.int64),
        np.empty(N.line_due.size, np.int64),
    )
    drawn = (
        np.empty(LANES, np.uint64),
        np.empty((N.supply_due.size, LANES), np.int64),
        np.empty((N.work_name.size, LANES), np.float64),
        np.empty((N.n_server, LANES), np.float64),
        np.empty((N.n_server, LANES), np.float64),
        np.empty((N.n_server, LANES), np.uint64),
    )
    scratch, key = room(N), mixed(np.uint64(seed)) + np.uint64(first)
    for r in range(0, done.shape[0], LANES):
        _runs(N, K, key + np.uint64(r), past, done[r : r + LANES], tally, causes, scratch, state, drawn)


@leaf
def _runs(N, K, key, past, done, tally, causes, scratch, state, drawn):
    """Some runs of `replay`; a leaf, as counting references at every call inside would cost more than the replay.

    Every load is placed in all runs before the next: what is known of it is read once, and what it waits for lies
    together.
    """
    laid, wait, ids = scratch
    free, who, binds = state
    keys, arrival, by_work, worked, fails_at, failures = drawn
    n = done.shape[0]
    free[:], who[:] = N.now, NOBODY
    worked[:], failures[:] = 0.0, 0
    for r in range(n):
        keys[r] = mixed(key + np.uint64(r))
        for s in range(N.supply_due.size):
            arrival[s, r] = arrives(N, K, s, keys[r])
        for w in range(by_work.shape[0]):
            by_work[w, r] = chosen(K, N.work_chance[w], N.work_name[w], keys[r])
        for s in range(N.n_server):
            fails_at[s, r] = between_failures(K, s, keys[r], failures[s, r])
    i = 0
    while i < N.slot.size - 1:
        job = N.slot[i]
        is_plain = job.is_plain and job.mates == 1
        for r in range(n):
            for k in range(job.mates):
                draw_work(N, K, laid[k], i + k, r, keys[r], by_work, worked, fails_at, failures)
            if not is_plain or not _place_plain(N, past, laid[0], free, who, arrival, i, r, wait[0], ids):
                _place(N, past, laid, free, who, arrival, i, r, job.floor, wait, ids)
            _book(N, past, laid, free, who, i, r)
            for k in range(job.mates):
                inherit(N, laid[k], arrival, causes, i + k, r)
        i += job.mates
    for r in range(n):
        _complete(N, past, arrival, r, done[r], binds)
        for line in range(N.line_due.size):
            if done[r, line] > N.line_due[line]:
                blame(N, arrival, causes, line, r, binds[line], tally)


@leaf
def _complete(N, past, arrival, r, done, binds):
    """When each line is complete, with its order's other lines where they ship together, and what binds it."""
    n = N.slot.size - 1
    for line in range(done.size):
        done[line], binds[line] = N.line_sure[line], NOBODY
        for j in range(N.line_ptr[line], N.line_ptr[line + 1]):
            at = open_after(N, N.factory_tl, past[N.line_slot[j], r].end, N.line_move[j])
            if at > done[line]:
                done[line], binds[line] = at, N.line_slot[j]
        for j in range(N.line_supply_ptr[line], N.line_supply_ptr[line + 1]):
            if arrival[N.line_supply[j], r] > done[line]:
                done[line], binds[line] = arrival[N.line_supply[j], r], n + N.line_supply[j]
    for line in range(done.size):
        lead = N.line_group[line]
        if done[line] > done[lead]:
            done[lead], binds[lead] = done[line], binds[line]
    for line in range(done.size):
        done[line], binds[line] = done[N.line_group[line]], binds[N.line_group[line]]
