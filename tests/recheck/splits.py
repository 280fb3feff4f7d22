"""Lots that are split, and the route that a work order takes."""

from __future__ import annotations

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import Operation
from tests.recheck.routes import allowed_routes
from tests.recheck.values import EPS, same_amount


def check_splits(case: Case, ledger: Ledger) -> None:
    """ "The step is divided into equal operations, each with its own setup"; their quantities add up to the step's."""
    for wo in case.work_orders.values():
        for parts in wo.operations.values():
            if any(op.qty is not None for op in parts):
                check_sum(case, ledger, parts)
            if len(parts) > 1:
                check_parts(case, ledger, parts)


def check_sum(case: Case, ledger: Ledger, parts: list[Operation]) -> None:
    first = parts[0]
    total = sum(op.qty or 0.0 for op in parts)
    whole = case.step_quantities(case.work_orders[first.wo], first.step)
    ok = any(same_amount(total, qty) for qty in whole) or case.is_under_way(first)
    ledger.test("split", ok, f"{first.name} says it starts {total:g}, it is {whole[0]:g}")


def check_parts(case: Case, ledger: Ledger, parts: list[Operation]) -> None:
    step, name = case.step(parts[0]), parts[0].name
    decimals = case.factory.items[case.work_orders[parts[0].wo].item].decimals
    sizes = [case.started(op) for op in parts]
    most = step.max_split
    ledger.test("split", len(parts) <= most, f"{name} is planned {len(parts)} times, split {most} times at most")
    ok = min(sizes) >= step.split_min_qty - EPS
    ledger.test("split", ok, f"{name} has a part of {min(sizes):g}, none may be below {step.split_min_qty:g}")
    # Reading: parts are equal but for one unit of rounding.
    ok = max(sizes) - min(sizes) <= 10.0**-decimals + EPS
    ledger.test("split", ok, f"{name} has parts from {min(sizes):g} to {max(sizes):g}")


def check_routes(case: Case, ledger: Ledger) -> None:
    """ "A work order's steps are those of one route" that it may take."""
    for wo in case.work_orders.values():
        if wo.item not in case.factory.items or not case.factory.routes[wo.item]:
            continue
        allowed = allowed_routes(case.factory, wo)
        ok = wo.route in allowed or (not wo.route and wo.name in case.factory.work_orders)
        routes = ", ".join(allowed) or "no route"
        ledger.test("routes", ok, f"{wo.name} of {wo.item} takes route {wo.route!r}, at its need {routes} is open")
