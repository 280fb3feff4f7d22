"""Three levels of a published netting table, a day for each of its periods and lead times of two (MT-07).

Source: Orlicky, *Material Requirements Planning*, fig. 7-10; period p is 2026-06-0p.
"""

# ruff: noqa: N802 - examples keep the capitals of their names

from pegboard.app.outcome import Outcome
from tests.factories import NONSTOP, factory, make, order, part, plan, po, stock, works

GROSS = {1: 10, 3: 15, 4: 10, 5: 20, 6: 5, 8: 10, 9: 15}


def chain() -> Outcome:
    """A of B of C, one each; on hand 12, 28 and 8; 14 A come in period 3."""
    return plan(
        factory(
            "2026-06-01 00:00",
            calendars=NONSTOP,
            items=[make(item, lead_time_days=2) for item in "ABC"],
            bom=[part("A", "B"), part("B", "C")],
            stock=[stock("A", 12), stock("B", 28), stock("C", 8)],
            purchase_orders=[po("SR", "A", 14, "2026-06-03")],
            orders=[order(f"SO-{p}", "A", qty, f"2026-06-0{p} 00:00") for p, qty in GROSS.items()],
        )
    )


def releases(item: str) -> list[tuple[float, int]]:
    """Quantity and period of every planned release."""
    outcome = chain()
    return [(w.qty, (w.release - outcome.plan.now) // 86_400 + 1) for w in works(outcome, item)]


def test_MT_07_the_end_item_is_released_two_periods_before_each_shortage():
    """12 - 10 = 2; 2 + 14 - 15 = 1; 1 - 10 = -9 in p4, so 9 at p2; then lot for lot 20, 5, 10, 15."""
    assert releases("A") == [(9, 2), (20, 3), (5, 4), (10, 6), (15, 7)]


def test_MT_07_its_releases_are_the_needs_of_the_second_level():
    """28 - 9 = 19; 19 - 20 = -1 in p3, so 1 at p1; then 5, 10, 15."""
    assert releases("B") == [(1, 1), (5, 2), (10, 4), (15, 5)]


def test_MT_07_and_so_down_to_the_third():
    """8 - 1 - 5 = 2; 2 - 10 = -8 in p4, so 8 at p2; then 15."""
    assert releases("C") == [(8, 2), (15, 3)]
