"""Hand-written plans in few words, and ways to spoil them, for the tests of the re-checker.

The factories are open round the clock from Monday 2026-06-01 00:00 UTC, small enough to work out by hand.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from tests.recheck import PLAN_COLUMNS, recheck
from tests.test_recheck import Break, write_factory, write_plan, write_rows

Plant = tuple[Path, Path]
Case = tuple[str, str, Break]


def stamp(text: str) -> str:
    """`2T08:00`: Tuesday 2026-06-02 at eight."""
    day, is_time, clock = text.partition("T")
    return f"2026-06-{int(day):02}T{clock}:00+00:00" if is_time and day.isdigit() else text


def cells(text: str) -> str:
    """A row in words with its moments written out."""
    pairs = (cell.partition("=") for cell in text.split())
    return " ".join(f"{name}={stamp(value)}" for name, _, value in pairs)


def peg(text: str) -> str:
    """`stock GLUE -> wo A 10: GLUE 4 at 1T00:00 hard`."""
    left, right = text.split(": ")
    (supply_kind, supply), (demand_kind, demand, *step) = (side.split() for side in left.split(" -> "))
    item, qty, _, available, *kind = right.split()
    return (
        f"supply_kind={supply_kind} supply={supply} demand_kind={demand_kind} demand={demand} "
        f"step={step[0] if step else ''} item={item} qty={qty} available={available} kind={kind[0] if kind else 'soft'}"
    )


def line(text: str) -> str:
    """`A X 4 due 5T00:00 done 3T01:00`, or `left out`."""
    order, item, qty, _, due, what, *done = text.split()
    start = f"order={order} line=1 item={item} qty={qty} due={due}"
    if what == "left":
        return f"{start} status=unplanned cause={done[1]} reason={done[2]}"
    late = minutes(done[0]) - minutes(due)
    status = done[1] if len(done) > 1 else "late" if late > 0 else "on_time"
    cause = " cause=material reason=late" if late > 0 else ""
    return f"{start} completion={done[0]} lateness_min={late} status={status}{cause}"


def minutes(text: str) -> int:
    day, _, clock = text.partition("T")
    return int(day) * 1440 + int(clock[:2]) * 60 + int(clock[3:])


def plant(folder: Path, files: dict[str, str], tables: dict[str, Iterable[str]]) -> Plant:
    write_factory(folder / "factory", {"factory.toml": "now = 2026-06-01T00:00:00\n", **files})
    write_plan(folder / "plan", {name: [cells(text) for text in rows] for name, rows in tables.items()}, {})
    return folder / "factory", folder / "plan"


def faults(of: Plant) -> list[str]:
    """What the re-checker says, but for the sums of `kpis.json`, which these plans do not give."""
    return [sentence for sentence in recheck(*of) if not sentence.startswith("kpis")]


def edit(name: str, where: str, to: str) -> Break:
    """Change cells of the rows of a plan's file that match."""

    def apply(_: Path, plan: Path) -> None:
        with (plan / name).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        wanted = dict(cell.split("=", 1) for cell in where.split())
        hit = [r for r in rows if wanted.items() <= r.items()]
        assert hit
        for r in hit:
            r.update(dict(cell.split("=", 1) for cell in cells(to).split()))
        write_rows(plan / name, PLAN_COLUMNS[name].split(), rows)

    return apply


def more(name: str, text: str) -> Break:
    """One more row of a plan's file."""

    def apply(_: Path, plan: Path) -> None:
        with (plan / name).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        rows.append(dict(cell.split("=", 1) for cell in cells(text).split()))
        write_rows(plan / name, PLAN_COLUMNS[name].split(), rows)

    return apply


def names(cases: list[Case]) -> list[str]:
    return [f"{rule}: {fault}" for rule, fault, _ in cases]
