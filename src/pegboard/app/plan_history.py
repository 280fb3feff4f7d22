"""Published plans: each live plan is kept beside the work of the desk, so that nobody waits for it."""

import contextlib
import queue
import threading
from datetime import UTC, datetime

from sqlalchemy import Engine

from pegboard.app.plant_state import SEED, LiveState
from pegboard.domain.scenario import StoreError
from pegboard.exchange import plan_files
from pegboard.storage.database.plans import Plans

WAITING = 4
"""Live plans that may wait to be kept; with more the desk waits too, so that memory does not grow."""


def publish(engine: Engine, state: LiveState, who: str, at: int) -> int:
    """Keep a live plan with its key figures and its folder; its number, the old one where it is the newest already."""
    plan = state.plan
    files = {name: b"".join(blocks) for name, blocks in plan_files(plan)}
    return Plans(engine).publish(
        version=state.master.number,
        journal=state.length,
        seed=SEED,
        at=at,
        who=who,
        plan_hash=plan.certificate.plan_hash,
        kpis=plan.kpis,
        files=files,
    )


class Publisher:
    """Keeps the live plans that it is told of, in order, in a thread of its own. A `PlantDesk` may tell it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._told: queue.Queue[tuple[LiveState, str, int] | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._publish, daemon=True)
        self._thread.start()

    def tell(self, state: LiveState, who: str, _why: str) -> None:
        """Keep a live plan that stands from now on."""
        self._told.put((state, who, int(datetime.now(UTC).timestamp())))

    def close(self) -> None:
        """Keep what waits, and end."""
        self._told.put(None)
        self._thread.join()

    def _publish(self) -> None:
        while (told := self._told.get()) is not None:
            with contextlib.suppress(StoreError):  # the journal makes this plan again; only its figures are missing
                publish(self._engine, *told)
