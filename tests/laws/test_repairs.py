"""What holds for the repair of any plan, by every degree, over random factories and random disturbances."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from pegboard.app.files import read
from pegboard.app.outcome import Outcome
from pegboard.app.repair import repaired
from pegboard.domain.plan import places_of
from pegboard.exchange import read_places
from pegboard.insight.comparing.stability import Stability, stability
from pegboard.scheduling.engines.repair import DEGREES, Degree
from tests.laws.conftest import CaseOf
from tests.laws.folder import FactoryFolder
from tests.laws.planning import Case, silent

SEEDS = range(0, 120, 3)
BLOCKS = pytest.mark.parametrize("first", range(4))
MOVING: Sequence[Degree] = DEGREES[:3]


def repair(case: Case, factory: Path, degree: Degree) -> tuple[Outcome, Stability]:
    reading = read(factory)
    assert reading.snapshot is not None
    places = read_places(case.plan)
    outcome = repaired(reading.snapshot, places, degree, (), reading.findings, "", 0, silent)
    return outcome, stability(places, places_of(outcome.plan), 0)


def disturbed(factory: FactoryFolder, seed: int) -> FactoryFolder:
    """One machine down for some days, one order cancelled, one twice as large."""
    rng = random.Random(f"disturbance {seed}")
    tables = dict(factory.tables)
    machine = rng.choice([row["resource"] for row in tables["resources"]])
    today = factory.settings["now"].strip('"')[:10]
    day = int(today[8:]) + rng.randrange(4)
    span = {"resource": machine, "start": f"{today[:8]}{min(day, 28):02}", "end": f"{today[:8]}{min(day + 1, 28):02}"}
    tables["downtime"] = (*tables.get("downtime", ()), span)
    orders = list(tables["orders"])
    if len(orders) > 2:
        orders.pop(rng.randrange(len(orders)))
    grown = rng.randrange(len(orders))
    orders[grown] = {**orders[grown], "qty": str(2 * float(orders[grown]["qty"]))}
    return FactoryFolder(factory.name, factory.settings, factory.policy, {**tables, "orders": tuple(orders)})


def block(case_of: CaseOf, first: int) -> list[tuple[int, Case]]:
    cases = [(seed, case_of(seed)) for seed in SEEDS[first :: len(range(4))]]
    return [(seed, case) for seed, case in cases if case.run.outcome is not None]


@BLOCKS
def test_the_repair_of_an_undisturbed_plan_moves_nothing(case_of: CaseOf, first: int):
    found = {}
    for seed, case in block(case_of, first):
        for degree in MOVING:
            changes = repair(case, case.source, degree)[1]
            found[seed, degree] = [m.operation for m in changes.moves]
    assert {key: moves for key, moves in found.items() if moves} == {}


@BLOCKS
def test_every_repaired_plan_is_certified(case_of: CaseOf, first: int, tmp_path: Path):
    found = {}
    for seed, case in block(case_of, first):
        factory = disturbed(case.factory, seed).write(tmp_path / str(seed))
        for degree in DEGREES:
            found[seed, degree] = repair(case, factory, degree)[0].plan.certificate.violations
    assert {key: violations for key, violations in found.items() if violations} == {}


@BLOCKS
def test_the_second_degree_is_in_total_never_later_than_the_first(case_of: CaseOf, first: int, tmp_path: Path):
    later = []
    for seed, case in block(case_of, first):
        factory = disturbed(case.factory, seed).write(tmp_path / str(seed))
        ends = [sum(o.end for o in repair(case, factory, degree)[0].plan.operations) for degree in DEGREES[:2]]
        if ends[1] > ends[0]:
            later.append((seed, ends))
    assert later == []
