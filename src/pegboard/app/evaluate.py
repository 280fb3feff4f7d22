"""What a changed factory does to a plan: planned again from the start, or repaired with few moves.

Both are functions of the base plan and the changed snapshot alone (docs/decisions/0011). Where only order lines
changed, a repair takes them out and fits them in again; nobody else moves.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import compress
from typing import Literal

import msgspec
import numpy as np

from pegboard.app.files import Report
from pegboard.app.live import LivePlan, Room
from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.app.repair import repaired
from pegboard.domain.finding import Finding
from pegboard.domain.order import OrderLine
from pegboard.domain.plan import places_of
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import ItemSupplier
from pegboard.planning.lotsize import rule_for
from pegboard.planning.validate import validate, with_lines
from pegboard.scheduling.engines.fit import counts_use
from pegboard.tables.joined import Kept

Mode = Literal["repair", "replan"]


def evaluate(
    base: LivePlan, snapshot: Snapshot, mode: Mode, findings: list[Finding], factory_hash: str, report: Report
) -> Outcome:
    """The certified plan of a changed snapshot; `base` is the plan of the snapshot before the changes."""
    seed = base.outcome.terms.seed
    if mode == "replan":
        return make_plan(snapshot, findings, factory_hash, seed, base.outcome.terms.options, report)
    if (lines := changed_lines(base.planned.factory.snapshot, snapshot)) is not None:
        if not lines:
            return base.outcome
        if (fitted := refitted(base, snapshot, lines, factory_hash)) and fitted.is_certified:
            return fitted
    return repaired(snapshot, places_of(base.outcome.plan), "shift", (), findings, factory_hash, seed, report)


def changed_lines(before: Snapshot, after: Snapshot) -> frozenset[str] | None:
    """The ids of the order lines that differ; None where anything else does."""
    if before is after:
        return frozenset()
    if before != msgspec.structs.replace(after, orders=before.orders):
        return None
    old = {o.id: o for o in before.orders if _is_open(o)}
    new = {o.id: o for o in after.orders if _is_open(o)}
    return frozenset(i for i in old.keys() | new.keys() if old.get(i) != new.get(i))


def _is_open(line: OrderLine) -> bool:
    return line.status == "open" and line.qty > line.shipped_qty


def refitted(base: LivePlan, snapshot: Snapshot, changed: frozenset[str], factory_hash: str) -> Outcome | None:
    """The plan with the changed lines taken out and fitted in again as they are now.

    None where that is not enough: work that has begun, kept stocks or ship-together orders depend on them, others share
    their lots, or there is nothing to supply them with.
    """
    p = base.planned
    rows = [i for i, line in enumerate(p.supply.lines) if line.id in changed]
    kept = base.pegging.without(rows)
    if not _stands_alone(base, rows, kept):
        return None
    factory = with_lines(p.factory, snapshot) or validate(snapshot)[0]
    room = base.room_without(kept)
    records = [o for o in sorted(factory.lines, key=lambda o: (o.order, o.line)) if o.id in changed and _is_open(o)]
    fitted = base.fitted(room, factory, records, p.factory.now)
    if isinstance(fitted, list):
        return None
    fitted = base.just_in_time(room, fitted, p.factory.now)
    found = base.accepted(room, fitted, factory, factory_hash)
    return None if _leaves_too_much(base, room, found) else found


def _stands_alone(base: LivePlan, rows: Sequence[int], kept: Kept) -> bool:
    """Whether lines can be taken out of a plan without a trace: see `refitted`."""
    p = base.planned
    for link in compress(p.supply.links, (~kept.link).tolist()):
        if p.factory.items[link.item].policy != "mto":
            return False
        if link.supply_kind == "wo" and p.supply.works[link.index].record is not None:
            return False
    orders = {p.supply.lines[i].record.order for i in rows}
    together = (line.record.ship_complete for line in p.supply.lines if line.record.order in orders)
    return not any(together) and not counts_use(p.problem, np.flatnonzero(~kept.op))


def _leaves_too_much(base: LivePlan, room: Room, found: Outcome) -> bool:
    """Whether a lot that was shared is larger now than its lot rule asks for."""
    supply, factory = base.planned.supply, base.planned.factory
    shared = {link.supply for link in compress(supply.links, (~room.kept.link).tolist()) if link.index >= 0}
    pegged: dict[str, float] = defaultdict(float)
    now = found.planned.supply
    for link in now.links:
        if link.supply in shared:
            pegged[link.supply] += link.qty
    lots: list[tuple[str, str, float, ItemSupplier | None]] = [
        (w.wo, w.item, w.good, None) for w in now.works if w.wo in shared
    ]
    lots.extend((b.po, b.item, b.qty, b.source) for b in now.purchases if b.po in shared)
    return any(qty > rule_for(factory, item, source).lot(pegged[name]) * (1 + 1e-9) for name, item, qty, source in lots)
