"""The use case of where to buffer: from a factory to stock against lead time, and the choice for a target."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from pegboard.app.files import read
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error, in_order, warning
from pegboard.insight.positions import Advice, Position, Quote, point, position_rows, quotes
from pegboard.planning.leadtime import Levels, buffered_items, levels
from pegboard.planning.positions.build import Worth, positions
from pegboard.planning.positions.curve import best, curve
from pegboard.planning.positions.problem import TICKS, Choice, Positions
from pegboard.planning.positions.worth import daily_usage, unit_costs, uses
from pegboard.planning.validate import validate
from pegboard.tables.process import ProcessTable

Report = Callable[[str, float], None]
EFFORT = 3.0
"""Deterministic seconds of the solver for one choice of the curve; a target may take ten times as much."""


@dataclass(frozen=True)
class Advised:
    """The advice, if any can be given, the factory's name, and every finding."""

    advice: Advice | None
    name: str
    findings: list[Finding]


def advise(path: Path, items: Collection[str], target_days: float | None, report: Report) -> Advised:
    """Where to buffer so that items, the ordered finished ones if none is named, can be promised within a target."""
    reading = read(path)
    if reading.snapshot is None:
        return Advised(None, "", in_order(reading.findings))
    factory, faults = validate(reading.snapshot)
    name = reading.snapshot.settings.name
    table = ProcessTable(factory)
    found, worth, told = levels(factory, table), *_worth(factory, table)
    wanted = _wanted(factory, worth, items)
    if not wanted:
        what = "none of the items can be supplied" if items else "no finished item can be supplied"
        nothing = error("B241", "lead times", f"{what}, so there is nothing to promise", "mend the other findings")
        return Advised(None, name, in_order([*reading.findings, *faults, nothing]))
    problem = positions(factory, found, worth, wanted)
    advice, more = _advice(factory, found, worth, problem, target_days, report)
    return Advised(advice, name, in_order([*told, *more]))


def _advice(
    factory: Factory, found: Levels, worth: Worth, problem: Positions, target_days: float | None, report: Report
) -> tuple[Advice, list[Finding]]:
    points = curve(problem, EFFORT, lambda share: report("looking for the cheapest buffers", 0.9 * share))
    today = buffered_items(factory)
    now = _as_it_is(problem, today)
    choice, told = None, list[Finding]()
    target = 0 if target_days is None else round(target_days * TICKS)
    if target_days is not None:
        choice, told = _chosen(problem, points, target)
    names = [problem.names[i] for i in problem.wanted]
    then = today if choice is None else frozenset(n for n, b in zip(problem.names, choice.buffered, strict=True) if b)
    rows: tuple[Position, ...] = ()
    if choice is not None:
        rows = position_rows(problem, choice, target, worth.adu, worth.cost)
    promised: tuple[Quote, ...] = quotes(found, today, then, names)
    report("done", 1.0)
    return (
        Advice(
            factory.snapshot.settings.currency,
            len(names),
            sum(problem.may),
            point(problem, now),
            tuple(point(problem, p) for p in points),
            target_days,
            None if choice is None else point(problem, choice),
            rows,
            promised,
        ),
        told,
    )


def _chosen(problem: Positions, points: list[Choice], target: int) -> tuple[Choice | None, list[Finding]]:
    """The choice for a target: the curve's where it is exact, else one that is looked for anew."""
    longer = [p for p in points if p.ticks > target]
    kept = next((p for p in points if p.ticks <= target), None)
    if kept is None:
        shortest = points[-1]
        ticks = problem.ticks(shortest.buffered)
        worst = max(problem.wanted, key=lambda i: (ticks[i], problem.names[i]))
        what = f"{problem.names[worst]} takes {ticks[worst] / TICKS:.2f} d with every buffer there may be"
        advice = f"take {shortest.ticks / TICKS:.2f} d as the target, or shorten what is left of its lead time"
        return None, [error("B242", problem.names[worst], f"{what}, more than {target / TICKS:g} d", advice)]
    if kept.is_exact:
        return kept, []
    bound = max((p.bound for p in longer), default=0)
    anew = best(problem, target, EFFORT * 10, bound)
    return (kept if anew is None or anew.value > kept.value else anew), []


def _as_it_is(problem: Positions, buffered: Collection[str]) -> Choice:
    """The buffers of today as a choice; the stock of those that had better not be buffered is not counted."""
    flags = tuple(name in buffered for name in problem.names)
    ticks = problem.ticks(flags)
    value = sum(problem.stock(i, t) for i, t in enumerate(ticks) if flags[i] and problem.may[i])
    return Choice(flags, problem.longest(flags), value, value)


def _worth(factory: Factory, table: ProcessTable) -> tuple[Worth, list[Finding]]:
    """Usage and value of all items, and what is not known of them."""
    taken = uses(factory, table)
    adu, cost = daily_usage(factory, taken), unit_costs(factory, table, taken)
    unknown = [i for i in sorted(factory.items) if adu[i] > 0 and cost[i] <= 0 and factory.supply[i] != "phantom"]
    if not any(cost.values()):
        what = "no item has a cost, a price or work that costs: a unit of each counts as 1"
        advice = "give unit_cost in items.csv, price in item_suppliers.csv or cost_per_hour in resources.csv"
        return Worth(adu, dict.fromkeys(cost, 1.0)), [warning("B243", "unit_cost", what, advice)]
    if unknown:
        what = f"nothing tells the cost of {len(unknown)} items, such as {unknown[0]}: their stock counts as free"
        return Worth(adu, cost), [warning("B243", unknown[0], what, "give unit_cost in items.csv")]
    return Worth(adu, cost), []


def _wanted(factory: Factory, worth: Worth, items: Collection[str]) -> set[str]:
    """The items asked for; else the finished ones that are ordered; else all that nothing is made of."""
    usable = {i for i in factory.items if i not in factory.blocked}
    if items:
        return usable & set(items)
    inside = {line.component for rows in factory.bom.values() for line in rows}
    ends = usable - inside
    return {i for i in ends if worth.adu[i] > 0} or ends
