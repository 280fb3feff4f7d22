"""What holds where an order is fitted into any plan: certified, exactly as promised, and nobody else notices."""

import random
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from pegboard.app.evaluate import evaluate
from pegboard.app.files import Run, hashed, plan_factory, read, save_plan
from pegboard.app.live import LivePlan
from pegboard.domain.order import OrderLine
from pegboard.planning.validate import validate
from pegboard.scheduling.engines.dispatch import Options
from tests.laws.conftest import CaseOf
from tests.laws.folder import FactoryFolder
from tests.laws.planning import Case, judge, silent

SEEDS = range(0, 120, 2)
BLOCKS = pytest.mark.parametrize("first", range(4))


def block(case_of: CaseOf, first: int) -> list[tuple[int, Case]]:
    cases = [(seed, case_of(seed)) for seed in SEEDS[first :: len(range(4))]]
    return [(seed, case) for seed, case in cases if case.run.outcome is not None]


def asked(seed: int, live: LivePlan) -> OrderLine | None:
    """An order like one of the factory's own, of a new name, wanted at once."""
    factory = live.planned.factory
    lines = [o for o in factory.lines if o.item in factory.items and o.status == "open" and not o.ship_complete]
    if not lines:
        return None
    rng = random.Random(f"quote {seed}")
    now = datetime.fromtimestamp(factory.now, UTC)
    return msgspec.structs.replace(
        rng.choice(lines), order="ASKED", line="1", due=now, earliest=None, promised=None, shipped_qty=0.0
    )


@BLOCKS
def test_an_order_fitted_in_is_complete_as_promised_and_moves_nobody(case_of: CaseOf, first: int):
    """The whole plan with the order in it is certified, its date is the one shown, and all others keep theirs."""
    found, n_fitted = {}, 0
    for seed, case in block(case_of, first):
        assert case.run.outcome is not None
        live = LivePlan(case.run.outcome)
        if (record := asked(seed, live)) is None:
            continue
        p = live.planned
        fitted = live.fitted(live.room, p.factory, [record], p.factory.now)
        if isinstance(fitted, list):
            continue
        n_fitted += 1
        judged = live.verdict(live.room, fitted).violations
        promised = msgspec.structs.replace(record, due=datetime.fromtimestamp(fitted.completion[0], UTC))
        orders = (*p.factory.snapshot.orders, promised)
        factory, _ = validate(msgspec.structs.replace(p.factory.snapshot, orders=orders))
        accepted = live.accepted(live.room, live.promised(fitted, promised), factory, "")
        at = [line.id for line in accepted.planned.supply.lines].index("ASKED/1")
        if judged or not accepted.is_certified:
            found[seed] = [*judged, *accepted.verdict.violations]
        elif accepted.planned.completion[at] != fitted.completion[0]:
            found[seed] = [f"promised {fitted.completion[0]}, complete {accepted.planned.completion[at]}"]
        elif accepted.planned.completion[:at] != p.completion:
            found[seed] = ["others are complete at other times"]
        elif (row := next(o for o in accepted.plan.orders if o.id == "ASKED/1")).status == "late":
            found[seed] = [str(row)]
    assert found == {}
    assert n_fitted > 5


@BLOCKS
def test_asking_leaves_the_plan_byte_for_byte(case_of: CaseOf, first: int):
    """P9: what was asked and not accepted leaves no trace in the rows of the plan, nor in a plan made again."""
    for seed, case in block(case_of, first)[:4]:
        assert case.run.outcome is not None
        before = hashed(case.run.outcome.plan)
        live = LivePlan(plan_factory(case.source, Options(), 0, silent).outcome or case.run.outcome)
        if record := asked(seed, live):
            live.fitted(live.room, live.planned.factory, [record], live.planned.factory.now)
        assert hashed(live.outcome.plan) == before


def grown(factory: FactoryFolder, seed: int) -> FactoryFolder:
    """One order twice as large, another one gone."""
    rng = random.Random(f"change {seed}")
    orders = list(factory.tables["orders"])
    if len(orders) > 2:
        orders.pop(rng.randrange(len(orders)))
    at = rng.randrange(len(orders))
    orders[at] = {**orders[at], "qty": str(2 * float(orders[at]["qty"]))}
    tables = {**factory.tables, "orders": tuple(orders)}
    return FactoryFolder(factory.name, factory.settings, factory.policy, tables)


@BLOCKS
def test_a_repair_after_changed_orders_passes_the_recheck(case_of: CaseOf, first: int, tmp_path: Path):
    """The plan with one order doubled and one gone is certified, and a second opinion on its folder agrees."""
    found = {}
    for seed, case in block(case_of, first):
        assert case.run.outcome is not None
        source = grown(case.factory, seed).write(tmp_path / str(seed))
        reading = read(source)
        assert reading.snapshot is not None
        after = evaluate(LivePlan(case.run.outcome), reading.snapshot, "repair", reading.findings, "", silent)
        if not after.is_certified:
            found[seed] = [str(v) for v in after.verdict.violations]
            continue
        again = Case(case.factory, source, tmp_path / f"{seed}-plan", Run(after, []))
        save_plan(again.run, again.plan)
        if wrong := judge(again).violations:
            found[seed] = wrong
    assert found == {}


@BLOCKS
def test_questions_leave_no_trace_in_the_memory_they_work_in(case_of: CaseOf, first: int):
    """What stands is as it was, also where it is copied but once, and the second answer is the first."""
    n_fitted = 0
    for seed, case in block(case_of, first):
        assert case.run.outcome is not None
        live = LivePlan(case.run.outcome)
        if (record := asked(seed, live)) is None:
            continue
        answers = [live.fitted(live.room, live.planned.factory, [record], live.planned.factory.now) for _ in "ab"]
        if isinstance(answers[0], list):
            assert answers[1] == answers[0]
            continue
        n_fitted += 1
        assert not isinstance(answers[1], list)
        assert answers[0].completion == answers[1].completion
        standing = live.room.standing
        with standing.scratches.taken() as scratch:
            for name, (begun, n) in scratch._begun.items():
                assert scratch._held[name][:n].tobytes() == begun[:n].tobytes(), f"seed {seed}: {name}"
    assert n_fitted >= 5
