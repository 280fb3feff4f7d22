"""What a customer asks about an order that does not exist yet, and what can be promised: by when, why, at what cost.

Instants are UTC seconds since 1970, quantities in the item's unit, money in the factory's currency.
"""

from typing import Literal

import msgspec

from pegboard.domain.record import Moment, Options

OfferKind = Literal["earliest", "wanted", "cheapest", "split", "expedite", "overtime", "route", "move"]
WaitKind = Literal["material", "buffer", "resource", "calendar", "earliest", "process"]


class _Value(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of the values of a quote."""


class QuoteRequest(_Value, frozen=True, kw_only=True):
    """What is asked for; without `due` as soon as can be. `order` names the order that may come of it."""

    item: str
    qty: float
    due: Moment | None = None
    earliest: Moment | None = None
    options: Options = ()
    customer: str = ""
    order: str = ""
    priority: int | None = None
    weight: float | None = None
    min_ship_qty: float = 0.0


class PromiseLine(_Value, frozen=True, kw_only=True):
    """So much is there by then."""

    qty: float
    date: int


class Wait(_Value, frozen=True, kw_only=True):
    """What holds a delivery up, between which instants and for how many seconds in all; `what` says it in words.

    `subject` is an item, a resource or a work order, whichever `kind` is about.
    """

    kind: WaitKind
    subject: str
    start: int
    end: int
    delay: int
    what: str


class QuotedPurchase(_Value, frozen=True, kw_only=True):
    """A purchase that the order would make."""

    po: str
    item: str
    supplier: str
    qty: float
    order_by: int
    due: int
    cost: float | None


class Cost(_Value, frozen=True, kw_only=True):
    """What an order costs: what it draws, the hours it runs and is set up on resources, and what is paid on top.

    `excess` is what its purchases bring beyond what it draws; others may use that, and it is no part of the total.
    """

    material: float
    run: float
    setup: float
    extra: float = 0.0
    excess: float = 0.0

    @property
    def total(self) -> float:
        """All of it but the excess."""
        return self.material + self.run + self.setup + self.extra


class Moved(_Value, frozen=True, kw_only=True):
    """An order line that comes at another time for the sake of a quote."""

    line: str
    customer: str
    was: int
    now: int
    due: int


class Sure(_Value, frozen=True, kw_only=True):
    """What replays of the plan with the order in it say of its date.

    `on_time` is the probability to be there when it is due, or on the promised date where that is later, with its
    standard error. `p50` to `p95` are completions, None where they lie behind the calendars; the `safe` date is P80.
    """

    runs: int
    seed: int
    on_time: float
    standard_error: float
    p50: int | None
    safe: int | None
    p95: int | None


class Offer(_Value, frozen=True, kw_only=True):
    """One way to serve a request, solved and judged.

    `binding` is what holds it up most, `next` what would then. `cost` is None where a cost is not known, and
    `cost_unknown` says which; `extra_cost` is against the first offer of the quote. `sure` is None where the plan with
    the order in it has not been replayed. What the referee is against is no offer.
    """

    kind: OfferKind
    how: str
    lines: tuple[PromiseLine, ...]
    date: int
    is_on_time: bool | None
    binding: Wait
    next: Wait | None
    purchases: tuple[QuotedPurchase, ...]
    cost: Cost | None
    cost_unknown: str
    extra_cost: float | None
    price: float | None
    margin: float | None
    bottleneck: str
    margin_per_bottleneck_hour: float | None
    moved: tuple[Moved, ...] = ()
    sure: Sure | None = None
    certified: bool = True


class Quote(_Value, frozen=True, kw_only=True):
    """The answer to a request: what is promised, the other ways there are, and those that gain nothing, with why."""

    request: QuoteRequest
    due: int | None
    promise: Offer
    menu: tuple[Offer, ...] = ()
    no_gain: tuple[str, ...] = ()
    expires: int | None = None


class Reservation(_Value, frozen=True, kw_only=True):
    """A quote whose place and material are held for so many hours.

    It was made at `made` by the clock on the wall and at `made_at` by the factory's, and ends when either has gone on
    for longer. `date` is what was quoted.
    """

    name: str
    request: QuoteRequest
    date: int
    made: int
    made_at: int
    hours: float

    def is_live(self, wall: int, now: int) -> bool:
        """Whether it still holds anything, by the clock on the wall and by that of the factory."""
        last = round(self.hours * 3600)
        return wall < self.made + last and now < self.made_at + last
