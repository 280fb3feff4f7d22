"""Collects what is wrong with a factory, and which items cannot be made or bought anew because of it."""

from pegboard.domain import finding
from pegboard.domain.finding import Finding


class Faults:
    """Findings in the order they are met; `blocked` keeps the first reason for each item."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.blocked: dict[str, Finding] = {}

    def error(self, code: str, subject: str, what: str, advice: str, source: str) -> None:
        """A fault that keeps something out of the plan."""
        self.findings.append(finding.error(code, subject, what, advice, source))

    def warning(self, code: str, subject: str, what: str, advice: str, source: str) -> None:
        """A doubt the plan goes on with."""
        self.findings.append(finding.warning(code, subject, what, advice, source))

    def info(self, code: str, subject: str, what: str, advice: str, source: str) -> None:
        """A remark."""
        self.findings.append(finding.info(code, subject, what, advice, source))

    def block(self, item: str, code: str, what: str, advice: str, source: str) -> None:
        """A fault that keeps an item from being made or bought anew."""
        self._block(item, finding.error(code, item, what, advice, source))

    def block_quietly(self, item: str, code: str, what: str, advice: str, source: str) -> None:
        """The same as a warning: it matters only if an order needs the item."""
        self._block(item, finding.warning(code, item, what, advice, source))

    def _block(self, item: str, found: Finding) -> None:
        self.findings.append(found)
        self.blocked.setdefault(item, found)
