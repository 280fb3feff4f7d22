"""Which lead times can be promised for which stock: the cheapest buffers for every target."""

from collections.abc import Callable

from pegboard.planning.positions.exact import Ladders, cheapest, ladders
from pegboard.planning.positions.problem import Choice, Positions
from pegboard.planning.positions.search import first, improved

POINTS, ITEM_POINTS = 150, 60_000
"""No more targets are tried than the former, and than the latter over the number of items, but at least a dozen."""
CURVE_RUNGS, TARGET_RUNGS = 4_000, 25_000
"""Problems with longer ladders are not solved exactly: a choice takes a second or two, or ten, at these."""


def best(problem: Positions, target: int, effort: float, bound: int = 0) -> Choice | None:
    """The best choice known to keep a target in ticks; None where there is none.

    `bound` is a value that any choice keeping the target is known to reach; `effort` as in `cheapest`.
    """
    return _best(problem, ladders(problem, TARGET_RUNGS), target, effort, bound)


def curve(problem: Positions, effort: float, report: Callable[[float], None]) -> list[Choice]:
    """Choices of which none is both shorter and cheaper, the longest lead time first.

    A choice for a shorter target is one for a longer one too, so that bounds carry over. `effort` is for each choice.
    """
    n = len(problem.own)
    nothing, shortest = problem.longest([False] * n), problem.longest(problem.may)
    least = max((nothing - shortest) // max(min(POINTS, ITEM_POINTS // n), 12), 1)
    rungs = ladders(problem, CURVE_RUNGS)
    points: list[Choice] = []
    target, bound = nothing, 0
    while (choice := _best(problem, rungs, target, effort, bound)) is not None:
        points.append(choice)
        bound = max(bound, choice.bound)
        if choice.ticks <= shortest:
            break
        target = max(min(choice.ticks - 1, target - least), shortest)
        report((nothing - target) / (nothing - shortest))
    return _undominated(points)


def _best(problem: Positions, rungs: Ladders | None, target: int, effort: float, bound: int) -> Choice | None:
    start = first(problem, target)
    if start is None:
        return None
    if start.value <= bound:
        return Choice(start.buffered, start.ticks, start.value, start.value)
    if rungs is None:
        return improved(problem, target, start, bound)
    return cheapest(problem, rungs, target, effort, start, bound)


def _undominated(points: list[Choice]) -> list[Choice]:
    """Without those that another one beats in value and in lead time."""
    kept: list[Choice] = []
    for point in reversed(points):
        if not kept or point.value < kept[-1].value:
            kept.append(point)
    return kept[::-1]
