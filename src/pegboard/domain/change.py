"""What may happen to a factory between two plans: a closed union of changes, and the journal row that carries one.

The same records are lines of `changes.jsonl`, rows of a journal and bodies over HTTP. What each does to a snapshot is
decided in `planning/changing`.
"""

from datetime import datetime
from typing import Literal

import msgspec

from pegboard.domain.record import Moment, Options

Wip = Literal["finish", "scrap", "repeg"]
"""What becomes of begun work of a cancelled order: it ends in stock, is thrown away, or goes to whoever needs it."""

PinnedAt = Literal["run", "setup"]


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class _Change(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="change", tag=_snake):
    """Base of all changes; the tag is the name of the class in snake case."""


class SetQuantity(_Change, frozen=True, kw_only=True):
    """An order line wants another quantity in all, what is shipped included. A blank line is the order's only one."""

    order: str
    line: str = ""
    qty: float


class SetDue(_Change, frozen=True, kw_only=True):
    """An order line is due at another moment. A blank line stands for all lines of the order."""

    order: str
    line: str = ""
    due: Moment


class SetPriority(_Change, frozen=True, kw_only=True):
    """An order line becomes more urgent (lower) or less; None: as urgent as its customer says."""

    order: str
    line: str = ""
    priority: int | None


class SetOptions(_Change, frozen=True, kw_only=True):
    """Other values for the options named; the others stay, and one with a blank value is no longer chosen."""

    order: str
    line: str = ""
    options: Options


class AddOrder(_Change, frozen=True, kw_only=True):
    """An order line more: the fields of `OrderLine`. One that was cancelled may be ordered again."""

    order: str
    line: str = "1"
    item: str
    qty: float
    due: Moment
    customer: str = ""
    promised: Moment | None = None
    earliest: Moment | None = None
    priority: int | None = None
    weight: float | None = None
    status: Literal["quote", "open", "hold", "closed", "cancelled"] = "open"
    options: Options = ()
    ship_complete: bool = False
    min_ship_qty: float = 0.0
    shipped_qty: float = 0.0
    entered: Moment | None = None


class CancelOrder(_Change, frozen=True, kw_only=True):
    """Nobody wants an order line, or all lines of an order, any more; `wip` says what becomes of begun work."""

    order: str
    line: str = ""
    wip: Wip = "finish"


class HoldOrder(_Change, frozen=True, kw_only=True):
    """Open lines of an order are left out of planning until they are released."""

    order: str
    line: str = ""


class ReleaseOrder(_Change, frozen=True, kw_only=True):
    """Lines on hold are planned again."""

    order: str
    line: str = ""


class ResourceDown(_Change, frozen=True, kw_only=True):
    """A resource cannot work in a stretch of time.

    Where one from the same start is known, its end is put right; an end that is not after the start takes it back.
    """

    resource: str
    start: Moment
    end: Moment
    reason: str = ""


class AddException(_Change, frozen=True, kw_only=True, tag="calendar_exception"):
    """A calendar, or one resource, is open or closed in a stretch; corrected and taken back like `ResourceDown`."""

    calendar: str
    start: Moment
    end: Moment
    open: bool = False
    reason: str = ""


class Overtime(_Change, frozen=True, kw_only=True):
    """A resource is open in a stretch in which it would be closed; corrected and taken back like `ResourceDown`."""

    resource: str
    start: Moment
    end: Moment
    reason: str = "overtime"


class AddUnits(_Change, frozen=True, kw_only=True):
    """A resource gets units of capacity more, or fewer where negative."""

    resource: str
    units: float


class SupplierDelay(_Change, frozen=True, kw_only=True):
    """An open purchase order, or all of a supplier, comes so many days later than promised, or earlier if negative.

    Without `days` what was promised counts no longer, but the due date. A bare date moves by whole days, rounded up.
    """

    po: str = ""
    supplier: str = ""
    days: float | None = None


class SetLeadTime(_Change, frozen=True, kw_only=True):
    """A supplier's lead time for an item, or for all its items, becomes `days`, or changes by `by`.

    Without supplier it is the item's own; without either number it is no longer known.
    """

    supplier: str = ""
    item: str = ""
    days: float | None = None
    by: float | None = None


class CorrectStock(_Change, frozen=True, kw_only=True):
    """So much is on hand of an item, or of one lot of it."""

    item: str
    lot: str = ""
    qty: float


class Pin(_Change, frozen=True, kw_only=True):
    """One operation, named `WO.STEP`, is held on its resource from the instant its run or its setup starts."""

    operation: str
    resource: str = ""
    start: Moment
    at: PinnedAt = "run"


class Unpin(_Change, frozen=True, kw_only=True):
    """An operation is free again."""

    operation: str


class Lock(_Change, frozen=True, kw_only=True):
    """What an order, an operation, a resource or a stretch of time has in the plan that the change is made on stays.

    All parts that are given must fit; `order` may be an order or an order/line.
    """

    order: str = ""
    operation: str = ""
    resource: str = ""
    start: Moment | None = None
    end: Moment | None = None


class Unlock(_Change, frozen=True, kw_only=True):
    """A lock, written alike, holds no longer."""

    order: str = ""
    operation: str = ""
    resource: str = ""
    start: Moment | None = None
    end: Moment | None = None


class ReportProgress(_Change, frozen=True, kw_only=True):
    """How far one step of a work order is, in full; `completed_qty` is what has left the work order as a whole."""

    wo: str
    step: int
    status: Literal["waiting", "started", "paused", "done"]
    resource: str = ""
    started: Moment | None = None
    finished: Moment | None = None
    good_qty: float = 0.0
    scrapped_qty: float = 0.0
    remaining_min: float | None = None
    completed_qty: float | None = None


class AdjustBuffer(_Change, frozen=True, kw_only=True):
    """A planned factor on a buffer's usage, lead time or zone; a factor of 1 takes one added by a change back."""

    item: str
    kind: Literal["adu", "lead_time", "red", "yellow", "green"]
    factor: float
    start: Moment
    end: Moment


Change = (
    SetQuantity
    | SetDue
    | SetPriority
    | SetOptions
    | AddOrder
    | CancelOrder
    | HoldOrder
    | ReleaseOrder
    | ResourceDown
    | AddException
    | Overtime
    | AddUnits
    | SupplierDelay
    | SetLeadTime
    | CorrectStock
    | Pin
    | Unpin
    | Lock
    | Unlock
    | ReportProgress
    | AdjustBuffer
)


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of a journal: a change, and who made it when and why. `when` is an instant, given from outside."""

    change: Change
    who: str = ""
    when: datetime | None = None
    why: str = ""
