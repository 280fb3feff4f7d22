"""The plan folder says exactly what the plan says, in whole files, and reads back."""

import csv
import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pegboard.domain.finding import warning
from pegboard.domain.plan import (
    BufferPlan,
    Certificate,
    Ignored,
    Kpis,
    OperationPlan,
    OrderPlan,
    Peg,
    Plan,
    PurchasePlan,
    Violation,
    WorkOrderPlan,
)
from pegboard.exchange import PlanUnreadableError, plan_hash, read_plan, write_plan
from pegboard.exchange.instants import Instants, seconds
from pegboard.exchange.plan_columns import COUNTS, PLAN_FILES, formatter, parser, plan_columns

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "spec" / "plan-folder.md"
NAMES = [*(f"{name}.csv" for name in PLAN_FILES), "kpis.json", "certificate.json"]


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


ORDER = OrderPlan(
    order="SO-1",
    line="10",
    customer='Müller, "Rad" & Sohn',
    item="BIKE",
    qty=2.0,
    due=at(2026, 6, 12, 15),
    completion=at(2026, 6, 13, 16, 30),
    lateness_min=1530.0,
    status="late",
    weight=1.5,
    cause="queue",
    reason="waits for LASER-3 behind SO-0991",
)
UNPLANNED = msgspec.structs.replace(ORDER, line="20", completion=None, lateness_min=None, status="unplanned")
WORK_ORDER = WorkOrderPlan(
    wo="W1",
    item="BIKE",
    qty=2.0,
    good_qty=1.9,
    status="planned",
    release=at(2026, 6, 1),
    start=at(2026, 6, 1),
    end=at(2026, 6, 2),
    need=at(2026, 6, 3),
    level=0,
    options=(("ARMS", "yes"), ("COLOUR", "red")),
)
OPERATION = OperationPlan(
    wo="W1",
    step=10,
    name="Saw",
    resource="SAW",
    also=("ANN", "BLADE"),
    family="",
    setup_start=at(2026, 10, 25, 0, 30),
    start=at(2026, 10, 25, 1, 30),
    end=at(2026, 12, 1),
    setup_min=0.1,
    run_min=1e-7,
    latest_start=at(2026, 6, 1),
    slack_min=-0.0,
    status="planned",
    locked=True,
    qty=2.5,
)
PLAN = Plan(
    timezone="Europe/Berlin",
    now=at(2026, 6, 1, 4),
    orders=(ORDER, UNPLANNED),
    work_orders=(WORK_ORDER,),
    operations=(OPERATION,),
    purchases=(
        PurchasePlan(
            action="order",
            po="",
            item="TUBE",
            supplier="ACME",
            qty=47.0,
            order_by=at(2026, 6, 1),
            due=at(2026, 6, 9),
            need=None,
            cost=None,
            feasible=False,
        ),
    ),
    pegs=(
        Peg(
            supply_kind="stock",
            supply="TUBE",
            demand_kind="wo",
            demand="W1",
            step=10,
            item="TUBE",
            qty=4.0,
            available=at(2026, 6, 1),
            need=at(2026, 6, 1),
            kind="soft",
        ),
    ),
    buffers=(
        BufferPlan(
            item="FRAME",
            adu=2.5,
            dlt_days=10.0,
            tor=30.0,
            toy=70.0,
            tog=90.0,
            on_hand=50.0,
            on_order=0.0,
            qualified_demand=0.0,
            net_flow=50.0,
            priority_pct=55.56,
            colour="yellow",
            order_qty=40.0,
            on_hand_pct=None,
            alert="",
            order_by=None,
            due=None,
        ),
    ),
    messages=(warning("V1", "SO-1", "a, b\nc", "do", "orders.csv:2"),),
    kpis=Kpis(
        orders=1,
        lines_on_time=0,
        lines_late=1,
        lines_unplanned=1,
        on_time_pct=0.0,
        total_tardiness_days=1.0625,
        weighted_tardiness_days=1.59375,
        max_lateness_days=1.0625,
        mean_lead_time_days=2.0,
        makespan_days=1.0,
        setup_hours=0.5,
        utilisation={"SAW": 0.5, "ANN": 0.25},
        wip_value=None,
        inventory_value=12.5,
        purchases=1,
        engine="dispatch",
        seconds=None,
        objective=1.0,
        bound=0.5,
        gap=0.5,
    ),
    certificate=Certificate(
        checked={"precedence": 3, "capacity": 2},
        violations=(Violation(constraint="capacity", subject="SAW", what="two at once"),),
        ignored=(Ignored(constraint="labour", why="not modelled"),),
        factory_hash="f" * 64,
        plan_hash="p" * 64,
        seed=1,
        version="0.1.0",
    ),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_plan(PLAN, tmp_path / "plan")
    return tmp_path / "plan"


def cells(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_files_of_the_contract_are_written_and_nothing_else(folder: Path):
    assert sorted(file.name for file in folder.iterdir()) == sorted(NAMES)


def test_what_is_written_reads_back_as_the_same_plan(folder: Path):
    assert read_plan(folder) == PLAN


def test_times_are_local_with_offset_and_seconds_and_say_which_of_two_is_meant(folder: Path):
    """At 00:30 UTC on 25 October 2026 it is 02:30 in Berlin for the first time, an hour later for the second."""
    (row,) = cells(folder, "operations.csv")
    assert (row["setup_start"], row["start"]) == ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
    assert row["end"] == "2026-12-01T01:00:00+01:00"
    assert cells(folder, "orders.csv")[0]["due"] == "2026-06-12T17:00:00+02:00"


def test_numbers_are_short_lists_joined_and_nothing_is_blank(folder: Path):
    late, unplanned = cells(folder, "orders.csv")
    assert (late["qty"], late["weight"], late["lateness_min"]) == ("2", "1.5", "1530")
    assert (unplanned["completion"], unplanned["lateness_min"]) == ("", "")
    (operation,) = cells(folder, "operations.csv")
    assert (operation["setup_min"], operation["run_min"], operation["slack_min"]) == ("0.1", "0.0000001", "0")
    assert (operation["also"], operation["locked"], operation["step"]) == ("ANN;BLADE", "yes", "10")
    assert cells(folder, "work_orders.csv")[0]["options"] == "ARMS=yes;COLOUR=red"
    assert cells(folder, "purchases.csv")[0]["feasible"] == "no"


def test_texts_with_separators_come_whole_out_of_any_reader_of_csv(folder: Path):
    assert cells(folder, "orders.csv")[0]["customer"] == 'Müller, "Rad" & Sohn'
    assert cells(folder, "messages.csv")[0]["what"] == "a, b\nc"


def test_the_columns_are_those_of_the_contract():
    if not CONTRACT.exists():
        pytest.skip(f"the contract is not at {CONTRACT}")
    text = CONTRACT.read_text()
    for name, row in PLAN_FILES.items():
        (line,) = [part for part in text.splitlines() if part.startswith(f"| `{name}.csv`")]
        mentioned = re.findall(r"\w+", re.sub(r"\([^()]*\)", "", line.rsplit(" | ", 1)[1]))
        beyond = {"operations": {"qty"}, "work_orders": {"variant"}}.get(name, set())
        places = [mentioned.index(column.name) for column in plan_columns(row) if column.name not in beyond]
        assert places == sorted(places), name


def test_every_whole_number_is_a_count_or_an_instant():
    instants = {
        "due",
        "completion",
        "release",
        "start",
        "end",
        "need",
        "setup_start",
        "latest_start",
        "order_by",
        "available",
    }
    for row in PLAN_FILES.values():
        for name, hint in get_type_hints(row).items():
            if hint is int or int in get_args(hint):
                assert (name in COUNTS) != (name in instants), (row, name)


def test_the_plan_hash_is_that_of_the_files_and_a_blank_one_is_filled_in(tmp_path: Path):
    blank = msgspec.structs.replace(PLAN, certificate=msgspec.structs.replace(PLAN.certificate, plan_hash=""))
    write_plan(blank, tmp_path)
    files = ["orders", "work_orders", "operations", "purchases", "pegs", "buffers"]
    whole = hashlib.sha256(b"".join((tmp_path / f"{name}.csv").read_bytes() for name in files)).hexdigest()
    assert plan_hash(blank) == plan_hash(PLAN) == whole
    assert json.loads((tmp_path / "certificate.json").read_text())["plan_hash"] == whole


def test_a_message_is_no_part_of_the_plan_hash_but_every_row_is():
    assert plan_hash(msgspec.structs.replace(PLAN, messages=())) == plan_hash(PLAN)
    assert plan_hash(msgspec.structs.replace(PLAN, pegs=())) != plan_hash(PLAN)


def test_json_files_have_two_spaces_and_their_keys_in_one_order(folder: Path):
    kpis = (folder / "kpis.json").read_text()
    assert kpis.startswith('{\n  "orders": 1,\n  "lines_on_time": 0,\n')
    assert list(json.loads(kpis)["utilisation"]) == ["ANN", "SAW"]
    certificate = json.loads((folder / "certificate.json").read_text())
    assert list(certificate["checked"]) == ["capacity", "precedence"]
    assert (certificate["timezone"], certificate["now"]) == ("Europe/Berlin", "2026-06-01T06:00:00+02:00")


def test_the_same_plan_gives_the_same_bytes(folder: Path, tmp_path: Path):
    write_plan(PLAN, tmp_path / "again")
    assert all((folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in NAMES)


def test_an_interrupted_write_leaves_the_old_plan_whole(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Ctrl-C comes while the pegs are written, after the operations."""
    before = {name: (folder / name).read_bytes() for name in NAMES}

    class Interrupting(tuple[Any, ...]):
        __slots__ = ()

        def __getitem__(self, _: Any) -> Any:
            raise KeyboardInterrupt

        def __len__(self) -> int:
            return 1

    changed = msgspec.structs.replace(PLAN, orders=(), pegs=Interrupting())
    with pytest.raises(KeyboardInterrupt):
        write_plan(changed, folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_plan_without_rows_has_headers(tmp_path: Path):
    empty = msgspec.structs.replace(PLAN, **dict.fromkeys(PLAN_FILES, ()))
    write_plan(empty, tmp_path)
    assert (tmp_path / "pegs.csv").read_text() == (
        "supply_kind,supply,demand_kind,demand,step,item,qty,available,need,kind\n"
    )
    assert read_plan(tmp_path) == empty


FAULTS = [
    ("operations.csv", "W1,10", "W1,ten"),
    ("operations.csv", ",yes", ",maybe"),
    ("operations.csv", "+02:00", ""),
    ("operations.csv", "wo,step", "order,step"),
    ("pegs.csv", "TUBE,4", '"TUBE,4'),
    ("orders.csv", ",BIKE", ""),
    ("kpis.json", "{", ""),
    ("kpis.json", '"engine": "dispatch"', '"engine": 1'),
    ("certificate.json", "2026-06-01T06:00:00+02:00", "soon"),
]


@pytest.mark.parametrize(("name", "old", "new"), FAULTS)
def test_a_plan_folder_that_was_changed_says_where(folder: Path, name: str, old: str, new: str):
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    with pytest.raises(PlanUnreadableError) as raised:
        read_plan(folder)
    assert raised.value.finding.code == "F131"
    assert name.split(".", maxsplit=1)[0] in raised.value.finding.source


def test_a_folder_that_is_no_plan_folder_says_so(tmp_path: Path):
    with pytest.raises(PlanUnreadableError, match=r"orders\.csv cannot be read"):
        read_plan(tmp_path / "nowhere")


ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Los_Angeles",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Monrovia",
]


@settings(max_examples=200)
@given(
    st.sampled_from(ZONES),
    st.sampled_from([at(1971, 12, 1), at(2011, 12, 1), at(2026, 3, 1), at(2149, 6, 1)]),
    st.lists(st.none() | st.integers(0, 400 * 86_400), max_size=6),
)
def test_any_instant_is_written_as_python_writes_it_and_reads_back(name: str, first: int, after: list[int | None]):
    """Samoa skipped a whole day in 2011; Monrovia was 44 minutes and 30 seconds behind until 1972."""
    instants = [None if t is None else first + t for t in after]
    texts = Instants(ZoneInfo(name)).texts(instants)
    assert texts == ["" if t is None else datetime.fromtimestamp(t, ZoneInfo(name)).isoformat() for t in instants]
    assert [seconds(text) if text else None for text in texts] == instants


def test_instants_a_lifetime_apart_are_written_all_the_same():
    instants = [at(1935, 1, 1), at(2150, 1, 1)]
    assert Instants(ZoneInfo("Europe/Berlin")).texts(instants) == [
        "1935-01-01T01:00:00+01:00",
        "2150-01-01T01:00:00+01:00",
    ]


@settings(max_examples=100)
@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_any_number_reads_back(numbers: list[float | None]):
    column = next(c for c in plan_columns(OrderPlan) if c.name == "lateness_min")
    texts = formatter("number", Instants(ZoneInfo("UTC")))(numbers)
    assert list(parser(column)(texts)) == numbers
    assert not any("e" in text or text.endswith(".0") for text in texts)
