"""What one configured product is made of and how, through all levels: quantities and minutes, without stock and dates.

Each lot is as large as what is above it takes; times are those of each step's first resource at efficiency 1.
"""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from pegboard.domain.calendar import FAR
from pegboard.domain.expression import plain
from pegboard.domain.factory import Factory
from pegboard.domain.quantity import round_up
from pegboard.domain.record import Options
from pegboard.domain.routing import RoutingStep
from pegboard.domain.variant import Variant, variant_id
from pegboard.planning.byproducts import started_at
from pegboard.planning.explode import Exploder
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import Work


class Component(msgspec.Struct, frozen=True, gc=False):
    """An item below the product, `level` steps down at most, in one variant; `supply` says whether it is made here."""

    level: int
    item: str
    variant: str
    options: Options
    supply: str
    qty: float
    uom: str


class Operation(msgspec.Struct, frozen=True, gc=False):
    """A step of one lot, in minutes; `run_min` with what is fixed for the lot."""

    item: str
    step: int
    name: str
    resource: str
    qty: float
    setup_min: float
    run_min: float


class Product(msgspec.Struct, frozen=True):
    """A configured product; where `refusals` say why it cannot be made as chosen, there are no components."""

    item: str
    qty: float
    options: Options
    variant: str
    refusals: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    operations: tuple[Operation, ...] = ()
    total_min: float = 0.0
    remarks: tuple[str, ...] = ()


def hindrances(factory: Factory, item: str, options: Options) -> Iterator[str]:
    """Why the variants of a product, or of anything made for it, cannot be made; each once, from above."""
    variants = factory.variants
    todo = [(item, variants.of(item, options))]
    for at in todo:
        name, chosen = at
        if factory.supply[name] == "buy":
            continue
        if name in factory.blocked:
            yield factory.blocked[name].what
        elif why_not := variants.why_not(name, chosen):
            yield f"{name} cannot be made: {why_not}"
        else:
            recipe = variants.recipe(name, chosen)
            lines = factory.bom.get(name, ()) if recipe is None else recipe.lines
            below = dict.fromkeys((line.component, variants.of(line.component, chosen)) for line in lines)
            todo.extend(part for part in below if part not in todo)


def product(factory: Factory, table: ProcessTable, item: str, qty: float, options: Options) -> Product:
    """The product with all it is made of; its variant, and those of what is below, must be resolved."""
    exploder = Exploder(factory)
    variants = factory.variants
    top = (item, variants.of(item, options))
    wanted: dict[Variant, float] = defaultdict(float, {top: qty})
    components: list[Component] = []
    operations: list[Operation] = []
    while wanted:
        at = min(wanted, key=lambda v: (factory.level[v[0]], v))
        name, chosen = at
        good = wanted.pop(at)
        record, how = factory.items[name], factory.supply[name]
        if at != top:
            level = factory.level[name] - factory.level[item]
            components.append(Component(level, name, variant_id(chosen), chosen, how, good, record.uom))
        if how != "make":
            continue
        work = _lot(factory, table, name, chosen, good)
        operations.extend(_operations(table, work))
        choices = exploder.choices(name, factory.now, _route(table, work), chosen)
        steps = {line.step for choice in choices for line in choice}
        there = {None, *(table.rows[r].number for r in _rows(table, work))}
        started = {s: started_at(table, work.process, work.good, work.qty, s) for s in steps & there}
        at_once = dict.fromkeys(started, factory.now)
        for part, _, taken in exploder.components(work, _route(table, work), started, at_once):
            wanted[part, variants.of(part, chosen)] += taken
    minutes = sum(o.setup_min + o.run_min for o in operations)
    return Product(item, qty, options, variant_id(top[1]), (), tuple(components), tuple(operations), minutes)


def _lot(factory: Factory, table: ProcessTable, item: str, options: Options, good: float) -> Work:
    process = table.process(item, None, options)
    return Work(
        wo="",
        item=item,
        qty=round_up(good / table.processes[process].total_yield, factory.items[item].decimals),
        good=good,
        need=factory.now,
        line=-1,
        earliest=-FAR,
        level=factory.level[item],
        options=options,
        cures=False,
        process=process,
    )


def _rows(table: ProcessTable, work: Work) -> range:
    process = table.processes[work.process]
    return range(process.first, process.end)


def _route(table: ProcessTable, work: Work) -> str:
    return table.processes[work.process].route


def _operations(table: ProcessTable, work: Work) -> list[Operation]:
    steps = [step for r in _rows(table, work) if (step := table.rows[r].step)]
    return [_operation(table, work, step) for step in sorted(steps, key=lambda s: s.step)]


def _operation(table: ProcessTable, work: Work, step: RoutingStep) -> Operation:
    qty = started_at(table, work.process, work.good, work.qty, step.step)
    run = plain(step.run_min) * (1.0 if step.work_content_basis == "per_lot" else qty)
    return Operation(
        item=work.item,
        step=step.step,
        name=step.name,
        resource=step.resource,
        qty=qty,
        setup_min=plain(step.setup_min),
        run_min=plain(step.fixed_min) + run,
    )
