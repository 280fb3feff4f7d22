"""What holds for a quote on any plan: accepted as quoted, every offer gains, never later than last in line."""

import random
from datetime import UTC, datetime

import msgspec
import pytest

from pegboard.app.live import LivePlan
from pegboard.app.offers import with_menu
from pegboard.app.outcome import Outcome
from pegboard.app.quoting import Counter, Solved, quoted, solved
from pegboard.app.repair import repaired
from pegboard.app.reserving import Accepted, accept
from pegboard.domain.plan import places_of
from pegboard.domain.quote import QuoteRequest
from tests.laws.conftest import CaseOf
from tests.laws.planning import Case, silent

SEEDS = range(1, 120, 3)
BLOCKS = pytest.mark.parametrize("first", range(4))


def block(case_of: CaseOf, first: int) -> list[tuple[int, Case]]:
    cases = [(seed, case_of(seed)) for seed in SEEDS[first :: len(range(4))]]
    return [(seed, case) for seed, case in cases if case.run.outcome is not None]


def counter_of(case: Case) -> Counter:
    assert case.run.outcome is not None
    return Counter(LivePlan(case.run.outcome))


def request(seed: int, counter: Counter) -> QuoteRequest | None:
    """As one of the factory's own lines wants it, under a new name; every other one by that line's date."""
    factory = counter.factory
    lines = [o for o in factory.lines if o.item in factory.items and o.status == "open" and not o.ship_complete]
    if not lines:
        return None
    rng = random.Random(f"request {seed}")
    one = rng.choice(lines)
    due = one.due if seed % 2 and factory.now < counter.instant(one.due) <= factory.horizon else None
    return QuoteRequest(
        item=one.item, qty=one.qty, due=due, options=one.options, customer=one.customer, order="ASKED", priority=1
    )


def answered(seed: int, counter: Counter) -> tuple[QuoteRequest, Solved] | None:
    asked = request(seed, counter)
    found = None if asked is None else solved(counter, asked)
    return (asked, found) if asked is not None and isinstance(found, Solved) else None


@BLOCKS
def test_what_is_accepted_is_complete_when_it_was_quoted(case_of: CaseOf, first: int):
    """Also where its date was wanted; nobody else's date changes, and the plan is certified."""
    found, n = {}, 0
    for seed, case in block(case_of, first):
        counter = counter_of(case)
        if (got := answered(seed, counter)) is None:
            continue
        asked, offer = got
        done = accept(counter, (), asked, offer.date)
        if isinstance(done, list):
            found[seed] = [str(f) for f in done]
            continue
        assert isinstance(done, Accepted)
        n += 1
        after = {o.id: o.completion for o in done.outcome.plan.orders}
        before = {o.id: o.completion for o in counter.live.outcome.plan.orders}
        if after.pop("ASKED/1") != offer.date or after != before:
            found[seed] = ["not as quoted"]
    assert found == {}
    assert n > 3


@BLOCKS
def test_every_offer_of_the_menu_gains_something(case_of: CaseOf, first: int):
    """Sooner, cheaper, or a part by the wanted date; the promise itself stays as it is without a menu."""
    found = {}
    for seed, case in block(case_of, first):
        counter = counter_of(case)
        if (got := answered(seed, counter)) is None:
            continue
        asked, offer = got
        bare = quoted(counter, asked, offer)
        full = with_menu(counter, bare, offer)
        if full.promise != bare.promise:
            found[seed] = ["another promise"]
        for entry in full.menu:
            sooner = entry.date < full.promise.date or entry.lines[0].date < full.promise.date
            cheaper = entry.extra_cost is not None and entry.extra_cost < 0
            if not (sooner or cheaper) or (entry.kind == "move") != bool(entry.moved):
                found[seed] = [entry.kind, entry.how]
    assert found == {}


def components(outcome: Outcome, name: str) -> set[str]:
    """The items that a line draws on, and the work orders that are made for it."""
    supply = outcome.planned.supply
    row = next(i for i, line in enumerate(supply.lines) if line.id == name)
    mine = {i for i, work in enumerate(supply.works) if work.line == row and work.record is None}
    return {x.item for x in supply.links if x.line == row or x.work in mine}


@BLOCKS
def test_a_quote_is_not_later_than_the_order_last_in_line(case_of: CaseOf, first: int):
    """The same order, due at the end of the horizon so that it takes what all others leave, in a plan repaired by a
    right shift: it is fitted in behind them. Not comparable are other components, which bills may ask for on the day of
    the horizon, and an order that moves others.
    """
    found, n = {}, 0
    for seed, case in block(case_of, first):
        counter = counter_of(case)
        asked = request(seed, counter)
        if asked is None or not isinstance(offer := solved(counter, msgspec.structs.replace(asked, due=None)), Solved):
            continue
        last = datetime.fromtimestamp(counter.factory.horizon, UTC)
        line = msgspec.structs.replace(offer.records[0], due=last, priority=10_000)
        base = counter.factory.snapshot
        snapshot = msgspec.structs.replace(base, orders=(*base.orders, line))
        outcome = repaired(snapshot, places_of(counter.live.outcome.plan), "shift", (), [], "", 0, silent)
        after = {o.id: o.completion for o in outcome.plan.orders}
        last_in_line = after.pop(line.id)
        disturbs = after != {o.id: o.completion for o in counter.live.outcome.plan.orders}
        drawn = {x.item for x in offer.fitted.supply.links}
        if last_in_line is None or disturbs or drawn != components(outcome, line.id):
            continue
        n += 1
        if offer.date > last_in_line:
            found[seed] = [f"{(offer.date - last_in_line) / 3600:.1f} h later"]
    assert found == {}
    assert n > 1
