"""Make records of columns: check what a record as a whole must satisfy, find doubles, sort.

The order is by key, then by content, so that neither the order of rows nor that of columns ever matters.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.calendar import local_date
from pegboard.domain.record import Moment, Record
from pegboard.exchange.columns import Columns, User
from pegboard.exchange.report import Report, shown

ENDS: dict[str, tuple[str, str]] = {
    "bom": ("valid_from", "valid_to"),
    "substitutes": ("valid_from", "valid_to"),
    "routes": ("valid_from", "valid_to"),
    "calendar_exceptions": ("start", "end"),
    "downtime": ("start", "end"),
    "buffer_adjustments": ("start", "end"),
    "work_order_steps": ("started", "finished"),
}
"""Fields of which the second must not lie before the first."""

REPEATS_ARE_SOUND = ("demand_history",)  # two sales of one piece on a day are two sales

_encode = msgspec.json.Encoder().encode


class Records(msgspec.Struct, frozen=True):
    """The records of a file in their order, and the digest of their content."""

    records: tuple[Record, ...]
    digest: bytes


class _Row(msgspec.Struct, frozen=True, gc=False):
    """A sound row: its key in sortable form, its whole content, its line and its place among the columns."""

    key: tuple[Any, ...]
    content: bytes
    line: int
    place: int


def make_records(columns: Columns, zone: ZoneInfo, report: Report) -> Records:
    """The records of a table's sound rows, without doubles."""
    file = columns.file
    values = {c.field: columns.values(c.field) for c in file.columns}
    bad = _ends_before_start(columns, zone, report) | _zones_out_of_order(columns, report)
    key = list(zip(*(_sortable(values[f]) for f in file.key), strict=True)) if file.key else [()] * len(columns.lines)
    contents = map(_encode, zip(map(sorted, columns.user), *values.values(), strict=True))
    rows = sorted(
        (k, content, line, place)
        for place, (k, content, line) in enumerate(zip(key, contents, columns.lines, strict=True))
        if place not in bad
    )
    kept = _without_doubles([_Row(*row) for row in rows], columns, report)
    if file.file == "orders":
        _double_entries(kept, columns, report)
    names = [*columns.fields, "user", "source"]
    data = [*columns.fields.values(), columns.user, [f"{columns.label}:{line}" for line in columns.lines]]
    by_row = list(zip(*data, strict=True))
    make = file.record
    records = tuple(make(**dict(zip(names, by_row[row.place], strict=True))) for row in kept)
    return Records(records, hashlib.sha256(b"\n".join(row.content for row in kept)).digest())


def _sortable(values: Sequence[Any]) -> Sequence[Any]:
    """Values of one field so that any two compare: blanks first, moments by their text."""
    if all(type(value) is str for value in values) or all(type(value) is int for value in values):
        return values
    return [("", 0) if v is None else ("", v) if type(v) in (int, float) else (str(v), 0) for v in values]


def _without_doubles(rows: list[_Row], columns: Columns, report: Report) -> list[_Row]:
    """One row for each key; without key, one for each content."""
    file = columns.file
    if file.file in REPEATS_ARE_SOUND:
        return rows
    same: Callable[[_Row], Any] = (lambda row: row.key) if file.key else (lambda row: row.content)
    kept: list[_Row] = []
    for row in rows:
        if kept and same(kept[-1]) == same(row):
            _report_double(kept[-1], row, columns, report)
        else:
            kept.append(row)
    return kept


def _report_double(kept: _Row, left_out: _Row, columns: Columns, report: Report) -> None:
    other = [f for f, v in columns.fields.items() if v[kept.place] != v[left_out.place]]
    code = "F304" if other else "F303"
    if not report.has_room(code, columns.label):
        return
    advice = "delete one of the lines"
    what = f"line {left_out.line} says the same as line {kept.line}; it counts once"
    if other:
        values = [(f, columns.fields[f][kept.place], columns.fields[f][left_out.place]) for f in other]
        differ = ", ".join(f"{columns.file.column(f).column} {_shown(a)} and {_shown(b)}" for f, a, b in values)
        advice = "delete the line that is wrong"
        what = (
            f"lines {kept.line} and {left_out.line} are the same record with different {differ}; "
            f"line {kept.line} is used"
        )
    report.write(code, columns.label, what, advice, _name(columns, left_out.place), left_out.line)


def _double_entries(rows: Iterable[_Row], columns: Columns, report: Report) -> None:
    """Order lines alike in all but their numbers."""
    compared = [c.field for c in columns.file.columns if c.field not in ("order", "line")]
    values = list(zip(*(columns.values(f) for f in compared), strict=True))
    orders, status = columns.values("order"), columns.values("status")
    alike: defaultdict[Any, list[_Row]] = defaultdict(list)
    for row in rows:
        if status[row.place] not in ("closed", "cancelled"):
            alike[values[row.place]].append(row)
    for group in alike.values():
        if len({orders[row.place] for row in group}) > 1 and report.has_room("F305", columns.label):
            names = [_name(columns, row.place) for row in group]
            listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            report.write(
                "F305",
                columns.label,
                f"{listed} want the same item, quantity and date for the same customer",
                "delete those entered twice; if all are meant, nothing is to do",
                names[0],
                group[0].line,
            )


def _ends_before_start(columns: Columns, zone: ZoneInfo, report: Report) -> set[int]:
    first, last = ENDS.get(columns.file.file, ("", ""))
    if first not in columns.fields or last not in columns.fields:
        return set()
    bad = set()
    for place, (start, end) in enumerate(zip(columns.fields[first], columns.fields[last], strict=True)):
        if start is not None and end is not None and _is_before(end, start, zone):
            bad.add(place)
            report.add(
                "F306",
                columns.label,
                f"{last} {_shown(end, zone)} is not after {first} {_shown(start, zone)}",
                "exchange or correct the two",
                _name(columns, place),
                columns.lines[place],
            )
    return bad


def _is_before(end: Moment, start: Moment, zone: ZoneInfo) -> bool:
    """Whether nothing lies between; a bare date at the end may take in the whole day."""
    if isinstance(end, datetime) and isinstance(start, datetime):
        return end <= start
    return local_date(end, zone) < local_date(start, zone)


def _zones_out_of_order(columns: Columns, report: Report) -> set[int]:
    """Buffers whose given zones do not satisfy tor <= toy <= tog."""
    if columns.file.file != "buffers":
        return set()
    bad = set()
    zones = [columns.values(f) for f in ("tor", "toy", "tog")]
    for place, given in enumerate(zip(*zones, strict=True)):
        known = [zone for zone in given if zone is not None]
        if known != sorted(known):
            bad.add(place)
            named = zip(("tor", "toy", "tog"), given, strict=True)
            tops = ", ".join(f"{name} {top:g}" for name, top in named if top is not None)
            report.add(
                "F307",
                columns.label,
                f"the tops of the zones are out of order: {tops}",
                "tor must not be above toy, nor toy above tog",
                _name(columns, place),
                columns.lines[place],
            )
    return bad


def _name(columns: Columns, place: int) -> str:
    return "/".join(_plain(columns.values(f)[place]) for f in columns.file.name)


def _plain(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _shown(value: Any, zone: ZoneInfo | None = None) -> str:
    if isinstance(value, datetime):
        return (value.astimezone(zone) if zone else value).isoformat(" ", "minutes")
    if value is None or value in ("", ()):
        return "blank"
    return shown(value) if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


__all__ = ["ENDS", "Records", "User", "make_records"]
