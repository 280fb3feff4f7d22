"""The plan in numbers: lateness, tardiness, punctuality, load and setup, by their definitions (KP-01 in part)."""

# ruff: noqa: N802 - examples keep the capitals of their names

from pegboard.app.outcome import Outcome
from pegboard.domain.item import Item
from pegboard.domain.resource import Changeover, Resource
from tests.factories import NONSTOP, buy, factory, forward, line, make, order, part, plan, po, step, stock

JUNE = "2026-06-19"
DUE_AND_DONE = {"SO-1": (10, 9), "SO-2": (12, 12), "SO-3": (15, 18), "SO-4": (20, 20), "SO-5": (22, 27)}


def five_orders() -> Outcome:
    """Each waits for a receipt of its own, on a day of June 2026 at 00:00, as it is due at 00:00; weights 1, SO-5 2."""
    lots = [po(f"PO-{name}", f"X-{name}", 1, f"2026-06-{done:02d} 00:00") for name, (_, done) in DUE_AND_DONE.items()]
    return plan(
        factory(
            "2026-06-01 00:00",
            calendars=NONSTOP,
            items=[buy(f"X-{name}", 90) for name in DUE_AND_DONE],
            purchase_orders=lots,
            orders=[
                order(name, f"X-{name}", 1, f"2026-06-{due:02d} 00:00", weight=2 if name == "SO-5" else 1)
                for name, (due, _) in DUE_AND_DONE.items()
            ],
        )
    )


def test_KP_01_lateness_is_signed():
    """Done less due: -1, 0, 3, 0, 5 days."""
    assert [(o.lateness_min or 0) / 1440 for o in five_orders().plan.orders] == [-1, 0, 3, 0, 5]


def test_KP_01_two_orders_are_tardy_and_punctuality_is_60_percent():
    kpis = five_orders().plan.kpis

    assert (kpis.orders, kpis.lines_late, kpis.lines_on_time, kpis.on_time_pct) == (5, 2, 3, 60)


def test_KP_01_tardiness_counts_only_what_is_late():
    """3 + 5 = 8 days, which is 1.6 each; at most 5; weighted 3 + 2 x 5 = 13."""
    kpis = five_orders().plan.kpis

    assert (kpis.total_tardiness_days, kpis.max_lateness_days, kpis.weighted_tardiness_days) == (8, 5, 13)


def test_an_order_left_out_is_neither_late_nor_on_time_and_counts_against_punctuality():
    outcome = plan(
        factory(items=[buy("X"), buy("Y", 0)], orders=[order("SO-1", "X", 1, JUNE), order("SO-2", "Y", 1, JUNE)])
    )
    kpis = outcome.plan.kpis

    assert (kpis.lines_on_time, kpis.lines_late, kpis.lines_unplanned, kpis.on_time_pct) == (1, 0, 1, 50)


def shop() -> Outcome:
    """On M: red, setup 30 and run 90; then blue, setup 30, changeover 60 and run 150. N is idle."""
    return forward(
        factory(
            items=[make("A", unit_cost=10.0), make("B", unit_cost=20.0)],
            resources=[Resource(resource="M", changeover="PAINT"), Resource(resource="N")],
            changeovers=[Changeover(changeover="PAINT", from_="RED", to="BLUE", minutes=60)],
            routing=[
                step("A", 10, "M", setup=30, run=90, family="RED"),
                step("B", 10, "M", setup=30, run=150, family="BLUE"),
            ],
            orders=[order("SO-1", "A", 1, "2026-06-12"), order("SO-2", "B", 1, JUNE)],
        )
    )


def test_setup_hours_are_setups_and_changeovers():
    """30 + 30 + 60 minutes."""
    assert shop().plan.kpis.setup_hours == 2


def test_utilisation_is_busy_over_open_time_until_the_last_end():
    """120 + 240 minutes without a gap, from 08:00 to 15:00 over lunch: all of M's open time, none of N's."""
    assert shop().plan.kpis.utilisation == {"M": 100, "N": 0}


def test_makespan_is_from_now_to_the_last_end():
    """08:00 to 15:00."""
    assert shop().plan.kpis.makespan_days == round(7 / 24, 6)


def test_mean_lead_time_is_from_first_start_to_completion():
    """08:00 to 10:00 and 10:00 to 15:00: 2 and 5 hours."""
    assert shop().plan.kpis.mean_lead_time_days == round(3.5 / 24, 6)


def test_work_in_progress_is_valued_over_the_time_it_is_open():
    """10 for 2 of 7 hours and 20 for 5 of 7: 120 / 7."""
    assert shop().plan.kpis.wip_value == round((10 * 2 + 20 * 5) / 7, 2)


def test_inventory_is_valued_at_unit_cost():
    """3 at 2 and 4 at 5."""
    items = [Item(item="X", unit_cost=2.0), Item(item="Y", unit_cost=5.0)]
    outcome = plan(factory(items=items, stock=[stock("X", 3), stock("Y", 4)], orders=[order("SO-1", "X", 1, JUNE)]))

    assert outcome.plan.kpis.inventory_value == 26


def test_an_order_served_from_stock_is_covered():
    outcome = plan(factory(items=[buy("X")], stock=[stock("X", 3)], orders=[order("SO-1", "X", 2, JUNE)]))

    assert line(outcome, "SO-1").status == "covered"
    assert outcome.plan.kpis.lines_on_time == 1


def test_purchases_are_counted():
    outcome = plan(
        factory(
            items=[buy("X"), buy("Y")],
            bom=[part("A", "X"), part("A", "Y")],
            routing=[step("A", 10, "M", run=5)],
            orders=[order("SO-1", "A", 2, JUNE)],
        )
    )

    assert outcome.plan.kpis.purchases == 2


def test_the_objective_of_late_orders_is_their_weighted_days_and_one_more_for_each():
    """3 + 1 for SO-3, and twice 5 + 1 for SO-5; nothing flows through the shop."""
    assert five_orders().plan.kpis.objective == 16


def test_no_schedule_can_beat_the_bound():
    """These orders wait for material alone: what is planned is the best there is."""
    kpis = five_orders().plan.kpis

    assert (kpis.bound, kpis.gap) == (16, 0)
