"""Use cases of quotes over files: open a factory's plan, quote, reserve, accept, in bulk; the clock is read here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from pegboard.app.files import Report, Run, read, save_plan
from pegboard.app.live import LivePlan
from pegboard.app.memory import uncollected
from pegboard.app.offers import with_menu
from pegboard.app.planning import make_plan
from pegboard.app.quote_confidence import with_confidence
from pegboard.app.quoting import Counter, faults_of, quoted, solved
from pegboard.app.repair import repaired
from pegboard.app.reserving import Accepted, Held, accept, beside
from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding, error, in_order
from pegboard.domain.quote import Quote, QuoteRequest, Reservation
from pegboard.exchange import JournalMovedError, PlanUnreadableError, append_changes, read_places
from pegboard.exchange.requests_file import Asked, read_requests
from pegboard.exchange.reservations_file import change_reservations, read_reservations
from pegboard.scheduling.engines.dispatch import Options

Clock = Callable[[], datetime]


SEED = 0
"""Of the luck by which the date of a quote is replayed: the same for all, so that they can be compared."""


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """A factory's plan to quote from: bare, and with what is reserved in it."""

    path: Path
    plain: Counter
    reserved: tuple[Reservation, ...]
    counter: Counter
    held: list[Held]
    findings: list[Finding]
    journal: int
    wall: int


@dataclass(frozen=True)
class Answer:
    """A quote, and what came of it: the reservation, or the plan with the order."""

    quote: Quote
    reservation: Reservation | None = None
    accepted: Accepted | None = None


def open_desk(path: Path, plan: Path | None, report: Report, clock: Clock = utc_now) -> Desk | list[Finding]:
    """Plan a factory, or put it where a plan folder has it, and fit in what is reserved; or why that cannot be."""
    report("reading", 0.0)
    with uncollected():
        reading = read(path)
        if reading.snapshot is None:
            return in_order(reading.findings)
        snapshot, findings, name = reading.snapshot, reading.findings, reading.factory_hash
        if plan is None:
            outcome = make_plan(snapshot, findings, name, 0, Options(), report)
        else:
            try:
                places = read_places(plan)
            except PlanUnreadableError as fault:
                return [fault.finding]
            outcome = repaired(snapshot, places, "shift", (), findings, name, 0, report)
        if not outcome.is_certified:
            what = "the plan of the factory is not certified, so nothing is promised on it"
            return [error("C547", str(path), what, f"see what pegboard plan {path} says")]
        plain = Counter(LivePlan(outcome))
        wall = int(clock().timestamp())
        reservations, faults = read_reservations(path)
        live = tuple(r for r in reservations if r.is_live(wall, plain.factory.now))
        report("fitting in what is reserved", 0.9)
        counter, held = beside(plain, live)
    return Desk(path, plain, live, counter, held, faults, len(reading.tables.changes), wall)


def ask(desk: Desk, request: QuoteRequest, runs: int, *, menu: bool) -> Quote | list[Finding]:
    """Quote a request on the plan and all that is reserved, with so many replays of its date."""
    found = solved(desk.counter, request)
    if isinstance(found, list):
        return found
    first = quoted(desk.counter, request, found)
    if runs > 0:
        first = with_confidence(desk.counter, first, found, runs, SEED)
    return with_menu(desk.counter, first, found) if menu else first


def reserve(desk: Desk, quote: Quote, hours: float) -> Answer | list[Finding]:
    """Hold the place and the material of a quote; refused where somebody else has reserved in the meantime."""
    factory = desk.plain.factory
    request = named(desk, quote.request)
    fresh: list[Reservation] = []

    def add(before: tuple[Reservation, ...]) -> tuple[Reservation, ...]:
        live = tuple(r for r in before if r.is_live(desk.wall, factory.now))
        if live != desk.reserved:
            return live
        number = 1 + max((int(r.name[2:]) for r in before), default=0)
        made = Reservation(
            name=f"R-{number}",
            request=request,
            date=quote.promise.date,
            made=desk.wall,
            made_at=factory.now,
            hours=hours,
        )
        fresh.append(made)
        return (*live, made)

    if not 0 < hours < float("inf"):
        return [error("C548", "hours", f"{hours:g} hours are no time to reserve for", "give more than 0 hours")]
    change_reservations(desk.path, add)
    if not fresh:
        what = "somebody else has reserved or accepted since this quote was worked out"
        return [error("C551", request.order, what, "quote again")]
    expires = desk.wall + round(hours * 3600)
    return Answer(msgspec.structs.replace(quote, request=request, expires=expires), reservation=fresh[0])


def accept_quote(desk: Desk, quote: Quote, out: Path | None) -> Answer | list[Finding]:
    """Make a quote an order: one change in the journal, and the plan with it where a folder is named."""
    request = named(desk, quote.request)
    done = _accepted(desk, desk.reserved, request, quote.promise.date, out)
    return done if isinstance(done, list) else Answer(quote, accepted=done)


def accept_reservation(desk: Desk, name: str, out: Path | None) -> Accepted | list[Finding]:
    """Make what is reserved an order, exactly as it was quoted; its reservation ends with that."""
    at = next((i for i, r in enumerate(desk.reserved) if r.name == name), None)
    if at is None:
        return [_unknown(name)]
    mine = desk.reserved[at]
    done = _accepted(desk, desk.reserved[:at], mine.request, mine.date, out)
    if isinstance(done, Accepted):
        change_reservations(desk.path, lambda rows: [r for r in rows if r.name != name])
    return done


def cancel(path: Path, name: str) -> list[Finding]:
    """Give back what a reservation holds; it leaves no trace."""
    known, _ = read_reservations(path)
    if all(r.name != name for r in known):
        return [_unknown(name)]
    change_reservations(path, lambda rows: [r for r in rows if r.name != name])
    return []


def bulk(
    desk: Desk, file: Path, *, in_sequence: bool
) -> tuple[list[tuple[Asked, Quote | list[Finding]]], list[Finding]]:
    """Quote each row of a file on its own, or each on what those before it leave."""
    asked, findings = read_requests(file, desk.plain.factory.zone)
    counter = desk.counter
    found: list[tuple[Asked, Quote | list[Finding]]] = []
    for number, (source, request) in enumerate(asked, 1):
        if isinstance(request, list):
            found.append(((source, request), request))
            continue
        if in_sequence and not request.order:
            request = msgspec.structs.replace(request, order=f"ROW-{number}")
        done = solved(counter, request)
        found.append(((source, request), done if isinstance(done, list) else quoted(counter, request, done)))
        if in_sequence and not isinstance(done, list):
            held = Reservation(name="", request=request, date=done.date, made=0, made_at=0, hours=0)
            counter, _ = beside(counter, [held])
    return found, findings


def named(desk: Desk, request: QuoteRequest) -> QuoteRequest:
    """The request with a name for its order."""
    if request.order:
        return request
    return msgspec.structs.replace(request, order=desk.counter.record(request, desk.plain.now).order)


def _accepted(
    desk: Desk, reserved: tuple[Reservation, ...], request: QuoteRequest, date: int, out: Path | None
) -> Accepted | list[Finding]:
    if not desk.path.is_dir():
        what = f"{desk.path.name} is a workbook, whose changes only people write"
        return [error("C552", desk.path.name, what, "turn it into a folder with pegboard import")]
    if faults := list(faults_of(desk.plain, request)):
        return faults
    done = accept(desk.plain, reserved, request, date)
    if isinstance(done, list):
        return done
    when = datetime.fromtimestamp(desk.wall, UTC)
    entry = Entry(change=done.change, when=when, why="quote accepted")
    try:
        append_changes(desk.path, [entry], desk.plain.factory.zone, desk.journal)
    except JournalMovedError as moved:
        return [error("C551", request.order, str(moved), "somebody else has changed the factory; quote again")]
    terms = replace(done.outcome.terms, factory_hash=read(desk.path).factory_hash)
    done = replace(done, outcome=replace(done.outcome, terms=terms))
    if out is not None:
        save_plan(Run(done.outcome, []), out)
    return done


def _unknown(name: str) -> Finding:
    what = f"there is no reservation {name}, or it has expired"
    return error("C553", name, what, "see pegboard reservations FACTORY")
