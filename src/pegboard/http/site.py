"""What all routes share: the desk of the plant, what is encoded of its live plan, and who listens."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from litestar import Request

from pegboard.app.evaluate import Mode
from pegboard.app.plant_counter import PlantCounter
from pegboard.app.plant_desk import PlantDesk
from pegboard.app.plant_journal import journal_rows
from pegboard.app.plant_scenarios import PlantScenarios
from pegboard.app.plant_views import PlantViews
from pegboard.http.door import Door
from pegboard.http.hub import Hub
from pegboard.insight.journal_rows import JournalRow
from pegboard.storage.database.journal import Write


class Site:
    """One plant as it is served; `web` is the folder of the built pages, `door` says who asks (none: the planner)."""

    def __init__(self, desk: PlantDesk, web: Path, door: Door | None = None) -> None:
        self.desk = desk
        self.door = door
        self.web = web
        self.hub = Hub()
        self.scenarios = PlantScenarios(desk)
        self.counter = PlantCounter(desk)
        self._views: PlantViews | None = None

    @property
    def views(self) -> PlantViews:
        """What is worked out of the live plan; kept until the plan is another one."""
        state = self.desk.state
        if self._views is None or self._views.state is not state:
            self._views = PlantViews(state)
        return self._views

    def views_of(self, scenario: str, mode: Mode = "repair") -> PlantViews:
        """What is worked out of the plan of a scenario; of the live plan where none is named."""
        return self.scenarios.plan(scenario, mode, silent) if scenario else self.views

    def journal_rows(self, writes: Sequence[Write]) -> tuple[JournalRow, ...]:
        """Writes as people read them."""
        return journal_rows(writes, self.desk.state)


def silent(_what: str, _share: float) -> None:
    """Nobody watches the progress of what an answer waits for."""


def site_of(request: Request[Any, Any, Any]) -> Site:
    """The plant that a request is about."""
    found: Site = request.app.state.site
    return found
