"""Backward and forward scheduling agree where nothing else has a say (law P8).

One order, every operation on a machine of its own, no material: released at its latest release, it is on time, and
where no closed time lies between two calendars, every operation is on its latest date.
"""

import itertools
import random
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from tests.laws.folder import FactoryFolder, Row
from tests.laws.planning import Case, plan

SHIFTS = {
    "STD": (("mon-fri", "08:00", "12:00"), ("mon-fri", "13:00", "17:00")),
    "LONG": (("mon-sat", "06:00", "22:00"),),
    "NIGHT": (("mon-thu", "22:00", "06:00"),),
    "ALWAYS": (("mon-sun", "00:00", "24:00"),),
}


def one_order(seed: int, calendars: Sequence[str]) -> FactoryFolder:
    """A chain of one to three items with one to three steps each, wanted in three weeks.

    Waits run day and night, so one that ends in closed time leaves slack behind it: only among several calendars.
    """
    rng = random.Random(f"one order {seed}")
    items = ["A", "B", "C"][: rng.randrange(1, 4)]
    steps = [(item, 10 * k) for item in items for k in range(1, rng.randrange(2, 5))]
    routing: list[Row] = []
    resources: list[Row] = []
    for item, number in steps:
        machine = f"M-{item}-{number}"
        resources.append({"resource": machine, "calendar": rng.choice(calendars)})
        minutes = {"setup_min": rng.choice((0, 15, 30)), "run_min": rng.choice((2, 6, 25))}
        minutes |= {"queue_min": rng.choice((0, 0, 45)), "move_min": rng.choice((0, 20))}
        minutes |= {"wait_min": rng.choice((0, 0, 90)) if len(calendars) > 1 else 0}
        cells = {key: str(value) for key, value in minutes.items()}
        routing.append({"item": item, "step": str(number), "resource": machine, **cells})
    return FactoryFolder(
        name=f"one order {seed}",
        settings={"now": "2026-06-01T06:00:00", "horizon_days": "60", "calendar": f'"{calendars[0]}"'},
        policy={},
        tables={
            "items": tuple({"item": item, "supply": "make"} for item in items),
            "bom": tuple({"parent": a, "component": b, "qty_per": "1"} for a, b in itertools.pairwise(items)),
            "routing": tuple(routing),
            "resources": tuple(resources),
            "calendars": tuple(
                {"calendar": name, "weekday": days, "start": start, "end": end}
                for name, shifts in SHIFTS.items()
                for days, start, end in shifts
            ),
            "orders": ({"order": "SO-1", "item": "A", "qty": str(rng.randrange(1, 15)), "due": "2026-06-23"},),
        },
    )


def back_and_forth(factory: FactoryFolder, folder: Path) -> tuple[Case, Case]:
    """The plan long before the due date, and the plan made at the latest release that it names."""
    back = plan(factory, folder / "back")
    release = min(datetime.fromisoformat(wo["release"]) for wo in back.rows("work_orders"))
    now = release.replace(tzinfo=None).isoformat(timespec="seconds")
    return back, plan(factory.with_settings(now=now), folder / "forth")


@pytest.mark.parametrize("calendar", sorted(SHIFTS))
@pytest.mark.parametrize("seed", range(6))
def test_with_one_calendar_an_order_without_slack_runs_on_its_latest_dates(tmp_path: Path, seed: int, calendar: str):
    """P8: backward for the latest release, forward from there, and every operation is where it was laid."""
    back, forth = back_and_forth(one_order(seed, [calendar]), tmp_path)
    assert [line["status"] for line in forth.rows("orders")] == ["on_time"]
    assert {float(op["slack_min"]) for op in forth.rows("operations")} == {0.0}
    latest = {(op["wo"], op["step"]): op["latest_start"] for op in back.rows("operations")}
    assert {(op["wo"], op["step"]): op["latest_start"] for op in forth.rows("operations")} == latest


@pytest.mark.parametrize("seed", range(25))
def test_an_order_released_at_its_latest_is_on_time_and_without_slack_at_its_start(tmp_path: Path, seed: int):
    """With several calendars time may be lost between steps, but never gained: no operation is behind its latest."""
    _, forth = back_and_forth(one_order(seed, sorted(SHIFTS)), tmp_path)
    assert [line["status"] for line in forth.rows("orders")] == ["on_time"]
    slack = [float(op["slack_min"]) for op in sorted(forth.rows("operations"), key=lambda op: op["setup_start"])]
    assert slack[0] == 0.0
    assert min(slack) == 0.0
