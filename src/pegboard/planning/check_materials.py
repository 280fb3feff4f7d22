"""Hold bills of material and suppliers against items and routings."""

from collections import defaultdict
from collections.abc import Mapping
from math import inf
from typing import Any

from pegboard.domain.expression import Amount, Formula
from pegboard.domain.factory import Factory, RouteKey
from pegboard.domain.item import BomLine, Item, Supply
from pegboard.domain.routing import RoutingStep
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import ItemSupplier
from pegboard.planning.check_routes import Routes, names
from pegboard.planning.faults import Faults
from pegboard.planning.levels import cycles

Routing = Mapping[RouteKey, tuple[RoutingStep, ...]]


def check_bom(
    snapshot: Snapshot, items: Mapping[str, Item], routes: Routes, routing: Routing, faults: Faults
) -> tuple[dict[str, tuple[BomLine, ...]], dict[str, tuple[BomLine, ...]]]:
    """Usable lines by parent: of components, and of what comes out besides."""
    bom: dict[str, list[BomLine]] = defaultdict(list)
    byproducts: dict[str, list[BomLine]] = defaultdict(list)
    for line in snapshot.bom:
        if line.parent not in items:
            faults.error(
                "V101",
                line.parent,
                f"a BOM line is for item {line.parent}, which does not exist",
                "add the item to items.csv, or correct the name",
                line.source,
            )
            continue
        if line.component not in items:
            faults.block(
                line.parent,
                "V101",
                f"{line.parent} needs {line.component}, which does not exist",
                f"add {line.component} to items.csv, or correct the name",
                line.source,
            )
            continue
        for route in [line.route] if line.route else names(routes, line.parent):
            steps = {s.step for s in routing.get((line.parent, route), ())}
            if line.step is not None and line.step not in steps:
                where = f"its route {route}" if route else "its routing"
                faults.block(
                    line.parent,
                    "V125",
                    f"{line.parent} takes {line.component} at step {line.step}, which is not in {where}",
                    "correct the step",
                    line.source,
                )
        (bom if line.kind == "component" else byproducts)[line.parent].append(line)
    return _by_parent(bom), _by_parent(byproducts)


def _by_parent(bom: Mapping[str, list[BomLine]]) -> dict[str, tuple[BomLine, ...]]:
    return {p: tuple(sorted(rows, key=_bom_key)) for p, rows in sorted(bom.items())}


def check_cycles(bom: Mapping[str, tuple[BomLine, ...]], faults: Faults) -> None:
    """Block every item that contains itself whatever its options are, naming the whole way round."""
    always = {p: [line for line in rows if not line.condition] for p, rows in bom.items()}
    graph = {p: {line.component for line in rows} for p, rows in always.items()}
    for path in cycles(graph):
        for item in path[:-1]:
            line = next(line for line in always[item] if line.component in path)
            faults.block(
                item,
                "V100",
                f"the bill of materials contains itself: {' > '.join(path)}",
                f"remove one of these lines; until then {item} cannot be made",
                line.source,
            )


def check_spoiled(snapshot: Snapshot, items: Mapping[str, Item], faults: Faults) -> None:
    """An item of which a BOM line, step or need could not be read would be made without it, so it is not made."""
    for spoiled in snapshot.spoiled:
        if spoiled.item in items:
            faults.block(
                spoiled.item,
                "V126",
                f"{spoiled.item} cannot be made as it should be, because {spoiled.source} could not be read",
                "mend that row as its own finding says; until then no work order is made",
                spoiled.source,
            )


def check_phantoms(bom: Mapping[str, tuple[BomLine, ...]], supply: Mapping[str, Supply], faults: Faults) -> None:
    """What stops a phantom stops the items that name it: it is looked through, and has no stock of its own."""
    stopped = [item for item in faults.blocked if supply.get(item) == "phantom"]
    parents: dict[str, list[str]] = defaultdict(list)
    for parent, rows in bom.items():
        for line in rows:
            parents[line.component].append(parent)
    for phantom in stopped:
        for parent in sorted(set(parents[phantom])):
            if parent not in faults.blocked:
                faults.blocked[parent] = faults.blocked[phantom]
                if supply.get(parent) == "phantom":
                    stopped.append(parent)


def check_suppliers(
    snapshot: Snapshot, items: Mapping[str, Item], faults: Faults
) -> dict[str, tuple[ItemSupplier, ...]]:
    """For each item who sells it: by rank, then price, then name."""
    known = {s.supplier for s in snapshot.suppliers}
    rows: dict[str, list[ItemSupplier]] = defaultdict(list)
    for row in snapshot.item_suppliers:
        if row.item not in items:
            faults.error(
                "V103",
                row.item,
                f"supplier {row.supplier} is given for item {row.item}, which does not exist",
                "add the item, or correct the name",
                row.source,
            )
            continue
        if known and row.supplier not in known:
            faults.warning(
                "V104",
                row.item,
                f"{row.item} is bought from {row.supplier}, which is not in suppliers.csv",
                "add the supplier; it is used as it is",
                row.source,
            )
        rows[row.item].append(row)
    return {i: tuple(sorted(found, key=_preference)) for i, found in sorted(rows.items())}


def _preference(row: ItemSupplier) -> tuple[float, float, str]:
    return (row.rank, float("inf") if row.price is None else row.price, row.supplier)


def check_supply(
    snapshot: Snapshot,
    items: Mapping[str, Item],
    supply: Mapping[str, Supply],
    routing: Routing,
    suppliers: Mapping[str, tuple[ItemSupplier, ...]],
    faults: Faults,
) -> None:
    """Items that have no source, or no capacity behind them."""
    with_bom = {line.parent for line in snapshot.bom}
    with_routing = {item for item, _ in routing}
    for name, how in supply.items():
        item = items[name]
        if how == "buy" and name not in suppliers and item.lead_time_days <= 0:
            faults.block_quietly(
                name,
                "V105",
                f"{name} is bought, but has no supplier and no lead time",
                "add a row to item_suppliers.csv, or a lead time to the item",
                item.source,
            )
        if how == "make" and name not in with_routing:
            faults.info(
                "V106",
                name,
                f"{name} is made but has no routing: no capacity modelled, lead time {item.lead_time_days:g} days",
                "add its steps to routing.csv",
                item.source,
            )
        if how == "make" and name not in with_bom:
            faults.info(
                "V107",
                name,
                f"{name} is made but has no bill of materials",
                "add its components to bom.csv if it has any",
                item.source,
            )


def check_units(factory: Factory, faults: Faults) -> None:
    """A purchase unit needs a way to the item's own; there is no silent one to one."""
    for item, source in ((i, source) for i, rows in factory.suppliers.items() for source in rows):
        own = factory.items[item].uom
        known = source.uom in ("", own) or source.uom_factor is not None or factory.conversion(item, source.uom)
        if not known:
            faults.block(
                item,
                "V108",
                f"{item} is bought from {source.supplier} in {source.uom}, and nothing says how many {own} that is",
                "add uom_factor to item_suppliers.csv, or a row to uom.csv",
                source.source,
            )


def _bom_key(line: BomLine) -> tuple[Any, ...]:
    return (
        line.component,
        line.step or 0,
        line.alternate_group,
        line.rank,
        line.condition,
        _amount_key(line.qty_per),
        _amount_key(line.fixed_qty),
        str(line.valid_from),
        line.route,
    )


def _amount_key(amount: Amount) -> tuple[float, str]:
    """What amounts are sorted by: numbers by size, then formulas by their text."""
    return (inf, amount.text) if isinstance(amount, Formula) else (amount, "")
