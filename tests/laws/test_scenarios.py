"""What is taken back leaves no trace, and asking what if changes nothing: held against random factories and changes."""

import random
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from bench.storm import silent, storm
from bench.storm_changes import random_change
from pegboard.app import scenarios
from pegboard.app.evaluate import Mode, evaluate
from pegboard.app.files import read
from pegboard.app.live import LivePlan
from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.app.scenarios import Desk
from pegboard.app.what_if import what_if
from pegboard.domain.change import Change, Entry
from pegboard.domain.scenario import Scenario
from pegboard.domain.snapshot import Snapshot
from pegboard.exchange import plan_hash
from pegboard.planning.branching import carry_out
from pegboard.planning.changing import apply, inverse
from pegboard.scheduling.engines.dispatch import Options
from tests.laws.random_factory import random_factory

SEEDS = (1, 2, 3)
MODES: tuple[Mode, ...] = ("repair", "replan")


def at(seed: int, folder: Path) -> Desk:
    """The desk of a random factory."""
    found = scenarios.desk(random_factory(seed).write(folder / "factory"))
    assert isinstance(found, Desk)
    return found


def planned(snapshot: Snapshot) -> Outcome:
    return make_plan(snapshot, [], "", 0, Options(), silent)


def some_changes(rng: random.Random, snapshot: Snapshot, outcome: Outcome, n: int) -> list[Change]:
    """So many changes that can be applied one after the other."""
    found: list[Change] = []
    while len(found) < n:
        change = random_change(rng, snapshot, outcome.plan)
        done = apply(snapshot, change)
        if not done.is_refused:
            found.append(change)
            snapshot = done.snapshot
    return found


def hashes(here: Desk, names: tuple[str, ...], mode: Mode) -> list[str]:
    """The plan as it is, and the plans of scenarios, by their content."""
    found = what_if(here, names, mode, 0, silent)
    assert isinstance(found, list)
    return [plan_hash(outcome.plan) for outcome in found]


def keep(here: Desk, name: str, changes: list[Change]) -> Scenario:
    """A scenario of these changes."""
    entries = tuple(Entry(change=change, who="ann") for change in changes)
    scenario = Scenario(name=name, base=here.base.hash, journal=here.base.journal, entries=entries)
    assert here.store.write(scenario, None)
    return scenario


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_and_its_inverse_give_back_the_plan(seed: int, mode: Mode, tmp_path: Path):
    """Each of five changes that can be taken back, and what takes it back, in one scenario."""
    here = at(seed, tmp_path)
    snapshot, rng = here.base.snapshot, random.Random(seed)
    outcome = planned(snapshot)
    pairs = ((c, inverse(snapshot, c)) for c in iter(lambda: random_change(rng, snapshot, outcome.plan), None))
    for n, (change, back) in zip(range(5), ((c, b) for c, b in pairs if b), strict=False):
        keep(here, f"s{n}", [change, *back])
    live, *others = hashes(here, tuple(f"s{n}" for n in range(5)), mode)
    assert others == [live] * 5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", SEEDS)
def test_undo_branch_rebase_and_an_empty_merge_give_back_the_plan(seed: int, mode: Mode, tmp_path: Path):
    """`old` has two changes. Undone, branched, rebased onto the same base, merged with its branch: the same."""
    here = at(seed, tmp_path)
    changes = some_changes(random.Random(seed), here.base.snapshot, planned(here.base.snapshot), 2)
    old = keep(here, "old", changes)
    keep(here, "empty", [])
    assert scenarios.branch(here, "old", "branched").scenario is not None
    assert scenarios.branch(here, "old", "undone").scenario is not None
    assert scenarios.undo(here, "undone", 2).scenario is not None
    assert scenarios.rebase(here, "branched").findings == []
    merged = scenarios.merge(here, "old", "branched").scenario
    assert merged == old
    live, olds, branched, undone, empty = hashes(here, ("old", "branched", "undone", "empty"), mode)
    assert branched == olds
    assert [undone, empty] == [live, live]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", SEEDS)
def test_asking_what_if_changes_neither_the_factory_nor_its_plan(seed: int, mode: Mode, tmp_path: Path):
    here = at(seed, tmp_path)
    base = planned(here.base.snapshot)
    files = {f.name: f.read_bytes() for f in (tmp_path / "factory").iterdir() if f.is_file()}
    before = plan_hash(base.plan), msgspec.json.encode(here.base.snapshot)
    live = LivePlan(base)
    for change in some_changes(random.Random(seed), here.base.snapshot, base, 4):
        after = carry_out(here.base.snapshot, [Entry(change=change)]).snapshot
        evaluate(live, after, mode, [], "", silent)
    fresh = Outcome(base.planned, base.wanted, base.result, base.verdict, base.findings, base.terms, base.checked)
    assert (plan_hash(fresh.plan), msgspec.json.encode(here.base.snapshot)) == before
    assert files == {f.name: f.read_bytes() for f in (tmp_path / "factory").iterdir() if f.is_file()}


@pytest.mark.parametrize("seed", [1, 2, 3, 5, 8, 13])
def test_to_plan_again_after_a_change_is_to_plan_the_changed_factory(seed: int, tmp_path: Path):
    """Wishes of order lines, where what was checked serves again, and changes of any kind, one upon the other."""
    reading = read(random_factory(seed).write(tmp_path))
    assert reading.snapshot is not None
    rng, snapshot = random.Random(seed), reading.snapshot
    base = planned(snapshot)
    for change in some_changes(rng, snapshot, base, 3):
        wishes = [
            structs.replace(o, qty=o.qty * 2, due=o.due + timedelta(days=rng.randrange(-5, 9)))
            if rng.random() < 0.5
            else o
            for o in snapshot.orders
        ]
        for after in (
            structs.replace(snapshot, orders=tuple(wishes)),
            carry_out(snapshot, [Entry(change=change)]).snapshot,
        ):
            again, fresh = evaluate(LivePlan(base), after, "replan", [], "", silent), planned(after)
            assert plan_hash(again.plan) == plan_hash(fresh.plan)
            assert again.plan.messages == fresh.plan.messages
            base, snapshot = again, after


@pytest.mark.parametrize("seed", SEEDS)
def test_every_plan_of_a_storm_is_certified(seed: int, tmp_path: Path):
    """Fifteen changes in sequence, planned by repair and anew in turn, each on the plan before it."""
    snapshot = read(random_factory(seed).write(tmp_path)).snapshot
    assert snapshot is not None
    gusts = list(storm(snapshot, 15, seed, "alternate"))
    assert len(gusts) == 15
    assert [(g.number, g.change, g.fault) for g in gusts if g.fault] == []
    assert sum(not g.refused for g in gusts) >= 8
