"""Replay a schedule with other durations and arrivals: same sequence, resources and pegs, everything as soon as it can.

Operations are `slots`, numbered in an order in which whatever an operation waits for comes before it; the lots of one
oven load lie together. A resource is as many `servers` as it has capacity: an operation takes those free first.
"""

import numpy as np

from pegboard.kernels.arrays import FAR, RUN_ONLY, SETUP_ONLY
from pegboard.kernels.compiled import inlined, kernel, leaf
from pegboard.kernels.opentime import advance, after_open
from pegboard.kernels.replay_causes import NOBODY, WORST, blame, inherit
from pegboard.kernels.replay_luck import arrives, between_failures, chosen, drawn_work, mixed
from pegboard.kernels.replay_network import Causes
from pegboard.kernels.replay_time import calendars, lay_after, open_after, open_from, worked_until

TRIES = 200


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
        if which >= 0 and arrival[which] > queued:
            queued, by_queued = arrival[which], N.slot.size - 1 + which
        elif which < 0 and arrival[~which] > ready:
            ready, by = arrival[~which], N.slot.size - 1 + ~which
    if queued > -FAR:
        queued = queued if job.begun else open_after(N, job.timeline, queued, job.queue)
        if queued > ready:
            ready, by = queued, by_queued
    if last_in > -FAR and job.batch > 0:
        n = calendars(N, job.run_cal, ids[0])
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
        first = open_from(N, tl, t)
        start = open_from(N, tl, worked_until(N, tl, first, setup[0]))
        end = worked_until(N, tl, start, run[0])
        out[i].setup_start, out[i].start, out[i].end, out[i].until, out[i].by = first, start, end, end, by
        return
    for _ in range(TRIES):
        again = until = t
        for k in range(i, i + n):
            mine = wait[k - i]
            first, start, end = lay_after(N, k, t, setup[k - i], run[k - i], mine[1], mine[2], ids)
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
            arrival[s] = arrives(N, K, s, key)
        for w in range(by_work.size):
            by_work[w] = chosen(K, N.work_chance[w], N.work_name[w], key)
        for s in range(N.n_server):
            fails_at[s] = between_failures(K, s, key, failures[s])
        i = 0
        while i < N.slot.size - 1:
            mates = N.slot[i].mates
            for k in range(mates):
                setup[k], run[k] = drawn_work(N, K, out, i + k, key, by_work, worked, fails_at, failures)
            _place(N, out, free, who, arrival, i, N.slot[i].floor, setup, run, wait, ids)
            for k in range(i, i + mates):
                _take(N, out, free, who, k, i)
                inherit(N, out, arrival, causes, k)
            i += mates
        _complete(N, out, arrival, done[r], binds)
        for line in range(N.line_due.size):
            if done[r, line] > N.line_due[line]:
                used = blame(N, arrival, causes, line, binds[line], tally, used)
                if used < 0:
                    return False
    return True


@leaf
def _complete(N, out, arrival, done, binds):
    """When each line is complete, with its order's other lines where they ship together, and what binds it."""
    n = N.slot.size - 1
    for line in range(done.size):
        done[line], binds[line] = N.line_sure[line], NOBODY
        for j in range(N.line_ptr[line], N.line_ptr[line + 1]):
            at = open_after(N, N.factory_tl, out[N.line_slot[j]].end, N.line_move[j])
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
