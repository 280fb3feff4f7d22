"""A chair whose fabric, arms, colour and length decide its parts and times (MT-15): folder in, plan out."""

# ruff: noqa: N802 - examples keep the capitals of their names

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from bench import variants as wardrobes
from tests.cli.command import pegboard, write
from tests.recheck import recheck

FILES = {
    "items": "item,decimals\nCHAIR,\nFRAME,\nARM,\nLEATHER,1\nCLOTH,1\nDYE,1\n",
    "item_suppliers": "item,supplier,lead_time_days\n"
    + "".join(f"{item},S,1\n" for item in ("FRAME", "ARM", "LEATHER", "CLOTH", "DYE")),
    "bom": (
        "parent,component,qty_per,condition\n"
        "CHAIR,FRAME,1,\n"
        "CHAIR,ARM,2,ARMS=yes\n"
        "CHAIR,LEATHER,1.8*LEN/600,FABRIC=leather\n"
        "CHAIR,CLOTH,2.0*LEN/600,FABRIC=cloth\n"
        "CHAIR,DYE,0.1,COLOR=red\n"
    ),
    "routing": (
        "item,step,name,resource,setup_min,run_min,condition\n"
        "CHAIR,10,Cut,CUT,10,5,\n"
        "CHAIR,20,Sew,SEW,0,20,FABRIC=leather\n"
        "CHAIR,20,Sew,SEW,0,12,FABRIC=cloth\n"
        "CHAIR,30,Arms,ARMS,0,6,ARMS=yes\n"
        "CHAIR,40,Final,FINAL,0,8,\n"
    ),
    "resources": "resource\nCUT\nSEW\nARMS\nFINAL\n",
    "options": (
        "item,option,values,required\n"
        "CHAIR,FABRIC,leather;cloth,yes\nCHAIR,ARMS,yes;no,yes\nCHAIR,COLOR,black;red,yes\nCHAIR,LEN,300..900,yes\n"
    ),
    "option_rules": "item,when,require,message\nCHAIR,FABRIC=leather,COLOR=black,leather comes in black only\n",
    "orders": (
        "order,item,qty,due,options\n"
        "LEATHER,CHAIR,4,2026-06-19,FABRIC=leather;ARMS=yes;COLOR=black;LEN=750\n"
        "CLOTH,CHAIR,10,2026-06-19,FABRIC=cloth;ARMS=no;COLOR=red;LEN=600\n"
        "RED,CHAIR,1,2026-06-19,FABRIC=leather;ARMS=no;COLOR=red;LEN=600\n"
        "OPEN,CHAIR,1,2026-06-19,FABRIC=cloth;ARMS=no;LEN=600\n"
    ),
}


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chairs")
    done = pegboard("plan", write(folder / "factory", **FILES), "--out", folder / "plan", "--quiet")
    assert "certified, 0 violations" in done.stdout, done.stderr
    return folder / "plan"


def test_MT_15_each_variant_draws_its_own_parts_in_its_own_quantities(plan: Path):
    """Leather: 4 x 1.8 x 750/600 = 9.0 m2, 8 arms. Cloth: 10 x 2.0 x 600/600 = 20 m2, 10 x 0.1 = 1.0 kg dye."""
    drawn: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for peg in rows(plan, "pegs"):
        if peg["demand_kind"] == "wo":
            drawn[peg["demand"].split("/")[0]][peg["item"]] += float(peg["qty"])
    assert drawn == {
        "LEATHER": {"FRAME": 4, "ARM": 8, "LEATHER": 9.0},
        "CLOTH": {"FRAME": 10, "CLOTH": 20, "DYE": 1.0},
    }


def test_MT_15_each_variant_takes_its_own_steps_and_minutes(plan: Path):
    """Leather: 10 + 4x5, 4x20, 4x6, 4x8: 30 + 80 + 24 + 32 = 166. Cloth: 60 + 120 + 80 = 260, and no arms."""
    minutes: dict[str, dict[str, float]] = defaultdict(dict)
    for op in rows(plan, "operations"):
        minutes[op["wo"].split("/")[0]][op["step"]] = float(op["setup_min"]) + float(op["run_min"])
    assert minutes == {"LEATHER": {"10": 30, "20": 80, "30": 24, "40": 32}, "CLOTH": {"10": 60, "20": 120, "40": 80}}
    assert {name: sum(m.values()) for name, m in minutes.items()} == {"LEATHER": 166, "CLOTH": 260}


def test_MT_15_what_comes_after_a_missing_step_waits_for_what_came_before_it(plan: Path):
    ends = {(op["wo"], op["step"]): (op["setup_start"], op["end"]) for op in rows(plan, "operations")}
    assert ends["CLOTH/1-1", "40"][0] >= ends["CLOTH/1-1", "20"][1]
    assert ends["LEATHER/1-1", "40"][0] >= ends["LEATHER/1-1", "30"][1]


def test_MT_15_a_forbidden_and_an_incomplete_configuration_are_left_out_with_their_reasons(plan: Path):
    orders = {row["order"]: row for row in rows(plan, "orders")}
    assert [(name, orders[name]["status"], orders[name]["cause"]) for name in ("RED", "OPEN")] == [
        ("RED", "unplanned", "data"),
        ("OPEN", "unplanned", "data"),
    ]
    assert orders["RED"]["reason"] == (
        "CHAIR cannot be made as chosen: it breaks the rule 'leather comes in black only': "
        "when FABRIC=leather require COLOR=black"
    )
    assert orders["OPEN"]["reason"] == (
        "CHAIR cannot be made as chosen: the configuration is incomplete, COLOR (black;red) is not chosen"
    )
    assert [(m["subject"], m["severity"]) for m in rows(plan, "messages") if m["code"] == "V188"] == [
        ("OPEN/1", "error"),
        ("RED/1", "error"),
    ]


def test_MT_15_work_orders_name_the_options_that_matter_and_their_variant(plan: Path):
    works = {row["wo"]: (row["options"], len(row["variant"])) for row in rows(plan, "work_orders")}
    assert works == {
        "LEATHER/1-1": ("ARMS=yes;COLOR=black;FABRIC=leather;LEN=750", 8),
        "CLOTH/1-1": ("ARMS=no;COLOR=red;FABRIC=cloth;LEN=600", 8),
    }


def test_MT_15_configured_on_the_command_line(tmp_path: Path):
    folder = write(tmp_path / "factory", **FILES)
    chosen = "FABRIC=leather;ARMS=yes;COLOR=black;LEN=750"
    done = pegboard("configure", folder, "--item", "CHAIR", "--qty", "4", "--options", chosen)
    assert done.returncode == 0
    assert "total    166 min of setup and run" in done.stdout
    assert [line.split()[1:3] for line in done.stdout.splitlines() if line.strip().startswith("1 ")] == [
        ["ARM", "8"],
        ["FRAME", "4"],
        ["LEATHER", "9"],
    ]


def test_a_checker_written_from_the_contract_finds_nothing_in_the_plans_of_forty_variants(tmp_path: Path):
    """Wardrobes of three levels, with conditions and formulas on most rows."""
    folder = wardrobes.write(tmp_path / "factory", 40, seed=1)
    done = pegboard("plan", folder, "--out", tmp_path / "plan", "--quiet")
    assert "40 order lines" in done.stdout
    assert recheck(folder, tmp_path / "plan") == []


def test_a_refused_configuration_names_all_reasons_at_once(tmp_path: Path):
    folder = write(tmp_path / "factory", **FILES)
    done = pegboard("configure", folder, "--item", "CHAIR", "--options", "FABRIC=leather;COLOR=red;LEN=1000")
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if line.startswith("refused")] == [
        "refused  the configuration is incomplete, ARMS (yes;no) is not chosen",
        "refused  LEN=1000 is not allowed (only 300..900)",
        "refused  it breaks the rule 'leather comes in black only': when FABRIC=leather require COLOR=black",
    ]
    assert pegboard("configure", folder, "--item", "CHAIR", "--options", "FABRIC").returncode == 2
    assert "there is no item CHAIRS" in pegboard("configure", folder, "--item", "CHAIRS").stdout
