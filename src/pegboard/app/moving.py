"""Make room in a plan by moving named orders: take them out, fit in who is to gain, and fit them in again after that.

Every try is solved by the engine that answers quotes and judged by the referee; the plan itself is not touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pegboard.app.live import Fitted, LivePlan, Room
from pegboard.domain.factory import Factory
from pegboard.domain.order import OrderLine
from pegboard.insight.blockers import blockers

MOST_MOVED = 3
TRIED = 6


@dataclass(frozen=True)
class Way:
    """Lines fitted in after others made room: who moved, and when everybody is complete now."""

    room: Room
    fitted: Fitted
    moved: tuple[str, ...]
    completion: dict[str, int]


def ways(
    live: LivePlan, kept_out: Sequence[int], factory: Factory, gaining: Sequence[OrderLine], may_move: frozenset[int]
) -> list[Way]:
    """Ways to fit lines in: into the room there is, then with one or more of the lines `may_move` moved.

    `kept_out` are rows of lines that are taken out first: those that gain, where the plan has them. Each way but the
    first is better than the one before it for those who gain. Empty where they cannot be supplied at all.
    """
    now = factory.now
    room = live.room_without(live.pegging.without(kept_out)) if kept_out else live.room
    first = live.fitted(room, factory, gaining, now)
    if isinstance(first, list):
        return []
    found = [_way(room, live.just_in_time(room, first, now), ())]
    gained = len(gaining)
    moved: tuple[int, ...] = ()
    latest = first
    while len(moved) < MOST_MOVED and _is_late(latest, gained):
        standing = live.planned
        near = [
            b
            for b in blockers(standing, room.kept.op, latest.problem, latest.schedule)
            if b.line in may_move and b.line not in (*moved, *kept_out)
        ]
        tried = [_moved(live, [*kept_out], (*moved, b.line), factory, gaining) for b in near[:TRIED]]
        better = [t for t in tried if t and _lateness(t[1].fitted, gained) < _lateness(latest, gained)]
        if not better:
            break
        moved, way, latest, room = min(
            ((rows, way, way.fitted, way.room) for rows, way in better),
            key=lambda t: (_lateness(t[2], gained), _harm(live, t[1], t[0])),
        )
        found.append(way)
    return found


def _moved(
    live: LivePlan, kept_out: Sequence[int], moved: tuple[int, ...], factory: Factory, gaining: Sequence[OrderLine]
) -> tuple[tuple[int, ...], Way] | None:
    """The way in which these lines are moved; None where they cannot be, or the referee objects."""
    kept = live.pegging.without([*kept_out, *moved])
    if not live.stands_alone(moved, kept):
        return None
    room = live.room_without(kept)
    lines = live.planned.supply.lines
    records = [*gaining, *(lines[i].record for i in sorted(moved, key=lambda i: (lines[i].need, i)))]
    fitted = live.fitted(room, factory, records, factory.now)
    if isinstance(fitted, list) or live.leaves_too_much(room, fitted):
        return None
    return moved, _way(room, fitted, tuple(lines[i].id for i in moved))


def _way(room: Room, fitted: Fitted, moved: tuple[str, ...]) -> Way:
    ids = [line.id for line in fitted.supply.lines]
    return Way(room, fitted, moved, dict(zip(ids, fitted.completion, strict=True)))


def _lateness(fitted: Fitted, n: int) -> float:
    """Weighted seconds late of the first `n` lines."""
    lines = zip(fitted.supply.lines[:n], fitted.completion, strict=False)
    return sum(line.weight * max(0, done - line.due) for line, done in lines)


def _is_late(fitted: Fitted, n: int) -> bool:
    return _lateness(fitted, n) > 0


def _harm(live: LivePlan, way: Way, moved: Sequence[int]) -> float:
    """Weighted seconds by which those who moved are later than they were, where that makes them late."""
    lines, done = live.planned.supply.lines, live.planned.completion
    harm = 0.0
    for i in moved:
        was = max(done[i] or 0, lines[i].due)
        harm += lines[i].weight * max(0, way.completion[lines[i].id] - was)
    return harm
