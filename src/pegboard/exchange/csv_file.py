"""Split the bytes of a CSV file into a table of texts, whatever encoding, separator and line ends it has.

A record with a broken quotation is reported and left out; the next line starts afresh.
"""

import csv
import io
import re
from collections.abc import Sequence

from pegboard.exchange.csv_text import csv_lines, quoted
from pegboard.exchange.headers import understand
from pegboard.exchange.plain_numbers import with_plain_numbers
from pegboard.exchange.report import Report, shown
from pegboard.exchange.synonyms import known_headers, other_names, squash
from pegboard.exchange.tables import Table

_LONGEST_HEADER = 100_000
_HOPELESS = 10_000  # so many rows that cannot be split, if they are most of those so far, end the reading
_SEPARATORS = (",", ";", "\t", "|")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_csv(data: bytes, file: str, label: str, report: Report) -> Table | None:
    """The table in `data`, or nothing when there is none; what is wrong goes to `report`."""
    text = decode(data, label, report)
    if text is None:
        return None
    lines = list(io.StringIO(text, newline=""))
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None:
        report.add("F104", label, "the file is empty", "write a header row, or delete the file")
        return None
    separator = ""
    if said := re.fullmatch(r"sep=([,;\t|])\s*", lines[first]):  # Excel's own way to say so
        separator, first = said[1], first + 1
    if first < len(lines) and len(lines[first]) > _LONGEST_HEADER:
        what = f"the first line of {label} has {len(lines[first]):,} signs: no header row"
        report.add("F103", label, what, "check that this is the right file")
        return None
    separator = separator or _sniff(lines[first], file)
    rows, at = _split(lines, first, separator, label, report)
    if not rows:
        report.add("F104", label, "the file has no header row", "write a header row, or delete the file")
        return None
    return Table(
        file=file,
        label=label,
        header=rows[0],
        rows=rows[1:],
        lines=at[1:],
        line_end="\r\n" if lines[at[0] - 1].endswith("\r\n") else "\n",
        semicolons=separator == ";",
    )


def write_csv(table: Table) -> bytes:
    """The table as the contract has it: commas, UTF-8, quotation marks where needed; line ends as they were.

    Semicolons stay where they keep a number from being read in one of its two ways.
    """
    headers = understand(table)
    plain, is_plain = with_plain_numbers(table, headers)
    separator = ";" if table.semicolons and not is_plain else ","
    return csv_lines((quoted(row, separator) for row in [plain.header, *plain.rows]), separator, table.line_end)


def decode(data: bytes, label: str, report: Report) -> str | None:
    """UTF-8 with or without byte-order mark, UTF-16, or else Windows-1252 with a warning."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and len(data) > 2:
        encoding = "utf-16"
    elif _mostly_zero(data[1:200:2]):
        encoding = "utf-16-le"
    elif _mostly_zero(data[0:200:2]):
        encoding = "utf-16-be"
    else:
        encoding = "utf-8-sig"
    if encoding == "utf-8-sig" and (data.startswith(b"PK\x03\x04") or len(_NOT_TEXT.findall(data[:4096])) > 40):
        kind = "a workbook" if data.startswith(b"PK\x03\x04") else "a binary file"
        report.add("F103", label, f"{label} holds {kind}, not text", "save it as CSV UTF-8")
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as at:
        bad = data[at.start : at.start + 1].hex()
    try:
        text, name = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, name = data.decode("latin-1"), "Latin-1"
    report.add(
        "F107", label, f"{label} is not UTF-8 (first at byte {bad}); it was read as {name}", "save it as CSV UTF-8"
    )
    return text


def _mostly_zero(data: bytes) -> bool:
    return len(data) > 1 and data.count(0) > 0.7 * len(data)


def _sniff(header: str, file: str) -> str:
    """The separator that gives the most columns known, then the most columns."""
    known = known_headers(file) | other_names(file)

    def score(separator: str) -> tuple[int, int]:
        try:
            names = next(csv.reader([header], delimiter=separator), [])
        except csv.Error:
            return 0, 0
        return sum(squash(name) in known for name in names), len(names)

    return max(_SEPARATORS, key=score)


def _split(
    lines: Sequence[str], start: int, separator: str, label: str, report: Report
) -> tuple[list[list[str]], list[int]]:
    """Rows that are not blank, the header first, with the line each starts at."""
    rows: list[list[str]] = []
    at: list[int] = []
    faulty = 0
    while start < len(lines):
        reader = csv.reader(map(lines.__getitem__, range(start, len(lines))), delimiter=separator, strict=True)
        done = 0
        try:
            for row in reader:
                uneven = bool(rows) and len(row) != len(rows[0])
                if reader.line_num - done > 1 and (uneven or _has_swallowed(row, separator)):
                    raise csv.Error("a quotation mark has swallowed lines")
                if any(map(str.strip, row)):
                    rows.append(row)
                    at.append(start + done + 1)
                    if uneven:
                        faulty += 1
                        if _is_hopeless(faulty, len(rows)):
                            break
                done = reader.line_num
            start += reader.line_num
        except csv.Error:
            start += done + 1
            faulty += 1
            _report_broken(lines[start - 1], start, label, report)
        if start < len(lines) and _is_hopeless(faulty, len(rows)):
            left = len(lines) - start
            what = f"most rows cannot be split into cells; the {left:,} lines after line {start:,} are not read"
            report.add("F114", label, what, "check that this is the right file, in the right form", line=start)
            break
    return rows, at


def _has_swallowed(row: list[str], separator: str) -> bool:
    """Whether a cell holds a line that looks like a row of its own."""
    wanted = max(len(row) - 1, 2)
    return any(line.count(separator) >= wanted for cell in row for line in cell.splitlines()[1:])


def _is_hopeless(faulty: int, sound: int) -> bool:
    return faulty >= _HOPELESS and 2 * faulty > sound


def _report_broken(line: str, number: int, label: str, report: Report) -> None:
    if report.has_room("F302", label):
        report.write(
            "F302",
            label,
            f"the quotation marks of the row {shown(line.rstrip())} do not match",
            'close each quotation mark before the next separator, and write " inside a text as ""',
            f"{label}:{number}",
            number,
        )
