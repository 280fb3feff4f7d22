"""Time quotes on a warm plan: random requests like a factory's own orders, each solved, judged and explained.

Seconds differ between machines; the ratio to the yardstick (`yardstick.py`) of the same plan hardly does. Also says how
many quotes come later than the same order last in line in a whole repaired plan, for the first few.
"""

import argparse
import gc
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench.__main__ import machine, table, yardstick
from pegboard.app.files import Run, plan_factory, save_plan
from pegboard.app.live import LivePlan
from pegboard.app.offers import with_menu
from pegboard.app.quoting import Counter, Solved, quoted, solved
from pegboard.app.repair import repaired
from pegboard.domain.plan import places_of
from pegboard.domain.quote import QuoteRequest
from pegboard.scheduling.engines.dispatch import Options


def silent(_: str, __: float) -> None:
    """A report that nobody reads."""


def requests(counter: Counter, n: int, seed: int) -> list[QuoteRequest]:
    """Requests for what the factory's own orders want."""
    rng = random.Random(seed)
    lines = [o for o in counter.factory.lines if o.status == "open"]
    chosen = [rng.choice(lines) for _ in range(n)]
    return [QuoteRequest(item=o.item, qty=o.qty, options=o.options, customer=o.customer) for o in chosen]


def timed(counter: Counter, asked: list[QuoteRequest]) -> tuple[list[float], list[Solved]]:
    """CPU milliseconds of each quote, and what was solved."""
    took, found = [], []
    for request in asked:
        began = time.process_time()
        done = solved(counter, request)
        if isinstance(done, Solved):
            quoted(counter, request, done)
            took.append(1000 * (time.process_time() - began))
            found.append(done)
    return took, found


def later_than_last(counter: Counter, found: list[Solved]) -> list[float]:
    """By how many days each quote comes later (or, if negative, sooner) than the order behind all others."""
    base, last = counter.factory.snapshot, datetime.fromtimestamp(counter.factory.horizon, UTC)
    places = places_of(counter.live.outcome.plan)
    days = []
    for one in found:
        line = msgspec.structs.replace(one.records[0], due=last, priority=10_000)
        snapshot = msgspec.structs.replace(base, orders=(*base.orders, line))
        plan = repaired(snapshot, places, "shift", (), [], "", 0, silent).plan
        done = next(o.completion for o in plan.orders if o.id == line.id)
        if done is not None:
            days.append((one.date - done) / 86_400)
    return days


def main() -> None:
    """Print what quotes take, what a menu takes, and how quotes compare with last place."""
    options = argparse.ArgumentParser(prog="python -m bench.quotes", description=__doc__)
    options.add_argument("factory", type=Path, help="a factory folder")
    options.add_argument("--requests", type=int, default=200, help="how many quotes (default 200)")
    options.add_argument("--menus", type=int, default=5, help="how many with a menu (default 5)")
    options.add_argument("--last", type=int, default=5, help="how many against a whole plan (default 5)")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    outcome = plan_factory(given.factory, Options(), 0, silent).outcome
    if outcome is None:
        raise SystemExit(f"{given.factory} cannot be planned")
    with tempfile.TemporaryDirectory() as folder:
        save_plan(Run(outcome, []), Path(folder) / "plan")
        operations, unit = yardstick(Path(folder) / "plan")
    counter = Counter(LivePlan(outcome))
    asked = requests(counter, given.requests, given.seed)
    timed(counter, asked[:3])
    gc.collect()
    gc.freeze()
    took, found = timed(counter, asked)
    centile = statistics.quantiles(took, n=100)
    figures = {"median": centile[49], "95 of 100": centile[94], "worst": max(took)}
    print(f"{machine()}; {given.factory.name}, {operations:,} operations; yardstick {unit:.4f} s\n")
    rows = [(name, f"{ms:.1f}", f"{ms / 1000 / unit:.3f}") for name, ms in figures.items()]
    table((f"{len(found):,} of {len(asked):,} quoted", "CPU ms", "x yardstick"), rows)
    menus = []
    for request, one in zip(asked[: given.menus], found, strict=False):
        began = time.process_time()
        with_menu(counter, quoted(counter, request, one), one)
        menus.append(time.process_time() - began)
    if menus:
        seconds = {"median": statistics.median(menus), "worst": max(menus)}
        table(("with a menu", "CPU s"), [(name, f"{s:.2f}") for name, s in seconds.items()])
    if given.last:
        days = later_than_last(counter, found[: given.last])
        late = sum(d > 0 for d in days)
        best, worst = (f"{min(days):+.1f}", f"{max(days):+.1f}") if days else ("-", "-")
        table(("against last in line", "later", "least d", "most d"), [(f"{len(days)}", f"{late}", best, worst)])


if __name__ == "__main__":
    main()
