"""What buyers ask, at the command line: what to order, whom it hurts, what can be built, what can be promised."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import pegboard, write

FILES = {
    "items": "item,supply,policy,price,unit_cost,lead_time_days\n"
    "LAMP,make,,80,,\nGLASS,buy,,,4,\nCABLE,buy,stock,,1,\nCORD,buy,,,1,2\n",
    "bom": "parent,component,qty_per\nLAMP,GLASS,2\nLAMP,CABLE,1\nLAMP,CORD,1\n",
    "routing": "item,step,resource,run_min\nLAMP,10,BENCH,60\n",
    "resources": "resource,calendar\nBENCH,STD\n",
    "calendars": "calendar,weekday,start,end\nSTD,mon-fri,08:00,16:00\n",
    "orders": "order,item,qty,due\nSO-1,LAMP,4,2026-06-12\nSO-2,LAMP,4,2026-06-26\n",
    "stock": "item,qty\nCABLE,20\n",
    "suppliers": "supplier\nVETRO\nKABEL\n",
    "item_suppliers": "item,supplier,lead_time_days,price\nGLASS,VETRO,60,4\nCABLE,KABEL,5,1\nCORD,KABEL,2,1\n",
    "purchase_orders": "po,item,supplier,qty,due,received\n"
    "PO-1,GLASS,VETRO,16,2026-06-15,\nPO-0,GLASS,VETRO,9,2026-05-11,2026-05-15\n",
    "factory_toml": 'now = 2026-06-01T06:00:00\ncalendar = "STD"\ncurrency = "EUR"\n',
}
"""Eight lamps of two glasses each, a lamp is an hour's work. SO-1 is due on Friday the 12th at 16:00, so it must begin
at 12:00; its glass comes with PO-1 on Monday the 15th at 08:00, 2 d 20 h later."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("shop") / "shop", **FILES)


@pytest.fixture(scope="module")
def planned(shop: Path) -> Path:
    assert pegboard("plan", shop, "--out", shop.parent / "plan").returncode == 0
    return shop.parent / "plan"


def asked(*arguments: object) -> Any:
    done = pegboard(*arguments, "--json", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_the_plan_folder_holds_what_to_ask_of_suppliers(planned: Path):
    purchases = (planned / "purchases.csv").read_text(encoding="utf-8")
    messages = (planned / "messages.csv").read_text(encoding="utf-8")

    assert "expedite,PO-1,GLASS,VETRO,16," in purchases
    assert ",S350,PO-1," in messages


def test_the_buyers_list_is_by_supplier_and_says_for_whom(shop: Path, planned: Path):
    """8 cords at 1.00 are bought for both orders; of the glass all is ordered, and too late for SO-1."""
    kabel, vetro = asked("buy", shop, "--plan", planned)

    assert (kabel["supplier"], kabel["cost"], vetro["supplier"]) == ("KABEL", 8.0, "VETRO")
    assert {line for row in kabel["purchases"] for line in row["for_orders"]} == {"SO-1/1", "SO-2/1"}
    (change,) = vetro["changes"]
    assert (change["action"], change["for_orders"][0]) == ("expedite", "SO-1/1")
    assert change["slack_days"] == pytest.approx(-(2 * 24 + 20) / 24, abs=1e-3)


def test_the_list_of_a_plan_folder_is_that_of_planning_anew(shop: Path, planned: Path):
    assert asked("buy", shop, "--plan", planned) == asked("buy", shop)


def test_on_screen_the_list_tells_days_money_and_what_is_ordered_already(shop: Path, planned: Path):
    said = pegboard("buy", shop, "--plan", planned).stdout

    assert "KABEL, 8.00 EUR" in said
    assert "warning  S350" in said
    assert said.splitlines()[-1].startswith("next     pegboard pegs ")


def test_a_slip_names_who_is_hurt_and_by_how_much(shop: Path, planned: Path):
    """PO-1 is 2 d 20 h too late for SO-1; 5 days more make it 7 d 20 h late. SO-2 has days to spare and stays."""
    found = asked("pegs", "PO-1", shop, "--plan", planned, "--slip", 5)
    by_order = {row["order"]: row for row in found["served"]}

    assert by_order["SO-1/1"]["slipped_days"] == pytest.approx(7 + 20 / 24, abs=1e-3)
    assert by_order["SO-2/1"]["slipped_days"] == by_order["SO-2/1"]["lateness_days"] <= 0
    assert [row["qty"] for row in by_order.values()] == [8, 8]


def test_an_order_is_traced_to_its_parts_and_told_as_an_indented_tree(shop: Path, planned: Path):
    said = pegboard("pegs", "SO-1", shop, "--plan", planned).stdout

    assert "SO-1/1 comes from" in said
    assert "\n  work order SO-1/1-1 " in said
    assert "\n    purchase order PO-1 " in said


def test_a_name_that_stands_for_nothing_is_a_finding(shop: Path, planned: Path):
    for command in (("pegs", "SO-9", shop), ("kit", shop, "--wo", "SO-9"), ("atp", shop, "--item", "SO-9")):
        done = pegboard(*command, "--plan", planned)
        assert done.returncode == 1
        assert "S363" in done.stdout


def test_a_kit_waits_for_what_comes_after_its_start(shop: Path, planned: Path):
    """SO-1's four lamps begin when PO-1 is there: glass and cable are, the cords are only proposed."""
    found = asked("kit", shop, "--plan", planned, "--days", 30)
    first = found["kits"][0]

    assert found["policy"] == "reserve"
    assert (first["wo"], first["status"], first["complete"]) == ("SO-1/1-1", "partial", 2)
    assert [row["item"] for row in found["shortages"]] == ["CORD", "CORD"]


def test_the_policy_of_the_factory_is_used_and_said(tmp_path: Path):
    settings = FILES["factory_toml"] + '[policy]\nclear_to_build = "skip"\n'
    folder = write(tmp_path / "shop", **(FILES | {"factory_toml": settings}))

    assert pegboard("kit", folder, "--quiet").stdout.startswith("policy   skip: parts go on")
    assert asked("kit", folder, "--policy", "reserve")["policy"] == "reserve"


def test_what_can_be_promised_of_a_stocked_item(shop: Path, planned: Path):
    """20 cables, and 8 go into lamps: 12 can be promised at once."""
    rows = asked("atp", shop, "--plan", planned, "--item", "CABLE")

    assert rows[0]["atp"] == rows[-1]["cumulative"] == 12
    assert sum(row["committed"] for row in rows) == 8


def test_weeks_begin_on_monday_and_hold_what_their_days_hold(shop: Path, planned: Path):
    weeks = asked("atp", shop, "--plan", planned, "--item", "GLASS", "--bucket", "week")

    assert [(w["start"], w["received"], w["cumulative"]) for w in weeks][:2] == [
        ("2026-06-01", 0, 0),
        ("2026-06-15", 16, 0),
    ]


def test_nothing_is_promised_of_what_is_made_to_order(shop: Path, planned: Path):
    done = pegboard("atp", shop, "--plan", planned, "--item", "LAMP")

    assert done.returncode == 1
    assert "S365" in done.stdout


def test_suppliers_are_told_by_their_receipts(shop: Path):
    """PO-0 was due on the 11th of May and came on the 15th."""
    rows = {(row["supplier"], row["item"]): row for row in json.loads(pegboard("suppliers", shop, "--json").stdout)}

    assert (rows["VETRO", "GLASS"]["receipts"], rows["VETRO", "GLASS"]["mean_days"]) == (1, 4)
    assert rows["KABEL", ""]["otd_pct"] is None
    assert "receipts" in pegboard("suppliers", shop).stdout.splitlines()[0]


def test_a_plan_of_another_day_is_answered_from_with_a_warning(planned: Path, tmp_path: Path):
    changed = write(tmp_path / "shop", **(FILES | {"stock": "item,qty\nCABLE,19\n"}))

    assert "S364" in pegboard("buy", changed, "--plan", planned).stdout


def test_pegs_that_lead_nowhere_are_said_and_not_followed(shop: Path, planned: Path, tmp_path: Path):
    for file in planned.iterdir():
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(text.replace("po,PO-1,wo,SO-1/1-1", "po,PO-1,wo,SO-9/1-1"), encoding="utf-8")
    done = pegboard("pegs", "SO-1", shop, "--plan", tmp_path)

    assert done.returncode == 1
    assert "S360" in done.stdout
    assert "SO-9/1-1" in done.stdout


def test_a_folder_that_is_no_plan_is_said(shop: Path, tmp_path: Path):
    done = pegboard("buy", shop, "--plan", tmp_path)

    assert done.returncode == 1
    assert "F131" in done.stdout
