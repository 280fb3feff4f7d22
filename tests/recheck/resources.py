"""Who may do an operation, and how much a resource holds at once."""

from __future__ import annotations

import heapq
from collections import defaultdict

from tests.recheck.case import Case
from tests.recheck.holdings import Holding
from tests.recheck.ledger import Ledger
from tests.recheck.ovens import packed
from tests.recheck.values import EPS, TOUCH


def check_eligibility(case: Case, ledger: Ledger) -> None:
    """The primary is "a resource or a group id" of the step or of an alternate; `also` holds one legal member for
    each "(resource, group or skill id)" of its needs."""
    for op in case.operations:
        step, wo = case.step(op), case.work_orders[op.wo]
        if step.is_subcontracted:
            continue
        if op.resource not in case.factory.resources:
            ledger.test("eligibility", False, f"{op.name} is on {op.resource!r}, which is no resource")
            continue
        ledger.test("eligibility", bool(case.modes_on(op)), f"{op.name} of {wo.item} may not run on {op.resource}")
        if step.needs or op.also:
            wanted = ", ".join(need.name for need in step.needs) or "nothing"
            ok = case.assignment(op) is not None
            ledger.test("eligibility", ok, f"{op.name} holds {'; '.join(op.also) or 'nothing'} and needs {wanted}")
        if step.family is not None:
            ok = op.family == step.family
            ledger.test("eligibility", ok, f"{op.name} has family {op.family!r}, its routing {step.family!r}")


def check_capacity(case: Case, ledger: Ledger) -> None:
    """ "capacity (1: how many operations, or units of quantity for labour/space, at once)", for finite resources."""
    by_resource: dict[str, list[Holding]] = defaultdict(list)
    for holding in case.holdings():
        if case.factory.resources[holding.resource].is_finite:
            by_resource[holding.resource].append(holding)
    for holding in case.stored():
        known = case.factory.resources.get(holding.resource)
        if known is not None and known.is_finite:
            by_resource[holding.resource].append(holding)
    loads = packed(case)
    for name, uses in by_resource.items():
        ledger.count("capacity", len(uses))
        sweep_capacity(case, ledger, name, sorted(uses, key=lambda use: (use.start, use.end)), loads)


def sweep_capacity(case: Case, ledger: Ledger, name: str, uses: list[Holding], loads: dict[int, int]) -> None:
    """What is held at once, at every beginning of a holding; a load of an oven counts once, to its latest end."""
    capacity = case.factory.resources[name].capacity
    active: list[tuple[float, int, Holding]] = []
    for n, use in enumerate(uses):
        while active and active[0][0] <= use.start + TOUCH:
            heapq.heappop(active)
        heapq.heappush(active, (use.end, n, use))
        held = [other for _, _, other in active]
        ovens = {loads[one.operation] for one in held if is_in_load(case, one, loads)}
        load = len(ovens) + sum(one.units for one in held if not is_in_load(case, one, loads))
        if load > capacity + EPS:
            culprits = [case.operations[one.operation] for one in held]
            # Two operations that people pinned or began on one resource are a conflict of the data, to be reported.
            if all(case.is_pinned(op) or case.is_under_way(op) for op in culprits):
                continue
            names = ", ".join(sorted({op.name for op in culprits})[:4])
            ledger.fault("capacity", f"{name} carries {load:g} of {capacity:g} at {case.show(use.start)}: {names}")


def is_in_load(case: Case, use: Holding, loads: dict[int, int]) -> bool:
    return use.operation in loads and case.operations[use.operation].resource == use.resource
