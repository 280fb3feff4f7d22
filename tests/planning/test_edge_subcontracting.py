"""Subcontracted steps: what goes to the supplier leaves before the step begins, and comes back after it ended."""

from tests.factories import at, buy, completion, factory, make, operation, order, part, pegs, plan, purchases, step


def test_edge_40_components_leave_with_the_truck_and_the_goods_come_back_after_the_step():
    """Cut for an hour, eight hours on the truck, three days and nights at the coater, eight open hours back. The paint
    travels too, so it is wanted when the truck leaves. Out on Friday morning, back by Monday evening.
    """
    outcome = plan(
        factory(
            items=[make("A"), buy("PAINT", 3)],
            bom=[part("A", "PAINT", 2, step=20)],
            routing=[
                step("A", 10, "SAW", run=60),
                step("A", 20, "TRUCK", fixed_min=480),
                step("A", 30, "", supplier="COATER", lead_time_days=3, move_min=480),
            ],
            orders=[order("SO-1", "A", 1, "2026-06-30 09:00")],
        )
    )

    truck, coating = operation(outcome, "SO-1", 20), operation(outcome, "SO-1", 30)
    assert coating.setup_start >= truck.end
    assert [p.need for p in pegs(outcome, "PAINT")] == [truck.setup_start]
    assert purchases(outcome, "PAINT")[0].due <= truck.setup_start
    assert (at(outcome, coating.end), completion(outcome, "SO-1")) == ("Mon 06-29 08:00", "Mon 06-29 17:00")
