"""The master data of a live plant: its tables, uploads staged beside them, and the version that one becomes."""

import time
from collections.abc import Sequence
from typing import TypeVar

from pegboard.app.files import Report
from pegboard.app.plant_desk import PlantDesk, RefusedError, Written
from pegboard.app.tables_desk import Desk, Page
from pegboard.app.tables_desk import newest as newest_tables
from pegboard.app.upload_shelf import Shelf, new_id
from pegboard.app.uploaded import Sent
from pegboard.app.uploads import Cell, StagedView, Upload, applicable, cell_faults, staged, view, with_cells
from pegboard.domain.finding import Finding
from pegboard.storage.database.masters import Masters

Found = TypeVar("Found")


class UploadDesk:
    """The master data of a plant. Whatever cannot be done raises RefusedError with every reason."""

    def __init__(self, plant: PlantDesk) -> None:
        self._plant = plant
        self._masters = Masters(plant.engine)
        self._shelf = Shelf()
        self._newest: tuple[int, Desk] | None = None

    @property
    def newest(self) -> tuple[int, Desk]:
        """The newest version with its tables; read once."""
        number = self._plant.state.master.number
        if self._newest is None or self._newest[0] != number:
            found = newest_tables(self._masters)
            assert found is not None, "a plant that is served has master data"
            self._newest = found[0].number, found[1]
        return self._newest

    def page(self, table: str, limit: int, offset: int) -> Page:
        """Some rows of a table of the newest version."""
        return _or_refused(self.newest[1].page(table, limit, offset))

    def begin(self, sent: Sequence[Sent], who: str) -> StagedView:
        """Stage what was uploaded onto the newest version."""
        now = _now()
        upload = Upload(id=new_id(), base=self.newest[0], who=who, at=now, sent=tuple(sent))
        self._shelf.put(upload, now)
        return self._view(upload)

    def shown(self, name: str) -> StagedView:
        """A staged upload."""
        return self._view(self._find(name))

    def staged_page(self, name: str, table: str, limit: int, offset: int) -> Page:
        """Some rows of a table as an upload would leave it."""
        upload = self._find(name)
        return _or_refused(staged(upload, self._masters.files(upload.base)).desk.page(table, limit, offset))

    def correct(self, name: str, cells: Sequence[Cell]) -> StagedView:
        """Correct cells of a staged upload, all of them or none."""
        upload = self._find(name)
        desk = staged(upload, self._masters.files(upload.base)).desk
        if faults := cell_faults(desk, cells):
            raise RefusedError(faults)
        _or_refused(with_cells(upload, cells))
        changed = self._shelf.change(name, _now(), lambda now: _or_refused(with_cells(now, cells)))
        return self._view(_or_refused(changed))

    def apply(self, name: str, who: str, why: str, etag: str, report: Report) -> Written:
        """Make a staged upload the newest version, and plan with it; raises OvertakenError too."""
        upload = self._find(name)
        files = applicable(upload, self._masters.files(upload.base), self._masters.versions())
        if isinstance(files, list):
            raise RefusedError(files)
        written = self._plant.bring_in(files, who, why, etag, report)
        self._shelf.drop(name)
        return written

    def drop(self, name: str) -> None:
        """Forget a staged upload."""
        self._find(name)
        self._shelf.drop(name)

    def _find(self, name: str) -> Upload:
        return _or_refused(self._shelf.find(name, _now()))

    def _view(self, upload: Upload) -> StagedView:
        return view(upload, staged(upload, self._masters.files(upload.base)))


def _or_refused(found: Found | Finding) -> Found:
    """What was found, or the reason why not as RefusedError."""
    if isinstance(found, Finding):
        raise RefusedError([found])
    return found


def _now() -> int:
    return int(time.time())
