"""Which worker does a job: it holds the job for a while, says again and again that it lives, and may lose it.

All instants are those of the database's clock, the only one that workers on several machines share.
"""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, and_, case, or_, select, text, update

from pegboard.domain.finding import Finding, error
from pegboard.storage.database.connect import beside_others, reading, writing
from pegboard.storage.database.contents import drop_unnamed, keep, packed
from pegboard.storage.database.tables import job

LEASE = 30
"""Seconds after which a worker that has not been heard of holds its job no longer."""
TRIES = 3
"""How often a job is begun: two workers may have died of something else, the third one died of the job."""
RESULTS = 200
"""Results that are kept, of the newest jobs; the jobs themselves stay on record."""
Standing = Literal["held", "cancelled", "lost"]
_NOW = {
    "sqlite": "SELECT CAST(strftime('%s', 'now') AS INTEGER)",
    "postgresql": "SELECT CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)",
}


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """A job that a worker holds, at which try, and all that it needs to do it (see `Job`; `scenario` may be blank)."""

    id: int
    worker: str
    tries: int
    kind: str
    params: bytes
    version: int
    journal: int
    scenario: bytes
    at: int


class Leasing:
    """The jobs of a plant as workers see them. Whoever does not hold a job any more changes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, worker: str, seconds: int = LEASE) -> Lease | None:
        """The oldest job that nobody holds; None where there is none. No two workers ever hold the same one."""
        if not self._is_any():
            return None
        with beside_others(self._engine) as connection:
            now = _now(connection)
            wanted = select(job).where(_is_free(now)).order_by(job.c.id).limit(1)
            while row := connection.execute(wanted.with_for_update(skip_locked=True)).mappings().one_or_none():
                if row["cancel_asked"]:
                    _change(connection, job.c.id == row["id"], state="cancelled", ended=now)
                elif row["tries"] >= TRIES:
                    given_up = _given_up(row["id"], row["kind"], "has not been heard of any more")
                    _change(connection, job.c.id == row["id"], **_failed([given_up], now))
                else:
                    tries, until = row["tries"] + 1, now + seconds
                    begun = {"state": "running", "worker": worker, "tries": tries, "leased_until": until, "share": 0.0}
                    _change(connection, job.c.id == row["id"], **begun, step="")
                    given = {name: row[name] for name in Lease.__struct_fields__ if name not in ("worker", "tries")}
                    return Lease(worker=worker, tries=tries, **given)
        return None

    def _is_any(self) -> bool:
        """Whether there may be a job to take: looking for one keeps no writer waiting."""
        with reading(self._engine) as connection:
            free = select(job.c.id).where(_is_free(_now(connection))).limit(1)
            return connection.scalar(free) is not None

    def beat(self, lease: Lease, share: float, step: str, seconds: int = LEASE) -> Standing:
        """Say how far a job is, hold it for so long from now on, and hear what is to become of it."""
        with beside_others(self._engine) as connection:
            now = _now(connection)
            is_news = or_(job.c.share != share, job.c.step != step)
            said = {"share": share, "step": step, "leased_until": now + seconds}
            held = update(job).where(_holds(lease, now)).returning(job.c.cancel_asked)
            held = held.values(**said, revision=job.c.revision + case((is_news, 1), else_=0))
            asked = connection.scalar(held)
        return _standing(asked)

    def standing(self, lease: Lease) -> Standing:
        """Hear what is to become of a job, and say nothing."""
        with reading(self._engine) as connection:
            asked = connection.scalar(select(job.c.cancel_asked).where(_holds(lease, _now(connection))))
        return _standing(asked)

    def finish(self, lease: Lease, result: bytes) -> bool:
        """Keep the result of a job; False, and nothing is kept, where the worker does not hold it any more."""
        (content,) = packed({"result": result}).values()
        with writing(self._engine) as connection:
            now = _now(connection)
            if not _change(connection, _holds(lease, now), state="done", share=1.0, step="", ended=now):
                return False
            keep(connection, [content])
            connection.execute(update(job).where(job.c.id == lease.id).values(result=content.hash))
            _forget_old_results(connection)
        return True

    def fail(self, lease: Lease, findings: Sequence[Finding]) -> bool:
        """End a job that cannot be done, and say why."""
        with beside_others(self._engine) as connection:
            now = _now(connection)
            return _change(connection, _holds(lease, now), **_failed(findings, now))

    def cancelled(self, lease: Lease) -> bool:
        """End a job that was asked to be cancelled."""
        with beside_others(self._engine) as connection:
            now = _now(connection)
            return _change(connection, _holds(lease, now), state="cancelled", ended=now)

    def died(self, lease: Lease, how: str) -> bool:
        """A process ended in the midst of a job: another one may try it, unless it was the last one to."""
        with beside_others(self._engine) as connection:
            now = _now(connection)
            if lease.tries < TRIES:
                return _change(connection, _holds(lease, now), **_WAITING)
            return _change(connection, _holds(lease, now), **_failed([_given_up(lease.id, lease.kind, how)], now))

    def give_back(self, lease: Lease) -> bool:
        """Let go of a job unfinished, for a reason of the worker's own: it does not count as a try."""
        with beside_others(self._engine) as connection:
            return _change(connection, _holds(lease, _now(connection)), **_WAITING, tries=lease.tries - 1)

    def bereave(self, worker: str) -> None:
        """A worker is known to be dead: others need not wait until what it held lapses."""
        with beside_others(self._engine) as connection:
            mine = and_(job.c.worker == worker, job.c.state == "running")
            connection.execute(update(job).where(mine).values(leased_until=0))


def _standing(cancel_asked: bool | None) -> Standing:  # noqa: FBT001  # a column of the row, where there is one
    if cancel_asked is None:
        return "lost"
    return "cancelled" if cancel_asked else "held"


_WAITING: dict[str, Any] = {"state": "waiting", "worker": "", "leased_until": 0, "share": 0.0, "step": ""}


def _now(connection: Connection) -> int:
    return int(connection.execute(text(_NOW[connection.dialect.name])).scalar_one())


def _is_free(now: int) -> ColumnElement[bool]:
    """Whether nobody holds a job that is to be done."""
    return or_(job.c.state == "waiting", and_(job.c.state == "running", job.c.leased_until <= now))


def _holds(lease: Lease, now: int) -> ColumnElement[bool]:
    """Whether a lease is still that under which its job is done; each try has a number of its own."""
    whose = and_(job.c.id == lease.id, job.c.worker == lease.worker, job.c.tries == lease.tries)
    return and_(whose, job.c.state == "running", job.c.leased_until > now)


def _change(connection: Connection, which: ColumnElement[bool], **to: Any) -> bool:
    """Change a job, if it is there; whether it was."""
    done = connection.execute(update(job).where(which).values(**to, revision=job.c.revision + 1))
    return done.rowcount > 0


def _failed(findings: Sequence[Finding], now: int) -> dict[str, Any]:
    return {"state": "failed", "ended": now, "findings": msgspec.json.encode(findings)}


def _given_up(number: int, kind: str, how: str) -> Finding:
    what = f"job {number} ({kind}) was begun {TRIES} times and never ended; the process of the last time {how}"
    return error("C701", f"job {number}", what, "give the machine more memory, or ask for less at a time")


def _forget_old_results(connection: Connection) -> None:
    newest = select(job.c.id).where(job.c.result.is_not(None)).order_by(job.c.id.desc()).limit(RESULTS)
    keeping = set(connection.scalars(newest))
    old = and_(job.c.result.is_not(None), job.c.id.not_in(keeping))
    dropped = list(connection.scalars(select(job.c.result).where(old)))
    if dropped:
        connection.execute(update(job).where(old).values(result=None))
        drop_unnamed(connection, dropped)
