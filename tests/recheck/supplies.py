"""When and how much of an item is there: stock, open purchase orders and work orders."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.recheck.calendars import Reading
from tests.recheck.factory import Factory
from tests.recheck.facts import Facts
from tests.recheck.formulas import parse_options
from tests.recheck.plan import Plan
from tests.recheck.plan_records import Peg, PlannedLine, WorkOrder
from tests.recheck.records import Step
from tests.recheck.values import DAY, EPS, FOREVER, LineKey, Span, is_bare_date, number


@dataclass(frozen=True)
class Supply:
    """A stock lot or an open purchase order line."""

    name: str
    line: str
    item: str
    qty: float
    available: float
    reserved_for: str
    expires: float
    options: dict[str, str] = field(default_factory=dict)
    supplier: str = ""


class Supplies(Facts):
    """Stock, open receipts and the output of work orders, and how pegs name them."""

    def __init__(self, factory: Factory, plan: Plan, reading: Reading) -> None:
        super().__init__(factory, plan, reading)
        self._available: dict[str, Span] = {}
        self.lots = self._stock()
        self.purchase_orders = self._purchase_orders()
        self.lots_of: dict[str, list[Supply]] = defaultdict(list)
        self.purchase_orders_of: dict[str, list[Supply]] = defaultdict(list)
        for lot in self.lots:
            self.lots_of[lot.item].append(lot)
        for po in self.purchase_orders:
            self.purchase_orders_of[po.item].append(po)
        self.order_ids = self._order_ids()
        self.lines_of_order: dict[str, list[PlannedLine]] = defaultdict(list)
        for line in plan.lines:
            self.lines_of_order[line.key[0]].append(line)

    def after_lags(self, step: Step, end: float, with_wait: bool = True) -> float:
        """When pieces that leave a step at `end` have waited (elapsed) and moved (factory calendar)."""
        return self.book.plant.advance(end + (step.wait_min if with_wait else 0.0), step.move_min)

    def available(self, wo: WorkOrder) -> Span:
        """Earliest and latest instant at which a work order's output may be said to be there.

        "A line is complete at the end of its last operation and move." Reading: a wait (curing) of the last step
        may come before the move or not count.
        """
        if wo.item not in self.factory.items:
            return wo.end, wo.end
        if wo.name not in self._available:
            recipe = self.recipe(wo)
            ends = [op for op in wo.all_operations() if op.step in recipe.last] or wo.all_operations()
            low = max((self.after_lags(recipe.steps[op.step], op.end, False) for op in ends), default=wo.end)
            high = max((self.after_lags(recipe.steps[op.step], op.end) for op in ends), default=wo.end)
            self._available[wo.name] = (low, high)
        return self._available[wo.name]

    def receipt(self, text: str) -> float:
        """ "A receipt dated D is available from the start of the first working interval of D", not before now."""
        if not text:
            return self.now
        at = self.clock.read(text)
        return max(self.now, self.book.plant.first_open(at) if is_bare_date(text) else at)

    def is_past(self, text: str) -> bool:
        """Whether a moment lies before now; of a bare date its receipt too: what is dated Sunday comes on Monday."""
        at = self.clock.read(text)
        if not math.isfinite(self.now):
            return False
        if not is_bare_date(text):
            return at < self.now
        return self.clock.day(at) < self.clock.day(self.now) and self.book.plant.first_open(at) < self.now

    def lots_named(self, peg: Peg) -> list[Supply]:
        """The lots that a peg may mean: of several with one name each of them."""
        lots = self.lots_of[peg.item]
        names = {peg.supply, peg.supply.removeprefix(f"{peg.item}:")}
        return [lot for lot in lots if lot.name in names or (lot.name.startswith("#") and peg.supply == peg.item)]

    def _stock(self) -> list[Supply]:
        """Free usable stock; blocked, inspected and expired lots are not."""
        found: list[Supply] = []
        for i, row in enumerate(self.factory.tables["stock"]):
            expires = FOREVER
            if row.get("expires"):
                text = row["expires"]
                # Reading: a lot that expires on a date may be used through that date.
                expires = self.clock.read(text) + (DAY if is_bare_date(text) else 0.0)
            qty = max(0.0, number(row["qty"]))
            if row.get("status") in {None, "", "free"} and expires > self.now:
                available = self.receipt(row.get("available_from", ""))
                name, options = row.get("lot") or f"#{i}", parse_options(row.get("options", ""))
                reserved_for = row.get("reserved_for", "")
                found.append(Supply(name, "", row["item"], qty, available, reserved_for, expires, options))
        return found

    def _purchase_orders(self) -> list[Supply]:
        """Open receipts, on the supplier's promise where there is one ("plan on promised").

        "An open purchase order dated before now counts for nothing until it has a new date."
        """
        found: list[Supply] = []
        for row in self.factory.tables["purchase_orders"]:
            qty = number(row["qty"]) - number(row.get("received_qty"))
            dated = row.get("promised") or row["due"]
            is_open = row.get("status") not in {"closed", "cancelled", "received", "done", "quote"}
            if qty > EPS and is_open and not row.get("received") and not self.is_past(dated):
                available = self.receipt(dated)
                found.append(
                    Supply(
                        row["po"],
                        row.get("line") or "1",
                        row["item"],
                        qty,
                        available,
                        row.get("reserved_for", ""),
                        FOREVER,
                        supplier=row.get("supplier", ""),
                    )
                )
        return found

    def _order_ids(self) -> dict[str, LineKey]:
        """How a peg may name an order line. Reading: order/line with any separator, or the order of a single line."""
        found: dict[str, LineKey] = {}
        for key in self.factory.order_lines:
            for separator in "/-:.# |_":
                found.setdefault(separator.join(key), key)
        lines = Counter(order for order, _ in self.factory.order_lines)
        for key in self.factory.order_lines:
            if lines[key[0]] == 1:
                found[key[0]] = key
        return found

    def demand_line(self, peg: Peg) -> LineKey | None:
        if (peg.demand, peg.step) in self.factory.order_lines:
            return (peg.demand, peg.step)
        if peg.demand in self.order_ids:
            return self.order_ids[peg.demand]
        same = [key for key, line in self.factory.order_lines.items() if key[0] == peg.demand and line.item == peg.item]
        return same[0] if len(same) == 1 else None

    def purchase_order_lines(self, peg: Peg) -> list[Supply]:
        return [
            po
            for po in self.purchase_orders_of[peg.item]
            if peg.supply in {po.name, *(f"{po.name}{separator}{po.line}" for separator in "/-:.# |_")}
        ]
