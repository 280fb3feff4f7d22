"""Changes as people type them: `SO-1.qty=12`, `down=SAW@2026-06-08T08:00..2026-06-09`, or JSON as in `changes.jsonl`.

Each form is turned into the fields of a change; what the values mean is decided where all changes are read. What the
forms do not say is left to JSON.
"""

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.change import Change
from pegboard.domain.finding import Finding, error
from pegboard.exchange.change_fields import read_entry
from pegboard.exchange.report import closest, shown

Fields = dict[str, Any]

_OF_ORDER = re.compile(r"(?P<name>[^=]+?)\.(?:(?P<field>qty|due|priority)|options\.(?P<option>[^=]+))=(?P<value>.*)")
_SPAN = re.compile(r"(?P<name>.+?)@(?P<start>[^@]+?)(?:\.\.(?P<end>[^@]+))?")
_SIGNED = re.compile(r"(?P<name>.+?)(?P<by>[+-][0-9]+(?:[.,][0-9]+)?)")
_SET = re.compile(r"(?P<name>[^=]+)=(?P<value>[^=]+)")
_PIN = re.compile(r"(?P<name>[^@]+)@(?:(?P<resource>[^@]+)@)?(?P<start>[^@]+)")
_ADD = re.compile(r"(?P<order>[^:]+):(?P<item>.+):(?P<qty>[^:@]+)@(?P<due>.+)")
_BUFFER = re.compile(r"(?P<item>.+)\.(?P<kind>adu|lead_time|red|yellow|green)\*(?P<factor>[^@]+)@(?P<span>.+)")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}")


def read_change(text: str, zone: ZoneInfo) -> tuple[Change | None, list[Finding]]:
    """The change that a text says; None where it says none, with every reason."""
    try:
        fields = _fields(text.strip())
    except msgspec.DecodeError as wrong:
        return None, [_unreadable(text, f"it is no JSON: {wrong}")]
    if fields is None:
        return None, [_unreadable(text, "no form fits it")]
    entry, findings = read_entry(fields, zone)
    return None if entry is None else entry.change, [msgspec.structs.replace(f, subject=text) for f in findings]


def _fields(text: str) -> Fields | None:
    if text.startswith("{"):
        found = msgspec.json.decode(text)
        return found if isinstance(found, dict) else None
    word, _, rest = text.partition("=")
    if word in FORMS:
        return FORMS[word][0](rest.strip())
    found_order = _OF_ORDER.fullmatch(text)
    return _of_order(found_order) if found_order else None


def _of_order(found: re.Match[str]) -> Fields:
    name, value = _line(found["name"]), found["value"].strip()
    if found["option"]:
        return {"change": "set_options", **name, "options": {found["option"]: value}}
    if found["field"] == "priority":
        return {"change": "set_priority", **name, "priority": value or None}
    kind = "set_quantity" if found["field"] == "qty" else "set_due"
    return {"change": kind, **name, found["field"]: value}


def _line(name: str) -> Fields:
    """`SO-1/10` as order and line, `SO-1` as an order."""
    order, _, line = name.strip().rpartition("/")
    return {"order": order, "line": line} if order else {"order": line}


def _named(change: str) -> Callable[[str], Fields | None]:
    return lambda rest: {"change": change, **_line(rest)} if rest else None


def _cancel(rest: str) -> Fields | None:
    name, _, wip = rest.partition(":")
    return {"change": "cancel_order", **_line(name), **({"wip": wip} if wip else {})} if name else None


def _add(rest: str) -> Fields | None:
    found = _ADD.fullmatch(rest)
    if not found:
        return None
    return {"change": "add_order", **_line(found["order"]), **{k: found[k] for k in ("item", "qty", "due")}}


def _stretch(change: str, of: str, **more: Any) -> Callable[[str], Fields | None]:
    def read(rest: str) -> Fields | None:
        found = _SPAN.fullmatch(rest)
        return {"change": change, of: found["name"], **_span(found["start"], found["end"]), **more} if found else None

    return read


def _span(start: str, end: str | None) -> Fields:
    """A stretch; an end that is a time of day is one of the day on which it starts, and no end means the whole day."""
    start, end = start.strip(), (end or start).strip()
    if _CLOCK.fullmatch(end) and len(start) > 10:
        end = start[:11] + end
    return {"start": start, "end": end}


def _signed(change: str, of: str, number: str) -> Callable[[str], Fields | None]:
    def read(rest: str) -> Fields | None:
        found = _SIGNED.fullmatch(rest)
        return {"change": change, of: found["name"], number: found["by"]} if found else None

    return read


def _lead(rest: str) -> Fields | None:
    if found := _SET.fullmatch(rest):
        number = {"days": found["value"]}
    elif found := _SIGNED.fullmatch(rest):
        number = {"by": found["by"]}
    else:
        return None
    supplier, _, item = found["name"].partition("/")
    return {"change": "set_lead_time", "supplier": supplier, "item": item, **number}


def _stock(rest: str) -> Fields | None:
    found = _SET.fullmatch(rest)
    if not found:
        return None
    item, _, lot = found["name"].partition(":")
    return {"change": "correct_stock", "item": item, "lot": lot, "qty": found["value"]}


def _pin(at: str) -> Callable[[str], Fields | None]:
    def read(rest: str) -> Fields | None:
        found = _PIN.fullmatch(rest)
        if not found:
            return None
        where = {"resource": found["resource"]} if found["resource"] else {}
        return {"change": "pin", "operation": found["name"], "start": found["start"], "at": at, **where}

    return read


def _lock(change: str) -> Callable[[str], Fields | None]:
    def read(rest: str) -> Fields | None:
        kind, _, value = rest.partition("=")
        if kind == "until" and value:
            return {"change": change, "end": value}
        if kind in ("order", "operation") and value:
            return {"change": change, kind: value}
        name, at, span = value.partition("@")
        start, dots, end = span.partition("..")
        if kind != "resource" or not name or (at and not (dots and (start or end))):
            return None
        return {"change": change, "resource": name, **{k: v for k, v in (("start", start), ("end", end)) if v}}

    return read


def _progress(rest: str) -> Fields | None:
    found = _SET.fullmatch(rest)
    wo, _, step = found["name"].rpartition(".") if found else ("", "", "")
    return {"change": "report_progress", "wo": wo, "step": step, "status": found["value"]} if found and wo else None


def _buffer(rest: str) -> Fields | None:
    found = _BUFFER.fullmatch(rest)
    if not found:
        return None
    start, _, end = found["span"].partition("..")
    fields = {k: found[k] for k in ("item", "kind", "factor")}
    return {"change": "adjust_buffer", **fields, **_span(start, end or None)}


FORMS: dict[str, tuple[Callable[[str], Fields | None], str]] = {
    "add": (_add, "add=SO-9:LAMP:5@2026-06-12"),
    "cancel": (_cancel, "cancel=SO-1, cancel=SO-1/2:scrap"),
    "hold": (_named("hold_order"), "hold=SO-1"),
    "release": (_named("release_order"), "release=SO-1"),
    "down": (_stretch("resource_down", "resource"), "down=SAW@2026-06-08T08:00..2026-06-09"),
    "close": (_stretch("calendar_exception", "calendar", open=False), "close=STD@2026-06-12"),
    "open": (_stretch("calendar_exception", "calendar", open=True), "open=STD@2026-06-13T06:00..14:00"),
    "overtime": (_stretch("overtime", "resource"), "overtime=SAW@2026-06-13T06:00..14:00"),
    "units": (_signed("add_units", "resource", "units"), "units=SAW+1"),
    "delay": (_signed("supplier_delay", "po", "days"), "delay=PO-7+5"),
    "supplier": (_signed("supplier_delay", "supplier", "days"), "supplier=ACME+5"),
    "lead": (_lead, "lead=ACME/OAK=7, lead=ACME+7, lead=/OAK=7"),
    "stock": (_stock, "stock=OAK=40, stock=OAK:LOT-3=40"),
    "pin": (_pin("run"), "pin=SO-1/1-1.20@SAW@2026-06-08T08:00"),
    "pin-setup": (_pin("setup"), "pin-setup=SO-1/1-1.20@SAW@2026-06-08T08:00"),
    "unpin": (lambda rest: {"change": "unpin", "operation": rest}, "unpin=SO-1/1-1.20"),
    "lock": (_lock("lock"), "lock=order=SO-1, lock=resource=SAW@2026-06-08..2026-06-12, lock=until=2026-06-12"),
    "unlock": (_lock("unlock"), "unlock=order=SO-1"),
    "progress": (_progress, "progress=WO-1.20=done"),
    "buffer": (_buffer, "buffer=OAK.adu*1.5@2026-06-08..2026-06-30"),
}
"""What stands before the first `=`: how the rest is read, and an example. Order lines come as `SO-1.qty=12`."""


def _unreadable(text: str, why: str) -> Finding:
    word = text.partition("=")[0].strip()
    if word in FORMS:
        advice = f"write it as in {FORMS[word][1]}"
    else:
        near = closest(word, tuple(FORMS))
        advice = f"did you mean {near}=? " if near else ""
        advice += (
            f"write SO-1.qty=12, SO-1.due=2026-06-12, SO-1.priority=1, SO-1.options.COLOUR=red, {FORMS['down'][1]}"
        )
        advice += f", JSON as in changes.jsonl, or one of {', '.join(FORMS)} followed by ="
    return error("C419", text, f"change {shown(text)} cannot be read: {why}", advice)
