"""How calm a re-plan can be: lateness against the number of operations that move, from nobody to everybody.

Each point is a certified plan of the changed factory; a budget of moves and a price for disturbing an order choose one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from pegboard.app.evaluate import calm, changed_lines, in_turn
from pegboard.app.files import Report
from pegboard.app.live import LivePlan
from pegboard.app.moving import ways
from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.app.repair import repaired
from pegboard.domain.finding import Finding
from pegboard.domain.plan import places_of
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.comparing.stability import stability
from pegboard.insight.curve import Point
from pegboard.planning.validate import validate
from pegboard.scheduling.engines.repair import DEGREES
from pegboard.scheduling.result import LEFT_OUT

AHEAD = (0.0, 1.0, 3.0)
"""Days before its latest starts that an order is squeezed in."""


@dataclass(frozen=True)
class Choice:
    """A point and its plan."""

    point: Point
    outcome: Outcome


def curve(
    base: LivePlan, snapshot: Snapshot, findings: list[Finding], factory_hash: str, report: Report
) -> list[Choice]:
    """The points of a changed snapshot by moves; the first is the calmest, the last is planned afresh."""
    found: list[Choice] = []
    before = base.planned.factory.snapshot
    is_demand = before == msgspec.structs.replace(snapshot, orders=before.orders)
    changed = changed_lines(before, snapshot) if is_demand else None
    for i, (how, outcome) in enumerate(_plans(base, snapshot, changed, findings, factory_hash)):
        report(how, min(0.9, 0.1 * (i + 1)))
        if outcome.is_certified:
            found.append(Choice(_point(base, outcome, how, changed or frozenset()), outcome))
    found.sort(key=lambda c: (c.point.moves, c.point.objective))
    best = float("inf")
    marked = []
    for choice in found:
        is_best = choice.point.objective < best - 1e-9
        best = min(best, choice.point.objective)
        marked.append(Choice(msgspec.structs.replace(choice.point, is_best=is_best), choice.outcome))
    return marked


def chosen(choices: Sequence[Choice], moves: int | None, price: float) -> Choice:
    """The least objective within a budget of moves, where each disturbed order costs `price` more; else the calmest."""
    within = [c for c in choices if moves is None or c.point.moves <= moves]
    return min(within or choices[:1], key=lambda c: (c.point.objective + price * c.point.disturbed, c.point.moves))


def _plans(
    base: LivePlan, snapshot: Snapshot, changed: frozenset[str] | None, findings: list[Finding], factory_hash: str
) -> Iterator[tuple[str, Outcome]]:
    terms = base.outcome.terms
    fitted = None if changed is None else calm(base, snapshot, findings, factory_hash, frozenset())
    if changed is not None and fitted is not None:
        yield "fit in", fitted
        yield from _with_room_made(base, snapshot, changed, factory_hash)
    else:
        places = places_of(base.outcome.plan)
        for degree in DEGREES[:-1]:
            yield degree, repaired(snapshot, places, degree, (), findings, factory_hash, terms.seed, _silent)
    yield "plan afresh", make_plan(snapshot, findings, factory_hash, terms.seed, terms.options, _silent)


def _with_room_made(
    base: LivePlan, snapshot: Snapshot, changed: frozenset[str], factory_hash: str
) -> Iterator[tuple[str, Outcome]]:
    """Plans in which other orders move for the changed ones: some are taken out, or all are squeezed together."""
    p = base.planned
    rows = [i for i, line in enumerate(p.supply.lines) if line.id in changed]
    if not base.stands_alone(rows, base.pegging.without(rows)):
        return
    factory, _ = validate(snapshot)
    records = in_turn(factory, changed)
    others = frozenset(range(len(p.supply.lines))) - set(rows)
    found = ways(base, rows, factory, records, others)
    for way in found[1:]:
        yield f"move {' and '.join(way.moved)}", base.accepted(way.room, way.fitted, factory, factory_hash)
    for days in AHEAD if found else ():
        first = found[0]
        yield f"squeeze in, {days:g} d ahead", base.squeezed(first.room, first.fitted, factory, factory_hash, days)


def _point(base: LivePlan, outcome: Outcome, how: str, changed: frozenset[str]) -> Point:
    before, after = places_of(base.outcome.plan), places_of(outcome.plan)
    moved = stability(before, after, 0).moves
    own = {w.wo for w in outcome.planned.supply.works if w.line >= 0 and _line_of(outcome, w.line) in changed}
    disturbed = 0
    unplanned = sum(status == "unplanned" for status, _ in after.orders.values())
    for line, (status, completion) in after.orders.items():
        was = before.orders.get(line, ("", None))[1]
        worse = completion is not None and was is not None and completion > was
        disturbed += line not in changed and status == "late" and worse
    score = outcome.result.score
    return Point(
        how=how,
        moves=sum(m.operation.rpartition(".")[0] not in own for m in moved),
        disturbed=disturbed,
        lines_late=score.lines_late,
        unplanned=unplanned,
        weighted_tardiness_days=round(score.weighted_tardiness_days, 4),
        objective=round(score.objective + LEFT_OUT * unplanned, 6),
    )


def _line_of(outcome: Outcome, line: int) -> str:
    return outcome.planned.supply.lines[line].id


def _silent(_: str, __: float) -> None:
    """A report that nobody reads: a curve reports its own steps."""
