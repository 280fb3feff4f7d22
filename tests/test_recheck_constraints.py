"""Each constraint of the shop as the re-checker reads it: a plan that just keeps it and one that breaks it by a minute.

The shop is open round the clock from Monday 2026-06-01 00:00 UTC; X is made in work orders W1, W2 and so on, of four
pieces each, one for each order line. A row of a plan is: work order, step, primary and further resources, setup_start,
start, end, and its quantity where the plan says one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.recheck import recheck
from tests.test_recheck import row, rules, write_factory, write_plan

QTY = 4
FACTORY = {
    "items.csv": "item,supply\nX,make\n",
    "resources.csv": "resource,kind,capacity\nA,machine,1\nB,machine,1\nC,machine,1\n",
    "factory.toml": "now = 2026-06-01T00:00:00\n",
}


@dataclass(frozen=True)
class Shop:
    """A factory by what it adds to the plain one, and plans by their rows."""

    claim: str
    files: dict[str, str]
    good: list[str]
    bad: list[str]
    rule: str  # the rules that the bad plan breaks
    extra: dict[str, str] = field(default_factory=dict)  # work order -> the item it makes, where it is not X


def stamp(text: str) -> str:
    """`2T08:00` or, on Monday, `08:00`."""
    day, _, clock = text.rpartition("T")
    return f"2026-06-{int(day or 1):02}T{clock}:00+00:00"


def minutes(start: str, end: str) -> int:
    (d1, h1, m1), (d2, h2, m2) = (
        map(int, re.split("[T:]", text if "T" in text else f"1T{text}")) for text in (start, end)
    )
    return (d2 - d1) * 1440 + (h2 - h1) * 60 + m2 - m1


def plan_tables(shop: Shop, rows: list[str]) -> dict[str, list[str]]:
    """The plan folder of a few operations: each work order of X serves an order line, one of Y serves W1."""
    tables: dict[str, list[str]] = {"operations.csv": [], "work_orders.csv": [], "orders.csv": [], "pegs.csv": []}
    spans: dict[str, list[str]] = {}
    for text in rows:
        wo, step, resource, also, setup, start, end, *qty = text.split()
        spans.setdefault(wo, []).extend((stamp(setup), stamp(end)))
        tables["operations.csv"].append(
            f"wo={wo} step={step} resource={resource} also={'' if also == '-' else also} setup_start={stamp(setup)} "
            f"start={stamp(start)} end={stamp(end)} setup_min={minutes(setup, start)} run_min={minutes(start, end)} "
            f"qty={qty[0] if qty else ''}"
        )
    for wo, times in spans.items():
        item, number, end = shop.extra.get(wo, "X"), wo[1:], max(times)
        tables["work_orders.csv"].append(
            f"wo={wo} item={item} qty={QTY} good_qty={QTY} start={min(times)} end={end} need=2026-06-20T00:00:00+00:00"
        )
        peg = f"supply_kind=wo supply={wo} item={item} qty={QTY} available={end}"
        if item == "Y":
            tables["pegs.csv"].append(f"{peg} demand_kind=wo demand=W1 step=10")
            continue
        tables["pegs.csv"].append(f"{peg} demand_kind=order demand={number}/1")
        late = (int(end[8:10]) - 20) * 1440 + int(end[11:13]) * 60 + int(end[14:16])
        tables["orders.csv"].append(
            f"order={number} line=1 item=X qty={QTY} due=2026-06-20T00:00:00+00:00 completion={end} status=on_time "
            f"lateness_min={late}"
        )
    return tables


def judged(folder: Path, shop: Shop, rows: list[str]) -> list[str]:
    tables = plan_tables(shop, rows)
    lines = [row(text)["order"] for text in tables["orders.csv"]]
    orders = "order,item,qty,due\n" + "".join(f"{order},X,{QTY},2026-06-20T00:00\n" for order in lines)
    write_factory(folder / "factory", {**FACTORY, "orders.csv": orders, **shop.files})
    write_plan(
        folder / "plan",
        tables,
        {"orders": len(lines), "lines_on_time": len(lines), "on_time_pct": 100, "max_lateness_days": 0},
    )
    return [v for v in recheck(folder / "factory", folder / "plan") if not v.startswith("kpis")]


TWO_STEPS = "item,step,resource,run_min"
SHOPS = (
    Shop(
        "after an hour on A, B begins its setup within half an hour",
        {"routing.csv": f"{TWO_STEPS},max_wait_min\nX,10,A,15,30\nX,20,B,15,\n"},
        ["W1 10 A - 00:00 00:00 01:00", "W1 20 B - 01:30 01:30 02:30"],
        ["W1 10 A - 00:00 00:00 01:00", "W1 20 B - 01:31 01:31 02:31"],
        "gap",
    ),
    Shop(
        "Y, which keeps a day, is used at the latest a day after its end",
        {
            "items.csv": "item,supply,shelf_life_days\nX,make,\nY,make,1\n",
            "bom.csv": "parent,component,qty_per\nX,Y,1\n",
            "routing.csv": "item,step,resource,run_min\nX,10,A,15\nY,10,B,15\n",
        },
        ["W2 10 B - 00:00 00:00 01:00", "W1 10 A - 2T01:00 2T01:00 2T02:00"],
        ["W2 10 B - 00:00 00:00 01:00", "W1 10 A - 2T01:01 2T01:01 2T02:01"],
        "shelf-life",
        {"W2": "Y"},
    ),
    Shop(
        "a run of at most an hour and a half from start to end, so not on B, which is half as fast",
        {
            "routing.csv": "item,step,resource,run_min,max_stretch_min\nX,10,A,15,90\n",
            "routing_alternates.csv": "item,step,resource,run_factor\nX,10,B,2\n",
        },
        ["W1 10 A - 00:00 00:00 01:00"],
        ["W1 10 B - 00:00 00:00 02:00"],
        "stretch",
    ),
    Shop(
        "an oven for 8 takes two lots of 4 that begin together",
        {"routing.csv": "item,step,resource,run_min,batch_key,batch_qty\nX,10,A,15,K,8\n"},
        ["W1 10 A - 00:00 00:00 01:00", "W2 10 A - 00:00 00:00 01:00"],
        ["W1 10 A - 00:00 00:00 01:00", "W2 10 A - 00:01 00:01 01:01"],
        "capacity",
    ),
    Shop(
        "an oven for 8 takes two lots of 4, not three",
        {"routing.csv": "item,step,resource,run_min,batch_key,batch_qty\nX,10,A,15,K,8\n"},
        ["W1 10 A - 00:00 00:00 01:00", "W2 10 A - 00:00 00:00 01:00", "W3 10 A - 01:00 01:00 02:00"],
        ["W1 10 A - 00:00 00:00 01:00", "W2 10 A - 00:00 00:00 01:00", "W3 10 A - 00:00 00:00 01:00"],
        "capacity",
    ),
    Shop(
        "two ovens for 7 take one lot of 4 each, not two",
        {
            "routing.csv": "item,step,resource,run_min,batch_key,batch_qty\nX,10,A,15,K,7\n",
            "resources.csv": "resource,kind,capacity\nA,machine,2\n",
        },
        ["W1 10 A - 00:00 00:00 01:00", "W2 10 A - 00:00 00:00 01:00", "W3 10 A - 01:00 01:00 02:00"],
        ["W1 10 A - 00:00 00:00 01:00", "W2 10 A - 00:00 00:00 01:00", "W3 10 A - 00:00 00:00 01:00"],
        "capacity",
    ),
    Shop(
        "a lot of 4 does not fit an oven for 3, not even alone",
        {"routing.csv": "item,step,resource,run_min,batch_key,batch_qty\nX,10,A,15,K,3\n"},
        [],
        ["W1 10 A - 00:00 00:00 01:00"],
        "oven",
    ),
    Shop(
        "A is blocked until B takes the lot over",
        {"routing.csv": f"{TWO_STEPS},blocking\nX,10,A,15,yes\nX,20,B,15,\n"},
        [
            *("W1 10 A - 00:00 00:00 01:00", "W1 20 B - 02:00 02:00 03:00"),
            *("W2 10 A - 02:00 02:00 03:00", "W2 20 B - 03:00 03:00 04:00"),
        ],
        [
            *("W1 10 A - 00:00 00:00 01:00", "W1 20 B - 02:00 02:00 03:00"),
            *("W2 10 A - 01:59 01:59 02:59", "W2 20 B - 03:00 03:00 04:00"),
        ],
        "capacity",
    ),
    Shop(
        "there is room for one lot between A and B",
        {
            "routing.csv": f"{TWO_STEPS},storage\nX,10,A,15,RACK\nX,20,B,15,\n",
            "resources.csv": "resource,kind,capacity\nA,machine,1\nB,machine,1\nRACK,space,7\n",
        },
        [
            *("W1 10 A - 00:00 00:00 01:00", "W1 20 B - 02:00 02:00 03:00"),
            *("W2 10 A - 01:00 01:00 02:00", "W2 20 B - 03:00 03:00 04:00"),
        ],
        [
            *("W1 10 A - 00:00 00:00 01:00", "W1 20 B - 02:01 02:01 03:01"),
            *("W2 10 A - 01:00 01:00 02:00", "W2 20 B - 03:01 03:01 04:01"),
        ],
        "capacity",
    ),
    Shop(
        "only BO is good enough at welding",
        {
            "routing.csv": "item,step,resource,run_min\nX,10,A,15\n",
            "routing_needs.csv": "item,step,resource,min_level\nX,10,WELD,2\n",
            "resources.csv": "resource,kind,capacity\nA,machine,1\nANN,labour,1\nBO,labour,1\n",
            "skills.csv": "resource,skill,level\nANN,WELD,1\nBO,WELD,2\n",
        },
        ["W1 10 A BO 00:00 00:00 01:00"],
        ["W1 10 A ANN 00:00 00:00 01:00"],
        "eligibility",
    ),
    Shop(
        "a blank level is none",
        {
            "routing.csv": "item,step,resource,run_min\nX,10,A,15\n",
            "routing_needs.csv": "item,step,resource,min_level\nX,10,WELD,1\n",
            "resources.csv": "resource,kind,capacity\nA,machine,1\nANN,labour,1\nBO,labour,1\n",
            "skills.csv": "resource,skill,level\nANN,WELD,\nBO,WELD,1\n",
        },
        ["W1 10 A BO 00:00 00:00 01:00"],
        ["W1 10 A ANN 00:00 00:00 01:00"],
        "eligibility",
    ),
    Shop(
        "a jig is half an hour on its way from A to B",
        {
            "routing.csv": "item,step,resource,run_min\nX,10,A,15\nX,20,B,15\n",
            "routing_needs.csv": "item,step,resource\nX,10,JIG\nX,20,JIG\n",
            "resources.csv": "resource,kind,travel_min\nA,machine,\nB,machine,\nJIG,tool,30\n",
        },
        [
            "W2 10 A JIG 00:00 00:00 01:00",
            "W1 10 A JIG 01:00 01:00 02:00",
            "W1 20 B JIG 02:30 02:30 03:30",
            "W2 20 B JIG 03:30 03:30 04:30",
        ],
        [
            "W2 10 A JIG 00:00 00:00 01:00",
            "W1 10 A JIG 01:00 01:00 02:00",
            "W1 20 B JIG 02:29 02:29 03:29",
            "W2 20 B JIG 03:30 03:30 04:30",
        ],
        "travel",
    ),
    Shop(
        "after two cycles A is maintained for half an hour, one has passed",
        {
            "routing.csv": "item,step,resource,run_min\nX,10,A,15\n",
            "resources.csv": "resource,kind,maintenance_cycles,used_cycles,maintenance_min\nA,machine,2,1,30\n",
        },
        [
            *("W1 10 A - 00:00 00:00 01:00", "W2 10 A - 01:30 01:30 02:30", "W3 10 A - 02:30 02:30 03:30"),
            "W4 10 A - 04:00 04:00 05:00",
        ],
        [
            *("W1 10 A - 00:00 00:00 01:00", "W2 10 A - 01:30 01:30 02:30", "W3 10 A - 02:30 02:30 03:30"),
            "W4 10 A - 03:59 03:59 04:59",
        ],
        "maintenance",
    ),
    Shop(
        "a jig is maintained before it has worked for more than 2.5 hours, setup included",
        {
            "routing.csv": "item,step,resource,setup_min,run_min\nX,10,A,30,15\n",
            "routing_needs.csv": "item,step,resource,phase\nX,10,JIG,run\n",
            "resources.csv": "resource,kind,maintenance_hours,maintenance_min\nA,machine,,\nJIG,tool,2.5,60\n",
        },
        ["W1 10 A JIG 00:00 00:30 01:30", "W2 10 A JIG 02:30 03:00 04:00"],
        ["W1 10 A JIG 00:00 00:30 01:30", "W2 10 A JIG 02:29 02:59 03:59"],
        "maintenance",
    ),
    Shop(
        "a load of an oven is one cycle",
        {
            "routing.csv": "item,step,resource,run_min,batch_key,batch_qty\nX,10,A,15,K,8\n",
            "resources.csv": "resource,kind,maintenance_cycles,maintenance_min\nA,machine,1,30\n",
        },
        ["W1 10 A - 00:00 00:00 01:00", "W2 10 A - 00:00 00:00 01:00", "W3 10 A - 01:30 01:30 02:30"],
        ["W1 10 A - 00:00 00:00 01:00", "W2 10 A - 00:00 00:00 01:00", "W3 10 A - 01:29 01:29 02:29"],
        "maintenance",
    ),
    Shop(
        "the painter takes 7 in a week, which begins on Monday",
        {
            "routing.csv": "item,step,resource,supplier,lead_time_days\nX,10,A,V,2\n",
            "suppliers.csv": "supplier,weekly_qty\nV,7\n",
        },
        ["W1 10 V - 00:00 00:00 3T00:00", "W2 10 V - 8T00:00 8T00:00 10T00:00"],
        ["W1 10 V - 00:00 00:00 3T00:00", "W2 10 V - 7T23:59 7T23:59 9T23:59"],
        "weekly-quantity",
    ),
    Shop(
        "a lot of 4 goes alone to a painter who takes 3 in a week",
        {
            "routing.csv": "item,step,resource,supplier,lead_time_days\nX,10,A,V,2\n",
            "suppliers.csv": "supplier,weekly_qty\nV,3\n",
        },
        ["W1 10 V - 00:00 00:00 3T00:00"],
        ["W1 10 V - 00:00 00:00 3T00:00", "W2 10 V - 00:00 00:00 3T00:00"],
        "weekly-quantity",
    ),
    Shop(
        "two days at a painter who is closed on Tuesdays",
        {
            "routing.csv": "item,step,resource,supplier,lead_time_days\nX,10,A,V,2\n",
            "suppliers.csv": "supplier,calendar\nV,W\n",
            "calendars.csv": "calendar,weekday,start,end\nW,wed-mon,09:00,16:00\n",
        },
        ["W1 10 V - 12:00 12:00 4T12:00"],
        ["W1 10 V - 12:00 12:00 3T12:00"],
        "subcontracting",
    ),
    Shop(
        "a lot of 4 is split in two of 2, each with its own setup",
        {
            "routing.csv": "item,step,resource,setup_min,run_min,max_split\nX,10,A,10,15,2\n",
            "routing_alternates.csv": "item,step,resource\nX,10,B\n",
        },
        ["W1 10 A - 00:00 00:10 00:40 2", "W1 10 B - 00:00 00:10 00:40 2"],
        ["W1 10 A - 00:00 00:10 00:25 1", "W1 10 B - 00:00 00:10 00:55 3"],
        "split",
    ),
    Shop(
        "a lot of 4 is not split in four where two is the most",
        {"routing.csv": "item,step,resource,run_min,max_split\nX,10,A,15,2\n"},
        ["W1 10 A - 00:00 00:00 00:30 2", "W1 10 A - 00:30 00:30 01:00 2"],
        [f"W1 10 A - 00:{a:02} 00:{a:02} {(a + 15) // 60:02}:{(a + 15) % 60:02} 1" for a in (0, 15, 30, 45)],
        "split",
    ),
    Shop(
        "the parts of a split lot add up",
        {"routing.csv": "item,step,resource,run_min,max_split\nX,10,A,15,2\n"},
        ["W1 10 A - 00:00 00:00 00:30 2", "W1 10 A - 00:30 00:30 01:00 2"],
        ["W1 10 A - 00:00 00:00 00:15 1", "W1 10 A - 00:30 00:30 00:45 1"],
        "split",
    ),
    Shop(
        "what follows a split step waits for all of it",
        {
            "routing.csv": "item,step,resource,run_min,max_split\nX,10,A,15,2\nX,20,C,15,\n",
            "routing_alternates.csv": "item,step,resource\nX,10,B\n",
        },
        ["W1 10 A - 00:00 00:00 00:30 2", "W1 10 B - 01:00 01:00 01:30 2", "W1 20 C - 01:30 01:30 02:30"],
        ["W1 10 A - 00:00 00:00 00:30 2", "W1 10 B - 01:00 01:00 01:30 2", "W1 20 C - 01:28 01:28 02:28"],
        "precedence",
    ),
    Shop(
        "lots below 5 take the slow route, though its rank is higher",
        {
            "routing.csv": "item,step,resource,run_min,route\nX,10,A,15,FAST\nX,20,B,30,SLOW\nX,30,C,15,\n",
            "routes.csv": "item,route,rank,min_qty\nX,FAST,1,5\nX,SLOW,2,\n",
        },
        ["W1 20 B - 00:00 00:00 02:00", "W1 30 C - 02:00 02:00 03:00"],
        ["W1 10 A - 00:00 00:00 01:00", "W1 30 C - 01:00 01:00 02:00"],
        "routes",
    ),
    Shop(
        "a route that ended before the need is not taken, and nothing of two routes is",
        {
            "routing.csv": "item,step,resource,run_min,route\nX,10,A,15,OLD\nX,20,B,30,NEW\nX,30,C,15,\n",
            "routes.csv": "item,route,rank,valid_to\nX,OLD,1,2026-06-19\nX,NEW,2,\n",
        },
        ["W1 20 B - 00:00 00:00 02:00", "W1 30 C - 02:00 02:00 03:00"],
        ["W1 10 A - 00:00 00:00 01:00", "W1 20 B - 01:00 01:00 03:00", "W1 30 C - 03:00 03:00 04:00"],
        "steps work-orders",
    ),
)


@pytest.mark.parametrize("shop", [shop for shop in SHOPS if shop.good], ids=lambda shop: shop.claim)
def test_a_plan_that_just_keeps_a_constraint_is_accepted(tmp_path: Path, shop: Shop) -> None:
    assert judged(tmp_path, shop, shop.good) == []


@pytest.mark.parametrize("shop", [shop for shop in SHOPS if shop.bad], ids=lambda shop: shop.claim)
def test_a_plan_that_breaks_it_by_a_little_is_refused(tmp_path: Path, shop: Shop) -> None:
    assert rules(judged(tmp_path, shop, shop.bad)) == set(shop.rule.split())
