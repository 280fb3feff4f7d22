"""The record of a job is what the command of its name prints with `--json`, of the plant as it was then."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from pegboard.app import scenarios
from pegboard.app.jobs import Kind, asked, submitted
from pegboard.app.jobs_doing import record
from pegboard.app.jobs_ground import Ground, ground
from pegboard.app.plant_desk import PlantDesk
from pegboard.app.plants import brought_in
from pegboard.cli.main import app
from pegboard.domain.change import Entry, SetQuantity
from pegboard.domain.finding import Finding
from pegboard.storage.database.connect import opened
from pegboard.storage.database.leasing import Leasing
from pegboard.storage.database.scenarios import DatabaseStore
from tests.cli.command import GOOD, write
from tests.storage.test_database import BERLIN

ORDERS = "order,item,qty,due\nSO-A,GOOD,40,2026-06-05\nSO-B,GOOD,90,2026-06-05\n"
"""Wood comes on Thursday; from then on 240 and 540 minutes of a saw that is open for 480 a day: late on Friday."""
JOBS = [
    ("replan", {"rule": "edd", "seed": 3}, ["plan", "FACTORY", "--rule", "edd", "--seed", "3"]),
    ("replan", {"relax": ["material"]}, ["plan", "FACTORY", "--relax", "material"]),
    ("tournament", {"rules": ["edd", "atc"]}, ["tournament", "FACTORY", "--rules", "edd,atc"]),
    ("sweep", {"demand": ["0.5..1.5"], "steps": 2}, ["sweep", "FACTORY", "--demand", "0.5..1.5", "--steps", "2"]),
    ("confidence", {"runs": 20, "seed": 1}, ["confidence", "FACTORY", "--runs", "20", "--seed", "1"]),
    ("curve", {"scenario": "late", "moves": 1}, ["scenario", "curve", "FACTORY", "late", "--moves", "1"]),
    ("remedies", {"order": "SO-B"}, ["why", "SO-B", "FACTORY", "--fix"]),
]


@pytest.fixture
def factory(tmp_path: Path) -> Path:
    """A factory of two late orders, a change in its journal, and a scenario about it."""
    folder = write(tmp_path / "factory", **{**GOOD, "orders": ORDERS})
    line = '{"change":"set_quantity","order":"SO-A/1","qty":50.0,"when":"2026-06-01T06:00"}\n'
    (folder / "changes.jsonl").write_text(line, encoding="utf-8")
    desk = scenarios.desk(folder)
    assert isinstance(desk, scenarios.Desk)
    scenarios.new(desk, "late")
    assert scenarios.change(desk, "late", ["SO-A.qty=60"], "ann", "more").scenario is not None
    return folder


@pytest.fixture
def plant(factory: Path, tmp_path: Path) -> str:
    """The same factory in a database."""
    address = f"sqlite:///{tmp_path / 'plant.db'}"
    brought_in(address, factory, "ann", "")
    return address


def silent(_what: str, _share: float) -> None:
    """Nobody listens."""


def wanted(kind: str, params: dict[str, object]) -> Kind:
    found = asked(kind, params)
    assert not isinstance(found, Finding)
    return found


def given(plant: str, kind: Kind) -> bytes | list[Finding]:
    with opened(plant) as engine:
        submitted(engine, kind, "ann")
    return record(kind, taken(plant), 1, silent)


def taken(plant: str) -> Ground:
    with opened(plant) as engine:
        lease = Leasing(engine).take("w1")
        assert lease is not None
        found = ground(engine, lease)
        assert isinstance(found, Ground)
        return found


@pytest.mark.parametrize(("kind", "params", "command"), JOBS)
def test_a_job_gives_what_the_command_prints(
    kind: str,
    params: dict[str, object],
    command: list[str],
    factory: Path,
    plant: str,
    capsysbinary: pytest.CaptureFixture[bytes],
):
    words = [str(factory) if word == "FACTORY" else word for word in command]
    app([*words, "--json", "--quiet"], result_action="return_value")
    assert given(plant, wanted(kind, params)) == capsysbinary.readouterr().out.rstrip(b"\n")


@pytest.mark.parametrize(
    ("kind", "params", "code"),
    [
        ("replan", {"rule": "my_rules.py:shortest"}, "C706"),
        ("replan", {"rule": "nonsense"}, "S320"),
        ("tournament", {"rules": ["edd", "/etc/rules.py:f"]}, "C706"),
        ("sweep", {"demand": ["much"]}, "C520"),
        ("confidence", {"order": "SO-X"}, "C471"),
        ("remedies", {"order": "SO-X"}, "C708"),
    ],
)
def test_what_cannot_be_done_is_a_finding(plant: str, kind: str, params: dict[str, object], code: str):
    found = given(plant, wanted(kind, params))
    assert isinstance(found, list)
    assert code in {f.code for f in found}


def test_changes_after_a_job_was_submitted_are_no_part_of_it(plant: str):
    """SO-A is asked for with 50 then, and with 5 by now: the job has 50, in the plan and under the scenario of then."""
    with opened(plant) as engine:
        for kind in (wanted("replan", {}), wanted("curve", {"scenario": "late"})):
            submitted(engine, kind, "ann")
        store = DatabaseStore(engine, BERLIN)
        store.append((Entry(change=SetQuantity(order="SO-A/1", qty=5.0)),), 1)
        old = store.read("late")
        assert old is not None
        store.delete(old)
    plan = record(wanted("replan", {}), taken(plant), 1, silent)
    curve = record(wanted("curve", {"scenario": "late"}), taken(plant), 1, silent)
    assert isinstance(plan, bytes)
    assert {o["order"]: o["qty"] for o in msgspec.json.decode(plan)["orders"]} == {"SO-A": 50.0, "SO-B": 90.0}
    assert isinstance(curve, bytes)


def test_confidence_is_that_of_the_live_plan_as_it_was(plant: str):
    """SO-A shrinks by a repair, which moves nobody else: not the plan that is made anew; later all of it is undone."""
    desk = PlantDesk(plant, silent)
    shrunk = Entry(change=SetQuantity(order="SO-A/1", qty=5.0), when=datetime(2026, 6, 1, tzinfo=BERLIN))
    desk.write([shrunk], "repair", "ann", "", None, silent)
    repaired = {o.order: o.completion for o in desk.state.plan.orders}
    for kind in (wanted("confidence", {"runs": 5}), wanted("replan", {})):
        submitted(desk.engine, kind, "ann")
    desk.undo("ann", "", None, silent)
    desk.close()
    found = record(wanted("confidence", {"runs": 5}), taken(plant), 1, silent)
    fresh = record(wanted("replan", {}), taken(plant), 1, silent)
    assert isinstance(found, bytes)
    assert isinstance(fresh, bytes)
    assert {row["order"]: row["planned"] for row in msgspec.json.decode(found)["lines"]} == repaired
    assert {row["order"]: row["completion"] for row in msgspec.json.decode(fresh)["orders"]} != repaired


def test_a_curve_of_a_scenario_about_an_older_factory_is_refused(plant: str):
    with opened(plant) as engine:
        DatabaseStore(engine, BERLIN).append((Entry(change=SetQuantity(order="SO-B/1", qty=5.0)),), 1)
    found = given(plant, wanted("curve", {"scenario": "late"}))
    assert isinstance(found, list)
    assert [f.code for f in found] == ["C496"]


@pytest.mark.parametrize(
    ("kind", "params", "says"),
    [
        ("nonsense", {}, "there is no kind of job 'nonsense'"),
        ("replan", {"sed": 1}, "this is no replan: Object contains unknown field `sed`"),
        ("confidence", {"runs": 0}, "this is no confidence: Expected `int` >= 1 - at `runs`"),
        ("curve", {}, "this is no curve: Object missing required field `scenario`"),
    ],
)
def test_what_is_no_job_says_what_is_wrong_with_it(kind: str, params: dict[str, object], says: str):
    found = asked(kind, params)
    assert isinstance(found, Finding)
    assert (found.code, found.what) == ("C700", says)
