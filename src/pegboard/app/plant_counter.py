"""Quotes on the live plan: the counter is kept as long as the plan stands, with what is reserved in it."""

import threading
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.app.clock import seconds
from pegboard.app.files import Report
from pegboard.app.offers import with_menu
from pegboard.app.plant_desk import PlantDesk, RefusedError, Written, entries_of
from pegboard.app.plant_state import LiveState
from pegboard.app.quoting import Counter, quoted, solved
from pegboard.app.reserving import Held, accept, beside
from pegboard.domain.finding import Finding, error
from pegboard.domain.quote import Quote, QuoteRequest, Reservation
from pegboard.domain.record import Moment
from pegboard.exchange.fault import Fault, Noted
from pegboard.exchange.moment_text import moment as read_moment
from pegboard.storage.database.reservations import Reservations


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; dates as people write them, without `due` as soon as can be."""

    item: str
    qty: float
    options: dict[str, str] = {}
    due: str = ""
    earliest: str = ""
    customer: str = ""
    order: str = ""
    priority: int | None = None
    weight: float | None = None
    min_ship_qty: float = 0.0


class AtCounter(msgspec.Struct, frozen=True):
    """The live plan to quote from: bare, and with what is reserved in it."""

    state: LiveState
    reserved: tuple[Reservation, ...]
    plain: Counter
    counter: Counter
    held: tuple[Held, ...]


class PlantCounter:
    """Where quotes are asked for, held and accepted."""

    def __init__(self, desk: PlantDesk) -> None:
        self._desk = desk
        self._reservations = Reservations(desk.engine)
        self._lock = threading.Lock()
        self._at: AtCounter | None = None

    def quote(self, wish: Wish, *, menu: bool) -> Quote:
        """The answer to a wish; raises RefusedError where nothing can be promised."""
        counter = self.at().counter
        request = request_of(wish, self._desk.zone)
        found = solved(counter, request)
        if isinstance(found, list):
            raise RefusedError(found)
        first = quoted(counter, request, found)
        return with_menu(counter, first, found) if menu else first

    def reserve(self, wish: Wish, hours: float) -> Reservation:
        """Hold the place and the material of a quote; raises RefusedError where it cannot be, or others were first."""
        at, wall = self.at(), seconds()
        request = _named(at.counter, request_of(wish, self._desk.zone))
        found = solved(at.counter, request)
        if isinstance(found, list):
            raise RefusedError(found)
        now = at.state.live.planned.factory.now
        new = Reservation(name="", request=request, date=found.date, made=wall, made_at=now, hours=hours)
        kept = self._reservations.add(new, at.reserved, wall, now)
        if kept is None:
            what = "somebody else has reserved or accepted since this quote was worked out"
            raise RefusedError([error("C551", request.order, what, "quote again")])
        return kept

    def release(self, name: str) -> None:
        """Give back what a reservation holds; raises RefusedError where there is none of this name."""
        if not self._reservations.drop(name):
            what = f"there is no reservation {name}, or it has expired"
            raise RefusedError([error("C553", name, what, "list the reservations to see their names")])

    def accept(self, wish: Wish, quoted_for: int | None, who: str, why: str, etag: str, report: Report) -> Written:
        """Make what was quoted for a date an order; raises RefusedError where it cannot be had then any more."""
        at = self.at()
        request = _named(at.counter, request_of(wish, self._desk.zone))
        mine = next((i for i, r in enumerate(at.reserved) if r.request.order == request.order), None)
        before = at.reserved if mine is None else at.reserved[:mine]
        done = accept(at.plain, before, request, quoted_for)
        if isinstance(done, list):
            raise RefusedError(done)
        written = self._desk.write(entries_of([done.change], who, why), "repair", who, why, etag, report)
        if mine is not None:
            self._reservations.drop(at.reserved[mine].name)
        return written

    def at(self) -> AtCounter:
        """The counter as it stands now: worked out anew where the plan or what is reserved is another."""
        state = self._desk.state
        live = self._reservations.live(seconds(), state.live.planned.factory.now)
        with self._lock:
            at = self._at
            if at is None or at.state is not state or at.reserved != live:
                plain = at.plain if at is not None and at.state is state else Counter(state.live)
                counter, held = beside(plain, live)
                at = self._at = AtCounter(state, live, plain, counter, tuple(held))
            return at


def _named(counter: Counter, request: QuoteRequest) -> QuoteRequest:
    """The request with a name for its order."""
    if request.order:
        return request
    return msgspec.structs.replace(request, order=counter.record(request, counter.now).order)


def request_of(wish: Wish, zone: ZoneInfo) -> QuoteRequest:
    """A wish with its dates read; raises RefusedError for those that are none."""
    faults: list[Finding] = []
    due, earliest = (_moment(name, getattr(wish, name), zone, faults) for name in ("due", "earliest"))
    if faults:
        raise RefusedError(faults)
    return QuoteRequest(
        item=wish.item,
        qty=wish.qty,
        due=due,
        earliest=earliest,
        options=_options(wish.options),
        customer=wish.customer,
        order=wish.order,
        priority=wish.priority,
        weight=wish.weight,
        min_ship_qty=wish.min_ship_qty,
    )


def _options(chosen: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name.strip(), str(value).strip()) for name, value in chosen.items()))


def _moment(name: str, text: str, zone: ZoneInfo, faults: list[Finding]) -> Moment | None:
    if not text.strip():
        return None
    found = read_moment(text, zone)
    if isinstance(found, Noted):
        found = found.value
    if isinstance(found, Fault):
        faults.append(error("C644", name, f"{name} {text!r} {found.says}", found.advise(text)))
        return None
    return found
