"""The board of a plan as columns, the network and the places of an operation, and loads, all worked out by hand.

A chair P takes a leg C (made) and a screw B (bought, two days). C is sawn on SAW or SAW2, P assembled on ASM by LAB.
Monday 2026-06-01 08:00; every resource works Monday to Friday 08-12 and 13-17.
"""

from datetime import datetime

import pytest

from pegboard.app.outcome import Outcome
from pegboard.insight.load_columns import loads
from pegboard.insight.network import Networks
from pegboard.insight.places import PlaceFinder
from pegboard.insight.plan_board import BoardView, board
from pegboard.insight.plan_moves import moved
from tests.factories import buy, factory, make, or_on, order, part, plan, step, with_


def t(text: str) -> int:
    """`2 13:00`: 2026-06-02 13:00 UTC."""
    day, clock = text.split()
    return int(datetime.fromisoformat(f"2026-06-{int(day):02} {clock}+00:00").timestamp())


def chairs(run: float = 60) -> Outcome:
    """Two orders for one chair each: the first due on Friday 5th, the second a week later."""
    return plan(
        factory(
            "2026-06-01 08:00",
            items=[make("P"), make("C"), buy("B", 2)],
            bom=[part("P", "C"), part("P", "B")],
            routing=[step("C", 10, "SAW", setup=30, run=run), step("P", 10, "ASM", run=120)],
            routing_alternates=[or_on("C", 10, "SAW2")],
            routing_needs=[with_("P", 10, "LAB")],
            orders=[order("SO-1", "P", 1, "2026-06-05", priority=5), order("SO-2", "P", 1, "2026-06-12")],
        )
    )


@pytest.fixture(scope="module")
def view() -> BoardView:
    return BoardView(chairs().planned)


def number(view: BoardView, wo_item: str, line: str) -> int:
    """The number of the one operation of an item for a line."""
    shown = board(view)
    columns, texts = shown.operations.columns, shown.texts
    return next(
        i
        for i in range(shown.operations.n)
        if texts["item"][columns["item"][i]] == wo_item and texts["line"][columns["line"][i]] == line
    )


def test_rows_come_by_kind_and_name_and_operations_by_row_and_time(view: BoardView):
    shown = board(view)
    assert [row.id for row in shown.resources] == ["ASM", "LAB", "SAW", "SAW2"]
    columns = shown.operations.columns
    keys = list(zip(columns["resource"], columns["setup_start"], strict=True))
    assert keys == sorted(keys)
    assert shown.operations.n == 4


def test_every_column_has_the_same_length_and_says_what_the_rows_of_the_plan_say(view: BoardView):
    outcome = chairs()
    shown = board(BoardView(outcome.planned))
    columns, texts = shown.operations.columns, shown.texts
    assert {len(column) for column in columns.values()} == {shown.operations.n}
    told = {
        (texts["wo"][wo], at, shown.resources[r].id, a, b, c, slack)
        for wo, at, r, a, b, c, slack in zip(
            *(columns[name] for name in ("wo", "step", "resource", "setup_start", "start", "end", "slack")), strict=True
        )
    }
    rows = {
        (o.wo, o.step, o.resource, o.setup_start, o.start, o.end, round(o.slack_min * 60))
        for o in outcome.plan.operations
    }
    assert told == rows


def test_the_leg_serves_the_order_of_its_chair(view: BoardView):
    shown = board(view)
    served = {shown.texts["line"][i] for i in shown.operations.columns["line"]}
    assert served == {"SO-1/1", "SO-2/1"}
    assert number(view, "C", "SO-1/1") != number(view, "C", "SO-2/1")


def test_lines_carry_their_lateness_in_seconds(view: BoardView):
    shown = board(view)
    first = shown.texts["line"].index("SO-1/1")
    columns = shown.lines.columns
    done, due = columns["completion"][first], columns["due"][first]
    assert due == t("5 17:00")
    assert done is not None
    assert columns["lateness"][first] == done - due


def test_lunch_and_nights_are_closed_within_the_stretch_that_is_shown(view: BoardView):
    shown = board(view)
    asm = [
        (a, b)
        for r, a, b in zip(*(shown.closed.columns[c] for c in ("resource", "start", "end")), strict=True)
        if shown.resources[r].id == "ASM"
    ]
    assert shown.from_ == t("1 08:00")
    assert asm[:3] == [(t("1 12:00"), t("1 13:00")), (t("1 17:00"), t("2 08:00")), (t("2 12:00"), t("2 13:00"))]
    assert max(b for _, b in asm) <= shown.to


def test_the_worker_is_held_beside_the_bench(view: BoardView):
    shown = board(view)
    held = zip(shown.also.columns["operation"], shown.also.columns["resource"], strict=True)
    assert sorted((i, shown.resources[r].id) for i, r in held) == sorted(
        (number(view, "P", line), "LAB") for line in ("SO-1/1", "SO-2/1")
    )


def test_the_network_of_a_leg_is_its_order_with_what_is_bought_for_it_and_nobody_elses(view: BoardView):
    leg, chair = number(view, "C", "SO-1/1"), number(view, "P", "SO-1/1")
    found = Networks(view).of(leg)
    assert found.operations == sorted([leg, chair])
    assert found.arcs == [(leg, chair)]
    assert found.lines == ["SO-1/1"]
    assert [p.item for p in found.purchases] == ["B"]
    assert Networks(view).of(chair) == found


def test_a_leg_may_be_sawn_on_either_saw_from_now_on_in_an_hour_and_a_half(view: BoardView):
    found = PlaceFinder(view).of(number(view, "C", "SO-1/1"))
    rows = [view.rows[p.resource].id for p in found.resources]
    assert rows == ["SAW", "SAW2"]
    assert {p.from_ for p in found.resources} == {t("1 08:00")}
    assert {p.seconds for p in found.resources} == {(30 + 60) * 60}


def test_a_chair_may_not_start_before_its_screw_is_there(view: BoardView):
    """Ordered on Monday with two days of lead time it is there on Wednesday; the leg may be ready long before."""
    (found,) = PlaceFinder(view).of(number(view, "P", "SO-1/1")).resources
    assert view.rows[found.resource].id == "ASM"
    assert found.from_ == t("3 08:00")
    assert found.seconds == 120 * 60


def test_loads_of_days_add_up_to_the_work_and_the_open_hours(view: BoardView):
    """Two chairs are 240 minutes of bench and worker, two legs 120 minutes of saw after 60 of setup; 8 hours a day."""
    found = loads(view, "day")
    assert found.start[0] == t("1 00:00")
    by_row = {view.rows[row.resource].id: row for row in found.resources}
    assert sum(by_row["ASM"].busy) == sum(by_row["LAB"].busy) == 240 * 60
    saws = [by_row["SAW"], by_row["SAW2"]]
    assert sum(sum(row.busy) for row in saws) == 180 * 60
    assert sum(sum(row.setup) for row in saws) == 60 * 60
    assert by_row["ASM"].open[0] == 8 * 3600
    saturday = found.start.index(t("6 00:00"))
    assert by_row["ASM"].open[saturday] == 0
    assert sum(loads(view, "week").resources[0].busy) == sum(loads(view, "hour").resources[0].busy) == 240 * 60


def test_what_stands_elsewhere_in_another_plan_is_told_by_the_numbers_of_this_one(view: BoardView):
    assert moved(view, BoardView(chairs().planned)).n == 0
    other = BoardView(chairs(run=90).planned)
    found = moved(view, other)
    assert set(found.columns["operation"]) >= {number(view, "C", "SO-1/1"), number(view, "C", "SO-2/1")}
    i = found.columns["operation"].index(number(view, "C", "SO-1/1"))
    assert found.columns["end"][i] - found.columns["start"][i] >= 90 * 60
