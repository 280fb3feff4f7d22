"""Two plans over each other as one Gantt chart: where operations stood as outlines, where they stand now filled.

A large plan is shown where it changes most: the resources with most changed operations, and the days with most of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.calendar import DAY, local_day, midnight
from pegboard.domain.plan import OperationPlan, Plan
from pegboard.insight.comparing.comparison import Comparison
from pegboard.insight.comparing.said import headline
from pegboard.insight.gantt import LEFT, ROW, TOP, WIDTH, Frame, grid, x_of

MOST_ROWS, MOST_DAYS = 28, 14
Fate = Literal["kept", "later", "earlier", "other", "new", "gone"]
COLOUR: dict[Fate, str] = {
    "kept": "#dfe3e8",
    "later": "#ef7d3b",
    "earlier": "#3b82c4",
    "other": "#9a5fc0",
    "new": "#3ca951",
    "gone": "#c1121f",
}
WORD: dict[Fate, str] = {
    "later": "starts later",
    "earlier": "starts earlier",
    "other": "on another resource",
    "new": "new",
    "gone": "gone",
    "kept": "as before",
}


class Placed(msgspec.Struct, frozen=True):
    """An operation, or a part of a split one, where it was and where it is; None where it is not."""

    before: OperationPlan | None
    after: OperationPlan | None

    @property
    def fate(self) -> Fate:
        """What became of it; another resource counts before another time."""
        a, b = self.before, self.after
        if a is None or b is None:
            return "new" if a is None else "gone"
        if a.resource != b.resource:
            return "other"
        if (a.setup_start, a.start, a.end) == (b.setup_start, b.start, b.end):
            return "kept"
        return "earlier" if b.setup_start < a.setup_start else "later"

    @property
    def rows(self) -> list[OperationPlan]:
        """Where it is, then where it was."""
        return [op for op in (self.after, self.before) if op is not None]


def draw_changes(before: Plan, after: Plan, comparison: Comparison) -> str:
    """The picture as SVG text; the same plans give the same bytes."""
    placed = _placed(before, after)
    changed = [p for p in placed if p.fate != "kept"]
    frame = _frame(changed, after)
    names = _resources([p for p in changed if _is_in(p, frame)] or changed or placed)
    row = {name: i for i, name in enumerate(names)}
    shown = [p for p in placed if _is_in(p, frame)]
    height = TOP + ROW * len(names) + 44
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 16} {height}" font-size="11"',
        ' font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>',
        *_title(after, frame, headline(comparison)),
        *grid(after.timezone, frame, len(names)),
        *(
            f'<text x="{LEFT - 8}" y="{TOP + i * ROW + 17}" text-anchor="end" fill="#333">{escape(name)}</text>'
            for i, name in enumerate(names)
        ),
    ]
    for of in (_fill, _outline, _join):  # joins above all, outlines above what fills them
        parts.extend(text for p in shown for text in of(p, frame, row))
    parts.extend(_legend(height, len({n for p in changed for op in p.rows for n in _held(op)} - set(names))))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _placed(before: Plan, after: Plan) -> list[Placed]:
    old, new = (_keyed(plan.operations) for plan in (before, after))
    return [Placed(old.get(key), new.get(key)) for key in sorted({*old, *new})]


def _keyed(operations: Iterable[OperationPlan]) -> dict[tuple[str, int, int], OperationPlan]:
    parts: dict[tuple[str, int], int] = defaultdict(int)
    found = {}
    for op in operations:
        parts[op.wo, op.step] += 1
        found[op.wo, op.step, parts[op.wo, op.step]] = op
    return found


def _held(op: OperationPlan) -> tuple[str, ...]:
    return op.resource, *op.also


def _is_in(p: Placed, frame: Frame) -> bool:
    return any(op.end > frame.start and op.setup_start < frame.end for op in p.rows)


def _frame(changed: list[Placed], plan: Plan) -> Frame:
    """All that changed if it fits, else the stretch of days in which most changed operations stand."""
    zone = ZoneInfo(plan.timezone)
    days = Counter(local_day(op.setup_start, zone).toordinal() for p in changed for op in p.rows)
    first = min(days, default=local_day(plan.now, zone).toordinal())
    last = max((local_day(op.end, zone).toordinal() for p in changed for op in p.rows), default=first + 13)
    if last - first >= MOST_DAYS:
        first = max(
            range(first, max(first, max(days) - MOST_DAYS + 1) + 1),
            key=lambda day: (sum(days[day + k] for k in range(MOST_DAYS)), -day),
        )
        last = first + MOST_DAYS - 1
    start, end = (midnight(date.fromordinal(day), zone) for day in (first, last + 1))
    return Frame(start, end)


def _resources(placed: list[Placed]) -> list[str]:
    """The resources of most of these operations, by name."""
    held = Counter(name for p in placed for op in p.rows for name in _held(op))
    return sorted(sorted(held, key=lambda name: (-held[name], name))[:MOST_ROWS])


def _fill(p: Placed, frame: Frame, row: dict[str, int]) -> list[str]:
    """The bar of an operation where it is now, its setup paler."""
    op, fate = p.after, p.fate
    if op is None:
        return []
    found = []
    title = f"<title>{escape(f'{op.wo}.{op.step} {op.name}'.strip())}: {WORD[fate]}</title>"
    for name in _held(op):
        if name in row:
            y, a, b, c = TOP + row[name] * ROW + 7, *(x_of(t, frame) for t in (op.setup_start, op.start, op.end))
            if b - a > 0.2:
                found.append(_rect(a, b, y, ROW - 14, f'fill="{COLOUR[fate]}" opacity="0.4"'))
            found.append(_rect(b, c, y, ROW - 14, f'fill="{COLOUR[fate]}"', title))
    return found


def _outline(p: Placed, frame: Frame, row: dict[str, int]) -> list[str]:
    """The outline of an operation where it was, unless it is still there."""
    op, fate = p.before, p.fate
    if op is None or fate == "kept":
        return []
    dash = "" if fate == "gone" else ' stroke-dasharray="3 2"'
    style = f'fill="none" stroke="{COLOUR[fate]}"{dash}'
    return [
        _rect(x_of(op.setup_start, frame), x_of(op.end, frame), TOP + row[name] * ROW + 3, ROW - 6, style)
        for name in _held(op)
        if name in row and op.end > frame.start and op.setup_start < frame.end
    ]


def _join(p: Placed, frame: Frame, row: dict[str, int]) -> list[str]:
    """A line from where an operation started to where it starts, if both are in the picture and lie apart."""
    a, b = p.before, p.after
    if a is None or b is None or p.fate == "kept" or a.resource not in row or b.resource not in row:
        return []
    if not all(frame.start <= op.setup_start < frame.end for op in (a, b)):
        return []
    if a.resource == b.resource and a.setup_start < b.end and b.setup_start < a.end:
        return []
    x, to = x_of(a.setup_start, frame), x_of(b.setup_start, frame)
    y, below = (TOP + row[op.resource] * ROW + ROW / 2 for op in (a, b))
    return [
        f'<line x1="{x}" y1="{y:g}" x2="{to}" y2="{below:g}" stroke="#333" stroke-width="0.7" opacity="0.45"/>',
        f'<circle cx="{to}" cy="{below:g}" r="1.8" fill="#333"/>',
    ]


def _rect(x: float, to: float, y: float, height: float, style: str, inner: str = "") -> str:
    shape = f'<rect x="{x}" y="{y}" width="{max(to - x, 0.6):.2f}" height="{height}" {style}'
    return f"{shape}>{inner}</rect>" if inner else f"{shape}/>"


def _title(plan: Plan, frame: Frame, sentence: str) -> list[str]:
    zone = ZoneInfo(plan.timezone)
    first, last = local_day(frame.start, zone), local_day(frame.end - DAY // 2, zone)
    return [
        f'<text x="{LEFT}" y="22" font-size="15" fill="#111">What changed, {first:%d %b %Y} to {last:%d %b %Y}</text>',
        f'<text x="{LEFT}" y="39" fill="#666">{escape(sentence)}</text>',
    ]


def _legend(height: int, hidden: int) -> list[str]:
    """What colours and outlines mean, and how many resources with changes are not shown."""
    y, x, found = height - 24, LEFT, []
    for fate, word in WORD.items():
        style = f'fill="{COLOUR[fate]}"' if fate != "gone" else f'fill="none" stroke="{COLOUR[fate]}"'
        found += [_rect(x, x + 14, y, 10, style), f'<text x="{x + 19}" y="{y + 9}" fill="#333">{word}</text>']
        x += 36 + 6 * len(word)
    outline = 'fill="none" stroke="#555" stroke-dasharray="3 2"'
    rest = f"; changes on {hidden:,} more resources" if hidden > 1 else "; changes on 1 more resource" if hidden else ""
    said = f"where it was, joined to where it starts now; pale: setup{rest}"
    return [*found, _rect(x, x + 14, y, 10, outline), f'<text x="{x + 19}" y="{y + 9}" fill="#333">{said}</text>']
