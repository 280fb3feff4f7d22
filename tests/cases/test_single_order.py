"""One order through three work centres, laid out backward from its due date and forward from now (MT-01)."""

# ruff: noqa: N802 - examples keep the capitals of their names

from pegboard.app.outcome import Outcome
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.explain import Explainer
from tests.factories import at, closed, completion, factory, forward, operation, order, step, times, works

ROUTING = [
    step("A", 10, "SAW", setup=30, run=6, queue_min=240, move_min=60),
    step("A", 20, "MILL", setup=60, run=15, queue_min=480, move_min=60),
    step("A", 30, "ASSY", run=12, queue_min=120),
]


def shop(qty: float = 20, holidays: tuple[str, ...] = ()) -> Snapshot:
    """20 pieces take 30 + 120, 60 + 300 and 240 minutes; it is Monday morning, and they are due on Friday evening."""
    return factory(
        "2026-06-08 08:00",
        routing=ROUTING,
        orders=[order("SO-1", "A", qty, "2026-06-12")],
        calendar_exceptions=[closed("STD", day, day) for day in holidays],
    )


def release(snapshot: Snapshot) -> str:
    outcome = forward(snapshot)
    return at(outcome, works(outcome, "A")[0].release)


def latest(outcome: Outcome) -> list[tuple[str, str, str]]:
    supply = outcome.planned.supply
    rows = zip(supply.latest_arrival, supply.latest_start, supply.latest_end, strict=True)
    return [(at(outcome, a), at(outcome, b), at(outcome, c)) for a, b, c in rows]


def test_MT_01_latest_dates_run_back_from_the_due_date_through_work_queue_and_move():
    """240 min before Fri 17:00 is 13:00, less queue 120 is 10:00, less move 60 is 09:00, less 360 is Thu 11:00, ..."""
    assert latest(forward(shop())) == [
        ("Tue 06-09 11:30", "Tue 06-09 16:30", "Wed 06-10 10:00"),
        ("Wed 06-10 11:00", "Thu 06-11 11:00", "Fri 06-12 09:00"),
        ("Fri 06-12 10:00", "Fri 06-12 13:00", "Fri 06-12 17:00"),
    ]


def test_MT_01_earliest_dates_run_forward_from_now_through_queue_work_and_move():
    """Mon 08:00 and queue 240 is 13:00 after lunch; 150 min of work end 15:30; move 60 and queue 480 are Tue 16:30."""
    outcome = forward(shop())

    assert [times(outcome, "SO-1", number) for number in (10, 20, 30)] == [
        ("Mon 06-08 13:00", "Mon 06-08 15:30"),
        ("Tue 06-09 16:30", "Wed 06-10 14:30"),
        ("Thu 06-11 08:30", "Thu 06-11 13:30"),
    ]


def test_MT_01_earliest_arrivals_are_where_the_queues_begin():
    """Step 10 queues from now, step 20 from 15:30 and an hour of move, step 30 from Wed 14:30 and an hour of move."""
    outcome = forward(shop())
    chain = Explainer(outcome.planned).why(0).chain

    assert [at(outcome, s.start) for s in chain if s.kind == "queue"] == [
        "Mon 06-08 08:00",
        "Mon 06-08 16:30",
        "Wed 06-10 15:30",
    ]


def test_MT_01_the_latest_release_is_where_the_first_queue_must_begin():
    assert release(shop()) == "Tue 06-09 11:30"


def test_MT_01_slack_is_690_working_minutes_at_every_operation():
    """From Mon 13:00 to Tue 16:30 are 240 + 240 + 210 open minutes; the others lie as far from their latest starts."""
    outcome = forward(shop())

    assert [operation(outcome, "SO-1", number).slack_min for number in (10, 20, 30)] == [690, 690, 690]


def test_MT_01_slack_at_the_finish_is_690_working_minutes_too():
    """Done on Thu 13:30: 210 min are left of Thursday and 480 of Friday."""
    outcome = forward(shop())

    assert completion(outcome, "SO-1") == "Thu 06-11 13:30"
    assert outcome.planned.factory.calendar.open_until(outcome.plan.orders[0].due) - (
        outcome.planned.factory.calendar.open_until(outcome.plan.orders[0].completion or 0)
    ) == (690 * 60)


def test_MT_01_thirty_pieces_must_be_released_on_monday_at_three():
    """10 more pieces are 60 + 150 + 120 = 330 more minutes: 5.5 hours before Tue 11:30 is Mon 15:00."""
    assert release(shop(qty=30)) == "Mon 06-08 15:00"


def test_MT_01_forty_pieces_must_be_released_on_monday_at_half_past_eight():
    """330 more minutes still: 5.5 hours before Mon 15:00 is 08:30."""
    assert release(shop(qty=40)) == "Mon 06-08 08:30"


def test_MT_01_a_holiday_on_thursday_moves_the_release_a_working_day_ahead():
    assert release(shop(holidays=("2026-06-11",))) == "Mon 06-08 11:30"
