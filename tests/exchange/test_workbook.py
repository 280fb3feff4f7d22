"""A workbook is read as the folder it stands for, and one that is made of a folder gives it back."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from pegboard.exchange import Reading, read_factory, write_factory_folder, write_factory_workbook
from tests.exchange.conftest import ITEMS, NOW, ORDERS, Folder, codes, only

Sheets = dict[str, list[list[Any]]]


@pytest.fixture
def book(tmp_path: Path) -> Callable[[Sheets], Reading]:
    """Sheets by name go in, cells written with the type they have in Python; a reading comes out."""

    def read(sheets: Sheets) -> Reading:
        file = tmp_path / "plant.xlsx"
        made = xlsxwriter.Workbook(file, {"default_date_format": "dd.mm.yyyy hh:mm"})
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for n, row in enumerate(rows):
                for i, cell in enumerate(row):
                    if isinstance(cell, tuple):  # a formula and what came of it
                        sheet.write_formula(n, i, cell[0], None, cell[1])
                    elif cell is not None:
                        sheet.write(n, i, cell)
        made.close()
        return read_factory(file, clock=lambda: NOW)

    return read


TWO = {
    "items": [["item"], ["BIKE"]],
    "orders": [["order", "item", "qty", "due"], ["SO-1", "BIKE", 2, date(2026, 6, 12)]],
}


def test_a_workbook_is_the_same_factory_as_the_folder(book: Callable[[Sheets], Reading], factory: Folder):
    reading = book(TWO)
    assert reading.findings == []
    assert reading.factory_hash == factory(items="item\nBIKE\n").factory_hash
    assert reading.snapshot is not None
    assert reading.snapshot.orders[0].source == "plant.xlsx!orders:2"


def test_numbers_as_ids_dates_hours_and_yes_as_excel_keeps_them(book: Callable[[Sheets], Reading]):
    reading = book(
        {
            "Items": [["Item", "yield"], [7, 0.95], ["007", "0,95"]],
            "orders": [
                ["order", "item", "qty", "due", "ship complete"],
                [1001, 7, 2.5, datetime(2026, 6, 12, 17, 0), True],
                [1002, "007", "1", 46185, "ja"],
            ],
            "calendars": [["calendar", "weekday", "start", "end"], ["STD", "mon-fri", time(8, 0), 0.6875]],
        }
    )
    assert reading.findings == []
    assert reading.snapshot is not None
    assert [(i.item, i.yield_) for i in reading.snapshot.items] == [("007", 0.95), ("7", 0.95)]
    first, second = reading.snapshot.orders
    assert (first.order, first.item, first.qty, first.due) == ("1001", "7", 2.5, datetime(2026, 6, 12, 17, tzinfo=UTC))
    assert (second.due, second.ship_complete) == (date(2026, 6, 12), True)
    assert (reading.snapshot.calendars[0].start, reading.snapshot.calendars[0].end) == (480, 990)


def test_a_table_may_start_below_blank_rows_and_lines_are_those_of_the_sheet(book: Callable[[Sheets], Reading]):
    rows = [
        [None],
        ["order", "item", "qty", "due"],
        [],
        ["SO-1", "BIKE", "x", "2026-06-12"],
        ["SO-2", "BIKE", 1, "2026-06-12"],
    ]
    assert only(book(TWO | {"orders": rows}), "F202").source == "plant.xlsx!orders:4"


def test_settings_may_stand_on_a_sheet(book: Callable[[Sheets], Reading]):
    rows = [
        ["key", "value"],
        ["timezone", "Europe/Berlin"],
        ["now", datetime(2026, 6, 1, 6, 0)],
        ["horizon_days", 90],
        ["allocation", "priority"],
    ]
    reading = book(TWO | {"factory": rows})
    assert reading.findings == []
    assert reading.snapshot is not None
    settings = reading.snapshot.settings
    assert (settings.now, settings.horizon_days) == (datetime(2026, 6, 1, 4, tzinfo=UTC), 90.0)
    assert settings.policy.allocation == "priority"


def test_a_factory_toml_beside_the_workbook_counts_unless_the_sheet_is_there(
    book: Callable[[Sheets], Reading], tmp_path: Path
):
    (tmp_path / "factory.toml").write_text("horizon_days = 90\n")
    beside = book(TWO)
    assert beside.snapshot is not None
    assert beside.snapshot.settings.horizon_days == 90
    both = book(TWO | {"factory": [["horizon_days", 80]]})
    assert both.snapshot is not None
    assert both.snapshot.settings.horizon_days == 80
    assert codes(both) == ["F126"]


def test_a_missing_sheet_is_named(book: Callable[[Sheets], Reading]):
    reading = book({"items": TWO["items"], "Bestellungen": [["x"]]})
    assert reading.snapshot is None
    assert only(reading, "F102").what == "the sheet orders is missing in plant.xlsx"
    assert only(reading, "F106").subject == "plant.xlsx!Bestellungen"


def test_an_empty_sheet_is_named(book: Callable[[Sheets], Reading]):
    assert codes(book(TWO | {"stock": []})) == ["F104"]


def test_an_error_in_a_cell_is_no_blank(book: Callable[[Sheets], Reading]):
    """A failed look-up in an optional column must not turn into its default."""
    header, row = TWO["orders"]
    reading = book(TWO | {"orders": [[*header, "priority"], [*row, ("=NA()", "#N/A")], ["SO-2", *row[1:], 5]]})
    assert only(reading, "F216").what == "priority '#N/A' is an error of the workbook, not a value"
    assert reading.snapshot is not None
    assert [o.order for o in reading.snapshot.orders] == ["SO-2"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 but no more", b"item\nBIKE\n", b"x" * 1000])
def test_a_broken_workbook_is_an_error(tmp_path: Path, content: bytes):
    (tmp_path / "plant.xlsx").write_bytes(content)
    reading = read_factory(tmp_path / "plant.xlsx", clock=lambda: NOW)
    assert codes(reading) == ["F103"]
    assert reading.snapshot is None


def test_a_workbook_with_a_lost_part_is_an_error(book: Callable[[Sheets], Reading], tmp_path: Path):
    book(TWO)
    whole = zipfile.ZipFile(tmp_path / "plant.xlsx")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as cut:
        for name in whole.namelist():
            data = whole.read(name)
            cut.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    (tmp_path / "cut.xlsx").write_bytes(buffer.getvalue())
    reading = read_factory(tmp_path / "cut.xlsx", clock=lambda: NOW)
    assert reading.snapshot is None
    assert "F103" in codes(reading)


def test_a_ragged_row_does_not_become_sound_in_a_workbook(factory: Folder, tmp_path: Path):
    short = factory(orders=ORDERS.replace("due", "due,priority").replace("12\n", "12,5\n") + "SO-2,BIKE,1,2026-06-12\n")
    assert codes(short) == ["F301"]
    write_factory_workbook(short, tmp_path / "plant.xlsx")
    back = read_factory(tmp_path / "plant.xlsx", clock=lambda: NOW)
    assert codes(back) == ["F216"]


def test_texts_that_look_like_formulas_stay_texts(factory: Folder, tmp_path: Path):
    reading = factory(items='item,name\nBIKE,"=1+1"\nFRAME,"@SUM(A1)"\n+1,"=cmd|x"\nhttp://x.y,-\n')
    write_factory_workbook(reading, tmp_path / "plant.xlsx")
    with zipfile.ZipFile(tmp_path / "plant.xlsx") as parts:
        sheets = b"".join(parts.read(name) for name in parts.namelist() if "worksheets/" in name)
    assert b"<f>" not in sheets
    assert b"hyperlink" not in sheets
    back = read_factory(tmp_path / "plant.xlsx", clock=lambda: NOW)
    assert back.factory_hash == reading.factory_hash


def test_numbers_and_dates_are_those_of_the_workbook_where_nothing_is_lost(factory: Folder, tmp_path: Path):
    from python_calamine import CalamineWorkbook

    reading = factory(
        orders="order,item,qty,due,promised,note\n"
        "0042,BIKE,2,2026-06-12,2026-06-12T17:00:00,3\n"
        "0043,BIKE,2.0,12.06.2026,2026-06-12T17:00,007\n"
    )
    write_factory_workbook(reading, tmp_path / "plant.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "plant.xlsx").get_sheet_by_name("orders").to_python()
    assert rows[1:] == [
        ["0042", "BIKE", 2.0, date(2026, 6, 12), datetime(2026, 6, 12, 17, 0), 3.0],
        ["0043", "BIKE", "2.0", "12.06.2026", "2026-06-12T17:00", "007"],
    ]


def test_more_than_a_sheet_can_hold_is_refused_and_nothing_is_written(factory: Folder, tmp_path: Path):
    reading = factory(items="item,name\nBIKE," + "x" * 40_000 + "\n")
    with pytest.raises(ValueError, match=r"items\.csv:2 has a cell of more than 32,767 characters"):
        write_factory_workbook(reading, tmp_path / "out" / "plant.xlsx")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_same_factory_gives_the_same_bytes(factory: Folder, tmp_path: Path):
    reading = factory(items=ITEMS)
    for name in ("a.xlsx", "b.xlsx"):
        write_factory_workbook(reading, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_folder_that_holds_another_factory_is_not_mixed_with_it(factory: Folder, tmp_path: Path):
    reading = factory()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "stock.csv").write_text("item,qty\n")
    with pytest.raises(FileExistsError, match=r"stock\.csv"):
        write_factory_folder(reading, tmp_path / "out")
    assert [f.name for f in (tmp_path / "out").iterdir()] == ["stock.csv"]
