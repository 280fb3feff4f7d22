"""A finding is something a person should know: where, what is wrong, and what to do."""

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "info"]


class Finding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fault in users' data, or a remark on a plan, as a value.

    `what` says what is wrong with names and values; `advice` says what to do; `source` is `file:line`.
    """

    severity: Severity
    code: str
    subject: str
    what: str
    advice: str = ""
    source: str = ""


def error(code: str, subject: str, what: str, advice: str = "", source: str = "") -> Finding:
    """A fault that keeps something out of the plan."""
    return Finding(severity="error", code=code, subject=subject, what=what, advice=advice, source=source)


def warning(code: str, subject: str, what: str, advice: str = "", source: str = "") -> Finding:
    """A doubt: the plan goes on, but on an assumption a person should confirm."""
    return Finding(severity="warning", code=code, subject=subject, what=what, advice=advice, source=source)


def info(code: str, subject: str, what: str, advice: str = "", source: str = "") -> Finding:
    """A remark without a fault."""
    return Finding(severity="info", code=code, subject=subject, what=what, advice=advice, source=source)


def in_order(findings: list[Finding]) -> list[Finding]:
    """Errors first, then by code, subject and text, so that the order of input rows never shows."""
    rank = {"error": 0, "warning": 1, "info": 2}
    return sorted(set(findings), key=lambda f: (rank[f.severity], f.code, f.subject, f.what, f.source))
