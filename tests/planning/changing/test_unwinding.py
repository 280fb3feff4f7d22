"""Orders that change after work has begun: what becomes of work orders, stock, reservations and purchases.

One piece of A takes 6 minutes on M and one RM, which is bought within a day.
"""

from datetime import date
from typing import Any

from pegboard.domain.change import CancelOrder, Change, SetOptions, SetQuantity
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing import apply, inverse
from tests.factories import buy, factory, line, order, part, pegged, plan, po, progress, said, step, stock, wo, works

JUNE = "2026-06-19"


def shop(**files: Any) -> Snapshot:
    """SO-1 wants 10 A."""
    rows: dict[str, Any] = {
        "routing": [step("A", 10, "M", run=6), step("A", 20, "M", run=0)],
        "items": [buy("RM", 1)],
        "bom": [part("A", "RM")],
        "orders": [order("SO-1", "A", 10, JUNE)],
    }
    return factory(**(rows | files))


def after(snapshot: Snapshot, change: Change) -> Snapshot:
    done = apply(snapshot, change)
    assert not done.is_refused, done.findings
    return done.snapshot


def work_orders(snapshot: Snapshot) -> list[tuple[str, float, str, str]]:
    return [(w.wo, w.qty, w.status, w.order) for w in snapshot.work_orders]


def test_a_quantity_below_what_is_shipped_becomes_what_is_shipped():
    """4 of 10 are shipped; 3 in all are wanted: the line is 4, and nothing is left to make."""
    snapshot = shop(orders=[order("SO-1", "A", 10, JUNE, shipped_qty=4)])
    done = apply(snapshot, SetQuantity(order="SO-1", qty=3))

    assert done.snapshot.orders[0].qty == 4
    assert [f.code for f in done.findings] == ["C405"]
    assert plan(done.snapshot).plan.work_orders == ()


def test_a_quantity_below_what_is_completed_closes_the_work_order_and_the_surplus_stays_in_stock():
    """8 of the 10 of WO-1 are completed and in stock, 2 are under way. 5 are wanted: 5 from stock, 3 surplus."""
    snapshot = shop(work_orders=[wo("WO-1", "A", 10, "started", order="SO-1", completed_qty=8)], stock=[stock("A", 8)])
    changed = after(snapshot, SetQuantity(order="SO-1", qty=5))
    outcome = plan(changed)

    assert work_orders(changed) == [("WO-1", 10, "closed", "SO-1")]
    assert pegged(outcome, "A") == {("A", "SO-1/1"): 5}
    assert outcome.plan.work_orders == ()


def test_begun_work_keeps_its_quantity_and_what_no_order_needs_is_free_for_others():
    """WO-1 of 10 is begun; SO-1 wants 6 now, so the 4 left go to SO-2, which needs no work order of its own."""
    snapshot = shop(
        work_orders=[wo("WO-1", "A", 10, "released", order="SO-1")],
        work_order_steps=[progress("WO-1", 10, "done", finished="2026-06-05", good_qty=10)],
        orders=[order("SO-1", "A", 10, JUNE), order("SO-2", "A", 4, "2026-06-26")],
    )
    changed = after(snapshot, SetQuantity(order="SO-1", qty=6))

    assert work_orders(changed) == [("WO-1", 10, "released", "SO-1")]
    assert pegged(plan(changed), "A") == {("wo", "SO-1/1"): 6, ("wo", "SO-2/1"): 4}
    assert [w.wo for w in plan(changed).plan.work_orders] == ["WO-1"]


def test_less_makes_work_not_begun_smaller_and_the_least_certain_gives_first():
    """6 released and 4 firm; 5 less: the 4 go whole, the 6 give 1."""
    snapshot = shop(work_orders=[wo("WO-1", "A", 6, order="SO-1"), wo("WO-2", "A", 4, "firm", order="SO-1")])

    changed = after(snapshot, SetQuantity(order="SO-1", qty=5))

    assert work_orders(changed) == [("WO-1", 5, "released", "SO-1"), ("WO-2", 4, "cancelled", "SO-1")]


def test_more_after_release_is_a_work_order_more_of_the_difference_alone():
    """WO-1 of 10 is released; 13 are wanted: WO-1 stays 10, and a new work order makes 3, not 13."""
    changed = after(shop(work_orders=[wo("WO-1", "A", 10, order="SO-1")]), SetQuantity(order="SO-1", qty=13))

    assert sorted((w.wo, w.qty) for w in plan(changed).plan.work_orders) == [("SO-1/1-1", 3), ("WO-1", 10)]


def test_more_before_release_makes_the_work_order_larger_by_what_yields_the_difference():
    """8 of 10 started pieces come out good: 4 good ones more take 4 / 0.8 = 5 started ones."""
    snapshot = shop(
        routing=[step("A", 10, "M", run=6, yield_=0.8)],
        work_orders=[wo("WO-1", "A", 13, "firm", order="SO-1")],
    )
    changed = after(snapshot, SetQuantity(order="SO-1", qty=14))

    assert work_orders(changed) == [("WO-1", 18, "firm", "SO-1")]
    assert [w.wo for w in plan(changed).plan.work_orders] == ["WO-1"]


def test_two_lines_of_one_item_do_not_take_each_others_work_orders():
    """WO-1 names the order, which wants A on two lines: nobody knows whose it is, so it stays as it is."""
    lines = [order("SO-1", "A", 10, JUNE), order("SO-1", "A", 5, "2026-06-26", line="2")]
    snapshot = shop(orders=lines, work_orders=[wo("WO-1", "A", 15, "firm", order="SO-1")])

    changed = after(snapshot, SetQuantity(order="SO-1", line="2", qty=1))

    assert work_orders(changed) == [("WO-1", 15, "firm", "SO-1")]


def begun() -> Snapshot:
    """WO-1 of 6 for SO-1 has begun with 2 completed, WO-2 of 4 waits; SO-2 wants 9 and is due after SO-3 with 3."""
    orders = [order("SO-1", "A", 10, JUNE), order("SO-2", "A", 9, "2026-07-03"), order("SO-3", "A", 3, "2026-06-26")]
    return shop(
        orders=orders,
        work_orders=[
            wo("WO-1", "A", 6, "started", order="SO-1", completed_qty=2),
            wo("WO-2", "A", 4, order="SO-1"),
        ],
        stock=[stock("RM", 20, reserved_for="SO-1"), stock("A", 2)],
    )


def test_cancelling_finishes_begun_work_cancels_what_waits_and_frees_what_was_reserved():
    """4 of WO-1 are under way and go to whoever is first; with 2 in stock 12 - 6 = 6 are made anew, of free RM."""
    changed = after(begun(), CancelOrder(order="SO-1"))
    outcome = plan(changed)

    assert work_orders(changed) == [("WO-1", 6, "started", ""), ("WO-2", 4, "cancelled", "SO-1")]
    assert [s.reserved_for for s in changed.stock] == ["", ""]
    assert sum(w.qty for w in works(outcome, "A") if w.wo != "WO-1") == 6
    assert [p for p in outcome.plan.purchases if p.item == "RM" and p.action == "order"] == []
    assert [o.order for o in outcome.plan.orders] == ["SO-2", "SO-3"]


def test_cancelling_may_scrap_begun_work():
    """The 4 under way are gone: 12 - 2 in stock = 10 are made anew."""
    changed = after(begun(), CancelOrder(order="SO-1", wip="scrap"))

    assert [(w.wo, w.status, w.scrapped_qty) for w in changed.work_orders] == [
        ("WO-1", "closed", 4),
        ("WO-2", "cancelled", 0),
    ]
    assert sum(w.qty for w in works(plan(changed), "A")) == 10


def test_cancelling_may_give_begun_work_to_the_line_that_is_due_next():
    changed = after(begun(), CancelOrder(order="SO-1", wip="repeg"))

    assert changed.work_orders[0].order == "SO-3/1"
    assert plan(changed).is_certified


def test_cancelling_one_line_of_two_leaves_the_reservations_of_the_order():
    lines = [order("SO-1", "A", 10, JUNE), order("SO-1", "B", 5, JUNE, line="2")]
    snapshot = shop(orders=lines, stock=[stock("RM", 5, reserved_for="SO-1"), stock("RM", 1, reserved_for="SO-1/1")])

    changed = after(snapshot, CancelOrder(order="SO-1", line="1"))

    assert [s.reserved_for for s in changed.stock] == ["SO-1", ""]
    assert [o.status for o in changed.orders] == ["cancelled", "open"]


def test_reducing_and_cancelling_ask_for_less_of_what_is_on_order():
    """PO-1 brings 10 RM for SO-1. With 4 wanted, 6 can be spared; cancelled, all."""
    snapshot = shop(purchase_orders=[po("PO-1", "RM", 10, "2026-06-18")], orders=[order("SO-1", "A", 10, JUNE)])
    keep = shop(
        purchase_orders=snapshot.purchase_orders,
        orders=[*snapshot.orders, order("SO-2", "B", 1, JUNE)],
        routing=[*snapshot.routing, step("B", 10, "M", run=1)],
    )

    def asked(changed: Snapshot) -> list[tuple[str, float]]:
        return [(p.action, p.qty) for p in plan(changed).plan.purchases]

    assert asked(keep) == []
    assert asked(after(keep, SetQuantity(order="SO-1", qty=4))) == [("decrease", 4)]
    assert asked(after(keep, CancelOrder(order="SO-1"))) == [("cancel", 0)]


def test_another_variant_after_release_leaves_the_old_one_to_stock_and_makes_the_new_one():
    """WO-1 makes red ones and is released; blue are wanted now: 10 blue are made, and the red ones go to stock."""
    snapshot = shop(
        orders=[order("SO-1", "A", 10, JUNE, options=(("COLOUR", "red"),))],
        bom=[part("A", "RM", condition="COLOUR=red"), part("A", "RM2", condition="COLOUR=blue")],
        items=[buy("RM", 1), buy("RM2", 1)],
        work_orders=[wo("WO-1", "A", 10, order="SO-1", options=(("COLOUR", "red"),))],
    )
    changed = after(snapshot, SetOptions(order="SO-1", options=(("colour", "blue"),)))
    outcome = plan(changed)

    assert changed.orders[0].options == (("colour", "blue"),)
    assert changed.work_orders == snapshot.work_orders
    assert [w.qty for w in works(outcome, "A") if w.wo != "WO-1"] == [10]
    assert [p.qty for p in outcome.plan.purchases if p.item == "RM2"] == [10]


def test_a_variant_that_changes_before_release_takes_its_work_order_along():
    red, blue = (("COLOUR", "red"),), (("COLOUR", "blue"),)
    snapshot = shop(
        orders=[order("SO-1", "A", 10, JUNE, options=red)],
        bom=[part("A", "RM", condition="COLOUR=red"), part("A", "RM2", condition="COLOUR=blue")],
        items=[buy("RM", 1), buy("RM2", 1)],
        work_orders=[wo("WO-1", "A", 10, "firm", order="SO-1", options=red)],
    )
    changed = after(snapshot, SetOptions(order="SO-1", options=blue))

    assert changed.work_orders[0].options == blue
    assert inverse(snapshot, SetOptions(order="SO-1", options=blue)) == (
        SetOptions(order="SO-1", line="1", options=red),
    )


def test_what_is_shipped_in_part_stays_shipped_and_only_the_rest_is_planned():
    """4 of 10 are shipped; 12 in all leave 8 to make."""
    changed = after(shop(orders=[order("SO-1", "A", 10, JUNE, shipped_qty=4)]), SetQuantity(order="SO-1", qty=12))

    assert [w.qty for w in works(plan(changed), "A")] == [8]


def test_the_plan_before_is_untouched_by_what_if():
    snapshot = begun()
    before = plan(snapshot).plan

    after(snapshot, CancelOrder(order="SO-1", wip="scrap"))

    assert plan(snapshot).plan == before
    assert snapshot == begun()


def test_a_change_of_mind_gives_the_plan_back():
    """12 of 10, and 10 again: the plan of the base, row by row."""
    snapshot = shop(work_orders=[wo("WO-1", "A", 5, "firm", order="SO-1")])
    back = after(after(snapshot, SetQuantity(order="SO-1", qty=12)), SetQuantity(order="SO-1", qty=10))

    assert plan(back).plan == plan(snapshot).plan
    assert line(plan(back), "SO-1").status == "on_time"
    assert not said(plan(back), "C410")
    assert date.fromisoformat(JUNE) == snapshot.orders[0].due
