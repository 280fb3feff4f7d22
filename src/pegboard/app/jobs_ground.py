"""What a job stands on: the plant as it was when the job was submitted, read through the same door as a folder."""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Engine

from pegboard.app.scenarios import Desk
from pegboard.domain.finding import Finding, in_order
from pegboard.domain.scenario import Scenario
from pegboard.exchange import CHANGES_FILE, Reading, read_factory
from pegboard.planning.branching import Base
from pegboard.storage.database.leasing import Lease
from pegboard.storage.database.masters import Masters
from pegboard.storage.database.scenarios import DatabaseStore, journal_lines, scenario_of


@dataclass(frozen=True)
class Ground:
    """The state of a plant that a job is pinned to, where its scenario comes from, and what reading it gave."""

    engine: Engine
    lease: Lease
    reading: Reading

    def scenario(self) -> tuple[Desk, Scenario] | list[Finding]:
        """The scenario that the job is pinned to, and the factory beneath it; findings where it cannot be read."""
        if self.reading.snapshot is None:
            return in_order(self.reading.findings)
        zone = ZoneInfo(self.reading.snapshot.settings.timezone)
        base = Base(self.reading.snapshot, self.reading.factory_hash, self.lease.journal)
        desk = Desk(base, self.reading.findings, DatabaseStore(self.engine, zone))
        return desk, scenario_of(msgspec.json.decode(self.lease.scenario), zone)


def ground(engine: Engine, lease: Lease) -> Ground:
    """Read what a job stands on; a plant without `now` is planned as of the moment when the job was submitted."""
    files = Masters(engine).files(lease.version)
    if lease.journal:
        files[CHANGES_FILE] = "".join(f"{line}\n" for line in journal_lines(engine, lease.journal)).encode()
    with tempfile.TemporaryDirectory(prefix="pegboard-") as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        reading = read_factory(Path(folder), clock=lambda: datetime.fromtimestamp(lease.at, UTC))
    return Ground(engine, lease, reading)
