"""The table of columns is complete and consistent with itself, with the domain and with the contract."""

import re
from pathlib import Path

import pytest

from pegboard.domain.snapshot import FILES, ObjectiveWeights, PlanningPolicy, RuleLink, Settings, Uncertainty
from pegboard.exchange import CODES, factory_schema
from pegboard.exchange.schema import KEYS, RANGES, columns_of, factory_file
from pegboard.exchange.synonyms import EVERYWHERE, IN_FILE, known_headers, other_names, squash

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "spec" / "factory-folder.md"
CODE_PAGE = Path(__file__).parents[2] / "docs" / "messages.md"


def test_there_is_a_table_for_every_file_in_the_order_of_the_snapshot():
    assert tuple(file.file for file in factory_schema()) == FILES


def test_a_column_is_named_as_its_field_without_the_underscore_that_python_needs():
    columns = {c.column: c for c in factory_file("changeovers").columns}
    assert list(columns) == ["changeover", "from", "to", "minutes", "cost"]
    assert columns["from"].field == "from_"


def test_the_table_knows_type_requirement_default_and_choices():
    qty, status, due = (factory_file("orders").column(f) for f in ("qty", "status", "due"))
    assert (qty.kind, qty.required) == ("number", True)
    assert (status.kind, status.required, status.default, status.choices[:2]) == (
        "choice",
        False,
        "open",
        ("quote", "open"),
    )
    assert (due.kind, due.required) == ("moment", True)


def test_every_key_is_made_of_fields_of_its_file():
    for file in factory_schema():
        assert set(KEYS[file.file]) <= {c.field for c in file.columns}, file.file


def test_every_range_belongs_to_a_number():
    tables = [*factory_schema()]
    numbers = {(f.file, c.column) for f in tables for c in f.columns if c.range}
    settings = [
        *columns_of("factory", Settings, leave_out=("policy", "objective", "rules", "confidence")),
        *columns_of("factory", PlanningPolicy),
    ]
    numbers |= {("factory", c.column) for c in settings if c.range}
    tables_of_settings = [("objective", ObjectiveWeights), ("rules", RuleLink), ("confidence", Uncertainty)]
    numbers |= {(name, c.column) for name, struct in tables_of_settings for c in columns_of(name, struct) if c.range}
    for name in RANGES:
        file, _, column = name.rpartition(".")
        assert any(c == column and file in ("", f) for f, c in numbers), name


def test_every_synonym_stands_for_a_column_that_exists():
    assert all(any(squash(c) in known_headers(f) for f in FILES) for c in EVERYWHERE)
    assert all(squash(c) in known_headers(f) for f, table in IN_FILE.items() for c in table)


@pytest.mark.parametrize("table", [EVERYWHERE, *IN_FILE.values()])
def test_no_name_stands_for_two_columns_of_one_file(table: dict[str, str]):
    for file in FILES:
        owner: dict[str, str] = {}
        for column, names in table.items():
            if squash(column) in known_headers(file):
                for name in map(squash, names.split()):
                    if name in other_names(file):
                        assert owner.setdefault(name, column) == column, (file, name)


@pytest.mark.parametrize(
    ("file", "header", "column"),
    [
        ("items", "Item-ID", "item"),
        ("routing", "work center", "resource"),
        ("routing", "run_min_per_unit", "run_min"),
        ("routing", "transfer batch", "transfer_qty"),
        ("orders", "Requested", "due"),
        ("orders", "Quantity", "qty"),
        ("orders", "Liefertermin", "due"),
        ("item_suppliers", "lead_days", "lead_time_days"),
        ("item_suppliers", "MOQ", "min_qty"),
        ("bom", "op_seq", "step"),
        ("calendars", "von", "start"),
        ("resources", "cost_hour", "cost_per_hour"),
        ("stock", "Bestand", "qty"),
        ("buffers", "cycle", "order_cycle_days"),
    ],
)
def test_columns_are_known_by_the_names_that_planners_use(file: str, header: str, column: str):
    assert other_names(file)[squash(header)] == column


def test_moq_of_a_buffer_is_its_own_column_not_a_minimum_quantity():
    assert "moq" not in other_names("buffers")


BEYOND = {
    "items": {"safety_stock"},
    "stock": {"options"},
    "purchase_orders": {"received"},
    "bom": {"route"},
    "buffers": {"extra_lead_time_days", "multiple_tolerance_pct"},
    "buffer_adjustments": {"end_factor"},
    "routing": {"batch_min_qty", "batch_wait_min", "blocking", "storage", "max_split", "split_min_qty", "route"},
    "routing_needs": {"min_level"},
    "resources": {"travel_min", "used_hours", "used_cycles"}
    | {"maintenance_hours", "maintenance_cycles", "maintenance_min"},
}
"""Columns that the contract, which allows more, does not name."""

BEYOND_FILES = ("routes", "substitutes")


def test_the_columns_are_those_of_the_contract():
    """The contract writes required columns in bold, and an explanation in parentheses or behind a column."""
    if not CONTRACT.exists():
        pytest.skip(f"the contract is not at {CONTRACT}")
    rows = re.findall(r"^\| `(\w+)\.csv` \| (.*) \|$", CONTRACT.read_text(), re.MULTILINE)
    assert [file for file, _ in rows if file in FILES] == [file for file in FILES if file not in BEYOND_FILES]
    for file, text in rows:
        plain = re.sub(r"\([^()]*\)|`[^`]*`", "", text).replace(" + ", ", ")
        names = [re.match(r"\W*(\w+)", part) for part in re.split(r"[,;:]", plain)]
        columns = [c.column for c in factory_file(file).columns if c.column not in BEYOND.get(file, ())]
        found = [m[1] for m in names if m and m[1] in columns]
        assert found == columns, file
        required = re.findall(r"\*\*(\w+)\*\*", text)
        missing = {c.column for c in factory_file(file).columns if c.required} - set(required)
        assert set(required) <= {c.column for c in factory_file(file).columns if c.required}, file
        # A work order without a status could mean anything from planned to done.
        assert missing == ({"status"} if file == "work_orders" else set()), file


def test_the_page_of_findings_explains_every_code_with_its_severity():
    page = dict(re.findall(r"^\| (F\d{3}) \| (\w+) \|", CODE_PAGE.read_text(), re.MULTILINE))
    assert page == {code: severity for code, (severity, _) in CODES.items()}


def test_every_code_is_given_somewhere():
    source = "".join(
        f.read_text() for f in Path(__file__).parents[2].glob("src/pegboard/exchange/*.py") if f.stem != "codes"
    )
    assert [code for code in CODES if f'"{code}"' not in source] == []
