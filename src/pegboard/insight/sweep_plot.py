"""A sweep as SVG: the share on time above, tardiness below, and where the first bottleneck is fully loaded."""

from collections.abc import Iterator, Sequence
from math import floor, log10
from xml.sax.saxutils import escape

from pegboard.insight.sweep import FULL, Point, Sweep

WIDTH, LEFT, RIGHT = 860, 70, 40
UPPER, LOWER, BASE = (84, 254), (304, 434), 434
HEIGHT = BASE + 56
GOOD, LATE, LOAD = "#2a7f62", "#c1121f", "#6b5ca5"


def draw_sweep(sweep: Sweep) -> str:
    """The picture; the same sweep gives the same bytes."""
    points = sweep.points
    title = f"{sweep.what} of {sweep.factory}" if sweep.factory else sweep.what
    fixed = f"With {', '.join(sweep.fixed)}. " if sweep.fixed else ""
    share = _Axis([p.on_time_pct for p in points] + [FULL], *UPPER)
    days = _Axis([0.0, *(p.total_tardiness_days for p in points)], *LOWER)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="11"',
            ' font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>',
            _text(LEFT, 24, title, size=15, fill="#111"),
            _text(LEFT, 42, f"{fixed}{sweep.holds}."),
            _text(LEFT, 57, f"{sweep.bottleneck}."),
            *_panel(points, share, "lines on time, %"),
            *_panel(points, days, "total tardiness, days"),
            *_line(points, [p.on_time_pct for p in points], share, GOOD),
            *_line(points, [p.total_tardiness_days for p in points], days, LATE),
            *_full(points),
            *(_text(_x(points, p.value), BASE + 18, f"{p.value:g}", anchor="middle") for p in _labelled(points)),
            _text(LEFT, HEIGHT - 14, f"{sweep.what}, {sweep.unit}", fill="#333"),
            "</svg>\n",
        ]
    )


class _Axis:
    """A linear axis from the bottom of a panel to its top, with a handful of round ticks."""

    def __init__(self, values: Sequence[float], top: int, bottom: int) -> None:
        span = max(values) - min(values) or 1.0
        step = 10.0 ** floor(log10(span / 3))
        self.step = next(m * step for m in (1, 2, 5, 10) if span / (m * step) <= 5)
        self.low = floor(min(values) / self.step) * self.step
        self.high = max(*values, self.low + self.step)
        self.top, self.bottom = top, bottom

    def __call__(self, value: float) -> float:
        return round(self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top), 2)

    def ticks(self) -> Iterator[float]:
        """Round values on the axis."""
        for k in range(7):
            if (value := self.low + k * self.step) <= self.high + 1e-9:
                yield round(value, 9)


def _x(points: Sequence[Point], value: float) -> float:
    first, last = points[0].value, points[-1].value
    share = (value - first) / (last - first) if last > first else 0.5
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 2)


def _labelled(points: Sequence[Point]) -> Sequence[Point]:
    """As many points as have room for their value."""
    return points[:: -(-len(points) // 15)]


def _panel(points: Sequence[Point], axis: _Axis, what: str) -> Iterator[str]:
    yield _text(LEFT, axis.top - 10, what, fill="#333")
    for v in axis.ticks():
        y = axis(v)
        yield f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}" stroke="#eceef1"/>'
        yield _text(LEFT - 8, y + 4, f"{v:g}", anchor="end")
    for p in _labelled(points):
        x = _x(points, p.value)
        yield f'<line x1="{x}" y1="{axis.top}" x2="{x}" y2="{axis.bottom}" stroke="#f3f4f6"/>'


def _line(points: Sequence[Point], values: Sequence[float], axis: _Axis, colour: str) -> Iterator[str]:
    places = [(_x(points, p.value), axis(v)) for p, v in zip(points, values, strict=True)]
    way = " ".join(f"{x},{y}" for x, y in places)
    yield f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for p, (x, y) in zip(points, places, strict=True):
        title = escape(
            f"{p.value:g}: {p.on_time_pct:.1f} % on time, {p.missed} late or unplanned, "
            f"{p.total_tardiness_days:.1f} d late, {p.most_loaded} {p.load_pct:.0f} % loaded"
        )
        yield f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"><title>{title}</title></circle>'


def _full(points: Sequence[Point]) -> Iterator[str]:
    """A mark at every change of the resource that is loaded most, where that is fully loaded."""
    named = ""
    for p in points:
        if p.load_pct >= FULL and p.most_loaded != named:
            x = _x(points, p.value)
            yield (
                f'<line x1="{x}" y1="{UPPER[0]}" x2="{x}" y2="{BASE}" stroke="{LOAD}" stroke-width="1.2" '
                'stroke-dasharray="4 3"/>'
            )
            end = x > WIDTH - 160
            label = f"{p.most_loaded} {p.load_pct:.1f} %"
            yield _text(x - 5 if end else x + 5, UPPER[1] + 22, label, fill=LOAD, anchor="end" if end else "start")
        named = p.most_loaded if p.load_pct >= FULL else ""


def _text(x: float, y: float, text: str, *, size: int = 11, fill: str = "#666", anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{escape(text)}</text>'
