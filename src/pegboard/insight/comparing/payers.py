"""Which order pays for which: whose operation now stands where that of an order which got later used to stand.

Only direct displacement counts: A pays for B where an operation of B that moved or is new holds a resource in time that
an operation of A held before, A's operation starts later or is gone, and A's line is complete later.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from pegboard.domain.plan import OperationPlan, Plan, Row
from pegboard.insight.comparing.lines import LineChange

GAINS = ("new", "sooner", "on_time_again", "planned_again")
PAYS = ("later", "became_late", "became_unplanned")


class Payment(Row, frozen=True, kw_only=True):
    """The line `pays` lost `hours` to the line `gains`, most of them on `resource`; `later_min` is how much it slips.

    Hours are elapsed and counted once for each resource held; `later_min` is None where it is not planned any more.
    """

    pays: str
    gains: str
    resource: str
    hours: float
    later_min: float | None


def payments(before: Plan, after: Plan, lines: Iterable[LineChange]) -> tuple[Payment, ...]:
    """Pairs of a line that got later and one that took its place, the greatest slip first; O(n log n) in operations."""
    changed = list(lines)
    later = {c.id: c.later_min for c in changed if c.kind in PAYS or (c.later_min or 0.0) > 0}
    gaining = {c.id for c in changed if (c.kind in GAINS and c.id not in later) or _grew(c)}
    if not later or not gaining:
        return ()
    old, new = _places(before), _places(after)
    lost = _held(before, set(later), {k for k, t in old.items() if k not in new or new[k][1] > t[1]})
    taken = _held(after, gaining, {k for k, t in new.items() if old.get(k) != t})
    hours: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for resource, mine in taken.items():
        theirs = sorted(lost.get(resource, ()))
        longest = max((end - start for start, end, _ in theirs), default=0)
        for start, end, gains in mine:
            for was, until, pays in theirs[bisect_left(theirs, (start - longest, 0, "")) :]:
                if was >= end:
                    break
                if until > start and pays != gains:
                    hours[pays, gains][resource] += (min(until, end) - max(was, start)) / 3600
    found = [
        Payment(
            pays=pays,
            gains=gains,
            resource=max(sorted(by), key=by.__getitem__),
            hours=round(sum(by.values()), 4),
            later_min=later[pays],
        )
        for (pays, gains), by in hours.items()
    ]
    return tuple(sorted(found, key=_worst_first))


def _worst_first(p: Payment) -> tuple[float, float, str, str]:
    return -float("inf") if p.later_min is None else -p.later_min, -p.hours, p.pays, p.gains


Key = tuple[str, int, int]


def _grew(c: LineChange) -> bool:
    return c.qty is not None and c.qty_before is not None and c.qty > c.qty_before


def _places(plan: Plan) -> dict[Key, tuple[str, int, int]]:
    """Where each operation stands; the parts of a split step are numbered."""
    return {key: (op.resource, op.setup_start, op.end) for key, op in _keyed(plan)}


def _keyed(plan: Plan) -> Iterable[tuple[Key, OperationPlan]]:
    parts: dict[tuple[str, int], int] = defaultdict(int)
    for op in plan.operations:
        parts[op.wo, op.step] += 1
        yield (op.wo, op.step, parts[op.wo, op.step]), op


def _held(plan: Plan, lines: set[str], operations: set[Key]) -> dict[str, list[tuple[int, int, str]]]:
    """By resource the stretches `(start, end, line)` that these operations hold it for these lines."""
    behind = lines_of_works(plan)
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for key, op in _keyed(plan):
        if key in operations:
            for line in behind.get(op.wo, set()) & lines:
                for resource in (op.resource, *op.also):
                    found[resource].append((op.setup_start, op.end, line))
    return found


def lines_of_works(plan: Plan) -> dict[str, set[str]]:
    """The customer lines that each work order serves, over all levels."""
    drawn: dict[str, set[str]] = defaultdict(set)
    found: dict[str, set[str]] = defaultdict(set)
    for peg in plan.pegs:
        if peg.supply_kind == "wo":
            (found if peg.demand_kind == "order" else drawn)[peg.supply].add(peg.demand)
    level = {w.wo: w.level for w in plan.work_orders}
    for wo in sorted(drawn, key=lambda name: (level.get(name, 0), name)):  # parents stand on a lower level
        for parent in drawn[wo]:
            found[wo] |= found.get(parent, set())
    return found
