"""What is there and what is coming: stock, suppliers, purchase orders, work orders in progress."""

from typing import Literal

from pegboard.domain.record import Moment, Options, Record


class Supplier(Record, frozen=True, kw_only=True):
    """A vendor; its calendar says on which days it takes orders."""

    supplier: str
    name: str = ""
    calendar: str = ""
    weekly_qty: float | None = None


class ItemSupplier(Record, frozen=True, kw_only=True):
    """How one supplier delivers one item; the lowest rank is bought from first."""

    item: str
    supplier: str
    lead_time_days: float | None = None
    lead_time_basis: Literal["calendar", "working"] = "calendar"
    min_qty: float | None = None
    multiple: float | None = None
    price: float | None = None
    rank: int = 1
    expedite_days: float | None = None
    expedite_cost: float | None = None
    uom: str = ""
    uom_factor: float | None = None


class StockLot(Record, frozen=True, kw_only=True):
    """Stock on hand; usable when `free`, from `available_from`, before `expires`, for `reserved_for` alone."""

    item: str
    qty: float
    lot: str = ""
    status: Literal["free", "quality", "blocked"] = "free"
    reserved_for: str = ""
    available_from: Moment | None = None
    expires: Moment | None = None
    options: Options = ()


class PurchaseOrder(Record, frozen=True, kw_only=True):
    """A purchase; while open it is planned to arrive on `promised`, else on `due`. `received` is the day it came."""

    po: str
    line: str = "1"
    item: str
    qty: float
    due: Moment
    supplier: str = ""
    promised: Moment | None = None
    received_qty: float = 0.0
    status: str = ""
    reserved_for: str = ""
    received: Moment | None = None

    @property
    def id(self) -> str:
        """`po/line`; the first line keeps the bare number."""
        return self.po if self.line == "1" else f"{self.po}/{self.line}"


class WorkOrder(Record, frozen=True, kw_only=True):
    """A work order that exists already; `qty` is the started quantity."""

    wo: str
    item: str
    qty: float
    status: Literal["planned", "firm", "released", "started", "done", "closed", "hold", "cancelled"]
    order: str = ""
    due: Moment | None = None
    completed_qty: float = 0.0
    scrapped_qty: float = 0.0
    options: Options = ()


class WorkOrderStep(Record, frozen=True, kw_only=True):
    """Progress of one step of a work order, and where it is pinned when `locked`."""

    wo: str
    step: int
    resource: str = ""
    status: Literal["waiting", "started", "paused", "done"] = "waiting"
    started: Moment | None = None
    finished: Moment | None = None
    good_qty: float = 0.0
    scrapped_qty: float = 0.0
    remaining_min: float | None = None
    locked: bool = False
    start: Moment | None = None


class DemandHistory(Record, frozen=True, kw_only=True):
    """What was used of an item on a day."""

    item: str
    date: Moment
    qty: float


class Forecast(Record, frozen=True, kw_only=True):
    """What is expected to be used of an item from a day on."""

    item: str
    date: Moment
    qty: float
