"""What a job stands on: the plant as it was when the job was submitted, and the live plan that everybody saw then."""

from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Engine

from pegboard.app.files import Report
from pegboard.app.live import LivePlan
from pegboard.app.plant_state import Changed, Master, after, made_again, read_master, unchanged
from pegboard.app.scenarios import Desk
from pegboard.domain.finding import Finding
from pegboard.domain.scenario import Scenario
from pegboard.exchange import Reading
from pegboard.planning.branching import Base
from pegboard.storage.database.journal import Journal, effective
from pegboard.storage.database.leasing import Lease
from pegboard.storage.database.masters import Masters
from pegboard.storage.database.scenarios import DatabaseStore, scenario_of


class Ground:
    """The state of a plant that a job is pinned to; the same lease gives the same state, whatever was written since."""

    def __init__(self, engine: Engine, lease: Lease, master: Master) -> None:
        self._engine, self._lease, self._master = engine, lease, master
        self._zone = ZoneInfo(master.snapshot.settings.timezone)
        all_writes = Journal(engine, self._zone).writes()
        self._writes = effective([w for w in all_writes if w.position <= lease.journal])

    def changed(self) -> Changed:
        """The factory with the changes that counted then."""
        found = unchanged(self._master)
        for write in self._writes:
            found = after(found, write, self._master)
        return found

    def reading(self) -> Reading:
        """The same as if it had been read from a folder."""
        changed = self.changed()
        said = {"snapshot": changed.snapshot, "findings": changed.findings, "factory_hash": changed.hash}
        return msgspec.structs.replace(self._master.reading, **said)

    def live(self, report: Report) -> LivePlan:
        """The live plan."""
        return made_again(self._master, self._writes, self._lease.journal, report).live

    def scenario(self) -> tuple[Desk, Scenario]:
        """The scenario that the job is pinned to, and the factory beneath it."""
        changed = self.changed()
        base = Base(changed.snapshot, changed.hash, self._lease.journal)
        desk = Desk(base, changed.findings, DatabaseStore(self._engine, self._zone))
        return desk, scenario_of(msgspec.json.decode(self._lease.scenario), self._zone)


def ground(engine: Engine, lease: Lease) -> Ground | list[Finding]:
    """What a job stands on; findings where it cannot be planned."""
    masters = Masters(engine)
    at = next(version.at for version in masters.versions() if version.number == lease.version)
    master = read_master(lease.version, masters.files(lease.version), at)
    return Ground(engine, lease, master) if isinstance(master, Master) else master
