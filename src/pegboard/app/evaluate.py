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
from pegboard.app.restate import may_restate, restated
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding
from pegboard.domain.order import OrderLine
from pegboard.domain.plan import places_of
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.lines import line_of
from pegboard.planning.validate import validate, with_lines

Mode = Literal["repair", "replan"]


def evaluate(
    base: LivePlan,
    snapshot: Snapshot,
    mode: Mode,
    findings: list[Finding],
    factory_hash: str,
    report: Report,
    gaining: frozenset[str] = frozenset(),
) -> Outcome:
    """The certified plan of a changed snapshot; `base` is the plan of the snapshot before the changes.

    A repair fits the lines that are to be `gaining` in again even where they did not change.
    """
    terms = base.outcome.terms
    if mode == "replan":
        return make_plan(
            snapshot, findings, factory_hash, terms.seed, terms.options, report, known=base.outcome.checked
        )
    return calm(base, snapshot, findings, factory_hash, gaining) or repaired(
        snapshot, places_of(base.outcome.plan), "shift", (), findings, factory_hash, terms.seed, report
    )


def calm(
    base: LivePlan, snapshot: Snapshot, findings: list[Finding], factory_hash: str, gaining: frozenset[str]
) -> Outcome | None:
    """The plan in which nobody moves but the lines that changed or are to gain; None where that is not enough."""
    before = base.planned.factory.snapshot
    if snapshot.locks:  # what they hold is found in the whole plan
        return None if before != snapshot or gaining else base.outcome
    same_orders = msgspec.structs.replace(snapshot, orders=before.orders)
    if before != same_orders:
        if not may_restate(before, same_orders):
            return None
        outcome = restated(base.outcome, same_orders, findings, factory_hash)
        if outcome is None or not outcome.is_certified:
            return None
        base = LivePlan(outcome)
    lines = changed_lines(before, snapshot) | gaining
    if not lines:
        return base.outcome
    found = refitted(base, snapshot, lines, factory_hash)
    return found if found and found.is_certified else None


def changed_lines(before: Snapshot, after: Snapshot) -> frozenset[str]:
    """The ids of the order lines that differ."""
    if before.orders is after.orders:
        return frozenset()
    old = {o.id: o for o in before.orders if _is_open(o)}
    new = {o.id: o for o in after.orders if _is_open(o)}
    return frozenset(i for i in old.keys() | new.keys() if old.get(i) != new.get(i))


def _is_open(line: OrderLine) -> bool:
    return line.status == "open" and line.qty > line.shipped_qty


def in_turn(factory: Factory, changed: frozenset[str]) -> list[OrderLine]:
    """The changed lines that are open, in the order in which they are fitted in: by need, weight and name."""
    lines = [line_of(factory, o) for o in factory.lines if o.id in changed and _is_open(o)]
    return [line.record for line in sorted(lines, key=lambda line: (line.need, -line.weight, line.id))]


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
    records = in_turn(factory, changed)
    fitted = base.fitted(room, factory, records, p.factory.now)
    if isinstance(fitted, list):
        return None
    if any(p.factory.items[link.item].policy != "mto" for link in fitted.supply.links):
        return None
    fitted = base.just_in_time(room, fitted, p.factory.now)
    if base.leaves_too_much(room, fitted):
        return None
    return base.accepted(room, fitted, factory, factory_hash)
