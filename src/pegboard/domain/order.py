"""Customers and the lines of their orders."""

from typing import Literal

from pegboard.domain.record import Moment, Options, Record


class Customer(Record, frozen=True, kw_only=True):
    """Defaults for a customer's orders; `delivery_buffer_min` pulls the wanted date ahead of the due date."""

    customer: str
    name: str = ""
    priority: int | None = None
    weight: float | None = None
    delivery_buffer_min: float = 0.0


class OrderLine(Record, frozen=True, kw_only=True):
    """One line of a customer order. Lower `priority` is more urgent; `weight` is the cost of a day late."""

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

    @property
    def id(self) -> str:
        """`order/line`, the name of the line everywhere."""
        return f"{self.order}/{self.line}"
