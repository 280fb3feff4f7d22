"""The board of buffers: the most urgent first, and a picture of their zones with what is on hand and net flow."""

from collections.abc import Sequence
from html import escape

from pegboard.domain.plan import BufferPlan

URGENCY = ("dark_red", "red", "yellow", "green")
COLOURS = {"dark_red": "#7d1128", "red": "#e5746c", "yellow": "#f4d35e", "green": "#86c28b"}

ROW, LEFT, TOP, BAR, RIGHT = 30, 190, 78, 760, 250
MOST = 1.3
"""The picture ends at this part of top of green; what lies beyond is drawn at its edge."""


def by_urgency(rows: Sequence[BufferPlan]) -> list[BufferPlan]:
    """By colour of net flow, then by priority: the lowest part of top of green first; without zones last."""
    last = float("inf")
    return sorted(
        rows,
        key=lambda b: (URGENCY.index(b.colour), last if b.priority_pct is None else b.priority_pct, b.item),
    )


def draw_board(rows: Sequence[BufferPlan]) -> str:
    """The zones of buffers as bars of one length, top of green being 100 %. The same rows give the same bytes."""
    height = TOP + ROW * len(rows) + 40
    box = f'viewBox="0 0 {LEFT + BAR + RIGHT} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-size="11" font-family="system-ui, sans-serif">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *_head(rows),
    ]
    for i, row in enumerate(rows):
        parts.extend(_bar(row, TOP + i * ROW))
    parts.extend(_scale(TOP + ROW * len(rows)))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _head(rows: Sequence[BufferPlan]) -> list[str]:
    counts = ", ".join(f"{sum(b.colour == c for b in rows)} {c.replace('_', ' ')}" for c in URGENCY)
    orders = sum(b.order_qty > 0 for b in rows)
    y = 56
    legend = [
        *(f'<rect x="{LEFT + 60 * k}" y="{y - 9}" width="12" height="12" fill="{COLOURS[c]}"/>' for k, c in _ZONES),
        *(f'<text x="{LEFT + 60 * k + 17}" y="{y + 1}" fill="#555">{c}</text>' for k, c in _ZONES),
        _on_hand(LEFT + 196, y - 11, "on hand"),
        f'<text x="{LEFT + 205}" y="{y + 1}" fill="#555">on hand</text>',
        _net_flow(LEFT + 268, y - 3, "net flow"),
        f'<text x="{LEFT + 279}" y="{y + 1}" fill="#555">net flow: on hand + on order - qualified demand</text>',
    ]
    return [
        f'<text x="{LEFT}" y="22" font-size="15" fill="#111">{len(rows)} buffers, {orders} order today</text>',
        f'<text x="{LEFT}" y="39" fill="#666">net flow: {counts}</text>',
        *legend,
    ]


_ZONES = tuple(enumerate(("red", "yellow", "green")))


def _bar(row: BufferPlan, y: int) -> list[str]:
    found = [
        f'<text x="{LEFT - 10}" y="{y + 19}" text-anchor="end" fill="#222">{escape(row.item)}</text>',
        f'<circle cx="14" cy="{y + 15}" r="5" fill="{COLOURS[row.colour]}"/>',
        f'<text x="24" y="{y + 19}" fill="#666">{_percent(row.priority_pct)}</text>',
    ]
    if row.tog > 0:
        edges = (0.0, row.tor, row.toy, row.tog)
        for (k, colour), low, high in zip(_ZONES, edges, edges[1:], strict=False):
            x, width = _x(low, row), _x(high, row) - _x(low, row)
            title = f"<title>{colour}: {low:g} to {high:g}</title>"
            fill = f'fill="{COLOURS[colour]}"'
            found.append(f'<rect x="{x}" y="{y + 7}" width="{width:.2f}" height="16" {fill}>{title}</rect>')
            if k < 2 and width > 0:
                found.append(f'<text x="{x + width - 3:.2f}" y="{y + 19}" {_FAINT}>{high:g}</text>')
        found.append(f'<text x="{_x(row.tog, row) - 3}" y="{y + 19}" {_FAINT}>{row.tog:g}</text>')
        found.append(_on_hand(_x(row.on_hand, row), y + 1, f"on hand {row.on_hand:g}"))
        found.append(_net_flow(_x(row.net_flow, row), y + 15, f"net flow {row.net_flow:g}"))
    said = f"on hand {row.on_hand:g}, net flow {row.net_flow:g}"
    order = f' <tspan font-weight="600" fill="#111">order {row.order_qty:g}</tspan>' if row.order_qty > 0 else ""
    found.append(f'<text x="{LEFT + BAR + 14}" y="{y + 19}" fill="#666">{said}{order}</text>')
    return found


_FAINT = 'text-anchor="end" fill="#000" opacity="0.55" font-size="9"'


def _x(qty: float, row: BufferPlan) -> float:
    share = min(max(qty / row.tog, 0.0), MOST) / MOST
    return round(LEFT + share * BAR, 2)


def _percent(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.0f} %"


def _on_hand(x: float, y: float, title: str) -> str:
    """A triangle that points down at the bar."""
    return f'<path d="M{x - 5:g} {y:g}h10l-5 9z" fill="#222"><title>{escape(title)}</title></path>'


def _net_flow(x: float, y: float, title: str) -> str:
    """A diamond on the bar."""
    shape = f"M{x:g} {y - 7:g}l6 7l-6 7l-6 -7z"
    return f'<path d="{shape}" fill="#2f4bbf" stroke="#fff"><title>{escape(title)}</title></path>'


def _scale(bottom: int) -> list[str]:
    found = []
    for pct in (0, 25, 50, 75, 100, 125):
        x = round(LEFT + pct / 100 / MOST * BAR, 2)
        found.append(f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{bottom}" stroke="#000" opacity="0.10"/>')
        found.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="middle" fill="#666">{pct} %</text>')
    found.append(f'<text x="{LEFT + BAR + 14}" y="{bottom + 16}" fill="#666">of top of green</text>')
    return found
