"""The books of watched resources: who holds how much of them from when to when, now and ahead.

Only resources that blocks may use keep one; a book is a linked list, short because what has ended is struck out.
"""

from pegboard.kernels.arrays import FAR
from pegboard.kernels.compiled import leaf

ENDLESS = 1 << 40


@leaf
def is_watched(B, res):
    """Whether a resource keeps a book."""
    if B is None:
        return False
    return B.watched[res] != 0


@leaf
def book(L, R, res, start, end, units, op):
    """Enter a hold; resources without limit keep no book."""
    if R.res[res].capacity >= ENDLESS or start >= end:
        return
    node = L.free[0]
    L.free[0] = L.node[node].next
    L.node[node].start, L.node[node].end, L.node[node].units, L.node[node].op = start, end, units, op
    L.node[node].next = L.res[res].head
    L.res[res].head = node


@leaf
def strike(L, res, op):
    """Strike out all holds of an operation on a resource."""
    before, node = -1, L.res[res].head
    while node >= 0:
        following = L.node[node].next
        if L.node[node].op == op:
            if before < 0:
                L.res[res].head = following
            else:
                L.node[before].next = following
            L.node[node].next = L.free[0]
            L.free[0] = node
        else:
            before = node
        node = following


@leaf
def expire(L, res, t):
    """Strike out all holds that have ended by `t`."""
    before, node = -1, L.res[res].head
    while node >= 0:
        following = L.node[node].next
        if L.node[node].end <= t:
            if before < 0:
                L.res[res].head = following
            else:
                L.node[before].next = following
            L.node[node].next = L.free[0]
            L.free[0] = node
        else:
            before = node
        node = following


@leaf
def peak(L, res, begin, finish):
    """The most units held at any instant of `[begin, finish)`."""
    most = 0
    at = begin
    node = L.res[res].head
    other = -1
    while True:
        held = 0
        k = L.res[res].head
        while k >= 0:
            if L.node[k].start <= at < L.node[k].end:
                held += L.node[k].units
            k = L.node[k].next
        most = max(most, held)
        while node >= 0 and not begin < L.node[node].start < finish:
            node = L.node[node].next
        if node < 0:
            return most
        at = L.node[node].start
        other = node
        node = L.node[other].next


@leaf
def ahead(L, res, begin, finish, t):
    """Units booked for after `t` that overlap `[begin, finish)`, at worst."""
    units = 0
    node = L.res[res].head
    while node >= 0:
        if L.node[node].start > t and L.node[node].start < finish and L.node[node].end > begin:
            units += L.node[node].units
        node = L.node[node].next
    return units


@leaf
def first_free(L, res, begin, finish):
    """The first end of a hold that overlaps `[begin, finish)`: the next instant worth trying, or FAR."""
    earliest = FAR
    node = L.res[res].head
    while node >= 0:
        if L.node[node].start < finish and L.node[node].end > begin:
            earliest = min(earliest, L.node[node].end)
        node = L.node[node].next
    return earliest


@leaf
def last_end(L, O, res, t):
    """When all that is booked on a resource is over, pinned operations aside; `t` where nothing is."""
    latest = t
    node = L.res[res].head
    while node >= 0:
        if O.op[L.node[node].op].pin_setup < 0:
            latest = max(latest, L.node[node].end)
        node = L.node[node].next
    return latest


@leaf
def is_promised(L, O, res, t):
    """Whether an operation is booked to begin on a resource after `t`, pinned ones aside."""
    node = L.res[res].head
    while node >= 0:
        if L.node[node].start > t and O.op[L.node[node].op].pin_setup < 0:
            return True
        node = L.node[node].next
    return False
