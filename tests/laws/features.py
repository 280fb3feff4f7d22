"""Features of a factory as small changes of one plain shop, each so that it bites: alone and with any other.

The shop makes chairs and their seats: `base()` has four order lines and seven work orders on four machines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from tests.laws.folder import FactoryFolder, Row, table

Feature = Callable[[FactoryFolder], FactoryFolder]


def base() -> FactoryFolder:
    """Planned on Monday 06:00; everybody works from eight to four. Each chair takes a seat at step 20."""
    return FactoryFolder(
        name="chairs",
        settings={"now": "2026-06-01T06:00:00", "horizon_days": "60", "calendar": '"DAY"'},
        policy={},
        tables={
            "items": table("item supply lead_time_days", "CHAIR make 0", "SEAT make 0", "WOOD buy 1"),
            "bom": table("parent component qty_per step", "CHAIR SEAT 1 20", "SEAT WOOD 2 10"),
            "routing": table(
                "item step resource setup_min run_min",
                "CHAIR 10 SAWS 15 10",
                "CHAIR 20 OVEN 10 20",
                "CHAIR 30 BENCH 5 25",
                "SEAT 10 SAWS 20 10",
            ),
            "resources": table(
                "resource kind group calendar",
                *("SAW1 machine SAWS DAY", "SAW2 machine SAWS DAY", "OVEN machine - DAY", "BENCH machine - DAY"),
            ),
            "calendars": table("calendar weekday start end", "DAY mon-fri 08:00 16:00"),
            "orders": table(
                "order line item qty due",
                *("SO-1 1 CHAIR 8 2026-06-02", "SO-2 1 CHAIR 6 2026-06-02", "SO-3 1 CHAIR 5 2026-06-02"),
                "SO-4 1 SEAT 10 2026-06-03",
            ),
        },
    )


# --------------------------------------------------------------------------------------------------------------------
# Changing a factory


def change(factory: FactoryFolder, name: str, where: dict[str, str], **cells: str) -> FactoryFolder:
    """Cells of the rows that match, replaced."""
    rows = factory.tables.get(name, ())
    hit = [where.items() <= dict(row).items() for row in rows]
    assert any(hit), (name, where)
    return factory.with_rows(name, ({**row, **cells} if is_hit else row for row, is_hit in zip(rows, hit, strict=True)))


def add(factory: FactoryFolder, name: str, rows: Iterable[Row]) -> FactoryFolder:
    """More rows of a table; a row that is there already is not there twice."""
    old = factory.tables.get(name, ())
    return factory.with_rows(name, (*old, *(row for row in rows if row not in old)))


def step(factory: FactoryFolder, item: str, number: str, **cells: str) -> FactoryFolder:
    return change(factory, "routing", {"item": item, "step": number}, **cells)


def resource(factory: FactoryFolder, name: str, **cells: str) -> FactoryFolder:
    return change(factory, "resources", {"resource": name}, **cells)


# --------------------------------------------------------------------------------------------------------------------
# The features, in the order of the table of constraints, then of the older ones


def gap(f: FactoryFolder) -> FactoryFolder:
    """What the saw has cut is in the oven within twenty minutes."""
    return step(f, "CHAIR", "10", max_wait_min="20")


def no_wait(f: FactoryFolder) -> FactoryFolder:
    """From the oven to the bench without a minute in between."""
    return step(f, "CHAIR", "20", max_wait_min="0")


def shelf_life(f: FactoryFolder) -> FactoryFolder:
    """A seat keeps for an hour."""
    return change(f, "items", {"item": "SEAT"}, shelf_life_days="0.041666666667")


def stretch(f: FactoryFolder) -> FactoryFolder:
    """No night between the beginning and the end of what the bench does."""
    return step(f, "CHAIR", "30", max_stretch_min="240")


def oven(f: FactoryFolder) -> FactoryFolder:
    """Fourteen chairs bake together."""
    return step(f, "CHAIR", "20", batch_key="HOT", batch_qty="14")


def least_load(f: FactoryFolder) -> FactoryFolder:
    """Chairs bake together as far as they fit; a load below twelve waits for more, two hours at most."""
    return step(f, "CHAIR", "20", batch_key="HOT", batch_qty="14", batch_min_qty="12", batch_wait_min="120")


def blocking(f: FactoryFolder) -> FactoryFolder:
    """A chair stays in its saw until the oven takes it."""
    return step(f, "CHAIR", "10", blocking="yes")


def storage(f: FactoryFolder) -> FactoryFolder:
    """There is room for eight chairs between saw and oven."""
    f = add(f, "resources", table("resource kind capacity", "RACK space 8"))
    return step(f, "CHAIR", "10", storage="RACK")


def skill_level(f: FactoryFolder) -> FactoryFolder:
    """Only BO bakes well enough, and he comes at noon."""
    f = add(f, "calendars", table("calendar weekday start end", "NOON mon-fri 12:00 16:00"))
    f = add(f, "resources", table("resource kind calendar", "ANN labour DAY", "BO labour NOON"))
    f = add(f, "skills", table("resource skill level", "ANN BAKING 1", "BO BAKING 2"))
    return add(f, "routing_needs", table("item step resource min_level", "CHAIR 20 BAKING 2"))


def travel(f: FactoryFolder) -> FactoryFolder:
    """One jig for saws and bench, an hour and a half away from each other."""
    f = add(f, "resources", table("resource kind travel_min", "JIG tool 90"))
    return add(f, "routing_needs", table("item step resource", "SEAT 10 JIG", "CHAIR 30 JIG"))


def maintenance_cycles(f: FactoryFolder) -> FactoryFolder:
    """Each saw is sharpened for an hour and a half after two lots, one of which has passed."""
    for name in ("SAW1", "SAW2"):
        f = resource(f, name, maintenance_cycles="2", used_cycles="1", maintenance_min="90")
    return f


def maintenance_hours(f: FactoryFolder) -> FactoryFolder:
    """The oven is cleaned for two hours before it has worked for more than three."""
    return resource(f, "OVEN", maintenance_hours="3", used_hours="1", maintenance_min="120")


def weekly_quantity(f: FactoryFolder) -> FactoryFolder:
    """A painter, closed on Wednesdays, takes ten chairs a week for a day each."""
    f = add(f, "calendars", table("calendar weekday start end", "OPEN thu-tue 08:00 16:00"))
    f = add(f, "suppliers", table("supplier calendar weekly_qty", "PAINTER OPEN 10"))
    painted = {"item": "CHAIR", "step": "25", "resource": "PAINTER", "supplier": "PAINTER", "lead_time_days": "1"}
    return add(f, "routing", [painted])


def split(f: FactoryFolder) -> FactoryFolder:
    """A lot of chairs is cut on both saws, but no less than three pieces on either."""
    return step(f, "CHAIR", "10", max_split="2", split_min_qty="3")


def routes(f: FactoryFolder) -> FactoryFolder:
    """Small lots are sanded on the bench, lots of seven or more are not."""
    f = add(f, "routes", table("item route rank min_qty", "CHAIR ROUGH 1 7", "CHAIR FINE 2 -"))
    sanding = {"item": "CHAIR", "step": "40", "resource": "BENCH", "run_min": "10", "route": "FINE"}
    return add(f, "routing", [sanding])


def half_a_person(f: FactoryFolder) -> FactoryFolder:
    """ANN minds two machines at once, not three."""
    f = add(f, "resources", table("resource kind calendar", "ANN labour DAY"))
    needs = ("CHAIR 10 ANN 0.5", "CHAIR 20 ANN 0.5", "SEAT 10 ANN 0.5")
    return add(f, "routing_needs", table("item step resource qty", *needs))


def capacity(f: FactoryFolder) -> FactoryFolder:
    """The oven bakes two lots side by side."""
    return resource(f, "OVEN", capacity="2")


def alternates(f: FactoryFolder) -> FactoryFolder:
    """A second bench takes half as long again, with a setup of its own."""
    f = add(f, "resources", table("resource kind calendar", "BENCH2 machine DAY"))
    rows = table("item step resource run_factor setup_min", "CHAIR 30 BENCH2 1.5 2", "CHAIR 20 BENCH2 0.75 30")
    return add(f, "routing_alternates", rows)


def transfer(f: FactoryFolder) -> FactoryFolder:
    """Chairs go from the saw to the oven two by two."""
    return step(f, "CHAIR", "10", transfer_qty="2")


def changeovers(f: FactoryFolder) -> FactoryFolder:
    """From chairs to seats takes an hour; by way of something else it would take twenty minutes."""
    f = step(f, "CHAIR", "10", family="LONG")
    f = step(f, "CHAIR", "20", family="LONG")
    f = step(f, "SEAT", "10", family="FLAT")
    for name in ("SAW1", "SAW2", "OVEN"):
        f = resource(f, name, changeover="SET", initial_family="FLAT")
    rows = ("SET LONG FLAT 60", "SET FLAT LONG 45", "SET LONG ROUND 10", "SET ROUND FLAT 10", "SET LONG LONG 5")
    return add(f, "changeovers", table("changeover from to minutes", *rows))


def no_pause(f: FactoryFolder) -> FactoryFolder:
    """A baking is not interrupted, and a meeting closes the oven every morning."""
    f = add(f, "calendar_exceptions", table("calendar start end open", *MEETINGS))
    return step(f, "CHAIR", "20", pause="no")


MEETINGS = tuple(f"OVEN 2026-06-0{day}T11:00 2026-06-0{day}T12:00 no" for day in (1, 2, 3, 4, 5))


def network(f: FactoryFolder) -> FactoryFolder:
    """Legs are turned beside the baking; the bench waits for both."""
    turned = {"item": "CHAIR", "step": "15", "resource": "SAWS", "run_min": "12", "after": "10"}
    f = step(add(f, "routing", [turned]), "CHAIR", "20", after="10")
    return step(f, "CHAIR", "30", after="15;20")


def locked(f: FactoryFolder) -> FactoryFolder:
    """A work order of chairs is pinned to the second saw on Tuesday at ten."""
    f = add(f, "work_orders", table("wo item qty status order", "WO-1 CHAIR 8 firm SO-1"))
    row = {"wo": "WO-1", "step": "10", "resource": "SAW2", "status": "waiting", "locked": "yes"}
    return add(f, "work_order_steps", [row | {"start": "2026-06-02T10:00"}])


def begun(f: FactoryFolder) -> FactoryFolder:
    """Six chairs are in the oven, with fifty minutes to go."""
    f = add(f, "work_orders", table("wo item qty status order", "WO-2 CHAIR 6 started SO-2"))
    done = {"wo": "WO-2", "step": "10", "status": "done", "finished": "2026-05-29T15:00", "good_qty": "6"}
    row = {"wo": "WO-2", "step": "20", "resource": "OVEN", "status": "started", "started": "2026-05-29T15:10"}
    return add(f, "work_order_steps", [done, row | {"remaining_min": "50"}])


def yields(f: FactoryFolder) -> FactoryFolder:
    """One chair of ten breaks in the oven, and one seat of twenty in the saw."""
    return step(step(f, "CHAIR", "20", **{"yield": "0.9"}), "SEAT", "10", **{"yield": "0.95"})


def waits(f: FactoryFolder) -> FactoryFolder:
    """After the saw the glue dries for ten minutes; to the bench it is a quarter of an hour and a queue of as much."""
    f = step(f, "CHAIR", "10", wait_min="10")
    return step(step(f, "CHAIR", "20", move_min="15"), "CHAIR", "30", queue_min="15")


def downtime(f: FactoryFolder) -> FactoryFolder:
    """The oven is repaired on Tuesday from nine to two."""
    return add(f, "downtime", table("resource start end", "OVEN 2026-06-02T09:00 2026-06-02T14:00"))


FEATURES: dict[Feature, tuple[str, ...]] = {
    gap: ("routing.max_wait_min",),
    no_wait: ("routing.max_wait_min",),
    shelf_life: ("items.shelf_life_days",),
    stretch: ("routing.max_stretch_min",),
    oven: ("routing.batch_key",),
    least_load: ("routing.batch_min_qty",),
    blocking: ("routing.blocking",),
    storage: ("routing.storage",),
    skill_level: ("routing_needs.min_level",),
    travel: ("resources.travel_min",),
    maintenance_cycles: ("resources.maintenance_cycles",),
    maintenance_hours: ("resources.maintenance_hours",),
    weekly_quantity: ("suppliers.weekly_qty",),
    split: ("routing.max_split",),
    routes: ("routes.min_qty",),
    half_a_person: ("routing_needs.qty",),
    capacity: ("resources.capacity",),
    alternates: ("routing_alternates",),
    transfer: ("routing.transfer_qty",),
    changeovers: ("changeovers",),
    no_pause: ("routing.pause",),
    network: ("routing.after",),
    locked: ("work_order_steps.locked",),
    begun: ("work_order_steps",),
    yields: ("routing.yield",),
    waits: ("routing.wait_min", "routing.move_min", "routing.queue_min"),
    downtime: ("downtime",),
}
"""Each feature with the columns, or whole files, that it is made of."""


def without(factory: FactoryFolder, parts: Iterable[str]) -> FactoryFolder:
    """The factory less some columns and files."""
    for part in parts:
        name, _, column = part.partition(".")
        rows = factory.tables[name] if column else ()
        factory = factory.with_rows(name, ({key: row[key] for key in row if key != column} for row in rows))
    return factory


def shop(*features: Feature) -> FactoryFolder:
    """The base with some features, one after the other."""
    factory = base()
    for feature in features:
        factory = feature(factory)
    return replace(factory, name=" and ".join(feature.__name__ for feature in features) or "base")
