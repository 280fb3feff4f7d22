"""A change as people type it in one argument: its kind, then fields with values, or the object of `changes.jsonl`."""

import shlex
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding, error
from pegboard.exchange.change_fields import read_entry
from pegboard.exchange.report import shown


def read_words(text: str, zone: ZoneInfo) -> tuple[Entry | None, list[Finding]]:
    """`set_quantity order=SO-1 qty=12`, or `{"change":"set_quantity","order":"SO-1","qty":12}`."""
    fields = _object(text) if text.lstrip().startswith("{") else _words(text)
    if fields is None:
        what = f"{shown(text)} says no change"
        return None, [error("C504", "change", what, "write its kind and its fields: 'set_quantity order=SO-1 qty=12'")]
    return read_entry(fields, zone)


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _words(text: str) -> dict[str, Any] | None:
    try:
        kind, *words = shlex.split(text)
    except ValueError:
        return None
    pairs = [word.partition("=") for word in words]
    if not all(name and equals for name, equals, _ in pairs):
        return None
    return {"change": kind} | {name: value for name, _, value in pairs}
