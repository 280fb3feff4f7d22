"""What an operation takes when it is decided: among free resources, those with which it ends first."""

from pegboard.kernels.arrays import FAR
from pegboard.kernels.books import ahead, is_promised, is_watched
from pegboard.kernels.compiled import leaf
from pegboard.kernels.lay import STATEFUL, UNIT, lay
from pegboard.kernels.opentime import next_open


@leaf
def is_free(R, B, O, L, res, units, t):
    """Whether a resource has so many units free at `t`, and is promised to nobody ahead where its past matters."""
    if L.res[res].in_use + units > R.res[res].capacity:
        return False
    return not (is_watched(B, res) and L.res[res].care & STATEFUL and is_promised(L, O, res, t))


@leaf
def stays_free(R, B, L, res, units, begin, finish, t):
    """Whether so many units of a resource that is free at `t` stay free of pins and bookings until `finish`."""
    if is_watched(B, res):
        held = ahead(L, res, begin - R.res[res].travel, finish + R.res[res].travel, t)
    else:
        held = 0
        apart = R.res[res].travel
        for k in range(R.res[res].reserved_ptr, R.res[res + 1].reserved_ptr):
            begins, ends = R.reserved[k].start - apart, R.reserved[k].end + apart
            if R.reserved[k].start > t and begins < finish and ends > begin:
                held += R.reserved[k].units
    return held == 0 or L.res[res].in_use + units + held <= R.res[res].capacity


@leaf
def is_plain(R, B, L, res):
    """Whether nothing but its calendar tells a resource from another: neither past, nor pins, nor bookings."""
    return L.res[res].care == 0 and R.res[res + 1].reserved_ptr == R.res[res].reserved_ptr and not is_watched(B, res)


@leaf
def choose_members(T, R, S, C, O, B, L, op, cand, t, arrived, ready, last_in, batch):
    """Take for each need the free member with which the operation ends first; False where a need finds none."""
    step = O.op[op].step
    base = S.step[step].need_ptr
    n_need = S.step[step + 1].need_ptr - base
    primary = S.cand[cand].res
    L.res[primary].in_use += UNIT
    chosen = 0
    for k in range(n_need):
        s = S.need[base + k].members
        units = S.need[base + k].units
        best, best_end, seen = -1, FAR, -1
        for m in range(S.set_ptr[s], S.set_ptr[s + 1]):
            res = S.member[m].res
            if not is_free(R, B, O, L, res, units, t):
                continue
            plain = is_plain(R, B, L, res) and S.member[m].until >= FAR
            if plain and R.res[res].timeline == seen:
                continue
            L.members[k] = res
            first, _, finish, _ = lay(T, R, S, C, O, L, op, cand, L.members, k + 1, t, arrived, ready, last_in, batch)
            if finish >= FAR or finish > S.member[m].until:
                continue
            if not stays_free(R, B, L, res, units, first, finish, t):
                continue
            if plain:
                seen = R.res[res].timeline
            if finish < best_end:
                best, best_end = res, finish
        if best < 0:
            break
        L.members[k] = best
        L.res[best].in_use += units
        chosen += 1
    fits = chosen == n_need
    if fits and n_need > 1:  # the last to join may have moved the start: the others were asked about another stretch
        first, _, finish, _ = lay(T, R, S, C, O, L, op, cand, L.members, n_need, t, arrived, ready, last_in, batch)
        for k in range(n_need):
            fits &= stays_free(R, B, L, L.members[k], 0, first, finish, t)
    for k in range(chosen):
        L.res[L.members[k]].in_use -= S.need[base + k].units
    L.res[primary].in_use -= UNIT
    return fits


@leaf
def best_option(T, R, S, C, O, B, L, op, t):
    """The candidate with which `op` ends first when decided at `t`; -1 where none is free and open.

    Writes `(setup_start, start, end, changeover)` to `L.spot` and the members to `L.best_members`.
    """
    step = O.op[op].step
    n_need = S.step[step + 1].need_ptr - S.step[step].need_ptr
    arrived, ready, last_in, batch = L.op[op].ready_queued, L.op[op].ready, L.op[op].last_in, L.op[op].batch
    best = -1
    best_end, best_rank = FAR, 0
    seen_tl = -1
    seen_setup = seen_fixed = 0
    seen_run = 0.0
    for cand in range(S.step[step].cand_ptr, S.step[step + 1].cand_ptr):
        res = S.cand[cand].res
        if not is_free(R, B, O, L, res, UNIT, t):
            continue
        if next_open(T, R.res[res].timeline, t) > t and not O.op[op].setup_done:
            continue
        plain = is_plain(R, B, L, res)
        if (
            plain
            and R.res[res].timeline == seen_tl
            and S.cand[cand].setup == seen_setup
            and S.cand[cand].fixed == seen_fixed
            and S.cand[cand].run == seen_run
        ):
            continue
        if n_need and not choose_members(T, R, S, C, O, B, L, op, cand, t, arrived, ready, last_in, batch):
            continue
        first, start, finish, change = lay(
            T, R, S, C, O, L, op, cand, L.members, n_need, t, arrived, ready, last_in, batch
        )
        if finish >= FAR:
            continue
        if not stays_free(R, B, L, res, UNIT, first, finish, t):
            continue
        if plain:
            seen_tl, seen_setup = R.res[res].timeline, S.cand[cand].setup
            seen_fixed, seen_run = S.cand[cand].fixed, S.cand[cand].run
        if finish < best_end or (finish == best_end and S.cand[cand].rank < best_rank):
            best, best_end, best_rank = cand, finish, S.cand[cand].rank
            L.spot[0], L.spot[1], L.spot[2], L.spot[3] = first, start, finish, change
            for k in range(n_need):
                L.best_members[k] = L.members[k]
    return best
