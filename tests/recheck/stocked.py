"""Items of policy `stock` end above their safety stock."""

from __future__ import annotations

from tests.recheck.buffers import is_excused, made_or_bought
from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.values import EPS


def check_stocked(case: Case, ledger: Ledger) -> None:
    """ "Netted day by day against safety_stock, orders and what these leave of its forecast": all that is there, open
    and new less all that is drawn leaves at least the safety stock."""
    for name, item in case.factory.items.items():
        if item.policy != "stock" or item.safety_stock <= 0:
            continue
        stock = sum(lot.qty for lot in case.lots_of[name])
        opened = sum(po.qty for po in case.purchase_orders_of[name])
        gained = (part for wo in case.work_orders.values() for part in case.components(wo) if part.is_byproduct)
        opened += sum(part.high for part in gained if part.item == name)
        opened += sum(
            wo.good_qty for wo in case.work_orders.values() if wo.item == name and wo.name in case.factory.work_orders
        )
        drawn = sum(peg.qty for peg in case.plan.pegs if peg.item == name)
        left = stock + opened + sum(made_or_bought(case, name)) - drawn
        ok = left >= item.safety_stock - EPS or is_excused(case, name)
        ledger.test("stocked", ok, f"{left:g} of {name} are left at the end, its safety stock is {item.safety_stock:g}")
