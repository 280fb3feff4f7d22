"""A whole factory as one immutable value."""

from datetime import datetime
from typing import Literal

import msgspec

from pegboard.domain.buffer import Buffer, BufferAdjustment, BufferProfile
from pegboard.domain.change import Lock, Pin
from pegboard.domain.item import BomLine, Item, Option, OptionRule, Substitute, Uom
from pegboard.domain.order import Customer, OrderLine
from pegboard.domain.resource import CalendarException, Changeover, Downtime, Resource, Shift, Skill
from pegboard.domain.routing import Route, RoutingAlternate, RoutingNeed, RoutingStep
from pegboard.domain.supply import (
    DemandHistory,
    Forecast,
    ItemSupplier,
    PurchaseOrder,
    StockLot,
    Supplier,
    WorkOrder,
    WorkOrderStep,
)


class PlanningPolicy(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Every switch the domain leaves open (`[policy]` in factory.toml).

    Changes of open purchases are not asked for where they are smaller than `expedite_days`, `defer_days` or, of what is
    open, `change_qty_pct`; what makes a customer late always is.
    """

    net_finished_stock: bool = True
    buffer_trigger: Literal["at_or_below", "below"] = "at_or_below"
    clear_to_build: Literal["reserve", "skip"] = "reserve"
    freeze_minutes: float = 0.0
    allocation: Literal["need", "priority"] = "need"
    queue_time: Literal["minimum", "norm"] = "minimum"
    efficiency_on_setup: bool = True
    supplier_service: float = 0.0
    expedite_days: float = 0.0
    defer_days: float = 5.0
    change_qty_pct: float = 10.0
    large_demand: Literal["propose", "dedicate"] = "propose"


class ObjectiveWeights(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a schedule is judged by (`[objective]` in factory.toml): each weight in days late of one average line.

    One unit is: of `tardiness` a line one day late, of `late_lines` a late line, of `flow` a line one day under way,
    of `earliness` a line complete one day too early, of `setup` one day of setup on a resource, of `wip` the value of
    an average line bound for one day.
    """

    tardiness: float = 1.0
    late_lines: float = 1.0
    flow: float = 0.005
    earliness: float = 0.0
    setup: float = 0.0
    wip: float = 0.0


class Uncertainty(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How sure the data are where no history says so (`[confidence]` in factory.toml).

    Operations take their standard time, times 1 + `operation_bias` on average, with a coefficient of variation of
    `operation_cv`. Finite resources fail after `mtbf_hours` of work on average (0: never) and are repaired in
    `mttr_hours` of open time. Of deliveries `late_pct` percent come late, by `late_days` on average. What yields leave
    as scrap varies by a coefficient of `scrap_cv`.
    """

    operation_cv: float = 0.1
    operation_bias: float = 0.0
    mtbf_hours: float = 0.0
    mttr_hours: float = 4.0
    late_pct: float = 5.0
    late_days: float = 2.0
    scrap_cv: float = 0.5


class RuleLink(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A row of `[[rules]]` in factory.toml: a rule for a group, a horizon, both or all."""

    rule: str
    group: str = ""
    until_days: float | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """factory.toml; `now` is the planning instant, aware."""

    now: datetime
    name: str = ""
    timezone: str = "UTC"
    currency: str = ""
    horizon_days: float = 365.0
    calendar: str = ""
    policy: PlanningPolicy = PlanningPolicy()
    objective: ObjectiveWeights = ObjectiveWeights()
    rules: tuple[RuleLink, ...] = ()
    confidence: Uncertainty = Uncertainty()


class Spoiled(msgspec.Struct, frozen=True, gc=False):
    """A row about an item's making that could not be read: without it the item is not what it should be."""

    item: str
    source: str


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All records of a factory, one tuple per file, each field named as the file; and what could not be read.

    `pins` and `locks` stand in no file of their own: they come of changes alone.
    """

    settings: Settings
    spoiled: tuple[Spoiled, ...] = ()
    pins: tuple[Pin, ...] = ()
    locks: tuple[Lock, ...] = ()
    items: tuple[Item, ...] = ()
    bom: tuple[BomLine, ...] = ()
    substitutes: tuple[Substitute, ...] = ()
    routes: tuple[Route, ...] = ()
    routing: tuple[RoutingStep, ...] = ()
    routing_alternates: tuple[RoutingAlternate, ...] = ()
    routing_needs: tuple[RoutingNeed, ...] = ()
    resources: tuple[Resource, ...] = ()
    skills: tuple[Skill, ...] = ()
    calendars: tuple[Shift, ...] = ()
    calendar_exceptions: tuple[CalendarException, ...] = ()
    changeovers: tuple[Changeover, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    item_suppliers: tuple[ItemSupplier, ...] = ()
    customers: tuple[Customer, ...] = ()
    options: tuple[Option, ...] = ()
    option_rules: tuple[OptionRule, ...] = ()
    buffers: tuple[Buffer, ...] = ()
    buffer_profiles: tuple[BufferProfile, ...] = ()
    buffer_adjustments: tuple[BufferAdjustment, ...] = ()
    uom: tuple[Uom, ...] = ()
    orders: tuple[OrderLine, ...] = ()
    stock: tuple[StockLot, ...] = ()
    purchase_orders: tuple[PurchaseOrder, ...] = ()
    work_orders: tuple[WorkOrder, ...] = ()
    work_order_steps: tuple[WorkOrderStep, ...] = ()
    downtime: tuple[Downtime, ...] = ()
    demand_history: tuple[DemandHistory, ...] = ()
    forecast: tuple[Forecast, ...] = ()


_WITHOUT_FILE = ("settings", "spoiled", "pins", "locks")
FILES: tuple[str, ...] = tuple(name for name in Snapshot.__struct_fields__ if name not in _WITHOUT_FILE)
"""The names of the factory files, without ending, in the order of the contract."""
