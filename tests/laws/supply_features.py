"""Features of products, materials, suppliers and buffers as small changes of the shop of `features.py`."""

from __future__ import annotations

from dataclasses import replace

from tests.laws.features import Feature, add, change, step
from tests.laws.folder import FactoryFolder, table


def choose(f: FactoryFolder, order: str, option: str) -> FactoryFolder:
    """One more option of an order."""
    rows = f.tables["orders"]
    chosen = {row["order"]: row.get("options", "") for row in rows}[order]
    return change(f, "orders", {"order": order}, options=";".join(filter(None, (chosen, option))))


def item(f: FactoryFolder, name: str, **cells: str) -> FactoryFolder:
    """Cells of an item, replaced."""
    return change(f, "items", {"item": name}, **cells)


def configured(f: FactoryFolder) -> FactoryFolder:
    """Painted chairs go back to the oven before the bench has them; SO-3 takes the default, oil."""
    f = add(f, "options", table("item option values default", "CHAIR FINISH oil;paint oil"))
    f = choose(choose(f, "SO-1", "FINISH=paint"), "SO-2", "FINISH=OIL")
    painted = {"item": "CHAIR", "step": "35", "resource": "OVEN", "run_min": "10", "condition": "FINISH=paint"}
    return add(f, "routing", [painted])


def formula(f: FactoryFolder) -> FactoryFolder:
    """Long chairs take longer on the bench, and more seat of wood."""
    f = add(f, "options", table("item option values required default", "CHAIR LENGTH 300..900 no 600"))
    f = choose(choose(f, "SO-1", "LENGTH=900"), "SO-2", "LENGTH=300")
    return step(f, "CHAIR", "30", run_min="25*LENGTH/600")


def rule(f: FactoryFolder) -> FactoryFolder:
    """A small chair has no arms: SO-8, which wants them, is left out."""
    options = table("item option values required", "CHAIR SIZE small;large no", "CHAIR ARMS yes;no no")
    f = add(f, "options", options)
    f = add(f, "option_rules", table("item when require message", "CHAIR SIZE=small ARMS!=yes small-without-arms"))
    wanted = table("order line item qty due options", "SO-8 1 CHAIR 2 2026-06-03 SIZE=small;ARMS=yes")
    return choose(add(f, "orders", wanted), "SO-1", "SIZE=small")


def alternate_group(f: FactoryFolder) -> FactoryFolder:
    """Seats are of wood or of plywood, of which some are in stock."""
    f = change(f, "bom", {"parent": "SEAT", "component": "WOOD"}, alternate_group="BOARD", rank="1")
    f = add(f, "items", table("item supply lead_time_days", "PLY buy 2"))
    f = add(f, "bom", table("parent component qty_per step alternate_group rank", "SEAT PLY 1 10 BOARD 2"))
    return add(f, "stock", table("item qty", "PLY 11"))


def substitute(f: FactoryFolder) -> FactoryFolder:
    """Where wood is short, one and a half times as much beech will do."""
    f = add(f, "items", table("item supply lead_time_days", "BEECH buy 4"))
    f = add(f, "substitutes", table("item substitute factor", "WOOD BEECH 1.5"))
    return add(f, "stock", table("item qty", "BEECH 24"))


def by_product(f: FactoryFolder) -> FactoryFolder:
    """Wedges for the bench are cut from what is left of the seats; bought ones take a week."""
    f = add(f, "items", table("item supply lead_time_days", "WEDGE buy 7"))
    f = change(f, "bom", {"parent": "SEAT"}, kind="component")
    rows = ("SEAT WEDGE 1 10 byproduct", "CHAIR WEDGE 1 30 component")
    return add(f, "bom", table("parent component qty_per step kind", *rows))


def co_product(f: FactoryFolder) -> FactoryFolder:
    """Lids are only ever made together with seats, two and two."""
    f = add(f, "items", table("item supply lead_time_days", "LID make 0"))
    f = change(f, "bom", {"parent": "SEAT"}, kind="component")
    f = add(f, "bom", table("parent component qty_per step kind", "SEAT LID 2 10 coproduct"))
    return add(f, "orders", table("order line item qty due", "SO-9 1 LID 70 2026-06-04"))


def hard_pegging(f: FactoryFolder) -> FactoryFolder:
    """Seats come in tens, and what an order does not need of its own stays."""
    return item(f, "SEAT", pegging="hard", multiple="10")


def perishable(f: FactoryFolder) -> FactoryFolder:
    """Wood, of which sixty pieces are the least order, is cut on the day of its arrival."""
    return item(f, "WOOD", shelf_life_days="0.5", min_qty="60")


def two_suppliers(f: FactoryFolder) -> FactoryFolder:
    """The one that is preferred takes too long."""
    rows = ("WOOD FAR 4 1", "WOOD NEAR 2 2")
    return add(f, "item_suppliers", table("item supplier lead_time_days rank", *rows))


def supplier_week(f: FactoryFolder) -> FactoryFolder:
    """The sawmill delivers forty pieces of wood in a week."""
    f = add(f, "suppliers", table("supplier weekly_qty", "MILL 40"))
    return add(f, "item_suppliers", table("item supplier lead_time_days rank", "WOOD MILL 1 1"))


def buffered_made(f: FactoryFolder) -> FactoryFolder:
    """Seats are kept in stock and replenished."""
    f = item(f, "SEAT", policy="buffer")
    f = add(f, "stock", table("item qty", "SEAT 9"))
    f = add(f, "buffers", table("item profile adu moq", "SEAT SHORT 5 12"))
    return add(f, "buffer_profiles", table("profile lead_time_factor variability_factor", "SHORT 0.5 0.5"))


def buffered_bought(f: FactoryFolder) -> FactoryFolder:
    """Little wood is kept in stock, and replenished when it is used and not when it is known to be."""
    f = item(f, "WOOD", policy="buffer")
    f = add(f, "stock", table("item qty", "WOOD 30"))
    f = add(f, "buffers", table("item profile adu moq spike_threshold", "WOOD SHORT 1 5 1000"))
    return add(f, "buffer_profiles", table("profile lead_time_factor variability_factor", "SHORT 0.5 0.5"))


def stocked(f: FactoryFolder) -> FactoryFolder:
    """Of seats there are always four more than are sold and expected to be."""
    f = item(f, "SEAT", policy="stock", safety_stock="4")
    return add(f, "forecast", table("item date qty", "SEAT 2026-06-01 15", "SEAT 2026-06-08 0"))


def late_supplier(f: FactoryFolder) -> FactoryFolder:
    """What the joiner has delivered came a day late, eight times of nine."""
    f = replace(f, policy={**f.policy, "supplier_service": "80"})
    f = add(f, "item_suppliers", table("item supplier lead_time_days rank", "WOOD JOINER 1 1"))
    rows = (f"OLD-{i} WOOD 10 2026-05-1{i} JOINER received 10 2026-05-1{i + (i > 1)}" for i in range(1, 9))
    return add(f, "purchase_orders", table("po item qty due supplier status received_qty received", *rows))


def reserved(f: FactoryFolder) -> FactoryFolder:
    """The wood that is there is kept for SO-3."""
    return add(f, "stock", table("item qty reserved_for", "WOOD 10 SO-3"))


SUPPLY_FEATURES: dict[Feature, tuple[str, ...]] = {
    configured: ("routing.condition",),
    formula: ("orders.options",),
    rule: ("option_rules",),
    alternate_group: ("bom.alternate_group",),
    substitute: ("substitutes",),
    by_product: ("bom.kind",),
    co_product: ("bom.kind",),
    hard_pegging: ("items.pegging",),
    perishable: ("items.shelf_life_days",),
    two_suppliers: ("item_suppliers",),
    supplier_week: ("suppliers.weekly_qty",),
    buffered_made: ("items.policy",),
    buffered_bought: ("items.policy",),
    stocked: ("items.policy",),
    late_supplier: ("purchase_orders",),
    reserved: ("stock.reserved_for",),
}
"""Each feature with the columns, or whole files, that it is made of."""

LEFT_OUT: dict[Feature, set[str]] = {rule: {"SO-8"}}
"""Order lines that a feature forbids."""
