"""Walks over the network of operations: order of work, remaining work, completion."""

import numpy as np

from pegboard.kernels.arrays import FAR, Arcs
from pegboard.kernels.compiled import kernel
from pegboard.kernels.opentime import after_open


@kernel
def topological(A, n_op):
    """Operations with predecessors first; shorter than `n_op` if they wait for each other in a circle."""
    n_pred = np.zeros(n_op, np.int64)
    for j in range(A.succ.size):
        n_pred[A.succ[j]] += 1
    order = np.empty(n_op, np.int64)
    n = 0
    for op in range(n_op):
        if n_pred[op] == 0:
            order[n] = op
            n += 1
    i = 0
    while i < n:
        op = order[i]
        for j in range(A.ptr[op], A.ptr[op + 1]):
            succ = A.succ[j]
            n_pred[succ] -= 1
            if n_pred[succ] == 0:
                order[n] = succ
                n += 1
        i += 1
    return order[:n]


@kernel
def reversed_arcs(A, n_op):
    """The arcs seen from their ends: who handed over becomes who waits. Limits on the gap are left out."""
    ptr = np.zeros(n_op + 1, np.int64)
    for j in range(A.succ.size):
        ptr[A.succ[j] + 1] += 1
    ptr = np.cumsum(ptr)
    at = ptr[:-1].copy()
    succ, wait, move = np.empty_like(A.succ), np.empty_like(A.wait), np.empty_like(A.move)
    batch, queued = np.empty_like(A.batch), np.empty_like(A.queued)
    n = A.succ.size
    for op in range(n_op):
        for j in range(A.ptr[op], A.ptr[op + 1]):
            k = at[A.succ[j]]
            at[A.succ[j]] += 1
            succ[k], wait[k], move[k], batch[k], queued[k] = op, A.wait[j], A.move[j], A.batch[j], A.queued[j]
    return Arcs(
        ptr,
        succ,
        wait,
        move,
        batch,
        queued,
        np.full(n, FAR, np.int64),
        np.zeros(n, np.uint8),
        np.full(n, -1, np.int64),
        np.zeros(n, np.int64),
    )


@kernel
def remaining_time(A, order, own):
    """Seconds from the start of each operation to delivery along its longest way, with waits and moves."""
    tail = own.copy()
    for i in range(order.size - 1, -1, -1):
        op = order[i]
        longest = 0.0
        for j in range(A.ptr[op], A.ptr[op + 1]):
            longest = max(longest, A.wait[j] + A.move[j] + tail[A.succ[j]])
        tail[op] += longest
    return tail


@kernel
def completions(T, factory_tl, end, move, dated, line_ptr, line_op):
    """When each line is complete: its last operations ended and moved, its dated supplies there; -1 if never."""
    out = dated.copy()
    for line in range(out.size):
        for k in range(line_ptr[line], line_ptr[line + 1]):
            op = line_op[k]
            if end[op] < 0:
                out[line] = -1
                break
            out[line] = max(out[line], after_open(T, factory_tl, end[op], move[k]))
    return out


@kernel
def knots(A, n_op, tied):
    """Number the strongly connected parts of the network in which `tied` arcs lead both ways: `part[op]`.

    Operations of a part cannot be decided one after another: a tied pair has to be known together, and so has
    everything on a way between them. Tarjan 1972, without recursion.
    """
    back_ptr = np.zeros(n_op + 1, np.int64)
    for j in range(A.succ.size):
        if tied[j]:
            back_ptr[A.succ[j] + 1] += 1
    back_ptr = np.cumsum(back_ptr)
    at, back = back_ptr[:-1].copy(), np.empty(back_ptr[-1], np.int64)
    for op in range(n_op):
        for j in range(A.ptr[op], A.ptr[op + 1]):
            if tied[j]:
                back[at[A.succ[j]]] = op
                at[A.succ[j]] += 1
    part, low, found = np.full(n_op, -1, np.int64), np.zeros(n_op, np.int64), np.full(n_op, -1, np.int64)
    edge, path, stack = np.zeros(n_op, np.int64), np.empty(n_op, np.int64), np.empty(n_op, np.int64)
    n_part = n_found = n_stack = 0
    for root in range(n_op):
        if found[root] >= 0:
            continue
        n_path = 1
        path[0] = root
        while n_path:
            op = path[n_path - 1]
            if found[op] < 0:
                found[op] = low[op] = n_found
                n_found += 1
                stack[n_stack] = op
                n_stack += 1
            n_forward = A.ptr[op + 1] - A.ptr[op]
            if edge[op] < n_forward + back_ptr[op + 1] - back_ptr[op]:
                k = edge[op]
                other = A.succ[A.ptr[op] + k] if k < n_forward else back[back_ptr[op] + k - n_forward]
                edge[op] += 1
                if found[other] < 0:
                    path[n_path] = other
                    n_path += 1
                elif part[other] < 0:
                    low[op] = min(low[op], found[other])
                continue
            n_path -= 1
            if n_path:
                low[path[n_path - 1]] = min(low[path[n_path - 1]], low[op])
            if low[op] == found[op]:
                while True:
                    n_stack -= 1
                    part[stack[n_stack]] = n_part
                    if stack[n_stack] == op:
                        break
                n_part += 1
    return part


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
