"""Laws of all changes on one small factory, and what each kind refuses."""

from datetime import UTC, date, datetime
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegboard.domain import change as ch
from pegboard.domain.buffer import Buffer
from pegboard.domain.change import Change, Entry
from pegboard.domain.item import Option, OptionRule
from pegboard.domain.order import OrderLine
from pegboard.domain.resource import Resource
from pegboard.domain.snapshot import FILES, Snapshot
from pegboard.domain.supply import ItemSupplier
from pegboard.planning.changing import apply, describe, inverse, replay
from tests.factories import buy, down, factory, order, part, po, progress, step, stock, wo

NOW = datetime(2026, 6, 8, 8, tzinfo=UTC)
RED, BLUE = (("COLOUR", "red"),), (("COLOUR", "blue"),)


def shop(**files: Any) -> Snapshot:
    """One record or more of every kind that a change can touch; now is Monday 8 June, 08:00."""
    rows: dict[str, Any] = {
        "items": [buy("RM", 5)],
        "bom": [part("A", "RM")],
        "routing": [step("A", 10, "M", run=6), step("A", 20, "N", run=6)],
        "resources": [Resource(resource="M"), Resource(resource="N"), Resource(resource="OUT", finite=False)],
        "orders": [
            order("SO-1", "A", 10, "2026-06-19", options=RED, shipped_qty=2),
            order("SO-2", "A", 5, "2026-06-26", options=RED),
            order("SO-2", "A", 6, "2026-06-30", options=BLUE, line="2"),
            order("SO-3", "A", 1, "2026-06-30", status="hold"),
            order("SO-4", "A", 1, "2026-06-30", status="closed"),
        ],
        "options": [
            Option(item="A", option="COLOUR", values="red;blue;gold"),
            Option(item="A", option="GILT", values="yes;no", default="no"),
        ],
        "option_rules": [OptionRule(item="A", when="COLOUR=gold", require="GILT=yes")],
        "stock": [stock("RM", 4, lot="L1"), stock("RM", 6, lot="L2", reserved_for="SO-2"), stock("A", 1)],
        "item_suppliers": [ItemSupplier(item="RM", supplier="ACME", lead_time_days=3)],
        "purchase_orders": [
            po("PO-1", "RM", 9, "2026-06-10", supplier="ACME"),
            po("PO-1", "RM", 2, "2026-06-10", supplier="ACME", line="2", promised="2026-06-12"),
        ],
        "work_orders": [
            wo("WO-1", "A", 8, "firm", order="SO-1", options=RED),
            wo("WO-2", "A", 5, order="SO-2", options=RED),
        ],
        "work_order_steps": [progress("WO-2", 20, locked=True, start="2026-06-15 08:00")],
        "downtime": [down("N", "2026-06-10", "2026-06-11")],
        "buffers": [Buffer(item="RM", kind="min_max", tor=1, toy=1, tog=5)],
    }
    return factory(**(rows | files))


def changes() -> st.SearchStrategy[Change]:
    """Changes of all kinds about the shop, most of them sound, some of them not."""
    orders = st.sampled_from(
        [("SO-1", ""), ("SO-1", "1"), ("SO-2", ""), ("SO-2", "2"), ("SO-3", ""), ("SO-4", ""), ("so-1", "")]
    )
    items, resources = st.sampled_from(["A", "RM", "X"]), st.sampled_from(["M", "N", "OUT", "X"])
    qty = st.sampled_from([1.0, 2.0, 5.0, 9.0, 12.0, 0.0, -1.0, float("nan"), 2e9])
    days = st.sampled_from([1.0, -1.0, 2.5, 0.0, float("inf")])
    dates = st.dates(date(2026, 6, 6), date(2026, 7, 3))
    moments = dates | st.datetimes(datetime(2026, 6, 6), datetime(2026, 7, 3), timezones=st.just(UTC))
    ops = st.sampled_from(["WO-1.10", "WO-1.20", "WO-2.10", "SO-2/2-1.10", "WO-1.99", "nonsense"])

    def of(kind: Any, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.builds(kind, **fields)

    def of_line(kind: Any, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return orders.flatmap(lambda o: of(kind, order=st.just(o[0]), line=st.just(o[1]), **fields))

    stretch = {"start": moments, "end": moments}
    some = {
        ch.SetQuantity: of_line(ch.SetQuantity, qty=qty),
        ch.SetDue: of_line(ch.SetDue, due=moments),
        ch.SetPriority: of_line(ch.SetPriority, priority=st.none() | st.integers(1, 99)),
        ch.SetOptions: of_line(
            ch.SetOptions, options=st.sampled_from([RED, BLUE, (("COLOUR", "gold"),), (("COLOUR", ""),)])
        ),
        ch.AddOrder: of(ch.AddOrder, order=st.sampled_from(["SO-0", "SO-1", "SO-9"]), item=items, qty=qty, due=moments),
        ch.CancelOrder: of_line(ch.CancelOrder, wip=st.sampled_from(get_args(ch.Wip))),
        ch.HoldOrder: of_line(ch.HoldOrder),
        ch.ReleaseOrder: of_line(ch.ReleaseOrder),
        ch.ResourceDown: of(ch.ResourceDown, resource=resources, **stretch)
        | of(ch.ResourceDown, resource=st.just("N"), start=st.just(date(2026, 6, 10)), end=dates),
        ch.AddException: of(ch.AddException, calendar=st.sampled_from(["STD", "M"]), open=st.booleans(), **stretch),
        ch.Overtime: of(ch.Overtime, resource=resources, **stretch),
        ch.AddUnits: of(ch.AddUnits, resource=resources, units=st.sampled_from([1.0, 2.0, -1.0, 0.5])),
        ch.SupplierDelay: of(ch.SupplierDelay, po=st.sampled_from(["PO-1", "PO-1/2", "PO-9"]), days=days | st.none())
        | of(ch.SupplierDelay, supplier=st.just("ACME"), days=days),
        ch.SetLeadTime: of(ch.SetLeadTime, supplier=st.sampled_from(["ACME", "X"]), days=days | st.none())
        | of(ch.SetLeadTime, item=items, by=days),
        ch.CorrectStock: of(ch.CorrectStock, item=items, lot=st.sampled_from(["", "L1", "L9"]), qty=qty),
        ch.Pin: of(ch.Pin, operation=ops, resource=resources | st.just(""), start=moments),
        ch.Unpin: of(ch.Unpin, operation=ops),
        ch.Lock: of(ch.Lock, order=st.sampled_from(["", "SO-1"]), resource=resources | st.just("")),
        ch.Unlock: of(ch.Unlock, order=st.sampled_from(["", "SO-1"]), resource=st.sampled_from(["", "M"])),
        ch.ReportProgress: of(
            ch.ReportProgress,
            wo=st.sampled_from(["WO-1", "WO-2", "WO-9"]),
            step=st.sampled_from([10, 20, 30]),
            status=st.sampled_from(["waiting", "started", "done"]),
            good_qty=st.sampled_from([0.0, 3.0]),
            completed_qty=st.none() | st.just(2.0),
        ),
        ch.AdjustBuffer: of(
            ch.AdjustBuffer,
            item=items,
            kind=st.just("adu"),
            factor=st.sampled_from([1.0, 1.5]),
            start=dates,
            end=dates,
        ),
    }
    assert set(some) == set(get_args(Change))
    return st.one_of(*some.values())


@given(st.lists(changes(), max_size=4), changes())
def test_a_change_and_its_inverse_give_back_an_equal_snapshot_and_a_refused_one_the_same(
    before: list[Change], change: Change
):
    snapshot = shop()
    for earlier in before:
        snapshot = apply(snapshot, earlier).snapshot
    kept = msgspec.json.encode(snapshot)
    done = apply(snapshot, change)
    if done.is_refused:
        assert done.snapshot is snapshot
    after = done.snapshot
    for back in inverse(snapshot, change) or ():
        after = apply(after, back).snapshot
    assert inverse(snapshot, change) is None or after == snapshot
    assert msgspec.json.encode(snapshot) == kept
    assert all(f.what and f.advice for f in done.findings if f.severity == "error")
    assert describe(change, snapshot)
    assert describe(change)


SOUND: tuple[Change, ...] = (
    ch.SetQuantity(order="SO-1", qty=12),
    ch.SetDue(order="SO-2", due=date(2026, 6, 22)),
    ch.SetPriority(order="SO-1", priority=1),
    ch.SetOptions(order="SO-1", options=BLUE),
    ch.AddOrder(order="SO-15", item="A", qty=3, due=date(2026, 6, 22), options=RED),
    ch.CancelOrder(order="SO-2", line="2"),
    ch.HoldOrder(order="SO-2"),
    ch.ReleaseOrder(order="SO-3"),
    ch.ResourceDown(resource="M", start=date(2026, 6, 10), end=date(2026, 6, 10)),
    ch.ResourceDown(resource="N", start=date(2026, 6, 10), end=date(2026, 6, 12)),
    ch.AddException(calendar="STD", start=date(2026, 6, 10), end=date(2026, 6, 10)),
    ch.Overtime(resource="M", start=datetime(2026, 6, 13, 6, tzinfo=UTC), end=datetime(2026, 6, 13, 14, tzinfo=UTC)),
    ch.AddUnits(resource="M", units=2),
    ch.SupplierDelay(po="PO-1", days=5),
    ch.SupplierDelay(supplier="ACME", days=5),
    ch.SupplierDelay(po="PO-1/2"),
    ch.SetLeadTime(supplier="ACME", item="RM", days=9),
    ch.SetLeadTime(supplier="ACME", by=2),
    ch.SetLeadTime(item="RM", days=9),
    ch.CorrectStock(item="RM", lot="L1", qty=7),
    ch.CorrectStock(item="RM", lot="NEW", qty=7),
    ch.Pin(operation="WO-1.10", resource="M", start=date(2026, 6, 12)),
    ch.Lock(order="SO-1"),
    ch.ReportProgress(wo="WO-1", step=10, status="started", good_qty=3),
    ch.ReportProgress(wo="WO-2", step=20, status="done", completed_qty=5),
    ch.AdjustBuffer(item="RM", kind="adu", factor=2, start=date(2026, 6, 10), end=date(2026, 6, 20)),
)


@pytest.mark.parametrize("change", SOUND, ids=lambda c: type(c).__name__)
def test_a_sound_change_can_be_taken_back(change: Change):
    snapshot = shop()
    done = apply(snapshot, change)

    assert done.snapshot != snapshot
    assert inverse(snapshot, change)


def test_unpinning_and_unlocking_can_be_taken_back():
    pin, lock = ch.Pin(operation="WO-1.10", start=date(2026, 6, 12)), ch.Lock(resource="M")
    snapshot = apply(apply(shop(), pin).snapshot, lock).snapshot

    assert inverse(snapshot, ch.Unpin(operation="WO-1.10")) == (pin,)
    assert inverse(snapshot, ch.Unlock(resource="M")) == (lock,)


def test_what_closes_work_cannot_be_taken_back():
    snapshot = apply(shop(), ch.ReportProgress(wo="WO-1", step=10, status="started", completed_qty=4)).snapshot

    assert inverse(snapshot, ch.SetQuantity(order="SO-1", qty=3)) is None


REFUSED: tuple[tuple[Change, set[str]], ...] = (
    (ch.SetQuantity(order="SO-9", qty=-1), {"C401", "C404"}),
    (ch.SetQuantity(order="SO-2", qty=3), {"C402"}),
    (ch.SetQuantity(order="SO-4", qty=3), {"C403"}),
    (ch.SetQuantity(order="SO-1", qty=0), {"C404"}),
    (ch.SetQuantity(order="SO-1", qty=1.1e9), {"C404"}),
    (ch.SetQuantity(order="SO-1", qty=float("nan")), {"C404"}),
    (ch.SetDue(order="SO-1", due=date(2026, 6, 7)), {"C406"}),
    (ch.AddOrder(order="SO-9", item="X", qty=0, due=date(2026, 6, 7)), {"C404", "C406", "C407"}),
    (ch.SetOptions(order="SO-1", options=(("COLOUR", "green"),)), {"C408"}),
    (ch.SetOptions(order="SO-1", options=(("COLOUR", "gold"),)), {"C408"}),
    (ch.AddOrder(order="SO-1", item="A", qty=1, due=date(2026, 6, 19), options=RED), {"C409"}),
    (ch.HoldOrder(order="SO-3"), {"C411"}),
    (ch.ResourceDown(resource="X", start=date(2026, 6, 9), end=date(2026, 6, 9)), {"C421"}),
    (ch.ResourceDown(resource="M", start=date(2026, 6, 9), end=date(2026, 6, 8)), {"C422"}),
    (ch.ResourceDown(resource="M", start=date(2026, 6, 5), end=date(2026, 6, 7)), {"C423"}),
    (ch.AddUnits(resource="OUT", units=1), {"C424"}),
    (ch.AddUnits(resource="M", units=-1), {"C424"}),
    (ch.AddUnits(resource="M", units=0.5), {"C424"}),
    (ch.AddUnits(resource="M", units=float("nan")), {"C425"}),
    (ch.SupplierDelay(po="PO-9", days=1), {"C431"}),
    (ch.SupplierDelay(days=1), {"C431"}),
    (ch.SetLeadTime(supplier="ACME", item="A", days=1), {"C432"}),
    (ch.SetLeadTime(supplier="ACME", by=-4), {"C432"}),
    (ch.SetLeadTime(item="X", days=1), {"C407"}),
    (ch.CorrectStock(item="RM", qty=3), {"C433"}),
    (ch.CorrectStock(item="RM", lot="L1", qty=-3), {"C425"}),
    (ch.AdjustBuffer(item="A", kind="adu", factor=2, start=date(2026, 6, 9), end=date(2026, 6, 9)), {"C434"}),
    (ch.Pin(operation="WO-1", start=date(2026, 6, 12)), {"C441"}),
    (ch.Pin(operation="WO-1.30", start=date(2026, 6, 1)), {"C441", "C443"}),
    (ch.Unpin(operation="WO-1.10"), {"C444"}),
    (ch.Unlock(order="SO-1"), {"C444"}),
    (ch.ReportProgress(wo="WO-9", step=10, status="done"), {"C447"}),
    (ch.ReportProgress(wo="WO-1", step=30, status="done", finished=date(2026, 6, 9)), {"C447"}),
    (ch.Lock(), {"C448"}),
)


@pytest.mark.parametrize(("change", "codes"), REFUSED, ids=lambda v: type(v).__name__)
def test_what_cannot_be_is_refused_with_every_reason(change: Change, codes: set[str]):
    done = apply(shop(), change)

    assert {f.code for f in done.findings} == codes
    assert done.is_refused


def test_pins_that_contradict_each_other_are_refused():
    """WO-1.20 comes after WO-1.10, and M does one thing at a time."""
    first = apply(shop(), ch.Pin(operation="WO-1.10", resource="M", start=date(2026, 6, 12))).snapshot

    before = apply(first, ch.Pin(operation="WO-1.20", resource="N", start=date(2026, 6, 11)))
    beside = apply(first, ch.Pin(operation="WO-2.10", resource="M", start=date(2026, 6, 12)))
    anew = apply(first, ch.Pin(operation="WO-1.10", resource="M", start=date(2026, 6, 15)))

    assert [f.code for f in before.findings] == [f.code for f in beside.findings] == ["C442"]
    assert [p.start for p in anew.snapshot.pins] == [date(2026, 6, 15)]


def test_a_name_in_other_capitals_is_unknown_but_offered():
    done = apply(shop(), ch.SetQuantity(order="so-1", qty=3))

    assert done.findings[0].advice == "did you mean SO-1?"


@given(st.randoms(use_true_random=False), changes())
def test_the_order_of_rows_does_not_matter(random: Any, change: Change):
    snapshot = shop()
    shuffled = {f: random.sample(getattr(snapshot, f), len(getattr(snapshot, f))) for f in FILES}
    other = apply(msgspec.structs.replace(snapshot, **{f: tuple(rows) for f, rows in shuffled.items()}), change)
    done = apply(snapshot, change)

    assert {f.code for f in other.findings} == {f.code for f in done.findings}
    for file in FILES:
        assert sorted(map(msgspec.json.encode, getattr(other.snapshot, file))) == sorted(
            map(msgspec.json.encode, getattr(done.snapshot, file))
        )


def test_an_added_order_has_all_fields_of_an_order_line():
    assert set(ch.AddOrder.__struct_fields__) == set(OrderLine.__struct_fields__) - {"user", "source"}


def test_a_change_says_what_was_and_what_becomes_of_it():
    snapshot = shop()

    assert describe(SOUND[0], snapshot) == "SO-1/1: quantity 10 becomes 12"
    assert describe(SOUND[0]) == "SO-1: quantity becomes 12"
    assert describe(ch.SetOptions(order="SO-1", options=BLUE), snapshot) == (
        "SO-1/1: options COLOUR=red becomes COLOUR=blue"
    )
    assert describe(ch.AddUnits(resource="M", units=2), snapshot) == "M: units 1 become 3"


def test_a_date_that_lay_ahead_when_it_was_given_still_counts_when_it_has_passed():
    """It is 8 June; on the 1st the order was put off to the 5th."""
    entry = Entry(change=ch.SetDue(order="SO-1", due=date(2026, 6, 5)), when=datetime(2026, 6, 1, tzinfo=UTC))

    kept, none = replay(shop(), [(entry, "changes.jsonl:1")])
    same, refusals = replay(shop(), [(msgspec.structs.replace(entry, when=None), "changes.jsonl:1")])

    assert (kept.orders[0].due, none, kept.settings) == (date(2026, 6, 5), [], shop().settings)
    assert same == shop()
    assert [(f.code, f.source) for f in refusals] == [("C406", "changes.jsonl:1")]
