"""A late line in a changed factory: everybody else keeps his place where that can be, else all is planned anew."""

from collections.abc import Sequence

import msgspec

from pegboard.app.live import LivePlan
from pegboard.app.planning import make_plan
from pegboard.app.restate import restated
from pegboard.app.trial import Fitting, Price, Subject, Trial, Whole, refit
from pegboard.domain.change import Change, SetLeadTime
from pegboard.domain.remedy import RemedyKind
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing import apply


def changed(snapshot: Snapshot, changes: Sequence[Change]) -> Snapshot | None:
    """The snapshot after all changes; None where one of them is refused."""
    for change in changes:
        done = apply(snapshot, change)
        if done.is_refused:
            return None
        snapshot = done.snapshot
    return snapshot


def in_changed(subject: Subject, changes: Sequence[Change]) -> Fitting | Whole | None:
    """The line in the changed factory; None where no plan of it is certified.

    One that cannot be taken out of the plan without a trace gains by planning everything anew.
    """
    snapshot = changed(subject.planned.factory.snapshot, changes)
    if snapshot is None:
        return None
    terms = subject.live.outcome.terms
    if subject.stands_alone:
        outcome = restated(subject.live.outcome, snapshot, [], terms.factory_hash)
        if outcome is None or not outcome.is_certified:
            return None
        longer = LivePlan(outcome)
        return refit(longer, subject.row, longer.planned.factory, [subject.line.record])
    plan = make_plan(snapshot, [], terms.factory_hash, terms.seed, terms.options, _silent)
    return Whole(plan, True) if plan.is_certified and subject.line.id in Whole(plan, True).completion else None


def tried(subject: Subject, kind: RemedyKind, how: str, changes: Sequence[Change], price: Price) -> Trial | None:
    """A trial of changes; None where they cannot be made or leave no certified plan."""
    solution = in_changed(subject, changes)
    if solution is None:
        return None
    return Trial(kind, how, tuple(changes), solution, price, {subject.line.id: subject.line.qty})


def with_lead_time(subject: Subject, kind: RemedyKind, how: str, change: SetLeadTime, price: Price) -> Trial | None:
    """A trial of another lead time of what the line buys anew.

    Nobody else's purchase comes at another time, so that the room of the plan need not be found again.
    """
    factory = subject.planned.factory
    snapshot = changed(factory.snapshot, [change])
    if snapshot is None or not subject.stands_alone:
        return tried(subject, kind, how, [change], price) if snapshot else None
    sells = {(r.item, r.supplier): r.lead_time_days for r in snapshot.item_suppliers}
    rows = factory.suppliers.get(change.item, ())
    known = msgspec.structs.replace(
        factory,
        snapshot=snapshot,
        items={**factory.items, change.item: next(i for i in snapshot.items if i.item == change.item)},
        suppliers={
            **factory.suppliers,
            change.item: tuple(
                msgspec.structs.replace(r, lead_time_days=sells.get((r.item, r.supplier), r.lead_time_days))
                for r in rows
            ),
        },
    )
    solution = refit(subject.live, subject.row, known, [subject.line.record])
    if solution is None:
        return None
    return Trial(kind, how, (change,), solution, price, {subject.line.id: subject.line.qty})


def _silent(_what: str, _share: float) -> None:
    """Nobody is told of a trial."""
