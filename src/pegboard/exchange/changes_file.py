"""`changes.jsonl`: the journal of a factory, one change a line, read liberally and only ever appended to."""

import codecs
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding, error
from pegboard.exchange.atomic import replacing
from pegboard.exchange.change_fields import entry_fields, read_entry
from pegboard.exchange.locking import alone

CHANGES_FILE = "changes.jsonl"


class JournalMovedError(Exception):
    """Somebody else has appended since the journal was read; `length` is how many lines it has now."""

    def __init__(self, expected: int, length: int) -> None:
        """`expected` is the number of lines that there should have been."""
        super().__init__(f"{CHANGES_FILE} has {length} changes by now, not {expected}")
        self.length = length


def read_changes(lines: list[str], zone: ZoneInfo) -> tuple[list[tuple[Entry, str]], list[Finding]]:
    """The entries of a journal's lines, each with its source, and what is wrong with the others."""
    entries, findings = [], list[Finding]()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        source = f"{CHANGES_FILE}:{number}"
        fields = _object(line)
        if isinstance(fields, str):
            advice = 'write one object a line, as in {"change":"set_quantity","order":"SO-1","qty":12}'
            findings.append(error("C418", source, f"the line is no change: {fields}", advice, source))
            continue
        entry, more = read_entry(fields, zone, source)
        findings += more
        if entry is not None:
            entries.append((entry, source))
    return entries, findings


def _object(line: str) -> dict[str, Any] | str:
    """The fields of a line, or what is wrong with it."""
    try:
        found = msgspec.json.decode(line.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as wrong:
        return str(wrong)
    return found if isinstance(found, dict) else "it is no object in curly braces"


def line_of(entry: Entry, zone: ZoneInfo) -> str:
    """The line that reads back as an entry."""
    return msgspec.json.encode(entry_fields(entry, zone)).decode()


def lines_of_file(data: bytes) -> list[str]:
    """The lines of a journal, which line feeds alone divide; what is no UTF-8 shows as such in the findings."""
    lines = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").split("\n")
    return [line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1])]


def append_changes(folder: Path, entries: list[Entry], zone: ZoneInfo, expected: int | None = None) -> int:
    """Append to the journal of a factory folder, all entries or none, and say how many lines it has then.

    On disk when this returns. Two that append at once both succeed, one after the other; with `expected` lines the
    second is told by a `JournalMovedError`.
    """
    file = folder / CHANGES_FILE
    with alone(folder, CHANGES_FILE):
        data = file.read_bytes() if file.exists() else b""
        length = len(lines_of_file(data))
        if expected is not None and length != expected:
            raise JournalMovedError(expected, length)
        if data and not data.endswith(b"\n"):
            data += b"\n"
        new = "".join(line_of(entry, zone) + "\n" for entry in entries).encode()
        with replacing(folder) as files:
            files.write(CHANGES_FILE, data + new)
    return length + len(entries)
