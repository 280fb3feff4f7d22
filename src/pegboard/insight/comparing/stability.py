"""How steady a plan stays against the one before it: operations that moved or passed each other, lines that turned.

Needs nothing but the places of both plans, column by column, so that a plan of a hundred thousand operations is
compared while a planner waits.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from pegboard.domain.plan import Places, Row

Ints = NDArray[np.int64]

SMALL = 64
_BEYOND = 1 << 40
"""More seconds than any plan lasts."""
IN_TIME = ("on_time", "covered")


class Move(Row, frozen=True, kw_only=True):
    """An operation that is not where it was; `later_min` counts from setup start to setup start."""

    operation: str
    resource_before: str
    resource: str
    setup_start_before: int
    setup_start: int
    later_min: float


class Stability(Row, frozen=True, kw_only=True):
    """What of a plan stayed and what did not.

    `kept` operations are exactly where they were, with all their resources. `inversions` counts for each resource the
    pairs of operations that passed each other on it; `frozen` the moves of operations that were or now are to start in
    the frozen zone. `deviation_min` is the sum of |S' - S| over the operations in both plans, S the setup start, and
    `mean_deviation_min` its mean over them. `worst` is the line that comes latest against the old plan, by `worst_min`.
    `moves` are sorted by how far they go.
    """

    kept: int
    moved: int
    later: int
    earlier: int
    other_resource: int
    new: int
    gone: int
    frozen: int
    deviation_min: float
    mean_deviation_min: float
    inversions: dict[str, int]
    became_late: tuple[str, ...]
    on_time_again: tuple[str, ...]
    worst: str
    worst_min: float
    moves: tuple[Move, ...]


def stability(before: Places, after: Places, frozen_until: int) -> Stability:
    """What differs between the places of two plans; O(n log n). The parts of a split lot are compared one by one."""
    old, new = matched(before, after)
    was, starts = _ints(before.setup_start)[old], _ints(after.setup_start)[new]
    ends_before = _ints(before.end)[old]
    same_res = _objects(before.resource)[old] == _objects(after.resource)[new]
    same_also = _objects(before.also)[old] == _objects(after.also)[new]
    same = same_res & same_also & (was == starts) & (ends_before == _ints(after.end)[new])
    same &= _ints(before.start)[old] == _ints(after.start)[new]
    moved = np.flatnonzero(~same)
    later = (starts - was)[moved]
    deviation = float(np.abs(starts - was).sum()) / 60
    became_late, again, worst, worst_min = _lines(before, after)
    return Stability(
        kept=int(same.sum()),
        moved=moved.size,
        later=int((later > 0).sum()),
        earlier=int((later < 0).sum()),
        other_resource=int((~same_res).sum()),
        new=len(after.wo) - new.size,
        gone=len(before.wo) - old.size,
        frozen=int((np.minimum(was, starts)[moved] < frozen_until).sum()),
        deviation_min=round(deviation, 4),
        mean_deviation_min=round(deviation / old.size, 4) if old.size else 0.0,
        inversions=_inversions(after, new[same_res], was[same_res], ends_before[same_res]),
        became_late=became_late,
        on_time_again=again,
        worst=worst,
        worst_min=worst_min,
        moves=_moves(before, after, old[moved], new[moved]),
    )


def matched(before: Places, after: Places) -> tuple[Ints, Ints]:
    """The rows of the operations that both plans have, in the order of the second."""
    if before.wo == after.wo and before.step == after.step:
        rows = np.arange(len(after.wo))
        return rows, rows
    works, steps = _numbers(before.wo, after.wo), _numbers(before.step, after.step)
    n_step = 1 + max(int(step.max(initial=0)) for step in steps)
    keys = [wo * n_step + step for wo, step in zip(works, steps, strict=True)]
    parts = [_part(key) for key in keys]
    n_part = 1 + max(int(part.max(initial=0)) for part in parts)
    named_before, named = (key * n_part + part for key, part in zip(keys, parts, strict=True))
    _, old, new = np.intersect1d(named_before, named, assume_unique=True, return_indices=True)
    order = np.argsort(new)
    return old[order], new[order]


def inverted_pairs(values: Ints) -> int:
    """Pairs of which the first is greater than the second; O(n log n), by merging halves."""
    n = values.size
    if n <= SMALL:
        return int((np.triu(values[:, None] > values[None, :], 1)).sum())
    left, right = values[: n // 2], values[n // 2 :]
    across = int(np.searchsorted(np.sort(right), left, side="left").sum())
    return inverted_pairs(left) + inverted_pairs(right) + across


def _part(key: Ints) -> Ints:
    """How many rows with the same key stand before each one: the number of a split lot's part."""
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.searchsorted(ordered, ordered)
    part = np.empty(key.size, np.int64)
    part[order] = np.arange(key.size) - first
    return part


def _moves(before: Places, after: Places, old: Ints, new: Ints) -> tuple[Move, ...]:
    """A record for each moved operation, the farthest first."""
    found = [
        Move(
            operation=f"{after.wo[b]}.{after.step[b]}",
            resource_before=before.resource[a],
            resource=after.resource[b],
            setup_start_before=before.setup_start[a],
            setup_start=after.setup_start[b],
            later_min=round((after.setup_start[b] - before.setup_start[a]) / 60, 4),
        )
        for a, b in zip(old.tolist(), new.tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda m: (-abs(m.later_min), m.operation)))


def _inversions(after: Places, new: Ints, was: Ints, ends_before: Ints) -> dict[str, int]:
    """By resource the pairs of operations whose starts now stand the other way round; equal starts are no pair."""
    names = sorted(set(after.resource))
    rank = {name: i for i, name in enumerate(names)}
    res = np.fromiter(map(rank.__getitem__, after.resource), np.int64, len(after.resource))[new]
    order = np.lexsort((ends_before, was, res))
    values = res[order] * _BEYOND + _ints(after.setup_start)[new[order]]  # those of two resources are never inverted
    found: dict[str, int] = defaultdict(int)
    for first, last in _turned(values):
        found[names[int(values[first] // _BEYOND)]] += inverted_pairs(values[first:last])
    return dict(sorted(found.items()))


def _turned(values: Ints) -> list[tuple[int, int]]:
    """The shortest stretches of rows beyond which no pair is inverted."""
    highest = np.maximum.accumulate(values)
    lowest = np.minimum.accumulate(values[::-1])[::-1]
    edges = np.concatenate([[0], np.flatnonzero(highest[:-1] <= lowest[1:]) + 1, [values.size]])
    long = np.flatnonzero(np.diff(edges) > 1)
    return list(zip(edges[long].tolist(), edges[long + 1].tolist(), strict=True))


def _lines(before: Places, after: Places) -> tuple[tuple[str, ...], tuple[str, ...], str, float]:
    """Lines that became late, lines that are on time again, and the one that comes latest against the old plan."""
    late, again = [], []
    worst, worst_min = "", 0.0
    for line, (status, completion) in after.orders.items():
        status_before, completion_before = before.orders.get(line, ("", None))
        if status_before in IN_TIME and status not in IN_TIME:
            late.append(line)
        if status_before and status_before not in IN_TIME and status in IN_TIME:
            again.append(line)
        if completion_before is not None and completion is not None:
            later = round((completion - completion_before) / 60, 4)
            if later > worst_min:
                worst, worst_min = line, later
    return tuple(late), tuple(again), worst, worst_min


def _numbers(*columns: Sequence[Hashable]) -> list[Ints]:
    """Each value as a number, the same one in all columns."""
    number = {value: i for i, value in enumerate(set().union(*columns))}
    return [np.fromiter(map(number.__getitem__, column), np.int64, len(column)) for column in columns]


def _objects(values: Sequence[Hashable]) -> NDArray[np.object_]:
    """The values as they are, compared by identity first."""
    found = np.empty(len(values), object)
    found[:] = values
    return found


def _ints(values: list[int]) -> Ints:
    return np.fromiter(values, np.int64, len(values))
