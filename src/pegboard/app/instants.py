"""Moments that people type, as instants."""

from zoneinfo import ZoneInfo

from pegboard.domain.calendar import bounds
from pegboard.domain.finding import Finding, error
from pegboard.exchange.fault import Fault, Noted
from pegboard.exchange.moment_text import moment
from pegboard.exchange.report import shown


def end_of(text: str, zone: ZoneInfo) -> int | Finding | None:
    """The end of a day, or an instant, in seconds UTC; None for blank; a finding for what is neither."""
    if not text.strip():
        return None
    found = moment(text.strip(), zone)
    if isinstance(found, Fault):
        return error("C684", shown(text), f"{shown(text)} {found.says}", found.advice or "write it as in 2026-06-12")
    value = found.value if isinstance(found, Noted) else found
    return bounds(value, value, zone)[1]
