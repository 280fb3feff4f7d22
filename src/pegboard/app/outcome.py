"""A plan as a live value, and the rows of its folder, which are written when somebody asks for them."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np

from pegboard import __version__
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, in_order, info, warning
from pegboard.domain.plan import Certificate, Ignored, OrderPlan, Plan
from pegboard.insight.changes import with_changes
from pegboard.insight.explain import Explainer
from pegboard.insight.kpi import kpis
from pegboard.insight.planned import Planned
from pegboard.insight.rows import operation_rows, order_rows, peg_rows, purchase_rows, work_order_rows
from pegboard.scheduling.check import Verdict
from pegboard.scheduling.engines.dispatch import Options, lower_bound
from pegboard.scheduling.result import Result
from pegboard.tables.process import ProcessTable


@dataclass(frozen=True)
class Terms:
    """What a plan was made under: the factory's hash, seed and options, and the locks that had to be set free."""

    factory_hash: str
    seed: int
    options: Options
    unpinned: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Checked:
    """A snapshot that was held against itself: what can be planned of it, every fault found, and its processes."""

    factory: Factory
    faults: list[Finding]
    table: ProcessTable


@dataclass(frozen=True)
class Outcome:
    """A plan as a live value: its schedule as judged, the lines that are planned, and what was found on the way.

    `checked` is of the snapshot from which all was last planned anew: another that differs little need not be checked
    from the start.
    """

    planned: Planned
    wanted: np.ndarray
    result: Result
    verdict: Verdict
    findings: list[Finding]
    terms: Terms
    checked: Checked

    @property
    def is_certified(self) -> bool:
        """Whether the referee found nothing."""
        return not self.verdict.violations

    @cached_property
    def plan(self) -> Plan:
        """The rows of the plan folder."""
        return _rows(self)


def _rows(outcome: Outcome) -> Plan:
    planned, result, verdict, terms = outcome.planned, outcome.result, outcome.verdict, outcome.terms
    with ThreadPoolExecutor(1) as pool:  # kernels run beside Python
        bound = pool.submit(lower_bound, planned.problem, outcome.wanted)
        explainer = Explainer(planned)
        orders = order_rows(planned, explainer)
        operations = operation_rows(planned)
    messages = [*outcome.findings, *_messages(planned, orders)]
    numbers = kpis(planned, orders, result.engine, result.score.objective, bound.result())
    plan = Plan(
        timezone=planned.factory.zone.key,
        now=planned.factory.now,
        orders=orders,
        work_orders=work_order_rows(planned),
        operations=operations,
        purchases=purchase_rows(planned),
        pegs=peg_rows(planned),
        buffers=tuple(sorted(planned.supply.buffers, key=lambda b: b.item)),
        messages=tuple(in_order(messages)),
        kpis=numbers,
        certificate=Certificate(
            checked=verdict.checked,
            violations=verdict.violations,
            ignored=tuple(Ignored(constraint=name, why="relaxed on request") for name in terms.options.relax),
            factory_hash=terms.factory_hash,
            plan_hash="",
            seed=terms.seed,
            version=__version__,
        ),
    )
    return with_changes(planned.factory, plan)


def _messages(planned: Planned, orders: tuple[OrderPlan, ...]) -> list[Finding]:
    mend = "mend the cause and plan again"
    found = [
        warning("S310", row.id, f"order {row.id} is not planned: {row.reason}", mend)
        for row in orders
        if row.status == "unplanned"
    ]
    found.extend(
        info("S311", line.id, f"order {line.id} is on hold and not planned", "release it when it may go on")
        for line in planned.factory.lines
        if line.status == "hold"
    )
    found.extend(_inversions(planned, orders))
    late = sum(1 for _, _, _, feasible in planned.purchase_dates if not feasible)
    if late:
        found.append(
            warning(
                "S312",
                "purchases",
                f"{late} purchases are needed earlier than they can arrive",
                "see the rows with feasible=no in purchases.csv, and ask these suppliers for an earlier date",
            )
        )
    return found


def _inversions(planned: Planned, orders: tuple[OrderPlan, ...]) -> list[Finding]:
    """Late orders that wait for an item of which a less urgent order took what was there."""
    supply = planned.supply
    takers: dict[str, set[int]] = defaultdict(set)
    buyers: dict[int, set[str]] = defaultdict(set)
    for link in supply.links:
        line = link.line if link.line >= 0 else supply.works[link.work].line
        if line >= 0 and link.supply_kind in ("stock", "po"):
            takers[link.item].add(line)
        elif line >= 0 and link.supply_kind == "purchase":
            buyers[line].add(link.item)
    found = []
    for i, row in enumerate(orders):
        if row.status != "late" or row.cause != "material":
            continue
        mine = supply.lines[i]
        for item in sorted(buyers[i]):
            others = sorted(supply.lines[k].id for k in takers[item] if supply.lines[k].priority > mine.priority)
            if others:
                what = (
                    f"order {mine.id} buys {item} anew, while less urgent {', '.join(others[:3])} took what was there"
                )
                found.append(info("S313", mine.id, what, "plan with allocation = priority, or reserve the stock"))
    return found


def with_plan_hash(plan: Plan, plan_hash: str) -> Plan:
    """The plan with the hash of its rows in the certificate."""
    return msgspec.structs.replace(plan, certificate=msgspec.structs.replace(plan.certificate, plan_hash=plan_hash))
