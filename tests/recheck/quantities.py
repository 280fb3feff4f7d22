"""Quantities and times of work orders."""

from __future__ import annotations

import math

from tests.recheck.case import Case
from tests.recheck.factory import IDLE
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import WorkOrder
from tests.recheck.values import EPS, MINUTE, is_multiple, number, round_up, same_amount


def check_quantities(case: Case, ledger: Ledger) -> None:
    """ "started = good / yields, rounded up to the item's decimals"; minimum, multiple and maximum of make items."""
    for wo in case.work_orders.values():
        item = case.factory.items.get(wo.item)
        if item is None or wo.name in case.factory.work_orders:
            continue  # what is open already keeps its own quantity
        ledger.test("quantities", item.supply == "make", f"{wo.name} makes {wo.item}, which is a {item.supply} item")
        recipe = case.recipe(wo)
        first = min(recipe.steps, default=None)
        totals = recipe.rest_yields[first] if first is not None else (item.yield_,)
        ok = any(started_fits(wo, total, item.decimals) for total in totals)
        claim = f"{wo.name} starts {wo.qty:g} for {wo.good_qty:g} good"
        ledger.test("quantities", ok, f"{claim} at a yield of {totals[0]:g}")
        minimum, multiple, maximum = item.lot
        # Reading: the lot rules bind what is started or what is good.
        both = (wo.qty, wo.good_qty)
        ledger.test("quantities", max(both) >= minimum - EPS, f"{wo.name} is below the minimum {minimum:g}")
        ok = any(is_multiple(qty, multiple) for qty in both) or (maximum > 0 and maximum in both)
        ledger.test("quantities", ok, f"{wo.name} starts {wo.qty:g}, no multiple of {multiple:g}")
        ok = maximum <= 0 or maximum < minimum or min(both) <= maximum + EPS
        ledger.test("quantities", ok, f"{wo.name} starts {wo.qty:g}, above the maximum {maximum:g}")


def started_fits(wo: WorkOrder, total_yield: float, decimals: int) -> bool:
    """Reading: a quantity started for a lot rule leaves a good quantity rounded down, or as it comes."""
    exact = same_amount(wo.qty, round_up(wo.good_qty / total_yield, decimals))
    scale = 10**decimals
    down = same_amount(wo.good_qty, math.floor(wo.qty * total_yield * scale + EPS) / scale)
    return wo.qty > 0 and wo.good_qty <= wo.qty * total_yield + 1e-3 and (exact or down)


def check_work_orders(case: Case, ledger: Ledger) -> None:
    """work_orders.csv start and end agree with its operations; one without routing takes its lead time."""
    for wo in case.work_orders.values():
        if wo.item not in case.factory.items:
            continue
        if not wo.operations:
            days = (case.clock.day(wo.end) - case.clock.day(wo.start)).days
            # Reading: calendar or working days, the first and the last may both count.
            ok = wo.name in case.factory.work_orders or days >= math.ceil(case.factory.items[wo.item].lead_days) - 1
            ledger.test("work-orders", ok, f"{wo.name} without routing takes {days} days, less than its lead time")
            continue
        recipe, ops = case.recipe(wo), wo.all_operations()
        start, end = min(op.setup_start for op in ops), max(op.end for op in ops)
        ok = abs(wo.start - start) <= MINUTE
        ledger.test("work-orders", ok, f"{wo.name} starts {case.show(wo.start)}, its operations {case.show(start)}")
        # Reading: an order ends with its last operation, or after that one's wait and move.
        ends = [end, *case.available(wo), max(op.end + recipe.steps[op.step].wait_min for op in ops)]
        ok = any(abs(wo.end - value) <= MINUTE for value in ends)
        ledger.test("work-orders", ok, f"{wo.name} ends {case.show(wo.end)}, its operations {case.show(end)}")
    for name in case.plan.unscheduled:
        ok = case.factory.work_orders.get(name, {}).get("status") in IDLE
        ledger.test("work-orders", ok, f"{name} has no start or no end")
    for name, row in case.factory.work_orders.items():
        wanted = number(row["qty"]) - number(row.get("completed_qty")) - number(row.get("scrapped_qty")) > EPS
        if row.get("status") in {"firm", "released", "started"} and wanted and row["item"] in case.factory.items:
            ledger.test("work-orders", name in case.work_orders, f"open work order {name} is not in the plan")
