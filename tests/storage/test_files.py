"""Scenarios as files: whole whoever is interrupted, two processes at once, and what people may have done to them."""

import contextlib
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pegboard.domain.change import Entry, SetQuantity
from pegboard.domain.scenario import Scenario, StoreError
from pegboard.exchange.locking import locked
from pegboard.storage.files import FileStore

BERLIN = ZoneInfo("Europe/Berlin")
WRITER = """
import sys
from pathlib import Path
from zoneinfo import ZoneInfo
from pegboard.domain.change import Entry, SetQuantity
from pegboard.domain.scenario import Scenario
from pegboard.storage.files import FileStore

store = FileStore(Path(sys.argv[1]), ZoneInfo("Europe/Berlin"))
written = 0
while written < int(sys.argv[3]):
    mine = Entry(change=SetQuantity(order=sys.argv[2], qty=float(written)), who=sys.argv[2])
    if store.append((mine,), store.journal_length()) is None:
        written += 1
    while True:
        old = store.read("shared")
        new = Scenario(name="shared", base="f00d", journal=0, entries=(*(old.entries if old else ()), mine))
        if store.write(new, old):
            break
"""
"""Appends to the journal, and to a scenario, until it has won so many races."""


def writer(place: Path, who: str, races: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(place), who, str(races)])


def entry(qty: float) -> Entry:
    return Entry(change=SetQuantity(order="SO-1", qty=qty), when=datetime(2026, 6, 8, 12, tzinfo=UTC))


def test_two_processes_that_write_at_once_lose_nothing(tmp_path: Path):
    """Each wins 20 races for the journal: 40 entries, those of each in order; no entry of the scenario is lost."""
    both = [writer(tmp_path, who, 20) for who in ("ann", "ben")]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    store = FileStore(tmp_path, BERLIN)
    journal = store.journal(0)
    assert len(journal) == store.journal_length() == 40
    for who in ("ann", "ben"):
        mine = [e.change.qty for e in journal if e.who == who and isinstance(e.change, SetQuantity)]
        assert mine == [float(n) for n in range(20)]
    shared = store.read("shared")
    assert shared is not None
    assert len(shared.entries) >= 40


def test_a_killed_writer_leaves_whole_files_and_no_lock(tmp_path: Path):
    """Killed in the middle of endless writing, three times over: what is there reads, and the next one may write."""
    store = FileStore(tmp_path, BERLIN, patience=5.0)
    for _ in range(3):
        victim = writer(tmp_path, "ann", 1_000_000)
        before = store.journal_length()
        while store.journal_length() < before + 3:
            assert victim.poll() is None
            time.sleep(0.01)
        victim.kill()
        victim.wait()
        length = store.journal_length()
        assert len(store.journal(0)) == length
        assert store.append((entry(length),), length) is None
        assert store.read("shared") is not None


def test_who_waits_too_long_for_another_writer_is_told_so(tmp_path: Path):
    store = FileStore(tmp_path, BERLIN, patience=0.0)
    (tmp_path / "scenarios").mkdir()
    with locked(tmp_path / "scenarios" / ".lock", 0.0), pytest.raises(StoreError) as busy:
        store.append((entry(1),), 0)
    assert busy.value.finding.code == "C490"
    assert store.append((entry(1),), 0) is None


def test_an_interrupted_write_leaves_the_old_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Ctrl-C on the way to the disk: the old file is there, whole, and no other one beside it."""
    store = FileStore(tmp_path, BERLIN)
    old = Scenario(name="a", base="f00d", journal=0, entries=(entry(1),))
    assert store.write(old, None)

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, contextlib.suppress(KeyboardInterrupt):
        patched.setattr("pegboard.exchange.atomic.os.fsync", interrupted)
        store.write(Scenario(name="a", base="f00d", journal=0, entries=(entry(2),)), old)
    assert store.read("a") == old
    assert sorted(f.name for f in (tmp_path / "scenarios").iterdir()) == [".lock", "a.jsonl"]


def test_a_journal_without_a_last_line_end_goes_on_on_its_own_line(tmp_path: Path):
    """Written by hand, without a line end, before the first promotion."""
    (tmp_path / "changes.jsonl").write_text('{"change": "set_quantity", "order": "SO-1", "qty": 1}', encoding="utf-8")
    store = FileStore(tmp_path, BERLIN)
    assert store.append((entry(2),), 1) is None
    assert [e.change for e in store.journal(0)] == [SetQuantity(order="SO-1", qty=q) for q in (1, 2)]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "C491", ""),
        ("no json\n", "C491", ""),
        ("\x80", "C491", ""),
        ('{"base":"f00d"}\n{"change":"x"}\n', "C417", ":2"),
    ],
)
def test_a_scenario_that_cannot_be_read_is_a_finding_with_its_place(tmp_path: Path, text: str, code: str, place: str):
    file = tmp_path / "scenarios" / "a.jsonl"
    file.parent.mkdir()
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreError) as wrong:
        FileStore(tmp_path, BERLIN).read("a")
    assert (wrong.value.finding.code, wrong.value.finding.source) == (code, f"{file}{place}")


def test_the_scenarios_of_a_workbook_stand_beside_it_and_its_journal_is_not_appended_to(tmp_path: Path):
    book = tmp_path / "lamps.xlsx"
    book.touch()
    store = FileStore(book, BERLIN)
    assert store.write(Scenario(name="a", base="f00d", journal=0), None)
    assert (tmp_path / "lamps.scenarios" / "a.jsonl").exists()
    with pytest.raises(StoreError) as refused:
        store.append((entry(1),), 0)
    assert refused.value.finding.code == "C503"
