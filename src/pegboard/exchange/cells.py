"""Turn the text of a cell into a value of its column, or say what is wrong with it.

Numbers stand in `number_text.py`, dates and times in `moment_text.py`, which columns hold what in `schema.py`.
"""

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from pegboard.domain.expression import Formula
from pegboard.domain.record import Options
from pegboard.exchange.fault import Fault, Noted
from pegboard.exchange.moment_text import clock, moment, moment_text
from pegboard.exchange.number_text import FORMULA, NOT_A_NUMBER, Style, integer, number, shortest
from pegboard.exchange.schema import Column

BLANK = Fault("F201", "is blank, but required", "fill the cell in, or delete the row")
NOT_YES_OR_NO = Fault("F209", "is neither yes nor no", "write yes or no")
NOT_WEEKDAYS = Fault("F211", "does not name days of the week", "write mon, mon-fri or mon,wed,fri")
NOT_OPTIONS = Fault("F213", "is not a list of chosen options", "write each option once, as in COLOUR=red;ARMS=yes")
NOT_STEPS = Fault("F214", "is not a list of step numbers", "write step numbers such as 10 or 10;20")
CONTROL = Fault("F215", "holds control characters", "delete the cell and type its text again")
EXCEL_ERROR = Fault("F216", "is an error of the workbook, not a value", "mend the formula in that cell")

_ARITHMETIC = re.compile(r"[*/+()=]")
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WORDS = {
    **dict.fromkeys(("yes", "y", "true", "1", "ja", "j", "wahr", "on"), True),
    **dict.fromkeys(("no", "n", "false", "0", "nein", "falsch", "off"), False),
}
_DAYS = (
    ("mon", "monday", "mo", "montag"),
    ("tue", "tuesday", "tu", "tues", "di", "dienstag"),
    ("wed", "wednesday", "we", "weds", "mi", "mittwoch"),
    ("thu", "thursday", "th", "thur", "thurs", "do", "donnerstag"),
    ("fri", "friday", "fr", "freitag"),
    ("sat", "saturday", "sa", "samstag", "sonnabend"),
    ("sun", "sunday", "su", "so", "sonntag"),
)
_DAY_NUMBER = {name: day for day, names in enumerate(_DAYS) for name in names}


class Cells(dict[str, Any]):
    """The values of one column by the texts of its cells; each distinct text is read once.

    `faulty` says that some text could not be read: its value is a `Fault`. `remarks` holds what a person
    should know about texts that could.
    """

    def __init__(self, column: Column, zone: ZoneInfo, style: Style) -> None:
        self.column = column
        self.faulty = False
        self.remarks: dict[str, Fault] = {}
        self._read = _reader(column, zone, style)
        self._blank = BLANK if column.required else column.default

    def __missing__(self, text: str) -> Any:
        value = self._value(text.strip())
        if type(value) is Fault:
            self.faulty = True
        elif type(value) is Noted:
            self.remarks[text] = value.remark
            value = value.value
        self[text] = value
        return value

    def _value(self, text: str) -> Any:
        if not text:
            return self._blank
        if _CONTROL.search(text):
            return CONTROL
        if text in _EXCEL_ERRORS:
            return EXCEL_ERROR
        value = self._read(text)
        allowed = self.column.range
        if allowed and type(value) not in (Fault, Formula) and not allowed.holds(value):
            return Fault("F206", f"means nothing here: it must be {allowed}", "correct the number")
        return value


def cell_text(column: Column, value: Any, zone: ZoneInfo) -> str:
    """The text that reads back as `value` in this column; the default is a blank cell."""
    if not column.required and value == column.default:
        return ""
    match column.kind:
        case "number":
            return shortest(value)
        case "amount":
            return value.text if isinstance(value, Formula) else shortest(value)
        case "yes/no":
            return "yes" if value else "no"
        case "moment":
            return moment_text(value, zone)
        case "clock":
            return f"{value // 60:02}:{value % 60:02}"
        case "weekdays":
            return _weekdays_text(value)
        case "options":
            return ";".join(f"{name}={chosen}" for name, chosen in value)
        case "ids" | "steps":
            return ";".join(map(str, value))
        case _:
            return str(value)


def _reader(column: Column, zone: ZoneInfo, style: Style) -> Callable[[str], Any]:
    match column.kind:
        case "text":
            return str
        case "number":
            return lambda text: number(text, style)
        case "amount":
            return lambda text: amount(text, style)
        case "integer":
            return lambda text: integer(text, style)
        case "moment":
            return lambda text: moment(text, zone)
        case "choice":
            return lambda text: _choice(text, column.choices)
        case "yes/no":
            return lambda text: _WORDS.get(text.casefold(), NOT_YES_OR_NO)
        case "clock":
            return clock
        case "weekdays":
            return weekdays
        case "options":
            return options
        case "ids":
            return ids
        case "steps":
            return steps


def amount(text: str, style: Style) -> float | Formula | Fault:
    """A number, or a formula over options such as `1.8*LENGTH/600`."""
    value = number(text, style)
    if not isinstance(value, Fault) or value.code not in (NOT_A_NUMBER.code, FORMULA.code):
        return value
    from pegboard.planning.language import UnreadableError, read_formula

    try:
        read_formula(text)
    except UnreadableError as wrong:
        if not _ARITHMETIC.search(text):
            return value
        return Fault("F204", f"is no formula that can be read: {wrong}", "write it as in 1.8*LENGTH/600")
    return Formula(text)


def _choice(text: str, choices: tuple[str, ...]) -> str | Fault:
    word = text.casefold().replace("-", "_").replace(" ", "_")
    return word if word in choices else Fault("F210", "is not known here", choices=choices)


def weekdays(text: str) -> tuple[int, ...] | Fault:
    """`mon`, `mon-fri`, `sat-mon`, `mon,wed`, `Mo-Fr`, `montag;mittwoch`: Monday is 0."""
    days: set[int] = set()
    for part in re.split(
        r"[,;/+\s]+", re.sub(r"\s*[-\u2013\u2014]\s*", "-", text.casefold().replace(".", "")).strip(",; ")
    ):
        first, dash, last = part.partition("-")
        if first not in _DAY_NUMBER or (dash and last not in _DAY_NUMBER):
            return NOT_WEEKDAYS
        start = _DAY_NUMBER[first]
        length = (_DAY_NUMBER[last] - start) % 7 if dash else 0
        days.update((start + i) % 7 for i in range(length + 1))
    return tuple(sorted(days))


def options(text: str) -> Options | Fault:
    """`COLOUR=red;ARMS=yes`, sorted by option."""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    chosen = {name.strip(): value.strip() for name, _, value in pairs}
    if len(chosen) < len(pairs) or not all(sign and name.strip() and value.strip() for name, sign, value in pairs):
        return NOT_OPTIONS
    return tuple(sorted(chosen.items()))


def ids(text: str) -> tuple[str, ...]:
    """`A;B`, in the order given, each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def steps(text: str) -> tuple[int, ...] | Fault:
    """`10;20`, sorted."""
    parts = [part.strip() for part in re.split(r"[;,]", text) if part.strip()]
    numbers = [integer(part, Style()) for part in parts]
    if not numbers or any(isinstance(n, Fault) or n < 0 for n in numbers):
        return NOT_STEPS
    return tuple(sorted({n for n in numbers if not isinstance(n, Fault)}))


def _weekdays_text(days: tuple[int, ...]) -> str:
    run = list(range(days[0], days[0] + len(days))) if days else []
    if len(days) > 2 and list(days) == run:
        return f"{_DAYS[days[0]][0]}-{_DAYS[days[-1]][0]}"
    return ";".join(_DAYS[day][0] for day in days)
