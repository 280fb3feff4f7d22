"""Edge cases that reach a factory as changes of its folder, which is planned again, or its plan repaired.

A is sawn and milled of one B, with half an hour of setup on the saw and 6 minutes a piece at either; B is turned of RM.
WO-1 makes the 10 A of SO-1 and has the 10 B in stock; the 5 A of SO-2 are made anew. It is Monday 8 June 2026, 08:00.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from pegboard.app.changing import Changed, try_changes
from pegboard.app.files import plan_factory, save_plan
from pegboard.app.outcome import Outcome
from pegboard.app.repair import repair_factory
from pegboard.scheduling.engines.dispatch import Options
from tests.factories import completion, pegged, times

FILES = {
    "items": "item,supply,lead_time_days\nA,make,\nB,make,\nRM,buy,1\n",
    "bom": "parent,component,qty_per\nA,B,1\nB,RM,1\n",
    "routing": "item,step,resource,setup_min,run_min,transfer_qty\nA,10,SAW,30,6,\nA,20,MILL,0,6,\nB,10,LATHE,0,6,\n",
    "resources": "resource,calendar\nSAW,STD\nMILL,STD\nLATHE,STD\n",
    "calendars": "calendar,weekday,start,end\nSTD,mon-fri,08:00,16:00\n",
    "orders": "order,item,qty,due\nSO-1,A,10,2026-06-12\nSO-2,A,5,2026-06-19\n",
    "stock": "item,qty\nB,10\nRM,50\n",
    "work_orders": "wo,item,qty,status,order,due\nWO-1,A,10,released,SO-1,2026-06-12\n",
}
PLANS = pytest.mark.parametrize("how", ["planned again", "repaired"])


def silent(what: str, share: float) -> None:
    """A report that nobody reads."""


class Shop:
    """A factory folder and the plan that was made of it before anything changed."""

    def __init__(self, path: Path, **files: str) -> None:
        self.path, self.plan = path / "factory", path / "plan"
        self.path.mkdir()
        for name, text in {**FILES, **files}.items():
            (self.path / f"{name}.csv").write_text(text, encoding="utf-8")
        self.clock("2026-06-08T08:00:00")
        save_plan(plan_factory(self.path, Options(), 0, silent), self.plan)

    def clock(self, now: str) -> None:
        """Set the now of the factory."""
        (self.path / "factory.toml").write_text(f'now = {now}\ncalendar = "STD"\n', encoding="utf-8")

    def changed(self, *changes: str) -> Changed:
        """What the journal says to changes, which are kept where none is refused."""
        return try_changes(self.path, list(changes), "", "", keep=True)

    def after(self, how: str, *changes: str) -> Outcome:
        """The certified plan of the changed factory."""
        assert not self.changed(*changes).is_refused
        if how == "repaired":
            outcome = repair_factory(self.path, self.plan, "shift", (), 0, silent).outcome
        else:
            outcome = plan_factory(self.path, Options(), 0, silent).outcome
        assert outcome is not None
        assert outcome.is_certified
        return outcome


def report(step: int, status: str, **more: Any) -> str:
    """Progress of WO-1 as JSON."""
    return json.dumps({"change": "report_progress", "wo": "WO-1", "step": step, "status": status, **more})


def operations(outcome: Outcome, wo: str) -> list[int]:
    return [o.step for o in outcome.plan.operations if o.wo == wo]


def codes(outcome: Outcome) -> list[str]:
    return [m.code for m in outcome.plan.messages if m.severity != "info"]


def test_edge_7_an_order_that_exists_is_not_entered_again(tmp_path: Path):
    shop = Shop(tmp_path)
    done = shop.changed("add=SO-1/1:A:10@2026-06-12")

    assert [f.code for t in done.tried for f in t.findings] == ["C409"]
    assert not (shop.path / "changes.jsonl").exists()


def test_edge_7_the_same_under_another_number_is_added_with_a_warning(tmp_path: Path):
    """A day later, one piece more, or a line of the same order, it is another thing."""
    shop = Shop(tmp_path)
    twin, later, more = "add=SO-9:A:5@2026-06-19", "add=SO-8:A:5@2026-06-20", "add=SO-7:A:6@2026-06-19"
    done = shop.changed(twin, later, more, "add=SO-2/2:A:5@2026-06-18", "add=SO-2/3:A:5@2026-06-18")

    assert [[f.code for f in t.findings] for t in done.tried] == [["C413"], [], [], [], []]
    assert done.tried[0].findings[0].what == "SO-9/1 wants the same as SO-2/1: 5 A due 2026-06-19"
    assert done.length == 5


@PLANS
def test_edge_7_one_item_twice_in_an_order_stays_two_demands(tmp_path: Path, how: str):
    outcome = Shop(tmp_path).after(how, "add=SO-3/1:A:2@2026-06-15", "add=SO-3/2:A:4@2026-06-22")
    rows = {o.id: (o.qty, o.status) for o in outcome.plan.orders if o.order == "SO-3"}

    assert rows == {"SO-3/1": (2, "on_time"), "SO-3/2": (4, "on_time")}
    assert pegged(outcome, "A") == {("wo", "SO-1/1"): 10, ("wo", "SO-2/1"): 5, ("wo", "SO-3/1"): 2, ("wo", "SO-3/2"): 4}


@PLANS
def test_edge_18_what_was_to_start_and_did_not_starts_now(tmp_path: Path, how: str):
    """The plan has WO-1 on the saw before noon of Friday the 12th; at 13:00 nothing has begun. 30 minutes of setup and
    an hour of sawing end at 14:30, the mill at 15:30."""
    shop = Shop(tmp_path)
    shop.clock("2026-06-12T13:00:00")
    outcome = shop.after(how, "SO-2.priority=1")

    assert times(outcome, "WO-1", 10) == ("Fri 06-12 13:00", "Fri 06-12 14:30")
    assert completion(outcome, "SO-1") == "Fri 06-12 15:30"


@PLANS
@pytest.mark.parametrize(
    ("told", "end"),
    [
        ({"good_qty": 4}, "08:36"),
        ({"good_qty": 12}, "08:00"),
        ({"good_qty": 4, "remaining_min": 50}, "08:50"),
    ],
)
def test_edge_18_what_has_begun_stays_with_what_remains_of_it(
    tmp_path: Path, how: str, told: dict[str, float], end: str
):
    """6 of 10 pieces are 36 minutes without another setup; never less than none; the operator's word comes first."""
    outcome = Shop(tmp_path).after(how, report(10, "started", resource="SAW", **told))

    assert times(outcome, "WO-1", 10) == ("Mon 06-08 08:00", f"Mon 06-08 {end}")


@PLANS
def test_edge_19_what_was_made_too_many_is_free_stock(tmp_path: Path, how: str):
    """13 of 10 came out: SO-1 takes 10 and SO-2 the other 3, so that 2 are made for it; WO-1 has nothing left."""
    done = [report(10, "done", good_qty=13), report(20, "done", good_qty=13, completed_qty=13), "stock=A=13"]
    outcome = Shop(tmp_path).after(how, *done)

    assert pegged(outcome, "A") == {("A", "SO-1/1"): 10, ("A", "SO-2/1"): 3, ("wo", "SO-2/1"): 2}
    assert operations(outcome, "WO-1") == []


def test_edge_23_good_pieces_count_and_the_rest_moves_on_as_it_comes(tmp_path: Path):
    """4 are finished and in stock; the saw has 4 of the other 6 left, until 08:24. Pieces move one by one: the mill has
    its 6 from when the next one is sawn, 08:06 to 08:42. SO-1 is complete then, of 4 from stock and 6 of WO-1."""
    routing = FILES["routing"].replace("A,10,SAW,30,6,\n", "A,10,SAW,30,6,1\n")
    told = report(10, "started", resource="SAW", good_qty=6, completed_qty=4)
    outcome = Shop(tmp_path, routing=routing).after("planned again", told, "stock=A=4")

    assert times(outcome, "WO-1", 10) == ("Mon 06-08 08:00", "Mon 06-08 08:24")
    assert times(outcome, "WO-1", 20) == ("Mon 06-08 08:06", "Mon 06-08 08:42")
    assert pegged(outcome, "A")["A", "SO-1/1"] == 4
    assert completion(outcome, "SO-1") == "Mon 06-08 08:42"


@PLANS
def test_edge_24_what_is_done_before_its_time_is_done_and_remarked_on(tmp_path: Path, how: str):
    outcome = Shop(tmp_path).after(how, "progress=WO-1.20=done")

    assert operations(outcome, "WO-1") == [10]
    assert codes(outcome) == ["P207"]


@PLANS
def test_edge_24_a_work_order_that_is_complete_sets_up_nothing(tmp_path: Path, how: str):
    """All 10 came out of step 20; nobody reported step 10, which has no piece to make any more."""
    outcome = Shop(tmp_path).after(how, report(20, "done", good_qty=10, completed_qty=10), "stock=A=10")

    assert operations(outcome, "WO-1") == []
    assert pegged(outcome, "A")["A", "SO-1/1"] == 10
    assert codes(outcome) == ["P207"]


def test_edge_24_of_a_closed_work_order_nothing_is_reported_any_more(tmp_path: Path):
    orders = FILES["work_orders"].replace("released", "closed")
    done = Shop(tmp_path, work_orders=orders).changed("progress=WO-1.10=started")

    assert [f.code for t in done.tried for f in t.findings] == ["C447"]


@PLANS
def test_edge_25_what_is_done_in_the_past_leaves_the_rest_with_its_order(tmp_path: Path, how: str):
    """The saw was through on Friday; the mill still works for SO-1, and no second work order is made for it."""
    past = {"started": "2026-06-05T08:00:00", "finished": "2026-06-05T09:30:00"}
    outcome = Shop(tmp_path).after(how, report(10, "done", good_qty=10, **past))
    given = {(p.supply, p.demand): p.qty for p in outcome.plan.pegs if p.item == "A"}

    assert operations(outcome, "WO-1") == [20]
    assert given == {("WO-1", "SO-1/1"): 10, ("SO-2/1-1", "SO-2/1"): 5}
    assert codes(outcome) == []
