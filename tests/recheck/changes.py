"""Changes that a plan proposes to open purchase orders, and the life of what is bought."""

from __future__ import annotations

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.pegs import consumers_of
from tests.recheck.values import DAY, EPS, MINUTE, TOUCH, Row, number


def check_changes(case: Case, ledger: Ledger) -> None:
    """ "action order/expedite/defer/increase/decrease/cancel": all but the first change an open purchase order."""
    for purchase in case.plan.purchases:
        if purchase.action == "order":
            continue
        rows = [row for row in case.factory.tables["purchase_orders"] if is_named(row, purchase.po)]
        name = f"{purchase.action} of {purchase.po}"
        ok = any(row["item"] == purchase.item for row in rows)
        ledger.test("changes", ok, f"{name} for {purchase.item} names no purchase order of it")
        open_qty = sum(number(row["qty"]) - number(row.get("received_qty")) for row in rows)
        ledger.test("changes", open_qty > EPS, f"{name}, of which nothing is open")
        # Reading: the quantity is that of the change, or what the order comes to.
        ok = purchase.qty >= 0 and (purchase.action == "increase" or purchase.qty <= open_qty + EPS)
        ledger.test("changes", ok, f"{name} by {purchase.qty:g}, open are {open_qty:g}")
        if ok and rows and purchase.action in {"expedite", "defer"}:
            dates = [row.get("promised") or row["due"] for row in rows]
            dated = max(case.clock.read(text) for text in dates)
            # Reading: what cannot come sooner is expedited to the day on which it comes.
            latest = max(dated + DAY, *(case.receipt(text) for text in dates))
            is_earlier = purchase.due is not None and purchase.due <= latest + MINUTE
            is_later = purchase.due is not None and purchase.due > dated - MINUTE
            ok = is_earlier if purchase.action == "expedite" else is_later
            ledger.test("changes", ok, f"{name} to {case.show(purchase.due)}, it is dated {case.show(dated)}")


def is_named(row: Row, name: str) -> bool:
    line = row.get("line") or "1"
    return name in {row["po"], *(f"{row['po']}{separator}{line}" for separator in "/-:.# |_")}


def check_bought_life(case: Case, ledger: Ledger) -> None:
    """ "Shelf life of a bought item runs from its arrival: an operation that draws on a purchase starts its setup
    within it"."""
    for peg in case.plan.pegs:
        item, wo = case.factory.items.get(peg.item), case.work_orders.get(peg.demand)
        days = item.shelf_life_days if item is not None and item.supply == "buy" else None
        if days is None or wo is None or peg.demand_kind != "wo" or peg.available is None:
            continue
        if peg.supply_kind != "purchase":  # Reading: an open purchase order comes when it comes.
            continue
        for op in consumers_of(case, wo, peg):
            if case.is_under_way(op) or case.is_pinned(op):
                continue
            age = (op.setup_start - peg.available) / DAY
            said = f"{op.name} draws on {peg.supply} {age:.3f} days after its arrival, {peg.item} keeps {days:g}"
            ledger.test("shelf-life", age <= days + TOUCH / DAY, said)
