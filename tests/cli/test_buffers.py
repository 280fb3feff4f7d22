"""`pegboard buffers`: the board, its picture, a share, and a simulated life."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.command import pegboard, write

FACTORY = {
    "factory_toml": "now = 2026-06-01T06:00:00\n",
    "items": "item,supply,policy,lead_time_days\nLOW,buy,buffer,10\nFULL,buy,buffer,10\nPLAIN,buy,mto,1\n",
    "buffers": "item,profile,adu\nLOW,P,4\nFULL,P,4\n",
    "buffer_profiles": "profile,lead_time_factor,variability_factor\nP,0.5,0.5\n",
    "stock": "item,qty\nLOW,50\nFULL,200\n",
    "orders": "order,item,qty,due\nSO-1,FULL,10,2026-06-01\nSO-2,PLAIN,1,2026-06-20\n",
}
"""DD-03 twice: tops 30, 70 and 90."""


@pytest.fixture
def factory(tmp_path: Path) -> Path:
    return write(tmp_path / "factory", **FACTORY)


def test_the_most_urgent_buffer_comes_first_with_what_it_orders(factory: Path):
    done = pegboard("buffers", factory)

    head, low, full, last = done.stdout.splitlines()
    assert done.returncode == 0
    assert head.split()[:2] == ["item", "ADU"]
    assert re.sub(r"  +", "|", low) == "LOW|4|10|30|70|90|50|0|0|50|55.6|yellow|40|2026-06-11|green"
    assert re.sub(r"  +", "|", full) == "FULL|4|10|30|70|90|200|0|10|190|211.1|green|green"
    assert last.startswith("next ")


def test_json_is_the_rows_of_the_plan_folder_for_the_items_asked_for(factory: Path):
    (row,) = json.loads(pegboard("buffers", factory, "--item", "LOW", "--json").stdout)

    assert (row["item"], row["order_qty"], row["priority_pct"]) == ("LOW", 40, 55.56)


def test_the_board_says_what_the_plan_says(factory: Path, tmp_path: Path):
    pegboard("plan", factory, "--out", tmp_path / "plan", "--quiet")
    rows = (tmp_path / "plan" / "buffers.csv").read_text(encoding="utf-8").splitlines()
    shown = {row["item"]: row["net_flow"] for row in json.loads(pegboard("buffers", factory, "--json").stdout)}

    place = rows[0].split(",").index("net_flow")
    assert {r.split(",")[0]: float(r.split(",")[place]) for r in rows[1:]} == shown


def test_the_picture_has_a_bar_for_each_buffer(factory: Path, tmp_path: Path):
    picture = tmp_path / "board.svg"
    done = pegboard("buffers", factory, "--out", picture)

    text = picture.read_text(encoding="utf-8")
    assert f"written  {picture}" in done.stdout
    assert text.count("<title>yellow: 30 to 70</title>") == 2
    assert "<title>on hand 50</title>" in text


def test_a_simulation_is_the_same_for_the_same_seed(factory: Path):
    first, again, other = (
        json.loads(pegboard("buffers", factory, "--simulate", 100, "--seed", seed, "--json").stdout)
        for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other
    assert [row["item"] for row in first] == ["LOW", "FULL"]
    days = ("green_days", "yellow_days", "red_days", "dark_red_days")
    assert [sum(row[d] for d in days) for row in first] == [100, 100]


def test_more_demand_is_harder_on_a_buffer(factory: Path):
    usual, more = (
        json.loads(pegboard("buffers", factory, "--simulate", 200, "--demand", d, "--json").stdout)[0] for d in (1, 2)
    )

    assert more["green_days"] < usual["green_days"]
    assert more["ordered"] > 1.5 * usual["ordered"]


def test_a_supply_is_shared_to_one_percentage(factory: Path):
    """LOW has 50 of 90, FULL 190 of 90: all 30 go to LOW, to 88.9 %."""
    done = pegboard("buffers", factory, "--share", 30)

    assert re.split(r"  +", done.stdout.splitlines()[1]) == ["LOW", "50", "55.6", "30", "88.9"]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--simulate", 0),
        ("--simulate", 10**9),
        ("--simulate", 5, "--demand", -1),
        ("--simulate", 5, "--demand", "nan"),
        ("--simulate", 5, "--seed", -1),
        ("--share", -3),
    ],
)
def test_what_makes_no_sense_is_refused(factory: Path, wrong: tuple[object, ...]):
    done = pegboard("buffers", factory, *wrong)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_without_a_buffer_it_is_said_what_is_missing(tmp_path: Path):
    plain = {**FACTORY, "buffers": "item,profile\nLOW,GONE\n"}
    done = pegboard("buffers", write(tmp_path / "factory", **plain))

    assert done.returncode == 1
    assert "V201" in done.stdout
    assert "V203" in done.stdout
    assert "no buffer that can be sized" in done.stdout


def test_an_item_without_buffer_is_named(factory: Path):
    done = pegboard("buffers", factory, "--item", "PLAIN")

    assert done.returncode == 1
    assert "no buffer of PLAIN" in done.stdout


def test_a_factory_that_cannot_be_read_is_explained(tmp_path: Path):
    done = pegboard("buffers", tmp_path / "gone")

    assert done.returncode == 1
    assert "F101" in done.stdout
