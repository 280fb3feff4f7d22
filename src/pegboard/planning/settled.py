"""What changes set: fields of records and the values they take, so that two that disagree can be told."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pegboard.domain import change as c
from pegboard.planning.changing.capacity import as_exception

WHOLE = ""
"""The field that stands for all fields of a record."""

_NAMES = ("order", "line", "resource", "calendar", "po", "supplier", "item", "lot", "wo", "step", "operation")
"""Fields of changes that name the record; the others are what is set."""
_NAMED_BY: dict[type[c.Change], tuple[str, ...]] = {
    c.AddOrder: ("order", "line"),
    c.Pin: ("operation",),
    c.ReportProgress: ("wo", "step"),
}
"""The same for changes that set some of these fields."""
_WITHIN = ("start", "kind", "open")
"""Fields that tell one stretch of time, or one factor, of a record from another."""
_SETS = {
    c.SetQuantity: "quantity",
    c.SetDue: "due date",
    c.SetPriority: "priority",
    c.AddOrder: WHOLE,
    c.CancelOrder: WHOLE,
    c.HoldOrder: "status",
    c.ReleaseOrder: "status",
    c.ResourceDown: "downtime",
    c.AddException: "calendar",
    c.SupplierDelay: "delay",
    c.SetLeadTime: "lead time",
    c.CorrectStock: "stock",
    c.Pin: "pin",
    c.Unpin: "pin",
    c.Lock: "lock",
    c.Unlock: "lock",
    c.ReportProgress: "progress",
    c.AdjustBuffer: "buffer",
}


class Field(NamedTuple):
    """A field of a record of some kind; a record that is named by less, as an order without line, stands for more."""

    kind: str
    record: str
    name: str

    def __str__(self) -> str:
        return f"{self.record}: {self.name}" if self.name else self.record


class Setting(NamedTuple):
    """The value of a field, and the change that set it."""

    value: Any
    entry: c.Entry


def fields(change: c.Change) -> Iterator[tuple[Field, Any]]:
    """The fields that a change sets, with their values. Added units of a resource set nothing: they add up."""
    if isinstance(change, c.AddUnits):
        return
    if isinstance(change, c.Overtime):
        change = as_exception(change)
    names = _NAMED_BY.get(type(change), tuple(n for n in _NAMES if n in change.__struct_fields__))
    named = {name: str(value) for name in names if (value := getattr(change, name)) != ""}
    kind, record = next(iter(named), ""), "/".join(named.values())
    if isinstance(change, c.SetOptions):
        yield from ((Field(kind, record, f"option {name}"), value) for name, value in change.options)
        return
    within = [f"{value}" for name in _WITHIN if (value := getattr(change, name, None)) is not None]
    said = tuple(getattr(change, f) for f in change.__struct_fields__ if f not in {*names, *_WITHIN, "reason"})
    yield Field(kind, record, " ".join([_SETS[type(change)], *within])), (type(change), *said)


def disagreements(mine: Sequence[c.Entry], theirs: Sequence[c.Entry]) -> Iterator[tuple[Field, c.Entry, c.Entry]]:
    """Fields that both set to different values, with the last change of either that does."""
    alike: dict[tuple[str, str], list[tuple[Field, Setting]]] = defaultdict(list)
    for field, was in _settled(mine).items():
        alike[field.kind, field.record.partition("/")[0]].append((field, was))
    for field, now in _settled(theirs).items():
        for other, was in alike.get((field.kind, field.record.partition("/")[0]), ()):
            if _overlap(field, other) and was.value != now.value:
                yield max(field, other, key=lambda f: (f.name != WHOLE, len(f.record))), was.entry, now.entry


def _settled(entries: Sequence[c.Entry]) -> dict[Field, Setting]:
    """Each field that the changes set, with the last value it takes."""
    return {field: Setting(value, entry) for entry in entries for field, value in fields(entry.change)}


def _overlap(one: Field, other: Field) -> bool:
    """Whether two fields are the same one, or one is part of the other."""
    short, long = sorted((one.record, other.record), key=len)
    records = short == long or long.startswith(f"{short}/")
    return records and (one.name == other.name or WHOLE in (one.name, other.name))
