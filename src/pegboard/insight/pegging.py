"""The pegs of a plan as a graph: what serves what over all levels, in which share, and with how much slack.

The slack of a supply to a customer line is the elapsed time by which it can come later before that line's latest dates
are missed. Latest dates are those of a plant whose machines are all free, so slack is an estimate from the plan: only
planning again knows who gives way to whom.
"""

from collections import defaultdict
from functools import cached_property

import msgspec

from pegboard.domain.calendar import receipt_instant
from pegboard.domain.factory import Factory
from pegboard.domain.plan import OperationPlan, OrderPlan, Peg, Plan, PurchasePlan, WorkOrderPlan

SupplyKey = tuple[str, str, str]
"""Kind, name and item of a supply; a work order supplies its by-products under its own name."""


class Supply(msgspec.Struct, frozen=True, gc=False):
    """A supply of a plan: how much of it there is (None where only the factory knows), and from when."""

    kind: str
    name: str
    item: str
    qty: float | None
    available: int

    @property
    def key(self) -> SupplyKey:
        """What pegs know it by."""
        return self.kind, self.name, self.item


class Reach(msgspec.Struct, frozen=True, gc=False):
    """That a supply serves a customer line: how much of it, with how many seconds of slack, and the next peg there.

    The peg is that of the way with the least slack.
    """

    qty: float
    slack: int
    via: Peg


def key_of(peg: Peg) -> SupplyKey:
    """The supply of a peg."""
    return peg.supply_kind, peg.supply, peg.item


class Pegging:
    """The pegs of one plan, indexed from both ends; quantities of stock and purchase orders come from the factory."""

    def __init__(self, plan: Plan, factory: Factory | None = None) -> None:
        self.plan, self.factory = plan, factory
        self.orders: dict[str, OrderPlan] = {o.id: o for o in plan.orders}
        self.works: dict[str, WorkOrderPlan] = {w.wo: w for w in plan.work_orders}
        self.purchases: dict[str, PurchasePlan] = {p.po: p for p in plan.purchases if p.action == "order"}
        self.by_supply: dict[SupplyKey, list[Peg]] = defaultdict(list)
        self.by_demand: dict[tuple[str, str], list[Peg]] = defaultdict(list)
        self._by_work: dict[str, list[Peg]] = defaultdict(list)
        self._pegged: dict[SupplyKey, float] = defaultdict(float)
        for peg in plan.pegs:
            self.by_supply[key_of(peg)].append(peg)
            self.by_demand[peg.demand_kind, peg.demand].append(peg)
            self._pegged[key_of(peg)] += peg.qty
            if peg.supply_kind == "wo":
                self._by_work[peg.supply].append(peg)
        self._reached: dict[str, dict[str, Reach]] = {}

    def latest(self, peg: Peg) -> int:
        """When the demand must have this supply so as to keep its own need date, were all machines free."""
        if peg.demand_kind == "order":
            return self.orders[peg.demand].due
        operation = self.operation(peg)
        if operation is None or operation.step == self._first_step[operation.wo]:
            return self.works[peg.demand].release
        return operation.latest_start

    def leeway(self, peg: Peg) -> int:
        """By how much the need date of the work order that supplies a peg lies before what this demand asks for."""
        return self.latest(peg) - self.works[peg.supply].need

    def reach(self, supply: SupplyKey) -> dict[str, Reach]:
        """The customer lines that a supply serves, by name."""
        found: dict[str, Reach] = {}
        for peg in self.by_supply.get(supply, ()):
            self._add(found, peg, peg.qty, self.latest(peg) - peg.available)
        return found

    def reach_of_work(self, wo: str) -> dict[str, Reach]:
        """The customer lines that a work order serves, by name; `qty` is the share of it, slack that beyond its need.

        Without recursion: parents first, so that a bill of any depth can be followed.
        """
        todo = [wo]
        while todo:
            at = todo[-1]
            pegs = self._by_work.get(at, ())
            open_ = [p.demand for p in pegs if p.demand_kind == "wo" and p.demand not in self._reached]
            if at not in self._reached and open_:
                todo.extend(open_)
                continue
            todo.pop()
            if at not in self._reached:
                found: dict[str, Reach] = {}
                for peg in pegs:
                    self._add(found, peg, peg.qty / self._output(key_of(peg)), self.leeway(peg))
                self._reached[at] = found
        return self._reached[wo]

    def chain(self, supply: SupplyKey, line: str) -> list[Peg]:
        """The pegs from a supply to a customer line, along the way with the least slack."""
        found = [self.reach(supply)[line].via]
        while found[-1].demand_kind == "wo":
            found.append(self.reach_of_work(found[-1].demand)[line].via)
        return found

    def outputs(self, wo: str) -> list[SupplyKey]:
        """What a work order is promised for: its item, and by-products."""
        return sorted({key_of(peg) for peg in self._by_work.get(wo, ())})

    def pegged(self, supply: SupplyKey) -> float:
        """How much of a supply is promised."""
        return round(self._pegged.get(supply, 0.0), 6)

    def excess(self, supply: Supply) -> float | None:
        """What of a supply nobody wants; None where its quantity is not known."""
        return None if supply.qty is None else round(supply.qty - self.pegged(supply.key), 6)

    @cached_property
    def supplies(self) -> dict[SupplyKey, Supply]:
        """All supplies: of the plan, of the pegs, and of the factory if it is known; lots of one name are one."""
        found: dict[SupplyKey, Supply] = {}
        for key, pegs in self.by_supply.items():
            qty = None if key[0] in ("stock", "po") else self.pegged(key)
            found[key] = Supply(*key, qty, max(p.available for p in pegs))
        for work in self.plan.work_orders:
            self._note(found, Supply("wo", work.wo, work.item, work.good_qty, work.end))
        for purchase in self.purchases.values():
            self._note(found, Supply("purchase", purchase.po, purchase.item, purchase.qty, purchase.due))
        if self.factory is not None:
            for supply in stock_and_receipts(self.factory):
                self._note(found, supply)
        return found

    def _note(self, found: dict[SupplyKey, Supply], supply: Supply) -> None:
        """Keep a supply's quantity, and the date of its pegs where it has some."""
        pegged = found.get(supply.key)
        found[supply.key] = msgspec.structs.replace(supply, available=pegged.available) if pegged else supply

    def _add(self, found: dict[str, Reach], peg: Peg, qty: float, slack: int) -> None:
        """The lines that one peg leads to, with the quantities of all ways and the least slack of any."""
        if peg.demand_kind == "order":
            reached = {peg.demand: (1.0, 0)}
        else:
            reached = {line: (r.qty, r.slack) for line, r in self.reach_of_work(peg.demand).items()}
        for line, (share, beyond) in reached.items():
            old = found.get(line)
            total = qty * share + (old.qty if old else 0.0)
            if old is None or slack + beyond < old.slack:
                found[line] = Reach(total, slack + beyond, peg)
            else:
                found[line] = msgspec.structs.replace(old, qty=total)

    def _output(self, key: SupplyKey) -> float:
        """What a work order makes of an item: its good pieces, or of by-products what is promised."""
        work = self.works[key[1]]
        return max(work.good_qty if work.item == key[2] else 0.0, self.pegged(key))

    def operation(self, peg: Peg) -> OperationPlan | None:
        """The operation that draws on a supply, the first one of a divided step; None where no resource is needed."""
        return None if peg.step is None else self._operations.get((peg.demand, peg.step))

    @cached_property
    def _operations(self) -> dict[tuple[str, int], OperationPlan]:
        found: dict[tuple[str, int], OperationPlan] = {}
        for op in self.plan.operations:
            first = found.get((op.wo, op.step))
            if first is None or op.setup_start < first.setup_start:
                found[op.wo, op.step] = op
        return found

    @cached_property
    def _first_step(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for op in self.plan.operations:
            found[op.wo] = min(op.step, found.get(op.wo, op.step))
        return found


def stock_and_receipts(factory: Factory) -> list[Supply]:
    """Usable stock, lots of one name as one, and open purchase orders on the day on which they are expected."""
    found: dict[SupplyKey, Supply] = {}
    for item, lots in factory.lots.items():
        for lot in lots:
            name = f"{item}:{lot.lot}" if lot.lot else item
            old = found.get(("stock", name, item))
            qty = lot.qty + (old.qty or 0.0 if old else 0.0)
            found["stock", name, item] = Supply("stock", name, item, qty, factory.now)
    for item, orders in factory.receipts.items():
        for po in orders:
            when = receipt_instant(po.promised or po.due, factory.calendar, factory.zone)
            left = max(0.0, po.qty - po.received_qty)
            found["po", po.id, item] = Supply("po", po.id, item, left, when)
    return list(found.values())
