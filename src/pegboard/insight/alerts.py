"""What on the shop floor is not as the plan has it, or soon will not be: a function of the plan and of an instant."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.calendar import DAY, iso
from pegboard.domain.plan import OperationPlan, Peg, Plan
from pegboard.insight.chain import duration
from pegboard.insight.pegging import Pegging

Kind = Literal["running_late", "should_have_started", "material_missing"]

SOON = DAY
"""How far ahead of its start material of an operation must be there, in seconds."""
_FROM_OUTSIDE = ("po", "purchase")


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Something to look at: an operation, by how many seconds it is late or how soon it begins, and who waits for it.

    `part` numbers the operations of a divided step from 0; `orders` are customer lines, the tightest first.
    """

    kind: Kind
    wo: str
    step: int
    part: int
    resource: str
    seconds: int
    what: str
    orders: tuple[str, ...]


def alerts(plan: Plan, now: int, soon: int = SOON) -> list[Alert]:
    """All alerts at an instant, the most urgent first: what runs late, what waits to begin, what lacks material."""
    pegging = Pegging(plan)
    count: dict[tuple[str, int], int] = defaultdict(int)
    found: list[Alert] = []
    for o in plan.operations:
        part = count[o.wo, o.step]
        count[o.wo, o.step] += 1
        found += (
            _alert(pegging, o, part, kind, seconds, what) for kind, seconds, what in _about(pegging, o, now, soon)
        )
    return sorted(found, key=_urgency)


def _urgency(alert: Alert) -> tuple[int, int, str, int, int]:
    """Kinds in their order; what is latest first, or what begins soonest."""
    by_time = alert.seconds if alert.kind == "material_missing" else -alert.seconds
    return get_args(Kind).index(alert.kind), by_time, alert.wo, alert.step, alert.part


def _about(pegging: Pegging, o: OperationPlan, now: int, soon: int) -> Iterator[tuple[Kind, int, str]]:
    name = f"{o.wo}.{o.step} {o.name}".rstrip()
    if o.status == "started":
        if o.end < now:
            yield "running_late", now - o.end, f"{name} on {o.resource} should have ended {duration(now - o.end)} ago"
        return
    if o.setup_start < now:
        late = now - o.setup_start
        yield "should_have_started", late, f"{name} on {o.resource} should have begun {duration(late)} ago"
    if o.setup_start <= now + soon:
        drawn = (peg for peg in pegging.by_demand.get(("wo", o.wo), ()) if peg.step == o.step)
        missing = [peg for peg in drawn if _is_missing(peg, now)]
        if missing:
            ahead = o.setup_start - now
            begins = f"begins in {duration(ahead)}" if ahead > 0 else "should have begun"
            yield "material_missing", ahead, f"{name} on {o.resource} {begins}, and {_lacks(missing, pegging.plan)}"


def _is_missing(peg: Peg, now: int) -> bool:
    """Whether material from outside is not there yet; what is made here has alerts of its own."""
    return peg.supply_kind in _FROM_OUTSIDE and peg.available > now


def _lacks(missing: list[Peg], plan: Plan) -> str:
    zone = ZoneInfo(plan.timezone)
    days = [iso(peg.available, zone)[:16].replace("T", " ") for peg in missing]
    return ", ".join(f"{p.qty:g} {p.item} come with {p.supply} on {day}" for p, day in zip(missing, days, strict=True))


def _alert(pegging: Pegging, o: OperationPlan, part: int, kind: Kind, seconds: int, what: str) -> Alert:
    reached = pegging.reach_of_work(o.wo)
    lines = tuple(sorted(reached, key=lambda line: (reached[line].slack, line)))
    return Alert(
        kind=kind, wo=o.wo, step=o.step, part=part, resource=o.resource, seconds=seconds, what=what, orders=lines
    )
