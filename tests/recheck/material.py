"""The balance of every item never falls below zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from tests.recheck.case import Case
from tests.recheck.choices import Component
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import WorkOrder
from tests.recheck.values import EPS, MINUTE


def check_material(case: Case, ledger: Ledger) -> None:
    """ "on-hand + receipts - issues = projected, at every instant" (P1), never below zero.

    Components leave at the setup_start of the step that consumes them, order lines at their completion; work orders
    deliver at the end of their last operation and move, their by-products with them.
    """
    events: dict[str, list[tuple[float, int, float, str]]] = defaultdict(list)

    def supply(item: str, at: float, qty: float, what: str) -> None:
        events[item].append((at - MINUTE, 0, qty, what))

    def demand(item: str, at: float, qty: float, what: str) -> None:
        events[item].append((at, 1, -qty, what))

    for lot in case.lots:
        supply(lot.item, lot.available, lot.qty, f"stock {lot.name}")
    for po in case.purchase_orders:
        supply(po.item, po.available, po.qty, f"purchase order {po.name}")
    for purchase in case.plan.purchases:
        if purchase.action in {"order", "increase"} and purchase.due is not None:
            supply(purchase.item, purchase.due, purchase.qty, f"purchase {purchase.po}")
    for wo in case.work_orders.values():
        if wo.item not in case.factory.items:
            continue
        supply(wo.item, case.available(wo)[0], wo.good_qty, f"work order {wo.name}")
        for component in case.components(wo):
            if component.is_byproduct:
                supply(component.item, case.available(wo)[0], component.high, f"by-product of {wo.name}")
            elif component.low > 0:
                for at, qty in draws(wo, component):
                    demand(component.item, at, qty, f"work order {wo.name}")
    add_order_lines(case, demand)
    for item_name, moves in sorted(events.items()):
        sweep_balance(case, ledger, item_name, moves)


def add_order_lines(case: Case, demand: Callable[[str, float, float, str], None]) -> None:
    """Order lines leave at their completion."""
    for line in case.plan.lines:
        known = case.factory.order_lines.get(line.key)
        item = case.factory.items.get(line.item)
        if known and item and line.completion is not None and item.supply != "phantom":
            demand(line.item, line.completion, known.open_qty, f"order line {line.name}")


def draws(wo: WorkOrder, component: Component) -> list[tuple[float, float]]:
    """When and how much: "wanted at the setup_start of the step that consumes it".

    Of the steps that may consume it the last one counts; each part of a split lot draws its share when it begins.
    """
    planned = [wo.operations[step] for step in component.steps if step in wo.operations]
    if not planned:
        return [(wo.start, component.low)]
    parts = max(planned, key=lambda parts: parts[0].setup_start)
    total = sum(op.qty or 1.0 for op in parts)
    return [(op.setup_start, component.low * (op.qty or 1.0) / total) for op in parts]


def sweep_balance(case: Case, ledger: Ledger, item: str, moves: list[tuple[float, int, float, str]]) -> None:
    ledger.count("material", sum(1 for move in moves if move[1]))
    balance, lowest, first = 0.0, 0.0, ""
    for at, _, qty, what in sorted(moves):
        balance += qty
        if balance < -EPS * max(1.0, abs(qty)) - EPS and not first:
            first = f"{what} at {case.show(at)}"
        lowest = min(lowest, balance)
    if first:
        ledger.fault("material", f"{item} falls short, first for {first}, at worst by {-lowest:g}")
