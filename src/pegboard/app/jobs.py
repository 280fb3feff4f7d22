"""Use cases of jobs: what may be asked, submit it, and read what came of it.

A job is done on the plant as it was when it was submitted, so the same job gives the same bytes. Its record is the one
that the command of the same name prints with `--json`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_args

import msgspec
from sqlalchemy import Engine

from pegboard.domain.finding import Finding, error
from pegboard.exchange.report import shown
from pegboard.storage.database.jobs import Job, Jobs


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag=str.lower):
    """Base of all kinds of jobs; the tag is the name of the class in small letters."""


class Replan(_Asked, frozen=True, kw_only=True):
    """Plan anew, as `pegboard plan`."""

    rule: str = "jit"
    allowance: float | None = None
    direction: Literal["search", "forward", "backward", "bottleneck"] = "search"
    bottleneck: str = ""
    relax: tuple[Literal["capacity", "material"], ...] = ()
    seed: int = 0


class Tournament(_Asked, frozen=True, kw_only=True):
    """Let rules compete, all of them if none is named, as `pegboard tournament`."""

    rules: tuple[str, ...] = ()


class Sweep(_Asked, frozen=True, kw_only=True):
    """Plan along a range, as `pegboard sweep`: texts such as `0.8..1.4`, `WELD=1..3`, `ACME=+7`."""

    demand: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    capacity: tuple[str, ...] = ()
    lead_time: tuple[str, ...] = ()
    steps: int | None = None


class Confidence(_Asked, frozen=True, kw_only=True):
    """Replay the live plan so often with drawn luck, as `pegboard confidence`; of one order alone if it is named."""

    order: str = ""
    runs: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1000
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0


class Curve(_Asked, frozen=True, kw_only=True):
    """Lateness against moves for the changes of a scenario to the live plan, as `pegboard scenario curve`."""

    scenario: str
    moves: int | None = None
    price: float = 0.0


class Remedies(_Asked, frozen=True, kw_only=True):
    """Why an order is late in the live plan and what would bring it sooner, as `pegboard why --fix`."""

    order: str


Kind = Replan | Tournament | Sweep | Confidence | Curve | Remedies


KINDS = tuple(kind.__name__.lower() for kind in get_args(Kind))


def asked(kind: str, params: Mapping[str, Any]) -> Kind | Finding:
    """The job that a kind and parameters ask for; a finding where they ask for none."""
    if kind not in KINDS:
        return error("C700", kind, f"there is no kind of job {shown(kind)}", f"name one of {', '.join(KINDS)}")
    try:
        found: Kind = msgspec.convert({**params, "kind": kind}, Kind)
        return found
    except msgspec.ValidationError as wrong:
        what = f"this is no {kind}: {str(wrong).replace('$.', '')}"
        return error("C700", kind, what, "docs/recipes/workers.md names the parameters of each kind")


def submitted(engine: Engine, wanted: Kind, who: str) -> Job:
    """Submit a job on the plant as it is now. Raises StoreError where it has no master data, or no such scenario."""
    said = msgspec.to_builtins(wanted)
    kind, now = said.pop("kind"), int(datetime.now(UTC).timestamp())
    name = wanted.scenario if isinstance(wanted, Curve) else ""
    return Jobs(engine).submit(kind, msgspec.json.encode(said), who, now, name)


def cancelled(engine: Engine, number: int) -> Job:
    """Ask that a job be ended; the job as it is then. Raises StoreError where there is none of this number."""
    return Jobs(engine).cancel(number, int(datetime.now(UTC).timestamp()))


def result(engine: Engine, number: int) -> bytes | Finding:
    """The record of a job as JSON; a finding where there is none. Raises StoreError where there is no such job."""
    found = Jobs(engine).result(number)
    if found is not None:
        return found
    state, name = Jobs(engine).find(number).state, f"job {number}"
    if state == "done":
        return error("C705", name, f"the result of job {number} is no longer kept", "submit the job again")
    return error("C702", name, f"job {number} has no result: it is {state}", "wait for it, or see why it failed")
