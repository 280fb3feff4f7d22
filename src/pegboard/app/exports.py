"""A plant and its plan as files to carry away: archives of the folders' files, and workbooks for people.

The archives hold the files of the contract, byte by byte; in the workbooks no text becomes a formula. The same content
gives the same bytes, whenever it is asked for.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import IO, TypeVar

from pegboard.app.tables_desk import now
from pegboard.domain.finding import Finding, error
from pegboard.domain.plan import Plan
from pegboard.exchange import CHANGES_FILE, plan_files, read_files, write_plan_workbook
from pegboard.exchange.workbook import write_workbook

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive: the first that its format can tell."""
_UNIX, _READABLE = 3, 0o644 << 16

Content = TypeVar("Content")


def with_journal(files: Mapping[str, bytes], lines: Iterable[str]) -> dict[str, bytes]:
    """The files of a version together with the journal of the plant, as they stand in a factory folder."""
    journal = "".join(f"{line}\n" for line in lines).encode()
    return {**files, CHANGES_FILE: journal} if journal else dict(files)


def factory_archive(files: Mapping[str, bytes]) -> bytes:
    """A factory folder as a zip archive."""
    return _archive((name, [data]) for name, data in sorted(files.items()))


def plan_archive(plan: Plan) -> bytes:
    """A plan folder as a zip archive."""
    return _archive(plan_files(plan))


def factory_workbook(files: Mapping[str, bytes]) -> bytes | Finding:
    """A factory as a workbook, which reads back the same; a finding where a sheet has no room for it."""
    return _workbook("factory", write_workbook, read_files(files, clock=now).tables)


def plan_workbook(plan: Plan) -> bytes | Finding:
    """A plan as a workbook for people; a finding where a sheet has no room for it."""
    return _workbook("plan", write_plan_workbook, plan)


def _workbook(name: str, write: Callable[[Content, IO[bytes]], None], content: Content) -> bytes | Finding:
    out = io.BytesIO()
    try:
        write(content, out)
    except ValueError as wrong:
        return error("C680", name, f"the {name} does not fit into a workbook: {wrong}", f"take the {name} as .zip")
    return out.getvalue()


def _archive(files: Iterable[tuple[str, Iterable[bytes]]]) -> bytes:
    """The files, each given in blocks, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, blocks in files:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _READABLE
            with archive.open(entry, "w", force_zip64=True) as file:
                for block in blocks:
                    file.write(block)
    return out.getvalue()
