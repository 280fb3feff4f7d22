"""Supplies that are bound to one order: reserved for it, or pegged hard."""

from __future__ import annotations

from collections import defaultdict

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import Peg
from tests.recheck.values import EPS


def check_bindings(case: Case, ledger: Ledger) -> None:
    """Reserved supplies and hard pegs."""
    orders = Orders(case)
    check_reserved_stock(case, ledger, orders)
    new: dict[tuple[str, str, str], list[Peg]] = defaultdict(list)
    for peg in case.plan.pegs:
        item = case.factory.items.get(peg.item)
        holders = bound_to(case, peg)
        is_hard = bool(holders) or (item is not None and item.is_hard)
        # Reading: what is made or bought for one large draw on a buffer is bound to it, with all that goes into it.
        may_be_hard = case.factory.dedicates and bool(case.factory.buffered)
        if is_hard or (peg.kind == "hard" and not may_be_hard and not may_be_reserved(case, peg)):
            ledger.test("bindings", is_hard == (peg.kind == "hard"), f"{peg.name} is called {peg.kind}")
        if holders:
            ok = bool(orders.behind(peg) & holders)
            ledger.test("bindings", ok, f"{peg.name} takes what is bound to {', '.join(sorted(holders))}")
        is_new = peg.supply_kind == "purchase" or (
            peg.supply_kind == "wo" and peg.supply not in case.factory.work_orders
        )
        # What fills up a buffer or a stock is made for nobody's draw.
        if item is not None and item.is_hard and is_new and item.policy not in {"buffer", "stock"}:
            new[peg.supply_kind, peg.supply, peg.item].append(peg)
    for (kind, name, of), pegs in new.items():
        # Reading: a work order that serves several orders draws for any of them.
        served = [found for peg in pegs if (found := orders.behind(peg))]
        ok = not served or bool(set.intersection(*served))
        everyone = ", ".join(sorted(set().union(*served)))
        ledger.test("bindings", ok, f"{kind} {name} of {of}, which is pegged hard, serves {everyone}")


class Orders:
    """The customer orders behind a peg, by way of the work orders it feeds."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.feeds: dict[str, list[Peg]] = defaultdict(list)
        for peg in case.plan.pegs:
            if peg.supply_kind == "wo":
                self.feeds[peg.supply].append(peg)

    def behind(self, peg: Peg) -> set[str]:
        found, todo, seen = set[str](), [peg], set[int]()
        while todo:
            current = todo.pop()
            if current.row in seen:
                continue
            seen.add(current.row)
            if current.demand_kind == "order":
                key = self.case.demand_line(current)
                found.add(key[0] if key else current.demand)
            else:
                # Reading: an open work order that names an order draws for that one.
                found |= {self.case.factory.work_orders.get(current.demand, {}).get("order", "")} - {""}
                todo += self.feeds.get(current.demand, [])
        return found


def bound_to(case: Case, peg: Peg) -> set[str]:
    """The open orders that a supply is kept for: "open work orders that name an order, and supplies reserved_for one,
    serve only that one", of work orders where the item is pegged hard."""
    item = case.factory.items.get(peg.item)
    holders: set[str] = set()
    if peg.supply_kind == "stock":
        lots = case.lots_named(peg)
        holders = {lot.reserved_for for lot in lots} if all(lot.reserved_for for lot in lots) else set()
    elif peg.supply_kind == "po":
        holders = {po.reserved_for for po in case.purchase_order_lines(peg)}
    elif peg.supply_kind == "wo" and item is not None and item.is_hard:
        holders = {case.factory.work_orders.get(peg.supply, {}).get("order", "")}
    return holders & open_orders(case)


def may_be_reserved(case: Case, peg: Peg) -> bool:
    """Whether one of several lots of the same name is reserved."""
    return peg.supply_kind == "stock" and any(lot.reserved_for for lot in case.lots_named(peg))


def open_orders(case: Case) -> set[str]:
    return {line.order for line in case.factory.order_lines.values() if line.is_open}


def check_reserved_stock(case: Case, ledger: Ledger, orders: Orders) -> None:
    """Stock with reserved_for serves that order only: what others take must fit the stock that is not reserved."""
    alive = open_orders(case)
    for item in sorted({lot.item for lot in case.lots if lot.reserved_for in alive}):
        holders = {lot.reserved_for for lot in case.lots_of[item] if lot.reserved_for in alive}
        free = sum(lot.qty for lot in case.lots_of[item] if lot.reserved_for not in alive)
        taken = sum(
            peg.qty
            for peg in case.plan.pegs
            if peg.supply_kind == "stock" and peg.item == item and not orders.behind(peg) & holders
        )
        ok = taken <= free + EPS * max(1.0, taken)
        ledger.test(
            "bindings", ok, f"{taken:g} of {item} in stock go to orders it is not reserved for, {free:g} are free"
        )
