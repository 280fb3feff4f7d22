"""Other places for a late line in the factory as it is: a gap, another machine, room that others make, or in parts."""

import math
from collections.abc import Iterator
from typing import Literal

from pegboard.app.in_changed import changed
from pegboard.app.moving import ways
from pegboard.app.quoting import Solved, costing_of
from pegboard.app.trial import Fitting, Price, Subject, Trial, Whole, places, refit
from pegboard.domain.change import AddOrder, Change, SetQuantity
from pegboard.domain.order import OrderLine
from pegboard.insight.cost import UnknownCostError
from pegboard.insight.explain import Why, said_date
from pegboard.planning.validate import validate, with_lines

MOST_AHEAD = 3
"""Orders ahead that may be moved: those behind which the line loses most."""


def anew(subject: Subject, alone: Fitting) -> Trial | str:
    """The line in a gap that it does not use, perhaps on another machine."""
    now = dict(places(alone.fitted.problem, alone.fitted.schedule))
    other = {n: at for n, at in now.items() if n in subject.places and subject.places[n].resource != at.resource}
    says = "; ".join(
        f"do {n} on {at.resource} instead of {subject.places[n].resource}" for n, at in sorted(other.items())[:2]
    )
    first = min((at.setup_start for at in now.values()), default=subject.now)
    how = says or f"fit it in anew, from {said_date(subject.planned, first)}"
    trial = Trial("machine" if other else "fit", how, (), alone, Price(), _all(subject))
    return trial if trial.gain(subject) > 0 else "fit it in anew: no gap or other machine is sooner"


def moving(subject: Subject, why: Why) -> Iterator[Trial | str]:
    """Ways in which orders that it waits behind make room."""
    lines = subject.planned.supply.lines
    ahead = list(dict.fromkeys(c.behind for c in why.causes if c.kind == "resource"))[:MOST_AHEAD]
    may = frozenset(i for i, x in enumerate(lines) if x.record.order in ahead and i != subject.row)
    if not may:
        return
    factory, live = subject.planned.factory, subject.live
    found = ways(live, [subject.row], factory, [subject.line.record], may)[1:]
    for way in found:
        when = ", ".join(f"{m} to {said_date(subject.planned, way.completion[m])}" for m in way.moved)
        solution = Fitting(live, way.room, way.fitted, factory)
        yield Trial("move", f"move {when}", (), solution, Price(), _all(subject))
    if not found:
        yield "move the orders ahead: none of them alone makes room"


def squeezed(subject: Subject, alone: Fitting) -> Trial | str:
    """The line just in time, and others earlier."""
    terms = subject.live.outcome.terms
    plan = subject.live.squeezed(alone.room, alone.fitted, subject.planned.factory, terms.factory_hash, 0.0)
    trial = Trial(
        "squeeze",
        "squeeze it in: operations of others move to make room",
        (),
        Whole(plan, False),
        Price(),
        _all(subject),
    )
    if not plan.is_certified or trial.gain(subject) <= 0 or trial.remedy(subject).harm > 0:
        return "squeeze it in: others would be late, or it gains nothing"
    return trial


def divided(subject: Subject, alone: Fitting) -> Iterator[Trial | str]:
    """The line in two halves, and as much on time as can be with the rest after it."""
    halves = _units(subject) // 2
    found = _in_two(subject, alone, halves, "split") if halves else None
    if found and found.gain(subject) > 0:
        yield found
    else:
        yield "split it in two: it gains nothing"
    part = _most_on_time(subject, alone)
    yield part or "in parts: no part can be on time"


def _unit(subject: Subject) -> float:
    return 10.0 ** -subject.planned.factory.items[subject.line.record.item].decimals


def _units(subject: Subject) -> int:
    return round(subject.line.qty / _unit(subject))


def _most_on_time(subject: Subject, alone: Fitting) -> Trial | None:
    """By halving: the largest part that is on time when it is fitted in before the rest."""
    low = max(1, math.ceil(subject.line.record.min_ship_qty / _unit(subject)))
    high = _units(subject) - low
    best = _on_time(subject, alone, low)
    while best and low < high:
        units = (low + high + 1) // 2
        trial = _on_time(subject, alone, units)
        if trial:
            best, low = trial, units
        else:
            high = units - 1
    return best if best and best.gain(subject) > 0 else None


def _on_time(subject: Subject, alone: Fitting, units: int) -> Trial | None:
    """The line in two, where the part of so many units is on time."""
    trial = _in_two(subject, alone, units, "part")
    return trial if trial and trial.completion[subject.line.id] <= subject.line.due else None


def _in_two(subject: Subject, alone: Fitting, units: int, kind: Literal["split", "part"]) -> Trial | None:
    """The line with so many units, and a new line after it with the rest."""
    record = subject.line.record
    qty = round(units * _unit(subject), 9)
    rest = round(subject.line.qty - qty, 9)
    if min(qty, rest) < max(record.min_ship_qty, _unit(subject)) - 1e-9:
        return None
    second = _new_line(subject, rest)
    changes: tuple[Change, ...] = (
        SetQuantity(order=record.order, line=record.line, qty=record.shipped_qty + qty),
        second,
    )
    before = subject.planned.factory
    snapshot = changed(before.snapshot, changes)
    if snapshot is None:
        return None
    factory = with_lines(before, snapshot) or validate(snapshot)[0]
    own = {f"{record.order}/{record.line}": qty, f"{record.order}/{second.line}": rest}
    records = sorted((o for o in factory.lines if o.id in own), key=lambda o: o.id != record.id)
    fitting = refit(subject.live, subject.row, factory, records)
    if fitting is None:
        return None
    said = f"{qty:g} of {subject.line.qty:g} on time, the other {rest:g} after it"
    how = f"split it into {qty:g} and {rest:g}" if kind == "split" else said
    price = _more_than(alone, fitting)
    return Trial(kind, how, changes, fitting, price, own)


def _new_line(subject: Subject, qty: float) -> AddOrder:
    record = subject.line.record
    taken = {o.line for o in subject.planned.factory.snapshot.orders if o.order == record.order}
    line = next(str(n) for n in range(2, len(taken) + 3) if str(n) not in taken)
    same = {f: getattr(record, f) for f in OrderLine.__struct_fields__ if f in AddOrder.__struct_fields__}
    return AddOrder(**{**same, "line": line, "qty": qty, "shipped_qty": 0.0})


def _more_than(alone: Fitting, divided: Fitting) -> Price:
    """What setups and lots of two parts cost more than those of one."""
    try:
        one, two = (costing_of(Solved(f.live, f.room, f.fitted, f.fitted, [])).cost().total for f in (alone, divided))
    except UnknownCostError as why:
        return Price(None, str(why))
    return Price(round(two - one, 2))


def _all(subject: Subject) -> dict[str, float]:
    return {subject.line.id: subject.line.qty}
