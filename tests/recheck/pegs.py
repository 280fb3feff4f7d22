"""Pegs link supplies to demands, in quantity and in time."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from tests.recheck.case import Case
from tests.recheck.choices import Component
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import Operation, Peg, WorkOrder
from tests.recheck.values import EPS, FOREVER, MINUTE, LineKey, Span, as_number, same_amount


def check_pegs(case: Case, ledger: Ledger) -> None:
    """ "sum of pegs of a supply <= its quantity; of a demand = its quantity; pegging is acyclic" (2.4, P2)."""
    for peg in case.plan.pegs:
        ledger.test("pegs", peg.qty > 0, f"{peg.name} has quantity {peg.qty:g}")
    check_peg_supplies(case, ledger)
    check_peg_demands(case, ledger)
    check_peg_times(case, ledger)
    check_peg_cycles(case, ledger)


def check_peg_supplies(case: Case, ledger: Ledger) -> None:
    """No supply gives more than it has."""
    given: dict[tuple[str, str, str], float] = defaultdict(float)
    for peg in case.plan.pegs:
        if peg.supply_kind == "stock":
            given["stock", "", peg.item] += peg.qty
            if case.lots_named(peg):
                given["lot", peg.supply, peg.item] += peg.qty
        else:
            given[peg.supply_kind, peg.supply, peg.item] += peg.qty
    for (kind, name, item), qty in given.items():
        limit = supply_quantity(case, kind, name, item)
        label = " ".join(part for part in (kind, name) if part)
        ok = qty <= limit + EPS * max(1.0, qty)
        ledger.test("pegs", ok, f"{label} of {item} is pegged for {qty:g} and has {limit:g}")


def supply_quantity(case: Case, kind: str, name: str, item: str) -> float:
    if kind == "stock":
        return sum(lot.qty for lot in case.lots_of[item])
    if kind == "lot":
        return sum(lot.qty for lot in case.lots_named(Peg(0, "stock", name, "", "", "", item, 0.0, None, None, "")))
    if kind == "purchase":
        rows = (p for p in case.plan.purchase_rows.get(name, []) if p.item == item and p.action == "order")
        return sum(purchase.qty for purchase in rows)
    if kind == "po":
        peg = Peg(0, kind, name, "", "", "", item, 0.0, None, None, "")
        changes = [p for p in case.plan.purchase_rows.get(name, []) if p.item == item]
        if any(p.action == "cancel" for p in changes):
            return 0.0
        more = sum(p.qty for p in changes if p.action == "increase")
        return sum(po.qty for po in case.purchase_order_lines(peg)) + more
    wo = case.work_orders.get(name)
    if wo is None or kind == "buffer":  # "pegs name the order waited for"
        return 0.0
    own = wo.good_qty if wo.item == item else 0.0
    return own + sum(c.high for c in case.components(wo) if c.is_byproduct and c.item == item)


def check_peg_demands(case: Case, ledger: Ledger) -> None:
    """Every planned line and every component of a work order is pegged for what it requires, no more and no less."""
    to_lines: dict[tuple[LineKey, str], float] = defaultdict(float)
    to_orders: dict[tuple[str, str], float] = defaultdict(float)
    for peg in case.plan.pegs:
        if peg.demand_kind == "wo":
            to_orders[peg.demand, peg.item] += peg.qty
            continue
        key = case.demand_line(peg)
        ledger.test("pegs", key is not None, f"{peg.name} is for no order line")
        if key is not None:
            to_lines[key, peg.item] += peg.qty
    for line in case.plan.lines:
        known, item = case.factory.order_lines.get(line.key), case.factory.items.get(line.item)
        if line.status == "unplanned" or known is None or item is None or item.supply == "phantom":
            continue
        got = to_lines.get((line.key, line.item), 0.0)
        ok = same_amount(got, known.open_qty)
        wanted = f"{known.open_qty:g} of {line.item}"
        ledger.test("pegs", ok, f"order line {line.name} is pegged for {got:g}, requires {wanted}")
    for key, item_name in to_lines:
        known = case.factory.order_lines[key]
        phantom = case.factory.items.get(known.item)
        ok = item_name == known.item or (phantom is not None and phantom.supply == "phantom")
        ledger.test("pegs", ok, f"order line {known.name} for {known.item} is pegged to {item_name}")
    check_component_pegs(case, ledger, to_orders)


def check_component_pegs(case: Case, ledger: Ledger, to_orders: dict[tuple[str, str], float]) -> None:
    required: dict[tuple[str, str], Span] = {}
    for wo in case.work_orders.values():
        if wo.item not in case.factory.items:
            continue
        raw: dict[str, list[Component]] = defaultdict(list)
        for component in case.components(wo):
            if not component.is_byproduct:
                raw[component.item].append(component)
        for item, parts in raw.items():
            required[wo.name, item] = (sum(part.low for part in parts), sum(part.high for part in parts))
    for key, (low, high) in required.items():
        got = to_orders.get(key, 0.0)
        ok = low - EPS * max(1.0, low) <= got <= high + EPS * max(1.0, high)
        ledger.test("pegs", ok, f"work order {key[0]} is pegged for {got:g} of {key[1]}, requires {low:g}")
    for key in to_orders:
        ledger.test("pegs", key in required, f"work order {key[0]} is pegged to {key[1]}, which it does not consume")


def check_peg_times(case: Case, ledger: Ledger) -> None:
    """ "no work order starts before its pegged supplies are available" (P3), at the step that consumes them."""
    completions = {line.key: line.completion for line in case.plan.lines if line.completion is not None}
    for peg in case.plan.pegs:
        actual = supply_time(case, peg)
        if peg.available is not None and actual is not None:
            ok = peg.available >= actual - MINUTE
            ledger.test("pegs", ok, f"{peg.name} says available {case.show(peg.available)}, it is {case.show(actual)}")
        wo = case.work_orders.get(peg.demand) if peg.demand_kind == "wo" else None
        if peg.demand_kind == "wo" and (wo is None or wo.item not in case.factory.items):
            ledger.test("pegs", False, f"{peg.name} is for no work order of the plan")
        available = max(peg.available or -FOREVER, actual if actual is not None else -FOREVER)
        key = case.demand_line(peg) if peg.demand_kind == "order" else None
        if key is not None and key in completions:
            ok = available <= completions[key] + MINUTE
            done = case.show(completions[key])
            ledger.test("pegs", ok, f"{peg.name} is available {case.show(available)}, the line is complete {done}")
        if wo is None or wo.item not in case.factory.items or not math.isfinite(available):
            continue
        used = consumption_of(case, wo, peg)
        if used is None:
            ledger.test("pegs", False, f"{peg.name} names step {peg.step}, which does not consume it")
            continue
        ok = available <= used + MINUTE
        ledger.test("pegs", ok, f"{peg.name} is available {case.show(available)}, the step begins {case.show(used)}")
        lots = case.lots_named(peg) if peg.supply_kind == "stock" else []
        if lots:
            ok = used <= max(lot.expires for lot in lots) + MINUTE
            ledger.test("pegs", ok, f"{peg.name} is used after it expires")


def consumers_of(case: Case, wo: WorkOrder, peg: Peg) -> list[Operation]:
    """The planned operations of the step that uses what a peg brings; none where several steps may."""
    steps = {step for part in case.components(wo) if part.item == peg.item for step in part.steps}
    named = as_number(peg.step)
    at = {int(named)} if named is not None else steps
    found = [op for step in at for op in wo.operations.get(step, [])] if len(at) == 1 else []
    # Of a split step it is the part that begins when the peg says that it is needed.
    named_part = [op for op in found if peg.need is not None and abs(op.setup_start - peg.need) <= MINUTE]
    return named_part or found


def consumption_of(case: Case, wo: WorkOrder, peg: Peg) -> float | None:
    """The setup_start at which a work order uses what a peg brings; None when the named step does not use it."""
    steps = [step for part in case.components(wo) if part.item == peg.item for step in part.steps]
    if not steps or not wo.operations:
        return wo.start
    named = as_number(peg.step)
    if named is not None and int(named) not in steps:
        return None
    at = [int(named)] if named is not None else steps
    return max(wo.starts_of(at), default=wo.start)  # the balance sees to the parts of a split lot one by one


def supply_time(case: Case, peg: Peg) -> float | None:
    """When a pegged supply is there by our own account; None where that cannot be told."""
    if peg.supply_kind == "wo" and peg.supply in case.work_orders:
        wo = case.work_orders[peg.supply]
        if wo.item == peg.item or any(c.is_byproduct and c.item == peg.item for c in case.components(wo)):
            return case.available(wo)[0]
    if peg.supply_kind == "purchase":
        dues = [p.due for p in case.plan.purchase_rows.get(peg.supply, []) if p.item == peg.item and p.due is not None]
        return min(dues, default=None)
    if peg.supply_kind == "po":
        return min((po.available for po in case.purchase_order_lines(peg)), default=None)
    if peg.supply_kind == "stock":
        same = case.lots_of[peg.item]
        named = case.lots_named(peg)
        return min((lot.available for lot in named or same), default=None)
    return None


def check_peg_cycles(case: Case, ledger: Ledger) -> None:
    """No work order supplies itself, directly or through others."""
    feeds: dict[str, list[str]] = defaultdict(list)
    for peg in case.plan.pegs:
        if peg.supply_kind == "wo" and peg.demand_kind == "wo":
            feeds[peg.supply].append(peg.demand)
    waiting = Counter(demand for demands in feeds.values() for demand in demands)
    ready = [name for name in feeds if not waiting[name]]
    while ready:
        for demand in feeds.get(ready.pop(), []):
            waiting[demand] -= 1
            if not waiting[demand]:
                ready.append(demand)
    stuck = sorted(name for name, n in waiting.items() if n > 0)
    ledger.test("pegs", not stuck, f"pegs run in a circle through {', '.join(stuck[:5])}")
