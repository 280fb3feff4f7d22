"""Meaning is strict: every fault is named with file, line, column, value and advice, and the rest is read."""

import os
from pathlib import Path

import pytest

from pegboard.exchange import CODES, Reading, read_factory
from pegboard.exchange.report import LISTED
from tests.exchange.conftest import NOW, Folder, codes, only

HEADER = "order,item,qty,due\n"
GOOD = "SO-1,BIKE,2,2026-06-12\n"


def orders(reading: Reading) -> list[str]:
    return [o.order for o in reading.snapshot.orders] if reading.snapshot else []


def test_a_faulty_record_is_left_out_and_named_and_the_others_stay(factory: Folder):
    reading = factory(orders=HEADER + GOOD + "SO-2,BIKE,many,2026-06-12\n")
    assert orders(reading) == ["SO-1"]
    finding = only(reading, "F202")
    assert (finding.severity, finding.subject, finding.source) == ("error", "SO-2/1", "orders.csv:3")
    assert finding.what == "qty 'many' is not a number"
    assert finding.advice == "write the number alone, such as 12.5, without a unit"


def test_all_faults_come_in_one_run(factory: Folder):
    reading = factory(
        orders=HEADER + GOOD + ",BIKE,x,31.02.2026\n",
        items="item,yield,supply\nBIKE,2,make\nFRAME,,byu\n",
        bom="parent,component\nBIKE,FRAME\n",
    )
    assert sorted((f.code, f.source) for f in reading.findings) == [
        ("F105", "bom.csv:1"),
        ("F113", "items.csv"),
        ("F201", "orders.csv:3"),
        ("F202", "orders.csv:3"),
        ("F206", "items.csv:2"),
        ("F207", "orders.csv:3"),
        ("F210", "items.csv:3"),
    ]
    assert "did you mean buy?" in only(reading, "F210").advice


def test_a_formula_that_cannot_be_read_is_named_with_the_place_in_it(factory: Folder):
    reading = factory(bom="parent,component,qty_per\nBIKE,FRAME,1.8*(LENGTH/600\n")
    finding = only(reading, "F204")
    assert finding.what == (
        "qty_per '1.8*(LENGTH/600' is no formula that can be read: at its end, ), + or - is expected"
    )
    assert finding.subject == "BIKE/FRAME"
    assert reading.snapshot is not None
    assert reading.snapshot.bom == ()


# Files


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path):
    reading = read_factory(tmp_path / "nowhere", clock=lambda: NOW)
    assert codes(reading) == ["F101"]
    assert (reading.snapshot, reading.factory_hash, reading.tables.tables) == (None, "", [])


@pytest.mark.parametrize("name", ["orders.csv", "notes.txt", "a\x00b"])
def test_a_path_that_is_no_factory_is_an_error(tmp_path: Path, name: str):
    if "\x00" not in name:
        (tmp_path / name).write_text("x")
    assert codes(read_factory(tmp_path / name, clock=lambda: NOW)) == ["F101"]


def test_a_missing_required_file_ends_the_plan(factory: Folder):
    factory.write()
    (factory.path / "orders.csv").unlink()
    (factory.path / "order.csv").write_text(HEADER + GOOD)
    reading = factory.read()
    assert reading.snapshot is None
    assert only(reading, "F102").advice == "add a file orders.csv with at least: order, item, qty, due"
    assert only(reading, "F106").advice == "the closest known name is orders.csv"
    assert only(reading, "F106").severity == "info"


def test_a_folder_with_only_a_workbook_says_to_name_the_workbook(tmp_path: Path):
    (tmp_path / "plant.xlsx").write_bytes(b"")
    reading = read_factory(tmp_path, clock=lambda: NOW)
    assert f"or name the workbook itself: {tmp_path / 'plant.xlsx'}" in only_first(reading, "F102")


def only_first(reading: Reading, code: str) -> str:
    return next(f.advice for f in reading.findings if f.code == code)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"sep=;\n"])
def test_an_empty_file_is_an_error(factory: Folder, content: bytes):
    reading = factory(stock=content)
    assert codes(reading) == ["F104"]
    assert reading.snapshot is not None
    assert factory(orders=content).snapshot is None


@pytest.mark.parametrize("content", ["order,item,qty,due\n", "order,item,qty,due\nSO-1,BIKE,,\n"])
def test_nothing_is_planned_when_no_order_is_usable(factory: Folder, content: str):
    reading = factory(orders=content)
    assert reading.snapshot is None
    assert only(reading, "F113").severity == "error"


def test_a_missing_required_column_names_it_and_nothing_of_the_file_is_used(factory: Folder):
    reading = factory(stock="item,count\nBIKE,5\n")
    finding = only(reading, "F105")
    assert finding.what == "the required column qty is missing, so nothing of stock.csv is used"
    assert finding.advice == "name one of the columns 'count' so"
    assert reading.snapshot is not None
    assert reading.snapshot.stock == ()


def test_a_column_named_twice_is_an_error_and_the_first_is_read(factory: Folder):
    reading = factory(orders="order,item,qty,due,Qty\nSO-1,BIKE,2,2026-06-12,9\n")
    assert only(reading, "F108").what == "column 'Qty' is qty once more; the first one is read"
    assert reading.snapshot is not None
    assert reading.snapshot.orders[0].qty == 2


def test_two_other_names_for_one_column_are_an_error(factory: Folder):
    reading = factory(orders="order,item,quantity,due,menge\nSO-1,BIKE,2,2026-06-12,9\n")
    assert only(reading, "F108").subject == "menge"


def test_a_misspelt_column_is_kept_and_doubted(factory: Folder):
    reading = factory(orders="order,item,qty,due,prioritty\nSO-1,BIKE,2,2026-06-12,1\n")
    finding = only(reading, "F109")
    assert (finding.severity, finding.advice) == ("warning", "did you mean priority?")
    assert reading.snapshot is not None
    assert reading.snapshot.orders[0].user == (("prioritty", "1"),)


def test_values_under_no_header_are_not_read_and_named(factory: Folder):
    reading = factory(items="item,,name\nBIKE,secret,x\n")
    assert (only(reading, "F111").severity, only(reading, "F111").source) == ("warning", "items.csv:2")


def test_two_files_that_differ_in_case_alone_are_an_error(factory: Folder):
    factory.write()
    (factory.path / "Items.csv").write_text("item\nOTHER\n")
    if len(list(factory.path.glob("*tems.csv"))) < 2:
        pytest.skip("this file system does not tell cases apart")
    assert codes(factory.read()) == ["F112"]


def test_a_file_without_permission_is_an_error(factory: Folder):
    factory.write(stock="item,qty\nBIKE,1\n")
    (factory.path / "stock.csv").chmod(0)
    try:
        (factory.path / "stock.csv").read_bytes()
    except PermissionError:
        assert codes(factory.read()) == ["F103"]
    else:
        pytest.skip("this user may read everything")


@pytest.mark.parametrize("content", [os.urandom(5000), b"PK\x03\x04" + b"x" * 100, b"item," + b"x" * 200_000 + b"\n"])
def test_what_is_no_text_is_an_error_and_not_taken_apart(factory: Folder, content: bytes):
    reading = factory(stock=content)
    assert [f.code for f in reading.findings if f.severity == "error"] == ["F103"]


# Rows


@pytest.mark.parametrize("row", ["SO-2,BIKE,2\n", "SO-2,BIKE,2,2026-06-12,x\n", "SO-2\n", "SO-2,BI"])
def test_a_ragged_row_is_left_out_and_named(factory: Folder, row: str):
    reading = factory(orders=HEADER + GOOD + row)
    assert orders(reading) == ["SO-1"]
    assert (only(reading, "F301").source, only(reading, "F301").severity) == ("orders.csv:3", "error")


def test_a_quotation_mark_that_is_never_closed_costs_its_own_row_only(factory: Folder):
    reading = factory(orders=HEADER + GOOD + 'SO-2,"BIKE,2,2026-06-12\n' + GOOD.replace("SO-1", "SO-3"))
    assert orders(reading) == ["SO-1", "SO-3"]
    assert only(reading, "F302").source == "orders.csv:3"


def test_a_quotation_mark_closed_by_the_next_one_costs_its_own_row_only(factory: Folder):
    reading = factory(
        orders="order,item,qty,due,customer\n"
        'SO-2,BIKE,2,2026-06-12,"Ann\n'
        'SO-3,BIKE,3,2026-06-12,Bob"\n'
        "SO-4,BIKE,4,2026-06-12,Cid\n"
    )
    assert orders(reading)[-1] == "SO-4"
    assert "orders.csv:2" in {f.source for f in reading.findings}


def test_a_nul_byte_leaves_its_record_out(factory: Folder):
    reading = factory(orders=HEADER + GOOD + "SO-\x002,BIKE,2,2026-06-12\n")
    assert orders(reading) == ["SO-1"]
    assert only(reading, "F215").what == "order 'SO-\\x002' holds control characters"


# Records


def test_a_row_that_says_the_same_counts_once(factory: Folder):
    reading = factory(items="item,name\nBIKE,x\nFRAME,y\nBIKE,x\n")
    assert reading.snapshot is not None
    assert [i.item for i in reading.snapshot.items] == ["BIKE", "FRAME"]
    finding = only(reading, "F303")
    assert (finding.severity, finding.what) == ("warning", "line 4 says the same as line 2; it counts once")


@pytest.mark.parametrize("rows", ["BIKE,x\nBIKE,y\n", "BIKE,y\nBIKE,x\n"])
def test_a_record_with_two_contents_is_an_error_and_the_order_of_rows_does_not_decide(factory: Folder, rows: str):
    reading = factory(items="item,name\n" + rows)
    assert reading.snapshot is not None
    assert [i.name for i in reading.snapshot.items] == ["x"]
    finding = only(reading, "F304")
    assert finding.severity == "error"
    used, other = (2, 3) if rows.startswith("BIKE,x") else (3, 2)
    assert (
        finding.what
        == f"lines {used} and {other} are the same record with different name 'x' and 'y'; line {used} is used"
    )


def test_orders_alike_under_different_numbers_are_possibly_entered_twice(factory: Folder):
    rows = "".join(f"SO-{i},BIKE,2,2026-06-12,ACME\n" for i in range(3))
    reading = factory(orders="order,item,qty,due,customer\n" + rows)
    assert len(orders(reading)) == 3
    finding = only(reading, "F305")
    assert (finding.severity, finding.subject) == ("warning", "SO-0/1")
    assert finding.what.startswith("SO-0/1, SO-1/1, SO-2/1 want the same item")


def test_cancelled_orders_are_no_double_entries(factory: Folder):
    rows = "SO-1,BIKE,2,2026-06-12,cancelled\nSO-2,BIKE,2,2026-06-12,cancelled\nSO-3,BIKE,2,2026-06-12,open\n"
    assert codes(factory(orders="order,item,qty,due,status\n" + rows)) == []


@pytest.mark.parametrize(
    ("start", "end", "faulty"),
    [
        ("2026-07-02", "2026-07-01", True),
        ("2026-07-01", "2026-07-01", False),  # a whole day
        ("2026-07-01T08:00", "2026-07-01T08:00", True),
        ("2026-07-01T08:00", "2026-07-01", False),
        ("2026-07-02T08:00", "2026-07-01", True),
        ("2026-07-01", "2026-07-01T12:00", False),
    ],
)
def test_an_end_before_its_start_is_an_error(factory: Folder, start: str, end: str, faulty: bool):
    reading = factory(downtime=f"resource,start,end\nSAW,{start},{end}\n")
    assert codes(reading) == (["F306"] if faulty else [])
    assert reading.snapshot is not None
    assert len(reading.snapshot.downtime) == (0 if faulty else 1)


def test_zones_of_a_buffer_out_of_order_are_an_error(factory: Folder):
    reading = factory(buffers="item,kind,tor,toy,tog\nBIKE,override,50,40,60\nFRAME,override,10,10,250\n")
    assert only(reading, "F307").what == "the tops of the zones are out of order: tor 50, toy 40, tog 60"
    assert reading.snapshot is not None
    assert [b.item for b in reading.snapshot.buffers] == ["FRAME"]


# Noise


def test_no_more_than_so_many_findings_of_a_kind_are_listed_and_the_rest_is_counted(factory: Folder):
    rows = "".join(f"SO-{i},BIKE,x{i},2026-06-12\n" for i in range(LISTED + 55))
    reading = factory(orders=HEADER + GOOD + rows)
    assert codes(reading).count("F202") == LISTED + 1
    summary = [f for f in reading.findings if "more findings" in f.what]
    assert [f.what for f in summary] == [f"55 more findings like the {LISTED} listed: {CODES['F202'][1]}"]


def test_reading_a_file_of_noise_is_given_up_and_says_so(factory: Folder):
    """20,000 rows are looked at; all but the first are faulty."""
    reading = factory(stock="item,qty\nBIKE,1\n" + "BIKE,x\n" * 30_000)
    finding = only(reading, "F114")
    assert finding.what == "19,999 of the first 20,000 rows are faulty; the 10,001 rows after them are not read"
    assert reading.snapshot is not None
    assert len(reading.snapshot.stock) == 1


@pytest.mark.parametrize("row", ['BIKE,1,"x\n', '"""\n', "x\n", '"a""\n', "a,b,c,d,e\n"])
def test_rows_that_cannot_be_split_are_given_up_and_said_so(factory: Folder, row: str):
    reading = factory(stock="item,qty,lot\n" + row * 30_000)
    assert len([f for f in reading.findings if f.code == "F114"]) == 1
    assert reading.snapshot is not None


def test_a_cell_without_end_is_named_by_its_line(factory: Folder):
    reading = factory(stock='item,qty,lot\nBIKE,1,"' + "x" * 1_000_000)
    assert (only(reading, "F302").source, len(only(reading, "F302").what) < 200) == ("stock.csv:2", True)
