"""Write a plan as the plan folder: CSV files, the plan in numbers, and the referee's word.

Rows go out in blocks, so that memory does not grow with the plan. The planning instant and the time zone
stand in `certificate.json`, since the CSV files tell offsets only.
"""

import hashlib
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.plan import Plan
from pegboard.exchange.atomic import replacing
from pegboard.exchange.csv_text import csv_lines
from pegboard.exchange.instants import Instants
from pegboard.exchange.plan_columns import PLAN_FILES, formatter, plan_columns

_BLOCK = 8192
_UNHASHED = ("messages",)


def write_plan(plan: Plan, directory: Path) -> None:
    """Write all files of the plan folder, so that each is whole or not there; a blank plan hash is filled in.

    The same plan gives the same bytes. Time and disk grow with the rows, memory does not.
    """
    with replacing(Path(directory)) as files:
        for name, blocks in plan_files(plan):
            with files.open(name) as file:
                for block in blocks:
                    file.write(block)


def plan_files(plan: Plan) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Each file of the plan folder by name, its bytes in blocks; each must be read to its end before the next."""
    instants = Instants(ZoneInfo(plan.timezone))
    digest = hashlib.sha256()
    for name in PLAN_FILES:
        blocks = _csv(name, getattr(plan, name), instants)
        yield f"{name}.csv", blocks if name in _UNHASHED else _digested(blocks, digest)
    yield "kpis.json", [_json(plan.kpis)]
    certificate = msgspec.to_builtins(plan.certificate, order="deterministic")
    certificate["plan_hash"] = plan.certificate.plan_hash or digest.hexdigest()
    now = instants.texts([plan.now])[0]
    yield "certificate.json", [_json(certificate | {"timezone": plan.timezone, "now": now})]


def _digested(blocks: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    """The blocks, each of which goes into the digest as well."""
    for block in blocks:
        digest.update(block)
        yield block


def plan_hash(plan: Plan) -> str:
    """The name of a plan's content: the sha256 over its CSV files but the messages, one after the other.

    That is `cat orders.csv work_orders.csv operations.csv purchases.csv pegs.csv buffers.csv | sha256sum`.
    """
    instants = Instants(ZoneInfo(plan.timezone))
    digest = hashlib.sha256()
    for name in PLAN_FILES:
        if name not in _UNHASHED:
            for block in _csv(name, getattr(plan, name), instants):
                digest.update(block)
    return digest.hexdigest()


def _csv(name: str, rows: tuple[msgspec.Struct, ...], instants: Instants) -> Iterator[bytes]:
    """The bytes of one file, header first, some thousand rows at a time."""
    columns = plan_columns(PLAN_FILES[name])
    getters = [attrgetter(column.name) for column in columns]
    formatters = [formatter(column.kind, instants) for column in columns]
    yield csv_lines([[column.name for column in columns]])
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        cells = [form(list(map(value, block))) for form, value in zip(formatters, getters, strict=True)]
        yield csv_lines(zip(*cells, strict=True))


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=2) + b"\n"
