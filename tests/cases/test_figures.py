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


def test_on_time_depends_on_the_reference_date():
    """Requested 10, first promised 12, last promised 15; done 13. Without a promise the request counts."""
    line = Delivery(10, 13, 1, 1, first_promise=12, last_promise=15)
    lateness = [delivery_figures([line], by).mean_lateness for by in ("requested", "first_promise", "last_promise")]

    assert lateness == [3, 1, -2]
    assert delivery_figures([Delivery(10, 13, 1, 1)], "last_promise").mean_lateness == 3
    assert delivery_figures([Delivery(10, 13, 1, 1, first_promise=12)], "last_promise").mean_lateness == 1


def test_KP_01_with_a_window_and_a_tolerance_of_quantity():
    """Three days of grace make the third line on time; 10 % less makes the fourth, 36 of 40, full: 4 of 5."""
    deliveries = [Delivery(*line) for line in LINES]

    assert delivery_figures(deliveries, window=3).otd_pct == 80
    assert delivery_figures(deliveries, short_pct=10).otif_pct == 60
    assert delivery_figures(deliveries, short_pct=9.9).otif_pct == 40
    assert delivery_figures(deliveries, window=3, short_pct=10).otif_pct == 80


def test_KP_01_an_order_is_in_full_when_all_its_lines_are():
    """The lines as orders A, A, B, C and C: the two of A are good, B is late, C short and late: 1 of 3."""
    deliveries = [Delivery(*line, order=name) for line, name in zip(LINES, "AABCC", strict=True)]

    assert delivery_figures(deliveries).order_otif_pct == pytest.approx(100 / 3)
    assert delivery_figures([Delivery(*line) for line in LINES]).order_otif_pct == 40


def test_what_is_never_delivered_is_not_on_time_and_has_no_lateness():
    figures = delivery_figures([Delivery(10, 9, 4, 4), Delivery(10, None, 4, 0)])

    assert (figures.otd_pct, figures.volume_pct, figures.mean_lateness, figures.tardy) == (50, 50, -1, 0)


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
