"""What a changed factory does to a plan: planned again from the start, or repaired with few moves.

Both are functions of the base plan and the changed snapshot alone (docs/decisions/0011). Where only order lines
changed, a repair takes them out and fits them in again; nobody else moves.
"""

from typing import Literal

import msgspec

from pegboard.app.files import Report
from pegboard.app.live import LivePlan
from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.app.repair import repaired
from pegboard.domain.finding import Finding
from pegboard.domain.order import OrderLine
from pegboard.domain.plan import places_of
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.validate import validate, with_lines

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
    if not base.stands_alone(rows, kept):
        return None
    factory = with_lines(p.factory, snapshot) or validate(snapshot)[0]
    room = base.room_without(kept)
    records = [o for o in sorted(factory.lines, key=lambda o: (o.order, o.line)) if o.id in changed and _is_open(o)]
    fitted = base.fitted(room, factory, records, p.factory.now)
    if isinstance(fitted, list):
        return None
    fitted = base.just_in_time(room, fitted, p.factory.now)
    if base.leaves_too_much(room, fitted):
        return None
    return base.accepted(room, fitted, factory, factory_hash)
