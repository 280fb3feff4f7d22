"""Slack along a network of three bought and three made parts, and what a late supplier does to it (MT-06)."""

# ruff: noqa: N802 - examples keep the capitals of their names

from pegboard.app.outcome import Outcome
from tests.factories import NONSTOP, factory, forward, line, operation, order, part, plan, po, step, works

HOURS = {"P1": 72, "P2": 40, "P3": 48, "S1": 20, "S2": 30, "FG": 8}
BOM = [part("FG", "S1"), part("FG", "S2"), part("S1", "P1"), part("S1", "P2"), part("S2", "P3")]
DUE = "2026-06-12 14:00"  # 110 hours after now


def network() -> Outcome:
    """Every part on a resource of its own, day and night; now is hour 0, FG is due at hour 110."""
    return forward(
        factory(
            "2026-06-08 00:00",
            calendars=NONSTOP,
            bom=BOM,
            routing=[step(item, 10, f"M-{item}", run=hours * 60) for item, hours in HOURS.items()],
            orders=[order("SO-1", "FG", 1, DUE)],
        )
    )


def hours(outcome: Outcome, item: str) -> tuple[float, float, float, float]:
    """Earliest start and finish, latest start, and slack of a part."""
    row = operation(outcome, works(outcome, item)[0].wo)
    now = outcome.plan.now
    return (row.setup_start - now) / 3600, (row.end - now) / 3600, (row.latest_start - now) / 3600, row.slack_min / 60


def test_MT_06_the_critical_path_has_the_least_slack():
    """P1 72 + S1 20 + FG 8 = 100 of 110 hours."""
    outcome = network()

    assert {item: hours(outcome, item) for item in ("P1", "S1", "FG")} == {
        "P1": (0, 72, 10, 10),
        "S1": (72, 92, 82, 10),
        "FG": (92, 100, 102, 10),
    }


def test_MT_06_the_other_branches_have_more():
    """P3 48 + S2 30 + FG 8 leave 24 of 110 hours; P2 40 + S1 20 + FG 8 leave 42."""
    outcome = network()

    assert {item: hours(outcome, item) for item in ("P3", "S2", "P2")} == {
        "P3": (0, 48, 24, 24),
        "S2": (48, 78, 72, 24),
        "P2": (0, 40, 42, 42),
    }


def arrivals(late: str = "") -> Outcome:
    """The bought parts come with purchase orders at hours 72, 40 and 48; `late` comes 12 hours after that."""
    due = {"P1": ["2026-06-11 00:00", "2026-06-11 12:00"], "P2": ["2026-06-09 16:00", "2026-06-10 04:00"]}
    due |= {"P3": ["2026-06-10 00:00", "2026-06-10 12:00"]}
    return plan(
        factory(
            "2026-06-08 00:00",
            calendars=NONSTOP,
            bom=BOM,
            routing=[step(item, 10, f"M-{item}", run=HOURS[item] * 60) for item in ("S1", "S2", "FG")],
            purchase_orders=[po(f"PO-{item}", item, 1, when[item == late]) for item, when in due.items()],
            orders=[order("SO-1", "FG", 1, DUE)],
        ),
        rule="edd",
    )


def test_MT_06_with_punctual_suppliers_the_order_has_ten_hours_to_spare():
    assert line(arrivals(), "SO-1").lateness_min == -10 * 60


def test_MT_06_a_critical_supplier_late_by_12_makes_the_order_late_by_2():
    """Slack 10 less 12."""
    assert line(arrivals(late="P1"), "SO-1").lateness_min == 2 * 60


def test_MT_06_a_supplier_with_slack_42_late_by_12_changes_nothing():
    assert line(arrivals(late="P2"), "SO-1").completion == line(arrivals(), "SO-1").completion
