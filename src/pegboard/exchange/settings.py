"""Read factory.toml, or the sheet `factory` of a workbook, into `Settings`.

Each value goes through its text, so that both sources, and a date written as a string, mean the same.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from pegboard.domain.snapshot import ObjectiveWeights, PlanningPolicy, RuleLink, Settings, Uncertainty
from pegboard.exchange.cells import Cells, cell_text
from pegboard.exchange.csv_file import decode
from pegboard.exchange.fault import Fault
from pegboard.exchange.moment_text import instant
from pegboard.exchange.number_text import Style
from pegboard.exchange.report import Report, closest, shown
from pegboard.exchange.schema import Column, columns_of
from pegboard.exchange.tables import SettingsTable

_MAIN = {c.column: c for c in columns_of("factory", Settings, leave_out=("policy", "objective", "rules", "confidence"))}
_POLICY = {c.column: c for c in columns_of("factory", PlanningPolicy)}
_OBJECTIVE = {f"objective.{c.column}": c for c in columns_of("objective", ObjectiveWeights)}
_CONFIDENCE = {f"confidence.{c.column}": c for c in columns_of("confidence", Uncertainty)}
_IN_SECTIONS = _OBJECTIVE | _CONFIDENCE
"""Settings that are known by their section and name."""
_RULE = {c.column: c for c in columns_of("rules", RuleLink)}
_ROW = re.compile(r"rules\.(\d{1,4})\.(\w+)")
_NAMES = [*_MAIN, *_POLICY, *(name.rpartition(".")[2] for name in _IN_SECTIONS), *_RULE]
_UTC = ZoneInfo("UTC")
_NO_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)


class SettingsRead(msgspec.Struct, frozen=True):
    """The settings, the zone for all local times, and what the factory hash takes of them.

    `settings` is None when the planning instant cannot be read; `given` leaves out a `now` taken from the clock.
    """

    settings: Settings | None
    zone: ZoneInfo
    given: tuple[Any, ...]


def read_toml(data: bytes, label: str, report: Report) -> SettingsTable | None:
    """The entries of a factory.toml, or nothing when it is no TOML."""
    text = decode(data, label, report)
    if text is None:
        return None
    try:
        content = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as wrong:
        where = re.search(r"line (\d+)", str(wrong))
        report.add(
            "F121",
            label,
            f"{label} is not valid TOML: {wrong}",
            'put texts in quotation marks, as in name = "Bespoke Bicycles"',
            line=int(where[1]) if where else 0,
        )
        return None
    return SettingsTable(label=label, entries=list(_entries(content, text)), text=text)


def read_settings(table: SettingsTable | None, clock: Callable[[], datetime], report: Report) -> SettingsRead:
    """The settings that a table gives, each missing or faulty one at its default."""
    label = table.label if table else "factory.toml"
    values: dict[str, tuple[str, int]] = {}
    for key, value, line in table.entries if table else ():
        name = _known(key)
        if name is None:
            near = closest(key.rpartition(".")[2], _NAMES)
            report.add(
                "F123",
                label,
                f"the setting {shown(key)} is unknown and has no effect",
                f"did you mean {near}?" if near else "delete it",
                key,
                line,
            )
        elif isinstance(value, list | dict):
            report.add("F124", label, f"{key} holds a list or table, not one value", "write one value", key, line)
        else:
            if name in values:
                report.add("F126", label, f"{name} is set twice; the last one counts", "delete one", name, line)
            values[name] = _text(value), line
    zone = _zone(values.pop("timezone", ("UTC", 0)), label, report)
    main = {"timezone": zone.key} | _fields(_MAIN, values, zone, label, report)
    main["policy"] = PlanningPolicy(**_fields(_POLICY, values, zone, label, report))
    main["objective"] = ObjectiveWeights(**_fields(_OBJECTIVE, values, zone, label, report))
    main["confidence"] = Uncertainty(**_fields(_CONFIDENCE, values, zone, label, report))
    main["rules"] = tuple(_rules(values, zone, label, report))
    now = main.pop("now", None)
    if now is None and "now" in values:
        return SettingsRead(None, zone, ())
    settings = Settings(**main, now=_instant(now or clock(), zone))
    given = settings if now else msgspec.structs.replace(settings, now=_NO_INSTANT)
    return SettingsRead(settings, zone, msgspec.structs.astuple(given))


def _rules(values: dict[str, tuple[str, int]], zone: ZoneInfo, label: str, report: Report) -> Iterator[RuleLink]:
    """The rows of `[[rules]]` in their order; one that names no rule has no effect."""
    found = [match for name in values if (match := _ROW.fullmatch(name))]
    for number in sorted({int(match[1]) for match in found}):
        row = f"rules.{number}"
        fields = _fields({f"{row}.{name}": column for name, column in _RULE.items()}, values, zone, label, report)
        if "rule" in fields:
            yield RuleLink(**fields)
        else:
            line = min(values[m[0]][1] for m in found if int(m[1]) == number)
            report.add("F124", label, f"{row} names no rule", 'write rule = "edd" or another', row, line)


def settings_text(settings: Settings) -> str:
    """A factory.toml that reads back as these settings."""
    zone = ZoneInfo(settings.timezone)
    sections = [
        ("", _lines(_MAIN.values(), settings, zone)),
        ("[policy]", _lines(_POLICY.values(), settings.policy, zone)),
        ("[objective]", _lines(_OBJECTIVE.values(), settings.objective, zone)),
        ("[confidence]", _lines(_CONFIDENCE.values(), settings.confidence, zone)),
        *(("[[rules]]", _lines(_RULE.values(), row, zone)) for row in settings.rules),
    ]
    return _sections(sections)


def _sections(sections: Iterable[tuple[str, list[str]]]) -> str:
    """The lines of each section under its head, sections without lines left out."""
    return "".join(f"{line}\n" for head, lines in sections if lines for line in ([head] if head else []) + lines)


def toml_text(table: SettingsTable) -> str:
    """The entries as TOML: what stands in the factory.toml they came from, or is written anew."""
    if table.text is not None:
        return table.text
    sections: dict[str, list[str]] = {"": []}
    for key, value, _ in table.entries:
        known = _known(key)
        section, _, name = (known if known and "." in known else key.strip()).rpartition(".")
        section = "policy" if known in _POLICY else section if known or section == "policy" else ""
        text = f"{_toml_key(name)} = {_toml_value(_column(known) if known else None, _text(value))}"
        sections.setdefault(section, []).append(text)
    return _sections((_head(section), lines) for section, lines in sections.items())


def _head(section: str) -> str:
    return "[[rules]]" if section.startswith("rules.") else f"[{section}]" if section else ""


def _entries(content: dict[str, Any], text: str) -> Iterator[tuple[str, Any, int]]:
    """Each setting as `key`, `section.key` or `rules.1.key`, with its line."""
    for key, value in content.items():
        if key in ("policy", "objective", "confidence") and isinstance(value, dict):
            yield from ((f"{key}.{name}", inner, _line_of(name, text, key)) for name, inner in value.items())
        elif key == "rules" and isinstance(value, list) and all(isinstance(row, dict) for row in value):
            for n, row in enumerate(value, start=1):
                yield from ((f"rules.{n}.{name}", inner, _line_of_rule(n, name, text)) for name, inner in row.items())
        else:
            yield key, value, _line_of(key, text)


def _line_of(key: str, text: str, section: str = "policy") -> int:
    """The line that sets a key; tomllib does not tell."""
    name = rf"""[ \t]*\[?["']?(?:{section}\.)?{re.escape(key)}["']?[ \t]*[\]=.]"""
    inside = re.search(rf"^[ \t]*\[{section}\]", text, re.MULTILINE)
    pattern = re.compile(rf"^{name}", re.MULTILINE)
    found = (inside and section != "policy" and pattern.search(text, inside.end())) or pattern.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _line_of_rule(number: int, key: str, text: str) -> int:
    """The line that sets a key in the row of `[[rules]]` with a number; 0 where the rows are written in one line."""
    heads = list(re.finditer(r"^[ \t]*\[\[[ \t]*rules[ \t]*\]\]", text, re.MULTILINE))
    if number > len(heads):
        return 0
    begin = heads[number - 1].end()
    found = re.compile(rf"""^[ \t]*["']?{re.escape(key)}["']?[ \t]*=""", re.MULTILINE).search(text, begin)
    return text.count("\n", 0, found.start() if found else begin) + 1


def _known(key: str) -> str | None:
    """The setting that a key names: `policy.allocation`, or in a sheet `allocation` and `Allocation` too."""
    name = re.sub(r"[\s-]+", "_", key.strip().casefold())
    section, _, last = name.rpartition(".")
    if section == "policy":
        return last if last in _POLICY else None
    row = _ROW.fullmatch(name)
    if row:
        return name if row[2] in _RULE else None
    return name if name in _MAIN or name in _POLICY or name in _IN_SECTIONS else None


def _column(name: str) -> Column:
    """The column of a known setting."""
    row = _ROW.fullmatch(name)
    return _RULE[row[2]] if row else (_MAIN | _POLICY | _IN_SECTIONS)[name]


def _fields(
    columns: dict[str, Column], values: dict[str, tuple[str, int]], zone: ZoneInfo, label: str, report: Report
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, column in columns.items():
        text, line = values.get(name, ("", 0))
        if not text.strip():
            continue
        cells = Cells(column, zone, Style())
        value = cells[text]
        if isinstance(value, Fault):
            code = "F125" if name == "now" else "F124"
            report.add(code, label, f"{name} {shown(text)} {value.says}", value.advise(text), name, line)
            continue
        for remark in cells.remarks.values():
            report.add(remark.code, label, f"{name} {shown(text)} {remark.says}", remark.advice, name, line)
        fields[column.field] = value
    return fields


def _zone(given: tuple[str, int], label: str, report: Report) -> ZoneInfo:
    name, line = given[0].strip(), given[1]
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        names = {zone.casefold(): zone for zone in available_timezones()}
        near = names.get(closest(name.replace(" ", "_"), list(names)), "Europe/Berlin")
        report.add(
            "F122",
            label,
            f"timezone {shown(name)} is unknown; all local times are read as UTC",
            f"write an IANA name, such as {near}",
            "timezone",
            line,
        )
        return _UTC


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    """`now` as an instant in UTC, whole seconds; a bare date is its first moment."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(microsecond=0)
    local = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    found = instant(local.replace(microsecond=0), zone)
    return found if isinstance(found, datetime) else found.value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _lines(columns: Iterable[Column], record: msgspec.Struct, zone: ZoneInfo) -> list[str]:
    texts = ((c, cell_text(c, getattr(record, c.field), zone)) for c in columns)
    return [f"{column.column} = {_toml_value(column, text)}" for column, text in texts if text]


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _toml_value(column: Column | None, text: str) -> str:
    """The text as the TOML value of its kind; whatever is not of its kind as a string."""
    kind = column.kind if column else "text"
    if kind == "yes/no" and text.casefold() in ("yes", "no", "true", "false"):
        return "true" if text.casefold() in ("yes", "true") else "false"
    if kind == "number" and re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text, re.ASCII):
        return text
    if kind == "moment" and re.fullmatch(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2})?)?", text, re.ASCII):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\u{ord(c[0]):04x}", escaped) + '"'
