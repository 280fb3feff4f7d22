"""Order lines that want more, less, another date, another variant, or nothing; and those that are new.

What becomes of the work orders and reservations behind them is decided in `unwinding.py`.
"""

from typing import Any

import msgspec

from pegboard.domain.change import (
    AddOrder,
    CancelOrder,
    HoldOrder,
    ReleaseOrder,
    SetDue,
    SetOptions,
    SetPriority,
    SetQuantity,
)
from pegboard.domain.finding import Finding, error, warning
from pegboard.domain.order import OrderLine
from pegboard.domain.record import Options
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing.applied import (
    ADDED,
    Applied,
    applied,
    inserted,
    is_past,
    place_of,
    put,
    quantity_faults,
    refused,
    said_moment,
    unknown,
)
from pegboard.planning.changing.unwinding import LIVE, cancelled, freed_names, reconfigured, resized
from pegboard.planning.check_options import check_options
from pegboard.planning.faults import Faults

OfLines = SetQuantity | SetDue | SetPriority | SetOptions | CancelOrder | HoldOrder | ReleaseOrder


def set_quantity(snapshot: Snapshot, change: SetQuantity) -> Applied:
    """The line wants another quantity, but not less than is shipped; work orders follow."""
    lines, faults = _one(snapshot, change)
    faults += quantity_faults(_named(change), change.qty)
    if faults:
        return refused(snapshot, faults)
    line = lines[0]
    qty = max(change.qty, line.shipped_qty)
    said: list[Finding] = []
    if qty > change.qty:
        what = f"{line.id}: {line.shipped_qty:g} are shipped already, so quantity {change.qty:g} becomes that"
        said.append(warning("C405", line.id, what, "ask for the rest back, if it is not wanted"))
    works, more = resized(snapshot, line, qty)
    return applied(snapshot, [*said, *more], orders=_each(snapshot, lines, qty=qty), work_orders=works)


def set_due(snapshot: Snapshot, change: SetDue) -> Applied:
    """The lines are due at another moment that is not over yet."""
    lines, faults = _live(snapshot, change)
    if is_past(snapshot, change.due) and not (lines and all(line.due == change.due for line in lines)):
        faults.append(_over(snapshot, _named(change), change))
    return refused(snapshot, faults) if faults else applied(snapshot, orders=_each(snapshot, lines, due=change.due))


def set_priority(snapshot: Snapshot, change: SetPriority) -> Applied:
    """The lines are more urgent or less."""
    lines, faults = _live(snapshot, change)
    if faults:
        return refused(snapshot, faults)
    return applied(snapshot, orders=_each(snapshot, lines, priority=change.priority))


def set_options(snapshot: Snapshot, change: SetOptions) -> Applied:
    """The line wants another variant, if there may be such a one."""
    lines, faults = _one(snapshot, change)
    if not lines:
        return refused(snapshot, faults)
    line = lines[0]
    options = merged(line.options, change.options)
    faults += _configuration_faults(snapshot, msgspec.structs.replace(line, options=options))
    if faults:
        return refused(snapshot, faults)
    works, said = reconfigured(snapshot, line, options)
    return applied(snapshot, said, orders=_each(snapshot, lines, options=options), work_orders=works)


def merged(options: Options, changed: Options) -> Options:
    """Options with some of them chosen anew, and those without value no longer; capitals make no difference."""
    new = {name.casefold() for name, _ in changed}
    kept = [pair for pair in options if pair[0].casefold() not in new]
    return tuple(sorted([*kept, *(pair for pair in changed if pair[1])]))


def add_order(snapshot: Snapshot, change: AddOrder) -> Applied:
    """One line more; one that was cancelled is ordered again in its place."""
    fields = msgspec.structs.asdict(change)
    at = place_of(snapshot.orders, lambda o: (o.order, o.line) == (change.order, change.line))
    old = None if at is None else snapshot.orders[at]
    line = msgspec.structs.replace(old, **fields) if old else OrderLine(**fields, source=ADDED)
    faults = quantity_faults(line.id, change.qty)
    if not change.order:
        faults.append(error("C401", "order", "the new order has no number", "give it one"))
    if old and old.status != "cancelled":
        what = f"order line {old.id} exists already: {old.qty:g} {old.item} due {said_moment(snapshot, old.due)}"
        faults.append(error("C409", old.id, what, "change that one, or take another number"))
    if is_past(snapshot, change.due) and not (old and old.due == change.due):
        faults.append(_over(snapshot, line.id, change))
    if all(i.item != change.item for i in snapshot.items):
        faults.append(unknown("C407", "item", change.item, (i.item for i in snapshot.items), "add it to items.csv"))
    else:
        faults += _configuration_faults(snapshot, line)
    if faults:
        return refused(snapshot, faults)
    said = _entered_twice(snapshot, line)
    if at is not None:
        return applied(snapshot, said, orders=put(snapshot.orders, at, line))
    return applied(snapshot, said, orders=inserted(snapshot.orders, line, lambda o: (o.order, o.line)))


def _entered_twice(snapshot: Snapshot, line: OrderLine) -> list[Finding]:
    """A warning where another open order wants exactly the same, as far as is known for the same customer."""
    wanted = line.item, line.qty, line.due, line.options
    for other in snapshot.orders:
        is_same = (other.item, other.qty, other.due, other.options) == wanted
        may_be_his = not line.customer or not other.customer or line.customer == other.customer
        if is_same and may_be_his and other.order != line.order and other.status == "open":
            due = said_moment(snapshot, line.due)
            what = f"{line.id} wants the same as {other.id}: {line.qty:g} {line.item} due {due}"
            return [warning("C413", line.id, what, f"cancel {line.order} if it has been entered twice")]
    return []


def cancel_order(snapshot: Snapshot, change: CancelOrder) -> Applied:
    """Nobody wants the lines any more; one that only a change had added is gone altogether."""
    lines, faults = _live(snapshot, change)
    if faults:
        return refused(snapshot, faults)
    gone = {line.id for line in lines if line.source == ADDED}
    works, said = cancelled(snapshot, lines, change.wip)
    names = freed_names(snapshot, lines)
    orders = tuple(o for o in _each(snapshot, lines, status="cancelled") if o.id not in gone)
    return applied(
        snapshot,
        said,
        orders=orders,
        work_orders=works,
        stock=_unreserved(snapshot.stock, names),
        purchase_orders=_unreserved(snapshot.purchase_orders, names),
    )


def hold_order(snapshot: Snapshot, change: HoldOrder) -> Applied:
    """Open lines wait."""
    return _turned(snapshot, change, "open", "hold", "only an open line can be put on hold")


def release_order(snapshot: Snapshot, change: ReleaseOrder) -> Applied:
    """Lines on hold are planned again."""
    return _turned(snapshot, change, "hold", "open", "only a line on hold can be released")


def _turned(snapshot: Snapshot, change: HoldOrder | ReleaseOrder, old: str, new: str, why: str) -> Applied:
    lines, faults = _live(snapshot, change)
    turned = [line for line in lines if line.status == old]
    if lines and not turned:
        what = f"{_named(change)} is {' and '.join(sorted({line.status for line in lines}))}: {why}"
        faults.append(error("C411", _named(change), what, "nothing is to do, or another line is meant"))
    return refused(snapshot, faults) if faults else applied(snapshot, orders=_each(snapshot, turned, status=new))


def lines_of(snapshot: Snapshot, order: str, line: str) -> list[OrderLine]:
    """The lines that are meant: one, or with a blank line all of the order; a stroke may stand in either name."""
    name = f"{order}/{line}" if line else order
    found = [o for o in snapshot.orders if o.order == order and line in ("", o.line)]
    return found or [o for o in snapshot.orders if name in (o.id, o.order)]


def _live(snapshot: Snapshot, change: OfLines) -> tuple[list[OrderLine], list[Finding]]:
    """The lines meant that are neither closed nor cancelled, or why there are none."""
    found = lines_of(snapshot, change.order, change.line)
    live = [line for line in found if line.status in LIVE]
    if live:
        return live, []
    if found:
        what = f"order line {found[0].id} is {found[0].status}"
        return [], [error("C403", found[0].id, what, "nothing of it can change; add a new line")]
    known = {o.order for o in snapshot.orders} if not change.line else {o.id for o in snapshot.orders}
    name = f"{change.order}/{change.line}" if change.line else change.order
    kind = "order line" if change.line else "order"
    return [], [unknown("C401", kind, name, known, "correct the number; pegboard validate reads what there is")]


def _one(snapshot: Snapshot, change: SetQuantity | SetOptions) -> tuple[list[OrderLine], list[Finding]]:
    """The one line meant, or why there is none."""
    lines, faults = _live(snapshot, change)
    if len(lines) <= 1:
        return lines, faults
    what = f"order {change.order} has {len(lines)} lines: {', '.join(line.line for line in lines[:8])}"
    return [], [error("C402", change.order, what, f"say which one, as in {lines[0].id}")]


def _each(snapshot: Snapshot, lines: list[OrderLine], **fields: Any) -> tuple[OrderLine, ...]:
    """All order lines, some of them with other values."""
    chosen = {id(line) for line in lines}
    return tuple(msgspec.structs.replace(o, **fields) if id(o) in chosen else o for o in snapshot.orders)


def _unreserved(rows: tuple[Any, ...], names: set[str]) -> tuple[Any, ...]:
    if not any(row.reserved_for in names for row in rows):
        return rows
    return tuple(msgspec.structs.replace(r, reserved_for="") if r.reserved_for in names else r for r in rows)


def _configuration_faults(snapshot: Snapshot, line: OrderLine) -> list[Finding]:
    """Why a line cannot be made with its options, by the rows about its item alone."""
    items = {i.item: i for i in snapshot.items if i.item == line.item}
    rows = msgspec.structs.replace(
        snapshot,
        options=tuple(o for o in snapshot.options if o.item == line.item),
        option_rules=tuple(r for r in snapshot.option_rules if r.item == line.item),
        orders=(line,),
        work_orders=(),
        stock=(),
    )
    if not rows.options and not rows.option_rules:
        return []
    refusals = check_options(rows, items, Faults()).configure(line.item, line.options).refusals
    return [error("C408", line.id, f"{line.id}: {why}", "choose what options.csv allows") for why in refusals]


def _over(snapshot: Snapshot, subject: str, change: SetDue | AddOrder) -> Finding:
    now = said_moment(snapshot, snapshot.settings.now)
    what = f"{subject}: due {said_moment(snapshot, change.due)} is over, it is {now}"
    return error("C406", subject, what, "give a date that can still be kept")


def _named(change: OfLines) -> str:
    return f"{change.order}/{change.line}" if change.line else change.order
