"""Blocks: operations that a limit on the gap, a blocking resource or a storage ties together, placed at one moment.

Each operation of a block takes the earliest place around what is booked. Where a limit is then broken, the one before
may begin no earlier than the limit asks, and the block is laid anew; starts only rise, so this ends.
"""

import numpy as np

from pegboard.kernels.arrays import CHANGES, FAR, SETUP_ONLY
from pegboard.kernels.books import ENDLESS, book, first_free, last_end, peak, strike
from pegboard.kernels.compiled import leaf
from pegboard.kernels.lay import STATEFUL, UNIT, calendars_of, lay, leave_mark, run_work, week_of
from pegboard.kernels.opentime import advance, after_open, common_last, common_open, retreat

TRIES = 1000
RETRIES = 400
_FAMILY, _WORKED, _CYCLES, _FREE_SINCE, _BESIDE, _WEEK, _FREED = np.arange(7)  # bare numbers would compile _note anew


@leaf
def block_of(B, op):
    """The block an operation belongs to, -1 for none."""
    if B is None:
        return -1
    return B.block[op]


@leaf
def gate_of(B, op, succ):
    """Whose predecessors an arc counts for: the first of the successor's block, -1 within one block."""
    if B is None:
        return succ
    block = B.block[succ]
    if block < 0:
        return succ
    return -1 if B.block[op] == block else B.op[B.ptr[block]]


@leaf
def arc_ready(T, R, S, O, A, L, out, pred, arc, factory_tl):
    """When a placed predecessor lets the next begin: `(at, its last batch's arrival or -FAR)`."""
    at = after_open(T, factory_tl, out.op[pred].end + A.arc[arc].wait, A.arc[arc].move)
    if not 0.0 < A.arc[arc].batch < O.op[pred].qty:
        return at, -FAR
    cand, n_need = out.op[pred].cand, O.op[pred + 1].need_ptr - O.op[pred].need_ptr
    for k in range(n_need):
        L.members[k] = out.need_res[O.op[pred].need_ptr + k]
    _, n_run = calendars_of(R, S, O.op[pred].step, cand, L.members, n_need, L.setup_ids, L.run_ids)
    through = advance(T, L.run_ids, n_run, out.op[pred].start, run_work(S, cand, A.arc[arc].batch))
    return after_open(T, factory_tl, min(through, out.op[pred].end) + A.arc[arc].wait, A.arc[arc].move), at


@leaf
def place_block(T, R, S, C, O, A, B, L, out, block, t, factory_tl, horizon):
    """Lay a block from `t` on into `out` and the books; its first setup start, or FAR, and nothing laid, if none fits.

    What the operations leave behind on their resources is noted in `L`; `undo_block` takes all of it back.
    """
    first, last = B.ptr[block], B.ptr[block + 1]
    for i in range(first, last):
        L.op[B.op[i]].floor = t
    for _ in range(TRIES):
        L.undo[0] = 0
        fits = True
        for i in range(first, last):
            fits = _place_next(T, R, S, C, O, A, B, L, out, i, t, factory_tl, horizon)
            if not fits:
                undo_block(R, S, O, A, B, L, out, first, i)
                break
        if fits and _keep_until_fetched(T, R, S, O, A, B, L, out, first, last):
            earliest = FAR
            for i in range(first, last):
                earliest = min(earliest, out.op[B.op[i]].setup_start)
            return earliest
        if fits:
            undo_block(R, S, O, A, B, L, out, first, last)
        elif L.spot[3] == FAR:
            return FAR
    return FAR


@leaf
def _place_next(T, R, S, C, O, A, B, L, out, i, t, factory_tl, horizon):
    """Place the i-th operation of all blocks; False where it fits nowhere or a predecessor must wait for it.

    In the first case `L.spot[3]` is FAR, in the second a floor has risen.
    """
    op = B.op[i]
    arrived, ready, last_in, batch = L.op[op].ready_queued, L.op[op].ready, L.op[op].last_in, L.op[op].batch
    for j in range(B.in_ptr[i], B.in_ptr[i + 1]):
        arc, pred = B.arc[j], B.pred[j]
        at, later = arc_ready(T, R, S, O, A, L, out, pred, arc, factory_tl)
        if later > -FAR:
            last_in, batch = max(last_in, later), max(batch, A.arc[arc].batch)
        if A.arc[arc].queued:
            arrived = max(arrived, at)
        else:
            ready = max(ready, at)
    cand = _fit(T, R, S, C, O, B, L, out, op, max(L.op[op].floor, t), arrived, ready, last_in, batch)
    if cand < 0 or L.spot[2] >= horizon:
        L.spot[3] = FAR
        return False
    broken = False
    for j in range(B.in_ptr[i], B.in_ptr[i + 1]):
        arc, pred = B.arc[j], B.pred[j]
        if O.op[pred].setup_done:
            continue  # what has begun goes on, and cannot wait for the next
        if A.arc[arc].max_gap < FAR and L.spot[0] - out.op[pred].end > A.arc[arc].max_gap:
            L.op[pred].floor = _later(T, R, S, O, L, out, pred, L.spot[0] - A.arc[arc].max_gap)
            broken = True
    if broken:
        L.spot[3] = 0
        return False
    _enter(R, S, O, L, out, op, cand)
    return True


@leaf
def _fit(T, R, S, C, O, B, L, out, op, t, arrived, ready, last_in, batch):
    """The candidate with which `op` ends first from `t` on around what is booked, -1 for none; as `best_option`.

    `L.spot[4]` is the operation whose load of an oven it joins, or -1.
    """
    step = O.op[op].step
    n_need = S.step[step + 1].need_ptr - S.step[step].need_ptr
    best, best_end, best_rank = -1, FAR, 0
    for cand in range(S.step[step].cand_ptr, S.step[step + 1].cand_ptr):
        res = S.cand[cand].res
        at = last_end(L, O, res, t) if L.res[res].care & STATEFUL else t
        family = L.res[res].family
        for _ in range(RETRIES):
            if L.res[res].care & CHANGES:
                L.res[res].family = _family_at(O, L, out, res, at, family)
            again = _members_from(T, R, S, C, O, B, L, op, cand, at, arrived, ready, last_in, batch)
            if again > at:
                at = again
                if at >= FAR:
                    break
                continue
            first, start, finish, change = lay(
                T, R, S, C, O, L, op, cand, L.members, n_need, at, arrived, ready, last_in, batch
            )
            if finish > best_end or finish >= FAR:
                break
            if peak(L, res, first - R.res[res].travel, finish + R.res[res].travel) + UNIT > R.res[res].capacity:
                at = max(first_free(L, res, first - R.res[res].travel, finish + R.res[res].travel), at + 1)
                continue
            if finish < best_end or S.cand[cand].rank < best_rank:
                best, best_end, best_rank = cand, finish, S.cand[cand].rank
                L.spot[0], L.spot[1], L.spot[2], L.spot[3], L.spot[4] = first, start, finish, change, -1
                for k in range(n_need):
                    L.best_members[k] = L.members[k]
            break
        L.res[res].family = family
        if O.op[op].batch_key >= 0:
            joined = _join(T, R, S, C, O, B, L, out, op, cand, t, arrived, ready, last_in, batch, best_end)
            if joined < best_end:
                best, best_end, best_rank = cand, joined, S.cand[cand].rank
    return best


@leaf
def _join(T, R, S, C, O, B, L, out, op, cand, t, arrived, ready, last_in, batch, best_end):
    """Join the load of an oven that is booked ahead, if that ends before `best_end`; the end, or FAR."""
    res = S.cand[cand].res
    step = O.op[op].step
    n_need = S.step[step + 1].need_ptr - S.step[step].need_ptr
    node = L.res[res].head
    while node >= 0:
        lead, begin = L.node[node].op, L.node[node].start
        oven, load = out.op[lead], L.op[lead]
        is_load = oven.load == lead and O.op[lead].batch_key == O.op[op].batch_key and oven.setup_start == begin >= t
        has_room = is_load and load.load_qty + O.op[op].qty <= min(load.load_cap, S.step[step].batch_qty) + 1e-9
        is_bare = oven.changeover == 0 and L.res[res].care & STATEFUL == 0
        if (
            has_room
            and is_bare
            and _members_from(T, R, S, C, O, B, L, op, cand, begin, arrived, ready, last_in, batch) == begin
        ):
            first, start, finish, change = lay(
                T, R, S, C, O, L, op, cand, L.members, n_need, begin, arrived, ready, last_in, batch
            )
            is_clear = finish <= load.freed or peak(L, res, load.freed, finish) + UNIT <= R.res[res].capacity
            if first == begin and finish < best_end and is_clear and change == 0:
                L.spot[0], L.spot[1], L.spot[2], L.spot[3], L.spot[4] = first, start, finish, 0, lead
                for k in range(n_need):
                    L.best_members[k] = L.members[k]
                return finish
        node = L.node[node].next
    return FAR


@leaf
def _family_at(O, L, out, res, t, family):
    """What a resource is set up for at `t`: by the last pinned operation before, if nothing else came after it."""
    latest, found = -FAR, family
    node = L.res[res].head
    while node >= 0:
        op = L.node[node].op
        if L.node[node].start <= t and L.node[node].start > latest and O.op[op].family >= 0:
            latest = L.node[node].start
            found = O.op[op].family if O.op[op].pin_setup >= 0 else family
        node = L.node[node].next
    return found


@leaf
def _members_from(T, R, S, C, O, B, L, op, cand, t, arrived, ready, last_in, batch):
    """Fill `L.members` for a start from `t` on; `t` if every need is met, else the next instant to try, or FAR."""
    step = O.op[op].step
    base = S.step[step].need_ptr
    primary = S.cand[cand].res
    for k in range(S.step[step + 1].need_ptr - base):
        s, units = S.need[base + k].members, S.need[base + k].units
        best, best_end, again = -1, FAR, FAR
        for m in range(S.set_ptr[s], S.set_ptr[s + 1]):
            res = S.member[m].res
            held = UNIT if res == primary else 0
            for other in range(k):
                if L.members[other] == res:
                    held += S.need[base + other].units
            if held + units > R.res[res].capacity:
                continue
            start = last_end(L, O, res, t) if L.res[res].care & STATEFUL else t
            if start > t:
                again = min(again, start)
                continue
            L.members[k] = res
            first, _, finish, _ = lay(T, R, S, C, O, L, op, cand, L.members, k + 1, t, arrived, ready, last_in, batch)
            if finish >= FAR or finish > S.member[m].until:
                continue
            apart = R.res[res].travel
            if peak(L, res, first - apart, finish + apart) + held + units > R.res[res].capacity:
                again = min(again, max(first_free(L, res, first - apart, finish + apart), t + 1))
                continue
            if finish < best_end:
                best, best_end = res, finish
        if best < 0:
            return again
        L.members[k] = best
    n_need = S.step[step + 1].need_ptr - base
    if n_need < 2:
        return t
    # The last to join may have moved the start: the others were asked about another stretch.
    first, _, finish, _ = lay(T, R, S, C, O, L, op, cand, L.members, n_need, t, arrived, ready, last_in, batch)
    for k in range(n_need):
        res = L.members[k]
        units = UNIT if res == primary else 0
        for other in range(n_need):
            if L.members[other] == res:
                units += S.need[base + other].units
        apart = R.res[res].travel
        if finish < FAR and peak(L, res, first - apart, finish + apart) + units > R.res[res].capacity:
            return max(first_free(L, res, first - apart, finish + apart), t + 1)
    return t


@leaf
def _enter(R, S, O, L, out, op, cand):
    """Write an operation laid by `_fit` into the schedule and the books, and what it changes into the undo list."""
    step = O.op[op].step
    base, at = S.step[step].need_ptr, O.op[op].need_ptr
    lead = L.spot[4]
    out.op[op].setup_start, out.op[op].start, out.op[op].end, out.op[op].changeover = (
        L.spot[0],
        L.spot[1],
        L.spot[2],
        L.spot[3],
    )
    out.op[op].cand = cand
    L.op[op].freed = out.op[op].end
    res = S.cand[cand].res
    if lead >= 0:
        out.op[op].load = lead
        L.op[lead].load_qty += O.op[op].qty
        if out.op[op].end > L.op[lead].freed:
            _note(L, _FREED, lead, L.op[lead].freed)
            L.op[lead].freed = out.op[op].end
            strike(L, res, lead)
            book(L, R, res, out.op[lead].setup_start, L.op[lead].freed, UNIT, lead)
    else:
        if O.op[op].batch_key >= 0:
            out.op[op].load = op
            L.op[op].load_qty, L.op[op].load_cap = O.op[op].qty, S.step[step].batch_qty
        book(L, R, res, out.op[op].setup_start, out.op[op].end, UNIT, op)
    for k in range(S.step[step + 1].need_ptr - base):
        member = L.best_members[k]
        out.need_res[at + k] = member
        until = out.op[op].start if S.need[base + k].phase == SETUP_ONLY else out.op[op].end
        book(L, R, member, out.op[op].setup_start, until, S.need[base + k].units, op)
    for k in range(-1, S.step[step + 1].need_ptr - base):
        touched = res if k < 0 else out.need_res[at + k]
        if L.res[touched].care:
            _note(L, _FAMILY, touched, L.res[touched].family)
            _note(L, _WORKED, touched, L.res[touched].worked)
            _note(L, _CYCLES, touched, L.res[touched].cycles)
            _note(L, _FREE_SINCE, touched, L.res[touched].free_since)
            _note(L, _BESIDE, touched, L.res[touched].beside)
            if R.res[touched].week_units < FAR:
                week = touched * R.week_start.size + week_of(R, out.op[op].setup_start)
                _note(L, _WEEK, week, L.week_used[week])
    leave_mark(R, S, O, L, out, op)


@leaf
def _note(L, what, index, value):
    """Remember a value that is about to change."""
    n = L.undo[0]
    L.undo[3 * n + 1], L.undo[3 * n + 2], L.undo[3 * n + 3] = what, index, value
    L.undo[0] = n + 1


@leaf
def undo_block(R, S, O, A, B, L, out, first, last):
    """Take back what has been laid of a block: times, books, and what it left behind."""
    for i in range(last - 1, first - 1, -1):
        op = B.op[i]
        base = S.step[O.op[op].step].need_ptr
        lead = out.op[op].load
        strike(L, S.cand[out.op[op].cand].res, op)
        for k in range(S.step[O.op[op].step + 1].need_ptr - base):
            strike(L, out.need_res[O.op[op].need_ptr + k], op)
            out.need_res[O.op[op].need_ptr + k] = -1
        if lead >= 0 and lead != op:
            L.op[lead].load_qty -= O.op[op].qty
        if L.op[op].stored_until > out.op[op].end:
            strike(L, storage_of(A, op), op)
        out.op[op].setup_start = out.op[op].start = out.op[op].end = out.op[op].cand = out.op[op].load = -1
        out.op[op].changeover = 0
        L.op[op].stored_until = -FAR
    for n in range(L.undo[0] - 1, -1, -1):
        what, index, value = L.undo[3 * n + 1], L.undo[3 * n + 2], L.undo[3 * n + 3]
        if what == _FAMILY:
            L.res[index].family = value
        elif what == _WORKED:
            L.res[index].worked = value
        elif what == _CYCLES:
            L.res[index].cycles = value
        elif what == _FREE_SINCE:
            L.res[index].free_since = value
        elif what == _BESIDE:
            L.res[index].beside = value
        elif what == _WEEK:
            L.week_used[index] = value
        else:
            L.op[index].freed = value
            if out.op[index].cand >= 0:
                res = S.cand[out.op[index].cand].res
                strike(L, res, index)
                book(L, R, res, out.op[index].setup_start, value, UNIT, index)
    L.undo[0] = 0


@leaf
def _later(T, R, S, O, L, out, op, target):
    """The least later setup start with which a placed operation ends at `target` or after it."""
    cand, step = out.op[op].cand, O.op[op].step
    n_need = O.op[op + 1].need_ptr - O.op[op].need_ptr
    for k in range(n_need):
        L.members[k] = out.need_res[O.op[op].need_ptr + k]
    n_setup, n_run = calendars_of(R, S, step, cand, L.members, n_need, L.setup_ids, L.run_ids)
    if common_last(T, L.run_ids, n_run, target) < target:
        target = common_open(T, L.run_ids, n_run, target) + 1
    if target >= FAR:
        return FAR
    setup = 0 if O.op[op].setup_done else S.cand[cand].setup + out.op[op].changeover
    begin = retreat(T, L.run_ids, n_run, target, run_work(S, cand, O.op[op].qty))
    return max(retreat(T, L.setup_ids, n_setup, begin, setup), out.op[op].setup_start + 1)


@leaf
def _keep_until_fetched(T, R, S, O, A, B, L, out, first, last):
    """Hold blocking resources and storages until the next setups start; False where a floor had to rise."""
    for i in range(first, last):
        op = B.op[i]
        for j in range(B.in_ptr[i], B.in_ptr[i + 1]):
            arc, pred = B.arc[j], B.pred[j]
            if A.arc[arc].blocking and out.op[op].setup_start > L.op[pred].freed:
                L.op[pred].freed = out.op[op].setup_start
            if A.arc[arc].store >= 0 and out.op[op].setup_start > out.op[pred].end:
                L.op[pred].stored_until = max(L.op[pred].stored_until, out.op[op].setup_start)
    for i in range(first, last):
        op = B.op[i]
        res = S.cand[out.op[op].cand].res
        lead = out.op[op].load if out.op[op].load >= 0 else op
        if L.op[op].freed > out.op[op].end and L.op[op].freed > L.op[lead].freed:
            _note(L, _FREED, lead, L.op[lead].freed)
            L.op[lead].freed = L.op[op].freed
        if lead == op and L.op[op].freed > out.op[op].end:
            strike(L, res, op)
            if (
                peak(L, res, out.op[op].setup_start, L.op[op].freed) + UNIT > R.res[res].capacity
                and R.res[res].capacity < ENDLESS
            ):
                L.op[op].floor = max(first_free(L, res, out.op[op].end, L.op[op].freed), out.op[op].setup_start + 1)
                return False
            book(L, R, res, out.op[op].setup_start, L.op[op].freed, UNIT, op)
            if L.res[res].care:
                L.res[res].free_since = max(L.res[res].free_since, L.op[op].freed)
        if L.op[op].stored_until > out.op[op].end:
            store, units = storage_of(A, op), stored_units(O, op)
            if peak(L, store, out.op[op].end, L.op[op].stored_until) + units > R.res[store].capacity:
                target = first_free(L, store, out.op[op].end, L.op[op].stored_until)
                L.op[op].floor = _later(T, R, S, O, L, out, op, min(target, L.op[op].stored_until))
                return False
            book(L, R, store, out.op[op].end, L.op[op].stored_until, units, op)
    return True


@leaf
def storage_of(A, op):
    """The resource in which an operation's lot waits for the next step; -1 for none."""
    for j in range(A.ptr[op], A.ptr[op + 1]):
        if A.arc[j].store >= 0:
            return A.arc[j].store
    return -1


@leaf
def stored_units(O, op):
    """What an operation's lot takes of its storage."""
    return int(np.rint(O.op[op].qty * UNIT))
