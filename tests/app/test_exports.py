"""What is exported reads back the same, is the same bytes each time, and starts nothing where it is opened."""

import csv
import io
import re
import zipfile
from pathlib import Path

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from pegboard.app.exports import factory_archive, factory_workbook, plan_archive, plan_workbook, with_journal
from pegboard.app.uploaded import Sent
from pegboard.app.uploads import Staged, Upload, staged
from pegboard.domain.finding import Finding
from pegboard.exchange import read_plan, write_plan
from pegboard.exchange.plan_folder import plan_hash
from tests.exchange.test_plan_folder import ORDER, PLAN

FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x","y")', "'=1"]
FACTORY = {
    "factory.toml": b"now = 2026-06-01T06:00:00\n",
    "items.csv": b"item,name\nBIKE,plain\n"
    + b"".join(b'I%d,"%s"\n' % (n, text.replace('"', '""').encode()) for n, text in enumerate(FORMULAS)),
    "orders.csv": b"order,item,qty,due\nSO-1,BIKE,2,2026-06-12\n",
}


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return {entry.filename: files.read(entry) for entry in files.infolist()}


def workbook(found: bytes | Finding) -> bytes:
    assert isinstance(found, bytes)
    return found


def upload_of(name: str, data: bytes) -> Staged:
    return staged(Upload(id="u", base=0, who="", at=0, sent=(Sent(name, data),)), {})


def names(items: bytes) -> list[str]:
    """The column `name` of a CSV file of items."""
    return [row["name"] for row in csv.DictReader(io.StringIO(items.decode(), newline=""))]


def rows(book: bytes, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(sheet).to_python()


def test_the_archive_of_a_factory_holds_its_files_byte_by_byte_and_the_journal():
    files = with_journal(FACTORY, ['{"change":"cancel_order","order":"SO-1"}'])
    assert unpacked(factory_archive(files)) == {
        **FACTORY,
        "changes.jsonl": b'{"change":"cancel_order","order":"SO-1"}\n',
    }


def test_a_factory_without_changes_has_no_journal_in_its_archive():
    assert unpacked(factory_archive(with_journal(FACTORY, []))) == FACTORY


def test_no_text_of_a_factory_becomes_a_formula_and_each_comes_back_as_it_was():
    book = workbook(factory_workbook(FACTORY))
    sheets = [part for name, part in unpacked(book).items() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 3
    assert not [part for part in sheets if re.search(rb"<f[ >/]", part)]
    assert names(upload_of("book.xlsx", book).files["items.csv"]) == ["plain", *FORMULAS]


def test_a_factory_comes_back_from_its_archive():
    back = upload_of("plant.zip", factory_archive(FACTORY))
    assert back.in_the_way == []
    assert names(back.files["items.csv"]) == ["plain", *FORMULAS]


def test_the_archive_of_a_plan_holds_the_files_of_the_plan_folder(tmp_path: Path):
    write_plan(PLAN, tmp_path / "plan")
    assert unpacked(plan_archive(PLAN)) == {file.name: file.read_bytes() for file in (tmp_path / "plan").iterdir()}


def test_a_plan_without_a_hash_gets_it_in_its_archive(tmp_path: Path):
    unnamed = msgspec.structs.replace(PLAN, certificate=msgspec.structs.replace(PLAN.certificate, plan_hash=""))
    for name, data in unpacked(plan_archive(unnamed)).items():
        (tmp_path / name).write_bytes(data)
    assert read_plan(tmp_path).certificate.plan_hash == plan_hash(PLAN)


def test_the_workbook_of_a_plan_has_local_date_times_numbers_and_texts():
    header, first, *_ = rows(workbook(plan_workbook(PLAN)), "orders")
    assert dict(zip(header, first, strict=True)) | {"due": "", "completion": ""} == {
        **msgspec.structs.asdict(ORDER),
        "due": "",
        "completion": "",
    }
    due = first[header.index("due")]
    assert str(due) == "2026-06-12 17:00:00"  # 15:00 UTC, in Berlin


def test_no_text_of_a_plan_becomes_a_formula():
    orders = tuple(msgspec.structs.replace(ORDER, line=str(n), customer=text) for n, text in enumerate(FORMULAS))
    plan = msgspec.structs.replace(PLAN, orders=orders)
    header, *found = rows(workbook(plan_workbook(plan)), "orders")
    assert [row[header.index("customer")] for row in found] == FORMULAS


@pytest.mark.parametrize("export", [plan_archive, plan_workbook])
def test_the_same_plan_gives_the_same_bytes(export, monkeypatch: pytest.MonkeyPatch):
    before = export(PLAN)
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert export(PLAN) == before


def test_a_plan_that_no_sheet_has_room_for_is_a_finding():
    many = msgspec.structs.replace(PLAN, orders=(ORDER,) * 1_048_576)
    found = plan_workbook(many)
    assert isinstance(found, Finding)
    assert (found.code, found.advice) == ("C680", "take the plan as .zip")
