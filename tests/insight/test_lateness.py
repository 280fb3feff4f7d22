"""The lateness of a line divided among its causes."""

from pegboard.app.outcome import Outcome
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.explain import Explainer
from tests.factories import NONSTOP, buy, factory, forward, order, part, po, progress, step, wo

MON_16, MON_15 = "2026-06-08 16:00", "2026-06-08 15:00"


def causes(outcome: Outcome, name: str = "SO-1") -> list[str]:
    """The causes of an order's lateness in words, the largest first; it is Mon 06-08 08:00."""
    orders = [o.record.order for o in outcome.planned.supply.lines]
    return [c.words for c in Explainer(outcome.planned).why(orders.index(name)).causes]


def day_and_night(*orders: str, run: float = 60, **files: object) -> Snapshot:
    """SO-1 wants one A: M runs it for so many minutes, with no closed time."""
    given = {"routing": [step("A", 10, "M", run=run), step("B", 10, "M", run=300)], **files}
    rows = [order("SO-1", "A", 1, orders[0]), *(order(f"SO-{k}", "B", 1, due) for k, due in enumerate(orders[1:], 2))]
    return factory(calendars=NONSTOP, orders=rows, **given)  # type: ignore[arg-type]


def test_a_line_on_time_has_no_causes():
    assert causes(forward(day_and_night(MON_16))) == []


def test_only_the_waiting_beyond_the_slack_makes_late():
    """SO-2 goes first, for 5 h. SO-1 is due at 11:00 and needs 1 h: of the 5 h it could spare 2, so 3 made it late."""
    assert causes(forward(day_and_night("2026-06-08 11:00", "2026-06-08 10:00"))) == ["3 h behind SO-2 at M"]


def test_the_latest_waits_are_taken_first():
    """SO-3, then SO-2 go first, 5 h each. SO-1, due at 12:00, is done at 19:00: all 5 h of SO-2, 2 h of SO-3."""
    outcome = forward(day_and_night("2026-06-08 12:00", "2026-06-08 11:30", "2026-06-08 11:00"))

    assert causes(outcome) == ["5 h behind SO-2 at M", "2 h behind SO-3 at M"]


def test_material_is_named_with_what_brings_it():
    """PO-1 comes on Wed 00:00, 40 h from now; with 1 h of run SO-1 is done at 01:00, 33 h after Mon 16:00."""
    rm = {"items": [buy("RM", 30)], "bom": [part("A", "RM")], "purchase_orders": [po("PO-1", "RM", 1, "2026-06-10")]}

    assert causes(forward(day_and_night(MON_16, **rm))) == ["1 d 9 h material RM (PO-1)"]


def test_waiting_comes_before_the_closed_time_that_it_led_into():
    """SO-2 has M until Tue 09:00 (8 h, then 1 h), SO-1 until 10:00: 18 h late.

    It waited 9 h of open time; the other 9 h are closed.
    """
    snapshot = factory(
        routing=[step("A", 10, "M", run=60), step("B", 10, "M", run=540)],
        orders=[order("SO-1", "A", 1, MON_16), order("SO-2", "B", 1, MON_15)],
    )

    assert sorted(causes(forward(snapshot))) == ["9 h behind SO-2 at M", "9 h closed"]


def test_a_line_that_could_never_be_in_time_says_that_the_work_takes_too_long():
    """10 h of setup and 3 h of run until Mon 21:00, due at 10:00: 11 h late, the setup and the last hour of the run."""
    snapshot = factory(
        calendars=NONSTOP,
        routing=[step("A", 10, "M", setup=600, run=180)],
        orders=[order("SO-1", "A", 1, "2026-06-08 10:00")],
    )

    assert causes(forward(snapshot)) == ["10 h setup", "1 h run"]


def test_a_due_date_before_now_explains_itself():
    """Due on Sun 08:00, a day before now; 5 h behind SO-2 and an hour of run besides."""
    outcome = forward(day_and_night("2026-06-07 08:00", "2026-06-07 07:00"))

    assert causes(outcome) == ["1 d past due before now", "5 h behind SO-2 at M", "1 h run"]


def test_a_lock_is_told_from_holding_back():
    """WO-1 is locked to start at 20:00, with M free before: done at 21:00, 5 h late."""
    snapshot = day_and_night(
        MON_16,
        work_orders=[wo("WO-1", "A", 1, order="SO-1")],
        work_order_steps=[progress("WO-1", 10, locked=True, start="2026-06-08 20:00", resource="M")],
    )

    assert causes(forward(snapshot)) == ["5 h locked in its place"]
