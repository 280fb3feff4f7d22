"""`pegboard scenario curve`: how calm a change can be, and what calm costs."""

from collections.abc import Sequence
from pathlib import Path

from pegboard.app.curve import Choice
from pegboard.cli.console import line, table


def show_curve(choices: Sequence[Choice], taken: Choice) -> None:
    """The points as a table, and the one that the budget takes."""
    rows = [
        (
            "*" if c is taken else "",
            c.point.how,
            f"{c.point.moves:,}",
            f"{c.point.disturbed:,}",
            f"{c.point.lines_late:,}",
            f"{c.point.unplanned:,}",
            f"{c.point.weighted_tardiness_days:,.2f}",
            "" if c.point.is_best else "a calmer way is as good",
        )
        for c in choices
    ]
    table(
        ("", "way", "moves", "disturbed", "late", "not planned", "weighted late d", ""),
        rows,
        frozenset({2, 3, 4, 5, 6}),
    )
    line()
    p = taken.point
    line(f"taken    {p.how}: {p.moves:,} moves, {p.disturbed:,} orders of others made late or later")


def written_picture(path: Path, title: str, choices: Sequence[Choice]) -> None:
    """Write the curve as SVG."""
    from pegboard.insight.curve_plot import draw_curve

    path.write_text(draw_curve(title, [c.point for c in choices]), encoding="utf-8")
