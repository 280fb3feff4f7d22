"""The dispatch list of a resource: what it does in which order, on what, for whom, and what to fetch for it."""

from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches

import msgspec

from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error
from pegboard.domain.plan import OperationPlan, Plan
from pegboard.domain.record import Options
from pegboard.insight.pegging import Pegging, SupplyKey, key_of

NOTE = "note"
"""The column of `routing.csv` that a dispatch list shows, where somebody keeps one."""


class Fetch(msgspec.Struct, frozen=True, kw_only=True):
    """Material of an operation: so much of an item from one supply; `is_there` where it need not be waited for."""

    item: str
    name: str
    uom: str
    qty: float
    supply_kind: str
    supply: str
    available: int
    is_there: bool


class Dispatched(msgspec.Struct, frozen=True, kw_only=True):
    """An operation on a dispatch list; `part` numbers the operations of a divided step from 0.

    `order` and `customer` are those of the customer line that it holds up first, `orders` all that it serves; blank
    where it is made for stock. `family` is what the machine is set up for. `with_` are resources held at the same time.
    """

    wo: str
    step: int
    part: int
    name: str
    resource: str
    with_: tuple[str, ...] = msgspec.field(name="with")
    item: str
    item_name: str
    options: Options
    qty: float
    family: str
    setup_min: float
    run_min: float
    setup_start: int
    start: int
    end: int
    status: str
    locked: bool
    order: str
    customer: str
    due: int | None
    orders: tuple[str, ...]
    note: str
    fetch: tuple[Fetch, ...]


def dispatch_list(factory: Factory, plan: Plan, resource: str, until: int | None) -> list[Dispatched] | Finding:
    """The operations of a resource in order of setup, those that begin by `until`; a finding where there is none."""
    parts = _parts(plan)
    mine = [o for o in plan.operations if resource in (o.resource, *o.also)]
    if not mine and resource not in factory.resources:
        return _unknown(factory, resource)
    rows = _Rows(factory, plan)
    chosen = [o for o in mine if until is None or o.setup_start <= until]
    chosen.sort(key=lambda o: (o.setup_start, o.start, o.wo, o.step, parts[id(o)]))
    return [rows.row(o, parts[id(o)], resource) for o in chosen]


def busy_resources(plan: Plan) -> list[str]:
    """All resources that have something to do."""
    return sorted({name for o in plan.operations for name in (o.resource, *o.also)})


def _parts(plan: Plan) -> dict[int, int]:
    """The number of each operation among those of its step."""
    count: dict[tuple[str, int], int] = defaultdict(int)
    found = {}
    for o in plan.operations:
        found[id(o)] = count[o.wo, o.step]
        count[o.wo, o.step] += 1
    return found


class _Rows:
    """Everything a row tells besides its operation, indexed once."""

    def __init__(self, factory: Factory, plan: Plan) -> None:
        self._factory = factory
        self._pegging = Pegging(plan)
        self._steps = {(s.item, s.step): s for steps in factory.routing.values() for s in steps}
        self._qty: dict[tuple[str, int], float] = defaultdict(float)
        self._now = plan.now
        for o in plan.operations:
            self._qty[o.wo, o.step] += o.qty

    def row(self, o: OperationPlan, part: int, resource: str) -> Dispatched:
        work = self._pegging.works[o.wo]
        reached = self._pegging.reach_of_work(o.wo)
        lines = sorted(reached, key=lambda line: (reached[line].slack, line))
        first = self._pegging.orders[lines[0]] if lines else None
        step = self._steps.get((work.item, o.step))
        notes = {name.casefold(): text for name, text in step.user} if step else {}
        return Dispatched(
            wo=o.wo,
            step=o.step,
            part=part,
            name=o.name,
            resource=o.resource,
            with_=tuple(name for name in (o.resource, *o.also) if name != resource),
            item=work.item,
            item_name=self._name(work.item),
            options=work.options,
            qty=o.qty,
            family=o.family,
            setup_min=o.setup_min,
            run_min=o.run_min,
            setup_start=o.setup_start,
            start=o.start,
            end=o.end,
            status=o.status if o.status != "planned" else work.status,
            locked=o.locked,
            order=lines[0] if lines else "",
            customer=first.customer if first else "",
            due=first.due if first else None,
            orders=tuple(lines),
            note=notes.get(NOTE, ""),
            fetch=tuple(self._fetches(o)),
        )

    def _fetches(self, o: OperationPlan) -> Iterator[Fetch]:
        """The material of an operation by supply; parts of a divided step share it by what each of them starts."""
        share = o.qty / self._qty[o.wo, o.step] if self._qty[o.wo, o.step] else 1.0
        drawn: dict[tuple[SupplyKey, int], float] = defaultdict(float)
        for peg in self._pegging.by_demand.get(("wo", o.wo), ()):
            if peg.step == o.step:
                drawn[key_of(peg), peg.available] += peg.qty
        for (key, available), qty in drawn.items():
            yield self._fetch(key, available, round(qty * share, 6))

    def _fetch(self, key: SupplyKey, available: int, qty: float) -> Fetch:
        kind, supply, name = key
        item = self._factory.items.get(name)
        return Fetch(
            item=name,
            name=item.name if item else "",
            uom=item.uom if item else "",
            qty=qty,
            supply_kind=kind,
            supply=supply,
            available=available,
            is_there=available <= self._now,
        )

    def _name(self, item: str) -> str:
        found = self._factory.items.get(item)
        return found.name if found else ""


def _unknown(factory: Factory, resource: str) -> Finding:
    near = get_close_matches(resource, factory.resources, n=3, cutoff=0.4)
    advice = f"near it: {', '.join(near)}" if near else "see resources.csv"
    return error("C683", resource, f"there is no resource {resource}", advice)
