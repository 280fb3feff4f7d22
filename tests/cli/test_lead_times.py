"""`pegboard leadtime` and `pegboard forecast` as a user runs them."""

import json
from pathlib import Path

from tests.cli.command import pegboard, write

SHOP = {
    "items": "item,supply,policy,lead_time_days,unit_cost\nLAMP,make,mto,1,\nARM,make,mto,2,\nTUBE,buy,buffer,20,10\n",
    "bom": "parent,component,qty_per\nLAMP,ARM,2\nARM,TUBE,3\n",
    "orders": "order,item,qty,due\nSO-1,LAMP,8,2026-06-10\n",
}
"""A lamp of two arms of three tubes: 1 + 2 + 20 days, of which the buffer of tubes takes 20 away."""


def test_lead_times_side_by_side(tmp_path: Path):
    shop = write(tmp_path / "shop", **SHOP)
    done = pegboard("leadtime", shop)
    assert done.returncode == 0
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0][:7] == ["item", "own", "d", "cumulative", "d", "decoupled", "d"]
    assert rows[1] == ["LAMP", "1.0", "23.0", "3.0", "0.0", "0.0", "0.0", "0.0", "3.0", "LAMP", "<", "ARM"]
    (found,) = json.loads(pegboard("leadtime", shop, "--json").stdout)
    assert found["through"] == ["LAMP", "ARM", "TUBE"]


def test_where_to_buffer_for_a_target(tmp_path: Path):
    """8 lamps in 10 days are 4.8 tubes a day; over 20 days (48 + 24 + 24) x 10. Arms over 22 days would cost more."""
    shop = write(tmp_path / "shop", **SHOP)
    done = pegboard("leadtime", shop, "--target", "5", "--out", tmp_path / "curve.svg")
    assert done.returncode == 0, done.stdout
    assert "target   5 d: 3.00 d for 1 buffers with an average stock of 960; exact" in done.stdout
    picture = (tmp_path / "curve.svg").read_text(encoding="utf-8")
    assert "3.0 d, 1 buffers" in picture
    found = json.loads(pegboard("leadtime", shop, "--target", "5", "--json").stdout)
    assert [(p["days"], round(p["stock_value"]), p["buffers"]) for p in found["curve"]][:2] == [(23, 0, 0), (3, 960, 1)]
    (position,) = found["positions"]
    assert (position["item"], position["without_days"], position["needed_by"]) == ("TUBE", 23, 1)


def test_a_target_that_no_buffers_keep_is_a_finding(tmp_path: Path):
    done = pegboard("leadtime", write(tmp_path / "shop", **SHOP), "--target", "0.5")
    assert done.returncode == 1
    assert "B242" in done.stdout
    assert "LAMP takes 1.00 d with every buffer there may be, more than 0.5 d" in done.stdout


def test_a_target_for_an_item_that_there_is_not(tmp_path: Path):
    done = pegboard("leadtime", write(tmp_path / "shop", **SHOP), "LAMB", "--target", "5")
    assert done.returncode == 1
    assert "B241" in done.stdout


def test_without_any_cost_units_are_counted(tmp_path: Path):
    shop = write(tmp_path / "shop", **SHOP | {"items": SHOP["items"].replace(",10\n", ",\n")})
    assert "B243" in pegboard("leadtime", shop, "--target", "5").stdout


def test_a_negative_target_is_wrong_usage(tmp_path: Path):
    assert pegboard("leadtime", write(tmp_path / "shop", **SHOP), "--target", "-1").returncode == 2


def test_a_forecast_is_written_as_planning_reads_it(tmp_path: Path):
    """20 weeks of 7 tubes each, on Mondays."""
    weeks = [f"TUBE,2026-{month:02}-{day:02},7\n" for month in (1, 2, 3, 4, 5) for day in (4, 11, 18, 25)]
    shop = write(tmp_path / "shop", **SHOP, demand_history="item,date,qty\n" + "".join(weeks))
    done = pegboard("forecast", shop, "--weeks", "4", "--out", shop / "forecast.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = (shop / "forecast.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "item,date,qty"
    assert [row.rsplit(",", 1)[0] for row in rows[1:]] == [f"TUBE,2026-06-{d:02}" for d in (1, 8, 15, 22)]
    assert pegboard("validate", shop).returncode == 0
    (found,) = json.loads(pegboard("forecast", shop, "--json").stdout)
    assert (found["item"], len(found["weeks"])) == ("TUBE", 13)


def test_what_is_made_to_order_has_no_forecast(tmp_path: Path):
    done = pegboard("forecast", write(tmp_path / "shop", **SHOP), "--item", "LAMP")
    assert done.returncode == 1
    assert "V225" in done.stdout
    assert pegboard("forecast", tmp_path / "shop", "--weeks", "0").returncode == 2
