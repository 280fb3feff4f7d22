"""Write a plan as a workbook for people: a sheet for each table, moments as local date-times, texts never formulas."""

from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.plan import Plan
from pegboard.exchange.plan_columns import PLAN_FILES, Kind, PlanColumn, plan_columns

_LAST_ROW, _LONGEST_TEXT = 1_048_576, 32_767
_NUMBERS = ("number", "count")


def write_plan_workbook(plan: Plan, file: IO[bytes]) -> None:
    """The sheets orders, work_orders, operations, ..., kpis and certificate; the same plan gives the same bytes.

    A text longer than a cell can hold is cut. Raises ValueError where a sheet has no room for all rows.
    """
    import xlsxwriter

    zone = ZoneInfo(plan.timezone)
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": datetime(2000, 1, 1)})
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for name, row in PLAN_FILES.items():
        rows = getattr(plan, name)
        if len(rows) >= _LAST_ROW:
            raise ValueError(f"{name} has {len(rows):,} rows; a sheet has room for {_LAST_ROW - 1:,}")
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for i, column in enumerate(plan_columns(row)):
            sheet.write_string(0, i, column.name, bold)
            sheet.set_column(i, i, 20 if column.kind == "instant" else 14)
            _write_column(sheet, i, column, [getattr(record, column.name) for record in rows], zone, moment)
    for name in ("kpis", "certificate"):
        _write_pairs(book.add_worksheet(name), msgspec.to_builtins(getattr(plan, name)), bold)
    book.close()


def _write_column(sheet: Any, i: int, column: PlanColumn, values: list[Any], zone: ZoneInfo, moment: Any) -> None:
    """The cells of one column below its header; nothing for those that are blank."""
    for n, value in enumerate(values, start=1):
        if value is None:
            continue
        if column.kind in _NUMBERS:
            sheet.write_number(n, i, value)
        elif column.kind == "instant":
            sheet.write_datetime(n, i, _local(value, zone), moment)
        elif text := _text(column.kind, value):
            sheet.write_string(n, i, text[:_LONGEST_TEXT])


def _text(kind: Kind, value: Any) -> str:
    """The text of a cell, as the CSV file has it."""
    match kind:
        case "yes/no":
            return "yes" if value else "no"
        case "ids":
            return ";".join(value)
        case "options":
            return ";".join(f"{name}={chosen}" for name, chosen in value)
        case _:
            return str(value)


def _write_pairs(sheet: Any, values: dict[str, Any], bold: Any) -> None:
    """A key and its value in each row; a table inside as `utilisation.SAW`."""
    sheet.set_column(0, 0, 30)
    n = 0
    for key, value in values.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        for name, leaf in inner:
            sheet.write_string(n, 0, f"{key}.{name}" if name else key, bold)
            if isinstance(leaf, int | float):
                sheet.write_number(n, 1, leaf)
            elif leaf is not None:
                text = leaf if isinstance(leaf, str) else msgspec.json.encode(leaf).decode()
                sheet.write_string(n, 1, text[:_LONGEST_TEXT])
            n += 1


def _local(t: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(t, zone).replace(tzinfo=None)
