"""Operations that are held in place: pins by an instant, locks by the plan that the change is made on.

Whether a pin can be kept is seen when the plan is made (`scheduling/pins.py`); here only what contradicts itself is
refused.
"""

import msgspec

from pegboard.domain.change import Lock, Pin, Unlock, Unpin
from pegboard.domain.finding import Finding, error, info
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing.applied import (
    Applied,
    applied,
    begins,
    is_past,
    place_of,
    put,
    refused,
    said_moment,
    unknown,
    without,
)
from pegboard.planning.changing.capacity import resource_faults


def pin(snapshot: Snapshot, change: Pin) -> Applied:
    """One operation is held; where it was pinned before, it is pinned anew."""
    faults = [*_name_faults(snapshot, change), *_clashes(snapshot, change)]
    if change.resource:
        faults += resource_faults(snapshot, change.resource)
    if is_past(snapshot, change.start):
        what = f"{change.operation}: {said_moment(snapshot, change.start)} is over"
        faults.append(error("C443", change.operation, what, "pin it to a time that is still to come"))
    if faults:
        return refused(snapshot, faults)
    at = place_of(snapshot.pins, lambda p: p.operation == change.operation)
    if at is None:
        return applied(snapshot, pins=tuple(sorted([*snapshot.pins, change], key=lambda p: p.operation)))
    return applied(snapshot, pins=put(snapshot.pins, at, change))


def unpin(snapshot: Snapshot, change: Unpin) -> Applied:
    """A pin less."""
    at = place_of(snapshot.pins, lambda p: p.operation == change.operation)
    if at is None:
        known = (p.operation for p in snapshot.pins)
        return refused(snapshot, [unknown("C444", "pin of", change.operation, known, "nothing is to do")])
    return applied(snapshot, pins=without(snapshot.pins, at))


def lock(snapshot: Snapshot, change: Lock) -> Applied:
    """A lock more."""
    faults = resource_faults(snapshot, change.resource) if change.resource else []
    name = said_lock(snapshot, change)
    if change == Lock():
        faults.append(error("C448", "lock", "a lock without any part would hold everything", "say what it holds"))
    if change.order and all(change.order not in (o.order, o.id) for o in snapshot.orders):
        faults.append(unknown("C401", "order", change.order, (o.order for o in snapshot.orders), "correct the number"))
    if change.start and change.end and begins(snapshot, change.end) < begins(snapshot, change.start):
        faults.append(error("C422", name, f"lock {name} ends before it begins", "exchange the two"))
    if change.end and is_past(snapshot, change.end):
        faults.append(error("C423", name, f"lock {name} is over and holds nothing", "correct the dates"))
    if faults:
        return refused(snapshot, faults)
    if change in snapshot.locks:
        return Applied(snapshot, (info("C412", name, f"lock {name} is known already"),))
    return applied(snapshot, locks=tuple(sorted([*snapshot.locks, change], key=_key)))


def unlock(snapshot: Snapshot, change: Unlock) -> Applied:
    """A lock less."""
    meant = Lock(**msgspec.structs.asdict(change))
    if meant not in snapshot.locks:
        name = said_lock(snapshot, meant)
        known = "; ".join(said_lock(snapshot, k) for k in snapshot.locks) or "there is none"
        return refused(snapshot, [error("C444", name, f"there is no lock {name}", f"locks: {known}")])
    return applied(snapshot, locks=without(snapshot.locks, snapshot.locks.index(meant)))


def said_lock(snapshot: Snapshot | None, lock: Lock) -> str:
    """A lock as people write it: `order=SO-1`, `resource=R@2026-06-08..2026-06-12`, `until=2026-06-12`."""
    parts = [f"{name}={value}" for name in ("order", "operation", "resource") if (value := getattr(lock, name))]
    first, last = (said_moment(snapshot, m).replace(" ", "T") if m else "" for m in (lock.start, lock.end))
    if parts:
        return " ".join(parts) + (f"@{first}..{last}" if first or last else "")
    return f"until={last}" if not first else f"time={first}..{last}"


def _key(lock: Lock) -> tuple[str, ...]:
    return lock.order, lock.operation, lock.resource, str(lock.start or ""), str(lock.end or "")


def _name_faults(snapshot: Snapshot, change: Pin) -> list[Finding]:
    wo, _, number = change.operation.rpartition(".")
    if not wo or not number.partition("/")[0].isdecimal():
        what = f"{change.operation or '(blank)'} is no operation"
        return [error("C441", change.operation or "pin", what, "write work order and step, as in SO-1/1-1.20")]
    work = next((w for w in snapshot.work_orders if w.wo == wo), None)
    step = int(number.partition("/")[0])
    if work and not any((s.item, s.step) == (work.item, step) for s in snapshot.routing):
        what = f"{work.item}, which {wo} makes, has no step {step}"
        return [error("C441", change.operation, what, "correct the step")]
    if any(s.status != "waiting" for s in snapshot.work_order_steps if (s.wo, s.step) == (wo, step)):
        what = f"operation {change.operation} has begun, and what has begun is not moved"
        return [error("C442", change.operation, what, "pin one that waits")]
    return []


def _clashes(snapshot: Snapshot, change: Pin) -> list[Finding]:
    """Another pin that this one cannot stand beside: the same instant on one machine, or steps in the wrong order."""
    at = begins(snapshot, change.start)
    single = {r.resource for r in snapshot.resources if r.finite and r.capacity == 1}
    found = []
    for other in snapshot.pins:
        if other.operation == change.operation:
            continue
        then = begins(snapshot, other.start)
        when = said_moment(snapshot, other.start)
        if change.resource in single and (other.resource, then, other.at) == (change.resource, at, change.at):
            what = f"{other.operation} is pinned to {change.resource} at {when} too"
        elif _is_before(snapshot, other.operation, change.operation) and then > at:
            what = f"{other.operation}, which comes before it, is pinned to {when}"
        elif _is_before(snapshot, change.operation, other.operation) and then < at:
            what = f"{other.operation}, which comes after it, is pinned to {when}"
        else:
            continue
        said = f"operation {change.operation} cannot be pinned to {said_moment(snapshot, change.start)}: {what}"
        found.append(error("C442", change.operation, said, f"unpin {other.operation} first, or pin this one elsewhere"))
    return found


def _is_before(snapshot: Snapshot, first: str, second: str) -> bool:
    """Whether both are steps of one work order that exists and does its steps by number, one after the other."""
    (wo, _, a), (other, _, b) = first.rpartition("."), second.rpartition(".")
    work = next((w for w in snapshot.work_orders if w.wo == wo), None)
    if work is None or wo != other or not (a.isdecimal() and b.isdecimal()) or int(a) >= int(b):
        return False
    return not any(s.after for s in snapshot.routing if s.item == work.item)
