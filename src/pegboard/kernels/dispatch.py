"""Event-driven list dispatch: time moves forward, and whoever is ready and ranks first takes what is free.

The same loop runs in reversed time (mirrored calendars and arcs) to lay work back from its due dates. An operation
takes its primary resource and all further resources from the moment it is decided until it ends, even where it holds
one only for its run: a little capacity is given away, never used twice.
"""

import numpy as np

from pegboard.kernels.arrays import BOTH, FAR, RUN_ONLY, SETUP_ONLY, Schedule
from pegboard.kernels.compiled import kernel, leaf
from pegboard.kernels.heap import event_pop, event_push, grown, pool_pop, pool_push
from pegboard.kernels.latest import batch_work, run_work
from pegboard.kernels.opentime import advance, advance_one, after_open, next_open, open_until, place
from pegboard.kernels.ranking import is_dynamic, is_premature, is_priced, price, rekey

UNIT = 1000
LOOKAHEAD = 3600
SCAN = 48

_ENDS, _SETUP_ENDS, _READY, _WAKE = 0, 1, 2, 3


@leaf
def most_needs(S):
    """The largest number of further resources any step needs."""
    most = 0
    for step in range(S.need_ptr.size - 1):
        most = max(most, S.need_ptr[step + 1] - S.need_ptr[step])
    return most


@leaf
def calendars_of(R, S, step, cand, members, n_need, setup_ids, run_ids):
    """Write the calendars to be open during setup and during run, the primary's first; returns their counts."""
    primary = R.timeline[S.cand_res[cand]]
    setup_ids[0] = run_ids[0] = primary
    n_setup = n_run = 1
    base = S.need_ptr[step]
    for k in range(n_need):
        tl = R.timeline[members[k]]
        if tl == primary:
            continue
        phase = S.need_phase[base + k]
        if phase != RUN_ONLY:
            setup_ids[n_setup] = tl
            n_setup += 1
        if phase != SETUP_ONLY:
            run_ids[n_run] = tl
            n_run += 1
    return n_setup, n_run


@leaf
def changeover_work(R, S, C, family, state, cand, members, n_need):
    """Longest changeover over the operation's resources with a matrix, stretched as the candidate's setup is."""
    if family < 0:
        return 0
    longest = 0
    for k in range(-1, n_need):
        res = S.cand_res[cand] if k < 0 else members[k]
        if R.matrix[res] >= 0 and state[res] >= 0:
            us = C.us[(R.matrix[res] * C.n_family + state[res]) * C.n_family + family]
            longest = max(longest, us)
    if longest == 0:
        return 0
    return int(np.ceil(longest * S.cand_stretch[cand] - 1e-3))


@leaf
def _reserved(R, res, begin, finish, now):
    """Most units pinned operations will hold on a resource at once, at worst, over a stretch not yet begun."""
    units = 0
    for k in range(R.reserved_ptr[res], R.reserved_ptr[res + 1]):
        if R.reserved_start[k] > now and R.reserved_start[k] < finish and R.reserved_end[k] > begin:
            units += R.reserved_units[k]
    return units


@leaf
def lay(T, R, S, C, O, op, cand, members, n_need, state, t, ready_queued, ready, last_in, batch, setup_ids, run_ids):
    """Times of an operation on given resources from `t` on: `(setup_start, start, end, changeover)`.

    The operation's own queue runs on its primary calendar from `ready_queued`; `ready` binds its setup start as it is.
    Where a predecessor hands over in batches, its last one at `last_in`, the start moves so that the run ends,
    unbroken, no earlier than the run of that `batch` after it (worked example MT-14).
    """
    step = O.step[op]
    tl = R.timeline[S.cand_res[cand]]
    setup, changeover = S.cand_setup[cand], 0
    if O.setup_done[op]:
        setup = 0
        begin = max(t, ready, ready_queued)
    else:
        begin = max(t, ready, after_open(T, tl, ready_queued, S.queue[step]))
        changeover = changeover_work(R, S, C, O.family[op], state, cand, members, n_need)
    run = run_work(S, cand, O.qty[op])
    if n_need == 0 and batch <= 0.0 and S.pause[step] != 0 and setup + changeover + run > 0:
        return _lay_alone(T, tl, begin, setup + changeover, run, changeover)
    n_setup, n_run = calendars_of(R, S, step, cand, members, n_need, setup_ids, run_ids)
    pause = S.pause[step] != 0
    first, start, finish = place(T, setup_ids, n_setup, run_ids, n_run, setup + changeover, run, pause, begin)
    if batch <= 0.0:
        return first, start, finish, changeover
    end_min = advance(T, run_ids, n_run, last_in, batch_work(S, cand, batch))
    for _ in range(64):
        if finish >= end_min or finish >= FAR:
            break
        missing = open_until(T, tl, end_min) - open_until(T, tl, finish)
        begin = after_open(T, tl, first, max(missing, 1))
        first, start, finish = place(T, setup_ids, n_setup, run_ids, n_run, setup + changeover, run, pause, begin)
    if finish < end_min:
        finish = FAR
    return first, start, finish, changeover


@leaf
def _lay_alone(T, tl, begin, setup, run, changeover):
    """The common case of `lay`: one resource, free to pause, nothing handed over in batches."""
    first = next_open(T, tl, begin)
    start = advance_one(T, tl, first, setup)
    if run == 0:
        return first, start, start, changeover
    start = next_open(T, tl, start)
    return first, start, advance_one(T, tl, start, run), changeover


@leaf
def _choose_members(
    T, R, S, C, O, op, cand, in_use, state, t, ready_queued, ready, last_in, batch, members, setup_ids, run_ids
):
    """Take for each need the free member with which the operation ends first; False where a need finds none."""
    step = O.step[op]
    base = S.need_ptr[step]
    n_need = S.need_ptr[step + 1] - base
    primary = S.cand_res[cand]
    in_use[primary] += UNIT
    chosen = 0
    for k in range(n_need):
        s = S.need_set[base + k]
        units = S.need_units[base + k]
        best, best_end, seen = -1, FAR, -1
        for m in range(S.set_ptr[s], S.set_ptr[s + 1]):
            res = S.set_res[m]
            if in_use[res] + units > R.capacity[res]:
                continue
            plain = R.matrix[res] < 0 and R.reserved_ptr[res + 1] == R.reserved_ptr[res] and S.set_until[m] >= FAR
            if plain and R.timeline[res] == seen:
                continue
            members[k] = res
            first, _, finish, _ = lay(
                T,
                R,
                S,
                C,
                O,
                op,
                cand,
                members,
                k + 1,
                state,
                t,
                ready_queued,
                ready,
                last_in,
                batch,
                setup_ids,
                run_ids,
            )
            if finish >= FAR or finish > S.set_until[m]:
                continue
            if in_use[res] + units + _reserved(R, res, first, finish, t) > R.capacity[res]:
                continue
            if plain:
                seen = R.timeline[res]
            if finish < best_end:
                best, best_end = res, finish
        if best < 0:
            break
        members[k] = best
        in_use[best] += units
        chosen += 1
    for k in range(chosen):
        in_use[members[k]] -= S.need_units[base + k]
    in_use[primary] -= UNIT
    return chosen == n_need


@leaf
def _best_option(
    T,
    R,
    S,
    C,
    O,
    op,
    in_use,
    state,
    t,
    ready_queued,
    ready,
    last_in,
    batch,
    members,
    setup_ids,
    run_ids,
    best_members,
    times,
):
    """The candidate and members with which `op` ends first when decided at `t`; -1 where none is free and open.

    Writes `(setup_start, start, end, changeover)` to `times` and the members to `best_members`.
    """
    step = O.step[op]
    n_need = S.need_ptr[step + 1] - S.need_ptr[step]
    best = -1
    best_end, best_rank = FAR, 0
    seen_tl = -1
    seen_setup = seen_fixed = 0
    seen_run = 0.0
    for cand in range(S.cand_ptr[step], S.cand_ptr[step + 1]):
        res = S.cand_res[cand]
        if in_use[res] + UNIT > R.capacity[res]:
            continue
        if next_open(T, R.timeline[res], t) > t and not O.setup_done[op]:
            continue
        plain = R.matrix[res] < 0 and R.reserved_ptr[res + 1] == R.reserved_ptr[res]
        if (
            plain
            and R.timeline[res] == seen_tl
            and S.cand_setup[cand] == seen_setup
            and S.cand_fixed[cand] == seen_fixed
            and S.cand_run[cand] == seen_run
        ):
            continue
        if n_need and not _choose_members(
            T, R, S, C, O, op, cand, in_use, state, t, ready_queued, ready, last_in, batch, members, setup_ids, run_ids
        ):
            continue
        first, start, finish, change = lay(
            T, R, S, C, O, op, cand, members, n_need, state, t, ready_queued, ready, last_in, batch, setup_ids, run_ids
        )
        if finish >= FAR:
            continue
        if in_use[res] + UNIT + _reserved(R, res, first, finish, t) > R.capacity[res]:
            continue
        if plain:
            seen_tl, seen_setup, seen_fixed, seen_run = (
                R.timeline[res],
                S.cand_setup[cand],
                S.cand_fixed[cand],
                S.cand_run[cand],
            )
        if finish < best_end or (finish == best_end and S.cand_rank[cand] < best_rank):
            best, best_end, best_rank = cand, finish, S.cand_rank[cand]
            times[0], times[1], times[2], times[3] = first, start, finish, change
            for k in range(n_need):
                best_members[k] = members[k]
    return best


@kernel
def dispatch(
    T,
    R,
    S,
    C,
    O,
    A,
    n_pred,
    factory_tl,
    pool_ptr,
    pool_res,
    pool_changes,
    arrival,
    release,
    key,
    K,
    post_queue,
    now,
    horizon,
):
    """Schedule every operation that can be, in event order; returns `(Schedule, n_placed)`.

    `arrival[op]` is when its queue may begin at the earliest, `release[op]` bounds its setup start,
    `key[op]` ranks it (small first) unless the rule of `K` computes keys as time passes (`ranking.py`).
    `pool_ptr, pool_res` are the resources of each pool; where `pool_changes`, the first few of the queue compete with
    their key and the price of their changeover. `post_queue` counts an operation's queue after it instead of before it,
    as reversed time needs. `n_pred` is used up. Operations that do not fit before `horizon` keep `end = -1`, and so
    do all that wait for them.
    """
    n_op, n_res, n_pool = O.step.size, R.capacity.size, pool_ptr.size - 1
    out = Schedule(
        np.full(n_op, -1, np.int64),
        np.full(n_op, -1, np.int64),
        np.full(n_op, -1, np.int64),
        np.full(n_op, -1, np.int64),
        np.full(O.need_ptr[n_op], -1, np.int64),
        np.zeros(n_op, np.int64),
        np.full(n_op, -1, np.int64),
        np.full(n_op, -1, np.int64),
    )
    in_use = np.zeros(n_res, np.int64)
    state = R.initial_family.copy()
    ready_queued = np.maximum(arrival, now)
    ready = release.copy()
    last_in = np.full(n_op, -FAR, np.int64)
    batch = np.zeros(n_op, np.float64)
    key = key.copy()
    count = np.zeros(n_pool + 1, np.int64)
    for op in range(n_op):
        count[S.pool[O.step[op]] + 1] += 1
    base = np.cumsum(count)
    queue = np.empty(n_op, np.int64)
    size = np.zeros(n_pool, np.int64)
    wake_at = np.full(n_pool, FAR, np.int64)
    is_touched = np.zeros(n_pool, np.uint8)
    touched = np.empty(n_pool, np.int64)
    times = np.empty(1024, np.int64)
    loads = np.empty(1024, np.int64)
    n_event = 0
    room = most_needs(S) + 1
    members, best_members = np.empty(room, np.int64), np.empty(room, np.int64)
    spot, best_spot = np.empty(4, np.int64), np.empty(4, np.int64)
    best_of_window = np.empty(room, np.int64)
    stash = np.empty(SCAN, np.int64)
    setup_ids, run_ids = np.empty(room, np.int64), np.empty(room, np.int64)
    placed = 0

    for op in range(n_op):
        if O.pin_setup[op] >= 0:
            out.setup_start[op], out.start[op], out.end[op] = O.pin_setup[op], O.pin_start[op], O.pin_end[op]
            out.cand[op] = O.pin_cand[op]
            for k in range(O.need_ptr[op], O.need_ptr[op + 1]):
                out.need_res[k] = O.pin_need[k]
    for op in range(n_op):
        if O.pin_setup[op] >= 0:
            n_pred[op] = 1 << 40
            if n_event + 1 >= times.size:
                times, loads = grown(times), grown(loads)
            n_event = event_push(times, loads, n_event, O.pin_setup[op], op * 4 + _READY)
            placed += 1
            _hand_over(
                T,
                R,
                S,
                O,
                A,
                out,
                op,
                factory_tl,
                post_queue,
                ready_queued,
                ready,
                last_in,
                batch,
                n_pred,
                members,
                setup_ids,
                run_ids,
            )
    for op in range(n_op):
        if O.pin_setup[op] < 0 and n_pred[op] == 0:
            at = _queue_over(T, R, S, O, op, ready_queued, ready, now)
            if at < horizon:
                if n_event + 1 >= times.size:
                    times, loads = grown(times), grown(loads)
                n_event = event_push(times, loads, n_event, at, op * 4 + _READY)
            n_pred[op] = -1

    while n_event > 0:
        t = times[0]
        n_touched = 0
        while n_event > 0 and times[0] == t:
            load = loads[0]
            n_event = event_pop(times, loads, n_event)
            kind, op = load & 3, load >> 2
            if kind == _WAKE:
                if wake_at[op] <= t:
                    wake_at[op] = FAR
                if not is_touched[op]:
                    is_touched[op] = 1
                    touched[n_touched] = op
                    n_touched += 1
                continue
            step = O.step[op]
            if kind == _READY and O.pin_setup[op] < 0:
                p = S.pool[step]
                size[p] = pool_push(queue, base[p], size[p], key, op)
                if not is_touched[p]:
                    is_touched[p] = 1
                    touched[n_touched] = p
                    n_touched += 1
                continue
            sign = UNIT if kind == _READY else -UNIT
            b = S.need_ptr[step]
            for k in range(-1, S.need_ptr[step + 1] - b):
                if k < 0:
                    if kind == _SETUP_ENDS:
                        continue
                    res = S.cand_res[out.cand[op]]
                    in_use[res] += sign
                else:
                    is_setup_only = S.need_phase[b + k] == SETUP_ONLY
                    if kind != _READY and is_setup_only != (kind == _SETUP_ENDS):
                        continue
                    res = out.need_res[O.need_ptr[op] + k]
                    in_use[res] += S.need_units[b + k] if kind == _READY else -S.need_units[b + k]
                if kind == _READY:
                    if (
                        R.matrix[res] >= 0
                        and O.family[op] >= 0
                        and _is_held(S, b, k, O.pin_setup, O.pin_start, O.pin_end, op)
                    ):
                        state[res] = O.family[op]
                    continue
                for j in range(R.touch_ptr[res], R.touch_ptr[res + 1]):
                    p = R.touch_pool[j]
                    if not is_touched[p]:
                        is_touched[p] = 1
                        touched[n_touched] = p
                        n_touched += 1
            if kind == _READY:
                out.sequence[op] = placed
                if n_event + 2 >= times.size:
                    times, loads = grown(times), grown(loads)
                n_event = event_push(times, loads, n_event, out.start[op], op * 4 + _SETUP_ENDS)
                n_event = event_push(times, loads, n_event, out.end[op], op * 4 + _ENDS)

        if is_dynamic(K):
            for j in range(n_touched):
                p = touched[j]
                rekey(K, queue, base[p], size[p], key, t)
        while True:
            p = -1
            for j in range(n_touched):
                q = touched[j]
                if is_touched[q] and size[q] > 0 and (p < 0 or key[queue[base[q]]] < key[queue[base[p]]]):
                    p = q
            if p < 0:
                break
            opening = _opening(T, R, pool_ptr, pool_res, p, in_use, t, False)
            if opening > t and (opening >= FAR or not O.setup_done[queue[base[p]]]):
                is_touched[p] = 0
                if opening < horizon and opening < wake_at[p]:
                    wake_at[p] = opening
                    if n_event + 1 >= times.size:
                        times, loads = grown(times), grown(loads)
                    n_event = event_push(times, loads, n_event, opening, p * 4 + _WAKE)
                continue
            n_stash, chosen, chosen_score = 0, -1, 0.0
            chosen_cand = -1
            later = FAR
            while size[p] > 0 and n_stash < SCAN:
                op = queue[base[p]]
                if chosen >= 0 and (not pool_changes[p] or not is_priced(K) or key[op] >= chosen_score):
                    break
                size[p] = pool_pop(queue, base[p], size[p], key)
                stash[n_stash] = op
                n_stash += 1
                cand = _best_option(
                    T,
                    R,
                    S,
                    C,
                    O,
                    op,
                    in_use,
                    state,
                    t,
                    ready_queued[op],
                    ready[op],
                    last_in[op],
                    batch[op],
                    members,
                    setup_ids,
                    run_ids,
                    best_members,
                    spot,
                )
                if cand < 0:
                    continue
                if spot[2] >= horizon:
                    continue
                wait = spot[0] - t
                exact = pool_changes[p] and R.capacity[S.cand_res[cand]] > UNIT
                if (
                    wait > 0
                    and not O.setup_done[op]
                    and (exact or (wait > LOOKAHEAD and is_premature(K, op, key[op], spot[0])))
                ):
                    later = min(later, spot[0])
                    continue
                score = key[op] + price(K, R, S, C, O, op, cand, spot[3], state)
                if chosen < 0 or score < chosen_score:
                    chosen, chosen_score, chosen_cand = op, score, cand
                    best_spot[:] = spot
                    best_of_window[:] = best_members
            for j in range(n_stash):
                if stash[j] != chosen:
                    size[p] = pool_push(queue, base[p], size[p], key, stash[j])
            if chosen < 0:
                is_touched[p] = 0
                later = min(later, _opening(T, R, pool_ptr, pool_res, p, in_use, t, True))
                if later > t and later < horizon and later < wake_at[p]:
                    wake_at[p] = later
                    if n_event + 1 >= times.size:
                        times, loads = grown(times), grown(loads)
                    n_event = event_push(times, loads, n_event, later, p * 4 + _WAKE)
                continue
            op = chosen
            step = O.step[op]
            out.setup_start[op], out.start[op], out.end[op] = best_spot[0], best_spot[1], best_spot[2]
            out.changeover[op] = best_spot[3]
            out.cand[op] = chosen_cand
            out.sequence[op] = placed
            placed += 1
            b = S.need_ptr[step]
            in_use[S.cand_res[chosen_cand]] += UNIT
            if O.family[op] >= 0 and _is_held(S, b, -1, out.setup_start, out.start, out.end, op):
                state[S.cand_res[chosen_cand]] = O.family[op]
            for k in range(S.need_ptr[step + 1] - b):
                res = best_of_window[k]
                out.need_res[O.need_ptr[op] + k] = res
                in_use[res] += S.need_units[b + k]
                if O.family[op] >= 0 and _is_held(S, b, k, out.setup_start, out.start, out.end, op):
                    state[res] = O.family[op]
            if n_event + 2 >= times.size:
                times, loads = grown(times), grown(loads)
            if S.need_ptr[step + 1] > b:
                n_event = event_push(times, loads, n_event, out.start[op], op * 4 + _SETUP_ENDS)
            n_event = event_push(times, loads, n_event, out.end[op], op * 4 + _ENDS)
            _hand_over(
                T,
                R,
                S,
                O,
                A,
                out,
                op,
                factory_tl,
                post_queue,
                ready_queued,
                ready,
                last_in,
                batch,
                n_pred,
                members,
                setup_ids,
                run_ids,
            )
            for j in range(A.ptr[op], A.ptr[op + 1]):
                succ = A.succ[j]
                if n_pred[succ] == 0:
                    n_pred[succ] = -1
                    at = max(t, _queue_over(T, R, S, O, succ, ready_queued, ready, now))
                    if at < horizon:
                        if n_event + 1 >= times.size:
                            times, loads = grown(times), grown(loads)
                        n_event = event_push(times, loads, n_event, at, succ * 4 + _READY)
        for j in range(n_touched):
            is_touched[touched[j]] = 0
    return out, placed


@leaf
def _is_held(S, base, k, setup_start, start, end, op):
    """Whether an operation holds its primary resource (k = -1) or its k-th need for any time at all."""
    if k < 0 or S.need_phase[base + k] == BOTH:
        return setup_start[op] < end[op]
    if S.need_phase[base + k] == SETUP_ONLY:
        return setup_start[op] < start[op]
    return start[op] < end[op]


@leaf
def _hand_over(
    T,
    R,
    S,
    O,
    A,
    out,
    op,
    factory_tl,
    post_queue,
    ready_queued,
    ready,
    last_in,
    batch,
    n_pred,
    members,
    setup_ids,
    run_ids,
):
    """Tell the successors of an operation just laid when they may begin."""
    cand = out.cand[op]
    tl = R.timeline[S.cand_res[cand]]
    for j in range(A.ptr[op], A.ptr[op + 1]):
        succ = A.succ[j]
        n_pred[succ] -= 1
        at = after_open(T, factory_tl, out.end[op] + A.wait[j], A.move[j])
        if post_queue and A.queued[j]:
            at = after_open(T, tl, at, S.queue[O.step[op]])
        if 0.0 < A.batch[j] < O.qty[op]:
            n_need = O.need_ptr[op + 1] - O.need_ptr[op]
            for k in range(n_need):
                members[k] = out.need_res[O.need_ptr[op] + k]
            _, n_run = calendars_of(R, S, O.step[op], cand, members, n_need, setup_ids, run_ids)
            through = advance(T, run_ids, n_run, out.start[op], run_work(S, cand, A.batch[j]))
            last_in[succ] = max(last_in[succ], at)
            batch[succ] = max(batch[succ], A.batch[j])
            at = after_open(T, factory_tl, min(through, out.end[op]) + A.wait[j], A.move[j])
        if A.queued[j]:
            ready_queued[succ] = max(ready_queued[succ], at)
        else:
            ready[succ] = max(ready[succ], at)


@leaf
def _queue_over(T, R, S, O, op, ready_queued, ready, now):
    """The first instant at which an operation may begin on any of its candidates."""
    step = O.step[op]
    if S.queue[step] <= 0 or O.setup_done[op]:
        return max(ready[op], ready_queued[op], now)
    earliest = FAR
    seen = -1
    for cand in range(S.cand_ptr[step], S.cand_ptr[step + 1]):
        tl = R.timeline[S.cand_res[cand]]
        if tl != seen:
            earliest = min(earliest, after_open(T, tl, ready_queued[op], S.queue[step]))
            seen = tl
    return max(earliest, ready[op], now)


@leaf
def _opening(T, R, pool_ptr, pool_res, pool, in_use, t, only_closed):
    """When the first free resource of a pool is open: `t` where one is open now, FAR where none is free.

    With `only_closed` resources that are open at `t` are passed over.
    """
    earliest = FAR
    seen = -1
    for k in range(pool_ptr[pool], pool_ptr[pool + 1]):
        res = pool_res[k]
        if in_use[res] + UNIT <= R.capacity[res] and R.timeline[res] != seen:
            seen = R.timeline[res]
            at = next_open(T, seen, t)
            if at > t or not only_closed:
                earliest = min(earliest, at)
            if earliest == t:
                break
    return earliest
