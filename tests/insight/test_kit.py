"""Clear to build: full, partial and short kits, and both ways to share parts that do not reach (section 6)."""

from typing import Any

import pytest

from pegboard.app.outcome import Outcome
from pegboard.insight.kit import Kit, Policy, clear_to_build
from pegboard.insight.shortage import shortages
from tests.factories import buy, factory, order, part, plan, po, progress, step, stock, wo


def kits(outcome: Outcome, policy: Policy = "reserve", days: float = 30) -> dict[str, Kit]:
    return {kit.wo: kit for kit in clear_to_build(outcome.planned.factory, outcome.plan, policy, days)}


def two_works(**files: Any) -> Outcome:
    """Locked on Friday the 12th: WO-1 at 08:00, which wants 10 X and 10 Y, WO-2 at 10:00, which wants 10 X."""
    return plan(
        factory(
            items=[buy("X", 4), buy("Y", 2)],
            bom=[part("A", "X", 5), part("A", "Y", 5), part("B", "X", 5)],
            routing=[step("A", 10, "M", run=60), step("B", 10, "N", run=60)],
            work_orders=[wo("WO-1", "A", 2, "firm"), wo("WO-2", "B", 2, "firm")],
            work_order_steps=[
                progress("WO-1", 10, locked=True, start="2026-06-12 08:00"),
                progress("WO-2", 10, locked=True, start="2026-06-12 10:00"),
            ],
            orders=[order("SO-1", "A", 2, "2026-06-19"), order("SO-2", "B", 2, "2026-06-19", priority=1)],
            **files,
        )
    )


def test_a_kit_is_full_if_stock_and_open_orders_bring_every_part_before_the_start():
    """15 X are there and 5 come on Friday, when the factory opens; both begin later that day, or just then."""
    outcome = two_works(
        stock=[stock("X", 15), stock("Y", 10)], purchase_orders=[po("PO-1", "X", 5, "2026-06-12 07:00")]
    )
    found = kits(outcome)

    assert [(k.wo, k.status, k.complete, k.buildable) for k in found.values()] == [
        ("WO-1", "full", 2, 2),
        ("WO-2", "full", 1, 2),
    ]


def test_what_the_plan_would_only_buy_is_no_kit_but_says_when_it_comes():
    """Nothing of Y is there: it is bought, two days from Monday or later; all X are there."""
    outcome = two_works(stock=[stock("X", 20)])
    kit = kits(outcome)["WO-1"]
    y = next(p for p in kit.parts if p.item == "Y")

    assert (kit.status, kit.complete, kit.buildable) == ("partial", 1, 0)
    assert (y.need, y.available, y.short, y.cover) == (10, 0, 10, "P-Y-1")
    (bought,) = [p for p in outcome.plan.purchases if p.item == "Y"]
    assert y.covered_at == kit.clear_at == bought.due


def test_what_could_be_built_is_set_by_the_scarcest_part():
    """Of two A, 7 of 10 X are enough for 1.4, 9 of 10 Y for 1.8: one can be built."""
    kit = kits(two_works(stock=[stock("X", 7), stock("Y", 9)]))["WO-1"]

    assert (kit.status, kit.complete, kit.buildable) == ("partial", 0, 1)


def test_a_kit_with_nothing_in_it_is_short():
    kit = kits(two_works())["WO-1"]

    assert (kit.status, kit.complete, kit.buildable) == ("short", 0, 0)


def test_reserve_lets_the_earlier_one_keep_its_parts_and_skip_hands_them_on():
    """12 X and no Y: WO-1 lacks Y. It keeps 10 X, so that WO-2 has 2 of 10; or WO-2, which wants X alone, takes 10."""
    outcome = two_works(stock=[stock("X", 12)])
    reserve, skip = kits(outcome, "reserve"), kits(outcome, "skip")

    assert (reserve["WO-1"].status, reserve["WO-2"].status) == ("partial", "short")
    assert [p.available for p in reserve["WO-2"].parts] == [2]
    assert (skip["WO-1"].status, skip["WO-2"].status) == ("partial", "full")


def test_skip_says_when_the_parts_come_that_went_to_the_later_one():
    """WO-2 took 10 of the 12 X: WO-1 waits for the 8 that are bought, as well as for its Y."""
    outcome = two_works(stock=[stock("X", 12)])
    x = next(p for p in kits(outcome, "skip")["WO-1"].parts if p.item == "X")
    (bought,) = [p for p in outcome.plan.purchases if p.item == "X"]

    assert (bought.qty, x.cover, x.covered_at) == (8, bought.po, bought.due)


def test_the_more_urgent_comes_first_of_two_that_start_together():
    """WO-2 serves SO-2 of priority 1, and both start on Friday at 08:00: the 10 X are for it."""
    outcome = plan(
        factory(
            items=[buy("X", 2)],
            bom=[part("A", "X", 5), part("B", "X", 5)],
            routing=[step("A", 10, "M", run=60), step("B", 10, "N", run=60)],
            stock=[stock("X", 10)],
            work_orders=[wo("WO-1", "A", 2, "firm"), wo("WO-2", "B", 2, "firm")],
            work_order_steps=[progress(name, 10, locked=True, start="2026-06-12 08:00") for name in ("WO-1", "WO-2")],
            orders=[order("SO-1", "A", 2, "2026-06-19"), order("SO-2", "B", 2, "2026-06-19", priority=1)],
        )
    )
    found = kits(outcome)

    assert [(k.wo, k.priority, k.status) for k in found.values()] == [("WO-2", 1, "full"), ("WO-1", 100, "short")]


def test_what_is_reserved_for_another_order_is_in_no_kit():
    found = kits(two_works(stock=[stock("X", 20, reserved_for="SO-2"), stock("Y", 10)]))

    assert [p.available for p in found["WO-1"].parts] == [0, 10]
    assert found["WO-2"].status == "full"


def test_what_a_customer_is_sold_as_it_is_is_in_no_kit():
    """SO-3 takes 15 of 20 X for itself before."""
    outcome = plan(
        factory(
            items=[buy("X", 4)],
            bom=[part("A", "X", 5)],
            routing=[step("A", 10, "M", run=60)],
            stock=[stock("X", 20)],
            orders=[order("SO-3", "X", 15, "2026-06-09"), order("SO-1", "A", 2, "2026-06-19")],
        )
    )
    (kit,) = kits(outcome).values()

    assert [(p.need, p.available) for p in kit.parts] == [(10, 5)]


@pytest.mark.parametrize(
    ("lot", "there"), [({"available_from": "2026-06-15"}, 0), ({"expires": "2026-06-12"}, 0), ({}, 10)]
)
def test_stock_counts_from_its_day_until_it_expires(lot: dict[str, str], there: float):
    """WO-1 begins on Friday the 12th."""
    kit = kits(two_works(stock=[stock("X", 10, **lot), stock("Y", 10)]))["WO-1"]

    assert next(p.available for p in kit.parts if p.item == "X") == there


def test_only_what_starts_within_the_days_takes_part():
    """WO-1 and WO-2 begin four days from Monday 08:00, at once and two hours later."""
    outcome = two_works(stock=[stock("X", 12)])

    assert list(kits(outcome, days=4)) == []
    assert list(kits(outcome, days=4.05)) == ["WO-1"]


def test_the_shortage_view_sums_by_item_and_day():
    """12 of 20 X and none of 10 Y are there on Friday: 8 X and 10 Y are short, for two work orders and for one."""
    outcome = two_works(stock=[stock("X", 12)])
    found = clear_to_build(outcome.planned.factory, outcome.plan, "reserve", 30)
    rows = shortages(outcome.planned.factory, found)

    assert [(r.item, r.day, r.need, r.available, r.short, r.demands) for r in rows] == [
        ("X", "2026-06-12", 10, 2, 8, ("WO-2",)),
        ("Y", "2026-06-12", 10, 0, 10, ("WO-1",)),
    ]
    assert [r.orders for r in rows] == [("SO-2/1",), ("SO-1/1",)]
    assert rows[1].covered_at == next(p.due for p in outcome.plan.purchases if p.item == "Y")
