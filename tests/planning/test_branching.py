"""Branch, undo, rebase and merge of scenarios, on a maker of chairs with three orders."""

from datetime import UTC, date, datetime

import pytest

from pegboard.domain.change import (
    AddOrder,
    AddUnits,
    CancelOrder,
    Change,
    CorrectStock,
    Entry,
    HoldOrder,
    Overtime,
    ReleaseOrder,
    ResourceDown,
    SetDue,
    SetLeadTime,
    SetOptions,
    SetPriority,
    SetQuantity,
)
from pegboard.domain.scenario import Scenario
from pegboard.planning.branching import Base, branch, carry_out, merge, part, rebase, undo
from tests.factories import buy, factory, make, order, step
from tests.factories import part as line_of_bill

CHAIRS = factory(
    items=[make("CHAIR"), buy("WOOD")],
    bom=[line_of_bill("CHAIR", "WOOD")],
    routing=[step("CHAIR", 10, "SAW", run=6)],
    orders=[order("SO-1", "CHAIR", 10, "2026-06-20"), order("SO-2", "CHAIR", 5, "2026-06-20")],
)
NOON = datetime(2026, 6, 8, 12, tzinfo=UTC)
FOUR, FIVE = (datetime(2026, 6, 9, hour, tzinfo=UTC) for hour in (16, 17))


def by(who: str, *changes: Change) -> tuple[Entry, ...]:
    return tuple(Entry(change=c, who=who, when=NOON) for c in changes)


def scenario(name: str, *entries: Entry) -> Scenario:
    return Scenario(name=name, base="f00d", journal=0, entries=entries)


def qty(order: str, qty: float, line: str = "") -> SetQuantity:
    return SetQuantity(order=order, line=line, qty=qty)


COMMON = by("ann", qty("SO-1", 12))
ANNS = by("ann", qty("SO-2", 6))
BENS = by("ben", SetDue(order="SO-1", due=date(2026, 6, 25)))


def test_a_branch_has_the_same_base_and_changes_and_knows_its_origin():
    branched = branch(scenario("a", *COMMON), "b")
    assert branched == Scenario(name="b", base="f00d", journal=0, parent="a", branched=1, entries=COMMON)


def test_undo_drops_the_last_changes_and_never_more_than_there_are():
    assert undo(scenario("a", *COMMON, *ANNS)).entries == COMMON
    assert undo(scenario("a", *COMMON, *ANNS), 5).entries == ()


def test_two_branches_part_where_their_changes_first_differ():
    parting = part(scenario("a", *COMMON, *ANNS), scenario("b", *COMMON, *BENS))
    assert parting == (COMMON, ANNS, BENS)


def test_a_merge_appends_what_the_other_has_beyond_the_common_changes():
    merged, conflicts = merge(scenario("a", *COMMON, *ANNS), scenario("b", *COMMON, *BENS))
    assert conflicts == []
    assert merged == scenario("a", *COMMON, *ANNS, *BENS)


def test_merging_twice_is_merging_once():
    theirs = scenario("b", *COMMON, *BENS)
    once, _ = merge(scenario("a", *COMMON, *ANNS), theirs)
    assert merge(once, theirs) == (once, [])


def test_what_both_set_alike_counts_once_but_units_add_up():
    """Ann and Ben learn of the same delay, which counts once; each buys a machine, which makes two."""
    alike, more = SetLeadTime(item="WOOD", by=3), AddUnits(resource="SAW", units=1)
    merged, conflicts = merge(scenario("a", *by("ann", alike, more)), scenario("b", *by("ben", alike, more)))
    assert conflicts == []
    assert [(e.who, e.change) for e in merged.entries] == [("ann", alike), ("ann", more), ("ben", more)]


DISAGREE: dict[str, tuple[Change, Change]] = {
    "SO-1: quantity": (qty("SO-1", 12), qty("SO-1", 13)),
    "SO-1/1: quantity": (qty("SO-1", 12), qty("SO-1", 13, "1")),
    "SO-1/2: quantity": (qty("SO-1/2", 12), qty("SO-1", 13, "2")),
    "SO-1: due date": (SetDue(order="SO-1", due=date(2026, 7, 1)), SetDue(order="SO-1", due=date(2026, 7, 2))),
    "SO-1: option COLOUR": (
        SetOptions(order="SO-1", options=(("COLOUR", "red"), ("SIZE", "9"))),
        SetOptions(order="SO-1", options=(("COLOUR", "blue"), ("SIZE", "9"))),
    ),
    "SO-1/1: priority": (CancelOrder(order="SO-1"), SetPriority(order="SO-1", line="1", priority=1)),
    "SO-1: status": (HoldOrder(order="SO-1"), ReleaseOrder(order="SO-1")),
    "SO-9/1": (
        AddOrder(order="SO-9", item="CHAIR", qty=1, due=date(2026, 7, 1)),
        AddOrder(order="SO-9", item="CHAIR", qty=2, due=date(2026, 7, 1)),
    ),
    f"SAW: downtime {FOUR}": (
        ResourceDown(resource="SAW", start=FOUR, end=FIVE),
        ResourceDown(resource="SAW", start=FOUR, end=datetime(2026, 6, 9, 18, tzinfo=UTC)),
    ),
    "S/WOOD: lead time": (SetLeadTime(supplier="S", days=3), SetLeadTime(supplier="S", item="WOOD", days=4)),
    "WOOD/L1: stock": (CorrectStock(item="WOOD", qty=3), CorrectStock(item="WOOD", lot="L1", qty=4)),
}


@pytest.mark.parametrize("subject", DISAGREE)
def test_two_who_set_the_same_field_differently_are_a_conflict_that_names_both(subject: str):
    one, other = DISAGREE[subject]
    mine, theirs = scenario("a", *by("ann", one)), scenario("b", *by("ben", other))
    merged, conflicts = merge(mine, theirs)
    assert merged == mine
    assert [(f.code, f.subject) for f in conflicts] == [("C498", subject)]
    assert "a and b" in conflicts[0].what
    assert "(ann)" in conflicts[0].what
    assert "(ben)" in conflicts[0].what


AGREE: dict[str, tuple[Change, Change]] = {
    "other orders": (qty("SO-1", 12), qty("SO-2", 13)),
    "an order whose number begins alike": (qty("SO-1", 12), qty("SO-10", 13)),
    "other lines": (qty("SO-1", 12, "1"), qty("SO-1", 13, "2")),
    "other fields": (qty("SO-1", 12), SetPriority(order="SO-1", priority=1)),
    "other options": (
        SetOptions(order="SO-1", options=(("COLOUR", "red"),)),
        SetOptions(order="SO-1", options=(("SIZE", "9"),)),
    ),
    "other starts": (
        ResourceDown(resource="SAW", start=FOUR, end=FIVE),
        Overtime(resource="SAW", start=FIVE, end=datetime(2026, 6, 9, 18, tzinfo=UTC)),
    ),
    "the same value": (qty("SO-1", 12), qty("SO-1", 12)),
    "a supplier of the same name as an item": (SetLeadTime(supplier="WOOD", days=3), SetLeadTime(item="WOOD", days=4)),
}


@pytest.mark.parametrize("what", AGREE)
def test_these_are_no_conflict(what: str):
    one, other = AGREE[what]
    assert merge(scenario("a", *by("ann", one)), scenario("b", *by("ben", other)))[1] == []


def test_the_last_value_of_each_side_is_what_counts():
    """Ann says 11, then 13; Ben says 13: they agree in the end."""
    mine = scenario("a", *by("ann", qty("SO-1", 11), qty("SO-1", 13)))
    assert merge(mine, scenario("b", *by("ben", qty("SO-1", 13))))[1] == []


def test_a_rebase_keeps_what_can_be_applied_and_names_what_cannot():
    """The new factory has no SO-1 any more: its change is left out, that of SO-2 stays."""
    now = factory(items=[make("CHAIR")], orders=[order("SO-2", "CHAIR", 5, "2026-06-20")])
    old = branch(scenario("a", *COMMON, *ANNS), "b")
    moved, findings = rebase(old, Base(now, "cafe", 4), frozenset())
    assert moved == Scenario(name="b", base="cafe", journal=4, parent="a", branched=1, entries=ANNS)
    assert [(f.code, f.severity) for f in findings] == [("C497", "error")]
    assert "SO-1: quantity becomes 12 (ann) is left out: " in findings[0].what


def test_what_has_arrived_with_the_journal_is_not_applied_twice():
    base = Base(CHAIRS, "cafe", 1)
    moved, findings = rebase(scenario("a", *COMMON, *ANNS), base, frozenset(COMMON))
    assert (moved.entries, findings) == (ANNS, [])


def test_a_refused_change_changes_nothing_and_the_next_is_applied():
    done = carry_out(CHAIRS, by("ann", qty("SO-7", 3), qty("SO-2", 6)))
    assert done.entries == ANNS
    assert [r.entry.change for r in done.refusals] == [qty("SO-7", 3)]
    assert [(o.order, o.qty) for o in done.snapshot.orders] == [("SO-1", 10), ("SO-2", 6)]
