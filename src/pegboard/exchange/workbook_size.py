"""Say before a workbook is read how much memory that would take.

The reader makes room for every cell between the first and the last of a sheet, so one in the far corner stands for
seventeen billion; and it copies a shared text into each cell that shows it.
"""

import re
from collections.abc import Mapping

from pegboard.exchange.archive import MOST_BYTES

MOST_CELLS = 10_000_000
_TAG = rb"<(?:\w+:)?"
_CELL = re.compile(_TAG + rb"""c\s[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ANY_CELL = re.compile(_TAG + rb"c[\s/>]")
_ROW = re.compile(_TAG + rb"""row\s[^>]*?\br=["']([0-9]{1,7})["']""")
_ANY_ROW = re.compile(_TAG + rb"row[\s/>]")
_SHARED = re.compile(_TAG + rb"si[\s>].*?</(?:\w+:)?si>", re.DOTALL)
_SHOWN = re.compile(rb"""\bt=["']s["'][^>]*>\s*<(?:\w+:)?v>([0-9]{1,9})<""")
_SHEET = re.compile(_TAG + rb"sheet\s")


def why_too_large(parts: Mapping[str, bytes]) -> str:
    """Why a workbook of these parts would fill the memory; blank where it would not."""
    sheets = [part for name, part in parts.items() if "sheet" in name.casefold() and not name.endswith(".rels")]
    if len(_SHEET.findall(parts.get("xl/workbook.xml", b""))) > len(sheets):
        return "it lists more sheets than it holds"
    if sum(map(_room, sheets)) > MOST_CELLS:
        return f"its sheets reach over more than {MOST_CELLS:,} cells"
    lengths = [len(text) for text in _SHARED.findall(parts.get("xl/sharedStrings.xml", b""))]
    shown = (int(number) for part in sheets for number in _SHOWN.findall(part))
    if sum(lengths[number] for number in shown if number < len(lengths)) > MOST_BYTES:
        return f"its cells show more than {MOST_BYTES // 2**20} MiB of text"
    return ""


def place_of(letters: bytes) -> int:
    """The place of a column from 0: A is 0, AA is 26."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _room(sheet: bytes) -> int:
    """How many cells lie between the first and the last, at most; cells that do not say where they stand count too."""
    said = _CELL.findall(sheet)
    unsaid = len(_ANY_CELL.findall(sheet)) - len(said)
    rows = max((int(row) for _, row in said), default=0)
    columns = max(map(place_of, {letters for letters, _ in said}), default=0) + 1
    if unsaid > 0:
        rows = max([rows, *map(int, _ROW.findall(sheet))]) + len(_ANY_ROW.findall(sheet))
        columns += _widest_unsaid(sheet)
    return rows * columns


def _widest_unsaid(sheet: bytes) -> int:
    """The most cells in one row."""
    return max(len(_ANY_CELL.findall(row)) for row in re.split(rb"</(?:\w+:)?row>", sheet))
