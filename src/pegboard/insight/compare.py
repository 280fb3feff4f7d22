"""What became of a plan: which operations moved, which passed each other, which orders are late now."""

from collections import defaultdict

import numpy as np

from pegboard.domain.plan import Places, Plan, Row

SMALL = 64


class Move(Row, frozen=True, kw_only=True):
    """An operation that is not where it was; `later_min` counts from setup start to setup start."""

    operation: str
    resource_before: str
    resource: str
    setup_start_before: int
    setup_start: int
    later_min: float


class Changes(Row, frozen=True, kw_only=True):
    """How a plan differs from the one before it.

    `kept` operations are exactly where they were. `inversions` counts for each resource the pairs of operations that
    passed each other; `frozen` the moves of operations that were or now are to start in the frozen zone. `worst` is the
    line that comes latest against the old plan, by `worst_min`.
    """

    kept: int
    moved: int
    later: int
    earlier: int
    other_resource: int
    new: int
    gone: int
    frozen: int
    inversions: dict[str, int]
    became_late: tuple[str, ...]
    on_time_again: tuple[str, ...]
    worst: str
    worst_min: float
    moves: tuple[Move, ...]


def compare(before: Places, plan: Plan, frozen_until: int) -> Changes:
    """What differs between the places of an old plan and a new one; split lots are compared part by part."""
    old: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(before.names):
        old[name].append(row)
    moves, kept, new = [], 0, 0
    stayed: dict[str, list[tuple[int, int, int, str]]] = defaultdict(list)
    for o in plan.operations:
        name = f"{o.wo}.{o.step}"
        if not old.get(name):
            new += 1
            continue
        row = old[name].pop(0)
        was = before.setup_start[row]
        if before.resource[row] == o.resource:
            stayed[o.resource].append((o.setup_start, was, before.end[row], name))
        place = (before.resource[row], before.also[row], was, before.start[row], before.end[row])
        if place == (o.resource, o.also, o.setup_start, o.start, o.end):
            kept += 1
            continue
        moves.append(
            Move(
                operation=name,
                resource_before=before.resource[row],
                resource=o.resource,
                setup_start_before=was,
                setup_start=o.setup_start,
                later_min=round((o.setup_start - was) / 60, 4),
            )
        )
    inversions = {resource: n for resource, rows in sorted(stayed.items()) if (n := _inversions(rows))}
    late, again, worst, worst_min = _lines(before, plan)
    return Changes(
        kept=kept,
        moved=len(moves),
        later=sum(m.later_min > 0 for m in moves),
        earlier=sum(m.later_min < 0 for m in moves),
        other_resource=sum(m.resource != m.resource_before for m in moves),
        new=new,
        gone=sum(map(len, old.values())),
        frozen=sum(min(m.setup_start, m.setup_start_before) < frozen_until for m in moves),
        inversions=inversions,
        became_late=late,
        on_time_again=again,
        worst=worst,
        worst_min=worst_min,
        moves=tuple(sorted(moves, key=lambda m: (-abs(m.later_min), m.operation))),
    )


def _lines(before: Places, plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...], str, float]:
    """Lines that became late, lines that are on time again, and the one that comes latest against the old plan."""
    good = ("on_time", "covered")
    late, again = [], []
    worst, worst_min = "", 0.0
    for line in plan.orders:
        status, completion = before.orders.get(line.id, ("", None))
        if status in good and line.status not in good:
            late.append(line.id)
        if status and status not in good and line.status in good:
            again.append(line.id)
        if completion is not None and line.completion is not None:
            later = round((line.completion - completion) / 60, 4)
            if later > worst_min:
                worst, worst_min = line.id, later
    return tuple(late), tuple(again), worst, worst_min


def _inversions(rows: list[tuple[int, int, int, str]]) -> int:
    """Pairs of operations of one resource whose starts now stand the other way round; equal starts are no pair."""
    by_old = sorted(rows, key=lambda r: r[1:])
    return inverted_pairs(np.array([r[0] for r in by_old], np.int64))


def inverted_pairs(values: np.ndarray) -> int:
    """Pairs of which the first is greater than the second; O(n log n), by merging halves."""
    n = values.size
    if n <= SMALL:
        return int((np.triu(values[:, None] > values[None, :], 1)).sum())
    left, right = values[: n // 2], values[n // 2 :]
    across = int(np.searchsorted(np.sort(right), left, side="left").sum())
    return inverted_pairs(left) + inverted_pairs(right) + across
