"""The journal of a factory, `changes.jsonl`, and changes as people type them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegboard.domain import change as ch
from pegboard.domain.change import Change, Entry
from pegboard.exchange import (
    JournalMovedError,
    append_changes,
    line_of,
    read_change,
    read_changes,
    read_factory,
    tables_of,
    write_factory_folder,
    write_factory_workbook,
)
from tests.exchange.conftest import NOW, Folder, codes
from tests.planning.changing.test_apply import SOUND, changes

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_journal_beside_the_tables_is_the_changed_factory(factory: Folder):
    factory.write()
    before = factory.read()
    journal = '{"change":"set_quantity","order":"SO-1","line":"1","qty":12,"why":"customer rang"}\n'
    (factory.path / "changes.jsonl").write_text(journal)
    reading = factory.read()

    assert before.snapshot
    assert before.snapshot.orders[0].qty == 2
    assert reading.snapshot
    assert reading.snapshot.orders[0].qty == 12
    assert reading.findings == []
    assert reading.factory_hash != before.factory_hash


def test_who_when_and_why_make_no_other_factory(factory: Folder):
    factory.write()
    hashes = set()
    for more in ({}, {"who": "Ann", "when": "2026-06-01", "why": "rang"}):
        row = {"change": "set_quantity", "order": "SO-1", "qty": "12"} | more
        (factory.path / "changes.jsonl").write_text(json.dumps(row))
        hashes.add(factory.read().factory_hash)

    assert len(hashes) == 1


def test_every_bad_line_is_a_finding_with_its_place_and_the_good_ones_count(factory: Folder):
    lines = [
        "nonsense",
        '{"change":"set_due","order":"SO-1","due":"19.06.2026","quantity":3}',
        '{"change":"set_quantitie","order":"SO-1","qty":3}',
        '{"change":"set_quantity","order":"SO-1"}',
        "",
        '{"change":"set_quantity","order":"SO-9","qty":3}',
        '{"change":"set_quantity","order":"SO-1","qty":"7,5"}',
    ]
    factory.write()
    (factory.path / "changes.jsonl").write_text("\n".join(lines))
    reading = factory.read()
    found = {(f.code, f.source) for f in reading.findings}

    assert reading.snapshot
    assert (reading.snapshot.orders[0].due, reading.snapshot.orders[0].qty) == (date(2026, 6, 19), 7.5)
    assert found == {
        ("C418", "changes.jsonl:1"),
        ("C416", "changes.jsonl:2"),
        ("C417", "changes.jsonl:3"),
        ("F201", "changes.jsonl:4"),
        ("C401", "changes.jsonl:6"),
    }


def test_a_journal_goes_along_into_a_folder_and_a_workbook(factory: Folder, tmp_path: Path):
    factory.write()
    (factory.path / "changes.jsonl").write_text('{"change":"set_quantity","order":"SO-1","qty":12}\n')
    reading = factory.read()
    write_factory_folder(reading, tmp_path / "folder")
    write_factory_workbook(reading, tmp_path / "book.xlsx")

    for place in (tmp_path / "folder", tmp_path / "book.xlsx"):
        again = read_factory(place, clock=lambda: NOW)
        assert again.factory_hash == reading.factory_hash
        assert again.tables.changes == reading.tables.changes
        assert codes(again) == []


def test_pins_and_locks_of_a_snapshot_are_written_with_it(factory: Folder, tmp_path: Path):
    factory.write()
    rows = ['{"change":"pin","operation":"SO-1/1-1.10","start":"2026-06-03T08:00"}', '{"change":"lock","order":"SO-1"}']
    (factory.path / "changes.jsonl").write_text("\n".join(rows))
    reading = factory.read()
    assert reading.snapshot
    write_factory_folder(tables_of(reading.snapshot), tmp_path / "folder")
    again = read_factory(tmp_path / "folder", clock=lambda: NOW)

    assert again.snapshot
    assert (again.snapshot.pins, again.snapshot.locks) == (reading.snapshot.pins, reading.snapshot.locks)
    assert len(again.snapshot.pins) == len(again.snapshot.locks) == 1


@given(changes())
def test_any_change_reads_back_from_its_line(change: Change):
    line = line_of(Entry(change=change, why="so", when=datetime(2026, 6, 1, 6, tzinfo=UTC)), BERLIN)
    entries, findings = read_changes([line], BERLIN)

    if all(f.severity != "error" for f in findings):
        assert [(e.change, e.why) for e, _ in entries] == [(change, "so")]


@pytest.mark.parametrize("change", SOUND, ids=lambda c: type(c).__name__)
def test_a_sound_change_reads_back_without_a_finding(change: Change):
    entries, findings = read_changes([line_of(Entry(change=change), BERLIN)], BERLIN)

    assert [e.change for e, _ in entries] == [change]
    assert findings == []


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_reading_any_line_ends_in_findings_never_in_an_exception(text: str):
    entries, findings = read_changes([text, '{"change":"set_options","options":' + json.dumps(text) + "}"], BERLIN)

    assert all(f.code and f.source for f in findings)
    assert len(entries) <= 1


def test_appending_keeps_what_is_there_and_is_refused_when_somebody_was_faster(tmp_path: Path):
    file = tmp_path / "changes.jsonl"
    file.write_text('{"change":"hold_order","order":"SO-1"}')
    entry = Entry(change=ch.ReleaseOrder(order="SO-1"), who="Ann")

    assert append_changes(tmp_path, [entry], BERLIN, expected=1) == 2
    assert file.read_text().splitlines() == [
        '{"change":"hold_order","order":"SO-1"}',
        '{"change":"release_order","order":"SO-1","who":"Ann"}',
    ]
    with pytest.raises(JournalMovedError, match="has 2 changes by now, not 1"):
        append_changes(tmp_path, [entry], BERLIN, expected=1)
    assert len(file.read_text().splitlines()) == 2


def june(day: int, hour: int, minute: int = 0) -> datetime:
    """A wall time of Berlin in June, in UTC."""
    return datetime(2026, 6, day, hour - 2, minute, tzinfo=UTC)


TYPED: dict[str, Change] = {
    "SO-1.qty=12": ch.SetQuantity(order="SO-1", qty=12),
    "SO-1/10.qty=12,5": ch.SetQuantity(order="SO-1", line="10", qty=12.5),
    "SO-1/1.due=12.06.2026": ch.SetDue(order="SO-1", line="1", due=date(2026, 6, 12)),
    "SO-1.priority=1": ch.SetPriority(order="SO-1", priority=1),
    "SO.1.priority=": ch.SetPriority(order="SO.1", priority=None),
    "SO-1.options.COLOUR=red": ch.SetOptions(order="SO-1", options=(("COLOUR", "red"),)),
    "add=SO-9:LAMP:5@2026-06-12": ch.AddOrder(order="SO-9", item="LAMP", qty=5, due=date(2026, 6, 12)),
    "cancel=SO-1": ch.CancelOrder(order="SO-1"),
    "cancel=SO-1/2:scrap": ch.CancelOrder(order="SO-1", line="2", wip="scrap"),
    "hold=SO-1": ch.HoldOrder(order="SO-1"),
    "release=SO-1/2": ch.ReleaseOrder(order="SO-1", line="2"),
    "down=SAW@2026-06-08T08:00..2026-06-09": ch.ResourceDown(resource="SAW", start=june(8, 8), end=date(2026, 6, 9)),
    "close=STD@2026-06-12": ch.AddException(calendar="STD", start=date(2026, 6, 12), end=date(2026, 6, 12)),
    "open=STD@2026-06-13..2026-06-14": ch.AddException(
        calendar="STD", start=date(2026, 6, 13), end=date(2026, 6, 14), open=True
    ),
    "overtime=SAW@2026-06-13T06:00..14:00": ch.Overtime(resource="SAW", start=june(13, 6), end=june(13, 14)),
    "units=LASER-3+1": ch.AddUnits(resource="LASER-3", units=1),
    "delay=PO-7+5": ch.SupplierDelay(po="PO-7", days=5),
    "supplier=ACME-2": ch.SupplierDelay(supplier="ACME", days=-2),
    "lead=ACME/OAK=7": ch.SetLeadTime(supplier="ACME", item="OAK", days=7),
    "lead=ACME+7": ch.SetLeadTime(supplier="ACME", by=7),
    "lead=/OAK=7": ch.SetLeadTime(item="OAK", days=7),
    "stock=OAK=40": ch.CorrectStock(item="OAK", qty=40),
    "stock=OAK:LOT-3=0": ch.CorrectStock(item="OAK", lot="LOT-3", qty=0),
    "pin=SO-1/1-1.20@SAW@2026-06-08T08:00": ch.Pin(operation="SO-1/1-1.20", resource="SAW", start=june(8, 8)),
    "pin-setup=WO-1.20@2026-06-08T08:00": ch.Pin(operation="WO-1.20", start=june(8, 8), at="setup"),
    "unpin=WO-1.20": ch.Unpin(operation="WO-1.20"),
    "lock=order=SO-1": ch.Lock(order="SO-1"),
    "lock=until=2026-06-12": ch.Lock(end=date(2026, 6, 12)),
    "unlock=resource=SAW@2026-06-08..": ch.Unlock(resource="SAW", start=date(2026, 6, 8)),
    "progress=WO-1.20=done": ch.ReportProgress(wo="WO-1", step=20, status="done"),
    "buffer=OAK.adu*1.5@2026-06-08..2026-06-30": ch.AdjustBuffer(
        item="OAK", kind="adu", factor=1.5, start=date(2026, 6, 8), end=date(2026, 6, 30)
    ),
    '{"change":"hold_order","order":"SO-1"}': ch.HoldOrder(order="SO-1"),
}


@pytest.mark.parametrize("text", TYPED)
def test_a_change_may_be_typed_shortly(text: str):
    assert read_change(text, BERLIN) == (TYPED[text], [])


@pytest.mark.parametrize("text", ["", "SO-1", "so=", "down=SAW", "down=", "dwon=SAW@2026-06-08", "{", "[]", "cancel="])
def test_what_says_no_change_is_told_how_to_write_one(text: str):
    change, findings = read_change(text, BERLIN)

    assert change is None
    assert [f.code for f in findings] == ["C419"]


@given(st.text(alphabet='SO-1.=@/:+*{}"qtydownlead, 0629') | st.sampled_from(list(TYPED)).map(lambda t: t[:-1]))
def test_reading_any_typed_text_ends_in_a_change_or_a_finding(text: str):
    change, findings = read_change(text, BERLIN)

    assert (change is None) == any(f.severity == "error" for f in findings)
