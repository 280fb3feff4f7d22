"""The curve from calm to best as SVG: lateness against the operations that move, each way of planning a point."""

from collections.abc import Callable, Iterator, Sequence
from math import log10
from xml.sax.saxutils import escape

from pegboard.insight.curve import Point

WIDTH, HEIGHT = 860, 420
LEFT, RIGHT, TOP, BASE = 80, 240, 70, 360
BEST, OTHER = "#2a7f62", "#b8b8b8"


def draw_curve(title: str, points: Sequence[Point]) -> str:
    """The picture; moves are on a scale of powers of ten that begins at nought."""
    most = max((p.moves for p in points), default=0)
    late = [p.weighted_tardiness_days for p in points] or [0.0]
    low, high = min(late), max(*late, min(late) + 1e-6)

    def x(moves: int) -> float:
        share = log10(1 + moves) / log10(1 + most) if most else 0.0
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(days: float) -> float:
        return round(BASE - (days - low) / (high - low) * (BASE - TOP), 1)

    path = " ".join(f"{x(p.moves)},{y(p.weighted_tardiness_days)}" for p in points if p.is_best)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="11"',
            ' font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>',
            f'<text x="{LEFT}" y="26" font-size="15" fill="#111">{escape(title)}</text>',
            f'<text x="{LEFT}" y="44" fill="#333">weighted tardiness, days</text>',
            f'<text x="{LEFT}" y="{HEIGHT - 12}" fill="#333">operations of others that move</text>',
            *_grid(x, most),
            *(
                f'<text x="{LEFT - 8}" y="{y(v) + 4}" text-anchor="end" fill="#555">{v:,.1f}</text>'
                for v in dict.fromkeys((low, high))
            ),
            f'<polyline points="{path}" fill="none" stroke="{BEST}" stroke-width="1.5"/>',
            *(line for p in points for line in _point(p, x(p.moves), y(p.weighted_tardiness_days))),
            "</svg>\n",
        ]
    )


def _grid(x: Callable[[int], float], most: int) -> Iterator[str]:
    tick = 0
    while tick <= most:
        at = x(tick)
        yield f'<line x1="{at}" y1="{TOP}" x2="{at}" y2="{BASE}" stroke="#eee"/>'
        yield f'<text x="{at}" y="{BASE + 18}" text-anchor="middle" fill="#555">{tick:,}</text>'
        tick = 10 if tick == 0 else tick * 10


def _point(p: Point, x: float, y: float) -> Iterator[str]:
    colour = BEST if p.is_best else OTHER
    said = f"{p.how}: {p.moves:,} moves, {p.lines_late} late, {p.weighted_tardiness_days:,.2f} d"
    yield f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"><title>{escape(said)}</title></circle>'
    if p.is_best:
        yield f'<text x="{x + 9}" y="{y - 6}" fill="#333">{escape(p.how)}</text>'
