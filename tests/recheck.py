"""Re-check a plan folder against its factory folder, written from the specification alone.

`recheck(factory, plan)` reads the plain CSV files of both folders, recomputes what the published rules demand of the
plan and returns every violation as one sentence that begins with the name of the rule. Nothing of the planner is
imported: calendars, quantities, changeovers, precedence, material and pegs are worked out again here.

Deliberately not checked: whether the plan is *good* (sequence, lateness, choice of alternate), the buffer arithmetic
of `buffers.csv`, slack, latest starts, releases and costs, suppliers' weekly quantities, batching windows, frozen
operations of an earlier plan, unit-of-measure conversion, the faults a liberal reader repairs, and anything that
`messages.csv` says in words. Where the specification allows several sensible readings each is accepted; the comments
that say so begin with "Reading:".
"""

from __future__ import annotations

import argparse
import csv
import heapq
import itertools
import json
import math
import re
import sys
import tomllib
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, str]
Span = tuple[float, float]
Segment = tuple[float, float, float]  # start, end, rate
LineKey = tuple[str, str]  # order, line

MINUTE = 1.0  # tolerance of every comparison of times
TOUCH = 1.0 / 60  # two holdings of a resource may overlap by a second of rounding
EPS = 1e-6
DAY = 1440.0
FOREVER = math.inf

PLAN_COLUMNS = {
    "orders.csv": "order line customer item qty due completion lateness_min status weight cause reason",
    "work_orders.csv": "wo item qty good_qty status release start end need level options",
    "operations.csv": "wo step name resource also family setup_start start end setup_min run_min latest_start "
    "slack_min status locked",
    "purchases.csv": "action po item supplier qty order_by due need cost feasible",
    "pegs.csv": "supply_kind supply demand_kind demand step item qty available need kind",
    "buffers.csv": "item adu dlt_days tor toy tog on_hand on_order qualified_demand net_flow priority_pct colour "
    "order_qty on_hand_pct alert order_by due",
    "messages.csv": "severity code subject what advice source",
}
PLAN_KEYS = {
    "kpis.json": "orders lines_on_time lines_late lines_unplanned on_time_pct total_tardiness_days "
    "weighted_tardiness_days max_lateness_days mean_lead_time_days makespan_days setup_hours utilisation wip_value "
    "inventory_value purchases engine seconds objective bound gap",
    "certificate.json": "checked violations ignored factory_hash plan_hash seed version",
}
TIMES = {  # column -> may it be blank
    "orders.csv": {"due": False, "completion": True},
    "work_orders.csv": {"release": True, "start": True, "end": True, "need": True},
    "operations.csv": {"setup_start": False, "start": False, "end": False, "latest_start": True},
    "purchases.csv": {"order_by": True, "due": True, "need": True},
    "pegs.csv": {"available": True, "need": True},
    "buffers.csv": {"order_by": True, "due": True},
}
NUMBERS = {
    "orders.csv": {"qty": False, "lateness_min": True, "weight": True},
    "work_orders.csv": {"qty": False, "good_qty": False},
    "operations.csv": {"step": False, "setup_min": False, "run_min": False},
    "purchases.csv": {"qty": False},
    "pegs.csv": {"qty": False},
}
WORDS = {
    ("orders.csv", "status"): {"on_time", "late", "unplanned", "covered"},
    ("purchases.csv", "action"): {"order", "expedite", "defer", "increase", "decrease", "cancel"},
    ("purchases.csv", "feasible"): {"yes", "no"},
    ("pegs.csv", "supply_kind"): {"stock", "po", "wo", "purchase", "buffer"},
    ("pegs.csv", "demand_kind"): {"order", "wo"},
    ("pegs.csv", "kind"): {"soft", "hard"},
    ("messages.csv", "severity"): {"error", "warning", "info"},
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


# --------------------------------------------------------------------------------------------------------------------
# What was checked and what was found


class Ledger:
    """How many instances of each rule were checked, and the sentences of those that failed."""

    def __init__(self) -> None:
        self.checked: Counter[str] = Counter()
        self.violations: list[str] = []

    def count(self, rule: str, n: int = 1) -> None:
        self.checked[rule] += n

    def fault(self, rule: str, sentence: str) -> None:
        self.violations.append(f"{rule}: {sentence}")

    def test(self, rule: str, holds: bool, sentence: str) -> None:
        self.checked[rule] += 1
        if not holds:
            self.fault(rule, sentence)


# --------------------------------------------------------------------------------------------------------------------
# Small values


def read_rows(folder: Path, name: str) -> list[Row]:
    """The rows of one CSV file with stripped cells; an absent file has none."""
    path = folder / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [
            {(key or "").strip(): (value or "").strip() for key, value in row.items() if isinstance(value, str | None)}
            for row in csv.DictReader(handle)
        ]


def number(text: str | None, default: float = 0.0) -> float:
    return float(text) if text else default


def yes(text: str | None, default: bool = False) -> bool:
    return default if not text else text.lower() in {"yes", "true", "1", "y"}


def split_list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def round_up(quantity: float, decimals: int) -> float:
    """`quantity` rounded up to `decimals`, immune to binary noise (3 x 0.1 / 0.1 is 3)."""
    scale = 10.0**decimals
    return math.ceil(quantity * scale - EPS) / scale


def is_multiple(quantity: float, multiple: float) -> bool:
    return multiple <= 0 or abs(quantity / multiple - round(quantity / multiple)) < EPS


def same_amount(a: float, b: float) -> bool:
    return abs(a - b) <= EPS * max(1.0, abs(a), abs(b))


def is_bare_date(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text))


# --------------------------------------------------------------------------------------------------------------------
# Conditions, arithmetic and names that use an order's options


def parse_options(text: str) -> dict[str, str]:
    pairs = (part.split("=", 1) for part in split_list(text) if "=" in part)
    return {name.strip().upper(): value.strip() for name, value in pairs}


class UnknownValueError(Exception):
    """A formula names an option that is not known here."""


def as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


class Formula:
    """A condition or a piece of arithmetic, read by recursive descent over its tokens."""

    def __init__(self, text: str, options: dict[str, str]) -> None:
        self.tokens = re.findall(r"\s*(!=|>=|<=|[-+*/()=<>,]|[^\s()=<>!,+*/-]+)", text)
        self.at = 0
        self.options = options

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def accept(self, word: str) -> bool:
        found = self.peek().lower() == word
        self.at += found
        return found

    def disjunction(self) -> bool:
        value = self.conjunction()
        while self.accept("or"):
            value = self.conjunction() or value
        return value

    def conjunction(self) -> bool:
        value = self.negation()
        while self.accept("and"):
            value = self.negation() and value
        return value

    def negation(self) -> bool:
        if self.accept("not"):
            return not self.negation()
        if self.accept("("):
            value = self.disjunction()
            self.accept(")")
            return value
        return self.comparison()

    def option(self, name: str) -> str:
        if name.upper() not in self.options:
            raise UnknownValueError(name)
        return self.options[name.upper()]

    def comparison(self) -> bool:
        left = self.option(self.take())
        operator = self.take().lower()
        if operator == "in":
            values = [self.take()]
            while self.accept(","):
                values.append(self.take())
            return any(compare(left, "=", value) for value in values)
        return compare(left, operator, self.take())

    def total(self) -> float:
        value = self.product()
        while self.peek() in {"+", "-"}:
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> float:
        value = self.atom()
        while self.peek() in {"*", "/"}:
            value = value * self.atom() if self.take() == "*" else value / self.atom()
        return value

    def atom(self) -> float:
        if self.accept("-"):
            return -self.atom()
        if self.accept("("):
            value = self.total()
            self.accept(")")
            return value
        token = self.take()
        plain = as_number(token)
        return plain if plain is not None else float(self.option(token))


def compare(left: str, operator: str, right: str) -> bool:
    a, b = as_number(left), as_number(right)
    if operator in {"=", "!="}:
        equal = a == b if a is not None and b is not None else left == right
        return equal == (operator == "=")
    if a is None or b is None:
        raise UnknownValueError(left)
    return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]


def holds(condition: str, options: dict[str, str]) -> bool | None:
    """Whether a condition holds; None when it cannot be told from the options at hand."""
    if not condition:
        return True
    try:
        return Formula(condition, options).disjunction()
    except (UnknownValueError, KeyError, ValueError):
        return None


def amount(text: str, default: float, options: dict[str, str]) -> float | None:
    """A number or arithmetic over options; None when it cannot be told."""
    if not text:
        return default
    plain = as_number(text)
    if plain is not None:
        return plain
    try:
        return Formula(text, options).total()
    except (UnknownValueError, ValueError, ZeroDivisionError):
        return None


def fill_in(text: str, options: dict[str, str]) -> str | None:
    """`{COLOUR}` replaced by the option's value; None when the option is not known."""
    names = re.findall(r"\{(\w+)\}", text)
    if any(name.upper() not in options for name in names):
        return None
    return re.sub(r"\{(\w+)\}", lambda match: options[match[1].upper()], text)


# --------------------------------------------------------------------------------------------------------------------
# Time and calendars


class Clock:
    """Instants as minutes since 1970 in UTC, read and written in the factory's zone."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.instant = lru_cache(maxsize=None)(self._instant)
        self.midnight: Callable[[date], float] = lru_cache(maxsize=None)(
            lambda day: self._instant(datetime.combine(day, time()))
        )

    def _instant(self, moment: datetime) -> float:
        """A local (or offset-carrying) date-time as an instant.

        "A shift starting in the non-existent hour moves to the next instant" (edge case 14).
        """
        if moment.tzinfo is not None:
            return moment.timestamp() / 60
        after = moment.replace(tzinfo=self.zone, fold=0)
        if after.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) == moment:
            return after.timestamp() / 60
        late, early = int(after.timestamp()), int(moment.replace(tzinfo=self.zone, fold=1).timestamp())
        if early > late:
            early, late = late, early
        old = datetime.fromtimestamp(early, self.zone).utcoffset()
        while late - early > 1:
            middle = (early + late) // 2
            if datetime.fromtimestamp(middle, self.zone).utcoffset() == old:
                early = middle
            else:
                late = middle
        return late / 60

    def read(self, text: str) -> float:
        """A date-time of the factory folder; a bare date is its midnight."""
        return self.instant(datetime.fromisoformat(text))

    def day(self, instant: float) -> date:
        return datetime.fromtimestamp(round(instant * 60), self.zone).date()

    def show(self, instant: float) -> str:
        if not math.isfinite(instant):
            return "never"
        return datetime.fromtimestamp(round(instant * 60), self.zone).isoformat(" ", "minutes")


class Calendar:
    """Open intervals with a rate each, with prefix sums so that every question is one or two bisections."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.starts = [s for s, _, _ in segments]
        self.ends = [e for _, e, _ in segments]
        self.rates = [r for _, _, r in segments]
        self.opened = [0.0, *itertools.accumulate(e - s for s, e, _ in segments)]
        self.worked = [0.0, *itertools.accumulate((e - s) * r for s, e, r in segments)]

    def segments(self) -> Iterator[Segment]:
        return zip(self.starts, self.ends, self.rates, strict=True)

    def _sum(self, instant: float, sums: list[float], is_work: bool) -> float:
        i = bisect_right(self.starts, instant) - 1
        if i < 0:
            return 0.0
        part = min(instant, self.ends[i]) - self.starts[i]
        return sums[i] + (part * self.rates[i] if is_work else part)

    def open_between(self, a: float, b: float) -> float:
        """Open minutes in [a, b)."""
        return 0.0 if b <= a else self._sum(b, self.opened, False) - self._sum(a, self.opened, False)

    def work_between(self, a: float, b: float) -> float:
        """Open minutes in [a, b), each times its rate."""
        return 0.0 if b <= a else self._sum(b, self.worked, True) - self._sum(a, self.worked, True)

    def _advance(self, instant: float, gain: float, sums: list[float], is_work: bool) -> float:
        if gain <= EPS:
            return instant
        target = self._sum(instant, sums, is_work) + gain
        i = bisect_left(sums, target - EPS) - 1
        if i >= len(self.starts):
            return FOREVER
        return self.starts[i] + (target - sums[i]) / (self.rates[i] if is_work else 1.0)

    def advance(self, instant: float, minutes: float) -> float:
        """The earliest instant with `minutes` of open time behind it, counted from `instant`."""
        return self._advance(instant, minutes, self.opened, False)

    def advance_work(self, instant: float, work: float) -> float:
        return self._advance(instant, work, self.worked, True)

    def first_open(self, instant: float) -> float:
        i = bisect_right(self.ends, instant + EPS)
        return max(instant, self.starts[i]) if i < len(self.starts) else FOREVER

    def last_open(self, instant: float) -> float:
        i = bisect_left(self.starts, instant - EPS) - 1
        return min(instant, self.ends[i]) if i >= 0 else -FOREVER

    def overlap(self, other: Calendar) -> Calendar:
        """Open where both are, at this calendar's rates."""
        out: list[Segment] = []
        i = j = 0
        while i < len(self.starts) and j < len(other.starts):
            start, end = max(self.starts[i], other.starts[j]), min(self.ends[i], other.ends[j])
            if start < end:
                out.append((start, end, self.rates[i]))
            if self.ends[i] <= other.ends[j]:
                i += 1
            else:
                j += 1
        return Calendar(out)


def overlay(segments: Iterable[Segment]) -> list[Segment]:
    """Sorted, disjoint segments; where several overlap the fastest counts, and equal neighbours are joined."""
    todo = sorted(segments)
    cuts = sorted({point for s, e, _ in todo for point in (s, e)})
    out: list[Segment] = []
    active: list[tuple[float, float]] = []  # (end, rate)
    at = 0
    for start, end in itertools.pairwise(cuts):
        while at < len(todo) and todo[at][0] <= start:
            active.append((todo[at][1], todo[at][2]))
            at += 1
        active = [entry for entry in active if entry[0] > start]
        if not active:
            continue
        rate = max(rate for _, rate in active)
        if out and out[-1][1] == start and out[-1][2] == rate:
            out[-1] = (out[-1][0], end, rate)
        else:
            out.append((start, end, rate))
    return out


def without(segments: Iterable[Segment], holes: Iterable[Span]) -> list[Segment]:
    """The segments less the holes."""
    left = list(segments)
    for from_, to in holes:
        kept: list[Segment] = []
        for start, end, rate in left:
            if to <= start or from_ >= end:
                kept.append((start, end, rate))
                continue
            if start < from_:
                kept.append((start, from_, rate))
            if to < end:
                kept.append((to, end, rate))
        left = kept
    return left


@dataclass(frozen=True)
class Reading:
    """The choices that the calendar files leave open and that must be made once for the whole plan."""

    open_wins: bool = False  # where a yes and a no exception overlap
    overtime_sets_rate: bool = False  # a yes exception over time that is open at another efficiency
    end_date_inclusive: bool = False  # a bare date as the end of an exception or a downtime


@dataclass(frozen=True)
class Exceptional:
    opens: list[Span] = field(default_factory=list)
    closes: list[Span] = field(default_factory=list)


class CalendarBook:
    """Every calendar expanded over the plan's range in the factory's zone, and their intersections."""

    def __init__(self, factory: Factory, reading: Reading, first: date, last: date) -> None:
        self.factory = factory
        self.reading = reading
        self.days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
        self.range = (factory.clock.midnight(first), factory.clock.midnight(last + timedelta(days=1)))
        self.weekly: dict[str, list[Row]] = defaultdict(list)
        for row in factory.tables["calendars"]:
            self.weekly[row["calendar"]].append(row)
        self.exceptions = self._exceptions(factory.tables["calendar_exceptions"])
        self.downtime: dict[str, list[Span]] = defaultdict(list)
        for row in factory.tables["downtime"]:
            self.downtime[row["resource"]].append(self._span(row))
        self._bases: dict[str, Calendar] = {}
        self._resources: dict[tuple[str, bool], Calendar] = {}
        self._overlaps: dict[tuple[int, frozenset[int]], Calendar] = {}
        self.plant = self.base(factory.default_calendar)

    def _span(self, row: Row) -> Span:
        """Start and end of an exception or downtime; a blank end lasts for ever."""
        clock, start, end = self.factory.clock, row["start"], row.get("end", "")
        if not end:
            return clock.read(start), self.range[1]
        if is_bare_date(end) and (self.reading.end_date_inclusive or end == start):
            return clock.read(start), clock.midnight(date.fromisoformat(end) + timedelta(days=1))
        return clock.read(start), clock.read(end)

    def _exceptions(self, rows: list[Row]) -> dict[str, Exceptional]:
        found: dict[str, Exceptional] = defaultdict(Exceptional)
        for row in rows:
            entry = found[row["calendar"]]
            (entry.opens if yes(row["open"]) else entry.closes).append(self._span(row))
        return found

    def _except(self, segments: list[Segment], name: str) -> list[Segment]:
        if name not in self.exceptions:
            return segments
        entry = self.exceptions[name]
        if self.reading.open_wins:
            segments = without(segments, entry.closes)
        if self.reading.overtime_sets_rate:
            segments = without(segments, entry.opens)
        extra = [(s, e, 1.0) for s, e in entry.opens]
        for start, end, _ in segments:
            extra = without(extra, [(start, end)]) if extra else extra
        segments = overlay([*segments, *extra])
        return segments if self.reading.open_wins else without(segments, entry.closes)

    def _week(self, name: str) -> list[Segment]:
        """The weekly pattern in local wall time, day by day, past midnight and across clock changes."""
        if name not in self.weekly:
            # Reading: a calendar that exists only through its exceptions, or not at all, is open 24x7 with closures,
            # but one that only ever opens is open then and not otherwise.
            only_opens = name in self.exceptions and self.exceptions[name].opens and not self.exceptions[name].closes
            return [] if only_opens else [(*self.range, 1.0)]
        segments: list[Segment] = []
        for row in self.weekly[name]:
            weekdays, start, end = weekday_set(row["weekday"]), minutes_of(row["start"]), minutes_of(row["end"])
            if end <= start:
                end += DAY
            rate = number(row.get("efficiency"), 1.0)
            days = [day for day in self.days if day.weekday() in weekdays]
            segments += [(self._wall(day, start), self._wall(day, end), rate) for day in days]
        return overlay(segment for segment in segments if segment[0] < segment[1])

    def _wall(self, day: date, minute: float) -> float:
        days, rest = divmod(minute, DAY)
        return self.factory.clock.instant(
            datetime.combine(day + timedelta(days=days), time()) + timedelta(minutes=rest)
        )

    def base(self, name: str) -> Calendar:
        if name not in self._bases:
            self._bases[name] = Calendar(self._except(self._week(name), name))
        return self._bases[name]

    def resource(self, name: str, with_downtime: bool = True) -> Calendar:
        """A resource's own calendar: its calendar, then its own exceptions, then its downtime."""
        key = (name, with_downtime)
        if key not in self._resources:
            base = self.base(self.factory.resources[name].calendar or self.factory.default_calendar)
            holes = self.downtime.get(name, []) if with_downtime else []
            if name in self.exceptions or holes:
                base = Calendar(without(self._except(list(base.segments()), name), holes))
            self._resources[key] = base
        return self._resources[key]

    def together(self, primary: str, others: Iterable[str]) -> Calendar:
        """When the primary and every other resource are open, at the primary's calendar efficiency."""
        first = self.resource(primary)
        rest = {id(calendar): calendar for calendar in map(self.resource, others) if calendar is not first}
        key = (id(first), frozenset(rest))
        if key not in self._overlaps:
            joint = first
            for calendar in rest.values():
                joint = joint.overlap(calendar)
            self._overlaps[key] = joint
        return self._overlaps[key]


def weekday_set(text: str) -> set[int]:
    """`mon`, `mon-fri`, `sat-mon` or several of them."""
    found: set[int] = set()
    for part in re.split(r"[;,\s]+", text.strip().lower()):
        first, _, last = part.partition("-")
        a = WEEKDAYS.index(first[:3])
        b = WEEKDAYS.index(last[:3]) if last else a
        found |= {(a + i) % 7 for i in range((b - a) % 7 + 1)}
    return found


def minutes_of(text: str) -> float:
    hours, minutes, *seconds = text.split(":")
    return int(hours) * 60 + int(minutes) + (float(seconds[0]) / 60 if seconds else 0.0)


# --------------------------------------------------------------------------------------------------------------------
# The factory


@dataclass(frozen=True)
class Item:
    name: str
    supply: str
    policy: str
    decimals: int
    yield_: float
    lead_days: float
    lot: tuple[float, float, float]  # minimum, multiple, maximum; 0 where there is none


@dataclass(frozen=True)
class Resource:
    name: str
    kind: str
    groups: frozenset[str]
    calendar: str
    capacity: float
    efficiency: float
    is_finite: bool
    matrix: str
    initial_family: str


@dataclass(frozen=True)
class Mode:
    """One way to do a step: the resources that may, and the times there."""

    resources: frozenset[str]
    setup_min: float | None
    run_min: float | None
    run_factor: float


@dataclass(frozen=True)
class NeedRow:
    members: frozenset[str]
    skill: str
    units: float
    phase: str
    name: str


@dataclass(frozen=True)
class Step:
    """A routing step as it applies to one item and one set of options."""

    number: int
    is_certain: bool  # False: its condition could not be decided from the options at hand
    modes: tuple[Mode, ...]
    fixed_min: float | None
    queue_min: float
    move_min: float
    wait_min: float
    max_wait_min: float | None
    family: str | None
    transfer_qty: float
    yield_: float
    pause: bool
    max_stretch_min: float | None
    batch_key: str
    batch_qty: float
    is_subcontracted: bool
    lead_days: float
    per_lot: bool
    needs: tuple[NeedRow, ...]


@dataclass(frozen=True)
class Recipe:
    """The routing of an item under given options."""

    steps: dict[int, Step]
    before: dict[int, tuple[int, ...]]
    last: tuple[int, ...]
    rest_yields: dict[int, tuple[float, ...]]  # yields of a step and all later ones and the item's: the readings


@dataclass(frozen=True)
class OrderLine:
    order: str
    line: str
    item: str
    qty: float
    open_qty: float
    due_text: str
    earliest: str
    status: str
    ship_complete: bool
    options: dict[str, str]
    customer: str

    @property
    def is_open(self) -> bool:
        return self.status in {"", "open"} and self.open_qty > EPS

    @property
    def name(self) -> str:
        return f"{self.order}/{self.line}"


IDLE = {"done", "closed", "hold", "cancelled"}  # open work orders in these states need no place in time
FACTORY_TABLES = (
    *("items", "bom", "routing", "routing_alternates", "routing_needs", "resources", "skills", "calendars"),
    *("calendar_exceptions", "changeovers", "suppliers", "item_suppliers", "customers", "options", "orders", "stock"),
    *("purchase_orders", "work_orders", "work_order_steps", "downtime"),
)


class Factory:
    """A factory folder of plain, well-formed CSV files."""

    def __init__(self, folder: Path) -> None:
        settings: dict[str, Any] = {}
        if (folder / "factory.toml").exists():
            settings = tomllib.loads((folder / "factory.toml").read_text(encoding="utf-8"))
        policy = settings.get("policy", {})
        self.tables = {name: read_rows(folder, f"{name}.csv") for name in FACTORY_TABLES}
        self.clock = Clock(settings.get("timezone", "UTC"))
        self.default_calendar: str = settings.get("calendar", "")
        self.horizon_days = float(settings.get("horizon_days", 365))
        self.queue_is_minimum = policy.get("queue_time", "minimum") == "minimum"
        self.efficiency_on_setup = bool(policy.get("efficiency_on_setup", True))
        now = settings.get("now")
        # Without `now` the planning instant was "the moment of the run", which the plan does not carry.
        self.now = -FOREVER if now is None else self._instant(now)
        self.resources = {row["resource"]: self._resource(row) for row in self.tables["resources"]}
        self.members = self._members()
        self.routing = group_by(self.tables["routing"], "item")
        self.bom = group_by(self.tables["bom"], "parent")
        self.items = {row["item"]: self._item(row) for row in self.tables["items"]}
        self.alternates = group_by(self.tables["routing_alternates"], "item")
        self.need_rows = group_by(self.tables["routing_needs"], "item")
        self.skills: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self.tables["skills"]:
            self.skills[row["skill"]][row["resource"]] = row.get("valid_to", "")
        self.matrices: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
        for row in self.tables["changeovers"]:
            self.matrices[row["changeover"]][row["from"], row["to"]] = number(row["minutes"])
        self.suppliers = {row["supplier"]: row for row in self.tables["suppliers"]}
        self.sources = group_by(self.tables["item_suppliers"], "item")
        self.order_lines = self._order_lines()
        self.work_orders = {row["wo"]: row for row in self.tables["work_orders"]}
        self.progress = {(row["wo"], int(row["step"])): row for row in self.tables["work_order_steps"]}
        self.buffered = {name for name, item in self.items.items() if item.policy == "buffer"}
        self.defaults = {
            (row["item"], row["option"].upper()): row["default"] for row in self.tables["options"] if row.get("default")
        }
        self._recipes: dict[tuple[str, str], Recipe] = {}

    def _instant(self, value: object) -> float:
        if isinstance(value, datetime):
            return self.clock.instant(value)
        return self.clock.read(str(value))

    def _item(self, row: Row) -> Item:
        name = row["item"]
        made = name in self.routing or name in self.bom
        lot = (number(row.get("min_qty")), number(row.get("multiple")), number(row.get("max_qty")))
        return Item(
            name=name,
            supply=row.get("supply") or ("make" if made else "buy"),
            policy=row.get("policy") or "mto",
            decimals=int(number(row.get("decimals"))),
            yield_=number(row.get("yield"), 1.0),
            lead_days=number(row.get("lead_time_days")),
            lot=lot,
        )

    def _resource(self, row: Row) -> Resource:
        return Resource(
            name=row["resource"],
            kind=row.get("kind") or "machine",
            groups=frozenset(split_list(row.get("group"))),
            calendar=row.get("calendar", ""),
            capacity=number(row.get("capacity"), 1.0),
            efficiency=number(row.get("efficiency"), 1.0),
            is_finite=yes(row.get("finite"), True),
            matrix=row.get("changeover", ""),
            initial_family=row.get("initial_family", ""),
        )

    def _members(self) -> dict[str, frozenset[str]]:
        """Resource or group id -> the resources it stands for."""
        found: dict[str, set[str]] = defaultdict(set)
        for resource in self.resources.values():
            found[resource.name].add(resource.name)
            for group in resource.groups:
                found[group].add(resource.name)
        return {name: frozenset(members) for name, members in found.items()}

    def _order_lines(self) -> dict[LineKey, OrderLine]:
        lines: dict[LineKey, OrderLine] = {}
        for row in self.tables["orders"]:
            key = (row["order"], row.get("line") or "1")
            qty = number(row["qty"])
            lines[key] = OrderLine(
                order=key[0],
                line=key[1],
                item=row["item"],
                qty=qty,
                open_qty=qty - number(row.get("shipped_qty")),
                due_text=row["due"],
                earliest=row.get("earliest", ""),
                status=row.get("status", ""),
                ship_complete=yes(row.get("ship_complete")),
                options=parse_options(row.get("options", "")),
                customer=row.get("customer", ""),
            )
        return lines

    def options_of(self, item: str, text: str) -> dict[str, str]:
        defaults = {name: value for (owner, name), value in self.defaults.items() if owner == item}
        return {**defaults, **parse_options(text)}

    def recipe(self, item: str, options_text: str) -> Recipe:
        key = (item, options_text)
        if key not in self._recipes:
            self._recipes[key] = self._resolve(item, self.options_of(item, options_text))
        return self._recipes[key]

    def _resolve(self, item: str, options: dict[str, str]) -> Recipe:
        rows = sorted(self.routing.get(item, []), key=lambda row: int(row["step"]))
        verdicts = {int(row["step"]): holds(row.get("condition", ""), options) for row in rows}
        steps = {
            int(row["step"]): self._step(item, row, options, verdicts[int(row["step"])] is True)
            for row in rows
            if verdicts[int(row["step"])] is not False
        }
        order = [int(row["step"]) for row in rows]
        stated = {
            int(row["step"]): tuple(int(s) for s in re.split(r"[;,]", row["after"]) if s.strip())
            if row.get("after")
            else tuple(order[i - 1 : i])
            for i, row in enumerate(rows)
        }

        def resolve(step: int, seen: frozenset[int]) -> set[int]:
            """Reading: a predecessor that its condition leaves out hands on its own predecessors."""
            found: set[int] = set()
            for earlier in stated.get(step, ()):
                if earlier in steps:
                    found.add(earlier)
                elif earlier not in seen:
                    found |= resolve(earlier, seen | {earlier})
            return found

        before = {step: tuple(sorted(resolve(step, frozenset({step})))) for step in steps}
        followed = {earlier for earlier_steps in before.values() for earlier in earlier_steps}
        return Recipe(
            steps=steps,
            before=before,
            last=tuple(step for step in steps if step not in followed),
            rest_yields=self._rest_yields(steps, before, self.items[item].yield_),
        )

    @staticmethod
    def _rest_yields(
        steps: dict[int, Step], before: dict[int, tuple[int, ...]], item_yield: float
    ) -> dict[int, tuple[float, ...]]:
        """Reading: "all later ones" are those of a higher number, or those that follow in the network of steps."""
        follows: dict[int, set[int]] = {step: {step} for step in steps}
        for step in sorted(steps, reverse=True):
            for later, earlier in before.items():
                if step in earlier:
                    follows[step] |= follows[later]
        rest: dict[int, tuple[float, ...]] = {}
        for step in steps:
            by_number = math.prod(s.yield_ for n, s in steps.items() if n >= step)
            by_network = math.prod(steps[n].yield_ for n in follows[step])
            rest[step] = tuple({by_number * item_yield, by_network * item_yield})
        return rest

    def _step(self, item: str, row: Row, options: dict[str, str], is_certain: bool) -> Step:
        number_ = int(row["step"])
        setup, run = row.get("setup_min", ""), row.get("run_min", "")
        modes = [
            Mode(
                self.members.get(row["resource"], frozenset()),
                amount(setup, 0.0, options),
                amount(run, 0.0, options),
                1.0,
            )
        ]
        modes += [
            Mode(
                self.members.get(other["resource"], frozenset()),
                amount(other.get("setup_min") or setup, 0.0, options),
                amount(other.get("run_min") or run, 0.0, options),
                number(other.get("run_factor"), 1.0),
            )
            for other in self.alternates.get(item, [])
            if int(other["step"]) == number_
        ]
        needs = tuple(self._need(need) for need in self.need_rows.get(item, []) if int(need["step"]) == number_)
        return Step(
            number=number_,
            is_certain=is_certain,
            modes=tuple(modes),
            fixed_min=amount(row.get("fixed_min", ""), 0.0, options),
            queue_min=amount(row.get("queue_min", ""), 0.0, options) or 0.0,
            move_min=amount(row.get("move_min", ""), 0.0, options) or 0.0,
            wait_min=amount(row.get("wait_min", ""), 0.0, options) or 0.0,
            max_wait_min=amount(row["max_wait_min"], 0.0, options) if row.get("max_wait_min") else None,
            family=fill_in(row.get("family", ""), options),
            transfer_qty=number(row.get("transfer_qty")),
            yield_=number(row.get("yield"), 1.0),
            pause=yes(row.get("pause"), True),
            max_stretch_min=amount(row["max_stretch_min"], 0.0, options) if row.get("max_stretch_min") else None,
            batch_key=fill_in(row.get("batch_key", ""), options) or row.get("batch_key", ""),
            batch_qty=number(row.get("batch_qty")),
            is_subcontracted=bool(row.get("supplier")),
            lead_days=number(row.get("lead_time_days")),
            per_lot=row.get("work_content_basis") == "per_lot",
            needs=needs,
        )

    def _need(self, row: Row) -> NeedRow:
        name = row["resource"]
        able = frozenset(self.skills.get(name, {})) if name in self.skills else frozenset()
        return NeedRow(
            members=self.members.get(name, frozenset()) | able,
            skill=name if able else "",
            units=number(row.get("qty"), 1.0),
            phase=row.get("phase") or "both",
            name=name,
        )


def group_by(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)


# --------------------------------------------------------------------------------------------------------------------
# The plan


@dataclass(slots=True)
class Operation:
    wo: str
    step: int
    resource: str
    also: tuple[str, ...]
    family: str
    setup_start: float
    start: float
    end: float
    setup_min: float
    run_min: float
    status: str

    @property
    def name(self) -> str:
        return f"{self.wo} step {self.step}"


@dataclass(slots=True)
class WorkOrder:
    name: str
    item: str
    qty: float
    good_qty: float
    start: float
    end: float
    need: float | None
    release: float | None
    options: str
    operations: dict[int, Operation] = field(default_factory=dict)


@dataclass(slots=True)
class PlannedLine:
    key: LineKey
    item: str
    qty: float
    due: float
    completion: float | None
    lateness_min: float | None
    status: str
    weight: float
    cause: str
    reason: str

    @property
    def name(self) -> str:
        return "/".join(self.key)


@dataclass(slots=True)
class Purchase:
    action: str
    po: str
    item: str
    supplier: str
    qty: float
    order_by: float | None
    due: float | None


@dataclass(slots=True)
class Peg:
    row: int
    supply_kind: str
    supply: str
    demand_kind: str
    demand: str
    step: str
    item: str
    qty: float
    available: float | None

    @property
    def name(self) -> str:
        route = f"{self.supply_kind} {self.supply} to {self.demand_kind} {self.demand}"
        return f"row {self.row} ({route}, item {self.item})"


class Plan:
    """A plan folder; faults of form go to the ledger while it is read."""

    def __init__(self, folder: Path, clock: Clock, ledger: Ledger) -> None:
        self.clock = clock
        self.ledger = ledger
        self.is_readable = True
        self._stamps: dict[str, float | None] = {}
        tables = {name: self._table(folder, name) for name in PLAN_COLUMNS}
        self.documents = {name: self._document(folder, name) for name in PLAN_KEYS}
        self.purchase_rows: dict[str, list[Purchase]] = defaultdict(list)
        self.lines = [self._line(row) for row in tables["orders.csv"]] if self.is_readable else []
        self.work_orders: dict[str, WorkOrder] = {}
        self.unscheduled: list[str] = []
        self.operations: list[Operation] = []
        self.purchases: list[Purchase] = []
        self.pegs: list[Peg] = []
        self.buffers: dict[str, Row] = {}
        if self.is_readable:
            self._read_supply(tables)

    def _read_supply(self, tables: dict[str, list[Row]]) -> None:
        for row in tables["work_orders.csv"]:
            if row["wo"] in self.work_orders:
                self.ledger.fault("files", f"work_orders.csv names {row['wo']} twice")
            if row["start"] and row["end"]:
                self.work_orders[row["wo"]] = self._work_order(row)
            else:
                self.unscheduled.append(row["wo"])
        self.operations = [self._operation(row) for row in tables["operations.csv"]]
        self.purchases = [self._purchase(row) for row in tables["purchases.csv"]]
        for purchase in self.purchases:
            self.purchase_rows[purchase.po].append(purchase)
        self.pegs = [self._peg(i, row) for i, row in enumerate(tables["pegs.csv"], 2)]
        self.buffers = {row["item"]: row for row in tables["buffers.csv"]}

    def _table(self, folder: Path, name: str) -> list[Row]:
        """The rows of a file that are whole: every column there, every time and number readable."""
        if not (folder / name).exists():
            self.ledger.test("files", False, f"{name} is missing")
            self.is_readable = False
            return []
        with (folder / name).open(encoding="utf-8", newline="") as handle:
            header = [column.strip() for column in next(csv.reader(handle), [])]
        missing = [column for column in PLAN_COLUMNS[name].split() if column not in header]
        self.ledger.test("files", not missing, f"{name} lacks the column(s) {', '.join(missing)}")
        if missing:
            self.is_readable = False
            return []
        rows = read_rows(folder, name)
        for i, row in enumerate(rows, 2):
            self._check_cells(name, i, row)
        return rows

    def _check_cells(self, name: str, line: int, row: Row) -> None:
        """ "times ISO 8601 local to the factory with offset"."""
        for column, optional in TIMES.get(name, {}).items():
            text = row[column]
            ok = optional if not text else self.stamp(text, column) is not None
            self.is_readable &= ok
            self.ledger.test("files", ok, f"{name} line {line}: {column} {text!r} is no local time with offset")
        for column, optional in NUMBERS.get(name, {}).items():
            text = row[column]
            ok = optional if not text else as_number(text) is not None
            self.is_readable &= ok
            self.ledger.test("files", ok, f"{name} line {line}: {column} {text!r} is no number")
        for (file, column), words in WORDS.items():
            if file == name:
                self.ledger.test("files", row[column] in words, f"{name} line {line}: {column} is {row[column]!r}")

    def stamp(self, text: str, column: str = "") -> float | None:
        if text not in self._stamps:
            self._stamps[text] = self._read_stamp(text)
        found = self._stamps[text]
        if found is None and column == "order_by" and is_bare_date(text):
            return self.clock.read(text)  # Reading: an order is placed on a day, so a bare date will do.
        return found

    def _read_stamp(self, text: str) -> float | None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        if moment.tzinfo is None or moment.utcoffset() != moment.astimezone(self.clock.zone).utcoffset():
            return None
        return moment.timestamp() / 60

    def _document(self, folder: Path, name: str) -> dict[str, Any]:
        try:
            found = json.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.ledger.test("files", False, f"{name} is missing or is no JSON")
            return {}
        missing = [key for key in PLAN_KEYS[name].split() if key not in found]
        self.ledger.test("files", not missing, f"{name} lacks the key(s) {', '.join(missing)}")
        return dict(found)

    def _line(self, row: Row) -> PlannedLine:
        due = self.stamp(row["due"])
        return PlannedLine(
            key=(row["order"], row["line"] or "1"),
            item=row["item"],
            qty=number(row["qty"]),
            due=due if due is not None else 0.0,
            completion=self.stamp(row["completion"]) if row["completion"] else None,
            lateness_min=as_number(row["lateness_min"]),
            status=row["status"],
            weight=number(row["weight"], 1.0),
            cause=row["cause"],
            reason=row["reason"],
        )

    def _work_order(self, row: Row) -> WorkOrder:
        return WorkOrder(
            name=row["wo"],
            item=row["item"],
            qty=number(row["qty"]),
            good_qty=number(row["good_qty"]),
            start=self.stamp(row["start"]) or 0.0,
            end=self.stamp(row["end"]) or 0.0,
            need=self.stamp(row["need"]) if row["need"] else None,
            release=self.stamp(row["release"]) if row["release"] else None,
            options=row["options"],
        )

    def _operation(self, row: Row) -> Operation:
        return Operation(
            wo=row["wo"],
            step=int(float(row["step"])),
            resource=row["resource"],
            also=tuple(split_list(row["also"])),
            family=row["family"],
            setup_start=self.stamp(row["setup_start"]) or 0.0,
            start=self.stamp(row["start"]) or 0.0,
            end=self.stamp(row["end"]) or 0.0,
            setup_min=number(row["setup_min"]),
            run_min=number(row["run_min"]),
            status=row["status"],
        )

    def _purchase(self, row: Row) -> Purchase:
        return Purchase(
            action=row["action"],
            po=row["po"],
            item=row["item"],
            supplier=row["supplier"],
            qty=number(row["qty"]),
            order_by=self.stamp(row["order_by"], "order_by") if row["order_by"] else None,
            due=self.stamp(row["due"]) if row["due"] else None,
        )

    def _peg(self, line: int, row: Row) -> Peg:
        return Peg(
            row=line,
            supply_kind=row["supply_kind"],
            supply=row["supply"],
            demand_kind=row["demand_kind"],
            demand=row["demand"],
            step=row["step"],
            item=row["item"],
            qty=number(row["qty"]),
            available=self.stamp(row["available"]) if row["available"] else None,
        )

    def latest_time(self) -> float:
        return max((value for value in self._stamps.values() if value is not None), default=0.0)

    def earliest_time(self) -> float:
        return min((value for value in self._stamps.values() if value is not None), default=0.0)


# --------------------------------------------------------------------------------------------------------------------
# Both together: what several rules need


@dataclass(frozen=True)
class Holding:
    """A resource held by an operation over an interval of time."""

    operation: int
    resource: str
    units: float
    start: float
    end: float


@dataclass(frozen=True)
class Component:
    """What a work order consumes of one item at one step, as the range that the readings allow."""

    item: str
    steps: tuple[int, ...]  # the steps that may consume it; the first is the plain reading
    low: float
    high: float
    is_byproduct: bool = False


@dataclass(frozen=True)
class Supply:
    """A stock lot or an open purchase order line."""

    name: str
    line: str
    item: str
    qty: float
    available: float
    reserved_for: str
    expires: float


class Case:
    """One factory, one plan, one reading of the calendars."""

    def __init__(self, factory: Factory, plan: Plan, reading: Reading) -> None:
        self.factory = factory
        self.plan = plan
        self.clock = factory.clock
        self.now = factory.now
        self.book = CalendarBook(factory, reading, *self._range())
        self.work_orders = plan.work_orders
        for wo in plan.work_orders.values():
            wo.operations = {}
        self.operations = [op for op in plan.operations if self._is_known(op)]
        for op in self.operations:
            self.work_orders[op.wo].operations.setdefault(op.step, op)
        self._assignments: dict[tuple[object, ...], tuple[tuple[NeedRow, str, float], ...] | None] = {}
        self._phases: dict[tuple[object, ...], tuple[Calendar, Calendar]] = {}
        self._available: dict[str, Span] = {}
        self._components: dict[str, list[Component]] = {}
        self.lots = self._stock()
        self.purchase_orders = self._purchase_orders()
        self.lots_of: dict[str, list[Supply]] = defaultdict(list)
        self.purchase_orders_of: dict[str, list[Supply]] = defaultdict(list)
        for lot in self.lots:
            self.lots_of[lot.item].append(lot)
        for po in self.purchase_orders:
            self.purchase_orders_of[po.item].append(po)
        self.order_ids = self._order_ids()
        self.lines_of_order: dict[str, list[PlannedLine]] = defaultdict(list)
        for line in plan.lines:
            self.lines_of_order[line.key[0]].append(line)

    def _range(self) -> tuple[date, date]:
        clock, factory = self.clock, self.factory
        dues = [clock.read(line.due_text) for line in factory.order_lines.values() if line.due_text]
        first = min([self.plan.earliest_time(), *dues] + ([self.now] if math.isfinite(self.now) else []))
        leads = [number(row.get("lead_time_days")) for row in factory.tables["item_suppliers"]]
        leads += [item.lead_days for item in factory.items.values()]
        last = max([self.plan.latest_time(), *dues]) + (120 + 2 * max(leads, default=0.0)) * DAY
        return clock.day(first - 40 * DAY), clock.day(min(last, first + 12_000 * DAY))

    def _is_known(self, op: Operation) -> bool:
        """Operations whose work order, item and step are known; the others are faults of the rule `steps`."""
        wo = self.work_orders.get(op.wo)
        return wo is not None and wo.item in self.factory.items and op.step in self.recipe(wo).steps

    def recipe(self, wo: WorkOrder) -> Recipe:
        return self.factory.recipe(wo.item, wo.options)

    def step(self, op: Operation) -> Step:
        return self.recipe(self.work_orders[op.wo]).steps[op.step]

    def progress(self, wo: str, step: int) -> Row:
        return self.factory.progress.get((wo, step), {})

    def progress_status(self, wo: str, step: int) -> str:
        return self.progress(wo, step).get("status", "")

    def is_under_way(self, op: Operation) -> bool:
        return self.progress_status(op.wo, op.step) in {"started", "paused"}

    def is_pinned(self, op: Operation) -> bool:
        row = self.progress(op.wo, op.step)
        return yes(row.get("locked")) and bool(row.get("start"))

    def is_scheduled(self, op: Operation) -> bool:
        """On a resource of ours: not bought outside, not on a resource nobody knows."""
        return op.resource in self.factory.resources and not self.step(op).is_subcontracted

    def show(self, instant: float | None) -> str:
        return "no time" if instant is None else self.clock.show(instant)

    # -- further resources and phases

    def assignment(self, op: Operation) -> tuple[tuple[NeedRow, str, float], ...] | None:
        """Which of the operation's `also` serves which need; None when no way fits."""
        step = self.step(op)
        when = self.clock.day(op.setup_start) if any(need.skill for need in step.needs) else None
        key = (op.wo if self.work_orders[op.wo].options else "", self.work_orders[op.wo].item, op.step, op.also, when)
        if key not in self._assignments:
            self._assignments[key] = self._assign(step.needs, op.also, when)
        return self._assignments[key]

    def _assign(
        self, needs: tuple[NeedRow, ...], also: tuple[str, ...], when: date | None
    ) -> tuple[tuple[NeedRow, str, float], ...] | None:
        """A small search: every need gets a legal member, every name in `also` has something to do."""
        choices: list[list[tuple[str, ...]]] = []
        for need in needs:
            legal = [name for name in dict.fromkeys(also) if self._may_serve(need, name, when)]
            options: list[tuple[str, ...]] = [(name,) for name in legal]
            # Reading: a need of 2 is one resource that offers 2 units, or two resources.
            if need.units >= 2 and need.units == int(need.units):
                options += list(itertools.combinations(legal, int(need.units)))
            choices.append(options)
        for chosen in itertools.islice(itertools.product(*choices), 20_000):
            found = tuple(
                (need, name, need.units if len(names) == 1 else 1.0)
                for need, names in zip(needs, chosen, strict=True)
                for name in names
            )
            if {name for _, name, _ in found} == set(also) and self._no_clash(found):
                return found
        return None

    def _may_serve(self, need: NeedRow, name: str, when: date | None) -> bool:
        if name not in need.members or name not in self.factory.resources:
            return False
        valid_to = self.factory.skills.get(need.skill, {}).get(name, "") if need.skill else ""
        # Reading: a skill serves an operation that begins on or before its last day.
        return not valid_to or when is None or when <= self.clock.day(self.clock.read(valid_to))

    def _no_clash(self, found: tuple[tuple[NeedRow, str, float], ...]) -> bool:
        """One resource serves two needs at the same time only as far as its capacity goes."""
        for phase in ("setup", "run"):
            load: Counter[str] = Counter()
            for need, name, units in found:
                if need.phase in {"both", phase}:
                    load[name] += units if self._counts_units(name) else 1.0  # type: ignore[assignment]
            if any(units > self.factory.resources[name].capacity + EPS for name, units in load.items()):
                return False
        return True

    def _counts_units(self, name: str) -> bool:
        return self.factory.resources[name].kind in {"labour", "space"}

    def others(self, op: Operation, phase: str) -> tuple[str, ...]:
        found = self.assignment(op)
        if found is None:  # the rule `eligibility` reports it; go on with what is known
            return tuple(name for name in op.also if name in self.factory.resources)
        return tuple(dict.fromkeys(name for need, name, _ in found if need.phase in {"both", phase}))

    def phase_calendars(self, op: Operation) -> tuple[Calendar, Calendar]:
        """When setup and when run are possible."""
        key = (op.resource, self.others(op, "setup"), self.others(op, "run"))
        if key not in self._phases:
            self._phases[key] = (self.book.together(op.resource, key[1]), self.book.together(op.resource, key[2]))
        return self._phases[key]

    def efficiency(self, op: Operation) -> float:
        return self.factory.resources[op.resource].efficiency

    def held(self, op: Operation, phase: str) -> Span | None:
        """The interval a phase holds, from its first to its last working instant.

        "12:00 and 13:00 around a lunch gap are the same working instant" (C3), so closed time at either edge is cut.
        """
        setup, run = self.phase_calendars(op)
        parts: list[Span] = []
        if phase != "run" and op.start > op.setup_start:
            parts.append((setup.first_open(op.setup_start), setup.last_open(op.start)))
        if phase != "setup" and op.end > op.start:
            parts.append((run.first_open(op.start), run.last_open(op.end)))
        parts = [(a, b) for a, b in parts if a < b]
        return (parts[0][0], parts[-1][1]) if parts else None

    def holdings(self) -> Iterator[Holding]:
        """Every resource every operation holds."""
        for i, op in enumerate(self.operations):
            if not self.is_scheduled(op):
                continue
            span = self.held(op, "both")
            if span:
                yield Holding(i, op.resource, 1.0, *span)
            for need, name, units in self.assignment(op) or ():
                span = self.held(op, need.phase)
                if span:
                    yield Holding(i, name, units if self._counts_units(name) else 1.0, *span)

    # -- quantities

    def step_quantities(self, wo: WorkOrder, step: int) -> list[float]:
        """What may be started at a step.

        "started = good / (product of the yields of this step and all later ones, and the item's), rounded up".
        Reading: good is the plan's good_qty, or what qty started leaves after every yield (they differ by rounding).
        """
        recipe, decimals = self.recipe(wo), self.factory.items[wo.item].decimals
        found: set[float] = set()
        first = min(recipe.steps, default=step)
        for total, rest in itertools.product(recipe.rest_yields[first], recipe.rest_yields[step]):
            for good in {wo.good_qty, wo.qty * total}:
                found.add(round_up(good / rest, decimals))
        if step == first or all(rest == recipe.rest_yields[first][0] for rest in recipe.rest_yields[step]):
            found = {wo.qty}
        row = self.progress(wo.name, step)
        if wo.name in self.factory.work_orders:
            # Reading: of an open work order, what is reported may or may not have been taken off already.
            reported = number(row.get("good_qty")) + number(row.get("scrapped_qty"))
            found |= {quantity - reported for quantity in found} | {
                number(self.progress(wo.name, before).get("good_qty")) or wo.qty for before in recipe.before[step]
            }
        return sorted(quantity for quantity in found if quantity > 0) or [wo.qty]

    def run_work(self, wo: WorkOrder, step: Step, mode: Mode) -> list[float] | None:
        """Minutes of run work, "fixed_min + qty started x run_min x run_factor"; None when a formula is unknown."""
        if step.fixed_min is None or mode.run_min is None:
            return None
        per = mode.run_min * mode.run_factor
        if step.per_lot:
            return [step.fixed_min + per]
        return [step.fixed_min + quantity * per for quantity in self.step_quantities(wo, step.number)]

    def modes_on(self, op: Operation) -> list[Mode]:
        return [mode for mode in self.step(op).modes if op.resource in mode.resources]

    # -- availability

    def after_lags(self, step: Step, end: float, with_wait: bool = True) -> float:
        """When pieces that leave a step at `end` have waited (elapsed) and moved (factory calendar)."""
        return self.book.plant.advance(end + (step.wait_min if with_wait else 0.0), step.move_min)

    def available(self, wo: WorkOrder) -> Span:
        """Earliest and latest instant at which a work order's output may be said to be there.

        "A line is complete at the end of its last operation and move." Reading: a wait (curing) of the last step
        may come before the move or not count.
        """
        if wo.item not in self.factory.items:
            return wo.end, wo.end
        if wo.name not in self._available:
            recipe = self.recipe(wo)
            ends = [op for op in wo.operations.values() if op.step in recipe.last] or list(wo.operations.values())
            low = max((self.after_lags(recipe.steps[op.step], op.end, False) for op in ends), default=wo.end)
            high = max((self.after_lags(recipe.steps[op.step], op.end) for op in ends), default=wo.end)
            self._available[wo.name] = (low, high)
        return self._available[wo.name]

    def receipt(self, text: str) -> float:
        """ "A receipt dated D is available from the start of the first working interval of D", not before now."""
        if not text:
            return self.now
        at = self.clock.read(text)
        return max(self.now, self.book.plant.first_open(at) if is_bare_date(text) else at)

    def _stock(self) -> list[Supply]:
        """Free usable stock; blocked, inspected and expired lots are not."""
        found: list[Supply] = []
        for i, row in enumerate(self.factory.tables["stock"]):
            expires = FOREVER
            if row.get("expires"):
                text = row["expires"]
                # Reading: a lot that expires on a date may be used through that date.
                expires = self.clock.read(text) + (DAY if is_bare_date(text) else 0.0)
            qty = max(0.0, number(row["qty"]))
            if row.get("status") in {None, "", "free"} and expires > self.now:
                available = self.receipt(row.get("available_from", ""))
                name = row.get("lot") or f"#{i}"
                found.append(Supply(name, "", row["item"], qty, available, row.get("reserved_for", ""), expires))
        return found

    def _purchase_orders(self) -> list[Supply]:
        """Open receipts, on the supplier's promise where there is one ("plan on promised")."""
        found: list[Supply] = []
        for row in self.factory.tables["purchase_orders"]:
            qty = number(row["qty"]) - number(row.get("received_qty"))
            if qty > EPS and row.get("status") not in {"closed", "cancelled", "received", "done", "quote"}:
                available = self.receipt(row.get("promised") or row["due"])
                found.append(
                    Supply(
                        row["po"],
                        row.get("line") or "1",
                        row["item"],
                        qty,
                        available,
                        row.get("reserved_for", ""),
                        FOREVER,
                    )
                )
        return found

    # -- material

    def components(self, wo: WorkOrder) -> list[Component]:
        """What a work order consumes and yields besides its item, exploded through phantoms."""
        if wo.item not in self.factory.items:
            return []
        if wo.name not in self._components:
            self._components[wo.name] = self._explode(wo)
        return self._components[wo.name]

    def _explode(self, wo: WorkOrder) -> list[Component]:
        recipe = self.recipe(wo)
        options = self.factory.options_of(wo.item, wo.options)
        numbers = sorted(recipe.steps)
        found: list[Component] = []

        def steps_for(texts: Sequence[str]) -> tuple[int, ...]:
            """Where a line is consumed; a step the routing lacks is read as the first, or as the next one."""
            if not numbers:
                return ()
            options_: list[int] = []
            for text in texts:
                wanted = int(text) if text else numbers[0]
                options_.append(wanted if wanted in recipe.steps else numbers[0])
                if wanted not in recipe.steps:
                    options_ += [n for n in numbers if n > wanted][:1]
            return tuple(dict.fromkeys(options_))

        def walk(parent: str, span: Span | None, step_texts: Sequence[str], depth: int, sure: bool) -> None:
            for line, in_force in self._lines_in_force(wo, parent, options):
                is_sure = sure and in_force
                own = line.get("step", "")
                # Reading: what a phantom holds is consumed where the phantom is, or where its own line says.
                texts = [*step_texts, own] if own or not step_texts else list(step_texts)
                steps = steps_for(texts)
                started = self.step_quantities(wo, steps[0]) if steps else [wo.qty]
                least, most = span if span is not None else (started[0], started[-1])
                range_ = self._line_need(line, least, most, options)
                if range_ is None:
                    continue
                item = self.factory.items.get(line["component"])
                is_byproduct = line.get("kind") == "byproduct"
                if item is not None and item.supply == "phantom" and not is_byproduct and depth < 50:
                    # Reading: a phantom's own yield and rounding count, or it is looked through altogether.
                    most_inside = round_up(range_[1] / item.yield_, item.decimals)
                    walk(item.name, (range_[0], most_inside), texts, depth + 1, is_sure)
                    continue
                decimals = item.decimals if item is not None else 0
                need = (round_up(range_[0], decimals), round_up(range_[1], decimals))
                if is_byproduct:
                    need = range_
                if wo.name in self.factory.work_orders and self._is_issued(wo, steps):
                    need = (0.0, need[1])
                if need[1] > EPS:
                    found.append(
                        Component(line["component"], steps, need[0] if is_sure else 0.0, need[1], is_byproduct)
                    )

        walk(wo.item, None, [], 0, True)
        return found

    def _is_issued(self, wo: WorkOrder, steps: tuple[int, ...]) -> bool:
        """Components of steps that have begun are on the shop floor already."""
        if self.factory.work_orders[wo.name].get("status") == "started" and not any(
            self.progress_status(wo.name, step) for step in self.recipe(wo).steps
        ):
            return True
        return not steps or any(self.progress_status(wo.name, s) in {"started", "paused", "done"} for s in steps)

    def _line_need(self, line: Row, least: float, most: float, options: dict[str, str]) -> tuple[float, float] | None:
        """ "(qty_per / per_qty x started + fixed_qty) / component yield"; None when a formula is unknown."""
        per = amount(line["qty_per"], 0.0, options)
        fixed = amount(line.get("fixed_qty", ""), 0.0, options)
        if per is None or fixed is None:
            return None
        per /= number(line.get("per_qty"), 1.0)
        yield_ = number(line.get("yield"), 1.0)
        return (abs(per) * least + abs(fixed)) / yield_, (abs(per) * most + abs(fixed)) / yield_

    def _lines_in_force(self, wo: WorkOrder, parent: str, options: dict[str, str]) -> Iterator[tuple[Row, bool]]:
        """The BOM lines that count, each with whether it surely does.

        Reading: effectivity is that of the order's need, release, start or end, or of the operation; where these
        disagree the line may count or not. Of an alternate group the lowest rank counts.
        """
        moments = [t for t in (wo.need, wo.release, wo.start, wo.end) if t is not None]
        moments += [op.setup_start for op in wo.operations.values()]
        groups: dict[str, list[tuple[float, Row, bool]]] = defaultdict(list)
        for line in self.factory.bom.get(parent, []):
            verdict = holds(line.get("condition", ""), options)
            verdicts = {self._in_force(line, moment) for moment in moments} if line_is_dated(line) else {True}
            verdicts = set().union(*[{True, False} if v is None else {v} for v in verdicts])
            if verdict is False or verdicts == {False}:
                continue
            is_sure = verdict is True and verdicts == {True}
            group = line.get("alternate_group", "")
            if group:
                groups[group].append((number(line.get("rank"), 1e9), line, is_sure))
            else:
                yield line, is_sure
        for members in groups.values():
            best = min((rank for rank, _, is_sure in members if is_sure), default=FOREVER)
            leading = [(rank, line, is_sure) for rank, line, is_sure in members if rank <= best]
            for _, line, is_sure in leading:
                yield line, is_sure and len(leading) == 1

    def _in_force(self, line: Row, moment: float) -> bool | None:
        """None on the last day, where "valid_to" may or may not include it."""
        start, end = line.get("valid_from", ""), line.get("valid_to", "")
        if start and moment < self.clock.read(start):
            return False
        if not end or moment < self.clock.read(end):
            return True
        return None if is_bare_date(end) and moment < self.clock.read(end) + DAY else False

    # -- names in pegs

    def _order_ids(self) -> dict[str, LineKey]:
        """How a peg may name an order line. Reading: order/line with any separator, or the order of a single line."""
        found: dict[str, LineKey] = {}
        for key in self.factory.order_lines:
            for separator in "/-:.# |_":
                found.setdefault(separator.join(key), key)
        lines = Counter(order for order, _ in self.factory.order_lines)
        for key in self.factory.order_lines:
            if lines[key[0]] == 1:
                found[key[0]] = key
        return found

    def demand_line(self, peg: Peg) -> LineKey | None:
        if (peg.demand, peg.step) in self.factory.order_lines:
            return (peg.demand, peg.step)
        if peg.demand in self.order_ids:
            return self.order_ids[peg.demand]
        same = [key for key, line in self.factory.order_lines.items() if key[0] == peg.demand and line.item == peg.item]
        return same[0] if len(same) == 1 else None

    def purchase_order_lines(self, peg: Peg) -> list[Supply]:
        return [
            po
            for po in self.purchase_orders_of[peg.item]
            if peg.supply in {po.name, *(f"{po.name}{separator}{po.line}" for separator in "/-:.# |_")}
        ]


def line_is_dated(line: Row) -> bool:
    return bool(line.get("valid_from") or line.get("valid_to"))


# --------------------------------------------------------------------------------------------------------------------
# Rules 1: orders


def check_order_lines(case: Case, ledger: Ledger) -> None:
    """Every open order line appears exactly once, with its item and quantity; nothing else is planned."""
    seen = Counter(line.key for line in case.plan.lines)
    for key, wanted in case.factory.order_lines.items():
        if wanted.is_open and wanted.item in case.factory.items:
            ledger.test("orders", seen[key] == 1, f"line {wanted.name} appears {seen[key]} times instead of once")
    for line in case.plan.lines:
        known = case.factory.order_lines.get(line.key)
        ledger.test("orders", known is not None, f"line {line.name} is not in the factory's orders")
        if known is None:
            continue
        ledger.test("orders", line.item == known.item, f"line {line.name} is for {known.item}, not {line.item}")
        # Reading: the quantity is what was ordered, or what is still to be shipped.
        ok = same_amount(line.qty, known.qty) or same_amount(line.qty, known.open_qty)
        ledger.test("orders", ok, f"line {line.name} has quantity {line.qty:g}, ordered {known.qty:g}")
        # Reading: a quote or a line on hold may be listed, but only as unplanned.
        ok = known.is_open or line.status == "unplanned"
        ledger.test("orders", ok, f"line {line.name} is not open ({known.status}) and yet {line.status}")


def check_due_dates(case: Case, ledger: Ledger) -> None:
    """C2: "demand due = end of the last working interval of that date; on a non-working day it rolls back"."""
    for line in case.plan.lines:
        known = case.factory.order_lines.get(line.key)
        if known is None:
            continue
        dues = demand_dues(case, known.due_text)
        ok = any(abs(line.due - due) <= MINUTE for due in dues)
        ledger.test("due", ok, f"line {line.name} is due {case.show(dues[0])}, the plan says {case.show(line.due)}")


def demand_dues(case: Case, text: str) -> list[float]:
    if not is_bare_date(text):
        return [case.clock.read(text)]
    midnight = case.clock.midnight(date.fromisoformat(text) + timedelta(days=1))
    due = case.book.plant.last_open(midnight)
    if not math.isfinite(due):
        return [midnight]
    # Reading: a shift past midnight ends that day at midnight, or when the shift ends.
    calendar = case.book.plant
    shift_end = calendar.ends[bisect_left(calendar.starts, midnight) - 1]
    return [due, shift_end] if due < shift_end <= midnight + DAY else [due]


def check_lateness(case: Case, ledger: Ledger) -> None:
    """ "lateness_min (signed, elapsed minutes after due)"; "It is late if complete after its due"."""
    for line in case.plan.lines:
        if line.status == "unplanned":
            ledger.test("orders", bool(line.reason), f"unplanned line {line.name} gives no reason")
            ledger.test("orders", line.completion is None, f"unplanned line {line.name} has a completion")
            continue
        if line.completion is None:
            ledger.test("orders", False, f"line {line.name} is {line.status} without a completion")
            continue
        late = line.completion - line.due
        stated = line.lateness_min
        ok = stated is not None and abs(stated - late) <= MINUTE + EPS
        ledger.test("lateness", ok, f"line {line.name} is {late:.1f} min after its due, lateness_min says {stated}")
        ok = abs(late) <= MINUTE or (line.status == "late") == (late > 0)
        ledger.test("lateness", ok, f"line {line.name} is {late:.1f} min after its due and called {line.status}")
        if late > MINUTE or line.status == "late":
            ok = bool(line.cause and line.reason)
            ledger.test("orders", ok, f"late line {line.name} gives no cause or no reason")


# --------------------------------------------------------------------------------------------------------------------
# Rules 2 and 7: work content and changeovers


def changeover_minutes(rows: dict[tuple[str, str], float], before: str, after: str) -> list[float]:
    """ "`*` = any; most specific row wins". No row: none."""
    if (before, after) in rows:
        return [rows[before, after]]
    # Reading: `from,*` against `*,to` is a tie; staying in a family costs nothing unless a row says A to A.
    half = [rows[key] for key in ((before, "*"), ("*", after)) if key in rows] or [rows.get(("*", "*"), 0.0)]
    return [*half, 0.0] if before == after else half


def expected_changeovers(case: Case) -> dict[int, list[Span]]:
    """For each operation on a resource with a matrix, the ranges its changeover may have.

    "A changeover counts on every resource of the operation that has a matrix; the longest one stands."
    """
    by_resource: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for holding in case.holdings():
        if case.factory.resources[holding.resource].matrix:
            by_resource[holding.resource].append((holding.start, holding.end, holding.operation))
    choices: dict[int, list[list[Span]]] = defaultdict(list)
    for name, uses in by_resource.items():
        resource = case.factory.resources[name]
        rows = case.factory.matrices.get(resource.matrix, {})
        if resource.capacity != 1 or not resource.is_finite:
            # Reading: what precedes on a resource with room for several is not defined, so any row may count.
            for _, _, i in uses:
                choices[i].append([(0.0, max(rows.values(), default=0.0))])
            continue
        family, last = resource.initial_family, ("", 0.0, 0.0, "")
        previous = family
        for start, end, i in sorted(dict.fromkeys(uses)):
            own = case.operations[i].family
            if not own:
                continue
            batch = (case.step(case.operations[i]).batch_key, start, end, own)
            if batch[0] == "" or batch != last:  # lots of one oven load share what came before them
                previous, family, last = family, own, batch
            found = changeover_minutes(rows, previous, own) if previous else [0.0]
            choices[i].append([(value, value) for value in found])
    return {
        i: [(max(a for a, _ in combo), max(b for _, b in combo)) for combo in itertools.product(*lists)]
        for i, lists in choices.items()
    }


def tolerance(expected: float, rate: float = 1.0) -> float:
    """One minute of time and 0.1 %."""
    return MINUTE * max(1.0, rate) + 0.001 * expected + EPS


def check_work(case: Case, ledger: Ledger) -> None:
    """ "Work = setup_min + changeover + fixed_min + qty started x run_min x run_factor, done only while the primary
    resource and every further resource it needs at that moment are open, at the rate resource efficiency x calendar
    efficiency"; "[setup_start, start) is setup and changeover, [start, end) is the run"."""
    changeovers = expected_changeovers(case)
    batches = batch_loads(case)
    for i, op in enumerate(case.operations):
        if not case.is_scheduled(op) or case.is_under_way(op):
            continue
        ledger.test("work", op.setup_start <= op.start <= op.end, f"{op.name} runs backward in time")
        candidates = work_candidates(case, op, changeovers.get(i, [(0.0, 0.0)]), batches.get(i))
        if not candidates:
            continue
        faults = [work_faults(case, op, setup, runs) for setup, runs in candidates]
        best = min(faults, key=len)
        ledger.count("work", 2)
        if i in changeovers:
            ledger.count("changeover")
        for part, sentence in best:
            ledger.fault("changeover" if part == "setup" and i in changeovers else "work", sentence)


def batch_loads(case: Case) -> dict[int, list[int]]:
    """ "oven: lots with equal key run together up to the quantity": the operations that share a run."""
    loads: dict[tuple[str, str, float, float], list[int]] = defaultdict(list)
    for i, op in enumerate(case.operations):
        key = case.step(op).batch_key
        if key:
            loads[op.resource, key, op.start, op.end].append(i)
    return {i: members for members in loads.values() if len(members) > 1 for i in members}


def work_candidates(
    case: Case, op: Operation, changeovers: list[Span], batch: list[int] | None
) -> list[tuple[Span, Span]]:
    """Each way the step may be done here, as (range of setup minutes, range of run minutes)."""
    step, wo = case.step(op), case.work_orders[op.wo]
    found: list[tuple[Span, Span]] = []
    for mode in case.modes_on(op):
        works = case.run_work(wo, step, mode)
        if works is None or mode.setup_min is None:
            continue
        runs = [(work, work) for work in works]
        if batch:
            # Reading: an oven's run is that of one lot, or of all lots in it.
            per = (mode.run_min or 0.0) * mode.run_factor
            total = sum(case.work_orders[case.operations[j].wo].qty for j in batch)
            runs = [(min(works), (step.fixed_min or 0.0) + max(total, wo.qty) * per + max(works))]
        found += [
            ((mode.setup_min + low, mode.setup_min + high), run)
            for low, high in dict.fromkeys(changeovers)
            for run in runs
        ]
    return found


def work_faults(case: Case, op: Operation, setup: Span, run: Span) -> list[tuple[str, str]]:
    setup_calendar, run_calendar = case.phase_calendars(op)
    efficiency = case.efficiency(op)
    found: list[tuple[str, str]] = []
    done = setup_calendar.work_between(op.setup_start, op.start) * efficiency
    # Reading: without resource efficiency on setup, the calendar's efficiency still counts, or does not either.
    setups = (
        [done]
        if case.factory.efficiency_on_setup
        else [
            setup_calendar.work_between(op.setup_start, op.start),
            setup_calendar.open_between(op.setup_start, op.start),
        ]
    )
    if not any(within(value, setup, efficiency) for value in setups):
        found.append(
            (
                "setup",
                (
                    f"{op.name} has {setups[0]:.1f} min of setup work between setup_start and start on "
                    f"{op.resource}, needs {setup[0]:.1f}"
                ),
            )
        )
    done = run_calendar.work_between(op.start, op.end) * efficiency
    if not within(done, run, efficiency) and not is_held_back(case, op, done, run):
        found.append(
            (
                "run",
                f"{op.name} has {done:.1f} min of run work between start and end on {op.resource}, needs {run[0]:.1f}",
            )
        )
    if not within(op.setup_min, setup):
        found.append(("setup", f"{op.name} says setup_min {op.setup_min:g}, it is {setup[0]:.1f}"))
    if not within(op.run_min, run):
        found.append(("run", f"{op.name} says run_min {op.run_min:g}, it is {run[0]:.1f}"))
    return found


def within(value: float, range_: Span, rate: float = 1.0) -> bool:
    return range_[0] - tolerance(range_[0], rate) <= value <= range_[1] + tolerance(range_[1], rate)


def is_held_back(case: Case, op: Operation, done: float, run: Span) -> bool:
    """Reading: a run that overlaps its predecessor may be stretched to the end which the last batch allows."""
    if done < run[1]:
        return False
    wo = case.work_orders[op.wo]
    limits = [
        last_batch_end(case, wo, wo.operations[before], op)
        for before in case.recipe(wo).before[op.step]
        if before in wo.operations and case.recipe(wo).steps[before].transfer_qty > 0
    ]
    return any(abs(op.end - limit) <= 1.5 * MINUTE for limit in limits)


def check_stretch(case: Case, ledger: Ledger) -> None:
    """ "`no`: needs one open stretch"; "max_stretch_min (limit on elapsed minutes from start to end)"."""
    for op in case.operations:
        step = case.step(op)
        if not case.is_scheduled(op):
            continue
        if step.max_stretch_min is not None and not case.is_under_way(op):
            ok = op.end - op.start <= step.max_stretch_min + MINUTE
            ledger.test("stretch", ok, f"{op.name} takes {op.end - op.start:.0f} min, at most {step.max_stretch_min:g}")
        span = case.held(op, "both")
        if step.pause or span is None or case.is_under_way(op):
            continue
        setup, run = case.phase_calendars(op)
        closed = span[1] - span[0] - setup.open_between(span[0], op.start) - run.open_between(op.start, span[1])
        ok = closed <= 1.5 * MINUTE
        ledger.test("stretch", ok, f"{op.name} must not pause and does for {closed:.0f} closed min")


# --------------------------------------------------------------------------------------------------------------------
# Rules 3 and 4: eligibility and capacity


def check_eligibility(case: Case, ledger: Ledger) -> None:
    """The primary is "a resource or a group id" of the step or of an alternate; `also` holds one legal member for
    each "(resource, group or skill id)" of its needs."""
    for op in case.operations:
        step, wo = case.step(op), case.work_orders[op.wo]
        if step.is_subcontracted:
            continue
        if op.resource not in case.factory.resources:
            ledger.test("eligibility", False, f"{op.name} is on {op.resource!r}, which is no resource")
            continue
        ledger.test("eligibility", bool(case.modes_on(op)), f"{op.name} of {wo.item} may not run on {op.resource}")
        if step.needs or op.also:
            wanted = ", ".join(need.name for need in step.needs) or "nothing"
            ok = case.assignment(op) is not None
            ledger.test("eligibility", ok, f"{op.name} holds {'; '.join(op.also) or 'nothing'} and needs {wanted}")
        if step.family is not None:
            ok = op.family == step.family
            ledger.test("eligibility", ok, f"{op.name} has family {op.family!r}, its routing {step.family!r}")


def check_capacity(case: Case, ledger: Ledger) -> None:
    """ "capacity (1: how many operations, or units of quantity for labour/space, at once)", for finite resources."""
    by_resource: dict[str, list[Holding]] = defaultdict(list)
    for holding in case.holdings():
        if case.factory.resources[holding.resource].is_finite:
            by_resource[holding.resource].append(holding)
    batches = {i: min(members) for i, members in batch_loads(case).items()}
    for name, uses in by_resource.items():
        ledger.count("capacity", len(uses))
        sweep_capacity(case, ledger, name, sorted(uses, key=lambda use: (use.start, use.end)), batches)
    check_batch_quantities(case, ledger)


def sweep_capacity(case: Case, ledger: Ledger, name: str, uses: list[Holding], batches: dict[int, int]) -> None:
    capacity = case.factory.resources[name].capacity
    active: list[tuple[float, int, Holding]] = []
    load = 0.0
    for n, use in enumerate(uses):
        while active and active[0][0] <= use.start + TOUCH:
            load -= heapq.heappop(active)[2].units
        batch = batches.get(use.operation)
        if batch is not None and any(batches.get(other.operation) == batch for _, _, other in active):
            continue  # the same oven load
        heapq.heappush(active, (use.end, n, use))
        load += use.units
        if load > capacity + EPS:
            culprits = [case.operations[other.operation] for _, _, other in active]
            # Two operations that people pinned or began on one resource are a conflict of the data, to be reported.
            if all(case.is_pinned(op) or case.is_under_way(op) for op in culprits):
                continue
            names = ", ".join(sorted({op.name for op in culprits})[:4])
            ledger.fault("capacity", f"{name} carries {load:g} of {capacity:g} at {case.show(use.start)}: {names}")


def check_batch_quantities(case: Case, ledger: Ledger) -> None:
    """ "lots with equal key run together up to the quantity"."""
    seen: set[int] = set()
    for members in batch_loads(case).values():
        limit = case.step(case.operations[members[0]]).batch_qty
        if members[0] in seen or limit <= 0:
            continue
        seen.add(members[0])
        quantity = sum(case.work_orders[case.operations[i].wo].good_qty for i in members)
        first = case.operations[members[0]]
        ledger.test("capacity", quantity <= limit + EPS, f"the batch of {first.name} holds {quantity:g} of {limit:g}")


# --------------------------------------------------------------------------------------------------------------------
# Rule 6: precedence


def check_steps(case: Case, ledger: Ledger) -> None:
    """Every step of the routing that applies is planned once; "done steps are not planned again"."""
    seen = Counter((op.wo, op.step) for op in case.plan.operations)
    known = {(op.wo, op.step) for op in case.operations}
    for (name, planned), times in seen.items():
        ledger.test("steps", (name, planned) in known, f"{name} step {planned} is in no routing of the work order")
        ledger.test("steps", times == 1, f"{name} step {planned} is planned {times} times")
    for wo in case.work_orders.values():
        if wo.item not in case.factory.items:
            ledger.test("steps", False, f"{wo.name} makes {wo.item}, which is no item")
            continue
        open_order = case.factory.work_orders.get(wo.name, {})
        may_be_done = open_order.get("status") in {"started", *IDLE}
        for step in case.recipe(wo).steps.values():
            is_done = case.progress_status(wo.name, step.number) == "done"
            op = wo.operations.get(step.number)
            if is_done:
                # Reading: a done step may be shown as history, marked so and wholly in the past.
                ok = op is None or (op.status == "done" and op.end <= case.now + MINUTE)
                ledger.test("steps", ok, f"{wo.name} step {step.number} is done and planned again")
            elif step.is_certain and not may_be_done:
                ledger.test("steps", op is not None, f"{wo.name} lacks step {step.number} of {wo.item}")


def check_precedence(case: Case, ledger: Ledger) -> None:
    """ "the successor's setup may start when the predecessor has ended, plus wait_min (elapsed), plus move_min (on the
    factory's calendar), plus the successor's queue_min (on its primary resource's calendar)"; "max_wait_min bounds the
    gap from end to setup_start, elapsed"."""
    arrivals = first_step_arrivals(case)
    for op in case.operations:
        wo, step = case.work_orders[op.wo], case.step(op)
        if case.is_under_way(op) or case.is_pinned(op):
            continue  # people decided: a conflict is a message, not a fault of the plan
        before = case.recipe(wo).before[op.step]
        for earlier in before:
            check_pair(case, ledger, wo, wo.operations.get(earlier), earlier, op)
        if not before and step.queue_min > 0 and case.factory.queue_is_minimum and case.is_scheduled(op):
            if wo.name in case.factory.work_orders:
                continue  # Reading: an open order may have queued already.
            ready = queue_over(case, op, max(case.now, arrivals.get((op.wo, op.step), case.now)))
            ok = op.setup_start >= ready - MINUTE
            began = case.show(op.setup_start)
            ledger.test("precedence", ok, f"{op.name} starts {began}, its queue ends {case.show(ready)}")


def first_step_arrivals(case: Case) -> dict[tuple[str, int], float]:
    """ "the first step's queue counts from the later of now and the arrival of its material"."""
    found: dict[tuple[str, int], float] = {}
    for peg in case.plan.pegs:
        if peg.demand_kind == "wo" and peg.available is not None and as_number(peg.step) is not None:
            key = (peg.demand, int(float(peg.step)))
            found[key] = max(found.get(key, peg.available), peg.available)
    return found


def queue_over(case: Case, op: Operation, ready: float) -> float:
    """Reading: a queue runs on the resource's calendar, and may run on through its downtime."""
    if not case.factory.queue_is_minimum or not case.is_scheduled(op):
        return ready
    return case.book.resource(op.resource, with_downtime=False).advance(ready, case.step(op).queue_min)


def check_pair(
    case: Case, ledger: Ledger, wo: WorkOrder, before: Operation | None, earlier: int, op: Operation
) -> None:
    step = case.recipe(wo).steps[earlier]
    if before is None:
        finished = case.progress(wo.name, earlier).get("finished", "")
        if finished:
            ready = case.after_lags(step, case.clock.read(finished))
            ok = op.setup_start >= ready - MINUTE
            ledger.test("precedence", ok, f"{op.name} starts before what step {earlier} finished may be used")
        return
    overlaps = step.transfer_qty > 0 and max(case.step_quantities(wo, earlier)) > step.transfer_qty + EPS
    ready = queue_over(case, op, case.after_lags(step, before.end))
    if overlaps and op.setup_start < ready - MINUTE:
        check_overlap(case, ledger, wo, before, op)
    else:
        ok = op.setup_start >= ready - MINUTE
        ledger.test(
            "precedence",
            ok,
            f"{op.name} starts {case.show(op.setup_start)}, but step {earlier} ends {case.show(before.end)} and with "
            f"wait, move and queue it may start {case.show(ready)}",
        )
    if step.max_wait_min is not None:
        gap = op.setup_start - before.end
        ok = gap <= step.max_wait_min + MINUTE
        limit = f"at most {step.max_wait_min:g}"
        ledger.test("precedence", ok, f"{op.name} waits {gap:.0f} min after step {earlier}, {limit}")


def check_overlap(case: Case, ledger: Ledger, wo: WorkOrder, before: Operation, op: Operation) -> None:
    """ "the successor may start once b pieces of the predecessor are through, and ends no earlier than its own run of
    the last batch after the predecessor's end".

    Reading: the setup may be done beforehand, so the run's start is what waits; a fixed time is spread over the
    pieces; each batch waits (cures) and moves like the whole lot, and its queue is not asked for again.
    """
    step = case.recipe(wo).steps[before.step]
    if not case.is_under_way(before) and case.is_scheduled(before):
        share = step.transfer_qty / max(case.step_quantities(wo, before.step))
        calendar = case.phase_calendars(before)[1]
        first = calendar.advance_work(before.start, share * calendar.work_between(before.start, before.end))
        ready = case.after_lags(step, first)
        ok = op.start >= ready - MINUTE
        ledger.test(
            "precedence",
            ok,
            f"{op.name} runs from {case.show(op.start)}, but the first {step.transfer_qty:g} of step {before.step} "
            f"are there {case.show(ready)}",
        )
    limit = last_batch_end(case, wo, before, op)
    ok = op.end >= limit - MINUTE
    ledger.test(
        "precedence",
        ok,
        f"{op.name} ends {case.show(op.end)}, its last batch from step {before.step} cannot before {case.show(limit)}",
    )


def last_batch_end(case: Case, wo: WorkOrder, before: Operation, op: Operation) -> float:
    """When the successor can have run the last batch of its predecessor."""
    step, own = case.recipe(wo).steps[before.step], case.step(op)
    handed, taken = min(case.step_quantities(wo, before.step)), min(case.step_quantities(wo, op.step))
    whole = math.floor((handed - EPS) / step.transfer_qty) * step.transfer_qty
    last = (handed - whole) * min(1.0, taken / handed) - (0.0 if same_amount(handed, taken) else 1.0)
    arrived = case.after_lags(step, before.end)
    if not case.is_scheduled(op) or own.per_lot or last <= 0:
        return arrived
    runs = [(mode.run_min or 0.0) * mode.run_factor for mode in case.modes_on(op)]
    calendar = case.phase_calendars(op)[1]
    return calendar.advance_work(arrived, last * min(runs, default=0.0) / case.efficiency(op))


def check_subcontracting(case: Case, ledger: Ledger) -> None:
    """ "supplier + lead_time_days (subcontracted step)": no shorter than its lead time, counted in days."""
    for op in case.operations:
        step = case.step(op)
        if step.is_subcontracted and not case.is_under_way(op):
            days = (case.clock.day(op.end) - case.clock.day(op.setup_start)).days
            # Reading: the day it leaves and the day it returns may both count.
            ok = days >= math.ceil(step.lead_days - EPS) - 1
            ledger.test("precedence", ok, f"{op.name} is back after {days} days, the supplier needs {step.lead_days:g}")


# --------------------------------------------------------------------------------------------------------------------
# Rule 8: nothing before now, purchases


def check_now(case: Case, ledger: Ledger) -> None:
    """ "Everything before now is immutable history" (C9); beyond the horizon "work is reported as unplanned"."""
    horizon = case.now + case.factory.horizon_days * DAY
    for op in case.operations:
        if case.is_under_way(op) or case.is_pinned(op) or op.status == "done":
            continue
        ok = op.setup_start >= case.now - MINUTE
        ledger.test("now", ok, f"{op.name} starts {case.show(op.setup_start)}, before now")
        # Reading: what starts beyond the horizon is beyond it; a day of grace.
        ok = not math.isfinite(horizon) or op.setup_start <= horizon + DAY
        ledger.test("now", ok, f"{op.name} starts {case.show(op.setup_start)}, beyond the horizon")
    for line in case.plan.lines:
        if line.completion is not None:
            ledger.test("now", line.completion >= case.now - MINUTE, f"line {line.name} is complete before now")


def check_purchases(case: Case, ledger: Ledger) -> None:
    """ "A purchase ordered on day D arrives at the start of the first working interval of the factory on or after
    D + lead_time_days"; "order_by never lies before now"; "min_qty, then multiple, split at max_qty"."""
    for purchase in case.plan.purchases:
        if purchase.action != "order":
            continue
        name = f"purchase {purchase.po} of {purchase.item}"
        item = case.factory.items.get(purchase.item)
        if item is None:
            ledger.test("purchases", False, f"{name}: no such item")
            continue
        sources = case.factory.sources.get(purchase.item, [])
        ok = item.supply == "buy" or bool(sources)
        ledger.test("purchases", ok, f"{name}: it is a {item.supply} item without a supplier")
        mine = [row for row in sources if row["supplier"] == purchase.supplier]
        if sources and purchase.supplier:
            ledger.test("purchases", bool(mine), f"{name}: {purchase.supplier} does not supply it")
        source = mine[0] if mine else (min(sources, key=lambda r: number(r.get("rank"), 1e9)) if sources else {})
        check_lot(ledger, name, item, source, purchase.qty)
        if purchase.order_by is None or purchase.due is None:
            ledger.test("purchases", False, f"{name}: order_by or due is blank")
            continue
        check_purchase_dates(case, ledger, name, item, source, purchase.order_by, purchase.due)


def check_lot(ledger: Ledger, name: str, item: Item, source: Row, qty: float) -> None:
    minimum, multiple, maximum = item.lot
    factor = number(source.get("uom_factor"), 1.0)
    # Reading: the supplier's minimum and multiple are in the item's unit, or in the supplier's own.
    low = number(source.get("min_qty"), minimum)
    ok = qty >= min(low, low * factor) - EPS and qty > 0
    ledger.test("purchases", ok, f"{name}: quantity {qty:g} is below the minimum {low:g}")
    step = number(source.get("multiple"), multiple)
    ok = is_multiple(qty, step) or is_multiple(qty, step * factor) or (maximum > 0 and same_amount(qty, maximum))
    ledger.test("purchases", ok, f"{name}: quantity {qty:g} is no multiple of {step:g}")
    if maximum > 0 and maximum >= low:
        ledger.test("purchases", qty <= maximum + EPS, f"{name}: quantity {qty:g} is above the maximum {maximum:g}")


def check_purchase_dates(
    case: Case, ledger: Ledger, name: str, item: Item, source: Row, order_by: float, due: float
) -> None:
    ordered = case.clock.day(order_by)
    lead = number(source.get("lead_time_days"), item.lead_days)
    is_today = math.isfinite(case.now) and ordered == case.clock.day(case.now)
    # Reading: an order is placed on a day, so today's date is not before now.
    ok = order_by >= case.now - MINUTE or is_today
    ledger.test("purchases", ok, f"{name}: order_by {case.show(order_by)} lies before now")
    supplier = case.factory.suppliers.get(source.get("supplier", ""), {}).get("calendar", "")
    if supplier and not is_today:
        ok = is_open_day(case, supplier, ordered) or open_day_before(case, supplier, ordered) < case.now
        ledger.test("purchases", ok, f"{name}: {ordered} is a closed day of its supplier")
    arrival = purchase_arrival(case, ordered, lead, source, supplier)
    ok = due >= arrival - MINUTE
    ledger.test("purchases", ok, f"{name}: due {case.show(due)}, ordered {ordered} it arrives {case.show(arrival)}")


def is_open_day(case: Case, calendar: str, day: date) -> bool:
    midnight = case.clock.midnight
    return case.book.base(calendar).open_between(midnight(day), midnight(day + timedelta(days=1))) > 0


def open_day_before(case: Case, calendar: str, day: date) -> float:
    return case.book.base(calendar).last_open(case.clock.midnight(day))


def purchase_arrival(case: Case, ordered: date, lead: float, source: Row, supplier: str) -> float:
    """The earliest arrival that a reading of the lead time allows."""
    days = math.floor(lead + EPS)
    arrival_day = ordered + timedelta(days=days)
    part = max(0.0, lead - days) * DAY
    # Reading: without a supplier's calendar, working days cannot be told from calendar days.
    if source.get("lead_time_basis") == "working" and supplier:
        arrival_day = ordered
        for _ in range(3660):
            if days <= 0:
                break
            arrival_day += timedelta(days=1)
            days -= is_open_day(case, supplier, arrival_day)
    return max(case.book.plant.first_open(case.clock.midnight(arrival_day) + part), case.now)


# --------------------------------------------------------------------------------------------------------------------
# Rule 9: material


def check_material(case: Case, ledger: Ledger) -> None:
    """ "on-hand + receipts - issues = projected, at every instant" (P1), never below zero.

    Components leave at the setup_start of the step that consumes them, order lines at their completion; work orders
    deliver at the end of their last operation and move. Buffered items live on stock and open orders, on what the plan
    itself makes or buys, and on the replenishment of `buffers.csv`.
    """
    events: dict[str, list[tuple[float, int, float, str]]] = defaultdict(list)

    def supply(item: str, at: float, qty: float, what: str) -> None:
        events[item].append((at - MINUTE, 0, qty, what))

    def demand(item: str, at: float, qty: float, what: str) -> None:
        events[item].append((at, 1, -qty, what))

    for lot in case.lots:
        supply(lot.item, lot.available, lot.qty, f"stock {lot.name}")
    for po in case.purchase_orders:
        supply(po.item, po.available, po.qty, f"purchase order {po.name}")
    for purchase in case.plan.purchases:
        if purchase.action in {"order", "increase"} and purchase.due is not None:
            supply(purchase.item, purchase.due, purchase.qty, f"purchase {purchase.po}")
    for wo in case.work_orders.values():
        if wo.item not in case.factory.items:
            continue
        supply(wo.item, case.available(wo)[0], wo.good_qty, f"work order {wo.name}")
        for component in case.components(wo):
            if component.is_byproduct:
                ends = [wo.operations[s].end for s in component.steps if s in wo.operations] or [wo.end]
                supply(component.item, min(ends), component.high, f"by-product of {wo.name}")
            elif component.low > 0:
                demand(component.item, consumption_time(wo, component), component.low, f"work order {wo.name}")
    for line in case.plan.lines:
        known = case.factory.order_lines.get(line.key)
        item = case.factory.items.get(line.item)
        if known and item and line.completion is not None and item.supply != "phantom":
            demand(line.item, line.completion, known.open_qty, f"order line {line.name}")
    add_buffer_supply(case, supply)
    for item_name, moves in sorted(events.items()):
        sweep_balance(case, ledger, item_name, moves)


def consumption_time(wo: WorkOrder, component: Component) -> float:
    """ "wanted at the setup_start of the step that consumes it"."""
    times = [wo.operations[step].setup_start for step in component.steps if step in wo.operations]
    return max(times, default=wo.start)


def add_buffer_supply(case: Case, supply: Callable[[str, float, float, str], None]) -> None:
    """Reading: what a buffer orders today arrives even if no row of the plan makes or buys it, and beyond its
    decoupled lead time a buffer replenishes itself, so a peg from the buffer that waits so long is good."""
    made: Counter[str] = Counter()
    for wo in case.work_orders.values():
        if wo.name not in case.factory.work_orders:
            made[wo.item] += wo.good_qty  # type: ignore[assignment]
    for purchase in case.plan.purchases:
        if purchase.action == "order":
            made[purchase.item] += purchase.qty  # type: ignore[assignment]
    for item, row in case.plan.buffers.items():
        ordered = (as_number(row["order_qty"]) or 0.0) - made[item]
        due = case.plan.stamp(row["due"]) if row["due"] else None
        if ordered > EPS and item in case.factory.buffered:
            replenished = case.now + (as_number(row["dlt_days"]) or 0.0) * DAY
            supply(item, due if due is not None else replenished, ordered, "the buffer's order")
    for peg in case.plan.pegs:
        row = case.plan.buffers.get(peg.item, {})
        replenished = case.now + (as_number(row.get("dlt_days", "")) or 0.0) * DAY
        if peg.supply_kind == "buffer" and peg.available is not None and peg.available >= replenished - DAY:
            supply(peg.item, peg.available, peg.qty, "the buffer")


def sweep_balance(case: Case, ledger: Ledger, item: str, moves: list[tuple[float, int, float, str]]) -> None:
    ledger.count("material", sum(1 for move in moves if move[1]))
    balance, lowest, first = 0.0, 0.0, ""
    for at, _, qty, what in sorted(moves):
        balance += qty
        if balance < -EPS * max(1.0, abs(qty)) - EPS and not first:
            first = f"{what} at {case.show(at)}"
        lowest = min(lowest, balance)
    if first:
        ledger.fault("material", f"{item} falls short, first for {first}, at worst by {-lowest:g}")


# --------------------------------------------------------------------------------------------------------------------
# Rule 10: pegs


def check_pegs(case: Case, ledger: Ledger) -> None:
    """ "sum of pegs of a supply <= its quantity; of a demand = its quantity; pegging is acyclic" (2.4, P2)."""
    for peg in case.plan.pegs:
        ledger.test("pegs", peg.qty > 0, f"{peg.name} has quantity {peg.qty:g}")
    check_peg_supplies(case, ledger)
    check_peg_demands(case, ledger)
    check_peg_times(case, ledger)
    check_peg_cycles(case, ledger)
    check_reservations(case, ledger)


def check_peg_supplies(case: Case, ledger: Ledger) -> None:
    """No supply gives more than it has."""
    given: dict[tuple[str, str, str], float] = defaultdict(float)
    for peg in case.plan.pegs:
        if peg.supply_kind == "stock":
            given["stock", "", peg.item] += peg.qty
            if any(lot.name == peg.supply for lot in case.lots_of[peg.item]):
                given["lot", peg.supply, peg.item] += peg.qty
        elif peg.supply_kind != "buffer":
            given[peg.supply_kind, peg.supply, peg.item] += peg.qty
    for (kind, name, item), qty in given.items():
        limit = supply_quantity(case, kind, name, item)
        label = " ".join(part for part in (kind, name) if part)
        ok = qty <= limit + EPS * max(1.0, qty)
        ledger.test("pegs", ok, f"{label} of {item} is pegged for {qty:g} and has {limit:g}")


def supply_quantity(case: Case, kind: str, name: str, item: str) -> float:
    if kind == "stock":
        return sum(lot.qty for lot in case.lots_of[item])
    if kind == "lot":
        return sum(lot.qty for lot in case.lots_of[item] if lot.name == name)
    if kind == "purchase":
        rows = (p for p in case.plan.purchase_rows.get(name, []) if p.item == item and p.action == "order")
        return sum(purchase.qty for purchase in rows)
    if kind == "po":
        peg = Peg(0, kind, name, "", "", "", item, 0.0, None)
        changes = [p for p in case.plan.purchase_rows.get(name, []) if p.item == item]
        if any(p.action == "cancel" for p in changes):
            return 0.0
        more = sum(p.qty for p in changes if p.action == "increase")
        return sum(po.qty for po in case.purchase_order_lines(peg)) + more
    wo = case.work_orders.get(name)
    if wo is None:
        return 0.0
    own = wo.good_qty if wo.item == item else 0.0
    return own + sum(c.high for c in case.components(wo) if c.is_byproduct and c.item == item)


def check_peg_demands(case: Case, ledger: Ledger) -> None:
    """Every planned line and every component of a work order is pegged for what it requires, no more and no less."""
    to_lines: dict[tuple[LineKey, str], float] = defaultdict(float)
    to_orders: dict[tuple[str, str], float] = defaultdict(float)
    for peg in case.plan.pegs:
        if peg.demand_kind == "wo":
            to_orders[peg.demand, peg.item] += peg.qty
            continue
        key = case.demand_line(peg)
        ledger.test("pegs", key is not None, f"{peg.name} is for no order line")
        if key is not None:
            to_lines[key, peg.item] += peg.qty
    for line in case.plan.lines:
        known, item = case.factory.order_lines.get(line.key), case.factory.items.get(line.item)
        if line.status == "unplanned" or known is None or item is None or item.supply == "phantom":
            continue
        got = to_lines.get((line.key, line.item), 0.0)
        ok = same_amount(got, known.open_qty)
        wanted = f"{known.open_qty:g} of {line.item}"
        ledger.test("pegs", ok, f"order line {line.name} is pegged for {got:g}, requires {wanted}")
    for key, item_name in to_lines:
        known = case.factory.order_lines[key]
        phantom = case.factory.items.get(known.item)
        ok = item_name == known.item or (phantom is not None and phantom.supply == "phantom")
        ledger.test("pegs", ok, f"order line {known.name} for {known.item} is pegged to {item_name}")
    check_component_pegs(case, ledger, to_orders)


def check_component_pegs(case: Case, ledger: Ledger, to_orders: dict[tuple[str, str], float]) -> None:
    required: dict[tuple[str, str], Span] = {}
    for wo in case.work_orders.values():
        if wo.item not in case.factory.items:
            continue
        raw: dict[str, list[Component]] = defaultdict(list)
        for component in case.components(wo):
            if not component.is_byproduct:
                raw[component.item].append(component)
        for item, parts in raw.items():
            required[wo.name, item] = (sum(part.low for part in parts), sum(part.high for part in parts))
    for key, (low, high) in required.items():
        got = to_orders.get(key, 0.0)
        ok = low - EPS * max(1.0, low) <= got <= high + EPS * max(1.0, high)
        ledger.test("pegs", ok, f"work order {key[0]} is pegged for {got:g} of {key[1]}, requires {low:g}")
    for key in to_orders:
        ledger.test("pegs", key in required, f"work order {key[0]} is pegged to {key[1]}, which it does not consume")


def check_peg_times(case: Case, ledger: Ledger) -> None:
    """ "no work order starts before its pegged supplies are available" (P3), at the step that consumes them."""
    completions = {line.key: line.completion for line in case.plan.lines if line.completion is not None}
    for peg in case.plan.pegs:
        actual = supply_time(case, peg)
        if peg.available is not None and actual is not None:
            ok = peg.available >= actual - MINUTE
            ledger.test("pegs", ok, f"{peg.name} says available {case.show(peg.available)}, it is {case.show(actual)}")
        wo = case.work_orders.get(peg.demand) if peg.demand_kind == "wo" else None
        if peg.demand_kind == "wo" and (wo is None or wo.item not in case.factory.items):
            ledger.test("pegs", False, f"{peg.name} is for no work order of the plan")
        available = max(peg.available or -FOREVER, actual if actual is not None else -FOREVER)
        key = case.demand_line(peg) if peg.demand_kind == "order" else None
        if key is not None and key in completions:
            ok = available <= completions[key] + MINUTE
            done = case.show(completions[key])
            ledger.test("pegs", ok, f"{peg.name} is available {case.show(available)}, the line is complete {done}")
        if wo is None or wo.item not in case.factory.items or not math.isfinite(available):
            continue
        used = consumption_of(case, wo, peg)
        if used is None:
            ledger.test("pegs", False, f"{peg.name} names step {peg.step}, which does not consume it")
            continue
        ok = available <= used + MINUTE
        ledger.test("pegs", ok, f"{peg.name} is available {case.show(available)}, the step begins {case.show(used)}")
        lot = next((lot for lot in case.lots_of[peg.item] if lot.name == peg.supply), None)
        if peg.supply_kind == "stock" and lot is not None:
            ledger.test("pegs", used <= lot.expires + MINUTE, f"{peg.name} is used after it expires")


def consumption_of(case: Case, wo: WorkOrder, peg: Peg) -> float | None:
    """The setup_start at which a work order uses what a peg brings; None when the named step does not use it."""
    steps = [step for part in case.components(wo) if part.item == peg.item for step in part.steps]
    if not steps or not wo.operations:
        return wo.start
    named = as_number(peg.step)
    if named is not None and int(named) not in steps:
        return None
    at = [int(named)] if named is not None else steps
    times = [wo.operations[step].setup_start for step in at if step in wo.operations]
    return max(times, default=wo.start)


def supply_time(case: Case, peg: Peg) -> float | None:
    """When a pegged supply is there by our own account; None where that cannot be told."""
    if peg.supply_kind == "wo" and peg.supply in case.work_orders:
        wo = case.work_orders[peg.supply]
        if wo.item == peg.item:
            return case.available(wo)[0]
    if peg.supply_kind == "purchase":
        dues = [p.due for p in case.plan.purchase_rows.get(peg.supply, []) if p.item == peg.item and p.due is not None]
        return min(dues, default=None)
    if peg.supply_kind == "po":
        return min((po.available for po in case.purchase_order_lines(peg)), default=None)
    if peg.supply_kind == "stock":
        same = case.lots_of[peg.item]
        named = [lot for lot in same if lot.name == peg.supply]
        return min((lot.available for lot in named or same), default=None)
    return None


def check_peg_cycles(case: Case, ledger: Ledger) -> None:
    """No work order supplies itself, directly or through others."""
    feeds: dict[str, list[str]] = defaultdict(list)
    for peg in case.plan.pegs:
        if peg.supply_kind == "wo" and peg.demand_kind == "wo":
            feeds[peg.supply].append(peg.demand)
    waiting = Counter(demand for demands in feeds.values() for demand in demands)
    ready = [name for name in feeds if not waiting[name]]
    while ready:
        for demand in feeds.get(ready.pop(), []):
            waiting[demand] -= 1
            if not waiting[demand]:
                ready.append(demand)
    stuck = sorted(name for name, n in waiting.items() if n > 0)
    ledger.test("pegs", not stuck, f"pegs run in a circle through {', '.join(stuck[:5])}")


def check_reservations(case: Case, ledger: Ledger) -> None:
    """Stock with reserved_for serves that order only: what others take must fit the stock that is not reserved."""
    open_orders = {line.order for line in case.factory.order_lines.values() if line.is_open}
    reserved = {lot.item for lot in case.lots if lot.reserved_for in open_orders}
    if not reserved:
        return
    feeds: dict[str, list[Peg]] = defaultdict(list)
    for peg in case.plan.pegs:
        if peg.supply_kind == "wo":
            feeds[peg.supply].append(peg)

    def orders_behind(peg: Peg) -> set[str]:
        found, todo, seen = set[str](), [peg], set[int]()
        while todo:
            current = todo.pop()
            if current.row in seen:
                continue
            seen.add(current.row)
            if current.demand_kind == "order":
                key = case.demand_line(current)
                found.add(key[0] if key else current.demand)
            else:
                todo += feeds.get(current.demand, [])
        return found

    for item in sorted(reserved):
        holders = {lot.reserved_for for lot in case.lots_of[item] if lot.reserved_for in open_orders}
        free = sum(lot.qty for lot in case.lots_of[item] if lot.reserved_for not in open_orders)
        taken = sum(
            peg.qty
            for peg in case.plan.pegs
            if peg.supply_kind == "stock" and peg.item == item and not orders_behind(peg) & holders
        )
        ok = taken <= free + EPS * max(1.0, taken)
        ledger.test("pegs", ok, f"{taken:g} of {item} in stock go to orders it is not reserved for, {free:g} are free")


# --------------------------------------------------------------------------------------------------------------------
# Rules 11 and 12: completion, quantities, sums


def check_completion(case: Case, ledger: Ledger) -> None:
    """ "A line is complete at the end of its last operation and move, or when its stock or purchase is there; with
    ship_complete, all lines of the order at the latest of them"."""
    pegs: dict[LineKey, list[Peg]] = defaultdict(list)
    for peg in case.plan.pegs:
        key = case.demand_line(peg) if peg.demand_kind == "order" else None
        if key is not None:
            pegs[key].append(peg)
    spans = {line.key: line_span(case, pegs[line.key]) for line in case.plan.lines if line.status != "unplanned"}
    for lines in case.lines_of_order.values():
        known = [case.factory.order_lines[line.key] for line in lines if line.key in case.factory.order_lines]
        together = any(line.ship_complete for line in known)
        joint = [span for line in lines if (span := spans.get(line.key)) is not None]
        for line in lines:
            span = spans.get(line.key)
            if span is None or line.completion is None or line.key not in case.factory.order_lines:
                continue
            if together:
                span = (max(a for a, _ in joint), max(b for _, b in joint))
            bound_by = known if together else [case.factory.order_lines[line.key]]
            latest = max(span[1], *(delay for one in bound_by for delay in allowed_delays(case, one, span[1])))
            ok = span[0] - MINUTE <= line.completion <= latest + MINUTE
            what = "the order is complete" if together else "its supplies are there"
            said = case.show(line.completion)
            ledger.test("completion", ok, f"line {line.name} is complete {said}, but {what} {case.show(span[0])}")
        check_covered(case, ledger, lines, pegs)


def line_span(case: Case, pegs: list[Peg]) -> Span | None:
    """Earliest and latest reading of when the last of a line's supplies is there; None where one cannot be told."""
    low, high = case.now, case.now
    if not pegs:
        return None
    for peg in pegs:
        if peg.supply_kind == "wo" and peg.supply in case.work_orders:
            a, b = case.available(case.work_orders[peg.supply])
        else:
            at = peg.available if peg.supply_kind == "buffer" else supply_time(case, peg)
            if at is None:
                return None
            a = b = at
            if peg.supply_kind in {"stock", "po"} and peg.available is not None:
                b = max(b, peg.available)  # Reading: a planner may date stock and receipts later than we do.
        low, high = max(low, a), max(high, b)
    # Reading: what is there in closed time is delivered then, or when the factory opens.
    opens = case.book.plant.first_open(high)
    return low, opens if math.isfinite(opens) else high


def allowed_delays(case: Case, line: OrderLine, latest: float) -> list[float]:
    """Reading: a line is not delivered before its `earliest`, and a customer's delivery buffer may be added."""
    rows = (row for row in case.factory.tables["customers"] if row["customer"] == line.customer)
    buffer = max((number(row.get("delivery_buffer_min")) for row in rows), default=0.0)
    delays = [latest + buffer, case.book.plant.advance(latest, buffer)]
    if line.earliest:
        delays += [case.clock.read(line.earliest), *demand_dues(case, line.earliest), case.receipt(line.earliest)]
    return [delay for delay in delays if math.isfinite(delay)]


def check_covered(case: Case, ledger: Ledger, lines: list[PlannedLine], pegs: dict[LineKey, list[Peg]]) -> None:
    """ "`covered` (from stock)": nothing else supplies it."""
    for line in lines:
        if line.status == "covered":
            others = {peg.supply_kind for peg in pegs[line.key]} - {"stock", "buffer"}
            ledger.test("completion", not others, f"line {line.name} is covered, but from {', '.join(sorted(others))}")


def check_quantities(case: Case, ledger: Ledger) -> None:
    """ "started = good / yields, rounded up to the item's decimals"; minimum, multiple and maximum of make items."""
    for wo in case.work_orders.values():
        item = case.factory.items.get(wo.item)
        if item is None or wo.name in case.factory.work_orders:
            continue  # what is open already keeps its own quantity
        ledger.test("quantities", item.supply == "make", f"{wo.name} makes {wo.item}, which is a {item.supply} item")
        recipe = case.recipe(wo)
        first = min(recipe.steps, default=None)
        totals = recipe.rest_yields[first] if first is not None else (item.yield_,)
        ok = any(started_fits(wo, total, item.decimals) for total in totals)
        claim = f"{wo.name} starts {wo.qty:g} for {wo.good_qty:g} good"
        ledger.test("quantities", ok, f"{claim} at a yield of {totals[0]:g}")
        minimum, multiple, maximum = item.lot
        # Reading: the lot rules bind what is started or what is good.
        both = (wo.qty, wo.good_qty)
        ledger.test("quantities", max(both) >= minimum - EPS, f"{wo.name} is below the minimum {minimum:g}")
        ok = any(is_multiple(qty, multiple) for qty in both) or (maximum > 0 and maximum in both)
        ledger.test("quantities", ok, f"{wo.name} starts {wo.qty:g}, no multiple of {multiple:g}")
        ok = maximum <= 0 or maximum < minimum or min(both) <= maximum + EPS
        ledger.test("quantities", ok, f"{wo.name} starts {wo.qty:g}, above the maximum {maximum:g}")


def started_fits(wo: WorkOrder, total_yield: float, decimals: int) -> bool:
    """Reading: a quantity started for a lot rule leaves a good quantity rounded down, or as it comes."""
    exact = same_amount(wo.qty, round_up(wo.good_qty / total_yield, decimals))
    scale = 10**decimals
    down = same_amount(wo.good_qty, math.floor(wo.qty * total_yield * scale + EPS) / scale)
    return wo.qty > 0 and wo.good_qty <= wo.qty * total_yield + 1e-3 and (exact or down)


def check_work_orders(case: Case, ledger: Ledger) -> None:
    """work_orders.csv start and end agree with its operations; one without routing takes its lead time."""
    for wo in case.work_orders.values():
        if wo.item not in case.factory.items:
            continue
        if not wo.operations:
            days = (case.clock.day(wo.end) - case.clock.day(wo.start)).days
            # Reading: calendar or working days, the first and the last may both count.
            ok = wo.name in case.factory.work_orders or days >= math.ceil(case.factory.items[wo.item].lead_days) - 1
            ledger.test("work-orders", ok, f"{wo.name} without routing takes {days} days, less than its lead time")
            continue
        recipe, ops = case.recipe(wo), wo.operations.values()
        start, end = min(op.setup_start for op in ops), max(op.end for op in ops)
        ok = abs(wo.start - start) <= MINUTE
        ledger.test("work-orders", ok, f"{wo.name} starts {case.show(wo.start)}, its operations {case.show(start)}")
        # Reading: an order ends with its last operation, or after that one's wait and move.
        ends = [end, *case.available(wo), max(op.end + recipe.steps[op.step].wait_min for op in ops)]
        ok = any(abs(wo.end - value) <= MINUTE for value in ends)
        ledger.test("work-orders", ok, f"{wo.name} ends {case.show(wo.end)}, its operations {case.show(end)}")
    for name in case.plan.unscheduled:
        ok = case.factory.work_orders.get(name, {}).get("status") in IDLE
        ledger.test("work-orders", ok, f"{name} has no start or no end")
    for name, row in case.factory.work_orders.items():
        wanted = number(row["qty"]) - number(row.get("completed_qty")) - number(row.get("scrapped_qty")) > EPS
        if row.get("status") in {"firm", "released", "started"} and wanted and row["item"] in case.factory.items:
            ledger.test("work-orders", name in case.work_orders, f"open work order {name} is not in the plan")


def check_options(case: Case, ledger: Ledger) -> None:
    """A work order that serves an order line directly is made with the options that line asks for."""
    for peg in case.plan.pegs:
        if peg.supply_kind != "wo" or peg.demand_kind != "order" or peg.supply not in case.work_orders:
            continue
        key = case.demand_line(peg)
        wanted = case.factory.order_lines[key].options if key else {}
        have = parse_options(case.work_orders[peg.supply].options)
        wrong = [name for name, value in wanted.items() if have.get(name, value) != value]
        if wanted:
            other = ", ".join(wrong)
            ledger.test("quantities", not wrong, f"{peg.supply} is made with another {other} than {peg.demand} asks")


def check_kpis(case: Case, ledger: Ledger) -> None:
    """kpis.json counts agree with orders.csv."""
    kpis, lines = case.plan.documents["kpis.json"], case.plan.lines
    by_status = Counter(line.status for line in lines)
    on_time, covered, late = by_status["on_time"], by_status["covered"], by_status["late"]
    tardy = [max(0.0, (line.completion or 0.0) - line.due) / DAY for line in lines if line.completion is not None]
    weighted = [
        max(0.0, line.completion - line.due) / DAY * line.weight for line in lines if line.completion is not None
    ]
    signed = [(line.completion - line.due) / DAY for line in lines if line.completion is not None]
    # Reading: covered lines are on time, or a count of their own; percentages of all lines or of the planned ones.
    kept = {on_time, on_time + covered}
    bases = {n for n in (len(lines), on_time + covered + late) if n}
    shares = {100 * k / n for k in kept for n in bases} or {0.0, 100.0}
    expected: dict[str, tuple[set[float], float]] = {
        "orders": ({len(lines), len({line.key[0] for line in lines})}, 0.0),
        "lines_on_time": (set(map(float, kept)), 0.0),
        "lines_late": ({late}, 0.0),
        "lines_unplanned": ({by_status["unplanned"]}, 0.0),
        "on_time_pct": (shares, 0.06),
        "total_tardiness_days": ({sum(tardy)}, 0.01 + 0.001 * sum(tardy)),
        "weighted_tardiness_days": ({sum(weighted)}, 0.01 + 0.001 * sum(weighted)),
        "max_lateness_days": ({max(signed, default=0.0), max(tardy, default=0.0)}, 0.01),
    }
    for name, (values, slack) in expected.items():
        stated = kpis.get(name)
        ok = isinstance(stated, int | float) and any(abs(stated - value) <= slack + EPS for value in values)
        shown = " or ".join(f"{value:g}" for value in sorted(values))
        ledger.test("kpis", ok, f"{name} is {stated}, orders.csv makes it {shown}")


def check_certificate(case: Case, ledger: Ledger) -> None:
    """ "violations (list; empty in a published plan)"; what was checked is named with how many instances."""
    certificate = case.plan.documents["certificate.json"]
    violations = certificate.get("violations")
    ledger.test("certificate", violations == [], f"the certificate lists violations: {str(violations)[:200]}")
    ledger.test("certificate", bool(certificate.get("checked")), "the certificate names nothing that was checked")


# --------------------------------------------------------------------------------------------------------------------
# Rule 13: what people pinned, began and finished


def check_pinned(case: Case, ledger: Ledger) -> None:
    """ "start (where a locked step is pinned)"; a started step "stays, remaining = operator's estimate"."""
    for (name, step), row in case.factory.progress.items():
        wo = case.work_orders.get(name)
        op = wo.operations.get(step) if wo else None
        if op is None:
            continue
        if case.is_pinned(op) and row.get("status") not in {"done", "started", "paused"}:
            at = case.clock.read(row["start"])
            # Reading: the pin holds the start of the setup or of the run.
            ok = min(abs(op.setup_start - at), abs(op.start - at)) <= MINUTE
            ledger.test("pinned", ok, f"{op.name} is locked at {case.show(at)} and planned {case.show(op.setup_start)}")
            ok = not row.get("resource") or row["resource"] == op.resource
            ledger.test("pinned", ok, f"{op.name} is locked on {row['resource']} and planned on {op.resource}")
        if row.get("status") in {"started", "paused"} and case.is_scheduled(op):
            check_started(case, ledger, op, row)


def check_started(case: Case, ledger: Ledger, op: Operation, row: Row) -> None:
    """A started step comes first on its resource, with its remaining work from now."""
    calendar = case.phase_calendars(op)[1]
    is_started = row["status"] == "started"
    if is_started:
        ok = not row.get("resource") or row["resource"] == op.resource
        ledger.test("pinned", ok, f"{op.name} has begun on {row['resource']} and is planned on {op.resource}")
        # Reading: its start is now, the first open instant after it, or when it really began.
        ok = op.setup_start <= calendar.first_open(case.now) + MINUTE
        ledger.test("pinned", ok, f"{op.name} has begun and is planned to go on {case.show(op.setup_start)}")
    from_ = max(op.setup_start, case.now)
    ranges = remaining_work(case, op, row)
    # Reading: the estimate is minutes of work, or of open time at the machine.
    done = [calendar.work_between(from_, op.end) * case.efficiency(op), calendar.open_between(from_, op.end)]
    ok = not ranges or any(within(value, range_) for value in done for range_ in ranges)
    ledger.test("pinned", ok, f"{op.name} has {done[0]:.1f} min from now, {ranges[0][0] if ranges else 0:.1f} remain")


def remaining_work(case: Case, op: Operation, row: Row) -> list[Span]:
    """ "remaining = (qty - good) x run (+ setup if not done) or operator's estimate; never negative"."""
    found: list[Span] = []
    for mode in case.modes_on(op):
        if mode.setup_min is None or mode.run_min is None:
            return []
        matrix = case.factory.matrices.get(case.factory.resources[op.resource].matrix, {})
        again = mode.setup_min + max(matrix.values(), default=0.0)
        if row.get("remaining_min"):
            left = number(row["remaining_min"])
            # Reading: a paused step may need its setup again.
            found.append((left, left + (again if row["status"] == "paused" else 0.0)))
            continue
        step, per = case.step(op), mode.run_min * mode.run_factor
        made = number(row.get("good_qty"))
        scrapped = number(row.get("scrapped_qty"))
        # Reading: what remains is of the order's quantity, or of what earlier yields leave of it.
        rest = max(
            0.0,
            min([case.work_orders[op.wo].qty, *case.step_quantities(case.work_orders[op.wo], op.step)])
            - made
            - scrapped,
        )
        most = max(0.0, number(case.factory.work_orders.get(op.wo, {}).get("qty"), rest), rest)
        found.append((rest * per if not step.per_lot else 0.0, (step.fixed_min or 0.0) + again + max(per, most * per)))
    return found


# --------------------------------------------------------------------------------------------------------------------
# All together

RULES: tuple[Callable[[Case, Ledger], None], ...] = (
    check_order_lines,
    check_due_dates,
    check_lateness,
    check_work,
    check_stretch,
    check_eligibility,
    check_capacity,
    check_steps,
    check_precedence,
    check_subcontracting,
    check_now,
    check_purchases,
    check_material,
    check_pegs,
    check_completion,
    check_quantities,
    check_work_orders,
    check_options,
    check_kpis,
    check_certificate,
    check_pinned,
)


def readings(factory: Factory) -> list[Reading]:
    """The readings of the calendar files that differ for this factory, the plain one first."""
    rows = factory.tables["calendar_exceptions"]
    found = [Reading()]
    by_name = group_by(rows, "calendar")
    mixed = any(len({yes(row["open"]) for row in group}) == 2 for group in by_name.values())
    if mixed and any_overlap(factory, by_name):
        found += [replace(reading, open_wins=True) for reading in found]
    if any(yes(row["open"]) for row in rows) and any(
        number(row.get("efficiency"), 1.0) != 1.0 for row in factory.tables["calendars"]
    ):
        found += [replace(reading, overtime_sets_rate=True) for reading in found]
    closures = [*rows, *factory.tables["downtime"]]
    if any(is_bare_date(row.get("end", "")) and row["end"] != row["start"] for row in closures):
        found += [replace(reading, end_date_inclusive=True) for reading in found]
    return found


def any_overlap(factory: Factory, by_name: dict[str, list[Row]]) -> bool:
    """Whether an opening and a closing exception of one calendar touch, end dates read generously."""
    for rows in by_name.values():
        spans = [(yes(r["open"]), factory.clock.read(r["start"]), factory.clock.read(r["end"]) + DAY) for r in rows]
        for one, two in itertools.combinations(spans, 2):
            if one[0] != two[0] and one[1] < two[2] and two[1] < one[2]:
                return True
    return False


def examine(factory_folder: Path, plan_folder: Path) -> Ledger:
    """Check everything under the reading of the calendars that suits the plan best."""
    factory = Factory(factory_folder)
    form = Ledger()
    plan = Plan(plan_folder, factory.clock, form)
    if not plan.is_readable:
        return form
    best: Ledger | None = None
    for reading in readings(factory):
        ledger = Ledger()
        ledger.checked.update(form.checked)
        ledger.violations += form.violations
        case = Case(factory, plan, reading)
        for rule in RULES:
            rule(case, ledger)
        if best is None or len(ledger.violations) < len(best.violations):
            best = ledger
        if not best.violations:
            break
    assert best is not None
    return best


def recheck(factory: Path, plan: Path) -> list[str]:
    """Every violation of the specification in a plan, as one readable sentence each; none for a good plan."""
    return examine(Path(factory), Path(plan)).violations


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Re-check a plan folder against its factory folder.")
    parser.add_argument("factory", type=Path)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--max", type=int, default=50, help="violations to print (50)")
    chosen = parser.parse_args(arguments)
    ledger = examine(chosen.factory, chosen.plan)
    broken = Counter(sentence.split(":", 1)[0] for sentence in ledger.violations)
    print(f"{'rule':<14}{'checked':>10}{'violations':>12}")
    for rule in sorted({*ledger.checked, *broken}):
        print(f"{rule:<14}{ledger.checked[rule]:>10}{broken[rule]:>12}")
    for sentence in ledger.violations[: chosen.max]:
        print(sentence)
    if len(ledger.violations) > chosen.max:
        print(f"... and {len(ledger.violations) - chosen.max} more")
    return 1 if ledger.violations else 0


if __name__ == "__main__":
    sys.exit(main())
