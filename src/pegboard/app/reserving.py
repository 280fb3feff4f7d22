"""Hold what is quoted, and turn a quote into an order: reservations are fitted in one after the other, in their order.

Whoever accepts asks again: only where the date is still exactly the quoted one, the plan gets the order, where the
quote had put it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from pegboard.app.buffers import with_buffers_of_today
from pegboard.app.live import LivePlan
from pegboard.app.outcome import Outcome
from pegboard.app.quoting import Counter, Solved, promised, solved
from pegboard.domain.calendar import iso
from pegboard.domain.change import AddOrder
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error
from pegboard.domain.order import OrderLine
from pegboard.domain.quote import QuoteRequest, Reservation
from pegboard.planning.changing import apply


@dataclass(frozen=True)
class Held:
    """A reservation, and when it can be served now; None, and why, where it cannot be any more."""

    reservation: Reservation
    date: int | None
    why: str = ""


@dataclass(frozen=True)
class Accepted:
    """The plan with the accepted order, which is the change to make."""

    outcome: Outcome
    change: AddOrder
    date: int


def beside(counter: Counter, reservations: Sequence[Reservation]) -> tuple[Counter, list[Held]]:
    """The plan with what is reserved in it, in order of reservation, and what became of each."""
    held = []
    for reservation in reservations:
        found = solved(counter, reservation.request)
        if isinstance(found, list):
            held.append(Held(reservation, None, found[0].what))
            continue
        record = _promised(counter, reservation.request, found)
        counter = Counter(LivePlan(_with(found, record, _with_record(found.fitted.factory, record))))
        held.append(Held(reservation, found.date))
    return counter, held


def accept(
    counter: Counter, reserved: Sequence[Reservation], request: QuoteRequest, quoted: int | None
) -> Accepted | list[Finding]:
    """The order of a request in the plan, beside what is `reserved` before it; or why it cannot be accepted.

    With a `quoted` date it must be had exactly then.
    """
    full, _ = beside(counter, reserved)
    found = solved(full, request)
    if isinstance(found, list):
        return found
    if quoted is not None and found.date != quoted:
        zone = counter.factory.zone
        what = f"{request.order} was quoted for {iso(quoted, zone)}, and can be had on {iso(found.date, zone)} by now"
        advice = "what it was to take has gone to another one, or the factory has changed; quote again"
        return [error("C551", request.order, what, advice)]
    record, outcome = as_order(full, request, found)
    change = AddOrder(**{name: getattr(record, name) for name in AddOrder.__struct_fields__})
    applied = apply(counter.factory.snapshot, change)
    if applied.is_refused:
        return list(applied.findings)
    kept = {line.id for line in counter.live.planned.supply.lines} | {record.id}
    factory = msgspec.structs.replace(
        outcome.planned.factory, snapshot=applied.snapshot, lines=(*counter.factory.lines, record)
    )
    outcome = LivePlan(outcome).with_only(kept, factory)
    if not outcome.is_certified:
        v = outcome.verdict.violations[0]
        what = f"the plan with {record.id} breaks {v.constraint}: {v.subject} {v.what}"
        return [error("C547", record.id, what, "plan the factory again, and quote on that plan")]
    if any(factory.items[link.item].policy == "buffer" for link in found.fitted.supply.links):
        outcome = with_buffers_of_today(outcome)
    return Accepted(outcome, change, found.date)


def as_order(counter: Counter, request: QuoteRequest, found: Solved) -> tuple[OrderLine, Outcome]:
    """What was solved as an order line with its dates, and the plan with it."""
    record = _promised(counter, request, found)
    return record, _with(found, record, _with_record(found.fitted.factory, record))


def _promised(counter: Counter, request: QuoteRequest, found: Solved) -> OrderLine:
    wanted = 0 if request.due is None else counter.instant(request.due)
    return promised(found.records[0], request.due, wanted, found.date)


def _with_record(factory: Factory, record: OrderLine) -> Factory:
    """The factory that has the line of a request as its last one, with that line as it is promised."""
    snapshot = msgspec.structs.replace(factory.snapshot, orders=(*factory.snapshot.orders[:-1], record))
    return msgspec.structs.replace(factory, snapshot=snapshot, lines=(*factory.lines[:-1], record))


def _with(found: Solved, record: OrderLine, factory: Factory) -> Outcome:
    live = found.live
    fitted = replace(live.promised(found.fitted, record), factory=factory)
    return live.accepted(found.room, fitted, factory, live.outcome.terms.factory_hash)
