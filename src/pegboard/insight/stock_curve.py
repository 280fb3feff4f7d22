"""A picture of where to buffer: the stock that each promised lead time takes, as steps."""

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10
from xml.sax.saxutils import escape

from pegboard.insight.positions import Advice, Point

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 90, 40, 70, 60
LEGEND = (
    "Average stock of the cheapest buffers for each lead time that can be promised. Down and to the left is better."
)
LINE, TODAY, CHOSEN = "#2a7f62", "#6b7280", "#c1121f"
LABEL_WIDTH, LABEL_HEIGHT = 130, 13


class _Axis:
    """A linear axis from nought to a round number above all values."""

    def __init__(self, most: float, begin: float, end: float) -> None:
        step = 10.0 ** floor(log10(most)) if most > 0 else 1.0
        self.step = next(step * m for m in (0.1, 0.2, 0.5, 1, 2) if most <= 10 * step * m)
        self.ticks = [self.step * k for k in range(ceil(most / self.step - 1e-9) + 1)]
        self.begin, self.end, self.high = begin, end, max(self.ticks[-1], self.step)

    def __call__(self, value: float) -> float:
        return round(self.begin + value / self.high * (self.end - self.begin), 2)


def draw_curve(name: str, advice: Advice) -> str:
    """The curve as an SVG, with the target, the choice for it and today's buffers."""
    shown = [*advice.curve, advice.today, *([advice.choice] if advice.choice else [])]
    x = _Axis(max([p.days for p in shown] + [advice.target_days or 0.0]), LEFT, WIDTH - RIGHT)
    y = _Axis(max(p.stock_value for p in shown), HEIGHT - BOTTOM, TOP)
    title = escape(f"Lead time against stock: {name}" if name else "Lead time against stock")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="11"',
            ' font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>',
            f'<text x="{LEFT}" y="26" font-size="15" fill="#111">{title}</text>',
            f'<text x="{LEFT}" y="43" fill="#666">{LEGEND}</text>',
            *_axes(x, y, advice.currency),
            *_target(x, advice.target_days),
            *_steps(x, y, advice.curve),
            *_points(x, y, advice),
            "</svg>\n",
        ]
    )


def _axes(x: _Axis, y: _Axis, currency: str) -> Iterator[str]:
    for v in x.ticks:
        yield f'<line x1="{x(v)}" y1="{TOP}" x2="{x(v)}" y2="{HEIGHT - BOTTOM}" stroke="#eceef1"/>'
        yield f'<text x="{x(v)}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle" fill="#666">{v:g}</text>'
    for v in y.ticks:
        yield f'<line x1="{LEFT}" y1="{y(v)}" x2="{WIDTH - RIGHT}" y2="{y(v)}" stroke="#eceef1"/>'
        yield f'<text x="{LEFT - 8}" y="{y(v) + 4}" text-anchor="end" fill="#666">{v:,.10g}</text>'
    yield f'<text x="{LEFT}" y="{HEIGHT - 18}" fill="#333">longest lead time promised, days</text>'
    yield f'<text x="18" y="{TOP - 10}" fill="#333">{escape(f"average stock, {currency}".strip(", "))}</text>'


def _target(x: _Axis, days: float | None) -> Iterator[str]:
    if days is not None:
        yield f'<line x1="{x(days)}" y1="{TOP}" x2="{x(days)}" y2="{HEIGHT - BOTTOM}" stroke="{CHOSEN}"'
        yield ' stroke-dasharray="4 3"/>'
        yield f'<text x="{x(days) + 4}" y="{TOP + 10}" fill="{CHOSEN}">target {days:g} d</text>'


def _steps(x: _Axis, y: _Axis, curve: Sequence[Point]) -> Iterator[str]:
    """The stock that any lead time takes: that of the longest one on the curve which is not longer."""
    if not curve:
        return
    steps = "".join(f"V{y(p.stock_value)}H{x(p.days)}" for p in curve)
    yield f'<path d="M{x(x.high)} {y(curve[0].stock_value)}{steps}" fill="none" stroke="{LINE}" stroke-width="2"/>'


def _points(x: _Axis, y: _Axis, advice: Advice) -> Iterator[str]:
    """A dot for each point, with its numbers where they do not cover another one's; the choice and today above all."""
    marked = [(advice.today, "today: ", TODAY)]
    if advice.choice:
        marked.append((advice.choice, "", CHOSEN))
    dots: list[str] = []
    labels: list[str] = []
    written: list[tuple[float, float]] = []
    for p, prefix, colour in [*marked[::-1], *((p, "", LINE) for p in advice.curve)]:
        px, py = x(p.days), y(p.stock_value)
        least = "" if p.is_exact else f"; the cheapest may be {p.gap_pct:.1f} % cheaper"
        title = f"{prefix}{p.days:.2f} d, {p.buffers} buffers, stock {p.stock_value:,.0f} {advice.currency}".strip()
        dots.append(
            f'<circle cx="{px}" cy="{py}" r="4" fill="{colour}"><title>{escape(title + least)}</title></circle>'
        )
        if all(abs(px - a) > LABEL_WIDTH or abs(py - b) > LABEL_HEIGHT for a, b in written):
            written.append((px, py))
            text = f"{prefix}{p.days:.1f} d, {p.buffers} buffers"
            at = f'x="{px + 8}"' if px < WIDTH - RIGHT - LABEL_WIDTH else f'x="{px - 8}" text-anchor="end"'
            labels.append(f'<text {at} y="{py - 6}" fill="{colour}">{text}</text>')
    yield from [*dots[::-1], *labels]
