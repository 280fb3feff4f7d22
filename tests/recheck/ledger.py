"""How many instances of each rule were checked, and what was found."""

from __future__ import annotations

from collections import Counter


class Ledger:
    """How many instances of each rule were checked, and the sentences of those that failed."""

    def __init__(self) -> None:
        self.checked: Counter[str] = Counter()
        self.violations: list[str] = []

    def count(self, rule: str, n: int = 1) -> None:
        self.checked[rule] += n

    def fault(self, rule: str, sentence: str) -> None:
        self.violations.append(f"{rule}: {sentence}")

    def test(self, rule: str, holds: bool, sentence: str) -> None:
        self.checked[rule] += 1
        if not holds:
            self.fault(rule, sentence)
