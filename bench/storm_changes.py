"""Random changes of every kind to a factory as it is, most of them sound: what a year of mornings brings."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from msgspec.structs import replace

from pegboard.domain import change as c
from pegboard.domain.order import OrderLine
from pegboard.domain.plan import OperationPlan, Plan
from pegboard.domain.record import Moment
from pegboard.domain.snapshot import Snapshot

Maker = Callable[[random.Random, Snapshot, Plan], c.Change | None]
Thing = TypeVar("Thing")

OPEN = ("quote", "open", "hold")
NONSENSE = 0.05
"""The share of changes that name something there is not."""


def random_change(rng: random.Random, snapshot: Snapshot, plan: Plan, kind: str = "") -> c.Change:
    """A change that the factory has something to apply to; of any kind where none is named."""
    while True:
        name = kind or rng.choice(sorted(KINDS))
        made = KINDS[name](rng, snapshot, plan)
        if made is None:
            if kind:
                raise ValueError(f"nothing in this factory could be changed by {kind}")
            continue
        return _misnamed(rng, made) if rng.random() < NONSENSE and not kind else made


def _misnamed(rng: random.Random, made: c.Change) -> c.Change:
    names = [f for f in ("order", "resource", "po", "item", "operation", "wo", "calendar") if getattr(made, f, "")]
    return replace(made, **{rng.choice(names): "NOBODY"}) if names else made


def _line(rng: random.Random, snapshot: Snapshot) -> OrderLine | None:
    return _one(rng, [o for o in snapshot.orders if o.status in OPEN])


def _operation(rng: random.Random, plan: Plan) -> OperationPlan | None:
    return _one(rng, plan.operations)


def _one(rng: random.Random, rows: Sequence[Thing]) -> Thing | None:
    return rng.choice(rows) if rows else None


def _day(rng: random.Random, snapshot: Snapshot, first: int = 1, last: int = 60) -> date:
    return snapshot.settings.now.date() + timedelta(days=rng.randint(first, last))


def _stretch(rng: random.Random, snapshot: Snapshot) -> dict[str, Moment]:
    """Some hours within the next weeks."""
    day = _day(rng, snapshot, 0, 40)
    start = datetime(day.year, day.month, day.day, rng.randint(0, 20), tzinfo=UTC) + timedelta(days=1)
    return {"start": start, "end": start + timedelta(hours=rng.choice((1, 4, 8, 24, 72)))}


def _of_line(rng: random.Random, snapshot: Snapshot) -> dict[str, str]:
    line = _line(rng, snapshot)
    return {"order": line.order, "line": line.line} if line else {}


def _set_quantity(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    line = _line(rng, snapshot)
    if line is None:
        return None
    return c.SetQuantity(order=line.order, line=line.line, qty=max(1, round(line.qty * rng.choice((0.5, 0.8, 1.2, 2)))))


def _set_due(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    of = _of_line(rng, snapshot)
    return c.SetDue(**of, due=_day(rng, snapshot)) if of else None


def _set_priority(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    of = _of_line(rng, snapshot)
    return c.SetPriority(**of, priority=rng.choice((None, 1, 10, 200))) if of else None


def _set_options(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    line = _one(rng, [o for o in snapshot.orders if o.status in OPEN and o.options])
    values = line and [v for v in snapshot.options if v.item in ("", line.item)]
    if not line or not values:
        return None
    name, old = rng.choice(line.options)
    return c.SetOptions(order=line.order, line=line.line, options=((name, old),))


def _add_order(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    like = _one(rng, snapshot.orders)
    if like is None:
        return None
    return c.AddOrder(
        order=f"STORM-{rng.randrange(10**9)}",
        item=like.item,
        qty=like.qty,
        due=_day(rng, snapshot, 5, 90),
        customer=like.customer,
        options=like.options,
    )


def _cancel_order(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    of = _of_line(rng, snapshot)
    return c.CancelOrder(**of, wip=rng.choice(("finish", "scrap", "repeg"))) if of else None  # type: ignore[arg-type]


def _hold_order(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    line = _one(rng, [o for o in snapshot.orders if o.status == "open"])
    return c.HoldOrder(order=line.order, line=line.line) if line else None


def _release_order(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    line = _one(rng, [o for o in snapshot.orders if o.status == "hold"])
    return c.ReleaseOrder(order=line.order, line=line.line) if line else None


def _resource_down(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    resource = _one(rng, snapshot.resources)
    return c.ResourceDown(resource=resource.resource, **_stretch(rng, snapshot)) if resource else None


def _calendar_exception(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    shift = _one(rng, snapshot.calendars)
    day = _day(rng, snapshot)
    return c.AddException(calendar=shift.calendar, start=day, end=day, open=False) if shift else None


def _overtime(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    resource = _one(rng, snapshot.resources)
    return c.Overtime(resource=resource.resource, **_stretch(rng, snapshot)) if resource else None


def _add_units(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    resource = _one(rng, [r for r in snapshot.resources if r.finite])
    return c.AddUnits(resource=resource.resource, units=rng.choice((-1, 1, 1))) if resource else None


def _supplier_delay(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    order = _one(rng, snapshot.purchase_orders)
    return c.SupplierDelay(po=order.id, days=rng.choice((-2, 1, 5, 20))) if order else None


def _set_lead_time(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    source = _one(rng, snapshot.item_suppliers)
    if source is None:
        return None
    return c.SetLeadTime(supplier=source.supplier, item=source.item, days=rng.randint(1, 30))


def _correct_stock(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    lot = _one(rng, snapshot.stock)
    return (
        c.CorrectStock(item=lot.item, lot=lot.lot, qty=round(lot.qty * rng.choice((0, 0.5, 0.9, 1.5)))) if lot else None
    )


def _pin(rng: random.Random, _: Snapshot, plan: Plan) -> c.Change | None:
    op = _operation(rng, plan)
    if op is None:
        return None
    start = datetime.fromtimestamp(op.start + rng.choice((0, 0, 3_600, 86_400)), UTC)
    return c.Pin(operation=f"{op.wo}.{op.step}", resource=op.resource, start=start)


def _unpin(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    pin = _one(rng, snapshot.pins)
    return c.Unpin(operation=pin.operation) if pin else None


def _lock(rng: random.Random, snapshot: Snapshot, plan: Plan) -> c.Change | None:
    op, line = _operation(rng, plan), _line(rng, snapshot)
    if op is None or line is None:
        return None
    until = snapshot.settings.now + timedelta(days=2)
    return rng.choice(
        (c.Lock(order=line.id), c.Lock(operation=f"{op.wo}.{op.step}"), c.Lock(resource=op.resource, end=until))
    )


def _unlock(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    lock = _one(rng, snapshot.locks)
    if lock is None:
        return None
    return c.Unlock(**{name: getattr(lock, name) for name in lock.__struct_fields__})


def _report_progress(rng: random.Random, snapshot: Snapshot, plan: Plan) -> c.Change | None:
    """The first step of a work order of the factory's own starts, or is done."""
    work = _one(rng, [w for w in snapshot.work_orders if w.status in ("firm", "released", "started")])
    op = next((o for o in plan.operations if work and o.wo == work.wo), None)
    if op is None:
        return None
    started: dict[str, Any] = {"started": snapshot.settings.now - timedelta(hours=2), "resource": op.resource}
    if rng.random() < 0.5:
        return c.ReportProgress(wo=op.wo, step=op.step, status="started", **started)
    done = {"finished": snapshot.settings.now, "good_qty": op.qty}
    return c.ReportProgress(wo=op.wo, step=op.step, status="done", **started, **done)


def _adjust_buffer(rng: random.Random, snapshot: Snapshot, _: Plan) -> c.Change | None:
    buffer = _one(rng, snapshot.buffers)
    if buffer is None:
        return None
    kind = rng.choice(("adu", "lead_time", "red", "yellow", "green"))
    start = _day(rng, snapshot, 0, 10)
    factor = rng.choice((0.5, 1.2, 2.0))
    return c.AdjustBuffer(item=buffer.item, kind=kind, factor=factor, start=start, end=start + timedelta(days=30))  # type: ignore[arg-type]


KINDS: Mapping[str, Maker] = {
    "set_quantity": _set_quantity,
    "set_due": _set_due,
    "set_priority": _set_priority,
    "set_options": _set_options,
    "add_order": _add_order,
    "cancel_order": _cancel_order,
    "hold_order": _hold_order,
    "release_order": _release_order,
    "resource_down": _resource_down,
    "calendar_exception": _calendar_exception,
    "overtime": _overtime,
    "add_units": _add_units,
    "supplier_delay": _supplier_delay,
    "set_lead_time": _set_lead_time,
    "correct_stock": _correct_stock,
    "pin": _pin,
    "unpin": _unpin,
    "lock": _lock,
    "unlock": _unlock,
    "report_progress": _report_progress,
    "adjust_buffer": _adjust_buffer,
}
"""How each kind is drawn, by the tag of the change."""
