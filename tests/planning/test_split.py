"""Steps divided into equal operations: how many, how much each, and what goes in and comes after."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.plan import OperationPlan
from pegboard.domain.resource import Resource
from pegboard.insight.explain import Explainer
from tests.factories import at, buy, factory, forward, make, order, part, pegs, po, progress, said, step, wo

LATE = "2026-07-31"


def divided(qty: float = 60, capacity: int = 3, decimals: int = 0, setup: float = 0, **more: Any) -> Outcome:
    """A is cut, welded at one of equal places, and packed; a minute a piece at each step, from Monday 08:00 on."""
    limits = {"max_split": 3} | {
        k: more.pop(k) for k in ("max_split", "split_min_qty", "batch_key", "batch_qty") if k in more
    }
    return forward(
        factory(
            items=[make("A", decimals=decimals), buy("ROD")],
            resources=[Resource(resource="WELD", capacity=capacity)],
            routing=[
                step("A", 10, "CUT", run=1),
                step("A", 20, "WELD", run=1, setup=setup, **limits),
                step("A", 30, "PACK", run=1),
            ],
            orders=[order("SO-1", "A", qty, LATE)],
            **more,
        )
    )


def welds(outcome: Outcome) -> list[OperationPlan]:
    return [o for o in outcome.plan.operations if o.step == 20]


def quantities(outcome: Outcome) -> list[float]:
    return [o.qty for o in welds(outcome)]


def test_a_divided_step_runs_beside_itself_and_the_next_waits_for_all():
    """60 pieces are cut by 09:00, welded 20 a place by 09:20, and packed from then on."""
    outcome = divided()

    assert quantities(outcome) == [20.0, 20.0, 20.0]
    assert {(at(outcome, o.start), at(outcome, o.end)) for o in welds(outcome)} == {
        ("Mon 06-08 09:00", "Mon 06-08 09:20")
    }
    assert [at(outcome, o.start) for o in outcome.plan.operations if o.step == 30] == ["Mon 06-08 09:20"]


def test_each_part_is_set_up_on_its_own():
    assert [o.setup_min for o in welds(divided(setup=10))] == [10.0, 10.0, 10.0]


def test_there_are_no_more_parts_than_places():
    assert quantities(divided(capacity=2)) == [30.0, 30.0]


def test_no_part_is_below_the_least_quantity():
    """60 pieces hold 25 twice."""
    assert quantities(divided(split_min_qty=25)) == [30.0, 30.0]
    assert quantities(divided(split_min_qty=61)) == [60.0]


def test_parts_add_up_in_the_decimals_of_the_item():
    assert quantities(divided(qty=10)) == [4.0, 3.0, 3.0]
    assert quantities(divided(qty=1, decimals=2)) == [0.34, 0.33, 0.33]
    assert quantities(divided(qty=2)) == [1.0, 1.0]


def test_a_single_place_leaves_the_step_whole_and_says_so():
    outcome = divided(capacity=1)

    assert quantities(outcome) == [60.0]
    assert "one place to run" in said(outcome, "V173")[0].what


def test_an_oven_takes_the_lot_as_one():
    outcome = divided(batch_key="HOT", batch_qty=100)

    assert quantities(outcome) == [60.0]
    assert "an oven takes a lot as one" in said(outcome, "V173")[0].what


def test_a_step_that_has_begun_or_is_locked_stays_whole():
    under_way = {"work_orders": [wo("WO-1", "A", 60, order="SO-1")]}
    done = progress("WO-1", 10, "done")
    begun = progress("WO-1", 20, "started", good_qty=6)
    locked = progress("WO-1", 20, locked=True, start="2026-06-09 08:00")

    assert quantities(divided(work_order_steps=[done, begun], **under_way)) == [54.0]
    assert quantities(divided(work_order_steps=[done, locked], **under_way)) == [60.0]
    assert quantities(divided(work_order_steps=[done], **under_way)) == [20.0, 20.0, 20.0]


def test_parts_draw_their_share_and_together_what_the_whole_step_would():
    """10 pieces take 3 rods for every 4, 7.5 or 8 in all: parts of 4, 3 and 3 draw up to 3.2, 5.6 and 8 rounded up."""
    outcome = divided(qty=10, bom=[part("A", "ROD", 3, per_qty=4, step=20)])

    assert [p.qty for p in pegs(outcome, "ROD", "SO-1/1-1")] == [4.0, 2.0, 2.0]


def test_every_part_waits_for_its_material():
    """The rods come on Tuesday at 08:00, a day from Monday; cutting was done on Monday."""
    outcome = divided(bom=[part("A", "ROD", 1, step=20)], qty=30)

    assert {at(outcome, o.start) for o in welds(outcome)} == {"Tue 06-09 08:00"}


def test_parts_are_named_by_step_and_number():
    outcome = divided()
    assert outcome.planned.op_names == [
        "SO-1/1-1.10",
        "SO-1/1-1.20/1",
        "SO-1/1-1.20/2",
        "SO-1/1-1.20/3",
        "SO-1/1-1.30",
    ]
    chain = Explainer(outcome.planned).why(0).chain
    assert sum(s.seconds for s in chain) == (60 + 20 + 60) * 60


def test_no_part_begins_before_a_piece_that_cannot_be_divided_is_there():
    """One ROD for all 60 pieces comes with the order of Thursday; whichever part it goes into, all wait for it."""
    outcome = divided(
        bom=[part("A", "ROD", 1, per_qty=60, step=20)], purchase_orders=[po("PO-1", "ROD", 1, "2026-06-11")]
    )

    assert {at(outcome, o.start) for o in welds(outcome)} == {"Thu 06-11 08:00"}
