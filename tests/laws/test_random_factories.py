"""What holds for the plan of any factory: certified, sound to a second opinion, and the sums add up (laws P1 to P5).

The factories come from `random_factory.py`; `python -m tests.laws.sweep` plans as many more as one likes.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.laws.conftest import CaseOf
from tests.laws.planning import Case, judge, outcome
from tests.laws.random_factory import FEATURES, random_factory
from tests.laws.sweep import RULES

SEEDS = range(120)
BLOCK = 20
BLOCKS = pytest.mark.parametrize("first", range(SEEDS.start, SEEDS.stop, BLOCK))
NOT_PLANNED = {"quote", "hold", "closed", "cancelled"}


def block(case_of: CaseOf, first: int) -> Iterator[Case]:
    return (case_of(seed) for seed in range(first, first + BLOCK))


def stamp(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_seeds_show_every_feature_and_every_pair_of_features():
    """What is never drawn is never tested."""
    drawn = [random_factory(seed).features for seed in SEEDS]
    pairs = {(a, b) for found in drawn for a in found for b in found}
    assert {(a, b) for a in FEATURES for b in FEATURES} == pairs


def test_most_lines_of_random_factories_can_be_planned(case_of: CaseOf):
    """A law about plans says little where nothing is planned: at least seven lines of ten are."""
    rows = [row for seed in SEEDS for row in case_of(seed).rows("orders")]
    planned = [row for row in rows if row["status"] != "unplanned"]
    assert len(planned) >= 0.7 * len(rows)
    assert {"on_time", "late", "covered"} <= {row["status"] for row in planned}


@BLOCKS
def test_every_plan_is_certified(case_of: CaseOf, first: int):
    """The referee, which shares no code with the engines, finds no violation."""
    found = {}
    for case in block(case_of, first):
        assert case.run.outcome is not None
        found[case.factory.name] = case.run.outcome.plan.certificate.violations
    assert {name: violations for name, violations in found.items() if violations} == {}


@BLOCKS
def test_every_plan_passes_the_recheck_of_its_folder(case_of: CaseOf, first: int):
    """A program written from the specification alone, on the files alone, finds nothing to object to."""
    found = {case.factory.name: judge(case).violations for case in block(case_of, first)}
    assert {name: violations for name, violations in found.items() if violations} == {}


def test_the_recheck_had_something_to_check_of_every_rule(case_of: CaseOf):
    """A rule that nothing was held against has not been kept."""
    checked = sum((judge(case_of(seed)).checked for seed in SEEDS), Counter())
    rules = {"orders", "due", "lateness", "work", "changeover", "stretch", "eligibility", "capacity", "steps"}
    rules |= {"precedence", "now", "purchases", "material", "pegs", "completion", "quantities", "work-orders", "pinned"}
    rules |= {
        "gap",
        "shelf-life",
        "oven",
        "travel",
        "maintenance",
        "subcontracting",
        "weekly-quantity",
        "split",
        "routes",
    }
    rules |= {
        "configured",
        "bindings",
        "changes",
        "buffers",
        "zones",
        "net-flow",
        "colours",
        "buffer-orders",
        "stocked",
    }
    assert {rule for rule in rules if not checked[rule]} == set()


@pytest.mark.parametrize(("number", "rule"), list(enumerate(rule for rule in RULES if rule != "jit")))
def test_every_rule_gives_a_sound_plan(tmp_path: Path, number: int, rule: str):
    """Certified and without objection, however the queue is ranked; each rule plans three factories of its own."""
    for seed in range(number, SEEDS.stop, 40):
        found = outcome(random_factory(seed), tmp_path / str(seed), rule)
        assert found.sentences == [], seed


@BLOCKS
def test_what_is_issued_has_been_received(case_of: CaseOf, first: int):
    """P1: on hand + receipts - issues is never below zero, for no item at no instant, scrap and yields included."""
    for case in block(case_of, first):
        ledger = judge(case)
        assert [violation for violation in ledger.violations if violation.startswith("material")] == []
        assert ledger.checked["material"] > 0 or not case.rows("operations")


@BLOCKS
def test_no_supply_is_promised_twice_and_every_planned_line_is_promised_whole(case_of: CaseOf, first: int):
    """P2: the pegs of a work order sum to at most its good quantity, those of a purchase to at most its quantity,
    those of a planned line to exactly what is open of it."""
    for case in block(case_of, first):
        given: dict[tuple[str, str, str], float] = defaultdict(float)
        got: dict[str, float] = defaultdict(float)
        for peg in case.rows("pegs"):
            given[peg["supply_kind"], peg["supply"], peg["item"]] += float(peg["qty"])
            if peg["demand_kind"] == "order":
                got[peg["demand"]] += float(peg["qty"])
        for wo in case.rows("work_orders"):  # what else comes of one is pegged under the name of its own item
            assert given["wo", wo["wo"], wo["item"]] <= float(wo["good_qty"]) + 1e-6, (case.factory.name, wo["wo"])
        for row in case.rows("purchases"):
            if row["action"] == "order":
                assert given["purchase", row["po"], row["item"]] <= float(row["qty"]) + 1e-6, (case.factory.name, row)
        for line in case.rows("orders"):
            wanted = 0.0 if line["status"] == "unplanned" else float(line["qty"])
            name = f"{line['order']}/{line['line']}"
            assert got[name] == pytest.approx(wanted), (case.factory.name, name)


@BLOCKS
def test_nothing_starts_before_its_material_nor_before_now(case_of: CaseOf, first: int):
    """P3: a step's setup starts at or after now and at or after everything that is pegged to it is there.

    Each part of a split lot draws its share when it begins, so all of it is there for the last one.
    """
    for case in block(case_of, first):
        assert case.run.outcome is not None
        operations = sorted(case.rows("operations"), key=lambda op: stamp(op["setup_start"]))
        starts = {(op["wo"], op["step"]): stamp(op["setup_start"]) for op in operations}
        begun = {(op["wo"], op["step"]) for op in case.rows("operations") if op["status"] == "started"}
        for key, start in starts.items():
            assert key in begun or start.timestamp() >= case.run.outcome.plan.now, (case.factory.name, key)
        for peg in case.rows("pegs"):
            start = starts.get((peg["demand"], peg["step"]))
            if start is not None:
                assert stamp(peg["available"]) <= start, (case.factory.name, peg)


@BLOCKS
def test_a_machine_with_room_for_one_never_holds_two(case_of: CaseOf, first: int):
    """P3: on a finite resource of capacity one, each operation starts when the one before has ended, or later.

    Where some bake, what begins together and is baked counts once.
    """
    for case in block(case_of, first):
        alone = {
            row["resource"]
            for row in case.factory.tables["resources"]
            if row.get("capacity", "1") == "1" and row.get("finite") != "no" and row["kind"] == "machine"
        }
        items = {row["wo"]: row["item"] for row in case.rows("work_orders")}
        baked = {(row["item"], row["step"]) for row in case.factory.tables.get("routing", ()) if row.get("batch_key")}
        busy: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
        for op in case.rows("operations"):
            is_baked = (items[op["wo"]], op["step"]) in baked
            if op["resource"] in alone and op["setup_start"] != op["end"] and not is_baked:
                busy[op["resource"]].append((stamp(op["setup_start"]), stamp(op["end"]), op["wo"]))
        for resource, spells in busy.items():
            spells.sort()
            for (_, end, one), (start, _, other) in itertools.pairwise(spells):
                assert end <= start, (case.factory.name, resource, one, other)


@BLOCKS
def test_steps_follow_each_other_with_their_waits(case_of: CaseOf, first: int):
    """P4: without transfer batches a step begins no earlier than the one before it has ended and waited."""
    checked = 0
    for case in block(case_of, first):
        routing = {(row["item"], row["step"]): row for row in case.factory.tables.get("routing", ())}
        networks = {item for (item, _), row in routing.items() if row.get("after") or row.get("transfer_qty")}
        networks |= {row["item"] for row in case.factory.tables.get("routes", ())}
        items = {row["wo"]: row["item"] for row in case.rows("work_orders")}
        operations = sorted(case.rows("operations"), key=lambda op: (op["wo"], int(op["step"])))
        for before, after in itertools.pairwise(operations):
            item = items[before["wo"]]
            is_next = before["wo"] == after["wo"] and before["step"] != after["step"]  # not two parts of a split lot
            if not is_next or item in networks or after["status"] == "started":
                continue
            wait = timedelta(minutes=float(routing[item, before["step"]].get("wait_min") or 0))
            earliest = stamp(before["end"]) + wait
            assert after["locked"] == "yes" or earliest <= stamp(after["setup_start"]), (case.factory.name, after)
            checked += 1
    assert checked > 0


@BLOCKS
def test_new_work_orders_and_purchases_obey_their_lot_rules(case_of: CaseOf, first: int):
    """P5: at least the minimum, a whole multiple, and at most the maximum where that allows minimum and multiple."""
    for case in block(case_of, first):
        items = {row["item"]: row for row in case.factory.tables["items"]}
        sources = {(row["item"], row["supplier"]): row for row in case.factory.tables.get("item_suppliers", ())}
        old = {row["wo"] for row in case.factory.tables.get("work_orders", ())}
        lots = [(items[row["item"]], {}, float(row["qty"])) for row in case.rows("work_orders") if row["wo"] not in old]
        lots += [
            (items[row["item"]], sources.get((row["item"], row["supplier"]), {}), float(row["qty"]))
            for row in case.rows("purchases")
            if row["action"] == "order"
        ]
        for item, source, qty in lots:
            minimum, multiple = (float(source.get(key) or item.get(key) or 0) for key in ("min_qty", "multiple"))
            maximum = float(item.get("max_qty") or 0)
            assert qty >= minimum - 1e-6, (case.factory.name, item["item"], qty)
            assert not multiple or abs(qty / multiple - round(qty / multiple)) < 1e-6, (case.factory.name, item, qty)
            possible = maximum // multiple * multiple >= max(minimum, multiple) if multiple else maximum >= minimum
            assert not (maximum and possible) or qty <= maximum + 1e-6, (case.factory.name, item["item"], qty)


@BLOCKS
def test_every_open_line_is_planned_or_says_why_not(case_of: CaseOf, first: int):
    """One row for each open line with something left to ship, no other; the unplanned ones give a reason."""
    for case in block(case_of, first):
        wanted = {
            (row["order"], row.get("line") or "1")
            for row in case.factory.tables["orders"]
            if row.get("status") not in NOT_PLANNED and float(row["qty"]) > float(row.get("shipped_qty") or 0)
        }
        rows = case.rows("orders")
        assert Counter((row["order"], row["line"]) for row in rows) == Counter(wanted), case.factory.name
        assert all(row["reason"] and row["cause"] for row in rows if row["status"] == "unplanned")
        assert all(row["completion"] for row in rows if row["status"] != "unplanned")
