"""Of several suppliers the first in rank that is in time is asked, and none delivers more than its week allows."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.supply import ItemSupplier, Supplier
from tests.factories import at, buy, factory, order, part, pegged, plan, po, purchases, step


def sold_by(*rows: tuple[str, float, dict[str, Any]], due: str = "2026-06-30", qty: float = 10, **more: Any) -> Outcome:
    """X is ordered on Mon 06-08, from suppliers with their lead time in days."""
    return plan(
        factory(
            items=[buy("X", 1)],
            item_suppliers=[ItemSupplier(item="X", supplier=s, lead_time_days=lead, **m) for s, lead, m in rows],
            **{"orders": [order("SO-1", "X", qty, due)], **more},
        )
    )


def bought(outcome: Outcome) -> list[tuple[str, float, str]]:
    """Supplier, quantity and day of each purchase."""
    return sorted((p.supplier, p.qty, at(outcome, p.due)) for p in purchases(outcome, "X"))


def test_the_first_in_rank_is_asked_while_it_is_in_time():
    rows = ("NEAR", 2, {"rank": 2}), ("FAR", 14, {"rank": 1})

    assert [b[0] for b in bought(sold_by(*rows))] == ["FAR"]
    assert [b[0] for b in bought(sold_by(*rows, due="2026-06-12"))] == ["NEAR"]


def test_where_nobody_is_in_time_the_soonest_is_asked():
    outcome = sold_by(("SLOW", 30, {"rank": 1}), ("QUICK", 20, {"rank": 2}), due="2026-06-12")

    assert [b[0] for b in bought(outcome)] == ["QUICK"]


def test_of_equal_rank_the_cheaper_is_asked():
    assert [b[0] for b in bought(sold_by(("A", 2, {"price": 5.0}), ("B", 2, {"price": 4.0})))] == ["B"]


def test_minimum_and_multiple_are_those_of_the_supplier_who_is_asked():
    outcome = sold_by(("NEAR", 2, {"rank": 2, "min_qty": 25.0}), ("FAR", 14, {"multiple": 4.0}), due="2026-06-12")

    assert [b[:2] for b in bought(outcome)] == [("NEAR", 25)]
    assert [b[:2] for b in bought(sold_by(("FAR", 14, {"multiple": 4.0})))] == [("FAR", 12)]


def test_a_supplier_whose_weeks_are_full_hands_over_to_the_next():
    """Four a week, from Thu 06-11 on: four on 06-19, four on 06-12; the other two come from B."""
    outcome = sold_by(
        ("A", 3, {"rank": 1}), ("B", 3, {"rank": 2}), due="2026-06-19", suppliers=[Supplier(supplier="A", weekly_qty=4)]
    )

    assert bought(outcome) == [
        ("A", 4, "Fri 06-12 08:00"),
        ("A", 4, "Fri 06-19 08:00"),
        ("B", 2, "Fri 06-19 08:00"),
    ]


def test_open_orders_take_of_the_week_too():
    """Three of the four of that week are on PO-9: one more, and five on the Friday before, in lots of at most four."""
    outcome = sold_by(
        ("A", 1, {}),
        due="2026-06-19",
        qty=8,
        suppliers=[Supplier(supplier="A", weekly_qty=4)],
        purchase_orders=[po("PO-9", "Y", 3, "2026-06-18", supplier="A")],
    )

    assert bought(outcome) == [("A", 4, "Fri 06-12 08:00"), ("A", 4, "Mon 06-22 08:00")]


def test_a_lot_that_cannot_be_smaller_has_a_week_to_itself():
    """At least ten in a lot, four a week: each lot of ten comes in a week of its own."""
    outcome = sold_by(
        ("A", 3, {"min_qty": 10.0}), due="2026-06-19", qty=20, suppliers=[Supplier(supplier="A", weekly_qty=4)]
    )

    assert bought(outcome) == [("A", 10, "Fri 06-12 08:00"), ("A", 10, "Fri 06-19 08:00")]


def test_a_bought_item_is_used_within_its_shelf_life():
    """Ten at least in a lot that keeps three days; the second order, two weeks later, cannot live on the rest."""
    outcome = plan(
        factory(
            items=[buy("MILK", 1, shelf_life_days=3, min_qty=10)],
            bom=[part("A", "MILK", 4)],
            routing=[step("A", 10, "M", run=30)],
            orders=[order("SO-1", "A", 1, "2026-06-16"), order("SO-2", "A", 1, "2026-06-30")],
        )
    )

    assert pegged(outcome, "MILK") == {("purchase", "SO-1/1-1"): 4, ("purchase", "SO-2/1-1"): 4}
    assert [p.qty for p in purchases(outcome, "MILK")] == [10, 10]


def test_the_rest_of_a_lot_that_still_keeps_is_used():
    outcome = plan(
        factory(
            items=[buy("MILK", 1, shelf_life_days=3, min_qty=10)],
            bom=[part("A", "MILK", 4)],
            routing=[step("A", 10, "M", run=30)],
            orders=[order("SO-1", "A", 1, "2026-06-16"), order("SO-2", "A", 1, "2026-06-17")],
        )
    )

    assert [p.qty for p in purchases(outcome, "MILK")] == [10]


def test_an_open_order_is_passed_over_only_where_the_weeks_of_a_supplier_let_a_new_one_come_sooner():
    """Wanted on Tuesday the 9th. From Thu 06-11 on four a week: eight bought anew are there on Mon 06-15."""
    outcome = sold_by(
        ("A", 3, {}),
        due="2026-06-09",
        qty=8,
        suppliers=[Supplier(supplier="A", weekly_qty=4)],
        purchase_orders=[po("PO-9", "X", 8, "2026-06-12")],
    )

    assert bought(outcome) == []
