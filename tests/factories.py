"""Small factories written down in a few lines, their plans, and the plans' times as a person reads them.

A moment is written `2026-06-12` (a bare date) or `2026-06-12 17:00`, local to the factory; a plan's instants are read
back as `Fri 06-12 17:00`. Unless a test says otherwise the factory stands in UTC and every resource works by the
calendar STD, Monday to Friday 08-12 and 13-17. Items and resources that are only named are added with defaults.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.domain.calendar import Timeline
from pegboard.domain.expression import Amount
from pegboard.domain.finding import Finding
from pegboard.domain.item import BomLine, Item
from pegboard.domain.order import OrderLine
from pegboard.domain.plan import OperationPlan, OrderPlan, Peg, PurchasePlan, WorkOrderPlan
from pegboard.domain.record import Record
from pegboard.domain.resource import CalendarException, Downtime, Resource, Shift
from pegboard.domain.routing import RoutingAlternate, RoutingNeed, RoutingStep
from pegboard.domain.snapshot import PlanningPolicy, Settings, Snapshot
from pegboard.domain.supply import PurchaseOrder, StockLot, WorkOrder, WorkOrderStep
from pegboard.planning.validate import validate
from pegboard.scheduling.engines.dispatch import Options

STD = {"STD": "mon-fri 08:00-12:00 13:00-17:00"}
NONSTOP: dict[str, str] = {}
"""No calendar at all: open day and night."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


# -- records ---------------------------------------------------------------------------------------------------------


def make(item: str, **more: Any) -> Item:
    """An item that is made here."""
    return Item(item=item, supply="make", **more)


def buy(item: str, lead: float = 1.0, **more: Any) -> Item:
    """An item that is bought, there `lead` days after it is ordered."""
    return Item(item=item, supply="buy", lead_time_days=lead, **more)


def phantom(item: str, **more: Any) -> Item:
    """An item that is only a name for its parts."""
    return Item(item=item, supply="phantom", **more)


def part(parent: str, component: str, qty: Amount = 1, **more: Any) -> BomLine:
    """`qty` of a component in each parent."""
    return BomLine(parent=parent, component=component, qty_per=qty, **more)


def step(item: str, number: int, resource: str, *, setup: Amount = 0, run: Amount = 0, **more: Any) -> RoutingStep:
    """A step of a routing: minutes of setup, and of run for each piece."""
    return RoutingStep(item=item, step=number, resource=resource, setup_min=setup, run_min=run, **more)


def or_on(item: str, number: int, resource: str, **more: Any) -> RoutingAlternate:
    """Another resource for a step."""
    return RoutingAlternate(item=item, step=number, resource=resource, **more)


def with_(item: str, number: int, resource: str, **more: Any) -> RoutingNeed:
    """A further resource that a step holds."""
    return RoutingNeed(item=item, step=number, resource=resource, **more)


def order(name: str, item: str, qty: float, due: str, **more: Any) -> OrderLine:
    """A line of a customer order."""
    return OrderLine(order=name, item=item, qty=qty, due=due, **more)  # type: ignore[arg-type]


def stock(item: str, qty: float, **more: Any) -> StockLot:
    """Stock on hand."""
    return StockLot(item=item, qty=qty, **more)


def po(name: str, item: str, qty: float, due: str, **more: Any) -> PurchaseOrder:
    """An open purchase order."""
    return PurchaseOrder(po=name, item=item, qty=qty, due=due, **more)  # type: ignore[arg-type]


def wo(name: str, item: str, qty: float, status: str = "released", **more: Any) -> WorkOrder:
    """A work order that exists already."""
    return WorkOrder(wo=name, item=item, qty=qty, status=status, **more)  # type: ignore[arg-type]


def progress(name: str, number: int, status: str = "waiting", **more: Any) -> WorkOrderStep:
    """What is known of one step of a work order."""
    return WorkOrderStep(wo=name, step=number, status=status, **more)  # type: ignore[arg-type]


def closed(calendar: str, start: str, end: str) -> CalendarException:
    """A stretch in which a calendar, or one resource, is closed."""
    return CalendarException(calendar=calendar, start=start, end=end, open=False)  # type: ignore[arg-type]


def down(resource: str, start: str, end: str) -> Downtime:
    """A stretch in which a resource cannot work."""
    return Downtime(resource=resource, start=start, end=end)  # type: ignore[arg-type]


# -- the factory -----------------------------------------------------------------------------------------------------


def factory(
    now: str = "2026-06-08 08:00",
    *,
    calendars: Mapping[str, str] = STD,
    timezone: str = "UTC",
    horizon_days: float = 120,
    policy: Mapping[str, Any] | None = None,
    complete: bool = True,
    **files: Sequence[Record],
) -> Snapshot:
    """A snapshot of these records; `complete=False` leaves out what is named but not given."""
    zone = ZoneInfo(timezone)
    rows = {name: tuple(_dated(row, zone) for row in records) for name, records in files.items()}
    if complete:
        rows["items"] = _with_named(rows, "items", "item", (("routing", "item"), ("bom", "parent"), *_ITEM_NAMES), Item)
        groups = {g for r in rows.get("resources", ()) for g in r.group}
        groups |= {s.skill for s in rows.get("skills", ())}
        found = _with_named(rows, "resources", "resource", _RESOURCE_NAMES, Resource)
        rows["resources"] = tuple(r for r in found if r.resource not in groups)
    settings = Settings(
        now=_moment(now, zone),
        timezone=timezone,
        horizon_days=horizon_days,
        calendar=next(iter(calendars), ""),
        policy=PlanningPolicy(**(policy or {})),
    )
    shifts = tuple(shift for name, text in calendars.items() for shift in _shifts(name, text))
    return Snapshot(settings=settings, calendars=shifts, **rows)


_ITEM_NAMES = (("bom", "component"), ("orders", "item"), ("stock", "item"), ("purchase_orders", "item"))
_RESOURCE_NAMES = (("routing", "resource"), ("routing_alternates", "resource"), ("routing_needs", "resource"))
_MOMENTS = {"due", "promised", "earliest", "entered", "available_from", "expires", "valid_from", "valid_to"}
_MOMENTS |= {"start", "end", "started", "finished", "date", "received"}


def _with_named(rows: dict[str, Any], file: str, key: str, where: Sequence[tuple[str, str]], kind: Any) -> Any:
    """The records of a file, and one with defaults for each name that only other files mention."""
    given = rows.get(file, ())
    known = {getattr(row, key) for row in given}
    named = {getattr(row, field) for other, field in where for row in rows.get(other, ())}
    return (*given, *(kind(**{key: name}) for name in sorted(named - known)))


def _dated(row: Any, zone: ZoneInfo) -> Any:
    texts = {f: v for f in row.__struct_fields__ if f in _MOMENTS and isinstance(v := getattr(row, f), str)}
    return msgspec.structs.replace(row, **{f: _moment(v, zone) for f, v in texts.items()}) if texts else row


def _moment(text: str, zone: ZoneInfo) -> Any:
    if len(text) == 10:
        return date.fromisoformat(text)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _shifts(calendar: str, text: str) -> list[Shift]:
    """`mon-fri 08:00-12:00 13:00-17:00; sat 08:00-12:00` as shifts."""
    found = []
    for part_of_week in text.split(";"):
        days, *hours = part_of_week.split()
        first, _, last = days.partition("-")
        weekday = tuple(range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1))
        for span in hours:
            start, end = (int(t[:2]) * 60 + int(t[3:]) for t in span.split("-"))
            found.append(Shift(calendar=calendar, weekday=weekday, start=start, end=end))  # type: ignore[arg-type]
    return found


def timeline(text: str, first: str, timezone: str = "UTC", exceptions: Sequence[CalendarException] = ()) -> Timeline:
    """The open time of one calendar around a day; day and night for no text."""
    calendars = {"C": text} if text else NONSTOP
    snapshot = factory(f"{first} 00:00", timezone=timezone, calendars=calendars, calendar_exceptions=exceptions)
    return validate(snapshot)[0].calendar


# -- the plan --------------------------------------------------------------------------------------------------------


def plan(snapshot: Snapshot, **options: Any) -> Outcome:
    """The factory's plan, which the referee must accept; `options` are those of the dispatch engine."""
    outcome = make_plan(snapshot, [], "", 0, Options(**options), lambda what, share: None)
    assert outcome.is_certified, outcome.plan.certificate.violations
    return outcome


def forward(snapshot: Snapshot, rule: str = "edd") -> Outcome:
    """The plan in which everything starts as early as it can, queues ranked by a rule of the field."""
    return plan(snapshot, rule=rule, pull=False)


def instant(outcome: Outcome, text: str) -> int:
    """UTC seconds of `2026-06-12 17:00` in the factory's time zone."""
    return int(_moment(text, ZoneInfo(outcome.plan.timezone)).timestamp())


def at(outcome: Outcome, t: int | None) -> str:
    """An instant of a plan as `Fri 06-12 17:00`, local to the factory."""
    return "never" if t is None else local(t, outcome.plan.timezone)


def local(t: int, timezone: str = "UTC") -> str:
    """An instant as `Fri 06-12 17:00`, with seconds where there are some."""
    shown = datetime.fromtimestamp(t, ZoneInfo(timezone))
    return shown.strftime("%a %m-%d %H:%M:%S" if shown.second else "%a %m-%d %H:%M")


def line(outcome: Outcome, name: str, number: str = "1") -> OrderPlan:
    """The row of an order line."""
    return next(o for o in outcome.plan.orders if (o.order, o.line) == (name, number))


def completion(outcome: Outcome, name: str, number: str = "1") -> str:
    """When an order line is complete."""
    return at(outcome, line(outcome, name, number).completion)


def operation(outcome: Outcome, name: str, number: int = 10) -> OperationPlan:
    """The row of an operation; the first work order made for an order may be called by the order's name."""
    return next(o for o in outcome.plan.operations if o.wo in (name, f"{name}/1-1") and o.step == number)


def times(outcome: Outcome, name: str, number: int = 10) -> tuple[str, str]:
    """When an operation's setup starts and its run ends."""
    row = operation(outcome, name, number)
    return at(outcome, row.setup_start), at(outcome, row.end)


def works(outcome: Outcome, item: str) -> list[WorkOrderPlan]:
    """The work orders for an item, the earliest need first."""
    return sorted((w for w in outcome.plan.work_orders if w.item == item), key=lambda w: (w.need, w.wo))


def purchases(outcome: Outcome, item: str) -> list[PurchasePlan]:
    """The new purchases of an item, the earliest need first."""
    found = (p for p in outcome.plan.purchases if p.item == item and p.action == "order")
    return sorted(found, key=lambda p: (p.need or 0, p.po))


def pegs(outcome: Outcome, item: str, demand: str = "") -> list[Peg]:
    """The pegs of an item, of one demand if that is named; by demand, then as the plan lists them."""
    return [p for p in outcome.plan.pegs if p.item == item and demand in ("", p.demand)]


def pegged(outcome: Outcome, item: str) -> dict[tuple[str, str], float]:
    """What every demand takes of an item, by supply and demand; new supplies go by their kind."""
    found: dict[tuple[str, str], float] = {}
    for p in pegs(outcome, item):
        key = (p.supply if p.supply_kind in ("stock", "po") else p.supply_kind, p.demand)
        found[key] = found.get(key, 0) + p.qty
    return found


def sequence(outcome: Outcome, resource: str) -> list[str]:
    """The orders whose operations run on a resource, in order of time."""
    rows = [o for o in outcome.plan.operations if o.resource == resource]
    return [o.wo.split("/")[0] for o in sorted(rows, key=lambda o: (o.setup_start, o.end, o.wo))]


def said(outcome: Outcome, code: str) -> list[Finding]:
    """The plan's messages of one code."""
    return [m for m in outcome.plan.messages if m.code == code]
