"""Write a deep factory: many items on ten levels of bills of materials, much shared, with stock and open purchases.

`python -m bench.deep FOLDER` writes 20,000 items and 5,000 orders; the seed decides all of it. A made item has one
component of the next level, now and then a second from further down, and some that are bought. The parts of a level
are not equally popular: few of them go into many parents, most into few.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

TODAY = date(2026, 6, 1)
SETTINGS = 'name = "Deep"\nnow = 2026-06-01T06:00:00\nhorizon_days = 365\ncalendar = "STD"\n'
DEPARTMENTS = 12
Table = list[tuple[object, ...]]


@dataclass(frozen=True)
class Size:
    """How many items and orders there are, and how many levels from an end item to what is bought below it."""

    items: int = 20_000
    levels: int = 10
    orders: int = 5_000


def widths(size: Size) -> list[int]:
    """Items of each level, end items first: half of all are bought, end items are a tenth of the others."""
    made = size.items // 2
    ends = made // 10
    between = (made - ends) // (size.levels - 1)
    return [made - between * (size.levels - 1), *[between] * (size.levels - 1)]


def popular(rng: random.Random, names: Sequence[str]) -> str:
    """One of the names, the first of them far more often than the last."""
    return names[int(len(names) * rng.random() ** 3)]


def made_items(size: Size) -> list[list[str]]:
    """The names of the made items, level by level."""
    return [[f"L{level}-{i:05}" for i in range(width)] for level, width in enumerate(widths(size))]


def items(rng: random.Random, made: list[list[str]], bought: list[str]) -> Table:
    """Every twentieth made item loses some, every tenth comes in multiples; what is bought has lot sizes."""
    head = ("item", "supply", "lead_time_days", "min_qty", "multiple", "max_qty", "batch_days", "yield", "decimals")
    rows: Table = [head]
    for name in (name for names in made for name in names):
        share = rng.random()
        rows.append((name, "make", "", "", 5 if share < 0.1 else "", "", "", 0.95 if share > 0.95 else "", ""))
    for name in bought:
        decimals = 2 if rng.random() < 0.1 else ""
        least, multiple = rng.choice(("", 50, 200)), rng.choice(("", 10, 25))
        rows.append(
            (name, "buy", rng.choice((2, 5, 10, 21, 42)), least, multiple, "", rng.choice(("", 5)), "", decimals)
        )
    return rows


def bills(rng: random.Random, made: list[list[str]], bought: list[str]) -> Table:
    """One component of the next level, in one parent of six a second from any level below, and one to four bought."""
    rows: Table = [("parent", "component", "qty_per", "fixed_qty", "yield")]
    for level, names in enumerate(made):
        below = made[level + 1 :]
        for name in names:
            parts = [popular(rng, below[0])] if below else []
            if below and rng.random() < 1 / 6:
                parts.append(popular(rng, rng.choice(below)))
            parts += [popular(rng, bought) for _ in range(rng.randrange(1, 5))]
            for part in dict.fromkeys(parts):
                per = 1 if part.startswith("L") else rng.choice((1, 1, 2, 4))
                rows.append((name, part, per, 1 if rng.random() < 0.05 else "", 0.97 if rng.random() < 0.05 else ""))
    return rows


def routing(rng: random.Random, made: list[list[str]]) -> Table:
    """One to three steps in departments of four machines each."""
    rows: Table = [("item", "step", "resource", "setup_min", "run_min")]
    for name in (name for names in made for name in names):
        for number in range(rng.randrange(1, 4)):
            work = rng.choice((5, 15, 30)), rng.choice((0.5, 1, 3))
            rows.append((name, 10 * (number + 1), f"DEP{rng.randrange(DEPARTMENTS):02}", *work))
    return rows


def resources() -> Table:
    """The machines of all departments, which work by one calendar."""
    rows: Table = [("resource", "group", "calendar")]
    rows += [(f"M{dep:02}-{i}", f"DEP{dep:02}", "STD") for dep in range(DEPARTMENTS) for i in range(4)]
    return rows


def orders(rng: random.Random, size: Size, ends: list[str]) -> Table:
    """Orders of one to thirty pieces, due within half a year."""
    rows: Table = [("order", "item", "qty", "due", "priority")]
    for i in range(size.orders):
        due = TODAY + timedelta(days=rng.randrange(20, 200))
        rows.append((f"SO-{i + 1:05}", rng.choice(ends), rng.randrange(1, 31), due, rng.choice(("", 50))))
    return rows


def stock(rng: random.Random, made: list[list[str]], bought: list[str]) -> Table:
    """A lot of every third bought item and of every tenth made one."""
    rows: Table = [("item", "qty", "lot")]
    rows += [(name, rng.randrange(20, 800), f"S{i}") for i, name in enumerate(bought) if rng.random() < 1 / 3]
    parts = (name for names in made[1:] for name in names)
    rows += [(name, rng.randrange(1, 40), f"P{i}") for i, name in enumerate(parts) if rng.random() < 1 / 10]
    return rows


def purchase_orders(rng: random.Random, bought: list[str]) -> Table:
    """One bought item of five is on order."""
    rows: Table = [("po", "item", "qty", "due")]
    for i, name in enumerate(bought):
        if rng.random() < 1 / 5:
            rows.append((f"PO-{i}", name, rng.randrange(50, 500), TODAY + timedelta(days=rng.randrange(1, 40))))
    return rows


def tables(seed: int, size: Size) -> dict[str, Table]:
    """All files of the factory."""
    rng = random.Random(seed)
    made = made_items(size)
    bought = [f"R{i:05}" for i in range(size.items - sum(map(len, made)))]
    return {
        "items": items(rng, made, bought),
        "bom": bills(rng, made, bought),
        "routing": routing(rng, made),
        "resources": resources(),
        "calendars": [("calendar", "weekday", "start", "end"), ("STD", "mon-fri", "06:00", "22:00")],
        "orders": orders(rng, size, made[0]),
        "stock": stock(rng, made, bought),
        "purchase_orders": purchase_orders(rng, bought),
    }


def write(folder: Path, seed: int = 0, size: Size | None = None) -> Path:
    """The factory as a folder of CSV files; the same seed and size give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables(seed, size or Size()).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    (folder / "factory.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def main() -> None:
    """Write the factory and say how large it is."""
    options = argparse.ArgumentParser(prog="python -m bench.deep", description=(__doc__ or "").splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--items", type=int, default=Size.items)
    options.add_argument("--levels", type=int, default=Size.levels)
    options.add_argument("--orders", type=int, default=Size.orders)
    given = options.parse_args()
    size = Size(given.items, given.levels, given.orders)
    write(given.folder, given.seed, size)
    print(f"{size.items:,} items on {size.levels} levels and {size.orders:,} orders in {given.folder}")


if __name__ == "__main__":
    main()
