"""Read a plan folder back into a plan, as it was written."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from pegboard.domain.finding import Finding, error
from pegboard.domain.plan import Certificate, Kpis, Places, Plan
from pegboard.exchange.instants import seconds
from pegboard.exchange.plan_columns import PLAN_FILES, parser, plan_columns

_BLOCK = 8192


class PlanUnreadableError(Exception):
    """A folder is no plan folder, or was changed into something that is none; `finding` says where."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.source}: {finding.what}")
        self.finding = finding


def read_plan(directory: Path) -> Plan:
    """The plan that `write_plan` wrote there. Raises `PlanUnreadableError`."""
    directory = Path(directory)
    rows = {name: _rows(directory, name) for name in PLAN_FILES}
    certificate = _json(directory, "certificate.json")
    try:
        timezone, now = str(certificate.pop("timezone", "UTC")), certificate.pop("now", "1970-01-01T00:00:00+00:00")
        return Plan(
            timezone=timezone,
            now=seconds(now),
            kpis=msgspec.convert(_with_nan(_json(directory, "kpis.json")), Kpis),
            certificate=msgspec.convert(certificate, Certificate),
            **rows,
        )
    except (msgspec.ValidationError, ValueError, TypeError) as wrong:
        raise _unreadable("kpis.json or certificate.json", f"does not hold what it should: {wrong}") from wrong


def read_places(directory: Path) -> Places:
    """Where a plan put its operations, several times as fast as the whole plan. Raises `PlanUnreadableError`."""
    directory = Path(directory)
    wanted = ("wo", "step", "resource", "also", "setup_start", "start", "end", "status")
    columns: dict[str, list[Any]] = {name: [] for name in wanted}
    for block in _blocks(directory, "operations", wanted):
        for name, values in zip(wanted, block, strict=True):
            columns[name] += values
    works: dict[str, tuple[int, int]] = {}
    for names, start, end in _blocks(directory, "work_orders", ("wo", "start", "end")):
        works.update(zip(names, zip(start, end, strict=True), strict=True))
    orders: dict[str, tuple[str, int | None]] = {}
    for order, line, completion, status in _blocks(directory, "orders", ("order", "line", "completion", "status")):
        ids = map("/".join, zip(order, line, strict=True))
        orders.update(zip(ids, zip(status, completion, strict=True), strict=True))
    return Places(**columns, works=works, orders=orders)


def _rows(directory: Path, name: str) -> tuple[Any, ...]:
    row_type = PLAN_FILES[name]
    names = [column.name for column in plan_columns(row_type)]
    rows: list[Any] = []
    for block in _blocks(directory, name, names):
        rows += [row_type(**dict(zip(names, row, strict=True))) for row in zip(*block, strict=True)]
    return tuple(rows)


def _blocks(directory: Path, name: str, wanted: Sequence[str]) -> Iterator[list[Sequence[Any]]]:
    """The values of the wanted columns, some thousand rows at a time."""
    label = f"{name}.csv"
    columns = [column for column in plan_columns(PLAN_FILES[name]) if column.name in wanted]
    reader = csv.reader(io.StringIO(_text(directory, label), newline=""), strict=True)
    line = 1
    try:
        header = next(reader, [])
        missing = [name for name in wanted if name not in header]
        if missing:
            raise _unreadable(label, f"has no column {', '.join(missing)}", 1)
        while block := list(islice(reader, _BLOCK)):
            line = reader.line_num
            cells = list(zip(*block, strict=True))
            yield [parser(column)(cells[header.index(column.name)]) for column in columns]
    except (ValueError, KeyError, IndexError, csv.Error) as wrong:
        raise _unreadable(label, f"holds a row up to here that cannot be read: {wrong}", line) from wrong


def _json(directory: Path, label: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(_text(directory, label))
    except msgspec.DecodeError as wrong:
        raise _unreadable(label, f"is no JSON: {wrong}") from wrong
    if not isinstance(value, dict):
        raise _unreadable(label, "is no JSON object")
    return value


def _with_nan(kpis: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinite or undefined numbers: where one is wanted, null stands for it."""
    numbers = [name for name, hint in get_type_hints(Kpis).items() if hint is float]
    return kpis | {name: float("nan") for name in numbers if name in kpis and kpis[name] is None}


def _text(directory: Path, label: str) -> str:
    try:
        return (directory / label).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as wrong:
        raise _unreadable(label, f"cannot be read: {wrong}") from wrong


def _unreadable(label: str, what: str, line: int = 0) -> PlanUnreadableError:
    source = f"{label}:{line}" if line else label
    return PlanUnreadableError(error("F131", label, f"{label} {what}", "plan again into this folder", source))
