"""Maintenance after so many hours of work or so many operations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.ovens import load_of
from tests.recheck.plan_records import Operation
from tests.recheck.records import Maintenance
from tests.recheck.values import EPS, TOUCH

Count = tuple[float, float]  # hours of work and operations since the last maintenance


@dataclass(frozen=True)
class Use:
    """An operation, or a load of an oven, on the resource that is maintained."""

    start: float
    end: float
    hours: float
    name: str
    is_decided: bool  # begun or pinned by people


def check_maintenance(case: Case, ledger: Ledger) -> None:
    """ "Before an operation that would take either count above its limit, unless both are zero, lies a maintenance:
    from the latest end so far (or now) to its setup_start the resource has at least maintenance_min of open time. Then
    the counts begin at zero"."""
    for name, uses in uses_by_resource(case).items():
        rule = case.factory.resources[name].maintenance
        assert rule is not None
        counts: set[Count] = {(rule.used_hours, rule.used_cycles)}
        latest = case.now
        for use in sorted(uses, key=lambda use: (use.start, use.end)):
            opened = case.book.resource(name).open_between(latest, use.start)
            after = {count for before in counts for count in counted(rule, before, use, opened)}
            what = f"{name} is open for {opened:.1f} min before {use.name}, its maintenance needs {rule.minutes:g}"
            ledger.test("maintenance", bool(after), what)
            counts = after or {(use.hours, 1.0)}
            latest = max(latest, use.end)


def counted(rule: Maintenance, before: Count, use: Use, opened: float) -> set[Count]:
    """The counts after a use; none where a maintenance is due and has no time."""
    on, anew = (before[0] + use.hours, before[1] + 1.0), (use.hours, 1.0)
    is_due = on[0] > rule.hours + EPS or on[1] > rule.cycles + EPS
    if not is_due or before == (0.0, 0.0):
        return {on}
    if use.is_decided:
        return {on, anew}  # Reading: what people began is not held up, and what is counted after it is theirs to say.
    return {anew} if opened >= rule.minutes - TOUCH else set()


def hours_on_primary(case: Case, op: Operation) -> float:
    """ "Setup and run work in hours (on their primary resource)": at the speed of that resource."""
    speed = case.efficiency(op)
    return (op.setup_min / (speed if case.factory.efficiency_on_setup else 1.0) + op.run_min / speed) / 60


def uses_by_resource(case: Case) -> dict[str, list[Use]]:
    """ "The operations that hold the resource in order of setup start, as primary or further resource"; "a load of an
    oven is one cycle with the work of its longest lot"; "only for resources of capacity 1"."""
    grouped: dict[tuple[str, object], Use] = {}
    for i, op in enumerate(case.operations):
        if not case.is_scheduled(op):
            continue
        held = {op.resource, *(name for _, name, _ in case.assignment(op) or ())}
        for name in held:
            resource = case.factory.resources[name]
            if resource.maintenance is None or resource.capacity != 1 or not resource.is_finite:
                continue
            load = load_of(case, op) if name == op.resource else None
            key = (name, load or i)
            hours = hours_on_primary(case, op)
            decided = case.is_pinned(op) or case.is_under_way(op)
            use = grouped.get(key, Use(op.setup_start, op.end, hours, op.name, decided))
            grouped[key] = Use(
                use.start, max(use.end, op.end), max(use.hours, hours), use.name, use.is_decided or decided
            )
    found: dict[str, list[Use]] = defaultdict(list)
    for (name, _), use in grouped.items():
        found[name].append(use)
    return found
