"""What is read can be written and read again, and nothing has changed."""

import csv
import io
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pegboard.domain.expression import Formula
from pegboard.domain.snapshot import ObjectiveWeights, PlanningPolicy, RuleLink, Settings, Snapshot
from pegboard.exchange import (
    Reading,
    factory_schema,
    read_factory,
    tables_of,
    write_factory_folder,
    write_factory_workbook,
)
from pegboard.exchange.records import ENDS
from pegboard.exchange.schema import Column, FactoryFile
from pegboard.exchange.synonyms import known_headers, other_names, squash
from tests.exchange.conftest import NOW, Folder

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
EXAMPLE = Path(__file__).parents[2] / "examples" / "lamps"


def read(path: Path) -> Reading:
    return read_factory(path, clock=lambda: NOW)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def through_a_workbook(reading: Reading, place: Path) -> Path:
    """Write a workbook, read it, and write what was read as a folder."""
    write_factory_workbook(reading, place / "plant.xlsx")
    write_factory_folder(read(place / "plant.xlsx"), place / "back")
    return place / "back"


@pytest.mark.parametrize(
    "path", [EXAMPLE, *(SHARED / n for n in ("bicycles", "mto-10k", "mto-10k-rich", "mto-100k"))], ids=str
)
def test_a_real_factory_comes_back_byte_by_byte_from_a_workbook(path: Path, tmp_path: Path):
    if not path.exists():
        pytest.skip(f"no data at {path}")
    reading = read(path)
    before = {name: data for name, data in contents(path).items() if name.endswith(".csv")}
    after = contents(through_a_workbook(reading, tmp_path))
    assert {name: data for name, data in after.items() if name.endswith(".csv")} == before
    back = read(tmp_path / "back")
    assert back.factory_hash == reading.factory_hash
    assert back.snapshot == reading.snapshot


def test_a_messy_folder_keeps_its_meaning_and_the_text_of_its_cells(factory: Folder, tmp_path: Path):
    """Decimal commas are put plainly, since a comma before three digits means something by its file alone."""
    reading = factory(
        items="Artikel;yield;Farbe\n0042;0,95;rot, matt\nBIKE;;\n",
        orders="order;item;qty;due;Lagerort\nSO-1;0042;1,250;12.06.2026 17:00;007\nSO-2;BIKE;2,0;46185;\n",
    )
    write_factory_folder(reading, tmp_path / "out")
    assert (tmp_path / "out" / "items.csv").read_text() == 'Artikel,yield,Farbe\n0042,0.95,"rot, matt"\nBIKE,,\n'
    assert (tmp_path / "out" / "orders.csv").read_text() == (
        "order,item,qty,due,Lagerort\nSO-1,0042,1.250,12.06.2026 17:00,007\nSO-2,BIKE,2.0,46185,\n"
    )
    assert read(tmp_path / "out").factory_hash == reading.factory_hash
    assert read(through_a_workbook(reading, tmp_path)).factory_hash == reading.factory_hash


@pytest.mark.parametrize(
    "quantities",
    [
        ["1,234", "2,5"],
        ["1,234", "2.5"],
        ["1,234", "1.234", "2,5"],
        ["1,234", "2.5", "2,5"],
        ["1,234"],
        ["1.234", "2,5"],
        ["1.234"],
        ["1.234", "1,234"],
        ["1.250", "2.5", "1,250"],
    ],
)
@pytest.mark.parametrize("separator", [";", ","])
def test_a_number_with_two_meanings_keeps_the_one_it_had_or_stays_a_fault(
    factory: Folder, tmp_path: Path, quantities: list[str], separator: str
):
    rows = [["order", "item", "qty", "due"], ["S", "BIKE", "1", "2026-06-12"]]
    rows += [[f"S{i}", "BIKE", text, "2026-06-12"] for i, text in enumerate(quantities)]
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    reading = factory(orders=out.getvalue())
    write_factory_folder(reading, tmp_path / "out")
    through_a_workbook(reading, tmp_path)
    for path in ("out", "plant.xlsx", "back"):
        back = read(tmp_path / path)
        assert back.factory_hash == reading.factory_hash
        assert [f.code for f in back.findings] == [f.code for f in reading.findings]


def test_files_that_are_absent_stay_absent(factory: Folder, tmp_path: Path):
    write_factory_folder(factory(), tmp_path / "out")
    assert sorted(contents(tmp_path / "out")) == ["items.csv", "orders.csv"]


def test_the_comments_of_factory_toml_stay_in_a_folder_and_the_settings_in_a_workbook(factory: Folder, tmp_path: Path):
    text = (
        "# our plant\nname = 'x'\nnow = 2026-06-01T06:00:00\nhorizon_days = 90\n[policy]\nnet_finished_stock = false\n"
        "[objective]\nflow = 0.01\n[[rules]]\ngroup = 'SAWS'\nrule = 'spt'\n[[rules]]\nuntil_days = 5\nrule = 'atc'\n"
    )
    reading = factory(factory_toml=text)
    write_factory_folder(reading, tmp_path / "out")
    assert (tmp_path / "out" / "factory.toml").read_text() == text
    back = through_a_workbook(reading, tmp_path)
    assert (back / "factory.toml").read_text() == text.replace("# our plant\n", "").replace("'", '"')
    assert read(back).snapshot == reading.snapshot


# Any snapshot

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")) | st.sampled_from('\n\r\t,;"=#+@'),
    min_size=1,
    max_size=8,
).filter(lambda t: t == t.strip() and not t.startswith("#"))
WORD = st.text("ABCxyz019-_.äß ", min_size=1, max_size=6).filter(lambda t: t == t.strip())
NUMBER = st.floats(0.001, 1, allow_nan=False) | st.integers(1, 10**6).map(float)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
MOMENTS = DAYS | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))
USER = st.dictionaries(st.sampled_from(["Region", "Sales rep", "ÄÖ;,", "x" * 40]), TEXT, max_size=3)


def values(column: Column) -> st.SearchStrategy[Any]:
    """Any value of a column; numbers from 0.001 to 1 lie in every range, whole ones only where more is allowed."""
    small = column.range is not None and column.range.high < 10**6
    match column.kind:
        case "number":
            some: st.SearchStrategy[Any] = st.floats(0.001, 1) if small else NUMBER
        case "amount":
            some = NUMBER | st.sampled_from(["1.8*LENGTH/600", "SHELVES", "2 * (A+1)", "-A", "2*3"]).map(Formula)
        case "integer":
            some = st.integers(int(column.range.low) if column.range else 0, 9 if small else 10**6)
        case "yes/no":
            some = st.booleans()
        case "choice":
            some = st.sampled_from(column.choices)
        case "moment":
            some = MOMENTS
        case "clock":
            some = st.integers(0, 1440)
        case "weekdays":
            some = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
        case "options":
            some = st.dictionaries(WORD, WORD, min_size=1, max_size=3).map(lambda d: tuple(sorted(d.items())))
        case "ids":
            some = st.lists(WORD, min_size=1, max_size=3, unique=True).map(tuple)
        case "steps":
            some = st.sets(st.integers(0, 1000), min_size=1, max_size=3).map(lambda s: tuple(sorted(s)))
        case _:
            some = TEXT
    return some if column.required else st.just(column.default) | some


@st.composite
def records(draw: st.DrawFn, file: FactoryFile, least: int) -> tuple[Any, ...]:
    """Records of one file that no check objects to: distinct keys, ends after starts, zones in order."""
    made = []
    for n in range(draw(st.integers(least, 3))):
        fields = {c.field: draw(values(c)) for c in file.columns}
        first = file.columns[0]
        fields[first.field] = f"{fields[first.field]}{n}"
        start, end = ENDS.get(file.file, ("", ""))
        if start and fields[start] is not None and fields[end] is not None:
            fields[end] = fields[start] + timedelta(days=draw(st.integers(1, 400)))
        if file.file == "buffers":
            fields |= dict(zip(("tor", "toy", "tog"), sorted(draw(NUMBER) for _ in range(3)), strict=True))
        user = draw(USER)
        made.append(file.record(**fields, user=tuple((name, user[name]) for name in sorted(user))))
    return tuple(made)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """A factory with a few of its files."""
    chosen = draw(st.sets(st.sampled_from([f.file for f in factory_schema()]), max_size=4)) | {"items", "orders"}
    zone = draw(st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe"]))
    now = draw(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1))).replace(microsecond=0, tzinfo=UTC)
    policy = PlanningPolicy(allocation=draw(st.sampled_from(["need", "priority"])), freeze_minutes=draw(NUMBER))
    own = Settings(
        now=now,
        name=draw(TEXT),
        timezone=zone,
        horizon_days=draw(NUMBER),
        policy=policy,
        objective=ObjectiveWeights(flow=draw(NUMBER)),
        rules=tuple(RuleLink(rule="atc", until_days=days) for days in draw(st.lists(NUMBER, max_size=2))),
    )
    files = {
        f.file: draw(records(f, 1 if f.file in ("items", "orders") else 0))
        for f in factory_schema()
        if f.file in chosen
    }
    return Snapshot(settings=own, **files)


def without_source(snapshot: Snapshot | None) -> Snapshot:
    """The content alone: each record without the line it stood on, in one order, user columns by name."""
    assert snapshot is not None
    plain = {
        f.file: tuple(
            sorted(
                (msgspec.structs.replace(r, source="", user=tuple(sorted(r.user))) for r in getattr(snapshot, f.file)),
                key=repr,
            )
        )
        for f in factory_schema()
    }
    return msgspec.structs.replace(snapshot, **plain)


def test_names_of_user_columns_in_these_tests_are_no_names_of_columns():
    for file in factory_schema():
        for name in ("Region", "Sales rep", "ÄÖ;,", "x" * 40):
            assert squash(name) not in known_headers(file.file) | other_names(file.file)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(snapshots())
def test_any_snapshot_comes_back_from_a_folder_and_from_a_workbook(snapshot: Snapshot):
    tables = tables_of(snapshot)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_factory_folder(tables, place / "out")
        first = read(place / "out")
        assert [f for f in first.findings if f.severity == "error"] == []
        assert without_source(first.snapshot) == without_source(snapshot)
        back = through_a_workbook(first, place)
        assert contents(back) == contents(place / "out")
        assert read(back).factory_hash == first.factory_hash


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\ufffe\uffff") | st.sampled_from('\n\r,;"\t=1.'), max_size=6
)


@settings(max_examples=300)
@given(st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=6))
def test_reading_any_table_ends_in_findings_never_in_an_exception(rows: list[list[str]]):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for file in ("orders.csv", "calendars.csv", "factory.toml"):
            (place / file).write_bytes(out.getvalue().encode())
        (place / "items.csv").write_bytes(b"item,qty,due,name,calendar\n" + out.getvalue().encode())
        reading = read(place)
        assert all(f.code and f.what for f in reading.findings)
        if reading.tables.tables:
            write_factory_folder(reading, place / "out")


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_reading_any_bytes_ends_in_findings_never_in_an_exception(data: bytes):
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for file in ("items.csv", "orders.csv", "factory.toml", "plant.xlsx"):
            (place / file).write_bytes(data)
        assert read(place).snapshot is None
        assert read(place / "plant.xlsx").snapshot is None
