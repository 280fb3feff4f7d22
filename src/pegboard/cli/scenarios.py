"""`pegboard scenario ...`: the commands of scenarios and their options; what they do stands in `cli/scenario.py`."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

app = App(name="scenario", help="Try changes without touching the plan: what if, who wanted it, and what came of it.")

Factory = Annotated[Path, Parameter(help="Factory folder or .xlsx workbook.")]
Name = Annotated[str, Parameter(help="The scenario.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print the result as JSON records.")]
Quiet = Annotated[bool, Parameter(name=["--quiet", "-q"], negative="", help="No progress on stderr.")]
Mode = Annotated[
    Literal["repair", "replan"],
    Parameter(help="repair: others keep their places as far as can be; replan: everything is planned anew."),
]
Seed = Annotated[int, Parameter(help="Seed of randomised searches; kept in the certificate.")]


@app.command
def new(factory: Factory, name: Name, *, json: Json = False) -> int:
    """Begin a scenario on the factory as it is."""
    from pegboard.cli import scenario

    return scenario.run_new(factory, name, json=json)


@app.command(name="list")
def list_(factory: Factory, *, json: Json = False) -> int:
    """List the scenarios of a factory, and whether each still stands on it."""
    from pegboard.cli import scenario

    return scenario.run_list(factory, json=json)


@app.command
def show(factory: Factory, name: Name, *, json: Json = False) -> int:
    """Show the changes of a scenario: what, who, when and why."""
    from pegboard.cli import scenario

    return scenario.run_show(factory, name, json=json)


@app.command
def change(
    factory: Factory,
    name: Name,
    changes: Annotated[list[str], Parameter(help="Changes as for `pegboard change`, such as SO-1.qty=40.")],
    *,
    why: Annotated[str, Parameter(help="Why, for whoever reads it later.")] = "",
    who: Annotated[str, Parameter(help="Who wants it; the user of this machine if absent.")] = "",
    json: Json = False,
) -> int:
    """Add changes to a scenario, all or none."""
    from pegboard.cli import scenario

    return scenario.run_change(factory, name, changes, who, why, json=json)


@app.command
def undo(
    factory: Factory,
    name: Name,
    steps: Annotated[int, Parameter(help="How many changes to drop, the last first.")] = 1,
    *,
    json: Json = False,
) -> int:
    """Drop the last changes of a scenario."""
    from pegboard.cli import scenario

    return scenario.run_undo(factory, name, steps, json=json)


@app.command
def branch(factory: Factory, name: Name, new_name: str, *, json: Json = False) -> int:
    """Give the changes of a scenario another name, to go on from there in two ways."""
    from pegboard.cli import scenario

    return scenario.run_branch(factory, name, new_name, json=json)


@app.command
def rebase(factory: Factory, name: Name, *, json: Json = False) -> int:
    """Put the changes of a scenario on the factory as it is now; what can no longer be applied is named."""
    from pegboard.cli import scenario

    return scenario.run_rebase(factory, name, json=json)


@app.command
def merge(
    factory: Factory,
    name: Name,
    other: Annotated[str, Parameter(help="The scenario whose changes are taken over.")],
    *,
    json: Json = False,
) -> int:
    """Append the changes of another branch; where the two disagree, nothing is merged and both are named."""
    from pegboard.cli import scenario

    return scenario.run_merge(factory, name, other, json=json)


@app.command
def plan(
    factory: Factory,
    name: Name,
    *,
    out: Annotated[Path | None, Parameter(help="Plan folder to write; without it the plan is only shown.")] = None,
    mode: Mode = "repair",
    seed: Seed = 0,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Plan the factory as it would be, and show what becomes of the plan."""
    from pegboard.cli import scenario

    return scenario.run_plan(factory, name, out, mode, seed, json=json, quiet=quiet)


@app.command
def curve(
    factory: Factory,
    name: Name,
    *,
    moves: Annotated[int | None, Parameter(help="At most so many operations of other orders may move.")] = None,
    price: Annotated[float, Parameter(help="What disturbing an order costs, in days late of an average line.")] = 0.0,
    out: Annotated[Path | None, Parameter(help="Plan folder to write: the way that the budget takes.")] = None,
    picture: Annotated[Path | None, Parameter(help="SVG file to write: lateness against moves.")] = None,
    seed: Seed = 0,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show how calm the change can be: every way to plan it, from nobody moved to all planned afresh."""
    from pegboard.cli import scenario

    return scenario.run_curve(factory, name, scenario.Budget(moves, price), out, picture, seed, json=json, quiet=quiet)


@app.command
def compare(
    factory: Factory,
    name: Name,
    other: Annotated[str, Parameter(help="Another scenario; the factory as it is if absent.")] = "",
    *,
    mode: Mode = "repair",
    seed: Seed = 0,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Compare the plan of a scenario with the live one, or with that of another scenario."""
    from pegboard.cli import scenario

    return scenario.run_compare(factory, name, other, mode, seed, json=json, quiet=quiet)


@app.command
def promote(factory: Factory, name: Name, *, json: Json = False) -> int:
    """Make the changes of a scenario true: append them to the journal of the factory."""
    from pegboard.cli import scenario

    return scenario.run_promote(factory, name, json=json)


@app.command
def delete(factory: Factory, name: Name, *, json: Json = False) -> int:
    """Forget a scenario."""
    from pegboard.cli import scenario

    return scenario.run_delete(factory, name, json=json)
