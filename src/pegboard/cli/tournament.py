"""`pegboard tournament`: every rule on one factory, side by side."""

import sys
from pathlib import Path

import msgspec

from pegboard.app.rules import chosen_rule
from pegboard.app.tournament import hold
from pegboard.cli.console import line, table
from pegboard.cli.findings import refuse, show_findings
from pegboard.cli.work import worked
from pegboard.domain.finding import Finding
from pegboard.insight.board import Entrant, draw_board

HEAD = ("rule", "on time %", "late d w", "flow d", "setup h", "wip value", "objective", "certified", "")


def run_tournament(factory: Path, names: str, out: Path | None, *, json: bool, quiet: bool) -> int:
    """Hold the tournament, show the board, draw it; the exit code."""
    rules = [chosen_rule(name.strip()) for name in names.split(",") if name.strip()]
    faults = [rule for rule in rules if isinstance(rule, Finding)]
    if faults:
        return refuse(faults)
    chosen = [rule for rule in rules if not isinstance(rule, Finding)]
    found, _ = worked(lambda report: hold(factory, chosen, report), quiet=quiet)
    if not found.board:
        show_findings(found.findings, json=json)
        return 1
    if out is not None:
        _save(out, draw_board(found.name, found.board), found.board)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(found.board))
        line()
        return 0
    table(HEAD, [_row(e) for e in found.board], right=frozenset(range(1, 7)))
    optimal = sum(e.pareto for e in found.board)
    line(f"pareto   {optimal} of {len(found.board)} schedules are beaten by no other in everything")
    if out is not None:
        line(f"written  {out}")
    line(f"next     pegboard plan {factory} --rule {found.board[0].rule} --out PLAN")
    return 0


def _row(e: Entrant) -> tuple[str, ...]:
    marks = ", ".join(["best"] * e.best + ["pareto"] * e.pareto)
    return (
        e.rule,
        f"{e.on_time_pct:.2f}",
        f"{e.weighted_tardiness_days:,.2f}",
        f"{e.mean_flow_days:.2f}",
        f"{e.setup_hours:,.1f}",
        "" if e.wip_value is None else f"{e.wip_value:,.0f}",
        f"{e.objective:,.1f}",
        "yes" if e.certified else "no",
        marks,
    )


def _save(out: Path, picture: str, board: list[Entrant]) -> None:
    """A picture, or a folder with the picture and the board."""
    if out.suffix == ".svg":
        out.write_text(picture, encoding="utf-8")
        return
    out.mkdir(parents=True, exist_ok=True)
    (out / "tournament.svg").write_text(picture, encoding="utf-8")
    (out / "tournament.json").write_bytes(msgspec.json.format(msgspec.json.encode(board)))
