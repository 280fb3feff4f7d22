"""What becomes of work orders and reservations when a line wants more, less, something else or nothing any more.

Work that has begun is never lost: it keeps its quantity, and what no order needs becomes stock.
"""

import msgspec

from pegboard.domain.calendar import bounds
from pegboard.domain.change import Wip
from pegboard.domain.finding import Finding, info
from pegboard.domain.order import OrderLine
from pegboard.domain.quantity import round_down, round_up
from pegboard.domain.record import Options
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import WorkOrder
from pegboard.planning.changing.applied import zone_of

Works = tuple[WorkOrder, ...]
Unwound = tuple[Works, list[Finding]]
Said = list[str]

LIVE = ("quote", "open", "hold")
_OVER = ("done", "closed", "cancelled")
_UNRELEASED = ("planned", "firm")


def resized(snapshot: Snapshot, line: OrderLine, qty: float) -> Unwound:
    """The work orders when a line wants `qty` in all.

    More makes one that is not released larger, less makes those not begun smaller. Begun ones end at what they have
    produced where that is enough; the plan makes new ones of what is then missing.
    """
    if qty > line.qty:
        return _larger(snapshot, line, qty - line.qty)
    begun = begun_works(snapshot)
    own = [w for w in snapshot.work_orders if is_of(snapshot, line, w)]
    produced = [w for w in own if w.wo in begun and w.completed_qty > 0]
    is_enough = bool(produced) and sum(w.completed_qty for w in produced) >= qty
    closed = [msgspec.structs.replace(w, status="closed") for w in produced if is_enough]
    said = [f"work order {w.wo} is closed at the {w.completed_qty:g} it has produced" for w in closed]
    smaller, more = _smaller(snapshot, line, [w for w in own if w.wo not in begun], line.qty - qty)
    return _with(snapshot, line, [*closed, *smaller], [*said, *more])


def _larger(snapshot: Snapshot, line: OrderLine, more: float) -> Unwound:
    begun = begun_works(snapshot)
    able = [
        w
        for w in snapshot.work_orders
        if is_of(snapshot, line, w) and w.status in _UNRELEASED and w.wo not in begun and w.options == line.options
    ]
    if not able:
        return snapshot.work_orders, []
    first = min(able, key=lambda w: w.wo)
    extra = round_up(more / good_share(snapshot, line.item), _decimals(snapshot, line.item))
    larger = msgspec.structs.replace(first, qty=round(first.qty + extra, 9))
    return _with(snapshot, line, [larger], [f"work order {first.wo} of {first.qty:g} starts {larger.qty:g}"])


def _smaller(snapshot: Snapshot, line: OrderLine, works: list[WorkOrder], less: float) -> tuple[list[WorkOrder], Said]:
    """Work orders not begun, cut down in all by what makes `less` good pieces; the least certain one first."""
    rest = round_down(less / good_share(snapshot, line.item), _decimals(snapshot, line.item))
    found, said = [], []
    last_first = sorted(works, key=lambda w: w.wo, reverse=True)
    for work in sorted(last_first, key=lambda w: _UNRELEASED.index(w.status) if w.status in _UNRELEASED else 9):
        cut = min(rest, work.qty)
        if cut <= 0:
            break
        rest, left = round(rest - cut, 9), round(work.qty - cut, 9)
        if left > 0:
            found.append(msgspec.structs.replace(work, qty=left))
            said.append(f"work order {work.wo} of {work.qty:g} starts {left:g}")
        else:
            found.append(msgspec.structs.replace(work, status="cancelled"))
            said.append(f"work order {work.wo} of {work.qty:g} is cancelled")
    return found, said


def reconfigured(snapshot: Snapshot, line: OrderLine, options: Options) -> Unwound:
    """The work orders when a line wants another variant: those not released make it, the others keep their own."""
    begun = begun_works(snapshot)
    own = [w for w in snapshot.work_orders if is_of(snapshot, line, w) and w.options == line.options]
    free = [w for w in own if w.status in _UNRELEASED and w.wo not in begun]
    said = [f"work order {w.wo} makes the other variant" for w in free]
    said += [f"work order {w.wo} is released and makes the variant it was for" for w in own if w not in free]
    return _with(snapshot, line, [msgspec.structs.replace(w, options=options) for w in free], said)


def cancelled(snapshot: Snapshot, lines: list[OrderLine], wip: Wip) -> Unwound:
    """The work orders when nobody wants some lines of one order any more."""
    begun, names = begun_works(snapshot), freed_names(snapshot, lines)
    near = [w for w in snapshot.work_orders if w.order in {*names, lines[0].order} - {""} and w.status not in _OVER]
    own = [w for w in near if w.order in names or any(is_of(snapshot, line, w) for line in lines)]
    changed, said = [], []
    for work in own:
        if work.wo in begun:
            new, what = _disposed(snapshot, lines, work, wip)
        else:
            new = msgspec.structs.replace(work, status="cancelled")
            what = f"work order {work.wo} of {work.qty:g} is cancelled"
        changed.append(new)
        said.append(what)
    return _with(snapshot, lines[0], changed, said)


def _disposed(snapshot: Snapshot, lines: list[OrderLine], work: WorkOrder, wip: Wip) -> tuple[WorkOrder, str]:
    """A begun work order that its order has no use for, and what becomes of it."""
    left = round(max(0.0, work.qty - work.completed_qty - work.scrapped_qty), 9)
    if wip == "scrap":
        scrapped = msgspec.structs.replace(work, status="closed", scrapped_qty=round(work.scrapped_qty + left, 9))
        return scrapped, f"work order {work.wo} is closed, and the {left:g} under way are scrapped"
    taker = _next_in_need(snapshot, lines, work) if wip == "repeg" else None
    freed = msgspec.structs.replace(work, order=taker.id if taker else "")
    if taker:
        return freed, f"work order {work.wo} with {left:g} under way goes on for {taker.id}"
    nobody = " since nobody else wants its item" if wip == "repeg" else ""
    return freed, f"work order {work.wo} is begun and goes on: {left:g} to stock{nobody}"


def _next_in_need(snapshot: Snapshot, lines: list[OrderLine], work: WorkOrder) -> OrderLine | None:
    """The open line of the same variant that is due first."""
    zone = zone_of(snapshot)
    others = [
        o
        for o in snapshot.orders
        if o.status == "open" and (o.item, o.options) == (work.item, work.options) and o not in lines
    ]
    return min(others, key=lambda o: (bounds(o.due, o.due, zone)[1], o.order, o.line), default=None)


def freed_names(snapshot: Snapshot, lines: list[OrderLine]) -> set[str]:
    """The names by which a reservation was for these lines alone: their own, and the order's with the last of them."""
    ids = {line.id for line in lines}
    rest = any(o.order == lines[0].order and o.status in LIVE and o.id not in ids for o in snapshot.orders)
    return ids if rest else ids | {lines[0].order}


def is_of(snapshot: Snapshot, line: OrderLine, work: WorkOrder) -> bool:
    """Whether an open work order makes the item of a line for that line alone."""
    if work.status in _OVER or work.item != line.item or work.order not in (line.order, line.id):
        return False
    return work.order == line.id or not any(
        o.order == line.order and o.item == line.item and o.line != line.line and o.status in LIVE
        for o in snapshot.orders
    )


def begun_works(snapshot: Snapshot) -> set[str]:
    """Work orders on which something has been done."""
    reported = {s.wo for s in snapshot.work_order_steps if s.status != "waiting" or s.good_qty + s.scrapped_qty > 0}
    done = {w.wo for w in snapshot.work_orders if w.status == "started" or w.completed_qty + w.scrapped_qty > 0}
    return reported | done


def good_share(snapshot: Snapshot, item: str) -> float:
    """Good pieces out of one that is started, by the item's first route and the steps that all its variants have."""
    share = next((i.yield_ for i in snapshot.items if i.item == item), 1.0)
    routes = sorted((r.rank, r.route) for r in snapshot.routes if r.item == item)
    route = routes[0][1] if routes else ""
    for step in snapshot.routing:
        if step.item == item and step.route == route and not step.condition:
            share *= step.yield_
    return share


def _decimals(snapshot: Snapshot, item: str) -> int:
    return next((i.decimals for i in snapshot.items if i.item == item), 0)


def _with(snapshot: Snapshot, line: OrderLine, changed: list[WorkOrder], said: Said) -> Unwound:
    """All work orders with the changed ones in their places, and a remark on each."""
    by_name = {w.wo: w for w in changed}
    works = tuple(by_name.get(w.wo, w) for w in snapshot.work_orders) if by_name else snapshot.work_orders
    return works, [info("C410", line.id, f"{line.id}: {what}") for what in said]
