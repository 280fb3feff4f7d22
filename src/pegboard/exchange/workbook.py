"""Read a workbook into tables of texts, and write tables as a workbook, without loss either way.

A cell becomes a number or date of the workbook only when it reads back as the very same text; everything
else is written as text, so that no id loses its zeros and nothing becomes a formula.
"""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from html import unescape
from pathlib import Path
from typing import IO, Any

from pegboard.exchange.archive import UnsafeArchiveError, members
from pegboard.exchange.headers import understand
from pegboard.exchange.number_text import PLAIN, shortest
from pegboard.exchange.plain_numbers import number_columns, with_plain_numbers
from pegboard.exchange.tables import SettingsTable, Table, Tables
from pegboard.exchange.workbook_size import place_of, why_too_large

SETTINGS_SHEET, CHANGES_SHEET = "factory", "changes"
SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_ZIPPED = (".xlsx", ".xlsm")
_LAST_ROW, _LONGEST_TEXT = 1_048_576, 32_767
_ERROR_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*\bt="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>')
_PROPERTY = re.compile(rb'name="([^"]*)"[^>]*>\s*<vt:lpwstr>([^<]*)<')
_FIRST_SAFE_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900


class UnreadableError(Exception):
    """A workbook that cannot be opened; the text says why."""


def read_sheets(data: bytes, suffix: str) -> Iterator[tuple[str, list[list[Any]]]]:
    """Each sheet with its name and cells; errors such as #N/A as text. Raises `UnreadableError`."""
    from python_calamine import CalamineWorkbook

    try:
        errors = _error_cells(data) if suffix.casefold() in _ZIPPED else {}
        with tempfile.TemporaryDirectory() as folder:  # of bytes alone the reader would not say what is wrong with them
            file = Path(folder) / f"book{suffix}"
            file.write_bytes(data)
            book = CalamineWorkbook.from_path(file)
        for name in book.sheet_names:
            rows: list[list[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for (row, column), text in errors.get(name, {}).items():
                if row < len(rows) and column < len(rows[row]):
                    rows[row][column] = text
            yield name, rows
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as wrong:  # a panic of the reader is no Exception
        raise UnreadableError(str(wrong) or type(wrong).__name__) from wrong


def sheet_table(rows: list[list[Any]], file: str, label: str, kept: dict[str, str]) -> Table | None:
    """The table on a sheet: its header is the first row that is not blank."""
    sure: set[str] = set()
    texts = [[cell if type(cell) is str else _text(cell, sure) for cell in row] for row in rows]
    filled = [i for i, row in enumerate(texts) if any(map(str.strip, row))]
    if not filled:
        return None
    width = max(max((i for i, cell in enumerate(texts[n]) if cell.strip()), default=0) for n in filled) + 1
    header, *rest = filled
    return Table(
        file=file,
        label=label,
        header=texts[header][:width],
        rows=[texts[i][:width] for i in rest],
        lines=[i + 1 for i in rest],
        line_end="\r\n" if kept.get("line_ends") == "crlf" else "\n",
        semicolons=kept.get(file) == "semicolons",
        sure=frozenset(sure),
    )


def sheet_settings(rows: list[list[Any]], label: str) -> SettingsTable:
    """The settings on the sheet `factory`: a key and a value in each row, with or without a header."""
    texts = [[cell if type(cell) is str else _text(cell, set()) for cell in row] + ["", ""] for row in rows]
    entries = [(row[0].strip(), row[1], i + 1) for i, row in enumerate(texts) if row[0].strip()]
    if entries and entries[0][0].casefold() == "key":
        del entries[0]
    return SettingsTable(label=label, entries=entries)


def sheet_changes(rows: list[list[Any]]) -> tuple[str, ...]:
    """The journal on the sheet `changes`: one change in the first cell of each row below the header."""
    return tuple(str(row[0]) if row else "" for row in rows[1:])


def properties(data: bytes) -> dict[str, str]:
    """What a workbook keeps of the CSV files it was made of: `line_ends`, and `orders` as `semicolons`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            found = _PROPERTY.findall(parts.read("docProps/custom.xml"))
    except Exception:  # a damaged zip fails in a dozen ways; that the workbook is unreadable is said elsewhere
        return {}
    return {name.decode(errors="replace"): value.decode(errors="replace") for name, value in found}


def write_workbook(tables: Tables, file: IO[bytes]) -> None:
    """A sheet for each table and one for the settings. Raises ValueError where a workbook has no room."""
    import xlsxwriter

    for table in tables.tables:
        _check_room(table)
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    # The same tables give the same bytes.
    book.set_properties({"created": datetime(2000, 1, 1)})
    if any(table.line_end == "\r\n" for table in tables.tables):
        book.set_custom_property("line_ends", "crlf")
    formats = {
        "header": book.add_format({"bold": True}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    if tables.settings:
        settings = tables.settings.entries
        sheet = book.add_worksheet(SETTINGS_SHEET)
        entries = [(key, value if isinstance(value, str) else _text(value, set())) for key, value, _ in settings]
        for n, row in enumerate([("key", "value"), *entries]):
            for i, text in enumerate(row):
                sheet.write_string(n, i, text, formats["header"] if n == 0 else None)
    if tables.changes:
        sheet = book.add_worksheet(CHANGES_SHEET)
        for n, text in enumerate(("change", *tables.changes)):
            sheet.write_string(n, 0, text, formats["header"] if n == 0 else None)
    for table in tables.tables:
        headers = understand(table)
        plain, is_plain = with_plain_numbers(table, headers)
        if table.semicolons and not is_plain:
            book.set_custom_property(table.file, "semicolons")
        numeric = set(number_columns(headers)) if is_plain else set()
        moments = {i for i, column in headers.known if column.kind == "moment"}
        typed = numeric | {i for i, _ in headers.user}
        _write_sheet(book.add_worksheet(table.file), plain, typed, moments, formats)
    book.close()


def _write_sheet(sheet: Any, table: Table, numeric: set[int], moments: set[int], formats: dict[Any, Any]) -> None:
    for i, name in enumerate(table.header):
        sheet.write_string(0, i, name, formats["header"])
    for n, row in enumerate(table.rows, start=1):
        # A sheet has no short rows: what is missing must not turn into a blank that means the default.
        for i, text in enumerate(row + ["#N/A"] * (len(table.header) - len(row))):
            if not text:
                continue
            if i in numeric and (value := _number(text)) is not None:
                sheet.write_number(n, i, value)
            elif i in moments and (when := _moment(text)) is not None:
                sheet.write_datetime(n, i, when, formats[type(when)])
            else:
                sheet.write_string(n, i, text)
    sheet.freeze_panes(1, 0)
    for i, name in enumerate(table.header):
        sheet.set_column(
            i, i, min(40, 2 + max([len(name), *(len(row[i]) for row in table.rows[:200] if i < len(row))]))
        )


def _number(text: str) -> float | None:
    """The number to write for a text, when the workbook gives the same text back; it keeps 16 digits."""
    if not PLAIN.fullmatch(text):
        return None
    value = float(f"{float(text):.16G}")
    return value if abs(value) < 1e15 and shortest(value) == text else None


def _moment(text: str) -> date | datetime | None:
    """The date or date-time to write for a text, when the workbook gives the same text back."""
    try:
        when = (date if len(text) == 10 else datetime).fromisoformat(text) if len(text) in (10, 19) else None
    except ValueError:
        return None
    if when is None or _text(when, set()) != text or when.year >= 9999:
        return None
    if isinstance(when, datetime):
        # Midnight comes back as a bare date.
        return when if when.date() >= _FIRST_SAFE_DAY and when.time() != time() else None
    return when if when >= _FIRST_SAFE_DAY else None


def _text(cell: Any, sure: set[str]) -> str:
    """A cell that is no text, as text; numbers with decimals are added to `sure`."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() | int():
            text = shortest(float(cell))
            if "." in text:
                sure.add(text)
            return text
        case time():
            return cell.isoformat("minutes" if cell.second == 0 else "seconds")
        case timedelta():
            minutes, seconds = divmod(round(cell.total_seconds()), 60)
            return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
        case datetime() | date():
            return cell.isoformat()
        case _:
            return "" if cell is None else str(cell)


def _check_room(table: Table) -> None:
    if len(table.rows) >= _LAST_ROW:
        raise ValueError(f"{table.label} has {len(table.rows):,} rows; a sheet has room for {_LAST_ROW - 1:,}")
    for line, row in zip([1, *table.lines], [table.header, *table.rows], strict=True):
        if any(len(cell) > _LONGEST_TEXT for cell in row):
            raise ValueError(f"{table.label}:{line} has a cell of more than {_LONGEST_TEXT:,} characters")


def _error_cells(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Cells with an error such as #N/A, which the reader of workbooks passes on as blank, by sheet.

    Raises `UnreadableError` for a workbook that would fill the memory of whoever reads it.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return {}
    try:
        parts = dict(members(data))
    except UnsafeArchiveError as wrong:
        raise UnreadableError(str(wrong)) from wrong
    if why := why_too_large(parts):
        raise UnreadableError(why)
    found = {}
    for name, part in _sheet_parts(parts):
        cells = _ERROR_CELL.findall(parts[part])
        found[name] = {(int(row) - 1, place_of(letters)): text.decode() for letters, row, text in cells}
    return found


def _sheet_parts(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the part of the file that holds it."""
    relations = _tags("Relationship", parts["xl/_rels/workbook.xml.rels"])
    target = {relation["Id"]: relation["Target"] for relation in relations}
    for sheet in _tags("sheet", parts["xl/workbook.xml"]):
        part = target.get(sheet.get("id", ""), "")
        part = part.lstrip("/") if part.startswith("/") else f"xl/{part}"
        if part in parts:
            yield sheet["name"], part


def _tags(tag: str, xml: bytes) -> list[dict[str, str]]:
    """The attributes of each such tag, without prefix; a parser would follow what a hostile file declares."""
    found = re.findall(rf"<(?:\w+:)?{tag}\s([^>]*)>", xml.decode())
    return [{name: unescape(value) for name, value in re.findall(r'([\w]+)="([^"]*)"', text)} for text in found]
