"""The plan: what will be made, bought and done when, as the rows of the plan folder.

Instants are UTC seconds since 1970; quantities in the item's unit; durations in minutes.
"""

from typing import Literal

import msgspec

from pegboard.domain.finding import Finding
from pegboard.domain.record import Options

LineStatus = Literal["on_time", "late", "unplanned", "covered"]


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The base of the plan's rows."""


class OrderPlan(Row, frozen=True, kw_only=True):
    """A customer-order line: when it will be complete, and why not sooner."""

    order: str
    line: str
    customer: str
    item: str
    qty: float
    due: int
    completion: int | None
    lateness_min: float | None
    status: LineStatus
    weight: float
    cause: str = ""
    reason: str = ""

    @property
    def id(self) -> str:
        """`order/line`, the name of the line everywhere."""
        return f"{self.order}/{self.line}"


class WorkOrderPlan(Row, frozen=True, kw_only=True):
    """A supply made here. `release` is the latest release that keeps `need`.

    `options` are those that matter to the item, `variant` is a short name for them.
    """

    wo: str
    item: str
    qty: float
    good_qty: float
    status: str
    release: int
    start: int
    end: int
    need: int
    level: int
    options: Options = ()
    variant: str = ""


class OperationPlan(Row, frozen=True, kw_only=True):
    """An operation on its resources: `[setup_start, start)` setup and changeover, `[start, end)` run.

    A divided step has a row for each of its operations, in order of their number; `qty` is what each starts.
    """

    wo: str
    step: int
    name: str
    resource: str
    also: tuple[str, ...]
    family: str
    setup_start: int
    start: int
    end: int
    setup_min: float
    run_min: float
    latest_start: int
    slack_min: float
    status: str
    locked: bool
    qty: float


class PurchasePlan(Row, frozen=True, kw_only=True):
    """A purchase to make, or an open one to change."""

    action: Literal["order", "expedite", "defer", "increase", "decrease", "cancel"]
    po: str
    item: str
    supplier: str
    qty: float
    order_by: int
    due: int
    need: int | None
    cost: float | None
    feasible: bool


class Peg(Row, frozen=True, kw_only=True):
    """A quantity of a supply promised to a demand. `step` names the consuming step of a work order."""

    supply_kind: Literal["stock", "po", "wo", "purchase", "buffer"]
    supply: str
    demand_kind: Literal["order", "wo"]
    demand: str
    step: int | None
    item: str
    qty: float
    available: int
    need: int
    kind: Literal["soft", "hard"]


class BufferPlan(Row, frozen=True, kw_only=True):
    """A DDMRP buffer today."""

    item: str
    adu: float
    dlt_days: float
    tor: float
    toy: float
    tog: float
    on_hand: float
    on_order: float
    qualified_demand: float
    net_flow: float
    priority_pct: float | None
    colour: str
    order_qty: float
    on_hand_pct: float | None
    alert: str
    order_by: int | None
    due: int | None


class Kpis(Row, frozen=True, kw_only=True):
    """The plan in numbers; days are elapsed days of 24 hours."""

    orders: int
    lines_on_time: int
    lines_late: int
    lines_unplanned: int
    on_time_pct: float
    total_tardiness_days: float
    weighted_tardiness_days: float
    max_lateness_days: float
    mean_lead_time_days: float
    makespan_days: float
    setup_hours: float
    utilisation: dict[str, float]
    wip_value: float | None
    inventory_value: float | None
    purchases: int
    engine: str
    seconds: float | None
    objective: float
    bound: float
    gap: float


class Violation(Row, frozen=True, kw_only=True):
    """A broken rule in a schedule, with the names of those who break it."""

    constraint: str
    subject: str
    what: str


class Ignored(Row, frozen=True, kw_only=True):
    """A constraint of the data that the engine did not model, and why."""

    constraint: str
    why: str


class Certificate(Row, frozen=True, kw_only=True):
    """The referee's word on a plan: what was checked, how many instances of each, and what is broken."""

    checked: dict[str, int]
    violations: tuple[Violation, ...]
    ignored: tuple[Ignored, ...]
    factory_hash: str
    plan_hash: str
    seed: int
    version: str


class Plan(Row, frozen=True, kw_only=True):
    """Everything the plan folder says."""

    timezone: str
    now: int
    orders: tuple[OrderPlan, ...]
    work_orders: tuple[WorkOrderPlan, ...]
    operations: tuple[OperationPlan, ...]
    purchases: tuple[PurchasePlan, ...]
    pegs: tuple[Peg, ...]
    buffers: tuple[BufferPlan, ...]
    messages: tuple[Finding, ...]
    kpis: Kpis
    certificate: Certificate


class Places(Row, frozen=True, kw_only=True):
    """Where a plan put its operations, column by column; and by name when work orders ran and how lines came out.

    Several rows of one work order and step are the parts of a split lot, in order. `orders` holds the status and the
    completion of each line.
    """

    wo: list[str]
    step: list[int]
    resource: list[str]
    also: list[tuple[str, ...]]
    setup_start: list[int]
    start: list[int]
    end: list[int]
    status: list[str]
    works: dict[str, tuple[int, int]]
    orders: dict[str, tuple[str, int | None]]

    @property
    def names(self) -> list[str]:
        """Work order and step of each operation."""
        return [f"{wo}.{step}" for wo, step in zip(self.wo, self.step, strict=True)]


def places_of(plan: Plan) -> Places:
    """Where a plan put its operations."""
    rows = plan.operations
    return Places(
        wo=[o.wo for o in rows],
        step=[o.step for o in rows],
        resource=[o.resource for o in rows],
        also=[o.also for o in rows],
        setup_start=[o.setup_start for o in rows],
        start=[o.start for o in rows],
        end=[o.end for o in rows],
        status=[o.status for o in rows],
        works={w.wo: (w.start, w.end) for w in plan.work_orders},
        orders={o.id: (o.status, o.completion) for o in plan.orders},
    )
