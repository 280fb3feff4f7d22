"""Factories in which something cannot be: the clashing parties are named, and the rest is planned."""

from pathlib import Path

from tests.cli.command import pegboard, with_fault
from tests.laws.folder import read_csv


def planned(folder: Path) -> tuple[dict[str, dict[str, str]], str]:
    """The rows of `orders.csv` by order, and all that `messages.csv` says."""
    done = pegboard("plan", folder, "--out", folder / "plan")
    assert done.returncode in (0, 1), done.stderr
    rows = {row["order"]: row for row in read_csv(folder / "plan" / "orders.csv")}
    assert rows["SO-GOOD"]["status"] == "on_time"
    return rows, "\n".join(row["what"] for row in read_csv(folder / "plan" / "messages.csv"))


def test_a_skill_nobody_has(tmp_path: Path):
    folder = with_fault(
        tmp_path,
        items="BAD,\n",
        routing="BAD,10,SAW,6\n",
        routing_needs="item,step,resource\nBAD,10,WELDING\n",
        orders="SO-BAD,BAD,5,2026-06-20\n",
    )
    rows, messages = planned(folder)

    assert rows["SO-BAD"]["status"] == "unplanned"
    assert "step 10 of BAD needs WELDING, which is no usable resource, group or skill" in messages
    assert "order SO-BAD/1 is not planned: 5 BAD short: step 10 of BAD needs WELDING" in messages


def test_a_machine_and_its_operator_never_meet(tmp_path: Path):
    folder = with_fault(
        tmp_path,
        items="BAD,\n",
        routing="BAD,10,PRESS,6\n",
        resources="PRESS,STD\nANNA,NIGHT\n",
        calendars="NIGHT,mon-fri,20:00,23:00\n",
        routing_needs="item,step,resource\nBAD,10,ANNA\n",
        orders="SO-BAD,BAD,5,2026-06-20\n",
    )
    rows, _ = planned(folder)

    assert rows["SO-BAD"]["cause"] == "unschedulable"
    assert "the calendars of PRESS and ANNA are never open at the same time" in rows["SO-BAD"]["reason"]


def test_two_locks_on_one_machine(tmp_path: Path):
    folder = with_fault(
        tmp_path,
        items="BAD,\n",
        routing="BAD,10,PRESS,60\n",
        resources="PRESS,STD\n",
        work_orders="wo,item,qty,status,due\nW1,BAD,2,released,2026-06-20\nW2,BAD,2,released,2026-06-20\n",
        work_order_steps=(
            "wo,step,status,locked,start\nW1,10,waiting,yes,2026-06-08T10:00\nW2,10,waiting,yes,2026-06-08T11:00\n"
        ),
        orders="SO-BAD,BAD,4,2026-06-20\n",
    )
    _, messages = planned(folder)

    assert (
        "operation W2.10 is locked to start at 2026-06-08 11:00, "
        "but PRESS is then held by W1.10, which is locked too" in messages
    )


def test_two_locks_that_want_one_operator(tmp_path: Path):
    folder = with_fault(
        tmp_path,
        items="BAD,\nWORSE,\n",
        routing="BAD,10,PRESS,60\nWORSE,10,DRILL,60\n",
        resources="PRESS,STD\nDRILL,STD\nANNA,STD\n",
        routing_needs="item,step,resource\nBAD,10,ANNA\nWORSE,10,ANNA\n",
        work_orders="wo,item,qty,status,due\nW1,BAD,2,released,2026-06-20\nW2,WORSE,2,released,2026-06-20\n",
        work_order_steps=(
            "wo,step,status,locked,start\nW1,10,waiting,yes,2026-06-08T10:00\nW2,10,waiting,yes,2026-06-08T11:00\n"
        ),
        orders="SO-BAD,BAD,2,2026-06-20\n",
    )
    _, messages = planned(folder)

    assert "but ANNA, which it needs as well, is then held by W1.10, which is locked too" in messages


def test_a_lot_larger_than_its_oven(tmp_path: Path):
    folder = with_fault(
        tmp_path,
        items="BAD,\n",
        resources="KILN,STD\n",
        orders="SO-BAD,BAD,50,2026-06-20\n",
    )
    (folder / "routing.csv").write_text(
        "item,step,resource,run_min,batch_key,batch_qty\nGOOD,10,SAW,6,,\nBAD,10,KILN,60,HOT,40\n", encoding="utf-8"
    )
    rows, _ = planned(folder)

    assert "step 10 of BAD starts 50 at once, more than the oven KILN (batch_qty 40) takes" in rows["SO-BAD"]["reason"]
