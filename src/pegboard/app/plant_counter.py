"""Quotes on the live plan: the counter is kept as long as the plan stands, with what is reserved in it."""

import threading
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.app.files import Report
from pegboard.app.offers import with_menu
from pegboard.app.plant_desk import PlantDesk, RefusedError, Written, entries_of
from pegboard.app.plant_state import LiveState
from pegboard.app.quoting import Counter, quoted, solved
from pegboard.app.reserving import accept
from pegboard.domain.finding import Finding, error
from pegboard.domain.quote import Quote, QuoteRequest
from pegboard.domain.record import Moment
from pegboard.exchange.fault import Fault, Noted
from pegboard.exchange.moment_text import moment as read_moment


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


class PlantCounter:
    """Where quotes are asked for."""

    def __init__(self, desk: PlantDesk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._at: tuple[LiveState, Counter] | None = None

    def quote(self, wish: Wish, *, menu: bool) -> Quote:
        """The answer to a wish; raises RefusedError where nothing can be promised."""
        counter = self._counter()
        request = request_of(wish, self._desk.zone)
        found = solved(counter, request)
        if isinstance(found, list):
            raise RefusedError(found)
        first = quoted(counter, request, found)
        return with_menu(counter, first, found) if menu else first

    def accept(self, wish: Wish, quoted_for: int | None, who: str, why: str, etag: str, report: Report) -> Written:
        """Make what was quoted for a date an order; raises RefusedError where it cannot be had then any more."""
        request = request_of(wish, self._desk.zone)
        counter = self._counter()
        if not request.order:
            request = msgspec.structs.replace(request, order=counter.record(request, counter.now).order)
        done = accept(counter, (), request, quoted_for)
        if isinstance(done, list):
            raise RefusedError(done)
        return self._desk.write(entries_of([done.change], who, why), "repair", who, why, etag, report)

    def _counter(self) -> Counter:
        state = self._desk.state
        with self._lock:
            if self._at is None or self._at[0] is not state:
                self._at = (state, Counter(state.live))
            return self._at[1]


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
