"""The same plan in a factory whose capacity or dates have changed: every peg stays, and every place that still holds.

It tells whether a change disturbs anybody at all, and is what orders are fitted into that are to gain by it.
"""

from dataclasses import replace

import msgspec
import numpy as np

from pegboard.app.outcome import Checked, Outcome
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.planned import Planned
from pegboard.planning.explode import Exploder
from pegboard.planning.ledger import Ledger
from pegboard.planning.open_supply import OpenSupply
from pegboard.planning.validate import validate
from pegboard.scheduling.build import build
from pegboard.scheduling.check import check
from pegboard.scheduling.engines.repair import repair
from pegboard.scheduling.problem import Problem, Schedule
from pegboard.scheduling.result import score
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import SupplyPlan

MAY_DIFFER = (
    "calendars",
    "calendar_exceptions",
    "downtime",
    "resources",
    "item_suppliers",
    "suppliers",
    "purchase_orders",
)
"""Tables of which a change leaves demand, bills and routings as they are."""


def may_restate(before: Snapshot, after: Snapshot) -> bool:
    """Whether two snapshots want the same of the same things, made in the same ways."""
    kept = {name: getattr(before, name) for name in MAY_DIFFER}
    same_kinds = [(r.resource, r.changeover, r.group) for r in before.resources] == [
        (r.resource, r.changeover, r.group) for r in after.resources
    ]
    return same_kinds and before == msgspec.structs.replace(after, **kept)


def restated(was: Outcome, snapshot: Snapshot, findings: list[Finding], factory_hash: str) -> Outcome | None:
    """The plan in a factory of which `may_restate` holds; None where its steps are not the same any more.

    Where a place does not hold, what is there moves right. The referee may object still.
    """
    factory, faults = validate(snapshot)
    table = ProcessTable(factory)
    p = was.planned
    same_ways = [(x.item, x.route, x.shape) for x in table.processes] == [
        (x.item, x.route, x.shape) for x in p.table.processes
    ]
    if not same_ways or table.res_names != p.table.res_names:
        return None
    supply = _redated(factory, table, p.supply)
    problem = build(factory, table, supply, was.terms.unpinned)
    if not _same_candidates(p.problem, problem):
        return None
    schedule = _on_candidates_of(p.problem, p.schedule, problem)
    verdict = check(problem, schedule)
    if verdict.violations:  # what paused over closed time that is open now ends sooner
        schedule = repair(problem, schedule, "shift", planned=was.wanted, zone=factory.zone).result.schedule
        verdict = check(problem, schedule)
    said = [f for f in was.findings if f not in p.problem.findings]
    planned = Planned(factory, table, supply, problem, schedule)
    result = replace(was.result, schedule=schedule, score=score(problem, schedule, was.wanted))
    found = [*findings, *(f for f in faults if f not in said), *said, *problem.findings]
    terms = replace(was.terms, factory_hash=factory_hash)
    return Outcome(planned, was.wanted, result, verdict, found, terms, Checked(factory, faults, table))


def _redated(factory: Factory, table: ProcessTable, supply: SupplyPlan) -> SupplyPlan:
    """The supply with the dates at which open purchase orders come now."""
    open_supply = OpenSupply(factory, table, Ledger(factory, table, [], Exploder(factory)), frozenset())
    when: dict[tuple[str, str], int] = {
        (source.kind, source.id): source.available
        for item in factory.receipts
        for source in open_supply.sources(item)
        if source.kind == "po"
    }
    links = [
        msgspec.structs.replace(link, available=at)
        if (at := when.get((link.supply_kind, link.supply), link.available)) != link.available
        else link
        for link in supply.links
    ]
    return msgspec.structs.replace(supply, links=links)


def _same_candidates(old: Problem, new: Problem) -> bool:
    """Whether every operation may run on the same resources, in the same order of rows."""
    if old.op_names != new.op_names:
        return False
    counts = [np.diff(p.steps.cand_ptr)[p.ops.step] for p in (old, new)]
    firsts = [p.steps.cand_res[p.steps.cand_ptr[p.ops.step]] for p in (old, new)]
    needs = [np.diff(p.ops.need_ptr) for p in (old, new)]
    return all(bool((a == b).all()) for a, b in (counts, firsts, needs))


def _on_candidates_of(old: Problem, schedule: Schedule, new: Problem) -> Schedule:
    at = schedule.cand - old.steps.cand_ptr[old.ops.step] + new.steps.cand_ptr[new.ops.step]
    return schedule._replace(cand=np.where(schedule.cand < 0, -1, at))
