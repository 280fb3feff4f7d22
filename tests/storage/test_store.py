"""What every store of scenarios promises (`app/ports.py`), whatever it keeps them in.

A new kind of store joins the fixture `opened`, and must pass all of these.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from pegboard.app.ports import Store
from pegboard.domain.change import AddOrder, Entry, SetDue, SetQuantity
from pegboard.domain.scenario import Scenario, Stale
from pegboard.storage.database.connect import connect
from pegboard.storage.database.scenarios import DatabaseStore
from pegboard.storage.files import FileStore

Open = Callable[[], Store]
BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 6, 8, 12, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> Open:
    """A folder beside which the scenarios stand."""
    return lambda: FileStore(tmp_path, BERLIN)


@pytest.fixture
def sqlite_store(sqlite: str) -> Iterator[Open]:
    yield from of_database(sqlite)


@pytest.fixture
def postgresql_store(postgresql: str) -> Iterator[Open]:
    yield from of_database(postgresql)


def of_database(address: str) -> Iterator[Open]:
    """Opens a database by a connection of its own each time; all are closed in the end."""
    engines = []

    def opened() -> Store:
        engines.append(connect(address))
        return DatabaseStore(engines[-1], BERLIN)

    yield opened
    for engine in engines:
        engine.dispose()


@pytest.fixture(params=["files", "sqlite_store", "postgresql_store"])
def opened(request: pytest.FixtureRequest) -> Open:
    """Opens the same store again each time, as processes do."""
    found: Open = request.getfixturevalue(request.param)
    return found


def wants(qty: float, who: str = "ann", why: str = "") -> Entry:
    return Entry(change=SetQuantity(order="SO-1", qty=qty), who=who, when=NOON, why=why)


def scenario(name: str, *entries: Entry) -> Scenario:
    return Scenario(name=name, base="f00d", journal=2, parent="first", branched=1, entries=entries)


def test_a_new_store_is_empty(opened: Open):
    assert opened().names() == ()
    assert opened().read("a") is None
    assert opened().journal_length() == 0
    assert opened().journal(0) == ()


def test_a_scenario_reads_back_as_it_was_written(opened: Open):
    """Dates stay dates, instants instants, and words may hold quotes, line ends and any letter."""
    due = Entry(change=SetDue(order="SO-2", due=NOON.date()), who="Jörg", when=NOON, why='"now"\nor  never')
    more = Entry(change=AddOrder(order="SO-9", item="LAMP", qty=2.5, due=NOON, options=(("COLOUR", "red"),)))
    written = scenario("two changes", due, more)
    assert opened().write(written, None)
    assert opened().read("two changes") == written


def test_names_are_sorted_and_deleted_ones_are_gone(opened: Open):
    for name in ("b", "a", "c"):
        assert opened().write(scenario(name), None)
    assert opened().delete(scenario("c"))
    assert opened().names() == ("a", "b")


def test_a_scenario_is_only_written_in_the_place_of_what_its_writer_has_seen(opened: Open):
    """Ann and Ben read the same scenario; Ann writes first, so Ben's change is refused and hers stays."""
    first = scenario("a", wants(1))
    assert opened().write(first, None)
    anns, bens = (
        replace(first, entries=(wants(1), wants(2, "ann"))),
        replace(first, entries=(wants(1), wants(3, "ben"))),
    )
    assert opened().write(anns, first)
    assert not opened().write(bens, first)
    assert opened().read("a") == anns


def test_a_new_scenario_does_not_take_the_place_of_an_old_one(opened: Open):
    assert opened().write(scenario("a", wants(1)), None)
    assert not opened().write(scenario("a", wants(2)), None)
    assert opened().read("a") == scenario("a", wants(1))


def test_what_has_changed_since_it_was_read_is_not_deleted(opened: Open):
    assert opened().write(scenario("a", wants(2)), None)
    assert not opened().delete(scenario("a", wants(1)))
    assert not opened().delete(scenario("b"))
    assert opened().names() == ("a",)


def test_the_journal_grows_by_what_is_appended_at_its_end(opened: Open):
    assert opened().append((wants(1), wants(2)), 0) is None
    assert opened().append((wants(3),), 2) is None
    assert opened().journal_length() == 3
    assert opened().journal(1) == (wants(2), wants(3))


def test_a_lost_race_says_what_came_between_and_writes_nothing(opened: Open):
    """Ben expects one entry, as when he began; Ann's second one has come since."""
    assert opened().append((wants(1),), 0) is None
    assert opened().append((wants(2, "ann"),), 1) is None
    stale = opened().append((wants(3, "ben"), wants(4, "ben")), 1)
    assert stale == Stale(expected=1, length=2, between=(wants(2, "ann"),))
    assert opened().journal_length() == 2


def test_of_many_who_expect_the_same_length_one_wins(opened: Open):
    results: list[Stale | None] = []
    begin = threading.Barrier(8)

    def promote(n: int) -> None:
        store = opened()
        begin.wait()
        results.append(store.append((wants(n, f"writer {n}"),), 0))

    threads = [threading.Thread(target=promote, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = opened().journal(0)
    assert results.count(None) == 1
    assert [r.between for r in results if r is not None] == [winner] * 7


def test_a_scenario_and_a_journal_do_not_disturb_each_other(opened: Open):
    assert opened().append((wants(1),), 0) is None
    assert opened().write(scenario("changes", wants(2)), None)
    assert opened().names() == ("changes",)
    assert opened().journal(0) == (wants(1),)
