"""Reads what a sweep asks for: `0.8..1.4`, `WELD=1..3`, `ACME=+7`; every fault of it at once."""

import math
import re
from collections.abc import Sequence

import msgspec

from pegboard.domain.finding import Finding, error

MOST = 200
"""Points of a sweep: each is a plan."""
USUAL = 7
FEW = 21
"""Whole numbers of a range that are planned one by one."""
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})(?:\.\.({_NUMBER}))?")
LARGEST = {"demand": 100.0, "dates": 3650.0, "capacity": 1000.0, "lead-time": 3650.0}


class Setting(msgspec.Struct, frozen=True):
    """A number of the factory to set: which lever, of which name if it has one, and to which values.

    One value is the same at every point of the sweep. An `is_change` is added to what is there.
    """

    lever: str
    name: str
    values: tuple[float, ...]
    is_change: bool = False

    @property
    def label(self) -> str:
        """As it was asked for, without its values."""
        return f"{self.lever} {self.name}".strip()


def settings_of(asked: Sequence[tuple[str, str]], steps: int | None) -> tuple[list[Setting], list[Finding]]:
    """The settings of what is asked, pairs of a lever and a text, and what is wrong with them.

    Exactly one of them must be a range. A range is divided into `steps` points; without that into whole numbers where
    they are not too many, and otherwise into seven.
    """
    findings = _faults_of(steps)
    found = []
    for lever, text in asked:
        name, _, values = text.rpartition("=") if lever in ("capacity", "lead-time") else ("", "", text)
        read = _read(lever, name, values, steps if not findings else USUAL)
        if isinstance(read, Finding):
            findings.append(read)
        else:
            found.append(read)
    ranges = [s for s in found if len(s.values) > 1]
    labels = [s.label for s in found]
    findings.extend(
        error("C524", label, f"--{label} is set twice", "leave one of them out")
        for label in sorted({label for label in labels if labels.count(label) > 1})
    )
    if len(ranges) > 1:
        what = f"{' and '.join(s.label for s in ranges)} are ranges, and a sweep goes along one"
        findings.append(error("C523", "sweep", what, "give the others one value, as in --demand 1.1"))
    elif not ranges and not findings:
        advice = "give one range, as in --demand 0.8..1.4, --dates -5..10, --capacity WELD=1..3"
        findings.append(error("C523", "sweep", "there is no range to sweep", advice))
    return found, findings


def _faults_of(steps: int | None) -> list[Finding]:
    if steps is None or 2 <= steps <= MOST:
        return []
    what = f"--steps {steps} is not between 2 and {MOST}"
    return [error("C522", "--steps", what, f"each step is a plan; take from 2 to {MOST}")]


def _read(lever: str, name: str, text: str, steps: int | None) -> Setting | Finding:
    """One setting, or what is wrong with it."""
    said = f"{name}={text}" if name else text
    form = {"demand": "0.8..1.4", "dates": "-5..10", "capacity": "WELD=1..3", "lead-time": "ACME=0..14 or ACME=+7"}
    match = _RANGE.fullmatch(text)
    if match is None or (lever in ("capacity", "lead-time")) != bool(name):
        return error(
            "C520", f"--{lever}", f"--{lever} {said} cannot be read", f"write it as in --{lever} {form[lever]}"
        )
    first, last = float(match[1]), float(match[2] or match[1])
    if match[2] and first >= last:
        what = f"--{lever} {said} goes from {first:g} to {last:g}, which is no way up"
        return error("C521", f"--{lever}", what, f"write the smaller one first, as in --{lever} {form[lever]}")
    is_change = lever == "lead-time" and text[0] in "+-"
    if problem := _out_of_bounds(lever, first, last, is_change=is_change):
        return error("C524", f"--{lever}", f"--{lever} {said}: {problem}", f"take values as in --{lever} {form[lever]}")
    values = _points(first, last, steps, is_whole=lever != "demand") if match[2] else (first,)
    return Setting(lever, name, values, is_change)


def _out_of_bounds(lever: str, first: float, last: float, *, is_change: bool) -> str:
    """What is wrong with values, in words; nothing where they make sense."""
    if not (math.isfinite(first) and math.isfinite(last)) or max(abs(first), abs(last)) > LARGEST[lever]:
        return f"more than {LARGEST[lever]:g}"
    if lever == "demand" and first <= 0:
        return "a factor is above 0"
    if lever == "capacity" and first < 1:
        return "units are 1 or more"
    if lever == "lead-time" and first < 0 and not is_change:
        return "a lead time is 0 or more"
    if lever != "demand" and (first != int(first) or last != int(last)):
        return "units and days are whole numbers"
    return ""


def _points(first: float, last: float, steps: int | None, *, is_whole: bool) -> tuple[float, ...]:
    """The values of a range, its ends included; whole numbers, each once, where only those make sense."""
    if is_whole and steps is None and last - first < FEW:
        return tuple(float(v) for v in range(int(first), int(last) + 1))
    n = (steps or USUAL) - 1
    values = [first + (last - first) * k / n for k in range(n + 1)]
    return tuple(dict.fromkeys(float(math.floor(v + 0.5)) if is_whole else round(v, 9) for v in values))
