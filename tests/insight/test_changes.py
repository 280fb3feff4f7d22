"""What is asked of suppliers about open purchase orders: expedite, defer, increase, decrease and cancel (section 6)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest

from pegboard.app.outcome import Outcome
from pegboard.domain.buffer import Buffer
from pegboard.domain.item import Item
from pegboard.domain.order import Customer, OrderLine
from pegboard.domain.plan import PurchasePlan
from pegboard.domain.supply import ItemSupplier, PurchaseOrder
from tests.factories import at, buy, completion, factory, order, part, plan, po, progress, said, step, stock, wo

FROM_ACME = ItemSupplier(item="X", supplier="ACME", lead_time_days=3, price=2.0)
ON_FRIDAY = order("SO-1", "A", 1, "2026-06-19")
"""One A of ten X is an hour's work: it must begin on Friday the 19th at 16:00."""


def buying(
    *open_orders: PurchaseOrder,
    orders: Sequence[OrderLine] = (ON_FRIDAY,),
    source: ItemSupplier = FROM_ACME,
    item: Item | None = None,
    policy: Mapping[str, Any] | None = None,
    customers: Sequence[Customer] = (),
) -> Outcome:
    """As of Monday the 8th, for one A of ten X."""
    return plan(
        factory(
            items=[item or buy("X", price=None), Item(item="A", price=50.0)],
            item_suppliers=[source],
            bom=[part("A", "X", 10)],
            routing=[step("A", 10, "M", run=60)],
            purchase_orders=open_orders,
            orders=orders,
            customers=customers,
            policy=policy,
        )
    )


def acme(name: str, qty: float, due: str, **more: Any) -> PurchaseOrder:
    return po(name, "X", qty, due, supplier="ACME", **more)


def changed(outcome: Outcome) -> list[PurchasePlan]:
    return [row for row in outcome.plan.purchases if row.action != "order"]


SLOW = msgspec.structs.replace(FROM_ACME, lead_time_days=60)
"""No new purchase helps."""


def test_a_purchase_that_makes_a_customer_late_is_to_be_hastened():
    """It is there on Monday the 22nd, A is done at 09:00 and 2 d 16 h late; wanted by Friday 16:00, so on Friday."""
    outcome = buying(acme("PO-1", 10, "2026-06-15", promised="2026-06-22"), source=SLOW)

    (row,) = changed(outcome)
    assert (row.action, row.po, row.qty) == ("expedite", "PO-1", 10)
    assert (at(outcome, row.due), at(outcome, row.need)) == ("Mon 06-22 08:00", "Fri 06-19 08:00")
    assert completion(outcome, "SO-1") == "Mon 06-22 09:00", "the plan itself stays with what is promised"
    (message,) = said(outcome, "S350")
    for words in (
        "Mon 2026-06-22",
        "Fri 2026-06-19",
        "SO-1/1",
        "2 d 16 h",
        "PO-1 > SO-1/1-1 step 10 > SO-1/1",
        "50.00",
    ):
        assert words in message.what


def test_no_damper_holds_back_what_makes_a_customer_late():
    outcome = buying(acme("PO-1", 10, "2026-06-22"), source=SLOW, policy={"expedite_days": 30})

    assert [m.subject for m in said(outcome, "S350")] == ["PO-1"]


@pytest.mark.parametrize(("days", "feasible"), [(11, True), (12, False)])
def test_haste_is_feasible_if_the_supplier_can_do_it_from_today(days: int, feasible: bool):
    """From Monday the 8th, 11 days are Friday the 19th."""
    source = msgspec.structs.replace(SLOW, expedite_days=days, expedite_cost=75.0)
    (row,) = changed(buying(acme("PO-1", 10, "2026-06-22"), source=source))

    assert (row.feasible, row.cost) == (feasible, 75.0)


def test_haste_is_not_feasible_where_the_wanted_day_is_over():
    """A is due today; its X was wanted at 08:00, which is now."""
    (row,) = changed(buying(acme("PO-1", 10, "2026-06-10"), orders=[order("SO-1", "A", 1, "2026-06-08")], source=SLOW))

    assert (row.action, row.need, row.feasible) == ("expedite", row.order_by, False)


def test_a_first_step_uses_its_material_before_its_queue():
    """A must begin on Friday the 19th at 16:00, and queues for two working days before: X is wanted on Wednesday. It
    comes on Thursday, so that A is late."""
    outcome = plan(
        factory(
            items=[buy("X", 60)],
            bom=[part("A", "X", 10)],
            routing=[step("A", 10, "M", run=60, queue_min=960)],
            purchase_orders=[po("PO-1", "X", 10, "2026-06-18")],
            orders=[ON_FRIDAY],
        )
    )

    assert [at(outcome, row.need) for row in changed(outcome)] == ["Wed 06-17 08:00"]
    assert [m.subject for m in said(outcome, "S350")] == ["PO-1"]


@pytest.mark.parametrize(("tolerance", "codes"), [(0, ["S351"]), (1, [])])
def test_haste_for_a_delivery_buffer_alone_is_damped(tolerance: float, codes: list[str]):
    """Two days of buffer: A is wanted on Wednesday 17:00 and must begin at 16:00. X is there on Thursday: in time for
    the customer, a day late for the buffer."""
    customer = Customer(customer="BUYER", delivery_buffer_min=2880)
    line = order("SO-1", "A", 1, "2026-06-19", customer="BUYER")
    outcome = buying(
        acme("PO-1", 10, "2026-06-18"),
        orders=[line],
        source=SLOW,
        customers=[customer],
        policy={"expedite_days": tolerance},
    )

    assert outcome.plan.orders[0].status == "on_time"
    assert [m.code for m in outcome.plan.messages if m.code in ("S350", "S351")] == codes


@pytest.mark.parametrize(("due", "moved"), [("2026-06-15", False), ("2026-06-16", True)])
def test_a_purchase_used_later_than_the_tolerance_is_to_be_put_off(due: str, moved: bool):
    """A is begun on its due day at 16:00, and X comes on Wednesday the 10th; five days are let pass, six are not."""
    outcome = buying(acme("PO-1", 10, "2026-06-10"), orders=[order("SO-1", "A", 1, due)])

    assert [(row.action, at(outcome, row.need)) for row in changed(outcome)] == (
        [("defer", "Tue 06-16 08:00")] if moved else []
    )
    assert bool(said(outcome, "S352")) == moved


def test_a_purchase_is_put_off_to_before_the_queue_of_the_step_that_uses_it():
    """Two working days of queue before Tuesday the 23rd 16:00, where A is locked: X is used on Friday the 19th."""
    outcome = plan(
        factory(
            items=[buy("X")],
            bom=[part("A", "X", 10)],
            routing=[step("A", 10, "M", run=60, queue_min=960)],
            purchase_orders=[po("PO-1", "X", 10, "2026-06-10")],
            work_orders=[wo("WO-1", "A", 1, "planned")],
            work_order_steps=[progress("WO-1", 10, locked=True, start="2026-06-23 16:00")],
            orders=[order("SO-1", "A", 1, "2026-06-23")],
        )
    )

    assert [at(outcome, row.need) for row in changed(outcome)] == ["Fri 06-19 08:00"]


def test_a_new_purchase_of_the_same_week_can_ride_on_an_open_one():
    """4 of 10 are ordered for Wednesday; 6 would be bought for Friday, at 2.00 each."""
    outcome = buying(acme("PO-1", 4, "2026-06-17"))

    (row,) = changed(outcome)
    assert (row.action, row.po, row.qty, row.cost) == ("increase", "PO-1", 10, 12.0)
    assert "P-X-1" in said(outcome, "S353")[0].what
    assert [p.qty for p in outcome.plan.purchases if p.action == "order"] == [6], "until the supplier agrees"


def test_what_rides_along_comes_in_whole_multiples_and_needs_no_minimum_of_its_own():
    """6 are missing: alone a minimum of 50, with the open order 10 in fives."""
    source = msgspec.structs.replace(FROM_ACME, min_qty=50, multiple=5)
    rows = changed(buying(acme("PO-1", 4, "2026-06-17"), source=source))

    assert [(row.action, row.qty) for row in rows] == [("increase", 14)]


@pytest.mark.parametrize(
    "open_order",
    [
        acme("PO-1", 4, "2026-06-12"),
        acme("PO-1", 8, "2026-06-17", received_qty=4),
        po("PO-1", "X", 4, "2026-06-17", supplier="OTHER"),
    ],
    ids=["another week", "under way already", "another supplier"],
)
def test_nothing_rides_on(open_order: PurchaseOrder):
    assert "increase" not in [row.action for row in changed(buying(open_order))]


@pytest.mark.parametrize(("least", "pct", "left"), [(0, 10, [10]), (12, 10, [12]), (0, 50, [10]), (0, 51, [])])
def test_what_nobody_needs_of_a_purchase_is_cut_down_to_the_suppliers_minimum(
    least: float, pct: float, left: list[int]
):
    """10 of 20 are for A; a cut of half is asked for if the tolerance is not above 50 %."""
    source = msgspec.structs.replace(FROM_ACME, min_qty=least)
    outcome = buying(acme("PO-1", 20, "2026-06-17"), source=source, policy={"change_qty_pct": pct})

    assert [(r.action, r.qty, r.cost) for r in changed(outcome)] == [("decrease", n, -2.0 * (20 - n)) for n in left]


def test_what_is_received_counts_towards_the_multiple():
    """30 of 50 came, 20 are open and 10 of them needed: 40 in all are two multiples."""
    source = msgspec.structs.replace(FROM_ACME, multiple=20)
    rows = changed(buying(acme("PO-1", 50, "2026-06-17", received_qty=30), source=source))

    assert [(row.action, row.qty) for row in rows] == [("decrease", 10)]


def test_a_purchase_that_nobody_needs_is_to_be_cancelled():
    outcome = buying(acme("PO-1", 10, "2026-06-17"), acme("PO-2", 7, "2026-06-18"))

    assert [(r.action, r.po, r.qty, r.need, r.cost) for r in changed(outcome)] == [("cancel", "PO-2", 0, None, -14.0)]
    assert [m.subject for m in said(outcome, "S355")] == ["PO-2"]


@pytest.mark.parametrize(
    "line",
    [order("SO-2", "A", 1, "2026-06-19", status="hold"), order("SO-2", "A", 1, "2027-06-19")],
    ids=["hold", "later"],
)
def test_what_an_order_left_out_may_want_again_is_not_cancelled(line: OrderLine):
    """SO-2 is on hold, or due after the horizon: it takes no X in this plan, but will."""
    outcome = buying(acme("PO-1", 10, "2026-06-17"), acme("PO-2", 10, "2026-06-17"), orders=[ON_FRIDAY, line])

    assert changed(outcome) == []


def test_stock_is_kept_and_not_cancelled():
    """An item of policy stock is ordered for nobody in particular."""
    outcome = buying(acme("PO-1", 10, "2026-06-17"), acme("PO-2", 7, "2026-06-17"), item=buy("X", policy="stock"))

    assert [r.po for r in changed(outcome)] == []


@pytest.mark.parametrize(
    ("on_hand", "asked"),
    [
        (73, []),
        (80, [("PO-2", "cancel", 0)]),
        (88, [("PO-1", "decrease", 12), ("PO-2", "cancel", 0)]),
    ],
)
def test_a_buffer_gives_back_only_what_it_has_above_the_top_of_green(on_hand: int, asked: list[tuple[str, str, int]]):
    """Its top of green is 100; 20 come on the 17th and 7 on the 18th, and nobody draws on them. With 73 on hand net
    flow is 100, with 80 it is 107: 7 too much are PO-2. With 88 it is 115: 8 of PO-1 are too much as well."""
    outcome = plan(
        factory(
            items=[buy("X", policy="buffer")],
            buffers=[Buffer(item="X", kind="override", tor=30, toy=60, tog=100)],
            purchase_orders=[po("PO-1", "X", 20, "2026-06-17"), po("PO-2", "X", 7, "2026-06-18")],
            stock=[stock("X", on_hand)],
            orders=[order("SO-2", "Y", 1, "2026-06-19")],
        )
    )

    assert sorted((r.po, r.action, r.qty) for r in changed(outcome)) == asked


def test_a_buffer_that_is_not_sized_gives_nothing_back():
    outcome = buying(
        acme("PO-1", 20, "2026-06-17"), orders=[order("SO-2", "Y", 1, "2026-06-19")], item=buy("X", policy="buffer")
    )

    assert changed(outcome) == []


def test_a_purchase_past_due_is_asked_for_a_date_and_for_nothing_else():
    """It was to come on the 1st; whether it is needed depends on when it will."""
    outcome = buying(acme("PO-1", 30, "2026-06-01"))

    assert changed(outcome) == []
    assert [m.subject for m in said(outcome, "P201")] == ["PO-1"]
