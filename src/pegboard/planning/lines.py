"""The order lines to serve: which are open, what they want and by when, and which can never be planned."""

from pegboard.domain.calendar import FAR, demand_instant, receipt_instant
from pegboard.domain.factory import Factory
from pegboard.domain.order import OrderLine
from pegboard.domain.variant import refusal
from pegboard.tables.supply import LeftOut, Line

LARGEST_QTY = 1e9
"""Beyond it work no longer fits whole numbers of microseconds."""


def order_lines(factory: Factory) -> list[Line]:
    """Open lines with a quantity left, sorted by order and line."""
    records = sorted(factory.lines, key=lambda o: (o.order, o.line))
    return [line_of(factory, o) for o in records if o.status == "open" and o.qty > o.shipped_qty]


def line_of(factory: Factory, record: OrderLine) -> Line:
    """A line with what of it is still to be delivered, by when."""
    due = demand_instant(record.due, factory.calendar, factory.zone)
    customer = factory.customers.get(record.customer)
    buffer = int(customer.delivery_buffer_min * 60) if customer else 0
    earliest = -FAR if record.earliest is None else receipt_instant(record.earliest, factory.calendar, factory.zone)
    return Line(
        record=record,
        id=record.id,
        qty=record.qty - record.shipped_qty,
        due=due,
        need=due - buffer,
        earliest=earliest,
        priority=factory.priority(record),
        weight=factory.weight(record),
    )


def hopeless(factory: Factory, line: Line) -> LeftOut | None:
    """Why a line cannot be planned whatever there is; None where it can be tried."""
    if line.record.item not in factory.items:
        return LeftOut("data", f"item {line.record.item} does not exist")
    if line.qty > LARGEST_QTY:
        return LeftOut("data", f"its quantity of {line.qty:g} is more than can be planned ({LARGEST_QTY:g})")
    if line.due > factory.horizon:
        return LeftOut("horizon", "due after the planning horizon")
    if factory.supply[line.record.item] == "phantom":
        return LeftOut("data", f"item {line.record.item} is a phantom and cannot be delivered")
    if line.id in factory.variants.refused:
        return LeftOut("data", refusal(line.record.item, factory.variants.refused[line.id]))
    return None
