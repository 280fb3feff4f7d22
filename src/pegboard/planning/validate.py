"""Cross-check a snapshot and index it: what refers to nothing, loops, or can never work is found and left out.

Values of single cells were checked when the files were read; here the records are held against each other.
"""

from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from pegboard.domain.calendar import FAR, Timeline, bounds
from pegboard.domain.factory import Factory, Member, StepKey
from pegboard.domain.finding import Finding, error, in_order, info, warning
from pegboard.domain.item import BomLine, Item, Supply
from pegboard.domain.resource import Resource
from pegboard.domain.routing import RoutingAlternate, RoutingNeed, RoutingStep
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import ItemSupplier, PurchaseOrder, StockLot, WorkOrder
from pegboard.planning.calendars import Calendars, planning_window
from pegboard.planning.levels import cycles, low_level_codes


def validate(snapshot: Snapshot) -> tuple[Factory, list[Finding]]:
    """The factory as it can be planned, and every fault found on the way."""
    checker = _Checker(snapshot)
    return checker.factory(), in_order(checker.findings)


class _Checker:
    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.zone = ZoneInfo(snapshot.settings.timezone)
        self.now = int(snapshot.settings.now.timestamp())
        self.horizon = self.now + int(snapshot.settings.horizon_days * 86_400)
        self.findings: list[Finding] = []
        self.blocked: dict[str, Finding] = {}
        self.items: dict[str, Item] = {i.item: i for i in snapshot.items}
        span = planning_window(self.now, self.horizon, self.zone)
        self.calendars = Calendars(snapshot, span)
        self.resources: dict[str, Resource] = {}
        self.timelines: dict[str, Timeline] = {}

    def factory(self) -> Factory:
        calendar = self._factory_calendar()
        members = self._resources()
        routing, alternates, needs = self._processes(members)
        bom = self._bom(routing)
        supply = self._supply(bom, routing)
        self._cycles(bom)
        sources = self._sources()
        self._unsupplied(supply, routing, sources)
        self._references()
        supplier_days = {}
        for s in self.snapshot.suppliers:
            named = self.calendars.named(s.calendar) if s.calendar else None
            if named is not None:
                supplier_days[s.supplier] = self.calendars.open_days(named)
            elif s.calendar:
                self._error(
                    "V142",
                    s.supplier,
                    f"supplier {s.supplier} has calendar {s.calendar}, which does not exist",
                    "add it to calendars.csv; until then the supplier takes orders every day",
                    s.source,
                )
        graph = {p: {line.component for line in rows} for p, rows in bom.items() if p not in self.blocked}
        self.findings.extend(self.calendars.findings)
        lots, receipts, work_orders = self._inventory()
        return Factory(
            snapshot=self.snapshot,
            zone=self.zone,
            now=self.now,
            horizon=self.horizon,
            policy=self.snapshot.settings.policy,
            open_days=self.calendars.open_days(calendar),
            always=self.calendars.always,
            calendar=calendar,
            timelines=self.timelines,
            supplier_days=supplier_days,
            resources=self.resources,
            members=members,
            items=self.items,
            supply=supply,
            bom=bom,
            routing=routing,
            alternates=alternates,
            needs=needs,
            sources=sources,
            blocked=self.blocked,
            level=low_level_codes(graph, self.items),
            lines=tuple(o for o in self.snapshot.orders),
            lots=lots,
            receipts=receipts,
            work_orders=work_orders,
            progress={(s.wo, s.step): s for s in self.snapshot.work_order_steps},
            customers={c.customer: c for c in self.snapshot.customers},
        )

    # -- resources and calendars -------------------------------------------------------------------------------

    def _factory_calendar(self) -> Timeline:
        name = self.snapshot.settings.calendar
        found = self.calendars.named(name)
        if found is None:
            self._error(
                "V140",
                name,
                f"the factory's calendar {name} does not exist",
                "add it to calendars.csv, or correct `calendar` in factory.toml; until then open day and night",
                "factory.toml",
            )
            return self.calendars.always
        if found.next_open(self.now) >= FAR:
            self._error(
                "V143",
                name,
                f"the factory's calendar {name} has no open time from now on",
                "give it open hours; until then the factory is open day and night",
                "calendars.csv",
            )
            return self.calendars.always
        return found

    def _resources(self) -> dict[str, tuple[Member, ...]]:
        downtime = defaultdict(list)
        names = {r.resource for r in self.snapshot.resources}
        for d in self.snapshot.downtime:
            if d.resource not in names:
                self._error(
                    "V112",
                    d.resource,
                    f"downtime names resource {d.resource}, which does not exist",
                    "add the resource, or correct the name; the downtime is left out",
                    d.source,
                )
            downtime[d.resource].append(d)
        matrices = {c.changeover for c in self.snapshot.changeovers}
        members: dict[str, list[Member]] = defaultdict(list)
        default = self.snapshot.settings.calendar
        for r in self.snapshot.resources:
            name = r.calendar or (default if self.calendars.named(default) is not None else "")
            found = self.calendars.of_resource(r.resource, name, downtime[r.resource])
            if found is None:
                self._error(
                    "V110",
                    r.resource,
                    f"resource {r.resource} has calendar {r.calendar}, which does not exist",
                    f"add {r.calendar} to calendars.csv, or correct it; until then {r.resource} is left out",
                    r.source,
                )
                continue
            if found.next_open(self.now) >= FAR or found.next_open(self.now) >= self.horizon:
                self._error(
                    "V111",
                    r.resource,
                    f"resource {r.resource} has no open time between now and the horizon",
                    "give its calendar open hours or end its downtime; until then it is left out",
                    r.source,
                )
                continue
            if r.capacity <= 0:
                self._error(
                    "V113",
                    r.resource,
                    f"resource {r.resource} has capacity {r.capacity:g}",
                    "give it a capacity above zero; until then it is left out",
                    r.source,
                )
                continue
            if r.changeover and r.changeover not in matrices:
                self._warn(
                    "V114",
                    r.resource,
                    f"resource {r.resource} has changeover matrix {r.changeover}, which has no rows",
                    "add rows to changeovers.csv, or clear the column; no changeovers are counted on it",
                    r.source,
                )
            self.resources[r.resource] = r
            self.timelines[r.resource] = found
            members[r.resource].append(Member(r.resource, FAR))
        for r in self.resources.values():
            for group in r.group:
                if group in self.resources:
                    self._error(
                        "V115", group, f"{group} is a resource and a group", "give the group another name", r.source
                    )
                    continue
                members[group].append(Member(r.resource, FAR))
        groups = set(members)
        for s in self.snapshot.skills:
            if s.resource not in names:
                self._error(
                    "V116",
                    s.resource,
                    f"skill {s.skill} is given to resource {s.resource}, which does not exist",
                    "add the resource, or correct the name",
                    s.source,
                )
            elif s.resource in self.resources and s.skill not in groups:
                until = FAR if s.valid_to is None else bounds(s.valid_to, s.valid_to, self.zone)[1]
                members[s.skill].append(Member(s.resource, until))
        return {
            name: tuple(sorted(set(rows), key=lambda m: (m.resource, m.until)))
            for name, rows in sorted(members.items())
        }

    # -- the bill of process -----------------------------------------------------------------------------------

    def _processes(
        self, members: dict[str, tuple[Member, ...]]
    ) -> tuple[
        dict[str, tuple[RoutingStep, ...]],
        dict[StepKey, tuple[RoutingAlternate, ...]],
        dict[StepKey, tuple[RoutingNeed, ...]],
    ]:
        by_item: dict[str, list[RoutingStep]] = defaultdict(list)
        for row in self.snapshot.routing:
            if row.item not in self.items:
                self._error(
                    "V102",
                    row.item,
                    f"a routing step is for item {row.item}, which does not exist",
                    "add the item to items.csv, or correct the name",
                    row.source,
                )
                continue
            by_item[row.item].append(row)
        alternates, needs = defaultdict(list), defaultdict(list)
        known = {(r.item, r.step) for r in self.snapshot.routing}
        for alt in self.snapshot.routing_alternates:
            key = (alt.item, alt.step)
            if key not in known:
                self._error(
                    "V120",
                    alt.item,
                    f"an alternate is for step {alt.step} of {alt.item}, which is not in the routing",
                    "correct item or step; the alternate is left out",
                    alt.source,
                )
            elif alt.resource not in members:
                self._error(
                    "V112",
                    alt.resource,
                    f"an alternate of {alt.item} step {alt.step} names {alt.resource}, "
                    "which is no usable resource or group",
                    "add it to resources.csv; the alternate is left out",
                    alt.source,
                )
            else:
                alternates[key].append(alt)
        for need in self.snapshot.routing_needs:
            key = (need.item, need.step)
            if key not in known:
                self._error(
                    "V120",
                    need.item,
                    f"a need is for step {need.step} of {need.item}, which is not in the routing",
                    "correct item or step; the need is left out",
                    need.source,
                )
                continue
            needs[key].append(need)
            found = members.get(need.resource, ())
            able = [
                m
                for m in found
                if self.resources[m.resource].capacity >= need.qty or not self.resources[m.resource].finite
            ]
            if not found:
                self._block(
                    need.item,
                    "V121",
                    f"step {need.step} of {need.item} needs {need.resource}, "
                    "which is no usable resource, group or skill",
                    "add it to resources.csv or skills.csv",
                    need.source,
                )
            elif not able:
                self._block(
                    need.item,
                    "V122",
                    f"step {need.step} of {need.item} needs {need.qty:g} of {need.resource}, "
                    "more than any of its resources has",
                    "lower the quantity, or raise a capacity",
                    need.source,
                )
        routing: dict[str, tuple[RoutingStep, ...]] = {}
        for item, rows in by_item.items():
            ordered = self._in_order_of_work(item, sorted(rows, key=lambda s: s.step))
            for row in rows:
                self._step(row, members, has_alternate=bool(alternates.get((item, row.step))))
            if ordered:
                routing[item] = tuple(ordered)
        return (
            dict(sorted(routing.items())),
            {k: tuple(sorted(v, key=lambda a: (a.rank, a.resource))) for k, v in alternates.items()},
            {k: tuple(sorted(v, key=lambda n: (n.resource, n.phase, n.qty))) for k, v in needs.items()},
        )

    def _step(self, row: RoutingStep, members: dict[str, tuple[Member, ...]], *, has_alternate: bool) -> None:
        outside = bool(row.supplier) and row.lead_time_days is not None
        if row.resource not in members and not has_alternate and not outside:
            self._block(
                row.item,
                "V112",
                f"step {row.step} of {row.item} runs on {row.resource}, which is no usable resource or group",
                f"add {row.resource} to resources.csv, or correct it",
                row.source,
            )
        if row.condition:
            self._block(
                row.item,
                "V130",
                f"step {row.step} of {row.item} has the condition {row.condition!r}, and conditions are not read yet",
                "make one routing per variant",
                row.source,
            )
        for what, given in (("batch_key", row.batch_key), ("max_stretch_min", row.max_stretch_min)):
            if given:
                self._warn(
                    "V131",
                    row.item,
                    f"step {row.step} of {row.item} has {what} {given}, which the engine does not keep yet",
                    "check these operations by hand; the certificate lists the constraint as ignored",
                    row.source,
                )

    def _in_order_of_work(self, item: str, rows: list[RoutingStep]) -> list[RoutingStep]:
        """Steps sorted so that predecessors come first; blocks the item where `after` names nothing or loops."""
        numbers = {row.step for row in rows}
        done: set[int] = set()
        left, ordered = list(rows), []
        for row in rows:
            for step in row.after:
                if step not in numbers:
                    self._block(
                        item,
                        "V123",
                        f"step {row.step} of {item} comes after step {step}, which is not in the routing",
                        "correct the column after",
                        row.source,
                    )
                    return rows
        previous = {row.step: ((rows[i - 1].step,) if i else ()) for i, row in enumerate(rows)}
        while left:
            ready = next((r for r in left if done.issuperset(r.after or previous[r.step])), None)
            if ready is None:
                names = ", ".join(str(r.step) for r in left)
                self._block(
                    item,
                    "V124",
                    f"steps {names} of {item} wait for each other",
                    "correct the column after",
                    left[0].source,
                )
                return rows
            left.remove(ready)
            ordered.append(ready)
            done.add(ready.step)
        return ordered

    # -- the bill of materials -----------------------------------------------------------------------------------

    def _bom(self, routing: dict[str, tuple[RoutingStep, ...]]) -> dict[str, tuple[BomLine, ...]]:
        bom: dict[str, list[BomLine]] = defaultdict(list)
        for line in self.snapshot.bom:
            if line.parent not in self.items:
                self._error(
                    "V101",
                    line.parent,
                    f"a BOM line is for item {line.parent}, which does not exist",
                    "add the item to items.csv, or correct the name",
                    line.source,
                )
                continue
            if line.component not in self.items:
                self._block(
                    line.parent,
                    "V101",
                    f"{line.parent} needs {line.component}, which does not exist",
                    f"add {line.component} to items.csv, or correct the name",
                    line.source,
                )
                continue
            if line.condition:
                self._block(
                    line.parent,
                    "V130",
                    f"{line.parent} needs {line.component} if {line.condition!r}, and conditions are not read yet",
                    "make one item per variant",
                    line.source,
                )
            if line.kind == "byproduct":
                self._warn(
                    "V132",
                    line.parent,
                    f"{line.parent} yields by-product {line.component}, which is not planned as a supply yet",
                    "add what it yields to stock.csv when it is there",
                    line.source,
                )
                continue
            steps = {s.step for s in routing.get(line.parent, ())}
            if line.step is not None and line.step not in steps:
                self._block(
                    line.parent,
                    "V125",
                    f"{line.parent} takes {line.component} at step {line.step}, which is not in its routing",
                    "correct the step",
                    line.source,
                )
            bom[line.parent].append(line)
        return {p: tuple(sorted(rows, key=_bom_key)) for p, rows in sorted(bom.items())}

    def _supply(
        self, bom: dict[str, tuple[BomLine, ...]], routing: dict[str, tuple[RoutingStep, ...]]
    ) -> dict[str, Supply]:
        made = set(routing) | set(bom)
        return {i: item.supply or ("make" if i in made else "buy") for i, item in self.items.items()}

    def _cycles(self, bom: dict[str, tuple[BomLine, ...]]) -> None:
        graph = {p: {line.component for line in rows} for p, rows in bom.items()}
        for path in cycles(graph):
            for item in path[:-1]:
                line = next(line for line in bom[item] if line.component in path)
                self._block(
                    item,
                    "V100",
                    f"the bill of materials contains itself: {' > '.join(path)}",
                    f"remove one of these lines; until then {item} cannot be made",
                    line.source,
                )

    def _sources(self) -> dict[str, ItemSupplier]:
        known = {s.supplier for s in self.snapshot.suppliers}
        rows: dict[str, list[ItemSupplier]] = defaultdict(list)
        for row in self.snapshot.item_suppliers:
            if row.item not in self.items:
                self._error(
                    "V103",
                    row.item,
                    f"supplier {row.supplier} is given for item {row.item}, which does not exist",
                    "add the item, or correct the name",
                    row.source,
                )
                continue
            if known and row.supplier not in known:
                self._warn(
                    "V104",
                    row.item,
                    f"{row.item} is bought from {row.supplier}, which is not in suppliers.csv",
                    "add the supplier; it is used as it is",
                    row.source,
                )
            rows[row.item].append(row)
        return {i: min(found, key=lambda r: (r.rank, r.supplier)) for i, found in sorted(rows.items())}

    def _unsupplied(
        self, supply: dict[str, Supply], routing: dict[str, tuple[RoutingStep, ...]], sources: dict[str, ItemSupplier]
    ) -> None:
        with_bom = {line.parent for line in self.snapshot.bom}
        for name, how in supply.items():
            item = self.items[name]
            if how == "buy" and name not in sources and item.lead_time_days <= 0:
                self._block(
                    name,
                    "V105",
                    f"{name} is bought, but has no supplier and no lead time",
                    "add a row to item_suppliers.csv, or a lead time to the item",
                    item.source,
                    severity="warning",
                )
            if how == "make" and name not in routing:
                self._note(
                    "V106",
                    name,
                    f"{name} is made but has no routing: no capacity modelled, lead time {item.lead_time_days:g} days",
                    "add its steps to routing.csv",
                    item.source,
                )
            if how == "make" and name not in with_bom:
                self._note(
                    "V107",
                    name,
                    f"{name} is made but has no bill of materials",
                    "add its components to bom.csv if it has any",
                    item.source,
                )

    # -- the day's data ------------------------------------------------------------------------------------------

    def _references(self) -> None:
        customers = {c.customer for c in self.snapshot.customers}
        orders = {o.order for o in self.snapshot.orders} | {o.id for o in self.snapshot.orders}
        for order in self.snapshot.orders:
            if order.item not in self.items:
                self._error(
                    "V150",
                    order.id,
                    f"order {order.id} wants item {order.item}, which does not exist",
                    "add the item, or correct the order; the line is not planned",
                    order.source,
                )
            if customers and order.customer and order.customer not in customers:
                self._warn(
                    "V151",
                    order.id,
                    f"order {order.id} is for customer {order.customer}, which is not in customers.csv",
                    "add the customer",
                    order.source,
                )
        for lot in self.snapshot.stock:
            if lot.reserved_for and lot.reserved_for not in orders:
                self._warn(
                    "V152",
                    lot.item,
                    f"stock of {lot.item} is reserved for order {lot.reserved_for}, which does not exist",
                    "clear the reservation; until then nobody may use it",
                    lot.source,
                )
        known = {w.wo for w in self.snapshot.work_orders}
        for step in self.snapshot.work_order_steps:
            if step.wo not in known:
                self._error(
                    "V153",
                    step.wo,
                    f"progress is given for work order {step.wo}, which does not exist",
                    "add the work order, or remove the row",
                    step.source,
                )

    def _inventory(
        self,
    ) -> tuple[dict[str, tuple[StockLot, ...]], dict[str, tuple[PurchaseOrder, ...]], dict[str, tuple[WorkOrder, ...]]]:
        lots: dict[str, list[StockLot]] = defaultdict(list)
        receipts: dict[str, list[PurchaseOrder]] = defaultdict(list)
        work_orders: dict[str, list[WorkOrder]] = defaultdict(list)
        for lot in self.snapshot.stock:
            if self._known(lot.item, "stock", lot.source):
                if lot.qty < 0:
                    self._warn(
                        "V154",
                        lot.item,
                        f"stock of {lot.item} is {lot.qty:g}",
                        "count it; it is taken as zero",
                        lot.source,
                    )
                elif lot.status == "free":
                    lots[lot.item].append(lot)
        for po in self.snapshot.purchase_orders:
            if self._known(po.item, f"purchase order {po.id}", po.source) and po.status.lower() not in _CLOSED:
                receipts[po.item].append(po)
        for wo in self.snapshot.work_orders:
            if not self._known(wo.item, f"work order {wo.wo}", wo.source) or wo.status in _CLOSED:
                continue
            if wo.status == "hold":
                self._note(
                    "V155",
                    wo.wo,
                    f"work order {wo.wo} is on hold and counts as no supply",
                    "release it when it may go on",
                    wo.source,
                )
            elif self._workable(wo):
                work_orders[wo.item].append(wo)
        return (
            {i: tuple(sorted(r, key=lambda s: (s.lot, s.qty, s.source))) for i, r in sorted(lots.items())},
            {i: tuple(sorted(r, key=lambda p: p.id)) for i, r in sorted(receipts.items())},
            {i: tuple(sorted(r, key=lambda w: w.wo)) for i, r in sorted(work_orders.items())},
        )

    def _workable(self, wo: WorkOrder) -> bool:
        if wo.item in self.blocked:
            self._error(
                "V156",
                wo.wo,
                f"work order {wo.wo} makes {wo.item}, which cannot be made: {self.blocked[wo.item].what}",
                "mend that first; the work order is left out",
                wo.source,
            )
            return False
        return True

    def _known(self, item: str, what: str, source: str) -> bool:
        if item not in self.items:
            self._error(
                "V157",
                item,
                f"{what} is of item {item}, which does not exist",
                "add the item, or correct the name; it is left out",
                source,
            )
            return False
        return True

    # -- saying it -------------------------------------------------------------------------------------------------

    def _error(self, code: str, subject: str, what: str, advice: str, source: str) -> None:
        self.findings.append(error(code, subject, what, advice, source))

    def _warn(self, code: str, subject: str, what: str, advice: str, source: str) -> None:
        self.findings.append(warning(code, subject, what, advice, source))

    def _note(self, code: str, subject: str, what: str, advice: str, source: str) -> None:
        self.findings.append(info(code, subject, what, advice, source))

    def _block(self, item: str, code: str, what: str, advice: str, source: str, severity: str = "error") -> None:
        found = (error if severity == "error" else warning)(code, item, what, advice, source)
        self.findings.append(found)
        self.blocked.setdefault(item, found)


_CLOSED = frozenset({"done", "closed", "cancelled", "received"})


def _bom_key(line: BomLine) -> tuple[Any, ...]:
    return (
        line.component,
        line.step or 0,
        line.alternate_group,
        line.rank,
        line.qty_per,
        line.fixed_qty,
        str(line.valid_from),
    )
