"""Laws of supply for whole factories: orders that come and go, other units, and what more stock does to a buffer."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.laws.conftest import CaseOf
from tests.laws.features import shop
from tests.laws.folder import FactoryFolder, Row, table
from tests.laws.planning import Case, plan
from tests.laws.random_factory import random_factory
from tests.laws.supply_features import buffered_bought, buffered_made

SEEDS = range(40)
BUFFERED = [seed for seed in range(120) if random_factory(seed).tables.get("buffers")][:15]
DOZEN = 12


def contents(case: Case, *left_out: str) -> dict[str, bytes]:
    """The bytes of a plan folder, without the certificate, which bears the factory's fingerprint."""
    return {
        p.name: p.read_bytes() for p in sorted(case.plan.iterdir()) if p.name not in {"certificate.json", *left_out}
    }


# --------------------------------------------------------------------------------------------------------------------
# P9: an order that comes and goes


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_an_order_inserted_and_taken_out_again_leaves_no_trace(case_of: CaseOf, tmp_path: Path, seed: int):
    """P9: with a large and urgent order the plan is another; without it, it is to the byte what it was."""
    factory = random_factory(seed)
    orders = factory.tables["orders"]
    urgent = {**orders[0], "order": "SO-99", "qty": "77", "priority": "0", "status": "open"}
    plan(factory.with_rows("orders", [*orders, urgent]), tmp_path / "with")
    assert contents(plan(factory, tmp_path / "without")) == contents(case_of(seed))


@pytest.mark.parametrize("status", ["quote", "cancelled", "closed"])
def test_an_order_that_is_not_open_changes_nothing(case_of: CaseOf, tmp_path: Path, status: str):
    """P9: a cancelled order plans as one that was never there, but for what a message may say of it. (One on hold may
    keep what is bought for it from being cancelled.)"""
    for seed in SEEDS[:10]:
        orders = random_factory(seed).tables["orders"]
        idle = {**orders[0], "order": "SO-99", "qty": "77", "priority": "0", "status": status}
        case = plan(random_factory(seed).with_rows("orders", [*orders, idle]), tmp_path / str(seed))
        assert contents(case, "messages.csv") == contents(case_of(seed), "messages.csv"), seed


# --------------------------------------------------------------------------------------------------------------------
# P11: other units


def in_small_units(factory: FactoryFolder) -> FactoryFolder:
    """Every bought item with decimals counted in its smallest piece: kilograms with two decimals in tens of grams."""
    scale = {
        row["item"]: 10 ** int(row["decimals"])
        for row in factory.tables["items"]
        if row.get("supply") == "buy" and row.get("decimals")
    }

    def scaled(name: str, key: str, columns: Iterable[str], row: Row) -> Row:
        factor = scale.get(row.get(key, ""), 1)
        return row if factor == 1 else {**row, **{c: times(row[c], factor) for c in columns if row.get(c)}}

    quantities = {
        "items": ("item", ("min_qty", "multiple", "max_qty", "safety_stock")),
        "bom": ("component", ("qty_per", "fixed_qty")),
        "item_suppliers": ("item", ("min_qty", "multiple")),
        "orders": ("item", ("qty", "shipped_qty")),
        "stock": ("item", ("qty",)),
        "purchase_orders": ("item", ("qty", "received_qty")),
        "forecast": ("item", ("qty",)),
    }
    for name, (key, columns) in quantities.items():
        rows = factory.tables.get(name, ())
        factory = factory.with_rows(name, [scaled(name, key, columns, row) for row in rows])
    items = [{**row, "decimals": ""} if row["item"] in scale else row for row in factory.tables["items"]]
    return factory.with_rows("items", items)


def times(text: str, factor: int) -> str:
    try:
        return f"{float(text) * factor:g}"
    except ValueError:
        return f"{factor}*({text})"


UNSCALABLE = frozenset({"buffers", "supplier_weeks", "substitutes", "alternate_groups", "supplier_service"})


def dates(case: Case) -> list[tuple[str, ...]]:
    """When and where everything is done, and when every line is complete."""
    places = ("wo", "step", "resource", "also", "setup_start", "start", "end")
    lines = ("order", "line", "completion", "status")
    rows = [tuple(row[c] for c in places) for row in case.rows("operations")]
    return rows + [tuple(row[c] for c in lines) for row in case.rows("orders")]


@pytest.mark.parametrize("seed", [s for s in SEEDS if "decimals" in random_factory(s).features])
def test_grams_instead_of_kilograms_leave_every_date(tmp_path: Path, seed: int):
    """P11. Sums over items of several units, such as a supplier's week, are left out: they do mean something else."""
    features = random_factory(seed).features - UNSCALABLE
    factory = random_factory(seed, features)
    one, other = plan(factory, tmp_path / "one"), plan(in_small_units(factory), tmp_path / "other")
    assert dates(one) == dates(other)


def in_boxes(factory: FactoryFolder) -> FactoryFolder:
    """What suppliers sell in multiples, sold in whole boxes of as many pieces; least orders stay in pieces."""
    rows = []
    for row in factory.tables.get("item_suppliers", ()):
        is_boxed = float(row.get("multiple") or 0) > 1
        boxed = {**row, "uom": "BOX", "uom_factor": row.get("multiple", ""), "multiple": "1"}
        rows.append(boxed if is_boxed else row)
    return factory.with_rows("item_suppliers", rows)


def without_prices(factory: FactoryFolder) -> FactoryFolder:
    rows = factory.tables.get("item_suppliers", ())
    return factory.with_rows("item_suppliers", [{k: v for k, v in row.items() if k != "price"} for row in rows])


def test_suppliers_that_count_in_boxes_deliver_the_same(tmp_path: Path):
    """P11 for purchases: a multiple of 4 pieces is a box of 4."""
    seen = 0
    for seed in SEEDS:
        factory = without_prices(random_factory(seed))
        boxed = in_boxes(factory)
        if boxed == factory:
            continue
        one, other = plan(factory, tmp_path / f"{seed}-one"), plan(boxed, tmp_path / f"{seed}-other")
        assert one.rows("purchases") == other.rows("purchases"), seed
        assert dates(one) == dates(other), seed
        seen += 1
    assert seen > 5


# --------------------------------------------------------------------------------------------------------------------
# P12: net flow


def buffers(case: Case) -> dict[str, dict[str, str]]:
    return {row["item"]: row for row in case.rows("buffers")}


def more_stock(factory: FactoryFolder, item: str, qty: int) -> FactoryFolder:
    lot = {"item": item, "qty": str(qty), "lot": "MORE"}
    return factory.with_rows("stock", [*factory.tables.get("stock", ()), lot])


@pytest.mark.parametrize(("feature", "item"), [(buffered_bought, "WOOD"), (buffered_made, "SEAT")])
def test_more_stock_raises_the_net_flow_by_as_much(tmp_path: Path, feature, item: str):
    """P12: seven more in stock are seven more of net flow, and so are seven on order."""
    factory = shop(feature)
    before = buffers(plan(factory, tmp_path / "before"))[item]
    after = buffers(plan(more_stock(factory, item, 7), tmp_path / "after"))[item]
    assert float(after["on_hand"]) == float(before["on_hand"]) + 7
    assert float(after["net_flow"]) == float(before["net_flow"]) + 7
    po = table("po item qty due", f"PO-1 {item} 7 2026-06-04")
    ordered = buffers(plan(factory.with_rows("purchase_orders", po), tmp_path / "ordered"))[item]
    assert float(ordered["on_order"]) == float(before["on_order"]) + 7
    assert float(ordered["net_flow"]) == float(before["net_flow"]) + 7


@pytest.mark.parametrize("seed", BUFFERED)
def test_what_is_ordered_fills_a_buffer_to_the_top_of_green(case_of: CaseOf, seed: int):
    """P12: net flow and order together reach the top of green wherever net flow is at or below the top of yellow, and
    nothing is ordered above it."""
    for item, row in buffers(case_of(seed)).items():
        flow, ordered = float(row["net_flow"]), float(row["order_qty"])
        if flow <= float(row["toy"]) and flow < float(row["tog"]):
            assert flow + ordered >= float(row["tog"]) - 1e-6, (seed, item)
        else:
            assert ordered == 0, (seed, item)


def test_random_factories_have_buffers_that_order_and_others_that_do_not(case_of: CaseOf):
    """Otherwise the law above would say nothing."""
    rows = list(itertools.chain.from_iterable(buffers(case_of(seed)).values() for seed in BUFFERED))
    assert {float(row["order_qty"]) > 0 for row in rows} == {True, False}


@pytest.mark.parametrize("seed", BUFFERED[:8])
def test_a_buffer_takes_more_stock_as_it_comes(tmp_path: Path, seed: int):
    """P12 in random factories with one small order: seven more on hand, and as much more net flow less what now draws
    on it, since it was left out without."""
    factory = random_factory(seed)
    orders = [{**row, "status": "closed"} for row in factory.tables["orders"]]
    quiet = {"order": "SO-98", "item": factory.tables["items"][0]["item"], "qty": "1", "due": orders[0]["due"]}
    factory = replace(factory.with_rows("orders", [*orders, quiet]), name=f"quiet {seed}")
    before = buffers(plan(factory, tmp_path / "before"))
    for item, row in before.items():
        after = buffers(plan(more_stock(factory, item, 7), tmp_path / item))[item]
        drawn = float(after["qualified_demand"]) - float(row["qualified_demand"])
        assert drawn >= 0, item
        assert float(after["on_hand"]) == pytest.approx(float(row["on_hand"]) + 7), item
        assert float(after["net_flow"]) == pytest.approx(float(row["net_flow"]) + 7 - drawn), item
