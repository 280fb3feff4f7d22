"""Remedies for late orders, a kind at a time, worked out by hand; and each of them done.

The machine M works Monday to Friday 08-12 and 13-17. It is Monday 8 June 2026, 08:00.
"""

import msgspec
import pytest

from pegboard.app.evaluate import evaluate
from pegboard.app.in_changed import changed
from pegboard.app.live import LivePlan
from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.app.remedies import Proved, remedies
from pegboard.domain.item import Item
from pegboard.domain.order import OrderLine
from pegboard.domain.remedy import Remedy
from pegboard.domain.resource import Resource
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import ItemSupplier, Supplier
from tests import factories as f

NOW = "2026-06-08 08:00"


def silent(_what: str, _share: float) -> None:
    """Nobody is told."""


def mended(outcome: Outcome, name: str = "SO-L") -> tuple[Proved, dict[str, Remedy]]:
    """What can be done about an order, the best of each kind."""
    proved = remedies(LivePlan(outcome), f"{name}/1", silent)
    return proved, {r.kind: r for r in reversed(proved.mending.remedies)}


def without(outcome: Outcome, snapshot: Snapshot, name: str) -> Outcome:
    """The plan after an order is cancelled, everybody else where he was."""
    orders = tuple(o for o in snapshot.orders if o.order != name)
    return evaluate(LivePlan(outcome), only(snapshot, orders), "repair", [], "", silent)


def only(snapshot: Snapshot, orders: tuple[OrderLine, ...]) -> Snapshot:
    return msgspec.structs.replace(snapshot, orders=orders)


def shop(run: int, qty: float, due: str, *more: OrderLine, alternate: bool = False) -> Snapshot:
    """L takes `run` minutes a piece on M, or on M2 where that is an alternate; X takes a day."""
    return f.factory(
        NOW,
        resources=[Resource(resource="M", cost_per_hour=30)],
        routing=[f.step("L", 10, "M", run=run), f.step("X", 10, "M", run=480)],
        routing_alternates=[f.or_on("L", 10, "M2"), f.or_on("X", 10, "M2")] if alternate else [],
        orders=[f.order("SO-L", "L", qty, due), *more],
    )


def day_too_long() -> Snapshot:
    """540 min: Monday 08-12, 13-17, and an hour on Tuesday, where it is due on Monday at 18:00."""
    return shop(540, 1, "2026-06-08 18:00")


def late_material(**supplier: float) -> Snapshot:
    """RAW takes 5 days: Saturday the 13th, so Monday the 15th at 08:00; L takes 240 min and is due Friday at noon."""
    return f.factory(
        NOW,
        items=[Item(item="L"), f.buy("RAW", 5)],
        suppliers=[Supplier(supplier="S")],
        item_suppliers=[ItemSupplier(item="RAW", supplier="S", lead_time_days=5, **supplier)],
        bom=[f.part("L", "RAW")],
        routing=[f.step("L", 10, "M", run=240)],
        orders=[f.order("SO-L", "L", 1, "2026-06-12 12:00")],
    )


def late_purchase_order() -> Snapshot:
    """RAW comes on Monday the 15th; L takes 240 min and is due Friday at noon."""
    return f.factory(
        NOW,
        items=[Item(item="L"), f.buy("RAW", 30)],
        bom=[f.part("L", "RAW")],
        routing=[f.step("L", 10, "M", run=240)],
        purchase_orders=[f.po("PO-1", "RAW", 1, "2026-06-15")],
        orders=[f.order("SO-L", "L", 1, "2026-06-12 12:00")],
    )


def behind_x() -> Snapshot:
    """X is due first, and has M all Monday; L takes 240 min, is due Tuesday at 08:00 and complete at noon."""
    return shop(240, 1, "2026-06-09 08:00", f.order("SO-X", "X", 1, "2026-06-08 17:00"))


def ten_pieces(*, alternate: bool = False) -> Snapshot:
    """Ten of an hour each: eight on Monday, two on Tuesday until 10:00; due Monday at 17:00."""
    return shop(60, 10, "2026-06-08 17:00", alternate=alternate)


def test_overtime_is_the_fewest_hours_that_bring_it_on_time():
    """One hour on Monday evening, at 30 an hour; it is then complete at 18:00 instead of Tuesday at 09:00."""
    outcome = f.forward(day_too_long())
    _, found = mended(outcome)
    remedy = found["overtime"]
    assert remedy.how == "open M on Mon 2026-06-08 17:00-18:00"
    assert f.at(outcome, remedy.completion) == "Mon 06-08 18:00"
    assert (remedy.gain, remedy.cost, remedy.moved, remedy.hurt) == (15 * 3600, 30.0, 0, ())


def test_a_purchase_is_expedited_by_the_fewest_days_that_help():
    """With a lead time of 4 days RAW is there on Friday at 08:00, and L at noon; sooner is no better."""
    outcome = f.forward(late_material(expedite_days=2, expedite_cost=50))
    _, found = mended(outcome)
    remedy = found["expedite"]
    assert remedy.how == "expedite RAW from S by 1 day, to a lead time of 4 days"
    assert f.at(outcome, remedy.completion) == "Fri 06-12 12:00"
    assert (remedy.gain, remedy.cost) == (3 * 86400, 50.0)


def test_a_purchase_that_cannot_hurry_is_tried_in_vain():
    """`expedite_days` is the lead time it has."""
    proved, found = mended(f.forward(late_material(expedite_days=5)))
    assert "expedite" not in found
    assert "expedite RAW from S: it cannot come sooner" in proved.mending.in_vain


def test_an_open_order_is_expedited_and_what_that_costs_is_unknown():
    """PO-1 on Friday instead of Monday."""
    outcome = f.forward(late_purchase_order())
    _, found = mended(outcome)
    remedy = found["expedite"]
    assert remedy.how == "expedite purchase order PO-1 of RAW by 3 days, to Fri 2026-06-12"
    assert f.at(outcome, remedy.completion) == "Fri 06-12 12:00"
    assert (remedy.cost, remedy.cost_unknown) == (None, "what PO-1 costs sooner is not known")


def test_moving_the_order_ahead_shows_whom_it_hurts():
    """L takes Monday morning; X follows and ends on Tuesday at noon instead of Monday at 17:00, when it is due."""
    outcome = f.forward(behind_x())
    _, found = mended(outcome)
    remedy = found["move"]
    assert f.at(outcome, remedy.completion) == "Mon 06-08 12:00"
    assert remedy.gain == 4 * 3600
    assert [(h.line, f.at(outcome, h.was), f.at(outcome, h.now)) for h in remedy.hurt] == [
        ("SO-X/1", "Mon 06-08 17:00", "Tue 06-09 12:00")
    ]
    assert (remedy.harm, remedy.moved) == (19 * 3600, 1)


def test_a_gap_that_came_free_is_used():
    """X is cancelled: L can start on Monday at 08:00."""
    snapshot = behind_x()
    _, found = mended(without(f.forward(snapshot), snapshot, "SO-X"))
    assert found["fit"].how.startswith("fit it in anew, from Mon 2026-06-08 ")
    assert found["fit"].lateness <= 0
    assert found["fit"].cost == 0.0


def two_machines() -> tuple[Outcome, Snapshot]:
    """X and Y have a machine each all Monday, L follows; then X, and with it M, is gone."""
    more = (f.order("SO-X", "X", 1, "2026-06-08 17:00"), f.order("SO-Y", "X", 1, "2026-06-08 17:00"))
    snapshot = shop(240, 1, "2026-06-09 08:00", *more, alternate=True)
    outcome = f.forward(snapshot)
    mine = f.operation(outcome, "SO-L").resource
    other = next(n for n in ("SO-X", "SO-Y") if f.operation(outcome, n).resource != mine)
    return without(outcome, snapshot, other), snapshot


def test_another_machine_is_named():
    """The machine that is free all Monday is not the one that L follows on."""
    outcome, _ = two_machines()
    mine = f.operation(outcome, "SO-L").resource
    _, found = mended(outcome)
    other = {"M": "M2", "M2": "M"}[mine]
    assert found["machine"].how == f"do SO-L/1-1.10 on {other} instead of {mine}"
    assert found["machine"].lateness <= 0


def test_half_of_a_lot_on_each_of_two_machines():
    """Five hours each: both are complete on Monday at 14:00 instead of Tuesday at 10:00."""
    outcome = f.forward(ten_pieces(alternate=True))
    _, found = mended(outcome)
    remedy = found["split"]
    assert remedy.how == "split it into 5 and 5"
    assert [p.qty for p in remedy.parts] == [5, 5]
    assert remedy.completion <= f.instant(outcome, "2026-06-08 17:00")
    assert remedy.gain == 17 * 3600


def test_as_much_as_can_be_on_time():
    """Eight of ten by Monday 17:00, the others by Tuesday 10:00: 8/10 of 17 h of lateness are avoided."""
    outcome = f.forward(ten_pieces())
    _, found = mended(outcome)
    remedy = found["part"]
    assert remedy.how == "8 of 10 on time, the other 2 after it"
    assert [(p.qty, f.at(outcome, p.date)) for p in remedy.parts] == [(8, "Mon 06-08 17:00"), (2, "Tue 06-09 10:00")]
    assert remedy.gain == round(0.8 * 17 * 3600)


def squeezable() -> Outcome:
    """A has Monday morning, C Tuesday morning; L, of 300 min and due Tuesday 17:00, ends on Wednesday at 09:00."""
    first = f.factory(
        NOW,
        routing=[f.step(item, 10, "M", run=run) for item, run in (("A", 240), ("C", 240), ("L", 300))],
        orders=[f.order("SO-A", "A", 1, "2026-06-08 12:00"), f.order("SO-C", "C", 1, "2026-06-09 12:00")],
    )
    second = only(first, (*first.orders, f.order("SO-L", "L", 1, "2026-06-09 17:00")))
    dated = f.factory(NOW, routing=first.routing, orders=second.orders)
    return evaluate(LivePlan(f.plan(first, direction="backward")), dated, "repair", [], "", silent)


def test_squeezed_in_others_are_earlier_and_nobody_is_late():
    """L from Tuesday 11:00 to 17:00; C ends by then, having begun on Monday at 16:00."""
    outcome = squeezable()
    assert f.completion(outcome, "SO-L") == "Wed 06-10 09:00"
    _, found = mended(outcome)
    remedy = found["squeeze"]
    assert f.at(outcome, remedy.completion) == "Tue 06-09 17:00"
    assert (remedy.moved, remedy.hurt, remedy.gain) == (1, (), 16 * 3600)


def material_and_hours() -> Snapshot:
    """RAW on Thursday the 11th, L of 540 min due today at 18:00: neither days sooner nor an hour more is enough."""
    return f.factory(
        NOW,
        items=[Item(item="L"), f.buy("RAW", 30)],
        bom=[f.part("L", "RAW")],
        routing=[f.step("L", 10, "M", run=540)],
        purchase_orders=[f.po("PO-1", "RAW", 1, "2026-06-11")],
        orders=[f.order("SO-L", "L", 1, "2026-06-08 18:00")],
    )


def test_where_material_and_hours_bind_both_are_tried():
    """Expedited to today, 3 days sooner, L needs until Tuesday 09:00; with an hour on Monday evening it is on time."""
    outcome = f.forward(material_and_hours())
    assert f.completion(outcome, "SO-L") == "Fri 06-12 09:00"
    _, found = mended(outcome)
    assert f.at(outcome, found["expedite"].completion) == "Tue 06-09 09:00"
    both = found["both"]
    assert both.how == (
        "expedite purchase order PO-1 of RAW by 3 days, to Mon 2026-06-08, and open M on Mon 2026-06-08 17:00-18:00"
    )
    assert f.at(outcome, both.completion) == "Mon 06-08 18:00"
    assert both.gain == 3 * 86400 + 15 * 3600


def test_nothing_is_to_fix_where_an_order_is_on_time():
    """It says so."""
    proved, _ = mended(f.forward(behind_x()), "SO-X")
    assert proved.mending.says == "it is on time: there is nothing to fix"
    assert proved.mending.remedies == ()


def test_an_unplanned_order_says_what_is_missing():
    """600 days of work do not fit a horizon of 120."""
    outcome = f.forward(shop(60 * 8 * 600, 1, "2026-06-12"))
    assert f.line(outcome, "SO-L").status == "unplanned"
    proved, _ = mended(outcome)
    assert proved.mending.says.startswith("it is not planned: ")
    assert "horizon_days" in proved.mending.says


LATE = {
    "hours": lambda: f.forward(day_too_long()),
    "purchase": lambda: f.forward(late_material(expedite_days=2, expedite_cost=50)),
    "open order": lambda: f.forward(late_purchase_order()),
    "behind X": lambda: f.forward(behind_x()),
    "gap": lambda: without(f.forward(behind_x()), behind_x(), "SO-X"),
    "machines": lambda: two_machines()[0],
    "ten": lambda: f.forward(ten_pieces()),
    "ten on two": lambda: f.forward(ten_pieces(alternate=True)),
    "squeeze": squeezable,
    "both": lambda: f.forward(material_and_hours()),
}


@pytest.mark.parametrize("name", LATE)
def test_a_remedy_that_is_done_gives_what_was_shown(name: str):
    """As the plan that was shown, by a repair of the old plan, and by a fresh plan of the changed factory."""
    outcome = LATE[name]()
    proved, _ = mended(outcome)
    assert proved.mending.remedies
    for n, remedy in enumerate(proved.mending.remedies, start=1):
        snapshot = changed(outcome.planned.factory.snapshot, proved.changes(n))
        assert snapshot is not None, remedy.how
        terms = outcome.terms
        plans = {
            "shown": proved.applied(n, ""),
            "repaired": evaluate(LivePlan(outcome), snapshot, "repair", [], "", silent),
            "fresh": make_plan(snapshot, [], "", terms.seed, terms.options, silent),
        }
        for how, plan in plans.items():
            rows = [o for o in plan.plan.orders if o.order == "SO-L"]
            assert plan.is_certified, (remedy.how, how)
            dates = sorted(o.completion or 0 for o in rows)
            assert dates == sorted(p.date for p in remedy.parts), (remedy.how, how)
