"""What the independent re-checker accepts and what it refuses, on a plant small enough to work out by hand.

The plant (Berlin, Monday to Friday 08-12 and 13-17, planned on Monday 2026-06-01 at 06:00) makes eight bikes for SO-1
and five spare frames for SO-3, and ships five bolts from stock for SO-2:

    tubes    9 x 3 + 6 x 3 = 45, ordered on Monday, a day's lead time       there  Tue 08:00
    WO-F     8 good frames, yield 0.9, so 9 started; SAW-1, setup 30, 90     Tue 08:00 - 08:30 - 10:00, moved 11:00
    WO-G     5 good frames, so 6 started; SAW-2, setup 30, run 60            Tue 08:00 - 08:30 - 09:30, moved 10:30
    WO-B 10  PAINT, setup 20 + 40 from blue to red, run 8 x 30 = 240         Tue 11:00 - 13:00 - 17:00
    WO-B 20  dry until 19:00, queue 30 on ASSY, run 8 x 15 = 120 with OP-1   Wed 08:30 - 10:30
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests import recheck as module
from tests.recheck import PLAN_COLUMNS, PLAN_KEYS, Calendar, Clock, Factory, recheck
from tests.recheck.__main__ import main

Rows = list[dict[str, str]]
Break = Callable[[Path, Path], None]

FACTORY = {
    "items.csv": "item,supply,yield\nBIKE,make,\nFRAME,make,0.9\nTUBE,buy,\nBOLT,buy,\n",
    "bom.csv": "parent,component,qty_per,step\nBIKE,FRAME,1,10\nBIKE,BOLT,4,20\nFRAME,TUBE,3,\n",
    "routing.csv": "item,step,resource,setup_min,run_min,queue_min,move_min,wait_min,family,pause\n"
    "FRAME,10,CUT,30,10,,60,,,\nBIKE,10,PAINT,20,30,,,120,RED,\nBIKE,20,ASSY,,15,30,,,,\n",
    "routing_needs.csv": "item,step,resource,qty,phase\nBIKE,20,OPS,1,run\n",
    "resources.csv": "resource,kind,group,calendar,changeover,initial_family\nSAW-1,machine,CUT,STD,,\n"
    "SAW-2,machine,CUT,STD,,\nPAINT,machine,,STD,COL,BLUE\nASSY,machine,,STD,,\nOP-1,labour,OPS,STD,,\n",
    "calendars.csv": "calendar,weekday,start,end\nSTD,mon-fri,08:00,12:00\nSTD,mon-fri,13:00,17:00\n",
    "changeovers.csv": "changeover,from,to,minutes\nCOL,BLUE,RED,40\nCOL,*,*,15\n",
    "item_suppliers.csv": "item,supplier,lead_time_days,min_qty,multiple\nTUBE,S1,1,10,5\n",
    "stock.csv": "item,qty,status\nBOLT,100,free\nBOLT,900,blocked\n",
    "orders.csv": "order,line,item,qty,due\nSO-1,1,BIKE,8,2026-06-05\nSO-2,1,BOLT,5,2026-06-02\n"
    "SO-3,1,FRAME,5,2026-06-02T10:00\n",
    "factory.toml": 'timezone = "Europe/Berlin"\nnow = 2026-06-01T06:00:00\ncalendar = "STD"\n',
}

PLAN = {
    "orders.csv": [
        "order=SO-1 line=1 item=BIKE qty=8 due=05T17:00 completion=03T10:30 lateness_min=-3270 status=on_time",
        "order=SO-2 line=1 item=BOLT qty=5 due=02T17:00 completion=01T06:00 lateness_min=-2100 status=covered",
        (
            "order=SO-3 line=1 item=FRAME qty=5 due=02T10:00 completion=02T10:30 lateness_min=30 status=late "
            "cause=material reason=tubes"
        ),
    ],
    "work_orders.csv": [
        "wo=WO-F item=FRAME qty=9 good_qty=8 start=02T08:00 end=02T10:00",
        "wo=WO-G item=FRAME qty=6 good_qty=5 start=02T08:00 end=02T09:30",
        "wo=WO-B item=BIKE qty=8 good_qty=8 start=02T11:00 end=03T10:30",
    ],
    "operations.csv": [
        "wo=WO-F step=10 resource=SAW-1 setup_start=02T08:00 start=02T08:30 end=02T10:00 setup_min=30 run_min=90",
        "wo=WO-G step=10 resource=SAW-2 setup_start=02T08:00 start=02T08:30 end=02T09:30 setup_min=30 run_min=60",
        (
            "wo=WO-B step=10 resource=PAINT family=RED setup_start=02T11:00 start=02T13:00 end=02T17:00 setup_min=60 "
            "run_min=240"
        ),
        (
            "wo=WO-B step=20 resource=ASSY also=OP-1 setup_start=03T08:30 start=03T08:30 end=03T10:30 setup_min=0 "
            "run_min=120"
        ),
    ],
    "purchases.csv": ["action=order po=P-1 item=TUBE supplier=S1 qty=45 order_by=01T06:00 due=02T08:00 feasible=yes"],
    "pegs.csv": [
        "supply_kind=purchase supply=P-1 demand_kind=wo demand=WO-F step=10 item=TUBE qty=27 available=02T08:00",
        "supply_kind=purchase supply=P-1 demand_kind=wo demand=WO-G step=10 item=TUBE qty=18 available=02T08:00",
        "supply_kind=wo supply=WO-F demand_kind=wo demand=WO-B step=10 item=FRAME qty=8 available=02T11:00",
        "supply_kind=stock supply=BOLT demand_kind=wo demand=WO-B step=20 item=BOLT qty=32 available=01T06:00",
        "supply_kind=wo supply=WO-B demand_kind=order demand=SO-1/1 item=BIKE qty=8 available=03T10:30",
        "supply_kind=stock supply=BOLT demand_kind=order demand=SO-2/1 item=BOLT qty=5 available=01T06:00",
        "supply_kind=wo supply=WO-G demand_kind=order demand=SO-3/1 item=FRAME qty=5 available=02T10:30",
    ],
    "buffers.csv": [],
    "messages.csv": [],
}

KPIS = {
    "orders": 3,
    "lines_on_time": 2,
    "lines_late": 1,
    "lines_unplanned": 0,
    "on_time_pct": 66.7,
    "total_tardiness_days": 30 / 1440,
    "weighted_tardiness_days": 30 / 1440,
    "max_lateness_days": 30 / 1440,
}


def stamp(text: str) -> str:
    """`05T17:00` as Friday 2026-06-05 at 17:00 in Berlin."""
    return f"2026-06-{text}:00+02:00" if len(text) == 8 and text[2] == "T" else text


def row(text: str) -> dict[str, str]:
    return {name: stamp(value) for name, _, value in (cell.partition("=") for cell in text.split())}


def write_rows(path: Path, columns: list[str], rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(
            handle, dict.fromkeys([*columns, *(key for cells in rows for key in cells)]), restval=""
        )
        writer.writeheader()
        writer.writerows(rows)


def write_plan(folder: Path, tables: dict[str, list[str]], kpis: dict[str, float]) -> None:
    folder.mkdir()
    for name, columns in PLAN_COLUMNS.items():
        rows = [row(text) for text in tables.get(name, [])]
        if name == "pegs.csv":
            rows = [{"kind": "soft", **cells} for cells in rows]
        write_rows(folder / name, columns.split(), rows)
    documents = {name: dict.fromkeys(keys.split(), 0) for name, keys in PLAN_KEYS.items()}
    (folder / "kpis.json").write_text(json.dumps({**documents["kpis.json"], **kpis}))
    certificate = {**documents["certificate.json"], "checked": {"capacity": 5}, "violations": []}
    (folder / "certificate.json").write_text(json.dumps(certificate))


def write_factory(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def plant(tmp_path: Path) -> tuple[Path, Path]:
    write_factory(tmp_path / "factory", FACTORY)
    write_plan(tmp_path / "plan", PLAN, KPIS)
    return tmp_path / "factory", tmp_path / "plan"


def edit(name: str, where: dict[str, str], **cells: str) -> Break:
    """Change cells of the plan rows that match."""

    def apply(_: Path, plan: Path) -> None:
        with (plan / name).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        hit = [r for r in rows if where.items() <= r.items()]
        assert hit
        for r in hit:
            r.update({column: stamp(value) for column, value in cells.items()})
        write_rows(plan / name, PLAN_COLUMNS[name].split(), rows)

    return apply


def drop(name: str, **where: str) -> Break:
    def apply(_: Path, plan: Path) -> None:
        with (plan / name).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        kept = [r for r in rows if not where.items() <= r.items()]
        assert len(kept) < len(rows)
        write_rows(plan / name, PLAN_COLUMNS[name].split(), kept)

    return apply


def swap(side: str, name: str, old: str, new: str) -> Break:
    """Replace text in one file of the factory or the plan."""

    def apply(factory: Path, plan: Path) -> None:
        path = (factory if side == "factory" else plan) / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return apply


def add(name: str, text: str) -> Break:
    """One more file in the factory."""

    def apply(factory: Path, _: Path) -> None:
        assert not (factory / name).exists()
        (factory / name).write_text(text, encoding="utf-8")

    return apply


def both(*spoils: Break) -> Break:
    def apply(factory: Path, plan: Path) -> None:
        for spoil in spoils:
            spoil(factory, plan)

    return apply


def rules(violations: list[str]) -> set[str]:
    return {sentence.split(":", 1)[0] for sentence in violations}


def test_a_correct_plan_has_no_violation(plant: tuple[Path, Path]) -> None:
    assert recheck(*plant) == []


PAINT = {"wo": "WO-B", "step": "10"}
ASSEMBLE = {"wo": "WO-B", "step": "20"}
NEEDS_SKILL = swap("factory", "routing_needs.csv", "OPS", "FIT")
RESERVED = "item,qty,status,reserved_for\nBOLT,"
BREAKS: list[tuple[str, str, Break]] = [
    ("files", "a column is missing", swap("plan", "operations.csv", "setup_start", "begin")),
    ("files", "a time has no offset", swap("plan", "work_orders.csv", "2026-06-03T10:30:00+02:00", "2026-06-03T10:30")),
    ("files", "an offset is not the factory's", swap("plan", "pegs.csv", "08:00:00+02:00", "06:00:00+00:00")),
    ("orders", "a line is left out", drop("orders.csv", order="SO-2")),
    ("orders", "a late line gives no reason", edit("orders.csv", {"order": "SO-3"}, reason="")),
    ("due", "a bare date is read as noon", edit("orders.csv", {"order": "SO-1"}, due="05T12:00")),
    ("lateness", "a late line is called on time", edit("orders.csv", {"order": "SO-3"}, status="on_time")),
    ("work", "the run is ten minutes short", edit("operations.csv", {"wo": "WO-F"}, end="02T09:50")),
    ("work", "the yield is forgotten", edit("operations.csv", {"wo": "WO-F"}, end="02T09:50", run_min="80")),
    ("work", "the shift begins later", swap("factory", "calendars.csv", "STD,mon-fri,08:00", "STD,mon-fri,08:40")),
    (
        "work",
        "the operator is away",
        add("downtime.csv", "resource,start,end\nOP-1,2026-06-03T09:00,2026-06-03T09:30\n"),
    ),
    (
        "work",
        "a holiday is forgotten",
        add("calendar_exceptions.csv", "calendar,start,end,open\nSAW-1,2026-06-02,,no\n"),
    ),
    ("changeover", "blue to red is forgotten", edit("operations.csv", PAINT, setup_start="02T11:40", setup_min="20")),
    ("stretch", "a step that must not pause spans the lunch", swap("factory", "routing.csv", "120,RED,", "120,RED,no")),
    ("eligibility", "a frame is cut on the assembly bench", edit("operations.csv", {"wo": "WO-F"}, resource="ASSY")),
    ("eligibility", "no operator is held", edit("operations.csv", ASSEMBLE, also="")),
    (
        "eligibility",
        "a skill has expired",
        both(NEEDS_SKILL, add("skills.csv", "resource,skill,valid_to\nOP-1,FIT,2026-06-02\n")),
    ),
    ("capacity", "two lots are on one saw", edit("operations.csv", {"wo": "WO-G"}, resource="SAW-1")),
    ("steps", "a step is missing", drop("operations.csv", wo="WO-B", step="20")),
    (
        "precedence",
        "the queue is skipped",
        edit("operations.csv", ASSEMBLE, setup_start="03T08:00", start="03T08:00", end="03T10:00"),
    ),
    ("gap", "two hours' gap at most", swap("factory", "routing.csv", "wait_min,family", "max_wait_min,family")),
    ("now", "planned in the past", swap("factory", "factory.toml", "06-01T06:00", "06-02T09:00")),
    ("purchases", "a quantity is no multiple", edit("purchases.csv", {"po": "P-1"}, qty="46")),
    ("purchases", "it arrives before its lead time", edit("purchases.csv", {"po": "P-1"}, due="01T08:00")),
    ("material", "the bolts are not there", swap("factory", "stock.csv", "BOLT,100", "BOLT,36")),
    ("material", "the tubes come too late", edit("purchases.csv", {"po": "P-1"}, due="02T09:00")),
    ("pegs", "a demand is pegged short", edit("pegs.csv", {"supply": "WO-F"}, qty="7")),
    ("pegs", "a component needs rounding up", swap("factory", "bom.csv", "FRAME,TUBE,3", "FRAME,TUBE,3.01")),
    ("pegs", "a work order feeds itself", edit("pegs.csv", {"supply": "WO-F"}, supply="WO-B")),
    (
        "bindings",
        "stock of SO-1 goes to SO-2",
        swap("factory", "stock.csv", "item,qty,status\nBOLT,100,free", RESERVED + "33,free,SO-1\nBOLT,4,free,"),
    ),
    ("completion", "a line is complete before its order", edit("orders.csv", {"order": "SO-3"}, completion="02T09:30")),
    ("completion", "covered, but made", edit("orders.csv", {"order": "SO-1"}, status="covered")),
    ("quantities", "too few are started", edit("work_orders.csv", {"wo": "WO-F"}, qty="8")),
    (
        "work-orders",
        "the order starts before its operations",
        edit("work_orders.csv", {"wo": "WO-B"}, start="02T08:00"),
    ),
    ("kpis", "a late line is not counted", swap("plan", "kpis.json", '"lines_late": 1', '"lines_late": 0')),
    (
        "certificate",
        "the referee objected",
        swap("plan", "certificate.json", '"violations": []', '"violations": ["x"]'),
    ),
]


@pytest.mark.parametrize(("rule", "fault", "spoil"), BREAKS, ids=[f"{rule}: {fault}" for rule, fault, _ in BREAKS])
def test_a_fault_is_caught_by_the_rule_it_breaks(plant: tuple[Path, Path], rule: str, fault: str, spoil: Break) -> None:
    spoil(*plant)
    assert rule in rules(recheck(*plant))


ACCEPTED: list[tuple[str, Break]] = [
    ("a skill that is valid", both(NEEDS_SKILL, add("skills.csv", "resource,skill,valid_to\nOP-1,FIT,2026-06-03\n"))),
    (
        "a Monday off with a bare end",
        add("calendar_exceptions.csv", "calendar,start,end,open\nSTD,2026-06-01,2026-06-02,no\n"),
    ),
    (
        "an alternate of equal speed",
        both(
            add("routing_alternates.csv", "item,step,resource,run_factor\nFRAME,10,ASSY,1\n"),
            edit("operations.csv", {"wo": "WO-F"}, resource="ASSY"),
        ),
    ),
    (
        "a saw of efficiency 2",
        both(
            swap(
                "factory",
                "resources.csv",
                "calendar,changeover,initial_family",
                "calendar,changeover,initial_family,efficiency",
            ),
            swap("factory", "resources.csv", "SAW-1,machine,CUT,STD,,", "SAW-1,machine,CUT,STD,,,2"),
            edit("operations.csv", {"wo": "WO-F"}, start="02T08:15", end="02T09:00"),
            edit("work_orders.csv", {"wo": "WO-F"}, end="02T09:00"),
        ),
    ),
]


@pytest.mark.parametrize(("feature", "change"), ACCEPTED, ids=[feature for feature, _ in ACCEPTED])
def test_what_the_rules_allow_is_no_violation(plant: tuple[Path, Path], feature: str, change: Break) -> None:
    change(*plant)
    assert recheck(*plant) == []


def overlap_plan(folder: Path, start: str, end: str) -> list[str]:
    """MT-14: 100 pieces in transfer batches of 20, setup 30 and run 3, then run 2; open round the clock, from 00:00."""
    write_factory(
        folder / f"f{start}",
        {
            "items.csv": "item\nX\n",
            "orders.csv": "order,item,qty,due\nA,X,100,2026-06-02\n",
            "resources.csv": "resource\nONE\nTWO\n",
            "routing.csv": "item,step,resource,setup_min,run_min,transfer_qty\nX,10,ONE,30,3,20\nX,20,TWO,0,2,\n",
            "factory.toml": 'timezone = "Europe/Berlin"\nnow = 2026-06-01T00:00:00\n',
        },
    )
    tables = {
        "orders.csv": [
            (
                f"order=A line=1 item=X qty=100 due=03T00:00 completion={end} status=on_time "
                f"lateness_min={-2880 + int(end[3:5]) * 60 + int(end[6:])}"
            )
        ],
        "work_orders.csv": [f"wo=W item=X qty=100 good_qty=100 start=01T00:00 end={end}"],
        "operations.csv": [
            "wo=W step=10 resource=ONE setup_start=01T00:00 start=01T00:30 end=01T05:30 setup_min=30 run_min=300",
            f"wo=W step=20 resource=TWO setup_start={start} start={start} end={end} setup_min=0 run_min=200",
        ],
        "pegs.csv": [f"supply_kind=wo supply=W demand_kind=order demand=A item=X qty=100 available={end}"],
    }
    write_plan(folder / f"p{start}", tables, {"orders": 1, "lines_on_time": 1, "on_time_pct": 100})
    return recheck(folder / f"f{start}", folder / f"p{start}")


def test_an_overlap_may_begin_after_a_batch_but_not_end_before_the_last_one(tmp_path: Path) -> None:
    """end1 = 330; the last batch of 20 runs 40 more, so end2 = 370 and start2 = 370 - 200 = 170, not 165."""
    assert overlap_plan(tmp_path, "01T02:50", "01T06:10") == []
    violations = overlap_plan(tmp_path, "01T02:45", "01T06:05")
    assert rules(violations) == {"precedence"}
    assert "last batch" in violations[0]


def test_night_shifts_keep_their_hours_when_the_clock_changes(tmp_path: Path) -> None:
    """MT-11: 22-06 in Berlin holds 7 hours in the spring night, 9 in autumn; 02:30 in spring moves to 03:00."""
    write_factory(
        tmp_path / "f",
        {
            "items.csv": "item\nX\n",
            "orders.csv": "order,item,qty,due\n",
            "calendars.csv": "calendar,weekday,start,end\nN,mon-sun,22:00,06:00\n",
            "factory.toml": 'timezone = "Europe/Berlin"\ncalendar = "N"\n',
        },
    )
    factory = Factory(tmp_path / "f")
    days = [datetime(2026, 3, 20).date(), datetime(2026, 11, 5).date()]
    night = module.CalendarBook(factory, module.Reading(), *days).plant
    at = factory.clock.read
    assert night.open_between(at("2026-03-28T22:00"), at("2026-03-29T12:00")) == 7 * 60
    assert night.open_between(at("2026-10-24T22:00"), at("2026-10-25T12:00")) == 9 * 60
    assert night.advance(at("2026-03-28T22:00"), 420) == at("2026-03-29T06:00")
    assert Clock("Europe/Berlin").read("2026-03-29T02:30") == at("2026-03-29T03:00")


def test_prefix_sums_agree_with_a_count_of_minutes() -> None:
    """Three open stretches at rates 1, 0.5 and 2; every pair of instants, counted one minute at a time."""
    stretches = [(10.0, 20.0, 1.0), (25.0, 31.0, 0.5), (31.0, 34.0, 2.0)]
    calendar = Calendar(stretches)
    rate = [next((r for s, e, r in stretches if s <= m < e), 0.0) for m in range(40)]
    for a in range(40):
        for b in range(a, 40):
            assert calendar.work_between(a, b) == pytest.approx(sum(rate[a:b]))
            assert calendar.open_between(a, b) == sum(r > 0 for r in rate[a:b])
            minutes = calendar.open_between(a, b)
            if minutes:
                assert calendar.open_between(a, calendar.advance(a, minutes)) == minutes


def test_a_locked_step_stays_and_a_done_step_is_not_planned_again(plant: tuple[Path, Path]) -> None:
    factory, plan = plant
    (factory / "work_orders.csv").write_text("wo,item,qty,status\nWO-G,FRAME,6,released\n")
    steps = factory / "work_order_steps.csv"
    steps.write_text("wo,step,resource,status,locked,start\nWO-G,10,SAW-2,waiting,yes,2026-06-02T08:00\n")
    assert recheck(factory, plan) == []
    steps.write_text("wo,step,resource,status,locked,start\nWO-G,10,SAW-2,waiting,yes,2026-06-02T09:00\n")
    assert rules(recheck(factory, plan)) == {"pinned"}
    steps.write_text("wo,step,resource,status\nWO-G,10,SAW-2,done\n")
    assert "steps" in rules(recheck(factory, plan))


def test_components_are_grossed_up_through_phantoms(plant: tuple[Path, Path]) -> None:
    """MT-02: 16 good at a yield of 0.95 are 17 started; 17 x 3 / 0.9 rounds up to 57, and 17 x 2 through a phantom.

    Of the alternate group the lowest rank is consumed, of the two dated lines the one in force on the day.
    """
    factory, plan = plant
    (factory / "items.csv").write_text(
        "item,supply,yield\nBIKE,make,\nFRAME,make,0.95\nTUBE,buy,\nBOLT,buy,\nKIT,phantom,\n"
        "RM,buy,\nOLD,buy,\nNEW,buy,\nA,buy,\nB,buy,\n"
    )
    (factory / "bom.csv").write_text(
        "parent,component,qty_per,per_qty,fixed_qty,yield,valid_from,valid_to,alternate_group,rank\n"
        "FRAME,TUBE,3,,,0.9,,,,\nFRAME,KIT,1,,,,,,,\nKIT,RM,2,,,,,,,\n"
        "FRAME,OLD,1,,,,,2026-05-01,,\nFRAME,NEW,1,10,1,,2026-05-01,,,\n"
        "FRAME,A,1,,,,,,G,2\nFRAME,B,1,,,,,,G,1\n"
    )
    edit("work_orders.csv", {"wo": "WO-F"}, qty="17", good_qty="16")(factory, plan)
    known = Factory(factory)
    case = module.Case(known, module.Plan(plan, known.clock, module.Ledger()), module.Reading())
    found = {part.item: (part.low, part.high) for part in case.components(case.work_orders["WO-F"])}
    assert found == {"TUBE": (57, 57), "RM": (34, 34), "NEW": (3, 3), "B": (17, 17)}


def test_conditions_and_formulas_follow_the_options() -> None:
    """MT-15: leather takes 1.8 x 750 / 600 = 2.25; an absent option equals nothing, and text has no case."""
    options = {"FABRIC": "leather", "LENGTH": "750"}
    assert module.amount("1.8*LENGTH/600", 0.0, options) == pytest.approx(2.25)
    assert module.holds("FABRIC in leather,cloth and not (LENGTH<750)", options) is True
    assert module.holds("COLOUR=red", options) is False
    assert module.holds("COLOUR!=red and FABRIC=LEATHER", options) is True


def test_the_command_prints_counts_and_exits_1_on_a_violation(
    plant: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*map(str, plant)]) == 0
    assert "capacity" in capsys.readouterr().out
    edit("operations.csv", {"wo": "WO-F"}, end="02T09:50")(*plant)
    assert main([*map(str, plant), "--max", "1"]) == 1
    assert "WO-F step 10 has 80.0 min of run work" in capsys.readouterr().out
