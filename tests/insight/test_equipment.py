"""The effectiveness of equipment from reported steps, by hand: M works 08:00 to 12:00 and 13:00 to 17:00."""

from typing import Any

from pegboard.insight.equipment import effectiveness
from pegboard.planning.validate import validate
from tests.factories import factory, make, order, progress, step, wo

MONDAY = "2026-06-01"


def reported(*rows: Any, run: Any = 2) -> Any:
    """Two lots of A on M, at 2 minutes each; on Monday before the week that is planned."""
    works = [wo("WO-1", "A", 90, "started"), wo("WO-2", "A", 90, "started")]
    snapshot = factory(
        items=[make("A")],
        routing=[step("A", 10, "M", run=run)],
        orders=[order("SO-1", "A", 1, "2026-06-19")],
        work_orders=works,
        work_order_steps=rows,
    )
    return effectiveness(validate(snapshot)[0])


def lot(name: str, start: str, end: str, good: float, bad: float, **more: Any) -> Any:
    times = {"started": f"{MONDAY} {start}", "finished": f"{MONDAY} {end}"}
    return progress(name, 10, "done", resource="M", good_qty=good, scrapped_qty=bad, **{**times, **more})


def test_effectiveness_is_availability_by_performance_by_quality():
    """08:00 to 16:00 is 7 h open, of which 3 + 3 h run; 160 pieces at 2 min are 320 of 360 min; 144 of 160 are good."""
    (m,) = reported(lot("WO-1", "08:00", "11:00", 80, 0), lot("WO-2", "12:00", "16:00", 64, 16))

    assert (m.resource, m.reports, m.planned_min, m.running_min) == ("M", 2, 420, 360)
    assert m.availability_pct == round(100 * 360 / 420, 4)
    assert m.performance_pct == round(100 * 320 / 360, 4)
    assert m.quality_pct == 90
    assert m.oee_pct == round(100 * 288 / 420, 4)


def test_what_is_not_finished_or_has_no_pieces_counts_for_nothing():
    assert reported(lot("WO-1", "08:00", "11:00", 0, 0), lot("WO-2", "12:00", "16:00", 5, 0, finished=None)) == ()
