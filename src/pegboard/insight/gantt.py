"""A static Gantt chart as SVG: resources in rows, operations as bars coloured by order, setup in a lighter tone.

Only what the plan's rows say is drawn. The picture is text, so the same plan gives the same bytes.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.plan import OperationPlan, Plan

ROW, LEFT, TOP, WIDTH = 26, 110, 64, 1180
PALETTE = (
    "#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5", "#9c6b4e", "#5b8c85",
    "#c86f31", "#7a82ab",
)  # fmt: skip
GREY = "#c9cdd3"


class Frame(msgspec.Struct, frozen=True):
    """What to show: a stretch of time, some resources (all if none is named), one order in colour (all if blank)."""

    start: int
    end: int
    resources: tuple[str, ...] = ()
    order: str = ""


def draw(plan: Plan, frame: Frame) -> str:
    """The chart of the operations that touch the frame."""
    rows: dict[str, list[OperationPlan]] = defaultdict(list)
    for op in plan.operations:
        for resource in (op.resource, *op.also):
            if (
                op.end > frame.start
                and op.setup_start < frame.end
                and (not frame.resources or resource in frame.resources)
            ):
                rows[resource].append(op)
    names = sorted(rows)
    late = {o.order for o in plan.orders if o.status == "late"}
    height = TOP + ROW * len(names) + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 16} {height}" font-size="11"',
        ' font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>',
        *_title(plan, frame),
        *grid(plan.timezone, frame, len(names)),
    ]
    colours = _colours(plan)
    for i, name in enumerate(names):
        y = TOP + i * ROW
        parts.append(f'<text x="{LEFT - 8}" y="{y + 17}" text-anchor="end" fill="#333">{escape(name)}</text>')
        for op in sorted(rows[name], key=lambda o: (o.setup_start, o.wo, o.step)):
            parts.extend(_bar(op, frame, y, colours, late))
    parts.extend(_now(plan, frame, len(names)))
    parts.append(
        f'<text x="{LEFT}" y="{height - 12}" fill="#666">'
        "Bars are operations, coloured by order; the pale part is setup; a red edge marks a late order.</text></svg>"
    )
    return "\n".join(parts) + "\n"


def order_of(wo: str) -> str:
    """The order a work order is named for; its own name where it existed before."""
    return wo.split("/", maxsplit=1)[0]


def _colours(plan: Plan) -> dict[str, str]:
    orders = sorted({order_of(o.wo) for o in plan.operations})
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(orders)}


def x_of(t: int, frame: Frame) -> float:
    """Where an instant stands across the picture, at most at its edges."""
    share = (min(max(t, frame.start), frame.end) - frame.start) / (frame.end - frame.start)
    return round(LEFT + share * WIDTH, 2)


def _bar(op: OperationPlan, frame: Frame, y: int, colours: dict[str, str], late: set[str]) -> list[str]:
    order = order_of(op.wo)
    colour = colours[order] if frame.order in ("", order) else GREY
    a, b, c = x_of(op.setup_start, frame), x_of(op.start, frame), x_of(op.end, frame)
    edge = ' stroke="#c1121f" stroke-width="1.4"' if order in late and colour != GREY else ""
    title = f"<title>{escape(f'{op.wo}.{op.step} {op.name}'.strip())}</title>"
    found = []
    if b - a > 0.2:
        found.append(
            f'<rect x="{a}" y="{y + 4}" width="{b - a:.2f}" height="{ROW - 8}" fill="{colour}" opacity="0.35"/>'
        )
    width = max(c - b, 0.6)
    found.append(
        f'<rect x="{b}" y="{y + 4}" width="{width:.2f}" height="{ROW - 8}" rx="1.5" fill="{colour}"{edge}>'
        f"{title}</rect>"
    )
    label = f"{order.removeprefix('SO-')}"
    if width > 6.2 * len(label) + 4:
        found.append(f'<text x="{b + 3:.2f}" y="{y + ROW * 0.65:g}" fill="#fff" font-size="10">{escape(label)}</text>')
    return found


def grid(timezone: str, frame: Frame, n_row: int) -> list[str]:
    """Lines between so many rows and at midnights, the days written above, weekends shaded."""
    zone = ZoneInfo(timezone)
    bottom = TOP + ROW * n_row
    found = []
    for i in range(n_row + 1):
        y = TOP + i * ROW
        found.append(f'<line x1="{LEFT}" y1="{y}" x2="{LEFT + WIDTH}" y2="{y}" stroke="#eceef1"/>')
    day = datetime.fromtimestamp(frame.start, zone).replace(hour=0, minute=0, second=0)
    every = max(1, round((frame.end - frame.start) / 86_400 / 28))
    k = 0
    while day.timestamp() <= frame.end:
        t = int(day.timestamp())
        if t >= frame.start:
            x = x_of(t, frame)
            found.append(f'<line x1="{x}" y1="{TOP - 6}" x2="{x}" y2="{bottom}" stroke="#d6dae0"/>')
        if k % every == 0:
            text_x = max(x_of(t, frame), LEFT) + 4
            if text_x < LEFT + WIDTH - 30:
                found.append(f'<text x="{text_x}" y="{TOP - 8}" fill="#666">{day:%a %d %b}</text>')
        if day.weekday() >= 5:
            x, x2 = x_of(t, frame), x_of(t + 86_400, frame)
            found.append(f'<rect x="{x}" y="{TOP}" width="{x2 - x:.2f}" height="{bottom - TOP}" fill="#f4f5f7"/>')
        day += timedelta(days=1)
        k += 1
    return found


def _now(plan: Plan, frame: Frame, n_rows: int) -> list[str]:
    if not frame.start <= plan.now <= frame.end:
        return []
    x = x_of(plan.now, frame)
    return [f'<line x1="{x}" y1="{TOP - 6}" x2="{x}" y2="{TOP + ROW * n_rows}" stroke="#c1121f" stroke-width="1.2"/>']


def _title(plan: Plan, frame: Frame) -> list[str]:
    zone = ZoneInfo(plan.timezone)
    first, last = (datetime.fromtimestamp(t, zone) for t in (frame.start, frame.end))
    k = plan.kpis
    word = "certified" if not plan.certificate.violations else "NOT certified"
    share = (
        f"{len(plan.orders):,} order lines, {k.on_time_pct:.1f} % on time, {len(plan.operations):,} operations; {word}"
    )
    return [
        f'<text x="{LEFT}" y="22" font-size="15" fill="#111">{first:%d %b %Y} to {last:%d %b %Y}</text>',
        f'<text x="{LEFT}" y="39" fill="#666">{share}</text>',
    ]
