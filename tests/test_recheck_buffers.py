"""Buffers and safety stock as the re-checker reads them: a good plan, and what breaks each rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plans import Case, Plant, edit, faults, line, more, names, peg, plant
from tests.test_recheck import Break, add, both, drop, rules, swap

# Buffers: 403P and 707 of DD-01, an override as in DD-06, one of two zones, one that is not sized, and one in stock
#
#   403P  300 + 100 - (20 today + 120 on the 10th, a spike above 233 / 2) = 260, at most 590: 890 - 260 = 630
#   OV    0 + 0 - 2 = -2: 272 are missing, in multiples of 250 they are 500
#   707   DLT 13, 60 + 0 - 0 = 60 of 53 / 131 / 166: 106 are made, over 13 days

BUFFERS = {
    "items.csv": "item,supply,policy,lead_time_days,multiple,safety_stock\n403P,buy,buffer,21,,\nOV,buy,buffer,5,250,\n"
    "MM,buy,buffer,5,,\nUN,buy,buffer,5,,\n707,make,buffer,13,,\nST,buy,stock,2,,10\n",
    "buffers.csv": "item,profile,adu,moq,kind,tor,toy,tog\n403P,P,17,300,,,,\nOV,,1,,override,10,20,270\n"
    "MM,,1,,min_max,30,,100\n707,M,6,,,,,\n",
    "buffer_profiles.csv": "profile,lead_time_factor,variability_factor,alert_pct\nP,0.5,0.3,50\nM,0.45,0.5,\n",
    "stock.csv": "item,qty,reserved_for\n403P,300,\n403P,7,S-3\nMM,50,\n707,60,\nST,5,\nUN,5,\n",
    "purchase_orders.csv": "po,item,qty,due\nPO-1,403P,100,2026-06-08\nPO-2,403P,40,2026-05-08\n",
    "orders.csv": "order,item,qty,due\nS-1,403P,20,2026-06-01T12:00\nS-2,403P,120,2026-06-10T12:00\n"
    "S-4,OV,2,2026-06-01T12:00\nS-5,UN,5,2026-06-03T12:00\n",
}
BUFFERS_PLAN = {
    "orders.csv": [
        *(line("S-1 403P 20 due 1T12:00 done 1T00:00 covered"), line("S-2 403P 120 due 10T12:00 done 1T00:00 covered")),
        *(line("S-4 OV 2 due 1T12:00 done 6T00:00"), line("S-5 UN 5 due 3T12:00 done 1T00:00 covered")),
    ],
    "work_orders.csv": ["wo=B-707 item=707 qty=106 good_qty=106 start=1T00:00 end=14T00:00"],
    "purchases.csv": [
        "action=order po=P-403 item=403P supplier= qty=630 order_by=1T00:00 due=22T00:00 feasible=yes",
        "action=order po=P-OV item=OV supplier= qty=500 order_by=1T00:00 due=6T00:00 feasible=yes",
        "action=order po=P-ST item=ST supplier= qty=5 order_by=1T00:00 due=3T00:00 feasible=yes",
    ],
    "pegs.csv": [
        peg(text)
        for text in (
            *("stock 403P -> order S-1: 403P 20 at 1T00:00", "stock 403P -> order S-2: 403P 120 at 1T00:00"),
            *("purchase P-OV -> order S-4: OV 2 at 6T00:00", "stock UN -> order S-5: UN 5 at 1T00:00"),
        )
    ],
    "buffers.csv": [
        (
            "item=403P adu=17 dlt_days=21 tor=233 toy=590 tog=890 on_hand=300 on_order=100 qualified_demand=140 "
            "net_flow=260 priority_pct=29.21 colour=yellow order_qty=630 on_hand_pct=128.76 alert=green "
            "order_by=1T00:00 due=22T00:00"
        ),
        (
            "item=OV adu=1 dlt_days=5 tor=10 toy=20 tog=270 on_hand=0 on_order=0 qualified_demand=2 "
            "net_flow=-2 priority_pct=-0.74 colour=dark_red order_qty=500 on_hand_pct=0 alert=dark_red "
            "order_by=1T00:00 due=6T00:00"
        ),
        (
            "item=MM adu=1 dlt_days=5 tor=30 toy=30 tog=100 on_hand=50 on_order=0 qualified_demand=0 net_flow=50 "
            "priority_pct=50 colour=green order_qty=0 on_hand_pct=166.67 alert=green"
        ),
        (
            "item=707 adu=6 dlt_days=13 tor=53 toy=131 tog=166 on_hand=60 on_order=0 qualified_demand=0 "
            "net_flow=60 priority_pct=36.14 colour=yellow order_qty=106 on_hand_pct=113.21 alert=green "
            "order_by=1T00:00 due=14T00:00"
        ),
    ],
}
HEAD = "item,kind,factor,start,end\n"
BUFFER_BREAKS: list[Case] = [
    ("buffers", "a buffer is not in the list", drop("buffers.csv", item="MM")),
    (
        "buffers",
        "a buffer that is not sized is bought",
        more("purchases.csv", "action=order po=P-UN item=UN qty=5 order_by=1T00:00 due=6T00:00 feasible=yes"),
    ),
    ("buffers", "its profile does not exist", swap("factory", "buffer_profiles.csv", "P,0.5", "Q,0.5")),
    ("buffers", "a number is missing", edit("buffers.csv", "item=MM", "net_flow=")),
    ("zones", "red safety of the unrounded red base", edit("buffers.csv", "item=403P", "tor=232 toy=589 tog=889")),
    ("zones", "the least order is no green zone", swap("factory", "buffers.csv", "17,300", "17,301")),
    (
        "zones",
        "an order cycle makes a larger green zone",
        swap(
            "factory",
            "buffers.csv",
            "item,profile,adu,moq,kind,tor,toy,tog\n403P,P,17,300,,,,\n",
            "item,profile,adu,moq,kind,tor,toy,tog,order_cycle_days\n403P,P,17,300,,,,,20\n",
        ),
    ),
    ("zones", "the usage is another", edit("buffers.csv", "item=707", "adu=5.95")),
    ("zones", "the lead time is another", edit("buffers.csv", "item=707", "dlt_days=12.98")),
    (
        "zones",
        "an adjustment of the usage is forgotten",
        add("buffer_adjustments.csv", HEAD + "707,adu,1.5,2026-05-01,2026-06-01\n"),
    ),
    (
        "zones",
        "an adjustment of a zone is forgotten",
        add("buffer_adjustments.csv", HEAD + "403P,yellow,2,2026-05-01,2026-06-30\n"),
    ),
    ("zones", "two zones with a yellow one", edit("buffers.csv", "item=MM", "toy=40")),
    ("net-flow", "what is reserved is on hand", edit("buffers.csv", "item=403P", "on_hand=307")),
    ("net-flow", "what is past due is on order", edit("buffers.csv", "item=403P", "on_order=140")),
    ("net-flow", "a sum is wrong", edit("buffers.csv", "item=403P", "net_flow=261")),
    (
        "net-flow",
        "a spike does not count",
        edit("buffers.csv", "item=403P", "qualified_demand=20 net_flow=380"),
    ),
    ("colours", "yellow is called red", edit("buffers.csv", "item=403P", "colour=red")),
    ("colours", "nothing is called red", edit("buffers.csv", "item=OV", "colour=red")),
    ("colours", "the share is wrong", edit("buffers.csv", "item=707", "priority_pct=36.2")),
    ("colours", "the share on hand is wrong", edit("buffers.csv", "item=707", "on_hand_pct=36.14")),
    ("colours", "the alert is wrong", edit("buffers.csv", "item=707", "alert=yellow")),
    ("buffer-orders", "less is ordered than is missing", edit("buffers.csv", "item=403P", "order_qty=600")),
    ("buffer-orders", "no multiple is ordered", edit("buffers.csv", "item=OV", "order_qty=272")),
    ("buffer-orders", "green is ordered", edit("buffers.csv", "item=MM", "order_qty=50")),
    ("buffer-orders", "nothing is ordered", edit("buffers.csv", "item=707", "order_qty=0")),
    ("buffer-orders", "what is ordered is not bought", drop("purchases.csv", po="P-403")),
    ("buffer-orders", "what is ordered is not made", drop("work_orders.csv", wo="B-707")),
    ("buffer-orders", "no date", edit("buffers.csv", "item=707", "due=")),
    ("buffer-orders", "sooner than its lead time", edit("buffers.csv", "item=403P", "due=21T00:00")),
    (
        "pegs",
        "a buffer serves out of nothing",
        edit("pegs.csv", "item=OV", "supply_kind=buffer supply=OV available=1T12:00"),
    ),
    (
        "completion",
        "a line does not wait for its buffer",
        edit("orders.csv", "order=S-4", "completion=1T12:00 lateness_min=0 status=on_time"),
    ),
    (
        "buffers",
        "a line is left out for a buffer that is replenished",
        edit("orders.csv", "order=S-4", "status=unplanned completion= lateness_min= cause=buffer reason=OV"),
    ),
    ("stocked", "less than the safety stock", edit("purchases.csv", "po=P-ST", "qty=4")),
]


@pytest.fixture
def buffers(tmp_path: Path) -> Plant:
    return plant(tmp_path, BUFFERS, BUFFERS_PLAN)


def test_a_good_plan_of_buffers_is_accepted(buffers: Plant) -> None:
    assert faults(buffers) == []


@pytest.mark.parametrize(("rule", "fault", "spoil"), BUFFER_BREAKS, ids=names(BUFFER_BREAKS))
def test_a_fault_in_a_buffer_is_caught(buffers: Plant, rule: str, fault: str, spoil: Break) -> None:
    spoil(*buffers)
    assert rule in rules(faults(buffers))


def with_history(days: dict[int, int], past: str) -> Callable[[Path, Path], None]:
    """707 by its past: so much, so many days ago."""
    rows = "".join(f"707,{'2026-06-01' if ago == 0 else f'2026-05-{32 - ago:02}'},{qty}\n" for ago, qty in days.items())
    return both(
        swap("factory", "buffers.csv", "kind,tor,toy,tog", "kind,tor,toy,tog,adu_past_days"),
        swap("factory", "buffers.csv", "707,M,6,,,,,", f"707,M,,,,,,,{past}"),
        add("demand_history.csv", "item,date,qty\n" + rows),
    )


def test_past_usage_ends_yesterday_and_counts_every_day(buffers: Plant) -> None:
    """20 yesterday, 16 six days ago, 12 seven days ago and 20 today: in six days 36 / 6 = 6; in seven 48 / 7."""
    with_history({1: 20, 6: 16, 7: 12, 0: 20}, "6")(*buffers)
    assert faults(buffers) == []
    swap("factory", "buffers.csv", ",6\n", ",7\n")(*buffers)
    assert rules(faults(buffers)) == {"zones"}


def test_usage_is_of_ninety_days_where_nothing_is_said(buffers: Plant) -> None:
    """540 / 90 = 6."""
    with_history({3: 540}, "")(*buffers)
    assert faults(buffers) == []


def test_an_order_at_the_top_of_yellow_depends_on_the_policy(buffers: Plant) -> None:
    """MM at a net flow of 30, its top of yellow: "at or below" orders the 70 that are missing, "below" does not."""
    swap("factory", "stock.csv", "MM,50", "MM,30")(*buffers)
    at_yellow = "on_hand=30 net_flow=30 priority_pct=30 on_hand_pct=100"
    edit("buffers.csv", "item=MM", at_yellow)(*buffers)
    assert rules(faults(buffers)) == {"buffer-orders"}
    swap("factory", "factory.toml", "now", 'policy.buffer_trigger = "below"\nnow')(*buffers)
    assert faults(buffers) == []
