"""The menu of a quote: the same request asked of a factory in which somebody pays for it to come sooner, or cheaper.

Each entry is solved and judged like the first offer. One that gains nothing says so in a line instead.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from pegboard.app.live import LivePlan
from pegboard.app.moving import ways
from pegboard.app.overtime import with_overtime
from pegboard.app.quoting import Counter, Solved, configured, costing_of, earliest, fitted_in, offer, waits_of
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding
from pegboard.domain.order import OrderLine
from pegboard.domain.quote import Moved, Offer, OfferKind, Quote, QuoteRequest, Wait
from pegboard.domain.supply import ItemSupplier
from pegboard.insight.cost import UnknownCostError
from pegboard.planning.lines import line_of

Tried = tuple[str, Solved] | str
"""How, and what came of it; or why it gains nothing."""
Entry = Callable[["Asked"], Tried]

ROUNDS = 5
"""Purchases or routes that are changed one after the other."""


class Asked:
    """A request, what it can be promised without anything else, and the soonest that is."""

    def __init__(self, counter: Counter, request: QuoteRequest, first: Solved) -> None:
        self.counter, self.request, self.first = counter, request, first
        self.due = None if request.due is None else counter.instant(request.due)
        self.is_late = self.due is not None and first.date > self.due
        found = first if request.due is None or self.is_late else earliest(counter, request)
        self.soonest = found if isinstance(found, Solved) else first
        asked = configured(counter, request, counter.now)
        assert not isinstance(asked, Finding)
        self.factory, self.record = asked

    @property
    def live(self) -> LivePlan:
        """The plan that is asked."""
        return self.counter.live


def with_menu(counter: Counter, quote: Quote, first: Solved) -> Quote:
    """The quote with the other ways there are; those to come sooner only where the wanted date cannot be kept."""
    asked = Asked(counter, quote.request, first)
    base = quote.promise.cost
    offers: list[Offer] = []
    idle: list[str] = []
    for kind, entry in _entries(asked):
        tried = entry(asked)
        if isinstance(tried, str):
            idle.append(f"{kind}: {tried}")
        else:
            offers.append(offer(counter, quote.request, tried[1], kind, tried[0], base))
    return msgspec.structs.replace(quote, menu=tuple(offers), no_gain=tuple(idle))


def _entries(asked: Asked) -> Iterator[tuple[OfferKind, Entry]]:
    if asked.due is not None:
        yield "earliest", _earliest
    yield "cheapest", _cheapest
    if asked.is_late:
        yield "split", _split
    if asked.due is None or asked.is_late:
        yield "expedite", _expedite
        yield "overtime", _overtime
        yield "route", _route
        yield "move", _move


def _earliest(asked: Asked) -> Tried:
    if asked.soonest.date >= asked.first.date:
        return "the promise is the earliest date"
    return "as soon as can be", asked.soonest


# -- cheaper -----------------------------------------------------------------------------------------------------------


def _cheapest(asked: Asked) -> Tried:
    """Regular suppliers, who need not hurry, and of each step the resource that costs least."""
    patient = msgspec.structs.replace(asked.record, due=asked.counter.last)
    found = asked.live.fitted(asked.live.room, asked.factory, [patient], asked.factory.now)
    if isinstance(found, list):
        return found[0].why
    solved = Solved(asked.live, asked.live.room, found, found, [asked.record])
    try:
        cost = costing_of(asked.first).cost().total
        dear = costing_of(solved).dear()
        spared = asked.live.without_candidates(asked.live.room, found, dear, asked.factory.now)
        if spared is not None:
            solved = replace(solved, fitted=spared, soonest=spared)
        saved = cost - costing_of(solved).cost().total
    except UnknownCostError as why:
        return f"cannot be told: {why}"
    if saved <= 0.005:
        return "the promise costs least already"
    return "regular suppliers and the machines that cost least", solved


# -- in parts ----------------------------------------------------------------------------------------------------------


def _split(asked: Asked) -> Tried:
    """As much as can be had by the wanted date, the rest as soon as can be."""
    due, request = asked.due, asked.request
    assert due is not None
    assert request.due is not None
    decimals = asked.factory.items[request.item].decimals
    unit = 10.0**-decimals
    least = max(request.min_ship_qty, unit)
    low, high = 0, round((request.qty - least) / unit)

    def part(units: int) -> OrderLine:
        return msgspec.structs.replace(asked.record, qty=round(units * unit, decimals), due=request.due)

    while low < high:
        units = (low + high + 1) // 2
        found = asked.live.fitted(asked.live.room, asked.factory, [part(units)], asked.factory.now)
        if not isinstance(found, list) and found.completion[0] <= due:
            low = units
        else:
            high = units - 1
    if low * unit < least - 1e-9:
        return f"nothing from {least:g} up can be had by the wanted date"
    rest = round(request.qty - low * unit, decimals)
    first = part(low)
    second = msgspec.structs.replace(
        asked.record, line="2", qty=rest, due=datetime.fromtimestamp(asked.soonest.date, UTC)
    )
    both = fitted_in(asked.live, asked.live.room, asked.factory, [first, second], 2)
    if isinstance(both, list) or both.fitted.completion[0] > due:
        return "the rest would hold the first part up"
    return f"{first.qty:g} by the wanted date, {rest:g} later", both


# -- sooner ------------------------------------------------------------------------------------------------------------


def _expedite(asked: Asked) -> Tried:
    """Hasten what binds as long as that helps and its supplier can."""
    best, factory, extra = asked.soonest, asked.factory, 0.0
    hastened: list[str] = []
    for _ in range(ROUNDS):
        wait = _first_wait(asked.counter, best)
        row = _hastened(best, wait, factory)
        if row is None:
            break
        factory = _with_supplier(factory, row)
        room = asked.live.room_in(asked.live.room, factory)
        found = fitted_in(asked.live, room, factory, [asked.record])
        if isinstance(found, list) or found.date >= best.date:
            break
        n = sum(b.item == row.item for b in found.fitted.supply.purchases)
        extra += (row.expedite_cost or 0.0) * max(n, 1)
        hastened.append(f"{row.item} from {row.supplier} in {row.lead_time_days:g} days")
        best = replace(found, extra=extra)
    if not hastened:
        wait = _first_wait(asked.counter, asked.soonest)
        is_bought = wait.kind == "material"
        return f"{wait.subject} cannot be hastened" if is_bought else f"what binds is {wait.subject}, no purchase"
    return f"hasten {', '.join(hastened)}", best


def _hastened(found: Solved, wait: Wait, factory: Factory) -> ItemSupplier | None:
    """The row of the binding purchase with its hastened lead time; None where nothing bought binds or can hurry."""
    if wait.kind not in ("material", "buffer"):
        return None
    for bought in found.fitted.supply.purchases:
        row = bought.source
        if bought.item != wait.subject or row is None or row.expedite_days is None:
            continue
        usual = factory.items[row.item].lead_time_days if row.lead_time_days is None else row.lead_time_days
        if row.expedite_days < usual:
            return msgspec.structs.replace(row, lead_time_days=row.expedite_days)
    return None


def _with_supplier(factory: Factory, row: ItemSupplier) -> Factory:
    rows = tuple(row if r.supplier == row.supplier else r for r in factory.suppliers[row.item])
    return msgspec.structs.replace(factory, suppliers={**factory.suppliers, row.item: rows})


def _overtime(asked: Asked) -> Tried:
    """Open evenings and Saturdays of what binds, and keep those that are used."""
    wait = _first_wait(asked.counter, asked.soonest)
    if wait.kind not in ("resource", "calendar") or wait.subject not in asked.factory.resources:
        return f"what binds is {wait.subject}, no resource"
    return with_overtime(asked.soonest, wait, asked.factory, asked.record)


def _route(asked: Asked) -> Tried:
    """Make what is made on another route than the first one open to it."""
    best: tuple[str, Solved] | None = None
    items = sorted({w.item for w in asked.soonest.fitted.supply.works if w.item in asked.factory.routes})
    tries = [(i, r) for i in items for r in asked.factory.routes[i][1:]][:ROUNDS]
    for item, route in tries:
        routes = (route, *(r for r in asked.factory.routes[item] if r != route))
        factory = msgspec.structs.replace(asked.factory, routes={**asked.factory.routes, item: routes})
        found = fitted_in(asked.live, asked.live.room_in(asked.live.room, factory), factory, [asked.record])
        if isinstance(found, Solved) and found.date < (best[1] if best else asked.soonest).date:
            best = f"{item} by route {route.route}", found
    return best or ("no other route is sooner" if tries else "there is no other route")


def _move(asked: Asked) -> Tried:
    """Move orders that are less urgent, and say by how much."""
    live, counter = asked.live, asked.counter
    lines = live.planned.supply.lines
    mine = line_of(asked.factory, asked.record)
    lower = frozenset(
        i
        for i, x in enumerate(lines)
        if x.priority > mine.priority or (x.weight < mine.weight and x.priority >= mine.priority)
    )
    if not lower:
        return "no order is less urgent"
    due = asked.request.due if asked.is_late and asked.request.due is not None else counter.now
    found = ways(live, (), asked.factory, [msgspec.structs.replace(asked.record, due=due)], lower)
    if len(found) < 2:
        return "no less urgent order stands in its way alone"
    way = found[-1]
    if way.fitted.completion[0] >= asked.soonest.date:
        return "moving less urgent orders brings no earlier date"
    moved = tuple(_moved(live, way.completion))
    solved = Solved(live, way.room, way.fitted, way.fitted, [asked.record], moved=moved)
    return f"move {', '.join(way.moved)}", solved


def _moved(live: LivePlan, completion: dict[str, int]) -> Iterator[Moved]:
    for line, was in zip(live.planned.supply.lines, live.planned.completion, strict=True):
        now = completion.get(line.id)
        if now is not None and was is not None and now != was:
            yield Moved(line=line.id, customer=line.record.customer, was=was, now=now, due=line.due)


def _first_wait(counter: Counter, found: Solved) -> Wait:
    return waits_of(counter, found)[0]
