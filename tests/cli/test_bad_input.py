"""Bad input through the command: a finding names the place and what to do, and what can be planned is planned."""

import csv
import random
from pathlib import Path

import pytest

from tests.cli.command import GOOD, pegboard, with_fault, write

FAULTS = {
    "a BOM cycle": (
        {
            "items": "A,\nB,\n",
            "bom": "A,B,1\nB,A,1\n",
            "routing": "A,10,SAW,1\nB,10,SAW,1\n",
            "orders": "SO-BAD,A,1,2026-06-20\n",
        },
        ["A > B > A", "bom.csv"],
    ),
    "an unknown item": ({"orders": "SO-BAD,NOWHERE,1,2026-06-20\n"}, ["NOWHERE", "orders.csv:3"]),
    "an unknown component": (
        {"items": "A,\n", "bom": "A,GHOST,1\n", "routing": "A,10,SAW,1\n", "orders": "SO-BAD,A,1,2026-06-20\n"},
        ["GHOST", "bom.csv:3"],
    ),
    "an unknown resource": (
        {"items": "A,\n", "routing": "A,10,NO-SAW,1\n", "orders": "SO-BAD,A,1,2026-06-20\n"},
        ["NO-SAW", "routing.csv:3"],
    ),
    "an unknown calendar": (
        {
            "items": "A,\n",
            "resources": "MILL,NEVER\n",
            "routing": "A,10,MILL,1\n",
            "orders": "SO-BAD,A,1,2026-06-20\n",
        },
        ["NEVER", "resources.csv:3"],
    ),
    "a negative quantity": ({"orders": "SO-BAD,GOOD,-5,2026-06-20\n"}, ["-5", "orders.csv:3"]),
    "a missing quantity": ({"orders": "SO-BAD,GOOD,,2026-06-20\n"}, ["qty", "orders.csv:3"]),
    "a broken date": ({"orders": "SO-BAD,GOOD,5,2026-13-45\n"}, ["2026-13-45", "orders.csv:3"]),
    "a duplicate order": ({"orders": "SO-BAD,GOOD,5,2026-06-20\nSO-BAD,GOOD,7,2026-06-20\n"}, ["SO-BAD", "orders.csv"]),
    "an operation longer than any shift": (
        {
            "items": "A,\n",
            "routing": "A,10,SAW,500\n",
            "orders": "SO-BAD,A,1,2026-06-20\n",
        },
        ["SO-BAD/1", "may not pause", "8.3 h", "8.0 h"],
    ),
    "no capacity in the horizon": (
        {
            "items": "A,\n",
            "resources": "MILL,STD\n",
            "routing": "A,10,MILL,1\n",
            "downtime": "resource,start,end\nMILL,2026-01-01,2030-01-01\n",
            "orders": "SO-BAD,A,1,2026-06-20\n",
        },
        ["MILL", "no open time"],
    ),
    "calendars that never meet": (
        {
            "items": "A,\n",
            "resources": "ANNA,NIGHT\n",
            "calendars": "NIGHT,mon-fri,20:00,23:00\n",
            "routing": "A,10,SAW,1\n",
            "routing_needs": "item,step,resource\nA,10,ANNA\n",
            "orders": "SO-BAD,A,1,2026-06-20\n",
        },
        ["SAW", "ANNA", "never open at the same time"],
    ),
}


def messages(plan: Path) -> str:
    return (plan / "messages.csv").read_text(encoding="utf-8")


def status(plan: Path) -> dict[str, str]:
    with (plan / "orders.csv").open(newline="", encoding="utf-8") as file:
        return {row["order"]: row["status"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_and_the_good_order_is_planned(fault: str, tmp_path: Path):
    more, wanted = FAULTS[fault]
    folder = with_fault(tmp_path / "factory", **more)
    if fault == "an operation longer than any shift":
        text = (folder / "routing.csv").read_text(encoding="utf-8")
        lines = [
            line + (",pause" if i == 0 else ",no" if line.startswith("A,") else ",")
            for i, line in enumerate(text.splitlines())
        ]
        (folder / "routing.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = pegboard("plan", folder, "--out", tmp_path / "plan")
    assert "Traceback" not in done.stderr
    said = messages(tmp_path / "plan")
    assert [word for word in wanted if word not in said] == []
    found = status(tmp_path / "plan")
    assert found.pop("SO-GOOD") == "on_time"
    if fault != "a duplicate order":
        assert set(found.values()) <= {"unplanned"}


def test_faults_are_all_found_in_one_run(tmp_path: Path):
    folder = with_fault(
        tmp_path / "factory", orders="SO-1,GOOD,-1,2026-06-20\nSO-2,NOWHERE,1,2026-06-20\nSO-3,GOOD,1,soon\n"
    )
    done = pegboard("validate", folder)
    assert done.returncode == 1
    for place in ("orders.csv:3", "orders.csv:4", "orders.csv:5"):
        assert place in done.stdout


def test_an_empty_file_is_a_finding(tmp_path: Path):
    folder = write(tmp_path / "factory", **(GOOD | {"orders": ""}))
    done = pegboard("plan", folder)
    assert done.returncode == 1
    assert "orders.csv" in done.stdout
    assert "Traceback" not in done.stderr


def test_fifty_megabytes_of_noise_are_refused_without_a_hang(tmp_path: Path):
    folder = write(tmp_path / "factory", **GOOD)
    (folder / "orders.csv").write_bytes(random.Random(1).randbytes(50_000_000))
    done = pegboard("validate", folder)
    assert done.returncode == 1
    assert "orders.csv" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_workbook_without_a_needed_sheet_is_a_finding(tmp_path: Path):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(str(tmp_path / "half.xlsx"))
    sheet = book.add_worksheet("items")
    sheet.write_row(0, 0, ["item"])
    sheet.write_row(1, 0, ["A"])
    book.close()
    done = pegboard("plan", tmp_path / "half.xlsx")
    assert done.returncode == 1
    assert "orders" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_factory_of_which_nothing_can_be_planned_ends_with_one(tmp_path: Path):
    files = GOOD | {"items": "item\nGOOD\n", "bom": "parent,component,qty_per\nGOOD,GHOST,1\n"}
    done = pegboard("plan", write(tmp_path / "factory", **files), "--out", tmp_path / "plan")
    assert done.returncode == 1
    assert status(tmp_path / "plan") == {"SO-GOOD": "unplanned"}
