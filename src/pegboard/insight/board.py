"""The board of a tournament: what each rule's schedule is worth, which of them no other beats, and a picture of it."""

from collections.abc import Iterator, Sequence
from math import floor, log10
from xml.sax.saxutils import escape

import msgspec

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 80, 170, 60, 60
LEGEND = "Down and to the left is better. Green: no rule is better in all; red ring: the best by the objective."
GOOD, PLAIN, BEST = "#2a7f62", "#9aa3ad", "#c1121f"


class Entrant(msgspec.Struct, frozen=True, kw_only=True):
    """A rule and its schedule in numbers; `pareto` where no certified other is as good in all and better in one."""

    rule: str
    engine: str
    on_time_pct: float
    weighted_tardiness_days: float
    mean_flow_days: float
    setup_hours: float
    wip_value: float | None
    objective: float
    certified: bool
    pareto: bool = False
    best: bool = False


def judged(entrants: Sequence[Entrant]) -> list[Entrant]:
    """The entrants by objective, with the Pareto-optimal ones and the best marked; the first named wins a tie."""
    valid = [e for e in entrants if e.certified]
    ordered = sorted(entrants, key=lambda e: (not e.certified, e.objective))
    return [
        msgspec.structs.replace(
            e, best=e.certified and k == 0, pareto=e.certified and not any(_beats(other, e) for other in valid)
        )
        for k, e in enumerate(ordered)
    ]


def _costs(e: Entrant) -> tuple[float, ...]:
    return (-e.on_time_pct, e.weighted_tardiness_days, e.mean_flow_days, e.setup_hours, e.wip_value or 0.0)


def _beats(one: Entrant, other: Entrant) -> bool:
    """Whether one is nowhere worse and somewhere better."""
    pairs = list(zip(_costs(one), _costs(other), strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


class _Scale:
    """A logarithmic axis that holds all values; nought stands at its begin."""

    def __init__(self, values: Sequence[float], begin: float, end: float) -> None:
        above = [v for v in values if v > 0] or [1.0]
        self.low, self.high = log10(min(above)) - 0.06, log10(max(above)) + 0.06
        self.begin, self.end = begin, end

    def __call__(self, value: float) -> float:
        share = (log10(value) - self.low) / (self.high - self.low) if value > 0 else 0.0
        return round(self.begin + share * (self.end - self.begin), 2)

    def ticks(self) -> Iterator[float]:
        """1, 2 and 5 times the powers of ten that lie on the axis."""
        for power in range(floor(self.low), floor(self.high) + 1):
            yield from (v for m in (1, 2, 5) if self.low <= log10(v := m * 10.0**power) <= self.high)


def draw_board(name: str, board: Sequence[Entrant]) -> str:
    """The tournament as an SVG: weighted tardiness against mean flow, both on logarithmic axes."""
    x = _Scale([e.weighted_tardiness_days for e in board], LEFT, WIDTH - RIGHT)
    y = _Scale([e.mean_flow_days for e in board], HEIGHT - BOTTOM, TOP)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="11"',
            ' font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>',
            f'<text x="{LEFT}" y="26" font-size="15" fill="#111">{escape(f"Rules on {name}".strip())}</text>',
            f'<text x="{LEFT}" y="43" fill="#666">{LEGEND}</text>',
            *_axes(x, y),
            *_points(x, y, board),
            "</svg>\n",
        ]
    )


def _axes(x: _Scale, y: _Scale) -> Iterator[str]:
    for v in x.ticks():
        yield f'<line x1="{x(v)}" y1="{TOP}" x2="{x(v)}" y2="{HEIGHT - BOTTOM}" stroke="#eceef1"/>'
        yield f'<text x="{x(v)}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle" fill="#666">{v:g}</text>'
    for v in y.ticks():
        yield f'<line x1="{LEFT}" y1="{y(v)}" x2="{WIDTH - RIGHT}" y2="{y(v)}" stroke="#eceef1"/>'
        yield f'<text x="{LEFT - 8}" y="{y(v) + 4}" text-anchor="end" fill="#666">{v:g}</text>'
    yield f'<text x="{LEFT}" y="{HEIGHT - 18}" fill="#333">weighted tardiness, days</text>'
    yield f'<text x="18" y="{TOP - 6}" fill="#333">mean flow, days</text>'


def _points(x: _Scale, y: _Scale, board: Sequence[Entrant]) -> Iterator[str]:
    """A point for each rule, with its name where it does not cover another one's."""
    written: list[tuple[float, float]] = []
    for e in sorted(board, key=lambda e: (not e.best, not e.pareto, e.objective)):
        px, py = x(e.weighted_tardiness_days), y(e.mean_flow_days)
        ring = f' stroke="{BEST}" stroke-width="2"' if e.best else ""
        title = escape(
            f"{e.rule}: {e.on_time_pct:.1f} % on time, {e.weighted_tardiness_days:.1f} d late, "
            f"{e.mean_flow_days:.1f} d flow, {e.setup_hours:,.0f} h setup"
        )
        colour = GOOD if e.pareto else PLAIN
        yield f'<circle cx="{px}" cy="{py}" r="5" fill="{colour}"{ring}><title>{title}</title></circle>'
        if all(abs(py - b) > 11 or abs(px - a) > 110 for a, b in written):
            written.append((px, py))
            yield f'<text x="{px + 8}" y="{py + 4}" fill="#333">{escape(e.rule)}</text>'
