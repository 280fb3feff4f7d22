"""From net quantities to lots: minimum, multiple, maximum, yield and days of batching (domain rules 2.2).

The published figures are those of tests 07, 08 and 11 of an open planner (OCA, `mrp_multi_level`).
"""

from typing import Any

import pytest

from pegboard.app.outcome import Outcome
from tests.factories import NONSTOP, buy, factory, forward, make, order, plan, po, purchases, works

Demands = dict[int, list[float]]


def supplied(demands: Demands, receipts: dict[int, float] | None = None, **rule: Any) -> Outcome:
    """Demands and receipts of a bought item by day of June 2026; it is 1 June, and the lead time is a day."""
    return plan(
        factory(
            "2026-06-01 00:00",
            calendars=NONSTOP,
            items=[buy("X", 1, **rule)],
            purchase_orders=[po(f"PO-{d}", "X", q, f"2026-06-{d:02d} 00:00") for d, q in (receipts or {}).items()],
            orders=[
                order(f"SO-{d:02d}-{i}", "X", qty, f"2026-06-{d:02d} 00:00")
                for d, quantities in demands.items()
                for i, qty in enumerate(quantities)
            ],
        )
    )


def lots(demands: Demands, receipts: dict[int, float] | None = None, **rule: Any) -> list[float]:
    return [p.qty for p in purchases(supplied(demands, receipts, **rule), "X")]


def test_lot_for_lot_buys_what_each_demand_needs():
    assert lots({8: [16], 9: [7]}) == [16, 7]


def test_a_need_below_the_minimum_is_raised_to_it():
    """Published: minimum 50, need 16."""
    assert lots({8: [16]}, min_qty=50) == [50]


def test_each_part_of_a_split_obeys_the_minimum_again():
    """Published: minimum 50, maximum 100, need 140: 100, and not 40 but 50."""
    assert lots({8: [140]}, min_qty=50, max_qty=100) == [100, 50]


def test_a_need_above_the_minimum_is_rounded_up_to_the_multiple():
    """Published: minimum 50, multiple 25, need 112: 4.48 multiples, so 5."""
    assert lots({8: [112]}, min_qty=50, multiple=25) == [125]


def test_a_split_takes_the_largest_multiple_below_the_maximum():
    """Maximum 110 holds four multiples of 25; 240 = 100 + 100 + 40, and the 40 become two multiples."""
    assert lots({8: [240]}, multiple=25, max_qty=110) == [100, 100, 50]


def test_a_need_that_is_a_whole_multiple_is_not_raised():
    assert lots({8: [100]}, multiple=25) == [100]


def test_demands_of_seven_days_share_a_lot():
    """Published: 80 on day 8, 50 on 9, 70 on 10 are 200; 46 on 20, 33 on 22 are 79."""
    assert lots({8: [80], 9: [50], 10: [70], 20: [46], 22: [33]}, batch_days=7) == [200, 79]


def test_a_shared_lot_is_there_for_the_first_of_its_demands():
    outcome = supplied({8: [80], 9: [50], 10: [70], 20: [46], 22: [33]}, batch_days=7)

    assert [(p.due - outcome.plan.now) // 86_400 + 1 for p in purchases(outcome, "X")] == [8, 20]


def test_the_span_of_a_lot_begins_with_its_first_shortage():
    """Three days from day 8 reach to day 11; 12 begins a lot of its own."""
    assert lots({8: [10], 10: [10], 11: [10], 12: [10]}, batch_days=3) == [30, 10]


def test_a_receipt_of_the_same_day_comes_before_the_lot_and_its_excess_before_the_next():
    """Published: 87 received, 124 + 90 wanted: 127 -> 130 by fives; 3 left over, so the next 18 need 15."""
    assert lots({8: [124, 90], 20: [18]}, {8: 87}, multiple=5, batch_days=1) == [130, 15]


@pytest.mark.parametrize(("good", "started"), [(16, 17), (19, 20), (20, 22)])
def test_a_lot_is_grossed_up_by_its_yield_before_it_is_rounded(good, started):
    """Yield 0.95: 16.84, 20 and 21.05, each rounded up to whole pieces."""
    outcome = forward(factory(items=[make("X", yield_=0.95)], orders=[order("SO-1", "X", good, "2026-06-19")]))

    assert [w.qty for w in works(outcome, "X")] == [started]


def test_the_minimum_holds_for_what_is_started_not_for_what_comes_out():
    """40 / 0.8 = 50 are started, which is the minimum."""
    item = make("X", yield_=0.8, min_qty=50)
    outcome = forward(factory(items=[item], orders=[order("SO-1", "X", 40, "2026-06-19")]))

    assert [(w.qty, w.good_qty) for w in works(outcome, "X")] == [(50, 40)]


def test_supplies_are_rounded_up_to_the_decimals_of_their_item():
    """2.001 kg with two decimals are 2.01."""
    assert lots({8: [2.001]}, decimals=2) == [2.01]


def test_a_suppliers_minimum_and_multiple_come_before_the_items_own():
    from pegboard.domain.supply import ItemSupplier

    outcome = plan(
        factory(
            items=[buy("X", 1, min_qty=500, multiple=7)],
            item_suppliers=[ItemSupplier(item="X", supplier="S", min_qty=20, multiple=10)],
            orders=[order("SO-1", "X", 3, "2026-06-19")],
        )
    )

    assert [p.qty for p in purchases(outcome, "X")] == [20]
