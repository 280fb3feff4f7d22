"""Tables are uploaded, their faults found at their cells, corrected there, and applied as one new version."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pegboard.app.tables_desk import Desk, newest
from pegboard.app.upload_shelf import LIFE, MOST, Shelf
from pegboard.app.uploaded import MOST_BYTES, Sent
from pegboard.app.uploads import Cell, Staged, Upload, apply_upload, cell_faults, staged, with_cells
from pegboard.domain.finding import Finding
from pegboard.exchange import read_files, write_factory_workbook
from pegboard.exchange.archive import MOST_FILES
from pegboard.storage.database.connect import begin
from pegboard.storage.database.masters import Masters, Version
from pegboard.storage.database.upgrade import upgrade
from tests.exchange.conftest import NOW

BASE = {
    "items.csv": b"item,lead_time_days\nBIKE,\nFRAME,3\n",
    "Orders.csv": b"order,item,qty,due\nSO-1,BIKE,2,2026-06-12\n",
    "factory.toml": b"now = 2026-06-01T06:00:00\n",
}
WHEN = 1_780_000_000


@pytest.fixture
def masters(tmp_path: Path) -> Iterator[Masters]:
    engine = begin(f"sqlite:///{tmp_path / 'plant.db'}")
    upgrade(engine)
    found = Masters(engine)
    found.add(BASE, 0, WHEN, "ann", "first")
    yield found
    engine.dispose()


def upload(*sent: tuple[str, bytes | str], base: int = 1) -> Upload:
    files = tuple(Sent(name, data if isinstance(data, bytes) else data.encode()) for name, data in sent)
    return Upload(id="u1", base=base, who="bea", at=WHEN, sent=files)


def zipped(**files: bytes | str) -> bytes:
    return zipped_names({name.replace("__", "."): data for name, data in files.items()})


def zipped_names(files: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def errors(ready: Staged) -> list[str]:
    return [f.code for f in ready.in_the_way]


def of_code(desk: Desk, code: str) -> tuple[str | None, int | None, int | None]:
    """Where the one finding of a code is."""
    (found,) = [f for f in desk.findings if f.code == code]
    return found.table, found.row, found.column


# -- at their cells --------------------------------------------------------------------------------------------------


def test_a_fault_is_at_its_row_and_column():
    orders = "due,qty,order,item\n2026-06-12,2,SO-1,BIKE\n\n2026-06-13,two,SO-2,BIKE\n"
    desk = staged(upload(("orders.csv", orders)), BASE).desk
    assert of_code(desk, "F202") == ("orders", 1, 1)  # a blank line is no row


def test_an_item_that_does_not_exist_is_found_at_the_cell_that_names_it():
    desk = staged(upload(("orders.csv", "order,item,qty,due\nSO-1,BOAT,2,2026-06-12\n")), BASE).desk
    assert of_code(desk, "V150") == ("orders", 0, 1)


def test_a_missing_column_is_found_at_the_table():
    desk = staged(upload(("orders.csv", "order,item,qty,when due\nSO-1,BIKE,2,2026-06-12\n")), BASE).desk
    assert of_code(desk, "F105") == ("orders", None, None)


def test_a_page_of_a_table_has_its_rows_and_their_findings():
    rows = "".join(f"SO-{n},BIKE,{'x' if n == 7 else n},2026-06-12\n" for n in range(1, 11))
    desk = staged(upload(("orders.csv", "order,item,qty,due\n" + rows)), BASE).desk
    page = desk.page("orders", limit=4, offset=4)
    assert not isinstance(page, Finding)
    assert (page.n, page.next, page.columns) == (10, 8, ["order", "item", "qty", "due"])
    assert page.rows[2] == ["SO-7", "BIKE", "x", "2026-06-12"]
    assert [(f.row, f.column) for f in page.findings if f.code == "F202"] == [(6, 2)]
    first = desk.page("orders", limit=4, offset=0)
    assert not isinstance(first, Finding)
    assert [f for f in first.findings if f.code == "F202"] == []


# -- corrected and applied -------------------------------------------------------------------------------------------


def test_what_is_applied_is_a_new_version_with_the_other_tables_as_they_were(masters: Masters):
    found = apply_upload(masters, upload(("orders.csv", "order,item,qty,due\nSO-9,BIKE,1,2026-07-01\n")), 5, "bea", "w")
    assert found == Version(number=2, at=5, who="bea", why="w")
    assert masters.files(2) == {
        "factory.toml": BASE["factory.toml"],
        "items.csv": BASE["items.csv"],
        "orders.csv": b"order,item,qty,due\nSO-9,BIKE,1,2026-07-01\n",
    }
    assert masters.files(1) == BASE


def test_an_upload_with_an_error_is_refused_until_its_cell_is_corrected(masters: Masters):
    faulty = upload(("orders.csv", "order,item,qty,due\nSO-9,BIKE,two,2026-07-01\n"))
    refused = apply_upload(masters, faulty, 5, "bea", "")
    assert isinstance(refused, list)
    assert [f.code for f in refused][:2] == ["C677", "F113"]
    mended = with_cells(faulty, [Cell(table="orders", row=0, column=2, text="2")])
    assert isinstance(mended, Upload)
    assert isinstance(apply_upload(masters, mended, 5, "bea", ""), Version)
    assert masters.files(2)["orders.csv"] == b"order,item,qty,due\nSO-9,BIKE,2,2026-07-01\n"


def test_a_header_can_be_corrected():
    named = upload(("orders.csv", "order,item,pieces wanted,due\nSO-9,BIKE,2,2026-07-01\n"))
    assert "F105" in errors(staged(named, BASE))
    mended = with_cells(named, [Cell(table="orders", row=None, column=2, text="qty")])
    assert isinstance(mended, Upload)
    assert errors(staged(mended, BASE)) == []


def test_tables_of_the_master_data_can_be_corrected_without_any_file(masters: Masters):
    mended = with_cells(upload(), [Cell(table="items", row=1, column=1, text="9")])
    assert isinstance(mended, Upload)
    assert isinstance(apply_upload(masters, mended, 5, "bea", ""), Version)
    assert masters.files(2)["items.csv"] == b"item,lead_time_days\nBIKE,\nFRAME,9\n"


def test_of_two_corrections_of_a_cell_the_last_one_counts():
    cells = [Cell(table="items", row=1, column=1, text=text) for text in ("7", "8")]
    mended = with_cells(upload(), cells)
    assert isinstance(mended, Upload)
    assert [cell.text for cell in mended.cells] == ["8"]


@pytest.mark.parametrize(
    "cell",
    [
        Cell(table="items", row=2, column=0, text=""),
        Cell(table="items", row=-1, column=0, text=""),
        Cell(table="items", row=0, column=2, text=""),
        Cell(table="items", row=None, column=-1, text=""),
        Cell(table="items", row=0, column=0, text="x" * 32_768),
    ],
    ids=["row", "negative row", "column", "negative column", "long"],
)
def test_a_correction_of_no_cell_is_a_finding(cell: Cell):
    assert [f.code for f in cell_faults(staged(upload(), BASE).desk, [cell])] == ["C676"]


def test_errors_that_the_master_data_has_already_are_not_in_the_way(masters: Masters):
    broken = {**BASE, "stock.csv": b"item,qty\nBOAT,3\n"}
    masters.add(broken, 1, WHEN, "ann", "")
    ready = staged(upload(("orders.csv", "order,item,qty,due\nSO-9,BIKE,1,2026-07-01\n"), base=2), broken)
    assert "V157" in [f.code for f in ready.desk.findings if f.severity == "error"]
    assert errors(ready) == []


def test_an_upload_onto_a_version_that_has_been_overtaken_is_refused(masters: Masters):
    masters.add({**BASE, "stock.csv": b"item,qty\nFRAME,3\n"}, 1, WHEN, "carl", "counted")
    refused = apply_upload(masters, upload(("stock.csv", "item,qty\nFRAME,4\n")), 5, "bea", "")
    assert isinstance(refused, list)
    assert [f.code for f in refused] == ["C678"]
    assert "carl has made version 2 of the master data since, not 1: counted" in refused[0].what
    assert len(masters.versions()) == 2


def test_the_newest_version_is_what_the_desk_shows(masters: Masters):
    masters.add({**BASE, "stock.csv": b"item,qty\nFRAME,3\n"}, 1, WHEN, "carl", "counted")
    found = newest(masters)
    assert found is not None
    assert found[0].number == 2
    assert [(h.name, h.rows) for h in found[1].heads] == [("items", 2), ("orders", 1), ("stock", 1)]


# -- every kind of file ----------------------------------------------------------------------------------------------


def test_a_workbook_means_the_same_as_its_tables(tmp_path: Path, masters: Masters):
    files = BASE | {"stock.csv": b"item,qty,location\nFRAME,3,007\n"}
    write_factory_workbook(read_files(files, clock=lambda: NOW), tmp_path / "book.xlsx")
    ready = staged(upload(("book.xlsx", (tmp_path / "book.xlsx").read_bytes())), BASE)
    assert ready.in_the_way == []
    assert ready.files["stock.csv"] == files["stock.csv"]
    assert ready.touched == {"items", "orders", "stock"}


def test_an_archive_of_a_folder_means_the_same_as_its_files():
    inside = zipped_names({"plant/orders.csv": "order,item,qty,due\nSO-9,BIKE,1,2026-07-01\n", "plant/README": "x"})
    ready = staged(upload(("plant.zip", inside)), BASE)
    assert (ready.findings, ready.touched) == ([], {"orders"})


def test_what_lies_deeper_in_an_archive_is_not_read_and_said_so():
    inside = zipped_names({"items.csv": "item\nBIKE\n", "old/orders.csv": "order\n"})
    ready = staged(upload(("plant.zip", inside)), BASE)
    assert [f.code for f in ready.findings] == ["C675"]
    assert ready.touched == {"items"}


def test_a_journal_in_an_upload_is_not_taken():
    ready = staged(upload(("changes.jsonl", '{"change":"cancel_order","order":"SO-1"}\n')), BASE)
    assert [f.code for f in ready.findings] == ["C679"]
    assert "changes.jsonl" not in ready.files


def test_a_file_of_another_kind_is_a_finding():
    ready = staged(upload(("orders.pdf", b"%PDF-1.7")), BASE)
    assert errors(ready) == ["C670"]


def test_a_workbook_called_csv_and_text_called_workbook_are_findings():
    ready = staged(upload(("orders.csv", zipped(a="x")), ("items.xlsx", b"item\nX\n")), BASE)
    assert sorted(set(errors(ready))) == ["F103"]


def test_a_table_that_is_sent_twice_is_a_finding():
    ready = staged(upload(("stock.csv", "item,qty\n"), ("stock.csv", "item,qty\n"), ("Stock.CSV", "item,qty\n")), BASE)
    assert sorted(errors(ready)) == ["C674", "F112"]


# -- files that are made to harm -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../orders.csv",
        "/etc/orders.csv",
        "C:\\orders.csv",
        "a/../../orders.csv",
        "..\\orders.csv",
        "con.csv",
        "a/NUL.csv",
    ],
)
def test_a_name_that_leads_elsewhere_is_a_finding_and_its_file_is_not_read(name: str):
    by_itself = staged(upload((name, "order,item,qty,due\n")), BASE)
    in_archive = staged(upload(("plant.zip", zipped_names({name: "order,item,qty,due\n"}))), BASE)
    for ready in (by_itself, in_archive):
        assert errors(ready) == ["C673"]
        assert ready.touched == set()


def test_a_name_with_a_control_character_is_a_finding():
    assert errors(staged(upload(("orders\0.csv", "order,item,qty,due\n")), BASE)) == ["C673"]


def test_a_name_with_a_script_is_only_a_text():
    ready = staged(upload(("<img src=x onerror=alert(1)>.exe", b"")), BASE)
    (found,) = ready.in_the_way
    assert found.code == "C670"
    assert found.what == "'<img src=x onerror=alert(1)>.exe' is no table"


def test_an_archive_that_unpacks_to_a_thousand_times_its_size_is_refused_before_it_does():
    bomb = zipped(orders__csv=b"0" * (80 * 2**20))
    assert len(bomb) < 2**20
    (found,) = staged(upload(("bomb.zip", bomb)), BASE).in_the_way
    assert found.code == "C672"
    assert found.what.startswith("'bomb.zip' cannot be unpacked: unpacked it is more than")


def test_an_archive_that_lies_about_its_size_is_refused_all_the_same():
    bomb = bytearray(zipped(orders__csv=b"0" * (80 * 2**20)))
    at = bomb.rfind(b"PK\x01\x02") + 24  # the unpacked size in the directory
    bomb[at : at + 4] = (100).to_bytes(4, "little")
    assert errors(staged(upload(("bomb.zip", bytes(bomb))), BASE)) == ["C672"]


def test_an_archive_of_too_many_files_is_refused():
    many = zipped_names({f"{n}.csv": "" for n in range(MOST_FILES + 1)})
    assert errors(staged(upload(("many.zip", many)), BASE)) == ["C672"]


def test_a_damaged_archive_is_a_finding():
    whole = zipped(orders__csv="order,item,qty,due\nSO-1,BIKE,1,2026-07-01\n")
    for cut in (10, len(whole) // 2, len(whole) - 1):
        assert errors(staged(upload(("cut.zip", whole[:cut])), BASE)) == ["C672"]


def test_an_upload_beyond_the_limit_is_refused():
    ready = staged(upload(("orders.csv", bytes(MOST_BYTES + 1))), BASE)
    assert errors(ready) == ["C671"]


PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook_with(sheet: str, strings: str = "") -> bytes:
    """A workbook whose one sheet `orders` has these rows as XML."""
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts: dict[str, bytes | str] = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": f'<workbook {ns} xmlns:r="{rel}"><sheets><sheet name="orders" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {ns}><sheetData>{sheet}</sheetData></worksheet>",
    }
    if strings:
        parts["xl/sharedStrings.xml"] = f"<sst {ns}>{strings}</sst>"
    return zipped_names(parts)


def test_a_small_workbook_is_read():
    rows = "<row r='1'><c r='A1' t='inlineStr'><is><t>order</t></is></c></row>"
    assert "F105" in errors(staged(upload(("book.xlsx", workbook_with(rows))), BASE))  # its other columns are missing


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="2"><c\n s="1"\tr="XFD1048576"><v>1</v></c></row>',
    ],
    ids=["plain", "single quotes", "spread out"],
)
def test_a_workbook_with_a_cell_in_the_far_corner_is_refused_before_room_is_made_for_it(far: str):
    rows = f'<row r="1"><c r="A1"><v>1</v></c></row>{far}'
    (found,) = staged(upload(("book.xlsx", workbook_with(rows))), BASE).in_the_way
    assert (found.code, "10,000,000 cells" in found.what) == ("F103", True)


def test_a_workbook_that_shows_one_long_text_a_million_times_is_refused():
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 9001))
    book = workbook_with(cells, f"<si><t>{'x' * 32_000}</t></si>")
    (found,) = staged(upload(("book.xlsx", book)), BASE).in_the_way
    assert (found.code, "256 MiB of text" in found.what) == ("F103", True)


# -- the shelf -------------------------------------------------------------------------------------------------------


def test_an_upload_that_nobody_touches_is_forgotten():
    shelf = Shelf()
    shelf.put(upload(), 0)
    assert isinstance(shelf.find("u1", LIFE), Upload)
    assert isinstance(shelf.find("u1", 2 * LIFE), Upload)  # touched in between
    gone = shelf.find("u1", 3 * LIFE + 1)
    assert isinstance(gone, Finding)
    assert gone.code == "C682"


def test_where_there_is_no_room_the_upload_untouched_for_longest_gives_way():
    shelf = Shelf()
    for n in range(MOST + 1):
        shelf.put(msgspec.structs.replace(upload(), id=f"u{n}"), n)
    assert isinstance(shelf.find("u0", MOST), Finding)
    assert isinstance(shelf.find("u1", MOST), Upload)
