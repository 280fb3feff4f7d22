"""A factory ready for planning: the snapshot indexed, cross-checked and its calendars expanded.

`planning.validate` builds it; whatever it could not trust is left out and named in `blocked`.
"""

from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.calendar import Timeline
from pegboard.domain.finding import Finding
from pegboard.domain.item import BomLine, Item, Supply
from pegboard.domain.order import Customer, OrderLine
from pegboard.domain.record import Ids
from pegboard.domain.resource import Resource
from pegboard.domain.routing import Route, RoutingAlternate, RoutingNeed, RoutingStep
from pegboard.domain.snapshot import PlanningPolicy, Snapshot
from pegboard.domain.supply import ItemSupplier, PurchaseOrder, StockLot, WorkOrder, WorkOrderStep
from pegboard.domain.variant import Variants

StepKey = tuple[str, int]
RouteKey = tuple[str, str]
"""An item and one of its alternate routes; the route is blank where the item has none."""


class Member(msgspec.Struct, frozen=True, gc=False):
    """A resource that can fill a need, until an instant (`FAR` where nothing expires).

    `level` is that of the skill by which it can; blank counts as 0, and a name or group knows no levels.
    """

    resource: str
    until: int
    level: float = 0.0


class Factory(msgspec.Struct, frozen=True, kw_only=True):
    """Everything planning looks up, by name. Instants are UTC seconds.

    `bom`, `byproducts` and `routing` hold only usable rows, steps in order of work; `routes` the usable routes by rank
    of items that have alternate ones, and `routing` the steps of each. `suppliers` is who sells an item, first choice
    first; `coproduct_of` the line by which an item comes of the making of another one. `members` resolves resource,
    group and skill names; `blocked` says why an item can't be made or bought anew; `level` is the low-level code, 0 for
    end items. `timelines` has one shared object per distinct calendar, so identity is equality. `bom`, `byproducts`,
    `routing` and `alternates` hold the rows of all variants; `variants` says which of them one variant takes.
    """

    snapshot: Snapshot
    zone: ZoneInfo
    now: int
    horizon: int
    policy: PlanningPolicy
    open_days: Timeline
    always: Timeline
    calendar: Timeline
    timelines: dict[str, Timeline]
    supplier_days: dict[str, Timeline]
    resources: dict[str, Resource]
    members: dict[str, tuple[Member, ...]]
    items: dict[str, Item]
    supply: dict[str, Supply]
    bom: dict[str, tuple[BomLine, ...]]
    byproducts: dict[str, tuple[BomLine, ...]]
    routes: dict[str, tuple[Route, ...]]
    routing: dict[RouteKey, tuple[RoutingStep, ...]]
    alternates: dict[StepKey, tuple[RoutingAlternate, ...]]
    needs: dict[StepKey, tuple[RoutingNeed, ...]]
    suppliers: dict[str, tuple[ItemSupplier, ...]]
    coproduct_of: dict[str, BomLine]
    blocked: dict[str, Finding]
    level: dict[str, int]
    lines: tuple[OrderLine, ...]
    lots: dict[str, tuple[StockLot, ...]]
    receipts: dict[str, tuple[PurchaseOrder, ...]]
    work_orders: dict[str, tuple[WorkOrder, ...]]
    progress: dict[StepKey, WorkOrderStep]
    customers: dict[str, Customer]
    variants: Variants = Variants()

    def priority(self, line: OrderLine) -> int:
        """The line's priority, or its customer's, or 100; lower is more urgent."""
        if line.priority is not None:
            return line.priority
        customer = self.customers.get(line.customer)
        return 100 if customer is None or customer.priority is None else customer.priority

    def weight(self, line: OrderLine) -> float:
        """The cost of a day late: the line's, or its customer's, or 1."""
        if line.weight is not None:
            return line.weight
        customer = self.customers.get(line.customer)
        return 1.0 if customer is None or customer.weight is None else customer.weight

    def first_supplier(self, item: str) -> ItemSupplier | None:
        """Who an item is bought from first; None where nobody is named."""
        return self.suppliers[item][0] if item in self.suppliers else None

    def purchase_unit(self, source: ItemSupplier) -> float:
        """How much of an item's own unit one unit of purchase holds; 0 where it is bought in its own unit."""
        if source.uom_factor is not None:
            return source.uom_factor
        if source.uom in ("", self.items[source.item].uom):
            return 0.0
        return self.conversion(source.item, source.uom) or 0.0

    def conversion(self, item: str, unit: str) -> float | None:
        """The factor from a unit to an item's own, the item's rows before general ones; None where none is given."""
        own = self.items[item].uom
        for name in (item, ""):
            for row in self.snapshot.uom:
                if row.item == name and (row.from_, row.to) == (unit, own):
                    return row.factor
                if row.item == name and (row.to, row.from_) == (unit, own):
                    return 1.0 / row.factor
        return None

    def route_names(self, item: str) -> Ids:
        """The routes of an item by rank; one without name where it has no alternate ones."""
        return tuple(r.route for r in self.routes.get(item, ())) or ("",)

    def able(self, name: str, min_level: float | None) -> tuple[Member, ...]:
        """Those who can fill a need of a resource, group or skill, at a level of the skill or above."""
        found = self.members.get(name, ())
        return found if min_level is None else tuple(m for m in found if m.level >= min_level)

    def candidates(self, name: str) -> Ids:
        """The resources a name stands for: itself, the members of a group, or those with a skill."""
        return tuple(m.resource for m in self.members.get(name, ()))
