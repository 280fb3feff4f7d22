"""A life of days for all buffers at once: by hand, against a plain loop, and where its demand comes from."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pegboard.domain.buffer import Buffer, BufferAdjustment, BufferProfile
from pegboard.domain.supply import DemandHistory
from pegboard.planning.buffers.book import BufferBook
from pegboard.planning.buffers.netflow import order_lots, qualified_demand
from pegboard.planning.buffers.simulate import Simulated, Stage, simulate
from pegboard.planning.buffers.simulated_demand import generator, in_units, resampled, varied
from pegboard.planning.buffers.stage import stage
from pegboard.planning.buffers.zones import Sizing
from pegboard.planning.lotsize import LotRule
from pegboard.planning.validate import validate
from tests.factories import buy, factory, make, part, po, stock, wo

TEN_DAYS = Sizing(4.0, 10.0, 30.0, 40.0, 20.0, 15.0, 10)
"""DD-03: tops 30, 70 and 90."""


def staged(
    demand: Sequence[Sequence[float]],
    on_hand: Sequence[float],
    *,
    sizing: Sequence[Mapping[int, Sizing]] = (),
    receipts: Mapping[tuple[int, int], float] | None = None,
    draws: Sequence[tuple[int, int, float]] = (),
    rules: Sequence[LotRule] = (),
    trigger: str = "at_or_below",
) -> Stage:
    """Buffers A, B, ... of DD-03, if nothing else is said; each of them a level below the one before."""
    n, days = len(demand), len(demand[0])
    coming = np.zeros((n, days))
    for (i, day), qty in (receipts or {}).items():
        coming[i, day] = qty
    sizes = tuple(sizing) or ({0: TEN_DAYS},) * n
    lead = [max(1, int(s[0].dlt_days)) for s in sizes]
    return Stage(
        items=tuple("ABCDE"[:n]),
        rules=tuple(rules) or (LotRule(),) * n,
        sizing=sizes,
        alert_pct=np.full(n, 50.0),
        level=np.arange(n),
        on_hand=np.array(on_hand, float),
        receipts=coming,
        demand=np.array(demand, float),
        arrival=np.array([[day + lead[i] for day in range(days)] for i in range(n)]),
        parent=np.array([d[0] for d in draws], int),
        component=np.array([d[1] for d in draws], int),
        per_piece=np.array([d[2] for d in draws], float),
        trigger=trigger,
    )


def days_of(s: Simulated) -> tuple[int, int, int, int]:
    return s.green_days, s.yellow_days, s.red_days, s.dark_red_days


def test_a_steady_demand_is_met_by_an_order_for_each_five_days_of_it():
    """4 a day from 90: net flow is 70 after five days, then on every fifth: 20 each on days 4, 9, ... 29.

    They come ten days later, the first on day 14: stock is at 90 - 56 = 34 on day 13, the lowest.
    """
    (a,) = simulate(staged([[4.0] * 30], [90]))

    assert (a.orders, a.ordered, a.lowest, a.target) == (6, 120, 34, 40)
    assert days_of(a) == (30, 0, 0, 0)


def test_what_cannot_be_shipped_is_owed_and_shipped_when_supply_comes():
    """5 on hand, 8 wanted on day 0: 3 are owed on days 0 and 1; 20 come on day 2, and 17 stay."""
    (a,) = simulate(staged([[8.0, 0, 0]], [5], receipts={(0, 2): 20}))

    assert days_of(a) == (0, 1, 0, 2)
    assert (a.lowest, a.average) == (0, 5.67)


def test_the_colours_of_the_days_follow_what_is_on_hand():
    """Top of red is 30, alert below half of it: 40, 30 | 29, 15 | 14, 0 without anything due."""
    (a,) = simulate(staged([[0, 10, 1, 14, 1, 14.0]], [40]))

    assert days_of(a) == (2, 2, 2, 0)


def test_an_order_draws_on_the_components_the_day_that_it_is_placed():
    """A orders 20 on day 4, two B for each: B's 90 are 50 from then on, at or below 70, and B orders 40 that day."""
    a, b = simulate(staged([[4.0] * 5, [0.0] * 5], [90, 90], draws=[(0, 1, 2.0)]))

    assert (a.orders, a.ordered) == (1, 20)
    assert (b.orders, b.ordered, b.lowest) == (1, 40, 50), "goods drawn by the order are shipped the same day"


def test_a_spike_is_ordered_for_as_soon_as_it_is_in_the_horizon():
    """50 on day 12 is known on day 2: it comes on day 12, and stock is 90 - 50 + 50 at its end."""
    demand = [0.0] * 14
    demand[12] = 50
    (a,) = simulate(staged([demand], [90]))

    assert (a.orders, a.ordered, a.lowest) == (1, 50, 90)


def test_zones_change_on_the_day_of_an_adjustment():
    """Twice the zones from day 3 on: 90 on hand, 180 wanted."""
    double = Sizing(8.0, 10.0, 60.0, 80.0, 40.0, 30.0, 10)
    (a,) = simulate(staged([[0.0] * 6], [90], sizing=[{0: TEN_DAYS, 3: double}]))

    assert (a.orders, a.ordered) == (1, 90)


sizes = st.builds(
    lambda red, yellow, green, dlt: Sizing(1.0, float(dlt), red, yellow, green, red / 2, dlt),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 5),
)


@settings(max_examples=80)
@given(data=st.data())
def test_arrays_of_buffers_live_as_each_buffer_does_in_a_plain_loop(data: Any):
    """A draws on B. The plain loop keeps one number for each thing and asks the definitions of net flow and lots."""
    days = 15
    quantities = st.lists(st.integers(0, 9), min_size=days, max_size=days)
    demand, on_hand = [data.draw(quantities), data.draw(quantities)], [data.draw(st.integers(0, 60)) for _ in "AB"]
    sizing = [data.draw(sizes), data.draw(sizes)]
    rules = [LotRule(data.draw(st.integers(0, 15)), data.draw(st.integers(0, 7))) for _ in "AB"]
    trigger = data.draw(st.sampled_from(["at_or_below", "below"]))

    have, owed, coming, ordered = list(map(float, on_hand)), [0.0, 0.0], [{}, {}], [0.0, 0.0]
    for day in range(days):
        for i in (0, 1):
            have[i] += coming[i].pop(day, 0.0)
        for i in (0, 1):
            owed[i] += demand[i][day]
            shipped = min(have[i], owed[i])
            have[i] -= shipped
            owed[i] -= shipped
            ahead = dict(enumerate(demand[i][day + 1 :], day + 1))
            qualified = qualified_demand(ahead, day, sizing[i].spike_horizon, sizing[i].spike_threshold)
            net_flow = have[i] + sum(coming[i].values()) - owed[i] - qualified
            lots = sum(order_lots(net_flow, sizing[i], rules[i], trigger))
            at = day + max(1, int(sizing[i].dlt_days))
            coming[i][at] = coming[i].get(at, 0.0) + lots
            ordered[i] += lots
            if i == 0:
                owed[1] += 2 * lots
    found = simulate(
        staged(demand, on_hand, sizing=[{0: s} for s in sizing], rules=rules, trigger=trigger, draws=[(0, 1, 2.0)])
    )

    assert [s.ordered for s in found] == ordered


# -- demand ------------------------------------------------------------------------------------------------------------


def test_rounding_of_daily_demand_keeps_its_sum():
    """0.6 a day: 1 0 1 0 1 | 1 ..., ten days are 6."""
    found = in_units(np.full(10, 0.6), 0)

    assert set(found) == {0.0, 1.0}
    assert found.sum() == 6


def test_history_is_drawn_again_day_by_day():
    found = resampled(np.array([0.0, 0, 30]), 3000, generator(1, "X"))

    assert set(found) == {0.0, 30.0}
    assert abs(found.mean() - 10) < 1


def test_usage_without_history_varies_by_the_variability_factor():
    found = varied(10, 0.5, 20_000, generator(1, "X"))

    assert abs(found.mean() - 10) < 0.1
    assert abs(found.std() - 5) < 0.1
    assert set(varied(10, 0, 3, generator(1, "X"))) == {10.0}


# -- a factory ----------------------------------------------------------------------------------------------------

STEADY = BufferProfile(profile="STEADY", lead_time_factor=0.5, variability_factor=0.0)
LIVELY = BufferProfile(profile="LIVELY", lead_time_factor=0.5, variability_factor=0.6)
MONDAY = date(2026, 6, 8)
CHAIN: dict[str, Any] = {
    "items": [make("TOP", policy="buffer"), make("MID"), buy("LOW", policy="buffer")],
    "bom": [part("TOP", "MID"), part("MID", "LOW", 3)],
    "buffers": [Buffer(item="TOP", profile="STEADY", adu=4), Buffer(item="LOW", profile="STEADY", adu=20)],
    "buffer_profiles": [STEADY, LIVELY],
}


def on_stage(days: int = 30, demand: float = 1.0, seed: int = 0, **files: Any) -> Stage:
    """The stage of a factory whose buffers start from what is on hand; lead times are 5 days each."""
    known = validate(factory(**{**CHAIN, **files}))[0]
    book = BufferBook(known, dict.fromkeys(known.items, 5.0))
    rows = []
    for item in book.buffers:
        held = sum(lot.qty for lot in known.lots.get(item, ()))
        rows.append(book.plan(item, held, 0, {}, LotRule(), book.today)[0])
    return stage(book, rows, days, demand, seed)


def test_a_component_is_wanted_by_customers_only_beyond_what_its_parents_draw():
    """20 a day, of which the orders for TOP draw 4 x 3 = 12, through MID."""
    made = on_stage()
    places = [(made.items[p], made.items[c]) for p, c in zip(made.parent, made.component, strict=True)]

    assert places == [("TOP", "LOW")]
    assert list(made.per_piece) == [3]
    assert [made.demand[made.items.index(i)].mean() for i in ("TOP", "LOW")] == [4, 8]


def test_the_demand_factor_multiplies_all_demand():
    made = on_stage(demand=1.5)

    assert made.demand[made.items.index("TOP")].mean() == 6


def test_open_orders_come_on_their_day_and_reserved_ones_do_not_count():
    made = on_stage(
        purchase_orders=[
            po("P1", "LOW", 50, "2026-06-11", received_qty=10),
            po("P2", "LOW", 50, "2026-06-12", reserved_for="SO-1"),
            po("P3", "LOW", 50, "2026-06-01"),
        ],
        work_orders=[wo("W1", "TOP", 7, due=date(2026, 6, 9)), wo("W2", "TOP", 9, order="SO-1")],
        stock=[stock("LOW", 11)],
    )
    low, top = made.items.index("LOW"), made.items.index("TOP")

    assert {(i, int(d)): made.receipts[i, d] for i, d in zip(*np.nonzero(made.receipts), strict=True)} == {
        (low, 3): 40.0,
        (top, 1): 7.0,
    }
    assert made.on_hand[low] == 11


def test_lead_times_of_made_items_without_routing_pass_on_open_days():
    """Monday 8 June and 5 days: TOP on Monday 15, LOW on Saturday 13."""
    made = on_stage()

    assert made.arrival[made.items.index("TOP"), 0] == 7
    assert made.arrival[made.items.index("LOW"), 0] == 5


def test_demand_comes_of_the_history_where_there_is_one():
    """Used on one day in ninety, 90 pieces: nothing else is ever wanted in a day."""
    used = [DemandHistory(item="TOP", date=date(2026, 5, 20), qty=90)]
    made = on_stage(days=400, demand_history=used)

    assert set(made.demand[made.items.index("TOP")]) == {0.0, 90.0}


def test_an_adjustment_to_come_changes_the_zones_on_its_day():
    window = BufferAdjustment(item="TOP", kind="adu", factor=2, start=date(2026, 6, 10), end=date(2026, 6, 11))
    made = on_stage(buffer_adjustments=[window])

    assert {day: s.adu for day, s in made.sizing[made.items.index("TOP")].items()} == {0: 4, 2: 8, 4: 4}


def test_a_window_that_holds_today_is_not_counted_twice():
    window = BufferAdjustment(item="TOP", kind="adu", factor=2, start=date(2026, 6, 1), end=date(2026, 6, 11))
    made = on_stage(buffer_adjustments=[window])
    top = made.items.index("TOP")

    assert {day: s.adu for day, s in made.sizing[top].items()} == {0: 8, 4: 4}
    assert made.demand[top].mean() == 4


def test_a_longer_lead_time_holds_for_what_is_ordered_in_its_window():
    """LOW takes 5 days, twice as many from Wednesday to Thursday."""
    window = BufferAdjustment(item="LOW", kind="lead_time", factor=2, start=date(2026, 6, 10), end=date(2026, 6, 11))
    made = on_stage(buffer_adjustments=[window])
    days = made.arrival[made.items.index("LOW"), :5] - range(5)

    assert list(days) == [5, 5, 10, 10, 5]


def test_an_order_draws_on_the_first_buffers_below_and_not_on_those_below_them():
    rows = [*CHAIN["buffers"], Buffer(item="MID", profile="STEADY", adu=4)]
    items = [make("TOP", policy="buffer"), make("MID", policy="buffer"), buy("LOW", policy="buffer")]
    made = on_stage(items=items, buffers=rows)

    places = {(made.items[p], made.items[c]) for p, c in zip(made.parent, made.component, strict=True)}
    assert places == {("TOP", "MID"), ("MID", "LOW")}


def test_the_same_seed_gives_the_same_days_whatever_other_buffers_there_are():
    lively = [Buffer(item=i, profile="LIVELY", adu=9) for i in ("TOP", "ALSO")]
    more = {"items": [*CHAIN["items"], buy("ALSO", policy="buffer")]}
    one, both = on_stage(buffers=lively[:1], seed=5), on_stage(buffers=lively, seed=5, **more)
    other = on_stage(buffers=lively[:1], seed=6)
    top = both.items.index("TOP")

    assert list(one.demand[0]) == list(both.demand[top])
    assert list(one.demand[0]) != list(both.demand[1 - top])
    assert list(one.demand[0]) != list(other.demand[0])
