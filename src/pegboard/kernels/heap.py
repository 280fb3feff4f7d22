"""Binary heaps: of timed events, and of operations waiting in pools, ranked by a key with the index as tie-break."""

import numpy as np

from pegboard.kernels.compiled import kernel, leaf


@leaf
def event_push(times, loads, size, t, load):
    """Add an event; returns the new size. The arrays must have room."""
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if times[parent] < t or (times[parent] == t and loads[parent] <= load):
            break
        times[i], loads[i] = times[parent], loads[parent]
        i = parent
    times[i], loads[i] = t, load
    return size + 1


@leaf
def event_pop(times, loads, size):
    """Remove the earliest event, which stands at index 0; returns the new size."""
    size -= 1
    t, load = times[size], loads[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        right = child + 1
        if right < size and (
            times[right] < times[child] or (times[right] == times[child] and loads[right] < loads[child])
        ):
            child = right
        if t < times[child] or (t == times[child] and load <= loads[child]):
            break
        times[i], loads[i] = times[child], loads[child]
        i = child
    times[i], loads[i] = t, load
    return size


@kernel
def grown(array):
    """A copy with twice the room."""
    bigger = np.empty(2 * array.size, array.dtype)
    bigger[: array.size] = array
    return bigger


@leaf
def pool_push(queue, base, size, key, op):
    """Add an operation to the heap that begins at `queue[base]`; returns the new size."""
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        other = queue[base + parent]
        if key[other] < key[op] or (key[other] == key[op] and other <= op):
            break
        queue[base + i] = other
        i = parent
    queue[base + i] = op
    return size + 1


@leaf
def pool_pop(queue, base, size, key):
    """Remove the operation at the top, which stands at `queue[base]`; returns the new size."""
    size -= 1
    op = queue[base + size]
    _sift(queue, base, size, key, op, 0)
    return size


@leaf
def pool_rekey(queue, base, size, key):
    """Restore the order of a heap after its keys have changed."""
    for i in range(size // 2 - 1, -1, -1):
        _sift(queue, base, size, key, queue[base + i], i)


@leaf
def _sift(queue, base, size, key, op, i):
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        left, right = queue[base + child], queue[base + child + 1] if child + 1 < size else -1
        if right >= 0 and (key[right] < key[left] or (key[right] == key[left] and right < left)):
            child, left = child + 1, right
        if key[op] < key[left] or (key[op] == key[left] and op < left):
            break
        queue[base + i] = left
        i = child
    if size > 0:
        queue[base + i] = op
