"""Jobs as those see them who submit and watch them: a job is pinned to the plant as it was when it was submitted."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, func, insert, or_, select, update

from pegboard.domain.finding import Finding, error
from pegboard.domain.scenario import StoreError
from pegboard.storage.database.connect import beside_others, reading, writing
from pegboard.storage.database.contents import content_of
from pegboard.storage.database.tables import change, job, scenario, version

State = Literal["waiting", "running", "done", "failed", "cancelled"]
OPEN = ("waiting", "running")
_SHOWN = [column for column in job.c if column.name not in ("scenario", "worker", "leased_until", "result")]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job: what is asked, of which state of the plant (`version` of its data, `journal` changes long), and how far.

    `at` and `ended` are seconds UTC; `share` of the work is done, and `step` says what is under way. `tries` counts the
    workers that began it. `findings` say why it failed.
    """

    id: int
    kind: str
    params: dict[str, Any]
    version: int
    journal: int
    who: str
    at: int
    state: State
    share: float
    step: str
    tries: int
    cancel_asked: bool
    ended: int | None
    findings: tuple[Finding, ...]


class Seen(msgspec.Struct, frozen=True):
    """What somebody has been told of jobs: all up to the `newest`, of which those in `open` may still change."""

    newest: int = 0
    open: Mapping[int, int] = {}


class Jobs:
    """The jobs of a plant."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def submit(self, kind: str, params: bytes, who: str, at: int, scenario_name: str = "") -> Job:
        """A new job on the plant as it is now, and on a scenario as it is now; `params` is a JSON object.

        Raises StoreError where the plant has no master data, or no scenario of that name.
        """
        with writing(self._engine) as connection:
            number = (connection.scalar(select(func.max(job.c.id))) or 0) + 1
            pinned = {
                "version": _newest_version(connection),
                "journal": connection.scalar(select(func.count()).select_from(change)) or 0,
                "scenario": _scenario(connection, scenario_name) if scenario_name else b"",
            }
            given = {"kind": kind, "params": params, "who": who, "at": at, "state": "waiting", "findings": b"[]"}
            begun = {"tries": 0, "share": 0.0, "step": "", "worker": "", "leased_until": 0, "cancel_asked": False}
            connection.execute(insert(job).values(id=number, **pinned, **given, **begun, revision=0))
            return _found(connection, number)

    def listed(self, limit: int = 100) -> tuple[Job, ...]:
        """The newest jobs, the newest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(*_SHOWN).order_by(job.c.id.desc()).limit(limit)).mappings()
            return tuple(_job(row) for row in rows)

    def find(self, number: int) -> Job:
        """A job; raises StoreError where there is none of this number."""
        with reading(self._engine) as connection:
            return _found(connection, number)

    def result(self, number: int) -> bytes | None:
        """The record that a job has given, as JSON; None where it is not done, or its result is no longer kept."""
        with reading(self._engine) as connection:
            _found(connection, number)
            name = connection.scalar(select(job.c.result).where(job.c.id == number))
            return content_of(connection, name) if name else None

    def cancel(self, number: int, at: int) -> Job:
        """Ask that a job be ended; one that waits ends at once, one that has ended stays as it is."""
        mine = select(*_SHOWN).where(job.c.id == number).with_for_update()
        with beside_others(self._engine) as connection:
            row = connection.execute(mine).mappings().one_or_none()
            if row is not None and row["state"] in OPEN:
                ended = {"state": "cancelled", "ended": at} if row["state"] == "waiting" else {}
                asked = {"cancel_asked": True, "revision": job.c.revision + 1, **ended}
                connection.execute(update(job).where(job.c.id == number).values(**asked))
            return _found(connection, number)

    def changes_since(self, seen: Seen) -> tuple[tuple[Job, ...], Seen]:
        """The jobs that are new or another than when they were seen, by number, and what is seen now.

        Only open jobs and those that were open are looked at, so this may be asked several times a second.
        """
        of_interest = or_(job.c.id > seen.newest, job.c.state.in_(OPEN), job.c.id.in_(seen.open))
        with reading(self._engine) as connection:
            rows = connection.execute(select(*_SHOWN).where(of_interest).order_by(job.c.id)).mappings().all()
        changed = tuple(_job(row) for row in rows if seen.open.get(row["id"]) != row["revision"])
        now_open = {row["id"]: row["revision"] for row in rows if row["state"] in OPEN}
        return changed, Seen(max([seen.newest, *(row["id"] for row in rows)]), now_open)


def _found(connection: Connection, number: int) -> Job:
    row = connection.execute(select(*_SHOWN).where(job.c.id == number)).mappings().one_or_none()
    if row is None:
        what, advice = f"there is no job {number}", "list the jobs to see their numbers"
        raise StoreError(error("C703", f"job {number}", what, advice))
    return _job(row)


def _job(row: RowMapping) -> Job:
    said = {field: row[field] for field in Job.__struct_fields__}
    said["params"] = msgspec.json.decode(row["params"])
    said["findings"] = msgspec.json.decode(row["findings"], type=tuple[Finding, ...])
    return Job(**said)


def _newest_version(connection: Connection) -> int:
    newest: int | None = connection.scalar(select(func.max(version.c.number)))
    if newest is None:
        what, advice = "the plant has no master data to work on", "bring a factory in with `pegboard store add`"
        raise StoreError(error("C704", "master data", what, advice))
    return newest


def _scenario(connection: Connection, name: str) -> bytes:
    """A scenario with its changes as lines, as JSON."""
    row = connection.execute(select(scenario).where(scenario.c.name == name)).mappings().one_or_none()
    if row is None:
        raise StoreError(error("C493", name, f"there is no scenario {name}", "list the scenarios to see their names"))
    return msgspec.json.encode(dict(row))
