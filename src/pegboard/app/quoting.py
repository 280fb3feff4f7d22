"""Quote an order that does not exist: fit it into the room that a plan leaves, say when, why then, and at what cost.

Nothing here changes the plan that is asked. Every offer is fitted by one engine and judged by the referee.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import count

import msgspec

from pegboard.app.live import Fitted, LivePlan, Room
from pegboard.domain.calendar import demand_instant, iso
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error
from pegboard.domain.order import OrderLine
from pegboard.domain.quote import Cost, Moved, Offer, OfferKind, PromiseLine, Quote, QuotedPurchase, QuoteRequest, Wait
from pegboard.domain.record import Moment
from pegboard.domain.variant import refusal
from pegboard.insight.binding import Binding
from pegboard.insight.cost import Costing, UnknownCostError
from pegboard.insight.kpi import utilisation
from pegboard.insight.occupied import Occupied
from pegboard.planning.configured import Configured
from pegboard.planning.lines import LARGEST_QTY
from pegboard.tables.joined import dated
from pegboard.tables.supply import LeftOut

NAME = "QUOTE"
"""The order of a request that names none."""
LOOKS = 3
"""How often a date is asked for again that the components of its own day may change."""


@dataclass(frozen=True)
class Solved:
    """Lines fitted into a room of a plan: the `n_own` first ones are the quote's, the others are moved for it.

    `soonest` is the same fitted as soon as it can be, which shows what binds; `extra` is paid on top.
    """

    live: LivePlan
    room: Room
    fitted: Fitted
    soonest: Fitted
    records: Sequence[OrderLine]
    n_own: int = 1
    extra: float = 0.0
    moved: tuple[Moved, ...] = ()

    @property
    def date(self) -> int:
        """When all of the quote's lines are complete."""
        return max(self.fitted.completion[: self.n_own])


class Counter:
    """A plan over which quotes are given; what they share is worked out once."""

    def __init__(self, live: LivePlan) -> None:
        self.live = live
        self.configured = Configured(self.factory)

    @property
    def factory(self) -> Factory:
        """The factory of the plan."""
        return self.live.planned.factory

    @cached_property
    def occupied(self) -> Occupied:
        """Who holds which resource."""
        return Occupied(self.live.planned)

    @cached_property
    def day_matters(self) -> bool:
        """Whether some bill or route depends on the day for which something is wanted."""
        bills = (line for lines in self.factory.bom.values() for line in lines)
        return any(line.valid_from or line.valid_to or line.alternate_group for line in bills) or any(
            route.valid_from or route.valid_to for route in self.factory.snapshot.routes
        )

    @cached_property
    def bottleneck(self) -> str:
        """The resource that the plan loads most; blank where it loads none."""
        p = self.live.planned
        loads = utilisation(p, int(p.schedule.end.max(initial=self.factory.now)))
        return max(sorted(loads), key=lambda r: loads[r], default="")

    @cached_property
    def _free_name(self) -> str:
        names = self.order_names
        return next(n for k in count(1) if (n := f"{NAME}-{k}") not in names)

    @cached_property
    def order_names(self) -> frozenset[str]:
        """The orders there are."""
        return frozenset(line.order for line in self.factory.snapshot.orders)

    def instant(self, due: Moment) -> int:
        """When something due is due."""
        return demand_instant(due, self.factory.calendar, self.factory.zone)

    def record(self, request: QuoteRequest, due: Moment) -> OrderLine:
        """The order line that a request may become."""
        name = request.order or self._free_name
        return OrderLine(
            order=name,
            item=request.item,
            qty=request.qty,
            due=due,
            customer=request.customer,
            earliest=request.earliest,
            priority=request.priority,
            weight=request.weight,
            options=request.options,
            min_ship_qty=request.min_ship_qty,
        )

    @property
    def last(self) -> datetime:
        """The end of the planning horizon."""
        return datetime.fromtimestamp(self.factory.horizon, UTC)

    @property
    def now(self) -> datetime:
        """The planning instant."""
        return datetime.fromtimestamp(self.factory.now, UTC)


def quote(counter: Counter, request: QuoteRequest) -> Quote | list[Finding]:
    """When the request can be served, on the wanted date and just in time where that can be; or why it is refused."""
    found = solved(counter, request)
    if isinstance(found, list):
        return found
    return quoted(counter, request, found)


def quoted(counter: Counter, request: QuoteRequest, found: Solved) -> Quote:
    """The quote of what was solved."""
    in_time = request.due is not None and found.date <= counter.instant(request.due)
    kind: OfferKind = "wanted" if in_time else "earliest"
    first = offer(counter, request, found, kind, "into the gaps of the plan")
    due = None if request.due is None else counter.instant(request.due)
    return Quote(request=request, due=due, promise=first)


def solved(counter: Counter, request: QuoteRequest) -> Solved | list[Finding]:
    """The request fitted in on the wanted date, or as soon as can be where that is not possible or none is wanted."""
    if faults := list(faults_of(counter, request)):
        return faults
    if request.due is not None:
        wanted = fitted_by(counter, request, request.due)
        if isinstance(wanted, Solved) and wanted.date <= counter.instant(request.due):
            return wanted
    return earliest(counter, request)


def earliest(counter: Counter, request: QuoteRequest) -> Solved | list[Finding]:
    """The request fitted in as soon as it can be, of what is in force and chosen on the day for which it is promised.

    Another day may ask for other components, so that it is asked again for the date that was found, a few times. A
    sooner date counts only where its own day asks for the same, or the next plan would not keep it.
    """
    found = fitted_by(counter, request, counter.now)
    for _ in range(LOOKS if counter.day_matters else 0):
        if not isinstance(found, Solved):
            break
        again = _on_its_day(counter, request, found)
        if not isinstance(again, Solved):
            break
        sooner = replace(again, fitted=again.soonest)
        if sooner.date < again.date and _drawn(_on_its_day(counter, request, sooner)) == _drawn(again):
            again = sooner
        if again.date >= found.date and _drawn(again) == _drawn(found):
            break
        found = again
    return found


def _on_its_day(counter: Counter, request: QuoteRequest, found: Solved) -> Solved | list[Finding]:
    """The request as it is wanted when it was found to be complete."""
    return fitted_by(counter, request, datetime.fromtimestamp(found.date, UTC))


def _drawn(found: Solved | list[Finding]) -> set[str]:
    """The items that are drawn on; none where nothing was found."""
    return {link.item for link in found.fitted.supply.links} if isinstance(found, Solved) else set()


def fitted_by(counter: Counter, request: QuoteRequest, due: Moment) -> Solved | list[Finding]:
    """The request fitted in as an order that is due then, just in time if it can be in time."""
    asked = configured(counter, request, due)
    if isinstance(asked, Finding):
        return [asked]
    factory, record = asked
    return fitted_in(counter.live, counter.live.room, factory, [record])


def fitted_in(
    live: LivePlan, room: Room, factory: Factory, records: Sequence[OrderLine], n_own: int = 1
) -> Solved | list[Finding]:
    """Lines fitted into a room, the first ones being the quote's."""
    now = factory.now
    soonest = live.fitted(room, factory, records, now)
    if isinstance(soonest, list):
        return [_left_out(records[0], why) for why in soonest]
    return Solved(live, room, live.just_in_time(room, soonest, now), soonest, records, n_own)


def configured(counter: Counter, request: QuoteRequest, due: Moment) -> tuple[Factory, OrderLine] | Finding:
    """The factory that knows the line of a request; or what is against its configuration."""
    factory, record = counter.configured.with_line(counter.record(request, due))
    reasons = factory.variants.refused.get(record.id)
    if reasons is None:
        return factory, record
    advice = "choose what options.csv and option_rules.csv allow"
    return error("C544", request.item, refusal(request.item, reasons), advice)


def faults_of(counter: Counter, request: QuoteRequest) -> Iterator[Finding]:
    """Every reason to refuse a request before anything is planned."""
    factory, name = counter.factory, request.item
    if name not in factory.items:
        yield error("C540", name, f"item {name} does not exist", "choose an item of items.csv")
    elif factory.supply[name] == "phantom":
        what = f"item {name} is a phantom: only its parts exist"
        yield error("C540", name, what, "ask for an item that can be delivered")
    elif isinstance(asked := configured(counter, request, counter.now), Finding):
        yield asked
    if not 0 < request.qty <= LARGEST_QTY:
        what = f"{request.qty:g} is no quantity that can be planned"
        yield error("C541", name, what, f"ask for more than 0 and at most {LARGEST_QTY:g}")
    if request.due is not None:
        due = counter.instant(request.due)
        if due < factory.now:
            what = f"the wanted date {iso(due, factory.zone)} is before now, {iso(factory.now, factory.zone)}"
            yield error("C542", name, what, "ask for a later date, or for the earliest")
        elif due > factory.horizon:
            what = f"the wanted date {iso(due, factory.zone)} is beyond the planning horizon"
            yield error("C543", name, what, "ask for an earlier date, or set horizon_days in factory.toml higher")
    if request.order in counter.order_names:
        what = f"order {request.order} exists already"
        yield error("C546", request.order, what, "choose another name for the order")


def _left_out(record: OrderLine, left: LeftOut) -> Finding:
    advice = {
        "horizon": "ask for less, or set horizon_days in factory.toml higher",
        "unschedulable": "ask for less, or set horizon_days in factory.toml higher",
        "data": "mend what pegboard validate names",
        "material": "add a supplier, a routing or a bill of materials",
        "buffer": "size the buffer, or buy and make the item to order",
    }[left.cause]
    return error("C545", record.item, f"{record.qty:g} {record.item} cannot be had: {left.why}", advice)


# -- an offer ----------------------------------------------------------------------------------------------------------


def offer(
    counter: Counter, request: QuoteRequest, found: Solved, kind: OfferKind, how: str, first: Cost | None = None
) -> Offer:
    """What was solved as a value; `first` is the cost that others are compared with."""
    fitted = found.fitted
    costing = costing_of(found)
    cost, unknown = None, ""
    try:
        cost = costing.cost(found.extra)
    except UnknownCostError as why:
        unknown = str(why)
    if found.moved:
        cost, unknown = first, ""
    price = fitted.factory.items[request.item].price
    worth = None if price is None else round(price * request.qty, 2)
    margin = None if cost is None or worth is None else round(worth - cost.total, 2)
    hours = costing.hours_on(counter.bottleneck)
    waits = waits_of(counter, found)
    lines = fitted.completion[: found.n_own]
    due = None if request.due is None else counter.instant(request.due)
    return Offer(
        kind=kind,
        how=how,
        lines=tuple(PromiseLine(qty=r.qty, date=t) for r, t in zip(found.records, lines, strict=False)),
        date=found.date,
        is_on_time=None if due is None else found.date <= due,
        binding=waits[0],
        next=waits[1] if len(waits) > 1 else None,
        purchases=tuple(_purchases(found, costing)),
        cost=cost,
        cost_unknown=unknown,
        extra_cost=None if cost is None or first is None else round(cost.total - first.total, 2),
        price=worth,
        margin=margin,
        bottleneck=counter.bottleneck,
        margin_per_bottleneck_hour=None if margin is None or hours < 1e-6 else round(margin / hours, 2),
        moved=found.moved,
    )


def costing_of(found: Solved) -> Costing:
    """What adds up the cost of what was solved."""
    planned, fitted = found.live.planned, found.fitted
    table = planned.table.extended(fitted.factory)
    below = planned.supply.purchases
    return Costing(fitted.factory, table, fitted.supply, fitted.problem, fitted.schedule, below)


def waits_of(counter: Counter, found: Solved) -> list[Wait]:
    """What holds the last of the quote's lines up, as soon as that can be."""
    fitted = found.soonest
    links = dated(fitted.supply, found.live.planned.deliveries).links
    binding = Binding(
        fitted.factory, fitted.supply, links, fitted.problem, fitted.schedule, counter.occupied.free_since
    )
    line = max(range(found.n_own), key=lambda i: fitted.completion[i])
    return binding.waits(line, fitted.completion[line])


def _purchases(found: Solved, costing: Costing) -> Iterator[QuotedPurchase]:
    """Each purchase, ordered as late as those who draw on it allow."""
    supply, schedule, dates = found.fitted.supply, found.fitted.schedule, found.room.ground.dates
    need = [math.inf] * len(supply.purchases)
    for link in supply.links:
        line = link.line if link.line >= 0 else supply.works[link.work].line
        if link.supply_kind == "purchase" and link.index >= 0 and line < found.n_own:
            at = supply.lines[link.line].need if link.line >= 0 else int(schedule.setup_start[link.op])
            need[link.index] = min(need[link.index], at)
    for bought, wanted in zip(supply.purchases, need, strict=True):
        if math.isinf(wanted):
            continue  # for those who are moved
        latest = int(max(wanted, bought.earliest))
        if bought.in_week:
            due, order_by = bought.earliest, dates.order_day(bought.item, bought.source, bought.earliest)
        else:
            order_by, due, _ = dates.order_by(bought.item, bought.source, latest)
        try:
            cost = round(costing.price(bought.item, bought.source) * bought.qty, 2)
        except UnknownCostError:
            cost = None
        yield QuotedPurchase(
            po=bought.po,
            item=bought.item,
            supplier=bought.source.supplier if bought.source else "",
            qty=bought.qty,
            order_by=order_by,
            due=due,
            cost=cost,
        )


def promised(record: OrderLine, due: Moment | None, wanted: int, date: int) -> OrderLine:
    """The line as it is accepted: promised for the quoted instant, due then or when it was wanted, if that is later."""
    instant = datetime.fromtimestamp(date, UTC)
    is_later = due is not None and wanted >= date
    return msgspec.structs.replace(record, promised=instant, due=due if is_later and due is not None else instant)
