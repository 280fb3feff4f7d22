"""Collect findings, at most so many of one code in one file, and count the rest.

A file of noise would otherwise give a million findings. Nothing is lost silently: one more finding says
how many of the same kind were not listed.
"""

from collections import Counter
from difflib import get_close_matches

from pegboard.domain.finding import Finding, in_order
from pegboard.exchange.codes import CODES

LISTED = 200


class Report:
    """Findings on their way out of the reading of one factory."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._count: Counter[tuple[str, str]] = Counter()
        self.columns: dict[Finding, int] = {}
        """Where a finding is about one cell: the place of its column in the header."""

    def has_room(self, code: str, file: str) -> bool:
        """Count one more finding of this code in this file, and say whether it will still be listed."""
        self._count[code, file] += 1
        return self._count[code, file] <= LISTED

    def add(self, code: str, file: str, what: str, advice: str = "", subject: str = "", line: int = 0) -> None:
        """A finding about `subject`, or about the file as a whole, at a line of it where one is known."""
        if self.has_room(code, file):
            self.write(code, file, what, advice, subject, line)

    def write(
        self,
        code: str,
        file: str,
        what: str,
        advice: str = "",
        subject: str = "",
        line: int = 0,
        column: int | None = None,
    ) -> None:
        """A finding that `has_room` has counted already; `column` is the place of the cell it is about."""
        severity, _ = CODES[code]
        source = f"{file}:{line}" if line else file
        found = Finding(severity=severity, code=code, subject=subject or file, what=what, advice=advice, source=source)
        self._findings.append(found)
        if column is not None:
            self.columns[found] = column

    def findings(self) -> list[Finding]:
        """All findings in the order of `in_order`, with one for each kind that was cut short."""
        rest = [
            Finding(
                severity=CODES[code][0],
                code=code,
                subject=file,
                what=f"{count - LISTED:,} more findings like the {LISTED} listed: {CODES[code][1]}",
                advice="mend those listed and read again",
                source=file,
            )
            for (code, file), count in self._count.items()
            if count > LISTED
        ]
        return in_order(self._findings + rest)


def shown(text: str) -> str:
    """A value as a person may read it in a sentence: in quotes, on one line, not longer than 60 characters."""
    short = text if len(text) <= 60 else text[:57] + "..."
    return "'" + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in short) + "'"


def closest(word: str, known: list[str] | tuple[str, ...], cutoff: float = 0.6) -> str:
    """The known word most like `word`, or nothing."""
    return next(iter(get_close_matches(word.casefold(), known, n=1, cutoff=cutoff)), "")
