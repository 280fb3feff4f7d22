"""Read a plan folder back into a plan, as it was written."""

import csv
import io
from itertools import islice
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from pegboard.domain.finding import Finding, error
from pegboard.domain.plan import Certificate, Kpis, Plan
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


def _rows(directory: Path, name: str) -> tuple[Any, ...]:
    row_type, label = PLAN_FILES[name], f"{name}.csv"
    columns = plan_columns(row_type)
    names = [column.name for column in columns]
    reader = csv.reader(io.StringIO(_text(directory, label), newline=""), strict=True)
    rows: list[Any] = []
    line = 1
    try:
        header = next(reader, [])
        missing = [name for name in names if name not in header]
        if missing:
            raise _unreadable(label, f"has no column {', '.join(missing)}", 1)
        while block := list(islice(reader, _BLOCK)):
            line = reader.line_num
            cells = list(zip(*block, strict=True))
            values = [parser(column)(cells[header.index(column.name)]) for column in columns]
            rows += [row_type(**dict(zip(names, row, strict=True))) for row in zip(*values, strict=True)]
        return tuple(rows)
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
