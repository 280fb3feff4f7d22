"""Small factories that random ones once showed to be planned wrongly, with the right plan worked out by hand.

Each needs no more rows than stand here. Planned on Monday 2026-06-01 06:00 UTC; who has no calendar is always open.
"""

from pathlib import Path

from tests.laws.folder import FactoryFolder, Row, table
from tests.laws.planning import Case, judge, plan

Rows = tuple[Row, ...]
ORDER = table("order item qty due", "SO-1 F 10 2026-06-19")
URGENT = table("order item qty due", "SO-1 F 10 2026-05-29")
"""Late already, so that nothing is held back to be just in time."""


def planned(folder: Path, rule: str = "jit", **tables: Rows) -> Case:
    tables = {"orders": ORDER, **tables}
    return plan(FactoryFolder("small", {"now": "2026-06-01T06:00:00"}, {}, tables), folder, rule)


def status(case: Case) -> list[str]:
    return [row["status"] for row in case.rows("orders")]


def test_lots_split_at_the_maximum_still_add_up_to_what_is_wanted(tmp_path: Path):
    """19 good at a yield of 0.95 are 20 started; two lots of 10 give 9 whole pieces each, so a third lot is needed."""
    case = planned(
        tmp_path,
        items=table("item supply yield max_qty", "F make 0.95 10"),
        orders=table("order item qty due", "SO-1 F 19 2026-06-19"),
    )
    assert status(case) == ["on_time"]
    assert sum(float(wo["good_qty"]) for wo in case.rows("work_orders")) >= 19


def test_no_work_order_is_made_that_yields_nothing(tmp_path: Path):
    """20 good at 0.97 are 21 started, in lots of 20 at most; the first gives 19, so the second starts two for one."""
    case = planned(
        tmp_path,
        items=table("item supply yield max_qty", "F make 0.97 20"),
        orders=table("order item qty due", "SO-1 F 20 2026-06-19"),
    )
    lots = sorted((float(wo["qty"]), float(wo["good_qty"])) for wo in case.rows("work_orders"))
    assert lots == [(2, 1), (20, 19)]


def test_a_phantom_with_an_unknown_part_stops_the_orders_that_need_it(tmp_path: Path):
    """F needs X, a name for two NOPE, which is no item: without NOPE there is no F, as if F named it itself."""
    case = planned(
        tmp_path,
        items=table("item supply", "F make", "X phantom"),
        bom=table("parent component qty_per", "F X 1", "X NOPE 2"),
    )
    (line,) = case.rows("orders")
    assert line["status"] == "unplanned"
    assert "NOPE" in line["reason"]


def test_a_lock_that_cannot_be_kept_sets_the_resource_free_too(tmp_path: Path):
    """WO-1 is locked on M2 by day, which works by night, its tool by day: it is planned on M1, with a word."""
    case = planned(
        tmp_path,
        items=table("item supply", "F make"),
        routing=table("item step resource run_min", "F 10 G 6"),
        routing_needs=table("item step resource", "F 10 T"),
        resources=table("resource kind group calendar", "M1 machine G DAY", "M2 machine G NIGHT", "T tool - DAY"),
        calendars=table("calendar weekday start end", "DAY mon-fri 08:00 16:00", "NIGHT mon-thu 22:00 06:00"),
        work_orders=table("wo item qty status", "WO-1 F 10 firm"),
        work_order_steps=table("wo step resource status locked start", "WO-1 10 M2 waiting yes 2026-06-03T10:00"),
    )
    assert status(case) == ["on_time"]
    assert [(op["wo"], op["resource"]) for op in case.rows("operations")] == [("WO-1", "M1")]
    assert any(m["severity"] == "error" and "locked" in m["what"] for m in case.rows("messages"))


def test_what_a_finished_step_left_to_cure_is_waited_for(tmp_path: Path):
    """Glued until 05:00, it cures for twelve hours and is moved: sanding starts at 17:30, its machine free or not."""
    case = planned(
        tmp_path,
        orders=URGENT,
        items=table("item supply", "F make"),
        routing=table("item step resource run_min wait_min move_min", "F 10 GLUE 6 720 30", "F 20 SAND 6 0 0"),
        resources=table("resource", "GLUE", "SAND"),
        work_orders=table("wo item qty status", "WO-1 F 10 started"),
        work_order_steps=table("wo step resource status finished", "WO-1 10 GLUE done 2026-06-01T05:00"),
    )
    (sanding,) = case.rows("operations")
    assert sanding["setup_start"] >= "2026-06-01T17:30"
    assert judge(case).violations == []


def test_a_begun_operation_keeps_what_it_holds_over_closed_time(tmp_path: Path):
    """WO-1 was begun and goes on when M1 opens at 07:00; until then its 3 of 4 places on the floor stay taken."""
    case = planned(
        tmp_path,
        rule="slack",
        items=table("item supply", "F make", "E make"),
        routing=table("item step resource run_min", "F 10 M2 11", "E 10 M1 20"),
        routing_needs=table("item step resource qty", "F 10 FLOOR 3", "E 10 FLOOR 3"),
        resources=table("resource kind calendar capacity", "M1 machine DAY 1", "M2 machine - 1", "FLOOR space - 4"),
        calendars=table("calendar weekday start end", "DAY mon-fri 07:00 15:30"),
        work_orders=table("wo item qty status", "WO-1 E 8 started"),
        work_order_steps=table("wo step resource status", "WO-1 10 M1 started"),
    )
    starts = {op["wo"]: op["setup_start"][:16] for op in case.rows("operations")}
    assert starts["WO-1"] == "2026-06-01T07:00"
    assert judge(case).violations == []


def test_the_first_batch_of_an_operation_waits_for_its_operator_too(tmp_path: Path):
    """Five pieces of 20 minutes while M1 and ANN are there: 13:00 to 14:00, and 40 minutes more when ANN is back at
    15:00. So step 20 begins at 15:40, not at 14:40, when M1 alone would have had them through."""
    case = planned(
        tmp_path,
        items=table("item supply", "F make"),
        routing=table("item step resource run_min transfer_qty", "F 10 M1 20 5", "F 20 M2 120 -"),
        routing_needs=table("item step resource", "F 10 ANN"),
        resources=table("resource kind calendar", "M1 machine -", "M2 machine -", "ANN labour PM"),
        calendars=table("calendar weekday start end", "PM mon-fri 13:00 14:00", "PM mon-fri 15:00 19:00"),
        orders=table("order item qty due", "SO-1 F 20 2026-05-29"),
    )
    first, second = sorted(case.rows("operations"), key=lambda op: op["step"])
    assert first["setup_start"][:16] == "2026-06-01T13:00"
    assert second["start"][:16] >= "2026-06-01T15:40"
    assert judge(case).violations == []


def test_locks_on_a_machine_with_room_for_several_keep_the_changeovers_right(tmp_path: Path):
    """Three places, a matrix, and two locked operations of different families: the referee agrees to the minute."""
    case = planned(
        tmp_path,
        rule="cr",
        items=table("item supply lead_time_days", "F buy 1", "E make 0", "S make 0"),
        routing=table(
            "item step resource setup_min run_min fixed_min family",
            "E 10 M 30 5 0 B",
            "S 10 M 0 2 15 C",
            "S 20 M 0 2 0 B",
        ),
        resources=table("resource capacity changeover", "M 3 X"),
        changeovers=table("changeover from to minutes", "X C B 60"),
        work_orders=table("wo item qty status", "WO-1 S 12 released", "WO-2 E 10 released"),
        work_order_steps=table(
            "wo step resource status locked start",
            "WO-1 10 - waiting yes 2026-06-03T09:00",
            "WO-2 10 - waiting yes 2026-06-03T11:00",
        ),
    )
    assert case.run.outcome is not None
    assert case.run.outcome.plan.certificate.violations == ()


def test_parts_reserved_for_an_order_may_go_into_a_work_order_of_that_order(tmp_path: Path):
    """WO-1 is made for SO-1, so it may take the parts that are kept for SO-1."""
    case = planned(
        tmp_path,
        items=table("item supply", "F make", "E make", "P buy"),
        bom=table("parent component qty_per", "E P 1"),
        work_orders=table("wo item qty status order", "WO-1 E 5 firm SO-1"),
        stock=table("item qty lot reserved_for", "P 9 L1 SO-1"),
    )
    assert [
        (peg["supply_kind"], peg["demand"], float(peg["qty"])) for peg in case.rows("pegs") if peg["item"] == "P"
    ] == [("stock", "WO-1", 5.0)]
