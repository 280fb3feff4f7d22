"""Hard pegs, several suppliers and changes to open purchase orders: a good plan, and what breaks each rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plans import Case, Plant, edit, faults, line, names, peg, plant
from tests.test_recheck import Break, add, both, drop, rules, swap

# Buying: R is pegged hard, Q keeps two days
#
#   P-1  20 R from S1, a day     there on the 2nd, with PO-1 (10) the 30 that S1 delivers in a week
#   P-2  20 R from S2, 3 days    there on the 4th, for B alone
#   P-3  10 Q, 2 days            there on the 3rd

BUYING = {
    "items.csv": "item,supply,pegging,shelf_life_days,lead_time_days\nX,make,,,\nR,buy,hard,,\nQ,buy,,2,2\n",
    "bom.csv": "parent,component,qty_per\nX,R,5\nX,Q,1\n",
    "routing.csv": "item,step,resource,run_min\nX,10,M,15\n",
    "resources.csv": "resource\nM\n",
    "suppliers.csv": "supplier,weekly_qty\nS1,30\nS2,\n",
    "item_suppliers.csv": "item,supplier,lead_time_days,min_qty,multiple,rank\nR,S1,1,10,5,1\nR,S2,3,20,10,2\n",
    "purchase_orders.csv": "po,item,qty,due,supplier,status,received_qty,received,reserved_for\n"
    "PO-1,R,10,2026-06-03,S1,,,,\nPO-2,Q,50,2026-05-20,,,,,\n",
    "orders.csv": "order,item,qty,due\nA,X,4,2026-06-05T00:00\nB,X,4,2026-06-05T00:00\n",
}
BUYING_PLAN = {
    "orders.csv": [line("A X 4 due 5T00:00 done 3T01:00"), line("B X 4 due 5T00:00 done 4T01:00")],
    "work_orders.csv": [
        "wo=WO-A item=X qty=4 good_qty=4 start=3T00:00 end=3T01:00",
        "wo=WO-B item=X qty=4 good_qty=4 start=4T00:00 end=4T01:00",
    ],
    "operations.csv": [
        "wo=WO-A step=10 resource=M setup_start=3T00:00 start=3T00:00 end=3T01:00 setup_min=0 run_min=60",
        "wo=WO-B step=10 resource=M setup_start=4T00:00 start=4T00:00 end=4T01:00 setup_min=0 run_min=60",
    ],
    "purchases.csv": [
        "action=order po=P-1 item=R supplier=S1 qty=20 order_by=1T00:00 due=2T00:00 feasible=yes",
        "action=order po=P-2 item=R supplier=S2 qty=20 order_by=1T00:00 due=4T00:00 feasible=yes",
        "action=order po=P-3 item=Q supplier= qty=10 order_by=1T00:00 due=3T00:00 feasible=yes",
        "action=cancel po=PO-1 item=R supplier=S1 qty=10 due=3T00:00 feasible=yes",
    ],
    "pegs.csv": [
        peg(text)
        for text in (
            *("purchase P-1 -> wo WO-A 10: R 20 at 2T00:00 hard", "purchase P-2 -> wo WO-B 10: R 20 at 4T00:00 hard"),
            *("purchase P-3 -> wo WO-A 10: Q 4 at 3T00:00", "purchase P-3 -> wo WO-B 10: Q 4 at 3T00:00"),
            *("wo WO-A -> order A: X 4 at 3T01:00", "wo WO-B -> order B: X 4 at 4T01:00"),
        )
    ],
}
POLICY = swap("factory", "factory.toml", "now", "policy.supplier_service = 80\nnow")


def receipts(*days: int, item: str = "R") -> Break:
    """Purchase orders of S1 that came so many days after the 10th of May, when they were due."""
    rows = "".join(
        f"OLD-{item}-{i},{item},10,2026-05-10,S1,received,10,2026-05-{10 + late:02},\n" for i, late in enumerate(days)
    )
    return swap("factory", "purchase_orders.csv", "PO-1,R", rows + "PO-1,R")


BUYING_BREAKS: list[Case] = [
    ("bindings", "a hard peg is called soft", edit("pegs.csv", "supply=P-1", "kind=soft")),
    ("bindings", "a soft peg is called hard", edit("pegs.csv", "supply=P-3", "kind=hard")),
    (
        "bindings",
        "what is bought for A serves B",
        both(edit("purchases.csv", "po=P-1", "qty=40"), edit("pegs.csv", "supply=P-2", "supply=P-1")),
    ),
    (
        "bindings",
        "a purchase order kept for A serves B",
        both(
            swap("factory", "purchase_orders.csv", "S1,,,,\n", "S1,,,,A\n"),
            edit("pegs.csv", "supply=P-2", "supply_kind=po supply=PO-1"),
        ),
    ),
    (
        "bindings",
        "a work order that names A serves B, and X is pegged hard",
        both(
            swap("factory", "items.csv", "X,make,,", "X,make,hard,"),
            add("work_orders.csv", "wo,item,qty,status,order\nWO-B,X,4,firm,A\n"),
            edit("pegs.csv", "item=X", "kind=hard"),
        ),
    ),
    ("purchases", "nobody's supplier", edit("purchases.csv", "po=P-1", "supplier=S3")),
    ("purchases", "the other supplier's minimum", edit("purchases.csv", "po=P-2", "qty=10")),
    ("purchases", "the other supplier's multiple", edit("purchases.csv", "po=P-2", "qty=25")),
    ("purchases", "the other supplier's lead time", edit("purchases.csv", "po=P-2", "due=2T00:00")),
    ("purchases", "later than its supplier is by rule", both(POLICY, receipts(0, 0, 0, 1, 1, 1, 2, 2, 2, 3))),
    (
        "purchases",
        "later than its supplier is with another item",
        both(POLICY, receipts(2, 2, item="Q"), receipts(*[0] * 7)),
    ),
    ("weekly-quantity", "more than S1 delivers in a week", swap("factory", "suppliers.csv", "S1,30", "S1,29")),
    ("pegs", "a purchase order that is past due", edit("pegs.csv", "supply=P-3", "supply_kind=po supply=PO-2")),
    (
        "material",
        "Q is not there without it",
        both(drop("purchases.csv", po="P-3"), edit("pegs.csv", "supply=P-3", "supply_kind=po supply=PO-2")),
    ),
    ("shelf-life", "Q is used after its life", swap("factory", "items.csv", "Q,buy,,2", "Q,buy,,0.9")),
    ("changes", "a change to no purchase order", edit("purchases.csv", "po=PO-1", "po=PO-9")),
    ("changes", "more is cancelled than is open", edit("purchases.csv", "po=PO-1", "qty=11")),
    ("changes", "expedited to a later day", edit("purchases.csv", "po=PO-1", "action=expedite due=9T00:00")),
    ("changes", "deferred to an earlier day", edit("purchases.csv", "po=PO-1", "action=defer due=2T00:00")),
    ("pegs", "what is cancelled is used", edit("pegs.csv", "supply=P-2", "supply_kind=po supply=PO-1")),
]
BUYING_ACCEPTED: list[tuple[str, Break]] = [
    (
        "a lot that is larger than the week's quantity, alone in its week",
        both(
            swap("factory", "suppliers.csv", "S1,30", "S1,15"),
            swap("factory", "purchase_orders.csv", "2026-06-03,S1", "2026-06-08,S1"),
        ),
    ),
    ("late by 0 days in eight receipts of ten", both(POLICY, receipts(*[0] * 8, 3, 3))),
    (
        "eight receipts of R on time, and those of Q late",
        both(POLICY, receipts(*[0] * 8), receipts(*[4] * 9, item="Q")),
    ),
    ("early suppliers do not shorten a lead time", both(POLICY, receipts(*[-3] * 9))),
    ("an increase above what is open", edit("purchases.csv", "po=PO-1", "action=increase qty=50")),
]


@pytest.fixture
def buying(tmp_path: Path) -> Plant:
    return plant(tmp_path, BUYING, BUYING_PLAN)


def test_a_good_plan_of_purchases_is_accepted(buying: Plant) -> None:
    assert faults(buying) == []


@pytest.mark.parametrize(("rule", "fault", "spoil"), BUYING_BREAKS, ids=names(BUYING_BREAKS))
def test_a_fault_in_buying_is_caught(buying: Plant, rule: str, fault: str, spoil: Break) -> None:
    spoil(*buying)
    assert rule in rules(faults(buying))


@pytest.mark.parametrize(("claim", "change"), BUYING_ACCEPTED, ids=[claim for claim, _ in BUYING_ACCEPTED])
def test_what_buying_allows_is_accepted(buying: Plant, claim: str, change: Break) -> None:
    change(*buying)
    assert faults(buying) == []
