"""`pegboard store ...`: the commands of a plant's database and their options; they end in `cli/store.py`."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

app = App(name="store", help="Keep a plant in a database: versions of its data, its journal and its scenarios.")

Address = Annotated[str, Parameter(help="sqlite:///plant.db, or postgresql://user@host/name.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print the result as JSON records.")]


@app.command
def add(
    address: Address,
    factory: Annotated[Path, Parameter(help="Factory folder.")],
    *,
    why: Annotated[str, Parameter(help="Why, for whoever reads it later.")] = "",
    who: Annotated[str, Parameter(help="Who brings it in; the user of this machine if absent.")] = "",
    json: Json = False,
) -> int:
    """Make a factory folder the newest master data of a plant, or begin a plant with it."""
    from pegboard.cli import store

    return store.run_add(address, factory, who, why, json=json)


@app.command
def show(address: Address, *, json: Json = False) -> int:
    """Show the versions of the master data, and how much the journal and the scenarios hold."""
    from pegboard.cli import store

    return store.run_show(address, json=json)


@app.command
def export(
    address: Address,
    out: Annotated[Path, Parameter(help="New folder to write.")],
    *,
    version: Annotated[int | None, Parameter(help="Number of a version; the newest if absent.")] = None,
    json: Json = False,
) -> int:
    """Write the master data and the journal as a factory folder."""
    from pegboard.cli import store

    return store.run_export(address, out, version, json=json)


@app.command
def backup(address: Address, file: Annotated[Path, Parameter(help="File to write.")], *, json: Json = False) -> int:
    """Write everything, as it is at this moment, to one file; others may go on working."""
    from pegboard.cli import store

    return store.run_backup(address, file, json=json)


@app.command
def restore(
    file: Annotated[Path, Parameter(help="File that `backup` wrote.")], address: Address, *, json: Json = False
) -> int:
    """Bring a backup into an empty database, of whichever kind."""
    from pegboard.cli import store

    return store.run_restore(file, address, json=json)


@app.command
def upgrade(address: Address, *, json: Json = False) -> int:
    """Bring the database of an earlier release to the schema of this one."""
    from pegboard.cli import store

    return store.run_upgrade(address, json=json)
