"""A bad record is left out of the plan with its consequences named: never dropped silently, never as if it were good.

The factory of `command.GOOD` makes GOOD from two RM in one step on SAW; each test spoils one record of it.
"""

import csv
from pathlib import Path

import pytest

from tests.cli.command import GOOD, pegboard, write

STEPS = "wo,step,resource,status,locked,start\n"

# What is added or replaced, and the words that a message must hold: who and where.
SPOILED = {
    "a supplier nobody knows": (
        {"suppliers": "supplier\nV1\n", "item_suppliers": "item,supplier,lead_time_days\nRM,GHOST,3\n"},
        ("GHOST", "item_suppliers.csv:2"),
    ),
    "a supply of an unknown item": (
        {"item_suppliers": "item,supplier,lead_time_days\nNOPE,V1,3\n"},
        ("NOPE", "item_suppliers.csv:2"),
    ),
    "a customer nobody knows": (
        {"customers": "customer\nC1\n", "orders": "order,item,qty,due,customer\nSO-GOOD,GOOD,5,2026-06-20,C9\n"},
        ("C9", "orders.csv:2"),
    ),
    "a negative stock": ({"stock": "item,qty\nRM,-4\n"}, ("-4", "stock.csv:2")),
    "a stock without quantity": ({"stock": "item,qty\nRM,\n"}, ("qty", "stock.csv:2")),
    "a stock of an unknown item": ({"stock": "item,qty\nNOPE,4\n"}, ("NOPE", "stock.csv:2")),
    "a purchase without a date": (
        {"purchase_orders": "po,item,qty,due\nP,RM,4,soon\n"},
        ("soon", "purchase_orders.csv:2"),
    ),
    "a work order of an unknown item": (
        {"work_orders": "wo,item,qty,status\nW,NOPE,4,firm\n"},
        ("NOPE", "work_orders.csv:2"),
    ),
    "a work order of an unknown status": (
        {"work_orders": "wo,item,qty,status\nW,GOOD,4,maybe\n"},
        ("maybe", "work_orders.csv:2"),
    ),
    "progress of an unknown work order": (
        {"work_order_steps": STEPS + "W,10,SAW,waiting,no,\n"},
        ("W", "work_order_steps.csv:2"),
    ),
    "progress of an unknown step": (
        {"work_orders": "wo,item,qty,status\nW,GOOD,4,firm\n", "work_order_steps": STEPS + "W,99,SAW,waiting,no,\n"},
        ("99", "work_order_steps.csv:2"),
    ),
    "progress on an unknown resource": (
        {"work_orders": "wo,item,qty,status\nW,GOOD,4,firm\n", "work_order_steps": STEPS + "W,10,GHOST,waiting,no,\n"},
        ("GHOST", "work_order_steps.csv:2"),
    ),
    "a duplicate item": ({"items": GOOD["items"] + "RM,9\n"}, ("RM", "items.csv:4")),
    "a duplicate resource": ({"resources": GOOD["resources"] + "SAW,STD\n"}, ("SAW", "resources.csv:3")),
    "a weekday that is none": (
        {"calendars": GOOD["calendars"] + "STD,someday,08:00,16:00\n"},
        ("someday", "calendars.csv:3"),
    ),
    "a holiday on a day that is none": (
        {"calendar_exceptions": "calendar,start,end,open\nSTD,2026-06-40,2026-06-41,no\n"},
        ("2026-06-40", "calendar_exceptions.csv:2"),
    ),
    "a holiday of an unknown calendar": (
        {"calendar_exceptions": "calendar,start,end,open\nNOPE,2026-06-10,2026-06-12,no\n"},
        ("NOPE", "calendar_exceptions.csv:2"),
    ),
    "a downtime that ends before it starts": (
        {"downtime": "resource,start,end\nSAW,2026-06-09,2026-06-02\n"},
        ("2026-06-02", "downtime.csv:2"),
    ),
    "a downtime of an unknown resource": (
        {"downtime": "resource,start,end\nGHOST,2026-06-01,2026-06-02\n"},
        ("GHOST", "downtime.csv:2"),
    ),
    "an alternate on an unknown resource": (
        {"routing_alternates": "item,step,resource\nGOOD,10,GHOST\n"},
        ("GHOST", "routing_alternates.csv:2"),
    ),
    "a zone that is none": (
        {"factory_toml": 'now = 2026-06-01T06:00:00\ntimezone = "Mars/Phobos"\n'},
        ("Mars/Phobos", "factory.toml:2"),
    ),
    "a factory calendar that is none": (
        {"factory_toml": 'now = 2026-06-01T06:00:00\ncalendar = "NOPE"\n'},
        ("NOPE", "factory.toml"),
    ),
}


def planned(folder: Path, **files: str) -> tuple[list[dict[str, str]], dict[str, dict[str, str]]]:
    """The messages and the lines of the plan of the good factory with other files."""
    done = pegboard("plan", write(folder / "factory", **(GOOD | files)), "--out", folder / "plan", "--quiet")
    assert "Traceback" not in done.stderr
    with (folder / "plan" / "messages.csv").open(encoding="utf-8", newline="") as handle:
        messages = list(csv.DictReader(handle))
    with (folder / "plan" / "orders.csv").open(encoding="utf-8", newline="") as handle:
        lines = {row["order"]: row for row in csv.DictReader(handle)}
    assert done.returncode == any(message["severity"] == "error" for message in messages)
    return messages, lines


@pytest.mark.parametrize("what", SPOILED)
def test_a_spoiled_record_is_named_with_its_place_and_what_to_do_and_the_rest_is_planned(what: str, tmp_path: Path):
    files, (word, place) = SPOILED[what]
    messages, lines = planned(tmp_path, **files)
    found = [m for m in messages if word in m["subject"] + m["what"] and m["source"] == place]
    assert found, [(m["what"], m["source"]) for m in messages]
    assert all(m["advice"] for m in found)
    assert lines["SO-GOOD"]["status"] in {"on_time", "covered"}


@pytest.mark.parametrize(
    ("files", "word"),
    [
        pytest.param({"routing": GOOD["routing"] + "GOOD,20,SAW,-5\n"}, "routing.csv:3", id="a step"),
        pytest.param({"bom": GOOD["bom"] + "GOOD,RM,2 lots\n"}, "bom.csv:3", id="a component"),
        pytest.param({"routing_needs": "item,step,resource,qty\nGOOD,10,SAW,-1\n"}, "routing_needs.csv:2", id="a need"),
    ],
)
def test_an_order_is_not_planned_without_a_record_that_could_not_be_read(
    files: dict[str, str], word: str, tmp_path: Path
):
    """Who makes GOOD without its second step, a component or its operator has not made GOOD: the line says so."""
    messages, lines = planned(tmp_path, **files)
    assert word in {m["source"] for m in messages}
    assert lines["SO-GOOD"]["status"] == "unplanned"
    assert lines["SO-GOOD"]["reason"]


def test_large_quantities_are_covered_to_the_last_decimal(tmp_path: Path):
    """2,000,000.001 kg are bought and pegged whole: no rounding leaves a gramme short and the line unplanned."""
    files = {
        "items": GOOD["items"].replace("item,", "item,decimals,").replace("GOOD,", "GOOD,,").replace("RM,3", "RM,3,3"),
        "orders": GOOD["orders"] + "SO-BIG,RM,2000000.001,2026-06-20\n",
    }
    _, lines = planned(tmp_path, **files)
    assert (lines["SO-BIG"]["status"], lines["SO-BIG"]["reason"]) == ("on_time", "")


def test_a_quantity_beyond_all_measure_is_left_out_with_a_true_reason(tmp_path: Path):
    """Six minutes each for 10^15 pieces: it is the machine that has no time, while RM can be bought in three days."""
    _, lines = planned(tmp_path, orders=GOOD["orders"] + "SO-BIG,GOOD,1e15,2026-06-20\n")
    assert lines["SO-BIG"]["status"] == "unplanned"
    assert "a purchase would arrive" not in lines["SO-BIG"]["reason"]
    assert lines["SO-GOOD"]["status"] == "on_time"


def test_old_and_far_dates_are_planned_or_left_out_with_a_word(tmp_path: Path):
    lines = planned(tmp_path, orders=GOOD["orders"] + "SO-FAR,GOOD,1,2999-06-20\nSO-OLD,GOOD,1,1900-01-01\n")[1]
    assert lines["SO-FAR"]["status"] == "unplanned"
    assert "horizon" in lines["SO-FAR"]["reason"]
    assert lines["SO-OLD"]["status"] == "late"
    assert lines["SO-OLD"]["cause"] == "past_due"
