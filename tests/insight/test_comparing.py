"""Two plans side by side, on factories small enough to follow by hand: M works Mon 06-08 from 08:00."""

from typing import Any

import msgspec

from pegboard.app.planning import Outcome
from pegboard.domain.plan import OperationPlan, Plan, PurchasePlan
from pegboard.domain.resource import CalendarException, Changeover, Resource
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.comparing.comparison import Comparison, Side, compare
from pegboard.insight.comparing.lines import LineKind
from pegboard.insight.comparing.payers import Payment
from pegboard.insight.comparing.picture import draw_changes
from pegboard.insight.comparing.said import headline
from pegboard.insight.comparing.supplies import message_changes, purchase_changes
from tests.factories import buy, down, factory, forward, order, part, step, stock, with_

HOUR_EACH = [step("A", 10, "M", run=60), step("B", 10, "M", run=60)]
ONE, TWO = order("SO-1", "A", 1, "2026-06-12"), order("SO-2", "B", 1, "2026-06-12 17:00")
EARLY = order("SO-0", "B", 1, "2026-06-08 09:00")


def shop(*orders: Any, **files: Any) -> Outcome:
    """Whose line is due first is first on M."""
    return forward(factory(**{"routing": HOUR_EACH, "orders": orders, **files}))


def compared(before: Outcome, after: Outcome) -> Comparison:
    return compare(*(Side(o.plan, o.planned.factory) for o in (before, after)))


def kinds(c: Comparison) -> dict[str, LineKind]:
    return {line.id: line.kind for line in c.lines}


def figure(c: Comparison, name: str) -> tuple[float | None, float | None]:
    return next((f.before, f.after) for f in c.figures if f.name == name)


# -- lines -----------------------------------------------------------------------------------------------------------


def test_a_plan_against_itself_changes_nothing():
    c = compared(shop(ONE, TWO), shop(ONE, TWO))

    assert kinds(c) == {"SO-1/1": "kept", "SO-2/1": "kept"}
    assert (c.work_orders, c.purchases, c.message_changes, c.quantities, c.payments) == ((), (), (), (), ())
    assert headline(c) == "every order line as before; no operation moved"


def test_an_urgent_order_makes_the_others_an_hour_later_who_pay_for_it():
    """SO-0 takes 08 to 09 from SO-1, which takes 09 to 10 from SO-2; only the first is a direct gain of SO-0."""
    c = compared(shop(ONE, TWO), shop(ONE, TWO, EARLY))

    assert [(x.id, x.kind, x.later_min) for x in c.lines] == [
        ("SO-1/1", "later", 60),
        ("SO-2/1", "later", 60),
        ("SO-0/1", "new", None),
    ]
    assert c.payments == (Payment(pays="SO-1/1", gains="SO-0/1", resource="M", hours=1, later_min=60),)
    assert headline(c) == "2 order lines later, 1 new; 2 of 2 operations moved, 1 new"


def test_a_line_that_misses_its_date_now_comes_before_one_that_is_only_later():
    """M is down on Monday: SO-1, due at noon, is late; SO-2 has until Friday."""
    noon = order("SO-1", "A", 1, "2026-06-08 12:00")
    c = compared(shop(noon, TWO), shop(noon, TWO, downtime=[down("M", "2026-06-08", "2026-06-08")]))

    assert [(x.id, x.kind) for x in c.lines] == [("SO-1/1", "became_late"), ("SO-2/1", "later")]
    assert (c.lines[0].cause_before, c.lines[0].status_before, c.lines[0].status) == ("", "on_time", "late")
    assert (c.lines[0].lateness_min_before, c.lines[0].lateness_min) == (-180, 21 * 60)
    assert (c.stability.deviation_min, c.stability.mean_deviation_min) == (2 * 24 * 60, 24 * 60)
    assert figure(c, "lines late") == (0, 1)


def put(found: Plan, **hours: tuple[int, int]) -> Plan:
    """The plan with each order's operation started, and its line complete, at an hour after 08:00."""
    ops = [shifted_to(o, found.now + 3600 * hours[o.wo[:4].replace("-", "_")][0]) for o in found.operations]
    lines = [
        msgspec.structs.replace(o, completion=found.now + 3600 * hours[o.order.replace("-", "_")][1])
        for o in found.orders
    ]
    return msgspec.structs.replace(found, operations=tuple(ops), orders=tuple(lines))


def shifted_to(o: OperationPlan, start: int) -> OperationPlan:
    return msgspec.structs.replace(o, setup_start=start, start=start, end=start + 3600)


def paid(before: Plan, after: Plan) -> list[tuple[str, str, float]]:
    return [(p.pays, p.gains, p.hours) for p in compare(Side(before), Side(after)).payments]


def test_who_pays_is_told_by_what_stood_there_before():
    """SO-1 stood at 0 to 1: SO-2 takes that hour, or the one after it, which SO-1 only touched."""
    base = shop(ONE, TWO).plan
    before = put(base, SO_1=(0, 1), SO_2=(3, 4))

    assert paid(before, put(base, SO_1=(5, 6), SO_2=(0, 1))) == [("SO-1/1", "SO-2/1", 1)]
    assert paid(before, put(base, SO_1=(5, 6), SO_2=(1, 2))) == []


def test_who_stays_takes_nothing_from_others_and_who_stays_loses_nothing():
    """Both at 0 to 1: one keeps its operation and is only complete sooner, or later."""
    base = shop(ONE, TWO).plan
    before = put(base, SO_1=(0, 9), SO_2=(0, 9))

    assert paid(before, put(base, SO_1=(5, 10), SO_2=(0, 8))) == []
    assert paid(put(base, SO_1=(0, 9), SO_2=(5, 9)), put(base, SO_1=(0, 10), SO_2=(0, 8))) == []


def test_what_cannot_be_planned_any_more_is_worst_and_what_can_again_is_told():
    wide = [buy("RM", 1.0), buy("GONE", 1.0)]
    possible = shop(ONE, TWO, items=wide, bom=[part("A", "RM")])
    blocked = shop(ONE, TWO, items=[buy("RM", 0)], bom=[part("A", "RM")])

    assert kinds(compared(possible, blocked))["SO-1/1"] == "became_unplanned"
    assert compared(possible, blocked).lines[0].id == "SO-1/1"
    assert kinds(compared(blocked, possible))["SO-1/1"] == "planned_again"


def test_an_order_that_is_gone_is_no_payer_and_its_operations_are_gone():
    c = compared(shop(ONE, TWO), shop(TWO))

    assert kinds(c) == {"SO-1/1": "gone", "SO-2/1": "sooner"}
    assert (c.stability.gone, c.stability.earlier, c.payments) == (1, 1, ())


def test_a_line_with_another_due_date_and_the_same_completion_is_changed():
    before, after = shop(ONE, TWO).plan, shop(ONE, TWO).plan
    lines = [msgspec.structs.replace(o, due=o.due + 60) if o.order == "SO-2" else o for o in after.orders]
    c = compare(Side(before), Side(msgspec.structs.replace(after, orders=tuple(lines))))

    assert kinds(c) == {"SO-1/1": "kept", "SO-2/1": "changed"}


# -- supplies --------------------------------------------------------------------------------------------------------


def test_a_larger_order_makes_its_work_order_larger():
    c = compared(shop(ONE), shop(order("SO-1", "A", 3, "2026-06-12")))
    (work,) = c.work_orders

    assert (work.wo, work.kind, work.qty_before, work.qty) == ("SO-1/1-1", "quantity", 1, 3)
    assert work.start_before == work.start


def purchase(po: str, item: str, qty: float, due: int, action: Any = "order") -> PurchasePlan:
    return PurchasePlan(
        action=action, po=po, item=item, supplier="S", qty=qty, order_by=0, due=due, need=due, cost=None, feasible=True
    )


def test_purchases_that_are_only_numbered_anew_are_as_before():
    """A first purchase of X is new: the old P-1 is P-2 now."""
    found = purchase_changes([purchase("P-1", "X", 5, 20)], [purchase("P-1", "X", 3, 10), purchase("P-2", "X", 5, 20)])

    assert [(c.po, c.kind, c.qty) for c in found] == [("P-1", "added", 3)]


def test_purchases_are_moved_changed_and_dropped_within_item_and_supplier():
    """P-1 of X keeps its name and moves, the second of X is dropped; Y takes less."""
    old = [purchase("P-1", "X", 5, 10), purchase("P-2", "X", 6, 20), purchase("P-3", "Y", 7, 10)]
    new = [purchase("P-1", "X", 5, 12), purchase("P-9", "Y", 4, 10)]

    assert [(c.po_before, c.po, c.kind) for c in purchase_changes(old, new)] == [
        ("P-1", "P-1", "moved"),
        ("P-2", "", "dropped"),
        ("P-3", "P-9", "quantity"),
    ]


def test_purchases_that_pass_each_other_keep_their_names():
    """P-1 comes after P-2 now."""
    old = [purchase("P-1", "X", 5, 10), purchase("P-2", "X", 5, 20)]
    found = purchase_changes(old, [purchase("P-1", "X", 5, 25), purchase("P-2", "X", 5, 15)])

    assert {(c.po_before, c.po, c.due_before, c.due) for c in found} == {
        ("P-1", "P-1", 10, 25),
        ("P-2", "P-2", 20, 15),
    }


def test_what_suppliers_are_asked_is_compared_by_purchase_order():
    """PO-1 is to be cancelled, no more expedited; PO-2 is asked the same; new orders are no messages."""
    old = [purchase("PO-1", "X", 5, 9, "expedite"), purchase("PO-2", "X", 5, 9, "defer"), purchase("P-1", "X", 1, 1)]
    new = [purchase("PO-1", "X", 0, 9, "cancel"), purchase("PO-2", "X", 5, 9, "defer")]
    (found,) = message_changes(old, new)

    assert (found.po, found.before[0].action, found.after[0].action) == ("PO-1", "expedite", "cancel")


# -- loads, overtime, costs ------------------------------------------------------------------------------------------


def test_hours_are_open_time_and_overtime_what_exceptions_open():
    """Ten hours of A from Mon 08:00: 8 on Monday and 2 on Tuesday; with Mon 17:00 to 19:00 open, 2 h of overtime."""
    files: dict[str, Any] = {"routing": [step("A", 10, "M", run=600)], "orders": [ONE]}
    evening = CalendarException(calendar="M", start=instant_of("17:00"), end=instant_of("19:00"), open=True)
    c = compared(forward(factory(**files)), forward(factory(**files, calendar_exceptions=[evening])))
    (load,) = c.loads

    assert (load.resource, load.hours_before, load.hours) == ("M", 10, 10)
    assert (load.overtime_before, load.overtime) == (0, 2)
    assert (c.bottleneck_before, c.bottleneck) == ("M", "M")


def instant_of(clock: str) -> Any:
    return f"2026-06-08 {clock}"


def test_a_helper_of_the_setup_is_busy_for_the_setup_alone():
    files: dict[str, Any] = {
        "routing": [step("A", 10, "M", setup=30, run=60)],
        "routing_needs": [with_("A", 10, "ANN", phase="setup")],
    }
    loads = {x.resource: x.hours for x in compared(shop(ONE, **files), shop(ONE, **files)).loads}

    assert loads == {"M": 1.5, "ANN": 0.5}


def priced(*orders: Any, **item: Any) -> Snapshot:
    """An hour of A on M at 40, of B likewise; RED to BLUE costs 7; A is bought-in RM at 3 each."""
    return factory(
        items=[buy("RM", 1.0, **item)],
        bom=[part("A", "RM", 2)],
        resources=[Resource(resource="M", changeover="C", cost_per_hour=40.0)],
        changeovers=[
            Changeover(changeover="C", from_="*", to="*", minutes=0, cost=1.0),
            Changeover(changeover="C", from_="RED", to="BLUE", minutes=0, cost=7.0),
        ],
        routing=[step("A", 10, "M", run=60, family="RED"), step("B", 10, "M", run=60, family="BLUE")],
        orders=orders,
    )


def test_costs_are_purchases_hours_and_changeovers():
    """Two RM at 3, two hours at 40, and whichever family comes first one change: B before A costs 1, A before B 7."""
    first = msgspec.structs.replace(TWO, order="SO-2")
    before, after = forward(priced(ONE, unit_cost=3.0)), forward(priced(ONE, first, unit_cost=3.0))
    c = compared(before, after)
    sequence = [o.family for o in sorted(after.plan.operations, key=lambda o: o.setup_start)]

    assert (c.cost_before.purchases, c.cost_before.hours, c.cost_before.setup, c.cost_before.total) == (6, 40, 0, 46)
    assert sequence == ["BLUE", "RED"]  # RM comes on Tuesday
    assert (c.cost.purchases, c.cost.hours, c.cost.setup, c.cost.total) == (6, 80, 1, 87)
    assert c.findings == ()


def test_a_changeover_costs_what_its_most_specific_row_says():
    """A is due first and its RM is there: RED, then BLUE, for 7 and not for 1."""
    snapshot = priced(ONE, TWO, unit_cost=3.0)
    outcome = forward(msgspec.structs.replace(snapshot, stock=(stock("RM", 2),)))

    assert compared(outcome, outcome).cost.setup == 7


def test_without_prices_and_rates_plans_are_compared_and_the_cost_is_said_to_be_unknown():
    """Edge case 55."""
    c = compared(forward(priced(ONE)), forward(priced(ONE)))
    bare = compared(shop(ONE), shop(ONE))

    assert (c.cost.purchases, c.cost.hours, c.cost.total) == (None, 40, None)
    assert [(f.code, f.subject) for f in c.findings] == [("C450", "purchases")]
    assert [f.code for f in bare.findings] == ["C451"]
    assert "M with no cost_per_hour" in bare.findings[0].what


def test_without_a_factory_loads_and_hours_are_not_known():
    c = compare(Side(shop(ONE).plan), Side(shop(ONE).plan))

    assert (c.loads, c.cost.hours, c.bottleneck) == ((), None, "M")


# -- figures ---------------------------------------------------------------------------------------------------------


def test_delivery_counts_by_the_requested_and_by_the_promised_date():
    """Complete Mon 09:00: requested for 08:30, promised for noon."""
    asked = order("SO-1", "A", 1, "2026-06-08 08:30", promised="2026-06-08 12:00")
    c = compared(shop(asked), shop(asked))

    assert figure(c, "on time, requested date") == (0, 0)
    assert figure(c, "on time, promised date") == (100, 100)


def test_volume_counts_pieces_and_orders_count_whole():
    """SO-1/1 for 3 is on time, SO-1/2 for 1 is not planned: 3 of 4 pieces, no order."""
    lines = [order("SO-1", "A", 3, "2026-06-12"), order("SO-1", "Y", 1, "2026-06-12", line="2")]
    c = compared(shop(*lines, items=[buy("Y", 0)]), shop(*lines, items=[buy("Y", 0)]))

    assert figure(c, "volume on time") == (75, 75)
    assert figure(c, "on time in full, whole orders") == (0, 0)


# -- the picture -----------------------------------------------------------------------------------------------------


def test_the_picture_shows_where_an_operation_was_and_where_it_is():
    before, after = shop(ONE, TWO), shop(ONE, TWO, EARLY)
    picture = draw_changes(before.plan, after.plan, compared(before, after))

    assert picture.count("starts later</title>") == 2
    assert picture.count(": new</title>") == 1
    assert picture.count('fill="none" stroke="#ef7d3b" stroke-dasharray') == 2
    assert "2 order lines later, 1 new" in picture
    assert 'stroke="#dfe3e8"' not in draw_changes(before.plan, before.plan, compared(before, before))


def test_a_large_plan_is_shown_where_it_changes_most():
    """Forty machines, one operation each; all of them move by an hour: the first 28 by name are shown."""
    machines = [f"M{i:02}" for i in range(40)]
    files: dict[str, Any] = {
        "routing": [step(f"I-{m}", 10, m, run=60) for m in machines],
        "orders": [order(f"SO-{m}", f"I-{m}", 1, "2026-06-12") for m in machines],
    }
    before = forward(factory(**files)).plan
    picture = draw_changes(before, shifted(before, 3600), compare(Side(before), Side(shifted(before, 3600))))

    assert [m for m in machines if f">{m}<" in picture] == machines[:28]
    assert "changes on 12 more resources" in picture


def shifted(found: Plan, seconds: int) -> Plan:
    """The plan with all operations later."""
    rows = [
        msgspec.structs.replace(o, setup_start=o.setup_start + seconds, start=o.start + seconds, end=o.end + seconds)
        for o in found.operations
    ]
    return msgspec.structs.replace(found, operations=tuple(rows))
