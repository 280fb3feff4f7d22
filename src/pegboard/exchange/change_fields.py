"""One change as fields with values, read as liberally as the cells of a factory folder, and written the same way.

Dates may be written as in the folder, numbers as text; every fault is a finding, all of them at once.
"""

import math
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.change import Change, Entry
from pegboard.domain.finding import Finding, error, warning
from pegboard.domain.record import Options
from pegboard.exchange.cells import BLANK, NOT_OPTIONS, Cells
from pegboard.exchange.codes import CODES
from pegboard.exchange.fault import Fault
from pegboard.exchange.moment_text import moment_text
from pegboard.exchange.number_text import Style, shortest
from pegboard.exchange.report import closest, shown
from pegboard.exchange.schema import Column, columns_of

KINDS: dict[str, type[Change]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Change)}
"""The changes by their tags."""

_META = columns_of("journal", Entry, leave_out=("change",))


def read_entry(fields: dict[str, Any], zone: ZoneInfo, source: str = "") -> tuple[Entry | None, list[Finding]]:
    """The journal row that fields say; None where they say no change, with every reason."""
    tag = str(fields.get("change", "")).strip().casefold().replace("-", "_").replace(" ", "_")
    kind = KINDS.get(tag)
    if kind is None:
        near = closest(tag, tuple(KINDS), cutoff=0.5)
        what = f"change {shown(str(fields['change']))} is not known" if "change" in fields else "no change is named"
        advice = f"{f'did you mean {near}? ' if near else ''}one of {', '.join(KINDS)}"
        return None, [error("C417", source or "change", what, advice, source)]
    known = {c.column for c in (*change_columns(kind), *_META)} | {"change"}
    findings = [_unknown_field(name, known, tag, source) for name in fields if name not in known]
    values = _values(kind, change_columns(kind), fields, zone, source, findings)
    meta = _values(Entry, _META, fields, zone, source, findings)
    if any(f.severity == "error" for f in findings):
        return None, findings
    when = meta.pop("when")
    if when is not None and not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=zone)
    return Entry(change=kind(**values), when=when, **meta), findings


@cache
def change_columns(kind: type[Change]) -> tuple[Column, ...]:
    """The fields of a kind of change, as columns."""
    return columns_of("changes", kind)


def entry_fields(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    """The fields that read back as an entry: those of the change first, and none that hold the default."""
    change = entry.change
    fields: dict[str, Any] = {"change": change.__struct_config__.tag}
    for owner, columns in ((change, change_columns(type(change))), (entry, _META)):
        for c in columns:
            value = getattr(owner, c.field)
            if c.required or value != c.default:
                fields[c.column] = _written(value, c, zone)
    return fields


def _written(value: Any, column: Column, zone: ZoneInfo) -> Any:
    if column.kind == "options":
        return dict(value)
    if isinstance(value, date | datetime):
        return moment_text(value, zone)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no word for it, and would make it nothing
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _values(
    owner: type[msgspec.Struct],
    columns: tuple[Column, ...],
    fields: dict[str, Any],
    zone: ZoneInfo,
    source: str,
    findings: list[Finding],
) -> dict[str, Any]:
    hints = get_type_hints(owner)
    found: dict[str, Any] = {}
    for column in columns:
        given = fields.get(column.column)
        if given is None and column.column in fields and NoneType in get_args(hints[column.field]):
            found[column.field] = None
        elif column.kind == "options" and isinstance(given, dict | list):
            found[column.field] = _options(given, column, source, findings)
        else:
            found[column.field] = _read("" if given is None else _as_text(given), column, zone, source, findings)
    return found


def _read(text: str, column: Column, zone: ZoneInfo, source: str, findings: list[Finding]) -> Any:
    cells = Cells(column, zone, Style())
    value = cells[text]
    if isinstance(value, Fault):
        findings.append(_fault(value, column, text, source))
    elif text in cells.remarks:
        findings.append(_fault(cells.remarks[text], column, text, source))
    return value


def _options(given: Any, column: Column, source: str, findings: list[Finding]) -> Options:
    """Options as an object or as pairs; a blank value takes an option away."""
    try:
        pairs = dict(given).items()
        found = {str(name).strip(): _as_text(value).strip() for name, value in pairs}
    except (TypeError, ValueError):
        found = {}
    if not found or "" in found:
        findings.append(_fault(NOT_OPTIONS, column, str(given), source))
    return tuple(sorted(found.items()))


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return shortest(value)
        case _:
            return str(value)


def _fault(fault: Fault, column: Column, text: str, source: str) -> Finding:
    severity, _ = CODES[fault.code]
    said = f"{shown(text)} {fault.says}" if text.strip() else "is missing, but required"
    advice = f"add {column.column}" if fault is BLANK else fault.advise(text)
    what = f"{column.column} {said}"
    return Finding(
        severity=severity, code=fault.code, subject=source or "change", what=what, advice=advice, source=source
    )


def _unknown_field(name: str, known: set[str], tag: str, source: str) -> Finding:
    near = closest(name, sorted(known), cutoff=0.5)
    advice = f"did you mean {near}? " if near else ""
    what = f"{tag} has no field {shown(name)}; it is not read"
    return warning("C416", source or "change", what, f"{advice}its fields are {', '.join(sorted(known))}", source)
