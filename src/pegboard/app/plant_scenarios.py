"""Scenarios of a plant that is served: the use cases of `app.scenarios` on the live plan, and plans of scenarios."""

import threading
from collections import OrderedDict

from pegboard.app import scenarios
from pegboard.app.evaluate import Mode
from pegboard.app.files import Report
from pegboard.app.plant_desk import PlantDesk, RefusedError, Written
from pegboard.app.plant_state import Changed, LiveState, stepped
from pegboard.app.plant_views import PlantViews
from pegboard.app.scenarios import Desk, Done
from pegboard.app.what_if import factory_hash
from pegboard.domain.scenario import Scenario
from pegboard.planning.branching import Base, carry_out
from pegboard.storage.database.scenarios import DatabaseStore

KEPT = 3
"""Plans of scenarios that are kept; each holds a whole plan."""


class PlantScenarios:
    """The scenarios of a plant, and the plans that were asked of them last."""

    def __init__(self, desk: PlantDesk) -> None:
        self._desk = desk
        self._plans: OrderedDict[tuple[str, str, Mode], PlantViews] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, state: LiveState) -> Desk:
        """The factory of a state, and the scenarios about it."""
        changed = state.changed
        base = Base(changed.snapshot, changed.hash, state.length)
        return Desk(base, changed.findings, DatabaseStore(self._desk.engine, self._desk.zone))

    def known(self, name: str) -> Scenario:
        """A scenario; raises RefusedError where there is none of this name."""
        return _found(scenarios.known(self.at(self._desk.state), name))

    def plan(self, name: str, mode: Mode, report: Report) -> PlantViews:
        """The plan of a scenario; raises RefusedError where it stands on an older factory."""
        state = self._desk.state
        at = self.at(state)
        scenario = _found(scenarios.current(at, name))
        changed_hash = factory_hash(at, scenario)
        key = (state.etag, changed_hash, mode)
        with self._lock:
            if key not in self._plans:
                done = carry_out(at.base.snapshot, scenario.entries)
                findings = [*at.findings, *done.remarks, *(r.why for r in done.refusals)]
                changed = Changed(done.snapshot, changed_hash, findings)
                live = stepped(state.live, changed, mode, report)
                self._plans[key] = PlantViews(LiveState(state.length, state.master, state.writes, changed, live))
                while len(self._plans) > KEPT:
                    self._plans.popitem(last=False)
            return self._plans[key]

    def promote(self, name: str, mode: Mode, who: str, why: str, report: Report) -> Written:
        """Make a scenario true; raises RefusedError or OvertakenError."""
        state = self._desk.state
        at = self.at(state)
        scenario = _found(scenarios.current(at, name))
        if not scenario.entries:
            _found(scenarios.promote(at, name))
        return self._desk.write(scenario.entries, mode, who, why or f"scenario {name}", state.etag, report)


def _found(done: Scenario | Done) -> Scenario:
    if isinstance(done, Scenario):
        return done
    if done.scenario is None:
        raise RefusedError(done.findings)
    return done.scenario
