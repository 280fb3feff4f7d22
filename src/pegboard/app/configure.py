"""The use case of configuring one product: checked and resolved as an order of it would be, without planning it."""

from pathlib import Path

import msgspec

from pegboard.app.files import read
from pegboard.domain.finding import Finding, in_order
from pegboard.domain.order import OrderLine
from pegboard.domain.record import Options
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.product import Product, hindrances, product
from pegboard.planning.validate import validate
from pegboard.tables.process import ProcessTable


def configure_factory(path: Path, item: str, qty: float, options: Options) -> tuple[Product | None, list[Finding]]:
    """A product of a factory as chosen; None, and why, where the factory cannot be read."""
    reading = read(path)
    if reading.snapshot is None:
        return None, in_order(reading.findings)
    return configure(reading.snapshot, item, qty, options), in_order(reading.findings)


def configure(snapshot: Snapshot, item: str, qty: float, options: Options) -> Product:
    """The product as chosen, or every reason why it cannot be made so."""
    if all(i.item != item for i in snapshot.items):
        return Product(item, qty, options, "", (f"there is no item {item}",))
    due = snapshot.settings.now
    line = OrderLine(order="configured", item=item, qty=qty, due=due, options=options)
    asked = msgspec.structs.replace(snapshot, orders=(line,), work_orders=(), work_order_steps=(), stock=())
    factory, _ = validate(asked)
    (checked,) = factory.lines
    variants = factory.variants
    refusals = variants.refused.get(line.id) or tuple(hindrances(factory, item, checked.options))
    idle = [name for name, _ in checked.options if name.casefold() not in variants.matters.get(item, ())]
    found = (
        Product(item, qty, checked.options, "", refusals)
        if refusals
        else product(factory, ProcessTable(factory), item, qty, checked.options)
    )
    return msgspec.structs.replace(found, remarks=tuple(f"{name} makes no difference to {item}" for name in idle))
