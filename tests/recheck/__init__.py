"""Re-check a plan folder against its factory folder, written from the specification alone.

`recheck(factory, plan)` reads the plain CSV files of both folders, recomputes what the published rules demand of the
plan and returns every violation as one sentence that begins with the name of the rule. Nothing of the planner is
imported: calendars, quantities, changeovers, precedence, material and pegs are worked out again here.

Deliberately not checked: whether the plan is *good* (sequence, lateness, choice of alternate or supplier), forward
usage and dependent demand of buffers, slack, latest starts, releases and costs, whether a load below its least quantity
waited, batching windows, frozen operations of an earlier plan, unit-of-measure conversion, the faults a liberal reader
repairs, and anything that `messages.csv` says in words. Where the specification allows several sensible readings each
is accepted; the comments that say so begin with "Reading:".
"""

from tests.recheck.calendar import Calendar
from tests.recheck.calendars import CalendarBook, Reading, readings
from tests.recheck.case import Case
from tests.recheck.clock import Clock
from tests.recheck.factory import Factory
from tests.recheck.formulas import amount, holds
from tests.recheck.ledger import Ledger
from tests.recheck.plan import PLAN_COLUMNS, PLAN_KEYS, Plan
from tests.recheck.rules import examine, recheck

__all__ = [
    "PLAN_COLUMNS",
    "PLAN_KEYS",
    "Calendar",
    "CalendarBook",
    "Case",
    "Clock",
    "Factory",
    "Ledger",
    "Plan",
    "Reading",
    "amount",
    "examine",
    "holds",
    "readings",
    "recheck",
]
