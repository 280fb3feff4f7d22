"""Event-driven list dispatch: time moves forward, and whoever is ready and ranks first takes what is free.

The same loop runs in reversed time (mirrored calendars and arcs) to lay work back from its due dates. An operation
takes its primary resource and all further resources from the moment it is decided until it ends, even where it holds
one only for its run: a little capacity is given away, never used twice. Blocks (`blocks.py`) are decided as a whole
and booked ahead, and so are pinned operations.
"""

import numpy as np

from pegboard.kernels.arrays import CHANGES, FAR, SETUP_ONLY, WEARS
from pegboard.kernels.blocks import arc_ready, block_of, gate_of, place_block, storage_of, stored_units, undo_block
from pegboard.kernels.books import book, expire, is_watched, strike
from pegboard.kernels.choice import best_option, choose_members, stays_free
from pegboard.kernels.compiled import kernel, leaf
from pegboard.kernels.heap import event_pop, event_push, grown, pool_pop, pool_push
from pegboard.kernels.lay import UNIT, lay, leave_mark
from pegboard.kernels.opentime import after_open, next_open
from pegboard.kernels.ranking import is_dynamic, is_premature, is_priced, price, rekey

LOOKAHEAD = 3600
SCAN = 48

_ENDS, _SETUP_ENDS, _FREED, _BEGINS, _READY, _WAKE = 0, 1, 2, 3, 4, 5
_KINDS = 8


@kernel
def dispatch(
    T,
    R,
    S,
    C,
    O,
    A,
    B,
    L,
    out,
    factory_tl,
    pool_ptr,
    pool_res,
    pool_changes,
    key,
    K,
    post_queue,
    now,
    horizon,
):
    """Schedule every operation that can be, in event order, into `out`; returns how many were placed.

    `L` is how things stand before the first event. `key[op]` ranks an operation (small first) unless the rule of `K`
    computes keys as time passes (`ranking.py`). `pool_ptr, pool_res` are the resources of each pool; where
    `pool_changes`, the first few of the queue compete with their key and the price of their changeover. `post_queue`
    counts an operation's queue after it instead of before it, as reversed time needs. Operations that do not fit
    before `horizon` keep `end = -1`, and so do all that wait for them.
    """
    n_op, n_pool = O.op.size - 1, pool_ptr.size - 1
    key = key.copy()
    base, queue, size, waits_since = _queues(S, O, n_pool)
    key_left = _keys_left(O)
    wake_at = np.full(n_pool, FAR, np.int64)
    is_touched = np.zeros(n_pool, np.uint8)
    touched = np.empty(n_pool, np.int64)
    best_spot, best_of_window = np.empty(5, np.int64), np.empty(L.members.size, np.int64)
    stash = np.empty(SCAN, np.int64)
    room = _room(A, B)
    times, loads = np.empty(1024 + 2 * room, np.int64), np.empty(1024 + 2 * room, np.int64)
    n_event = placed = np.int64(0)  # a bare 0 would compile what it is handed to twice
    is_patient = True

    for op in range(n_op):
        if O.op[op].pin_setup >= 0:
            _set_pinned(R, S, O, B, L, out, op)
    for op in range(n_op):
        if O.op[op].pin_setup >= 0:
            while n_event + room >= times.size:
                times, loads = grown(times), grown(loads)
            n_event = event_push(times, loads, n_event, O.op[op].pin_setup, op * _KINDS + _BEGINS)
            placed += 1
            n_event = _hand_over(
                T, R, S, O, A, B, L, out, op, factory_tl, post_queue, now, horizon, times, loads, n_event
            )
    for op in range(n_op):
        if O.op[op].pin_setup < 0 and L.op[op].n_pred == 0:
            if n_event + room >= times.size:
                times, loads = grown(times), grown(loads)
            n_event = _announce(T, R, S, O, L, op, now, now, horizon, times, loads, n_event)

    while n_event > 0:
        t = times[0]
        n_touched = np.int64(0)
        while n_event > 0 and times[0] == t:
            load = loads[0]
            n_event = event_pop(times, loads, n_event)
            kind, op = load % _KINDS, load // _KINDS
            if kind == _WAKE:
                if wake_at[op] <= t:
                    wake_at[op] = FAR
                n_touched = _touch(op, is_touched, touched, n_touched)
                continue
            if kind == _READY:
                p = S.step[O.op[op].step].pool
                size[p] = pool_push(queue, base[p], size[p], key, op)
                waits_since[op] = t
                n_touched = _touch(p, is_touched, touched, n_touched)
                continue
            if kind == _BEGINS:
                if O.op[op].pin_setup >= 0:
                    out.op[op].sequence = placed
                    leave_mark(R, S, O, L, out, op)
                if n_event + room >= times.size:
                    times, loads = grown(times), grown(loads)
                n_event = _begin(R, S, O, A, L, out, op, times, loads, n_event)
                continue
            n_touched = _release(R, S, O, A, B, L, out, op, kind, t, is_touched, touched, n_touched)

        if is_dynamic(K):
            for j in range(n_touched):
                p = touched[j]
                rekey(K, queue, base[p], size[p], key, t)
        while True:
            p = np.int64(-1)
            for j in range(n_touched):
                q = touched[j]
                if is_touched[q] and size[q] > 0 and (p < 0 or key[queue[base[q]]] < key[queue[base[p]]]):
                    p = q
            if p < 0:
                break
            if n_event + room >= times.size:
                times, loads = grown(times), grown(loads)
            opening = _opening(T, R, pool_ptr, pool_res, p, L, t, False)
            if opening > t and (opening >= FAR or not O.op[queue[base[p]]].setup_done):
                is_touched[p] = 0
                n_event = _wake(p, opening, horizon, wake_at, times, loads, n_event)
                continue
            n_stash, chosen, chosen_score, chosen_cand = 0, -1, 0.0, -1
            later = FAR
            while size[p] > 0 and n_stash < SCAN:
                op = queue[base[p]]
                if chosen >= 0 and (not pool_changes[p] or not is_priced(K) or key[op] >= chosen_score):
                    break
                size[p] = pool_pop(queue, base[p], size[p], key)
                stash[n_stash] = op
                n_stash += 1
                if is_patient and S.step[O.op[op].step].batch_min > 0.0 and O.op[op].batch_key >= 0:
                    patience = _patience(S, O, queue, base[p], size[p], stash, n_stash, op, waits_since, key_left)
                    if patience > t:
                        later = min(later, patience)
                        continue
                if B is not None:
                    block = B.block[op]
                    if block >= 0:
                        first = place_block(T, R, S, C, O, A, B, L, out, block, t, factory_tl, horizon)
                        if first >= FAR:
                            continue
                        if first - t > LOOKAHEAD and is_premature(K, op, key[op], first):
                            undo_block(R, S, O, A, B, L, out, B.ptr[block], B.ptr[block + 1])
                            later = min(later, first)
                            continue
                        chosen, chosen_cand = op, -1
                        break
                cand = best_option(T, R, S, C, O, B, L, op, t)
                if cand < 0 or L.spot[2] >= horizon:
                    continue
                wait = L.spot[0] - t
                exact = pool_changes[p] and R.res[S.cand[cand].res].capacity > UNIT
                if (
                    wait > 0
                    and not O.op[op].setup_done
                    and (exact or (wait > LOOKAHEAD and is_premature(K, op, key[op], L.spot[0])))
                ):
                    later = min(later, L.spot[0])
                    continue
                score = key[op] + price(K, S, O, L, op, cand, L.spot[3])
                if chosen < 0 or score < chosen_score:
                    chosen, chosen_score, chosen_cand = op, score, cand
                    best_spot[:] = L.spot
                    best_of_window[:] = L.best_members
            for j in range(n_stash):
                if stash[j] != chosen:
                    size[p] = pool_push(queue, base[p], size[p], key, stash[j])
            if chosen < 0:
                is_touched[p] = 0
                later = min(later, _opening(T, R, pool_ptr, pool_res, p, L, t, True))
                if later > t:
                    n_event = _wake(p, later, horizon, wake_at, times, loads, n_event)
                continue
            if B is not None:
                if chosen_cand < 0:
                    block = B.block[chosen]
                    first, last = B.ptr[block], B.ptr[block + 1]
                    n_event = _commit_block(R, S, O, A, B, L, out, first, last, placed, t, times, loads, n_event)
                    placed += last - first
                    for i in range(first, last):
                        if O.op[B.op[i]].batch_key >= 0:
                            key_left[O.op[B.op[i]].batch_key] -= 1
                        n_event = _hand_over(
                            T, R, S, O, A, B, L, out, B.op[i], factory_tl, post_queue, t, horizon, times, loads, n_event
                        )
                    continue
            op = chosen
            out.op[op].load = op if O.op[op].batch_key >= 0 else -1
            _write(S, O, L, out, op, chosen_cand, best_spot, best_of_window, placed)
            placed += 1
            oven = S.cand[chosen_cand].res
            before = L.res[oven].family
            if O.op[op].batch_key >= 0:
                key_left[O.op[op].batch_key] -= 1
                L.op[op].load_qty, L.op[op].load_cap = O.op[op].qty, S.step[O.op[op].step].batch_qty
            n_event = _start(T, R, S, O, A, B, L, out, op, factory_tl, post_queue, t, horizon, times, loads, n_event)
            if O.op[op].batch_key < 0:
                continue
            n_stash = 0
            while size[p] > 0 and n_stash < SCAN and L.op[op].load_qty < L.op[op].load_cap:
                other = queue[base[p]]
                size[p] = pool_pop(queue, base[p], size[p], key)
                if not _joins(T, R, S, C, O, B, L, out, op, other, before, t, horizon):
                    stash[n_stash] = other
                    n_stash += 1
                    continue
                key_left[O.op[other].batch_key] -= 1
                _write(S, O, L, out, other, L.spot[4], L.spot, L.members, placed)
                placed += 1
                if L.op[other].freed > L.op[op].freed:
                    L.op[op].freed = L.op[other].freed
                    n_event = event_push(times, loads, n_event, L.op[op].freed, op * _KINDS + _FREED)
                    if is_watched(B, oven):
                        strike(L, oven, op)
                        book(L, R, oven, out.op[op].setup_start, L.op[op].freed, UNIT, op)
                while n_event + room >= times.size:
                    times, loads = grown(times), grown(loads)
                n_event = _start(
                    T, R, S, O, A, B, L, out, other, factory_tl, post_queue, t, horizon, times, loads, n_event
                )
            for j in range(n_stash):
                size[p] = pool_push(queue, base[p], size[p], key, stash[j])
        for j in range(n_touched):
            is_touched[touched[j]] = 0
        if n_event == 0 and is_patient:
            is_patient = False  # nothing more will come: what waits for a fuller oven goes as it is
            for p in range(n_pool):
                if size[p] > 0 and n_event + room < times.size:
                    n_event = event_push(times, loads, n_event, t, p * _KINDS + _WAKE)
    return placed


@kernel
def _queues(S, O, n_pool):
    """Room for each pool's queue: `(base, queue, size, since when each operation waits)`."""
    n_op = O.op.size - 1
    count = np.zeros(n_pool + 1, np.int64)
    for op in range(n_op):
        count[S.step[O.op[op].step].pool + 1] += 1
    return np.cumsum(count), np.empty(n_op, np.int64), np.zeros(n_pool, np.int64), np.empty(n_op, np.int64)


@kernel
def _keys_left(O):
    """How many operations of each oven key are still to be placed."""
    n_key = 1
    for op in range(O.op.size - 1):
        n_key = max(n_key, O.op[op].batch_key + 1)
    left = np.zeros(n_key, np.int64)
    for op in range(O.op.size - 1):
        if O.op[op].batch_key >= 0:
            left[O.op[op].batch_key] += 1
    return left


@leaf
def _room(A, B):
    """More events than one decision can bring."""
    widest = longest = 1
    for op in range(A.ptr.size - 1):
        widest = max(widest, A.ptr[op + 1] - A.ptr[op])
    if B is not None:
        for block in range(B.ptr.size - 1):
            longest = max(longest, B.ptr[block + 1] - B.ptr[block])
    return (8 + widest) * max(longest, SCAN)


@leaf
def _touch(pool, is_touched, touched, n_touched):
    """Remember that a pool has something to decide."""
    if is_touched[pool]:
        return n_touched
    is_touched[pool] = 1
    touched[n_touched] = pool
    return n_touched + 1


@leaf
def _wake(pool, at, horizon, wake_at, times, loads, n_event):
    """Look at a pool again at `at`, unless it will be looked at before."""
    if at >= horizon or at >= wake_at[pool]:
        return n_event
    wake_at[pool] = at
    return event_push(times, loads, n_event, at, pool * _KINDS + _WAKE)


@leaf
def _set_pinned(R, S, O, B, L, out, op):
    """Put a pinned operation where it is pinned, and into the books."""
    out.op[op].setup_start, out.op[op].start, out.op[op].end = O.op[op].pin_setup, O.op[op].pin_start, O.op[op].pin_end
    out.op[op].cand = O.op[op].pin_cand
    for k in range(O.op[op].need_ptr, O.op[op + 1].need_ptr):
        out.need_res[k] = O.pin_need[k]
    if O.op[op].batch_key >= 0:
        out.op[op].load = op
        L.op[op].load_qty, L.op[op].load_cap = O.op[op].qty, O.op[op].qty
    L.op[op].freed = out.op[op].end
    L.op[op].n_pred = 1 << 40
    _book_all(R, S, O, B, L, out, op)


@leaf
def _book_all(R, S, O, B, L, out, op):
    """Enter an operation into the books of those of its resources that are watched."""
    res = S.cand[out.op[op].cand].res
    if is_watched(B, res) and (out.op[op].load < 0 or out.op[op].load == op):
        book(L, R, res, out.op[op].setup_start, L.op[op].freed, UNIT, op)
    base = S.step[O.op[op].step].need_ptr
    for k in range(O.op[op + 1].need_ptr - O.op[op].need_ptr):
        member = out.need_res[O.op[op].need_ptr + k]
        if is_watched(B, member):
            until = out.op[op].start if S.need[base + k].phase == SETUP_ONLY else out.op[op].end
            book(L, R, member, out.op[op].setup_start, until, S.need[base + k].units, op)


@leaf
def _write(S, O, L, out, op, cand, spot, members, placed):
    """Write a decision into the schedule."""
    out.op[op].setup_start, out.op[op].start, out.op[op].end, out.op[op].changeover = spot[0], spot[1], spot[2], spot[3]
    out.op[op].cand = cand
    out.op[op].sequence = placed
    L.op[op].freed = out.op[op].end
    for k in range(O.op[op + 1].need_ptr - O.op[op].need_ptr):
        out.need_res[O.op[op].need_ptr + k] = members[k]


@leaf
def _start(T, R, S, O, A, B, L, out, op, factory_tl, post_queue, t, horizon, times, loads, n_event):
    """Let an operation that has just been decided begin, and tell its successors."""
    leave_mark(R, S, O, L, out, op)
    n_event = _begin(R, S, O, A, L, out, op, times, loads, n_event)
    _book_all(R, S, O, B, L, out, op)
    return _hand_over(T, R, S, O, A, B, L, out, op, factory_tl, post_queue, t, horizon, times, loads, n_event)


@leaf
def _begin(R, S, O, A, L, out, op, times, loads, n_event):
    """Take an operation's resources into use, and announce when each is free again."""
    base = S.step[O.op[op].step].need_ptr
    leads = out.op[op].load == op
    if out.op[op].load < 0 or leads:
        L.res[S.cand[out.op[op].cand].res].in_use += UNIT
    has_need = False
    for k in range(O.op[op + 1].need_ptr - O.op[op].need_ptr):
        L.res[out.need_res[O.op[op].need_ptr + k]].in_use += S.need[base + k].units
        has_need = True
    if has_need:
        n_event = event_push(times, loads, n_event, out.op[op].start, op * _KINDS + _SETUP_ENDS)
    n_event = event_push(times, loads, n_event, out.op[op].end, op * _KINDS + _ENDS)
    if leads or L.op[op].freed > out.op[op].end:
        n_event = event_push(times, loads, n_event, L.op[op].freed, op * _KINDS + _FREED)
    if L.op[op].stored_until > out.op[op].end:
        n_event = event_push(times, loads, n_event, L.op[op].stored_until, op * _KINDS + _FREED)
    return n_event


@leaf
def _release(R, S, O, A, B, L, out, op, kind, t, is_touched, touched, n_touched):
    """Give back what an operation no longer holds at `t`, and touch the pools that may want it."""
    base, at = S.step[O.op[op].step].need_ptr, O.op[op].need_ptr
    primary = S.cand[out.op[op].cand].res
    is_simple = out.op[op].load < 0 and L.op[op].freed <= out.op[op].end
    leads = out.op[op].load < 0 or out.op[op].load == op
    if (kind == _ENDS and is_simple) or (kind == _FREED and not is_simple and leads and L.op[op].freed == t):
        L.res[primary].in_use -= UNIT
        if kind == _FREED:
            L.op[op].freed = -FAR
        if is_watched(B, primary):
            expire(L, primary, t)
        for j in range(R.res[primary].touch_ptr, R.res[primary + 1].touch_ptr):
            n_touched = _touch(R.touch_pool[j], is_touched, touched, n_touched)
    if L.op[op].stored_until > out.op[op].end and kind != _SETUP_ENDS:
        store = storage_of(A, op)
        if kind == _ENDS:
            L.res[store].in_use += stored_units(O, op)
        elif L.op[op].stored_until == t:
            L.res[store].in_use -= stored_units(O, op)
            L.op[op].stored_until = -FAR
            expire(L, store, t)
            for j in range(R.res[store].touch_ptr, R.res[store + 1].touch_ptr):
                n_touched = _touch(R.touch_pool[j], is_touched, touched, n_touched)
    if kind == _FREED:
        return n_touched
    for k in range(O.op[op + 1].need_ptr - at):
        if (S.need[base + k].phase == SETUP_ONLY) != (kind == _SETUP_ENDS):
            continue
        res = out.need_res[at + k]
        L.res[res].in_use -= S.need[base + k].units
        if is_watched(B, res):
            expire(L, res, t)
        for j in range(R.res[res].touch_ptr, R.res[res + 1].touch_ptr):
            n_touched = _touch(R.touch_pool[j], is_touched, touched, n_touched)
    return n_touched


@leaf
def _commit_block(R, S, O, A, B, L, out, first, last, placed, t, times, loads, n_event):
    """Let the operations of a block that has been laid begin, now or when their time comes."""
    for i in range(first, last):
        op = B.op[i]
        out.op[op].sequence = placed + i - first
        lead = out.op[op].load
        if lead >= 0 and lead != op:
            n_event = event_push(times, loads, n_event, L.op[lead].freed, lead * _KINDS + _FREED)
        if out.op[op].setup_start <= t:
            n_event = _begin(R, S, O, A, L, out, op, times, loads, n_event)
        else:
            n_event = event_push(times, loads, n_event, out.op[op].setup_start, op * _KINDS + _BEGINS)
    return n_event


@leaf
def _joins(T, R, S, C, O, B, L, out, lead, op, before, t, horizon):
    """Whether a ready operation can run in the load that `lead` has just begun; its times are in `L.spot`.

    Its members are in `L.members` and its candidate in `L.spot[4]`. All of a load bear the changeover from the family
    `before` it, and on a maintained oven none may be longer than the first.
    """
    step = O.op[op].step
    if O.op[op].batch_key != O.op[lead].batch_key or block_of(B, op) >= 0:
        return False
    cap = min(L.op[lead].load_cap, S.step[step].batch_qty)
    if L.op[lead].load_qty + O.op[op].qty > cap + 1e-9:
        return False
    res = S.cand[out.op[lead].cand].res
    cand = S.step[step].cand_ptr
    while cand < S.step[step + 1].cand_ptr and S.cand[cand].res != res:
        cand += 1
    if cand == S.step[step + 1].cand_ptr:
        return False
    n_need = S.step[step + 1].need_ptr - S.step[step].need_ptr
    arrived, ready, last_in, batch = L.op[op].ready_queued, L.op[op].ready, L.op[op].last_in, L.op[op].batch
    begin = out.op[lead].setup_start
    after, care = L.res[res].family, L.res[res].care
    L.res[res].family, L.res[res].care = before, care & CHANGES
    fits = choose_members(T, R, S, C, O, B, L, op, cand, t, arrived, ready, last_in, batch)
    first, start, finish, change = lay(
        T, R, S, C, O, L, op, cand, L.members, n_need, begin, arrived, ready, last_in, batch
    )
    L.res[res].family, L.res[res].care = after, care
    if not fits or first != begin or finish >= horizon or change != out.op[lead].changeover:
        return False
    if finish > L.op[lead].freed and (care & WEARS or not stays_free(R, B, L, res, 0, begin, finish, t)):
        return False
    L.op[lead].load_qty += O.op[op].qty
    L.op[lead].load_cap = cap
    out.op[op].load = lead
    L.spot[0], L.spot[1], L.spot[2], L.spot[3], L.spot[4] = first, start, finish, change, cand
    return True


@leaf
def _patience(S, O, queue, base, n, stash, n_stash, op, waits_since, key_left):
    """Until when an oven waits for more lots of a key before it runs less than its least load; -FAR: no longer."""
    key, step = O.op[op].batch_key, O.op[op].step
    qty, count, oldest = 0.0, 0, FAR
    for i in range(n + n_stash):
        other = queue[base + i] if i < n else stash[i - n]
        if O.op[other].batch_key == key:
            qty += O.op[other].qty
            count += 1
            oldest = min(oldest, waits_since[other])
    if qty >= S.step[step].batch_min - 1e-9 or count >= key_left[key]:
        return -FAR
    return FAR if S.step[step].batch_wait >= FAR else oldest + S.step[step].batch_wait


@leaf
def _announce(T, R, S, O, L, op, t, now, horizon, times, loads, n_event):
    """Make an operation ready as soon as it may begin; it has no predecessor left."""
    L.op[op].n_pred = -1
    at = max(t, _queue_over(T, R, S, O, L, op, now))
    if at >= horizon:
        return n_event
    return event_push(times, loads, n_event, at, op * _KINDS + _READY)


@leaf
def _hand_over(T, R, S, O, A, B, L, out, op, factory_tl, post_queue, t, horizon, times, loads, n_event):
    """Tell the successors of an operation just laid when they may begin; those that wait for no other get ready."""
    tl = R.res[S.cand[out.op[op].cand].res].timeline
    for j in range(A.ptr[op], A.ptr[op + 1]):
        succ = A.arc[j].succ
        at, later = arc_ready(T, R, S, O, A, L, out, op, j, factory_tl)
        if post_queue and A.arc[j].queued:
            at = after_open(T, tl, at, S.step[O.op[op].step].queue)
        if later > -FAR:
            L.op[succ].last_in = max(L.op[succ].last_in, later)
            L.op[succ].batch = max(L.op[succ].batch, A.arc[j].batch)
        if A.arc[j].queued:
            L.op[succ].ready_queued = max(L.op[succ].ready_queued, at)
        else:
            L.op[succ].ready = max(L.op[succ].ready, at)
        gate = gate_of(B, op, succ)
        if gate < 0:
            continue
        L.op[gate].n_pred -= 1
        if L.op[gate].n_pred == 0:
            n_event = _announce(T, R, S, O, L, gate, t, t, horizon, times, loads, n_event)
    return n_event


@leaf
def _queue_over(T, R, S, O, L, op, now):
    """The first instant at which an operation may begin on any of its candidates."""
    step = O.op[op].step
    if S.step[step].queue <= 0 or O.op[op].setup_done:
        return max(L.op[op].ready, L.op[op].ready_queued, now)
    earliest = FAR
    seen = -1
    for cand in range(S.step[step].cand_ptr, S.step[step + 1].cand_ptr):
        tl = R.res[S.cand[cand].res].timeline
        if tl != seen:
            earliest = min(earliest, after_open(T, tl, L.op[op].ready_queued, S.step[step].queue))
            seen = tl
    return max(earliest, L.op[op].ready, now)


@leaf
def _opening(T, R, pool_ptr, pool_res, pool, L, t, only_closed):
    """When the first free resource of a pool is open: `t` where one is open now, FAR where none is free.

    With `only_closed` resources that are open at `t` are passed over.
    """
    earliest = FAR
    seen = -1
    for k in range(pool_ptr[pool], pool_ptr[pool + 1]):
        res = pool_res[k]
        if L.res[res].in_use + UNIT <= R.res[res].capacity and R.res[res].timeline != seen:
            seen = R.res[res].timeline
            at = next_open(T, seen, t)
            if at > t or not only_closed:
                earliest = min(earliest, at)
            if earliest == t:
                break
    return earliest
