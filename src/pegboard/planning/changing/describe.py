"""A change in one line for people, with what was before where the factory before it is known."""

from typing import assert_never

import msgspec

from pegboard.domain import change as ch
from pegboard.domain.change import Change
from pegboard.domain.record import Options
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing.applied import said_moment
from pegboard.planning.changing.orders import OfLines, lines_of, merged
from pegboard.planning.changing.pins import said_lock

_WIP = {"finish": "begun work goes to stock", "scrap": "begun work is scrapped", "repeg": "begun work goes to others"}


def describe(change: Change, before: Snapshot | None = None) -> str:  # noqa: C901, PLR0912 - a line for each kind
    """`SO-1/1: quantity 10 becomes 12`; without the factory before it, `SO-1: quantity becomes 12`."""
    match change:
        case ch.SetQuantity() | ch.SetDue() | ch.SetPriority() | ch.SetOptions():
            return _of_line(change, before)
        case ch.AddOrder():
            options = f" with {_chosen(change.options)}" if change.options else ""
            due = said_moment(before, change.due)
            return f"{change.order}/{change.line}: new, {change.qty:g} {change.item}{options} due {due}"
        case ch.CancelOrder():
            return f"{_named(change, before)}: cancelled, {_WIP[change.wip]}"
        case ch.HoldOrder():
            return f"{_named(change, before)}: on hold"
        case ch.ReleaseOrder():
            return f"{_named(change, before)}: no longer on hold"
        case ch.ResourceDown():
            return f"{change.resource}: down {_span(change, before)}{_because(change.reason)}"
        case ch.AddException():
            how = "open" if change.open else "closed"
            return f"{change.calendar}: {how} {_span(change, before)}{_because(change.reason)}"
        case ch.Overtime():
            return f"{change.resource}: overtime {_span(change, before)}"
        case ch.AddUnits():
            return _units(change, before)
        case ch.SupplierDelay():
            return f"{change.po or change.supplier}: {_delayed(change.days)}"
        case ch.SetLeadTime():
            name = "/".join(filter(None, (change.supplier, change.item)))
            return f"{name}: lead time {_lead_time(change)}"
        case ch.CorrectStock():
            return _stock(change, before)
        case ch.AdjustBuffer():
            return f"{change.item}: {change.kind} of its buffer times {change.factor:g} {_span(change, before)}"
        case ch.ReportProgress():
            return _progress(change)
        case ch.Pin():
            where = f" on {change.resource}" if change.resource else ""
            return f"{change.operation}: pinned{where}, {change.at} from {said_moment(before, change.start)}"
        case ch.Unpin():
            return f"{change.operation}: no longer pinned"
        case ch.Lock():
            return f"{said_lock(before, change)}: locked where the plan has it"
        case ch.Unlock():
            return f"{said_lock(before, ch.Lock(**msgspec.structs.asdict(change)))}: no longer locked"
        case _:
            assert_never(change)


def _of_line(change: ch.SetQuantity | ch.SetDue | ch.SetPriority | ch.SetOptions, before: Snapshot | None) -> str:
    lines = lines_of(before, change.order, change.line) if before else []
    match change:
        case ch.SetQuantity():
            what, old, new = "quantity", {f"{o.qty:g}" for o in lines}, f"{change.qty:g}"
        case ch.SetDue():
            what, old, new = "due", {said_moment(before, o.due) for o in lines}, said_moment(before, change.due)
        case ch.SetPriority():
            what, old, new = "priority", {_priority(o.priority) for o in lines}, _priority(change.priority)
        case _:
            what, old = "options", {_chosen(o.options) for o in lines}
            new = _chosen(merged(lines[0].options if len(lines) == 1 else (), change.options))
    return f"{_named(change, before)}: {what}{f' {old.pop()}' if len(old) == 1 else ''} becomes {new}"


def _named(change: OfLines, before: Snapshot | None) -> str:
    """The order line; the order alone where it is not known which, or where all are meant."""
    if change.line:
        return f"{change.order}/{change.line}"
    lines = lines_of(before, change.order, "") if before else []
    return lines[0].id if len(lines) == 1 else change.order


def _priority(priority: int | None) -> str:
    return "that of the customer" if priority is None else str(priority)


def _chosen(options: Options) -> str:
    return " ".join(f"{name}={value}" for name, value in options) or "none"


def _span(change: ch.ResourceDown | ch.AddException | ch.Overtime | ch.AdjustBuffer, before: Snapshot | None) -> str:
    return f"{said_moment(before, change.start)} to {said_moment(before, change.end)}"


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _units(change: ch.AddUnits, before: Snapshot | None) -> str:
    found = [r for r in before.resources if r.resource == change.resource] if before else []
    if not found:
        return f"{change.resource}: units {change.units:+g}"
    return f"{change.resource}: units {found[0].capacity:g} become {found[0].capacity + change.units:g}"


def _delayed(days: float | None) -> str:
    if days is None:
        return "comes when it is due; what was promised counts no longer"
    return f"comes {abs(days):g} d {'earlier' if days < 0 else 'later'}"


def _lead_time(change: ch.SetLeadTime) -> str:
    if change.by is not None:
        return f"{abs(change.by):g} d {'shorter' if change.by < 0 else 'longer'}"
    return "no longer known" if change.days is None else f"becomes {change.days:g} d"


def _stock(change: ch.CorrectStock, before: Snapshot | None) -> str:
    name = f"{change.item} lot {change.lot}" if change.lot else change.item
    lots = [s for s in before.stock if s.item == change.item and change.lot in ("", s.lot)] if before else []
    old = f" {lots[0].qty:g}" if len(lots) == 1 else ""
    return f"{name}: stock{old} becomes {change.qty:g}"


def _progress(change: ch.ReportProgress) -> str:
    parts = [change.status, *([f"on {change.resource}"] if change.resource else [])]
    parts += [f"{qty:g} {what}" for what, qty in (("good", change.good_qty), ("scrapped", change.scrapped_qty)) if qty]
    parts += [f"{change.remaining_min:g} min to go"] if change.remaining_min is not None else []
    parts += [f"{change.completed_qty:g} of the work order completed"] if change.completed_qty is not None else []
    return f"{change.wo}.{change.step}: {', '.join(parts)}"
