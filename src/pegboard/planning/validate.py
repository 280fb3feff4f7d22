"""Cross-check a snapshot and index it: what refers to nothing, loops, or can never work is found and left out.

Values of single cells were checked when the files were read; here the records are held against each other, a file
of checks for each kind of record.
"""

from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, in_order
from pegboard.domain.item import Supply
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.calendars import Calendars, planning_window
from pegboard.planning.check_buffers import check_buffers
from pegboard.planning.check_byproducts import coproducts, netting_order
from pegboard.planning.check_constraints import StepChecks, check_upkeep
from pegboard.planning.check_day import check_inventory, check_references, check_unused
from pegboard.planning.check_expressions import check_expressions
from pegboard.planning.check_forecast import check_forecast
from pegboard.planning.check_materials import (
    check_bom,
    check_cycles,
    check_phantoms,
    check_spoiled,
    check_suppliers,
    check_supply,
    check_units,
)
from pegboard.planning.check_options import check_options
from pegboard.planning.check_processes import check_processes
from pegboard.planning.check_resources import check_resources, factory_calendar, supplier_days
from pegboard.planning.check_routes import check_routes
from pegboard.planning.check_substitutes import with_substitutes
from pegboard.planning.check_variants import DayVariants, check_changed
from pegboard.planning.faults import Faults
from pegboard.planning.levels import low_level_codes
from pegboard.planning.variants import Resolver, VariantRows


def validate(snapshot: Snapshot) -> tuple[Factory, list[Finding]]:
    """The factory as it can be planned, and every fault found on the way."""
    faults = Faults()
    zone = ZoneInfo(snapshot.settings.timezone)
    now = int(snapshot.settings.now.timestamp())
    horizon = now + int(snapshot.settings.horizon_days * 86_400)
    items = {i.item: i for i in snapshot.items}
    calendars = Calendars(snapshot, planning_window(now, horizon, zone))
    calendar = factory_calendar(snapshot, calendars, now, faults)
    resources, timelines, members = check_resources(snapshot, calendars, now, horizon, faults)
    routes = check_routes(snapshot, items, faults)
    routing, alternates, needs = check_processes(snapshot, items, routes, resources, members, faults)
    StepChecks(snapshot, items, resources, timelines, members, alternates, faults).check(routing)
    check_upkeep(resources, faults)
    bom, byproducts = check_bom(snapshot, items, routes, routing, faults)
    bom = with_substitutes(snapshot, items, bom, faults)
    configurator = check_options(snapshot, items, faults)
    rows = VariantRows(bom, byproducts, routing, alternates, snapshot.options, faults)
    check_expressions(rows, configurator, faults)
    made = {item for item, _ in routing} | set(bom)
    coproduct_of = coproducts(byproducts, items, made, faults)
    made |= set(coproduct_of)
    supply: dict[str, Supply] = {i: item.supply or ("make" if i in made else "buy") for i, item in items.items()}
    check_spoiled(snapshot, items, faults)
    check_cycles(bom, faults)
    check_phantoms(bom, supply, faults)
    suppliers = check_suppliers(snapshot, items, faults)
    check_supply(snapshot, items, supply, routing, suppliers, faults)
    check_references(snapshot, items, faults)
    check_forecast(snapshot, items, supply, faults)
    check_unused(snapshot, faults)
    days = supplier_days(snapshot, calendars, faults)
    lots, receipts, work_orders = check_inventory(snapshot, items, faults)
    day = DayVariants(configurator, Resolver(rows, supply, faults.blocked), faults)
    lines = day.lines(snapshot.orders)
    work_orders = day.work_orders(work_orders, lines)
    day.resolve(lines, [*items.values()], byproducts)
    check_changed(day, work_orders, lines, faults)
    graph = netting_order(day.resolver.occurring(), byproducts, coproduct_of, faults)
    factory = Factory(
        snapshot=snapshot,
        zone=zone,
        now=now,
        horizon=horizon,
        policy=snapshot.settings.policy,
        open_days=calendars.open_days(calendar),
        always=calendars.always,
        calendar=calendar,
        timelines=timelines,
        supplier_days=days,
        resources=resources,
        members=members,
        items=items,
        supply=supply,
        bom=bom,
        byproducts=byproducts,
        routes=routes,
        routing=routing,
        alternates=alternates,
        needs=needs,
        suppliers=suppliers,
        coproduct_of=coproduct_of,
        blocked=faults.blocked,
        level=low_level_codes(graph, items),
        lines=lines,
        lots=day.lots(lots),
        receipts=receipts,
        work_orders=work_orders,
        progress={(s.wo, s.step): s for s in snapshot.work_order_steps},
        customers={c.customer: c for c in snapshot.customers},
        variants=day.variants,
    )
    check_units(factory, faults)
    check_buffers(factory, faults)
    return factory, in_order([*faults.findings, *calendars.findings])


WISHES = ("qty", "due", "promised", "earliest", "priority", "weight", "status", "shipped_qty", "entered")
"""What an order line says that no check of a snapshot reads, and no variant depends on."""


def with_wishes(factory: Factory, snapshot: Snapshot) -> Factory | None:
    """The factory of a snapshot that differs from its own in the wishes of plain order lines alone, with equal faults.

    None where it differs in anything else: then all must be checked anew.
    """
    before = factory.snapshot
    if len(before.orders) != len(snapshot.orders) or before != msgspec.structs.replace(snapshot, orders=before.orders):
        return None
    lines = {line.id: line for line in factory.lines}
    with_choices = factory.variants.matters.keys() | {option.item for option in snapshot.options}
    for old, new in zip(before.orders, snapshot.orders, strict=True):
        if old is new:
            continue
        wishes = {name: getattr(old, name) for name in WISHES}
        if new.item in with_choices or new.options or msgspec.structs.replace(new, **wishes) != old:
            return None
        lines[new.id] = new
    return msgspec.structs.replace(factory, snapshot=snapshot, lines=tuple(lines.values()))


def with_lines(factory: Factory, snapshot: Snapshot) -> Factory | None:
    """The factory with the order lines of a snapshot that differs from its own in these alone.

    None where a line that differs asks for variants, or cannot be trusted as it is: then all must be checked anew.
    """
    known = {line.id: line for line in factory.lines}
    before = {line.id: line for line in factory.snapshot.orders}
    found = []
    for line in snapshot.orders:
        if before.get(line.id) == line:
            if line.id in known:
                found.append(known[line.id])
            continue
        if line.options or line.item in factory.variants.matters or line.item not in factory.items:
            return None
        found.append(line)
    return msgspec.structs.replace(factory, snapshot=snapshot, lines=tuple(found))
