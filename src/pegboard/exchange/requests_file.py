"""Requests for quotes in a CSV file with the columns of `orders.csv`, of which `item` and `qty` are enough."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.domain.finding import Finding, error, in_order
from pegboard.domain.quote import QuoteRequest
from pegboard.exchange.cells import Cells
from pegboard.exchange.csv_file import read_csv
from pegboard.exchange.fault import Fault
from pegboard.exchange.headers import understand
from pegboard.exchange.number_text import Style
from pegboard.exchange.report import Report, shown
from pegboard.exchange.schema import columns_of

Asked = tuple[str, QuoteRequest | list[Finding]]
"""`file:line` of a row, and what it asks for or what is wrong with it."""


def read_requests(path: Path, zone: ZoneInfo) -> tuple[list[Asked], list[Finding]]:
    """The requests of a file, row by row, and what is wrong with the file itself."""
    report = Report()
    try:
        data = path.read_bytes()
    except OSError as wrong:
        return [], [error("C549", path.name, f"{path} cannot be read: {wrong.strerror}", "check the path")]
    table = read_csv(data, "orders", path.name, report)
    if table is None:
        return [], in_order(report.findings())
    columns = {c.field: c for c in columns_of("orders", QuoteRequest)}
    known = [(i, Cells(columns[c.field], zone, Style())) for i, c in understand(table).known if c.field in columns]
    missing = {"item", "qty"} - {cells.column.field for _, cells in known}
    if missing:
        what = f"{path.name} has no column {' and no column '.join(sorted(missing))}"
        return [], [error("C549", path.name, what, "name the columns as in orders.csv: item, qty, due, options")]
    found: list[Asked] = []
    for row, line in zip(table.rows, table.lines, strict=True):
        source = f"{path.name}:{line}"
        texts = {cells.column.field: row[i] if i < len(row) else "" for i, cells in known}
        values = {cells.column.field: cells[texts[cells.column.field]] for _, cells in known}
        faults = [
            error("C549", source, f"{field} {shown(texts[field])} {value.says}", value.advise(texts[field]), source)
            for field, value in values.items()
            if isinstance(value, Fault)
        ]
        found.append((source, faults or QuoteRequest(**values)))
    return found, in_order(report.findings())
