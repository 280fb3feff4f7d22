"""Plan many random factories by hand and print every disagreement: `python -m tests.laws.sweep --seeds 0..400`.

With `--shrink` each factory that fails is made smaller row by row while it still fails for the same rule, and left in
`--keep` for a look.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import Pool
from multiprocessing import TimeoutError as Overdue
from pathlib import Path

from pegboard.exchange import factory_schema
from pegboard.scheduling.rules import RULES as ALL_RULES
from tests.laws.folder import FactoryFolder
from tests.laws.planning import outcome
from tests.laws.random_factory import random_factory

PATIENCE = 120
RULES = ("jit", "best", *ALL_RULES)


NEEDED = {f.file: {c.column for c in f.columns if c.required} | {"run_min"} for f in factory_schema()}


def rule_of(sentence: str) -> str:
    """The name of the broken rule, with what was said but for names and numbers."""
    head, _, rest = sentence.partition(":")
    words = [w for w in rest.replace("'", " ").split() if w.isalpha() and w.islower()]
    return f"{head}: {' '.join(words[:6])}"


def dispatching(seed: int) -> str:
    """The dispatching rule of a seed."""
    return RULES[seed % len(RULES)] if seed % 3 == 0 else "jit"


def examine_seed(seed: int) -> tuple[int, list[str]]:
    """The faults of one seed's plan; every third seed is planned by another rule than the default."""
    with tempfile.TemporaryDirectory() as folder:
        return seed, outcome(random_factory(seed), Path(folder), dispatching(seed)).sentences


def examine_all(seeds: range, workers: int) -> Iterator[tuple[int, list[str]]]:
    """The faults of every seed, in order; one that takes too long is a fault, and its worker is ended."""
    while seeds:
        with Pool(workers) as pool:  # leaving it ends its workers
            results = pool.imap(examine_seed, seeds)
            for seed in seeds:
                seeds = range(seed + 1, seeds.stop)
                try:
                    yield results.next(PATIENCE)
                except Overdue:
                    yield seed, [f"hang: no plan after {PATIENCE} s"]
                    break


def shrink(factory: FactoryFolder, rule: str, by: str) -> FactoryFolder:
    """A smaller factory whose plan still breaks the rule: rows, then cells, then settings are taken away.

    Its data stay as sound as they were: what breaks a reference on the way proves nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        errors = outcome(factory, Path(folder), by).errors

    def fails(candidate: FactoryFolder) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            found = outcome(candidate, Path(folder), by)
        return found.errors <= errors and any(rule_of(sentence) == rule for sentence in found.sentences)

    while True:
        size = factory.size
        for table in list(factory.tables):
            factory = _fewer_rows(factory, table, fails)
        if factory.size == size:
            break
    for table, rows in factory.tables.items():
        for i in range(len(rows)):
            for cell in set(factory.tables[table][i]) - NEEDED.get(table, set()):
                current = factory.tables[table]
                less = {key: value for key, value in current[i].items() if key != cell}
                smaller = factory.with_rows(table, (*current[:i], less, *current[i + 1 :]))
                if less and fails(smaller):
                    factory = smaller
    for key in list(factory.policy):
        smaller = replace(factory, policy={k: v for k, v in factory.policy.items() if k != key})
        factory = smaller if fails(smaller) else factory
    for key in ("calendar", "timezone"):
        smaller = replace(factory, settings={k: v for k, v in factory.settings.items() if k != key})
        factory = smaller if fails(smaller) else factory
    return factory


def _fewer_rows(factory: FactoryFolder, table: str, fails: Callable[[FactoryFolder], bool]) -> FactoryFolder:
    step = max(1, len(factory.tables[table]) // 2)
    while step >= 1:
        i = 0
        while i < len(factory.tables[table]):
            rows = factory.tables[table]
            smaller = factory.with_rows(table, rows[:i] + rows[i + step :])
            if fails(smaller):
                factory = smaller
            else:
                i += step
        step //= 2
    return factory


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", default="0..400", help="first..last, the last one not included")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "pegboard-sweep")
    parser.add_argument("--show", type=int, default=3, help="sentences to print for each factory")
    chosen = parser.parse_args()
    first, _, last = chosen.seeds.partition("..")
    began, broken, kinds = time.perf_counter(), 0, Counter[str]()
    examples: dict[str, int] = {}
    for seed, found in examine_all(range(int(first), int(last or int(first) + 1)), chosen.workers):
        broken += bool(found)
        for rule in dict.fromkeys(map(rule_of, found)):
            kinds[rule] += 1
            examples.setdefault(rule, seed)
        for sentence in found[: chosen.show]:
            print(f"seed {seed}: {sentence}", flush=True)
    print(f"{broken} factories with faults; {time.perf_counter() - began:.0f} s")
    for rule, count in kinds.most_common():
        print(f"{count:6} factories  {rule}  (seed {examples[rule]})")
        if chosen.shrink:
            seed = examples[rule]
            small = shrink(random_factory(seed), rule, dispatching(seed))
            folder = chosen.keep / f"{seed}-{rule.replace(' ', '-').replace(':', '')[:50]}"
            small.write(folder)
            print(f"       {small.size} rows in {folder}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
