"""Suppliers at the edge: late, partial, closed, too late to order, and substitutes (edge cases 36 to 38)."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.supply import ItemSupplier, PurchaseOrder, Supplier
from tests.factories import (
    at,
    buy,
    closed,
    completion,
    factory,
    line,
    order,
    part,
    pegged,
    plan,
    po,
    purchases,
    said,
    step,
)

JUNE = "2026-06-19"


def waiting_for(*open_orders: PurchaseOrder, lead: float = 60, due: str = JUNE) -> Outcome:
    """SO-1 wants one A of ten X, an hour's work; new X take so long that only open orders help."""
    return plan(
        factory(
            items=[buy("X", lead)],
            bom=[part("A", "X", 10)],
            routing=[step("A", 10, "M", run=60)],
            purchase_orders=open_orders,
            orders=[order("SO-1", "A", 1, due)],
        ),
        rule="edd",
    )


def test_edge_36_an_order_is_planned_by_what_the_supplier_promised():
    """Due on the 10th, promised for the 16th."""
    outcome = waiting_for(po("PO-1", "X", 10, "2026-06-10", promised="2026-06-16"))

    assert completion(outcome, "SO-1") == "Tue 06-16 09:00"


def test_edge_36_a_promise_that_makes_a_customer_late_shows_with_its_cause():
    row = line(waiting_for(po("PO-1", "X", 10, "2026-06-10", promised="2026-06-22")), "SO-1")

    assert (row.status, row.cause) == ("late", "material")
    assert "PO-1" in row.reason


def test_edge_36_only_what_is_still_to_come_counts():
    """6 of 10 came and went; the other 4 come with PO-1 on the 10th, and 6 with PO-2 on the 17th."""
    outcome = waiting_for(po("PO-1", "X", 10, "2026-06-10", received_qty=6), po("PO-2", "X", 20, "2026-06-17"))

    assert pegged(outcome, "X") == {("PO-1", "SO-1/1-1"): 4, ("PO-2", "SO-1/1-1"): 6}
    assert completion(outcome, "SO-1") == "Wed 06-17 09:00"


def test_edge_36_a_receipt_past_due_is_reported_and_counts_for_nothing_until_it_has_a_new_date():
    outcome = waiting_for(po("PO-1", "X", 10, "2026-06-01"), lead=3)

    assert [m.subject for m in said(outcome, "P201")] == ["PO-1"]
    assert pegged(outcome, "X") == {("purchase", "SO-1/1-1"): 10}


def test_edge_36_a_closed_order_brings_nothing():
    outcome = waiting_for(po("PO-1", "X", 10, "2026-06-10", status="closed"), lead=3)

    assert pegged(outcome, "X") == {("purchase", "SO-1/1-1"): 10}


def test_edge_37_too_late_to_order_is_ordered_now_and_said_to_be_infeasible():
    """Needed on the 10th, but ten days from 06-08 are 06-18."""
    outcome = waiting_for(lead=10, due="2026-06-10")
    (row,) = purchases(outcome, "X")

    assert (at(outcome, row.order_by), at(outcome, row.due), row.feasible) == (
        "Mon 06-08 08:00",
        "Thu 06-18 08:00",
        False,
    )


def test_edge_37_what_can_still_be_ordered_in_time_is_feasible():
    (row,) = purchases(waiting_for(lead=10), "X")

    assert row.feasible


def from_abroad(due: str = "2026-06-30", basis: str = "calendar", lead: float = 10, **files: Any) -> Outcome:
    """S takes orders on weekdays; from 06-11 to 06-24 it is closed for a feast. It is Mon 06-01 in the factory."""
    return plan(
        factory(
            "2026-06-01 08:00",
            calendars={"STD": "mon-fri 08:00-12:00 13:00-17:00", "SUP": "mon-fri 08:00-17:00"},
            calendar_exceptions=[closed("SUP", "2026-06-11", "2026-06-24")],
            items=[buy("X", 0)],
            suppliers=[Supplier(supplier="S", calendar="SUP", **files)],
            item_suppliers=[ItemSupplier(item="X", supplier="S", lead_time_days=lead, lead_time_basis=basis)],  # type: ignore[arg-type]
            orders=[order("SO-1", "X", 10, due)],
        )
    )


def order_by(outcome: Outcome) -> str:
    (row,) = purchases(outcome, "X")
    return at(outcome, row.order_by)


def test_edge_37_an_order_by_in_the_suppliers_holidays_falls_before_them():
    """Ten days before 06-30 is 06-20, in the feast; the last open day before it is Wed 06-10."""
    assert order_by(from_abroad()) == "Wed 06-10 00:00"


def test_edge_37_a_lead_time_in_working_days_skips_the_holidays():
    """From 06-30 five open days back: Mon 29, Fri 26, Thu 25, Wed 10 and Tue 06-09."""
    assert order_by(from_abroad(basis="working", lead=5)) == "Tue 06-09 00:00"


def test_edge_37_an_order_that_cannot_wait_for_the_end_of_the_holidays_arrives_after_them():
    """Nine open days after Mon 06-01: 2, 3, 4, 5, 8, 9, 10, 25 and Fri 06-26."""
    outcome = from_abroad(due="2026-06-12", basis="working", lead=9)

    assert completion(outcome, "SO-1") == "Fri 06-26 08:00"


def test_edge_37_a_supplier_delivers_no_more_than_its_weekly_quantity():
    """Ten by Tue 06-30, three a week: three each on that day and the Fridays of the two weeks before, one on 06-12."""
    outcome = from_abroad(weekly_qty=3)

    assert {at(outcome, row.due): row.qty for row in purchases(outcome, "X")} == {
        "Fri 06-12 08:00": 1,
        "Fri 06-19 08:00": 3,
        "Fri 06-26 08:00": 3,
        "Tue 06-30 08:00": 3,
    }
    assert completion(outcome, "SO-1") == "Tue 06-30 08:00"


def substitutes(oak: int = 1, pine: int = 2) -> Outcome:
    """Four A take two OAK each, or, in its place, three and a half PINE."""
    return plan(
        factory(
            items=[buy("OAK"), buy("PINE")],
            bom=[
                part("A", "OAK", 2, alternate_group="WOOD", rank=oak),
                part("A", "PINE", 3.5, alternate_group="WOOD", rank=pine),
            ],
            routing=[step("A", 10, "M", run=5)],
            orders=[order("SO-1", "A", 4, JUNE)],
        )
    )


def test_edge_38_of_substitutes_the_first_in_rank_is_drawn_alone():
    assert [(p.item, p.qty) for p in substitutes().plan.purchases] == [("OAK", 8)]


def test_edge_38_a_substitute_is_drawn_at_its_own_quantity_and_not_mixed_with_the_first():
    """With PINE first, 4 x 3.5 = 14 are bought, and no OAK."""
    assert [(p.item, p.qty) for p in substitutes(oak=2, pine=1).plan.purchases] == [("PINE", 14)]
