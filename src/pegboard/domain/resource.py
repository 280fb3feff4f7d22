"""Resources, skills, calendars with their exceptions, changeover matrices and downtime."""

from typing import Literal

from pegboard.domain.record import ClockMin, Ids, Moment, Record, Weekdays


class Resource(Record, frozen=True, kw_only=True):
    """A machine, person, tool or space. `capacity` counts operations, or units for labour and space.

    A tool needs `travel_min` elapsed minutes between uses beside different primary resources. After
    `maintenance_hours` of work or `maintenance_cycles` operations it is maintained for `maintenance_min` of its open
    time, before the operation that would exceed them; `used_hours` and `used_cycles` have passed since the last time.
    """

    resource: str
    name: str = ""
    kind: Literal["machine", "labour", "tool", "space"] = "machine"
    group: Ids = ()
    calendar: str = ""
    capacity: float = 1.0
    efficiency: float = 1.0
    cost_per_hour: float | None = None
    finite: bool = True
    changeover: str = ""
    initial_family: str = ""
    travel_min: float = 0.0
    maintenance_hours: float | None = None
    maintenance_cycles: int | None = None
    maintenance_min: float = 0.0
    used_hours: float = 0.0
    used_cycles: int = 0


class Skill(Record, frozen=True, kw_only=True):
    """A resource has a skill, until the end of `valid_to` where that is given."""

    resource: str
    skill: str
    level: float | None = None
    valid_to: Moment | None = None


class Shift(Record, frozen=True, kw_only=True):
    """Open hours of a calendar on some weekdays, local wall time; `end` at or before `start` passes midnight."""

    calendar: str
    weekday: Weekdays
    start: ClockMin
    end: ClockMin
    efficiency: float = 1.0


class CalendarException(Record, frozen=True, kw_only=True):
    """A stretch in which a calendar, or one resource, is open or closed against its weekly pattern."""

    calendar: str
    start: Moment
    end: Moment
    open: bool
    reason: str = ""


class Changeover(Record, frozen=True, kw_only=True):
    """Minutes to change a resource over between two families; `*` stands for any, the most specific row wins."""

    changeover: str
    from_: str
    to: str
    minutes: float
    cost: float | None = None


class Downtime(Record, frozen=True, kw_only=True):
    """A stretch in which one resource cannot work."""

    resource: str
    start: Moment
    end: Moment
    reason: str = ""
