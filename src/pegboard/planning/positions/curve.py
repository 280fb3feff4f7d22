"""Which lead times can be promised for which stock: the cheapest buffers for every target."""

from collections.abc import Callable

from pegboard.planning.positions.exact import cheapest, ladders
from pegboard.planning.positions.problem import Choice, Positions
from pegboard.planning.positions.search import first, improved

POINTS = 150
"""No more targets are tried than this: a curve would not show them."""
SHARE = 10
"""A single target may take this part of the effort for all."""


def best(problem: Positions, target: int, effort: float, bound: int = 0) -> Choice | None:
    """The best choice known to keep a target in ticks; None where there is none.

    `bound` is a value that any choice keeping the target is known to reach; `effort` as in `cheapest`.
    """
    start = first(problem, target)
    if start is None:
        return None
    if start.value <= bound:
        return Choice(start.buffered, start.ticks, start.value, start.value)
    rungs = ladders(problem)
    if rungs is None:
        return improved(problem, target, start, bound)
    return cheapest(problem, rungs, target, effort, start, bound)


def curve(problem: Positions, effort: float, report: Callable[[float], None]) -> list[Choice]:
    """Choices of which none is both shorter and cheaper, the longest lead time first.

    A choice for a shorter target is one for a longer one too, so that bounds carry over. `effort` is for all together.
    """
    nothing, shortest = problem.longest([False] * len(problem.own)), problem.longest(problem.may)
    least = max((nothing - shortest) // POINTS, 1)
    points: list[Choice] = []
    target, bound = nothing, 0
    while (choice := best(problem, target, effort / SHARE, bound)) is not None:
        points.append(choice)
        bound = max(bound, choice.bound)
        if choice.ticks <= shortest:
            break
        target = max(min(choice.ticks - 1, target - least), shortest)
        report((nothing - target) / (nothing - shortest))
    return _undominated(points)


def _undominated(points: list[Choice]) -> list[Choice]:
    """Without those that another one beats in value and in lead time."""
    kept: list[Choice] = []
    for point in reversed(points):
        if not kept or point.value < kept[-1].value:
            kept.append(point)
    return kept[::-1]
