"""The factory folder and workbook in, the plan folder out: each column named once, every fault a finding.

`read_factory`, `read_files` and `write_factory_folder`/`write_factory_workbook` keep every cell as people wrote it;
`write_plan` and `read_plan` are each other's inverse. What each code of a finding means stands in `codes.py`.
"""

from pegboard.exchange.change_fields import entry_fields, read_entry
from pegboard.exchange.change_text import read_change
from pegboard.exchange.changes_file import CHANGES_FILE, JournalMovedError, append_changes, line_of, read_changes
from pegboard.exchange.codes import CODES
from pegboard.exchange.factory import Reading, read_factory, read_files
from pegboard.exchange.factory_writing import tables_of, write_factory_folder, write_factory_workbook
from pegboard.exchange.forecast_file import write_forecast
from pegboard.exchange.plan_folder import plan_files, plan_hash, write_plan
from pegboard.exchange.plan_reading import PlanUnreadableError, read_places, read_plan
from pegboard.exchange.plan_workbook import write_plan_workbook
from pegboard.exchange.schema import Column, FactoryFile, factory_schema
from pegboard.exchange.tables import SettingsTable, Table, Tables

__all__ = [
    "CHANGES_FILE",
    "CODES",
    "Column",
    "FactoryFile",
    "JournalMovedError",
    "PlanUnreadableError",
    "Reading",
    "SettingsTable",
    "Table",
    "Tables",
    "append_changes",
    "entry_fields",
    "factory_schema",
    "line_of",
    "plan_files",
    "plan_hash",
    "read_change",
    "read_changes",
    "read_entry",
    "read_factory",
    "read_files",
    "read_places",
    "read_plan",
    "tables_of",
    "write_factory_folder",
    "write_factory_workbook",
    "write_forecast",
    "write_plan",
    "write_plan_workbook",
]
