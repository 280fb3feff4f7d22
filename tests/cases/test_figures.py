"""Published figures: delivery figures, supplier reliability, equipment effectiveness."""

# ruff: noqa: N802 - examples keep the capitals of their names

import pytest

from pegboard.insight.delivery import Delivery, delivery_figures, oee
from pegboard.planning.reliability import reliability

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
