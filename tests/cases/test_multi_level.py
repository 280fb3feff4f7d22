"""A product of two levels with yield, a phantom, a buffered part, minimum lots and a supplier's week (MT-02, MT-03)."""

# ruff: noqa: N802 - examples keep the capitals of their names

import pytest

from pegboard.app.evaluate import evaluate
from pegboard.app.live import LivePlan
from pegboard.app.outcome import Outcome
from pegboard.domain.change import SetQuantity
from pegboard.domain.supply import ItemSupplier, Supplier
from pegboard.planning.changing import apply
from tests.factories import (
    at,
    buy,
    factory,
    make,
    order,
    part,
    pegged,
    pegs,
    phantom,
    plan,
    po,
    purchases,
    step,
    stock,
    times,
    works,
)


def product(qty: float = 10, batch_days: float = 0, buffered: float = 10) -> Outcome:
    """SO-1 wants FG-100 by Fri 07-17; FG-100 takes 2 SA-200, 1 BX-300, 4 RM-400; SA-200 takes 3 RM-500, 2 RM-400."""
    return plan(
        factory(
            "2026-06-29 08:00",
            items=[
                buy("BX-300", policy="buffer"),
                phantom("SA-250"),
                make("SA-200", yield_=0.95),
                buy("RM-400", 7, min_qty=50, multiple=10, batch_days=batch_days),
                buy("RM-500", 10),
            ],
            bom=[
                part("FG-100", "SA-200", 2),
                part("FG-100", "BX-300", 1),
                part("FG-100", "RM-400", 4),
                part("SA-200", "RM-500", 3, yield_=0.90),
                part("SA-200", "SA-250", 1),
                part("SA-250", "RM-400", 2),
            ],
            routing=[step("FG-100", 10, "ASSY", setup=30, run=45), step("SA-200", 10, "CELL-1", setup=60, run=30)],
            suppliers=[Supplier(supplier="S-500", calendar="STD")],
            item_suppliers=[ItemSupplier(item="RM-500", supplier="S-500")],
            stock=[stock("SA-200", 4), stock("RM-500", 10), stock("RM-400", 5), stock("BX-300", buffered)],
            purchase_orders=[po("SR-1", "RM-400", 20, "2026-07-06")],
            orders=[order("SO-1", "FG-100", qty, "2026-07-17")],
        ),
        allowance_days=0,
    )


WO_1, WO_2 = "SO-1/1-1", "SO-1/1-2"


def bought(outcome: Outcome, item: str) -> list[tuple[float, str, str]]:
    return [(p.qty, at(outcome, p.order_by), at(outcome, p.due)) for p in purchases(outcome, item)]


def test_MT_02_the_end_item_takes_its_last_day():
    """30 + 10 x 45 = 480 min are the whole of Friday 07-17."""
    assert times(product(), WO_1) == ("Fri 07-17 08:00", "Fri 07-17 17:00")


def test_MT_02_the_sub_assembly_is_netted_grossed_up_by_its_yield_and_done_the_day_before():
    """20 - 4 in stock are 16 good; 16 / 0.95 = 16.84, so 17 start; 60 + 17 x 30 = 570 min end on Thursday evening."""
    outcome = product()
    (work,) = works(outcome, "SA-200")

    assert (work.qty, work.good_qty) == (17, 16)
    assert times(outcome, WO_2) == ("Wed 07-15 15:30", "Thu 07-16 17:00")


def test_MT_02_the_sub_assembly_comes_from_stock_and_the_work_order():
    assert pegged(product(), "SA-200") == {("SA-200", WO_1): 4, ("wo", WO_1): 16}


def test_MT_02_the_buffered_part_is_taken_from_stock_and_not_exploded():
    outcome = product()
    (peg,) = pegs(outcome, "BX-300")

    assert (peg.supply_kind, peg.qty, at(outcome, peg.need)) == ("stock", 10, "Fri 07-17 08:00")
    assert bought(outcome, "BX-300") == []


def test_MT_02_the_phantom_hands_its_need_on_at_the_step_of_its_parent():
    """17 x 2 through SA-250 at Wed 15:30, 10 x 4 for FG-100 at Fri 08:00."""
    outcome = product()
    needs: dict[str, float] = {}
    for p in pegs(outcome, "RM-400"):
        needs[at(outcome, p.need)] = needs.get(at(outcome, p.need), 0) + p.qty

    assert needs == {"Wed 07-15 15:30": 34, "Fri 07-17 08:00": 40}
    assert not works(outcome, "SA-250")


def test_MT_02_raw_material_is_taken_from_stock_then_open_orders_then_a_purchase():
    """34 = 5 in stock + 20 of SR-1 + 9 bought; the 40 are bought too."""
    assert pegged(product(), "RM-400") == {
        ("RM-400", WO_2): 5,
        ("SR-1", WO_2): 20,
        ("purchase", WO_2): 9,
        ("purchase", WO_1): 40,
    }


def test_MT_02_a_short_nine_becomes_the_minimum_of_fifty_ordered_a_week_ahead():
    """9 -> 50 for Wed 07-15, seven calendar days after Wed 07-08; the 40 for Friday are in it, and 1 is left over."""
    assert bought(product(), "RM-400") == [(50, "Wed 07-08 00:00", "Wed 07-15 08:00")]


def test_MT_02_an_order_by_on_sunday_rolls_back_to_the_suppliers_friday():
    """17 x 3 / 0.9 = 56.67, so 57, less 10 in stock: 47. Ten days before Wed 07-15 is Sun 07-05, so Fri 07-03."""
    assert bought(product(), "RM-500") == [(47, "Fri 07-03 00:00", "Wed 07-15 08:00")]


def test_MT_03_twelve_pieces_start_on_the_day_before():
    """30 + 12 x 45 = 570 min before Fri 17:00: Thu 15:30. 24 - 4 = 20 good, 22 started, 60 + 22 x 30 = 720 min."""
    outcome = product(qty=12, buffered=12)
    (work,) = works(outcome, "SA-200")

    assert times(outcome, WO_1) == ("Thu 07-16 15:30", "Fri 07-17 17:00")
    assert (work.qty, work.good_qty) == (22, 20)
    assert times(outcome, WO_2) == ("Wed 07-15 10:30", "Thu 07-16 15:30")


def test_MT_03_the_bought_part_is_rounded_up_after_its_own_yield():
    """22 x 3 / 0.9 = 73.3, so 74, less 10 in stock: 64."""
    assert [qty for qty, _, _ in bought(product(qty=12, buffered=12), "RM-500")] == [64]


def test_MT_03_lot_for_lot_with_a_minimum_buys_fifty_twice():
    """44 - 25 = 19 short -> 50, 31 left over; 48 - 31 = 17 short -> 50, 33 left over."""
    assert [qty for qty, _, _ in bought(product(qty=12, buffered=12), "RM-400")] == [50, 50]


def test_MT_03_with_a_batch_window_of_a_day_both_needs_share_one_lot_of_seventy():
    """The needs lie on Wed 07-15 and Thu 07-16, one day apart: 19 + 48 = 67 -> 70."""
    assert [qty for qty, _, _ in bought(product(qty=12, batch_days=1, buffered=12), "RM-400")] == [70]


@pytest.mark.parametrize("batch_days", [0, 1])
def test_MT_03_asked_as_a_change_gives_the_plan_of_twelve(batch_days: float):
    """Ten become twelve by a change: planned again it is the plan of twelve, repaired it buys the same."""
    base, wanted = product(10, batch_days), product(12, batch_days)
    changed = apply(base.planned.factory.snapshot, SetQuantity(order="SO-1", line="1", qty=12))
    assert not changed.is_refused
    again = evaluate(LivePlan(base), changed.snapshot, "replan", [], "", lambda *_: None)
    assert again.plan.operations == wanted.plan.operations
    assert again.plan.purchases == wanted.plan.purchases
    repaired = evaluate(LivePlan(base), changed.snapshot, "repair", [], "", lambda *_: None)
    assert repaired.is_certified
    for item in ("RM-400", "RM-500"):
        assert [b.qty for b in purchases(repaired, item)] == [b.qty for b in purchases(wanted, item)]
