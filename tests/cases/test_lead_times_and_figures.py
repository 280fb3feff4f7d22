"""Published figures: cumulative lead times, delivery figures, supplier reliability, equipment effectiveness."""

# ruff: noqa: N802 - examples keep the capitals of their names

import pytest

from pegboard.insight.delivery import Delivery, delivery_figures, oee
from pegboard.planning.leadtime import cumulative
from pegboard.planning.reliability import reliability


def test_MT_09_only_production_levels_count_and_the_longest_way_decides():
    """PBOM1 1 d over PBOM3 3 d over C6 6 d: 10; assembly, phantom and sales levels have no lead time of their own."""
    own = {"PBOM1": 1, "C1": 1, "C4": 4, "C5": 5, "PBOM3": 3, "C6": 6, "C7": 7}
    components = {
        "PBOM1": [("C1", 0), ("ASSEMBLY", 0), ("PHANTOM", 0), ("PBOM3", 0), ("SALES", 0)],
        "ASSEMBLY": [("C4", 0)],
        "PHANTOM": [("C5", 0)],
        "PBOM3": [("C6", 0)],
        "SALES": [("C7", 0)],
    }
    found = cumulative(own, components, "PBOM1")
    assert (found.cumulative_days, found.through) == (10, ("PBOM1", "PBOM3", "C6"))


def test_MT_09_a_component_needed_later_lengthens_the_way_by_less():
    """A 10 d; B 15 from 20 %, C 20 from 40 %, D 22 from 80 % of it: 10 + max(13, 16, 14) = 26."""
    own = {"A": 10, "B": 15, "C": 20, "D": 22}
    assert cumulative(own, {"A": [("B", 2), ("C", 4), ("D", 8)]}, "A").cumulative_days == 26


LINES = [(10, 9, 100, 100), (12, 12, 50, 50), (15, 18, 20, 20), (20, 20, 40, 36), (22, 27, 10, 10)]


def test_KP_01_delivery_figures_of_five_lines():
    """Lateness -1, 0, 3, 0, 5; the fourth line is short by 4 of 40; 186 of 220 pieces on time."""
    figures = delivery_figures([Delivery(*line) for line in LINES])
    assert (figures.mean_lateness, figures.mean_tardiness, figures.max_lateness) == pytest.approx((1.4, 1.6, 5))
    assert (figures.tardy, figures.otd_pct, figures.otif_pct) == (2, 60, 40)
    assert round(figures.volume_pct, 1) == 84.5


def test_KP_02_equipment_effectiveness():
    """400 of 480 min, 360 of 400 pieces, 342 of 360 good."""
    assert oee(480, 400, 400, 360, 342) == pytest.approx(71.25)


def test_SC_01_a_suppliers_record():
    """Ten deliveries: five by the promised day, one day late on average, the eighth of ten by rank two days late."""
    found = reliability([-1, 0, 0, 1, 2, 0, 3, 0, 1, 4])
    assert (found.otd_pct, found.mean_days) == (50, 1.0)
    assert (found.percentile(80), found.percentile(90)) == (2, 3)


def test_a_supplier_without_deliveries_has_no_record():
    with pytest.raises(ValueError, match="no deliveries"):
        reliability([])
