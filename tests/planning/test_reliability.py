"""What received purchase orders teach of a supplier, and the safety time that planning takes from it (SC-01)."""

# ruff: noqa: N802 - examples keep the capitals of their names

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding
from pegboard.domain.supply import ItemSupplier, PurchaseOrder
from pegboard.planning.reliability import SupplierRecord, safety_days, supplier_records
from pegboard.planning.validate import validate
from tests.factories import at, buy, factory, order, pegged, plan, po, purchases

SC_01 = (-1, 0, 0, 1, 2, 0, 3, 0, 1, 4)
DUE = date(2026, 5, 4)


def received(*lateness: int, item: str = "X", **more: Any) -> list[PurchaseOrder]:
    """Orders that were due on 4 May and came so many days later, from ACME."""
    return [
        po(f"PO-{item}-{k}", item, 10, "2026-05-04", supplier="ACME", received=DUE + timedelta(days), **more)
        for k, days in enumerate(lateness)
    ]


def checked(orders: Sequence[PurchaseOrder], service: float = 80) -> tuple[Factory, list[Finding]]:
    """As of 8 June, for items X and Y, of which ACME promises 7 days."""
    return validate(
        factory(
            items=[buy("X"), buy("Y")],
            item_suppliers=[ItemSupplier(item=i, supplier="ACME", lead_time_days=7) for i in ("X", "Y")],
            purchase_orders=orders,
            policy={"supplier_service": service},
        )
    )


def row(found: Factory, item: str) -> SupplierRecord:
    return next(r for r in supplier_records(found) if r.item == item)


def test_SC_01_the_record_of_ten_receipts():
    """Sorted -1 0 0 0 0 1 1 2 3 4: half on time, one day late on average; the 8th of ten is 2, the 10th (of 9.5) 4."""
    record = row(checked(received(*SC_01))[0], "X")

    assert (record.receipts, record.otd_pct, record.mean_days) == (10, 50, 1.0)
    assert (record.p80_days, record.p95_days) == (2, 4)


@pytest.mark.parametrize(("service", "days"), [(80, 2), (90, 3), (50, 0), (0, 0)])
def test_SC_01_the_lead_time_grows_by_the_percentile_of_the_service_wanted(service: float, days: float):
    found, _ = checked(received(*SC_01), service)

    assert safety_days(found).get(("X", "ACME"), 0) == days
    assert row(found, "X").planned_days == 7 + days


@pytest.mark.parametrize(("service", "order_by"), [(0, "Fri 06-12 00:00"), (80, "Wed 06-10 00:00")])
def test_purchases_are_ordered_earlier_by_the_safety_time(service: float, order_by: str):
    """Wanted on Friday the 19th: 7 days before is the 12th, 7 + 2 days before the 10th."""
    outcome = plan(
        factory(
            items=[buy("X")],
            item_suppliers=[ItemSupplier(item="X", supplier="ACME", lead_time_days=7)],
            purchase_orders=received(*SC_01),
            orders=[order("SO-1", "X", 6, "2026-06-19")],
            policy={"supplier_service": service},
        )
    )

    assert [at(outcome, p.order_by) for p in purchases(outcome, "X")] == [order_by]


def test_a_supplier_that_is_always_early_makes_no_lead_time_shorter():
    found, _ = checked(received(*[-3] * 10))

    assert safety_days(found) == {}
    assert row(found, "X").planned_days == 7


@pytest.mark.parametrize(("own", "days"), [(7, 5), (8, 0)])
def test_an_item_is_judged_by_its_own_receipts_from_eight_on(own: int, days: float):
    """X comes on time, Y always five days late. Of seven X and eight Y the 12th of 15 is 5; eight X speak for X."""
    found, _ = checked([*received(*[0] * own), *received(*[5] * 8, item="Y")])

    assert safety_days(found).get(("X", "ACME"), 0) == days
    assert safety_days(found)["Y", "ACME"] == 5


def test_the_row_of_a_supplier_holds_all_its_items():
    record = row(checked([*received(0, 0), *received(4, 4, item="Y")])[0], "")

    assert (record.receipts, record.otd_pct, record.mean_days, record.planned_days) == (4, 50, 2, None)


def test_lateness_counts_from_the_promised_day():
    """Wanted on 4 May, promised for the 11th, there on the 12th."""
    promised = po("PO-1", "X", 10, "2026-05-04", supplier="ACME", promised="2026-05-11", received="2026-05-12")

    assert row(checked([promised])[0], "X").mean_days == 1


def test_an_order_of_which_a_part_has_come_teaches_nothing_yet_and_brings_the_rest():
    partly = po("PO-1", "X", 10, "2026-06-10", supplier="ACME", received_qty=4, received="2026-06-05")

    assert row(checked([partly])[0], "X").receipts == 0
    outcome = plan(
        factory(items=[buy("X", 60)], purchase_orders=[partly], orders=[order("SO-1", "X", 6, "2026-06-19")])
    )
    assert pegged(outcome, "X") == {("PO-1", "SO-1/1"): 6}


def test_an_order_that_was_received_is_no_supply_any_more():
    """It came on the 5th: what it brought is in stock or gone."""
    came = po("PO-1", "X", 10, "2026-06-10", received="2026-06-05")
    outcome = plan(factory(items=[buy("X", 3)], purchase_orders=[came], orders=[order("SO-1", "X", 6, "2026-06-19")]))

    assert pegged(outcome, "X") == {("purchase", "SO-1/1"): 6}


def test_a_receipt_after_now_is_reported_teaches_nothing_and_is_still_to_come():
    future = po("PO-1", "X", 10, "2026-06-10", supplier="ACME", received="2026-06-09")
    found, findings = checked([future])

    assert [(f.code, f.subject) for f in findings] == [("V230", "PO-1")]
    assert row(found, "X").receipts == 0
    assert [p.id for p in found.receipts["X"]] == ["PO-1"]
