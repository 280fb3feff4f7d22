"""What is uncertain in a factory, and how much: from its own history where that is long enough, else from settings.

Durations come from finished steps that say when they began and ended, lateness from received purchase orders, scrap
from work orders that are through.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec
import numpy as np

from pegboard.domain.factory import Factory, StepKey
from pegboard.domain.finding import Finding, in_order, warning
from pegboard.domain.supply import WorkOrder, WorkOrderStep
from pegboard.planning.chances import CERTAIN, Values, lognormal, sometimes_late
from pegboard.planning.reliability import ENOUGH, lateness_days
from pegboard.tables.process import Candidate, ProcessTable

Key = TypeVar("Key")
OVER = frozenset({"done", "closed"})


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """The chances of everything uncertain.

    `operation` are factors on standard work, by item and step in `by_step`; `late` are days late, by item and supplier
    in `by_supplier` (a blank item for all of a supplier's); `scrap` are factors on what a yield takes, by item in
    `by_item` the scrapped share itself. Finite resources fail every `mtbf_hours` of work (0: never), for `mttr_hours`.
    """

    operation: Values = CERTAIN
    by_step: Mapping[StepKey, Values] = {}
    late: Values = (0.0,)
    by_supplier: Mapping[tuple[str, str], Values] = {}
    scrap: Values = CERTAIN
    by_item: Mapping[str, Values] = {}
    mtbf_hours: float = 0.0
    mttr_hours: float = 0.0

    def lateness(self, item: str, supplier: str) -> Values:
        """Days late of an item from a supplier."""
        return self.by_supplier.get((item, supplier), self.by_supplier.get(("", supplier), self.late))

    def more(self, item: str, good: float) -> Values:
        """By how much a lot with a yield grows where the scrap is made again; never less than planned."""
        lost = np.array(self.by_item[item]) if item in self.by_item else (1 - good) * np.array(self.scrap)
        return tuple(np.maximum(1.0, good / (1 - np.minimum(lost, 0.9))).tolist())


CERTAINTY = Spread()
"""Nothing varies: everything comes as planned."""


def spread_of(factory: Factory, table: ProcessTable) -> tuple[Spread, list[Finding]]:
    """The spread of a factory, and what of its history cannot be used."""
    known = factory.snapshot.settings.confidence
    findings: list[Finding] = []
    late = {key: days for key, days in lateness_days(factory).items() if len(days) >= ENOUGH}
    spread = Spread(
        operation=lognormal(1 + known.operation_bias, known.operation_cv),
        by_step=_enough(_factors(factory, table, findings)),
        late=sometimes_late(known.late_pct, known.late_days),
        by_supplier={key: tuple(sorted(days)) for key, days in late.items()},
        scrap=lognormal(1.0, known.scrap_cv),
        by_item=_enough(_scrapped(factory)),
        mtbf_hours=known.mtbf_hours,
        mttr_hours=known.mttr_hours,
    )
    return spread, in_order(findings)


def _enough(history: Iterator[tuple[Key, float]]) -> dict[Key, Values]:
    """What was seen often enough, by key, in rising order."""
    seen: dict[Key, list[float]] = defaultdict(list)
    for key, value in history:
        seen[key].append(value)
    return {key: tuple(sorted(values)) for key, values in seen.items() if len(values) >= ENOUGH}


def _scrapped(factory: Factory) -> Iterator[tuple[str, float]]:
    """The scrapped share of every work order that is through."""
    for work in factory.snapshot.work_orders:
        through = work.completed_qty + work.scrapped_qty
        if work.status in OVER and through > 0:
            yield work.item, work.scrapped_qty / through


def _factors(factory: Factory, table: ProcessTable, findings: list[Finding]) -> Iterator[tuple[StepKey, float]]:
    """Of every finished step the work that fits between its begin and end, over its standard."""
    works = {work.wo: work for work in factory.snapshot.work_orders}
    for step in factory.snapshot.work_order_steps:
        work = works.get(step.wo)
        if work is None or step.status != "done":
            continue
        if not isinstance(step.started, datetime) or not isinstance(step.finished, datetime):
            continue
        standard = _standard(table, work, step)
        if standard is None:
            continue
        resource, minutes = standard
        timeline = factory.timelines[resource]
        took = timeline.work_until(int(step.finished.timestamp())) - timeline.work_until(int(step.started.timestamp()))
        if took > 0:
            yield (work.item, step.step), took / minutes
            continue
        what = f"step {step.step} of {step.wo} is reported done without open time of {resource} from begin to end"
        advice = "correct started and finished; until then the report tells nothing about durations"
        findings.append(warning("C470", f"{step.wo}.{step.step}", what, advice, step.source))


def _standard(table: ProcessTable, work: WorkOrder, step: WorkOrderStep) -> tuple[str, int] | None:
    """The resource a finished step ran on and its standard work in microseconds; None where neither can be known."""
    try:
        process = table.processes[table.process(work.item, None, work.options)]
    except KeyError:
        return None
    for row in table.rows[process.first : process.end]:
        for cand in row.cands if row.step and row.step.step == step.step else ():
            name = table.res_names[cand[0]]
            if name in table.factory.timelines and step.resource in ("", name):
                qty = step.good_qty + step.scrapped_qty or work.qty
                us = _microseconds(cand, qty)
                return (name, us) if us > 0 else None
    return None


def _microseconds(cand: Candidate, qty: float) -> int:
    return cand[1] + cand[2] + round(cand[3] * qty)
