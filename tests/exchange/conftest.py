"""A factory folder to fill and read."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pegboard.domain.finding import Finding
from pegboard.exchange import Reading, read_factory, read_files

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
ITEMS = "item\nBIKE\nFRAME\n"
ORDERS = "order,item,qty,due\nSO-1,BIKE,2,2026-06-12\n"


class Folder:
    """A factory folder that has the two required files unless they are given."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **files: str | bytes) -> "Folder":
        for name, content in ({"items": ITEMS, "orders": ORDERS} | files).items():
            file = self.path / (name.replace("factory_toml", "factory.toml") if "toml" in name else f"{name}.csv")
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def read(self, clock: Callable[[], datetime] = lambda: NOW) -> Reading:
        """Read from disk; and for every factory that any test makes, the same bytes in memory must mean the same."""
        reading = read_factory(self.path, clock=clock)
        files = {file.name: file.read_bytes() for file in self.path.iterdir()}
        assert read_files(files, clock=clock, place=self.path) == reading
        return reading

    def __call__(self, **files: str | bytes) -> Reading:
        return self.write(**files).read()


@pytest.fixture
def factory(tmp_path: Path) -> Folder:
    """Files by name without ending go in, a reading comes out."""
    (tmp_path / "factory").mkdir()
    return Folder(tmp_path / "factory")


def only(reading: Reading, code: str) -> Finding:
    """The one finding of a code."""
    (finding,) = [f for f in reading.findings if f.code == code]
    return finding


def codes(reading: Reading) -> list[str]:
    """The codes of all findings, in their order."""
    return [f.code for f in reading.findings]
