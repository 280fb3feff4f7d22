"""A picture of dates with confidence: for every line a bar from P5 to P95, the due date, and the date planned."""

from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from pegboard.domain.calendar import DAY
from pegboard.insight.confidence import Confidence, LineConfidence

ROW, LEFT, TOP, WIDTH, RIGHT = 20, 130, 78, 860, 90
SAFE, RISKY, LATE, MARK = "#2a7f62", "#d9920b", "#c1121f", "#111111"
LIKELY, UNLIKELY = 0.8, 0.5
MOST = 80
"""Lines that are drawn, the worst first."""
LEGEND = (
    "bar: P5 to P95, darker to P80; line in the bar: P50; black mark: due; ring: planned; right: probability on time"
)


def draw_confidence(timezone: str, confidence: Confidence) -> str:
    """The worst lines by due date. The same result gives the same bytes."""
    zone = ZoneInfo(timezone)
    lines = sorted(confidence.lines[:MOST], key=lambda row: (row.due, row.id))
    height = TOP + ROW * len(lines) + 30
    box = f'viewBox="0 0 {LEFT + WIDTH + RIGHT} {height}"'
    frame = _frame(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-size="11" font-family="system-ui, sans-serif">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" fill="#111">{_title(confidence, len(lines))}</text>',
        f'<text x="{LEFT}" y="40" fill="#666">{LEGEND}</text>',
        *_grid(frame, zone, TOP + ROW * len(lines)),
    ]
    for i, row in enumerate(lines):
        parts.extend(_bar(row, frame, TOP + ROW * i))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _title(c: Confidence, shown: int) -> str:
    worst = f"the {shown} most doubtful of " if shown < len(c.lines) else ""
    return f"{worst}{len(c.lines):,} lines, {c.on_time_pct:.1f} % expected on time, {c.runs:,} runs"


def _frame(lines: list[LineConfidence]) -> tuple[int, int]:
    """From the first to the last instant that is drawn."""
    times = [t for row in lines for t in (row.due, row.planned, row.p5, row.p95) if t is not None]
    return (min(times) - DAY // 2, max(times) + DAY // 2) if times else (0, DAY)


def _x(t: int | None, frame: tuple[int, int]) -> float:
    """Where an instant stands; one behind the end of the calendars at the edge."""
    share = 1.0 if t is None else (t - frame[0]) / (frame[1] - frame[0])
    return round(LEFT + WIDTH * share, 2)


def _bar(row: LineConfidence, frame: tuple[int, int], y: int) -> list[str]:
    colour = SAFE if row.on_time >= LIKELY else RISKY if row.on_time >= UNLIKELY else LATE
    p5, p50, p80, p95 = (_x(t, frame) for t in (row.p5, row.p50, row.p80, row.p95))
    due, planned = _x(row.due, frame), _x(row.planned, frame)
    said = escape(f"{row.id}: {100 * row.on_time:.1f} % on time, {row.tardiness_days:.1f} d late on average")

    def bar(end: float, opacity: float) -> str:
        width = max(round(end - p5, 2), 1.0)
        return f'<rect x="{p5}" y="{y + 4}" width="{width}" height="{ROW - 8}" fill="{colour}" opacity="{opacity}"/>'

    return [
        f"<g><title>{said}</title>",
        f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end" fill="#333">{escape(row.id)}</text>',
        bar(p95, 0.35),
        bar(p80, 0.55),
        f'<line x1="{p50}" y1="{y + 4}" x2="{p50}" y2="{y + ROW - 4}" stroke="#ffffff" stroke-width="1.5"/>',
        f'<circle cx="{planned}" cy="{y + ROW / 2}" r="3.4" fill="none" stroke="{MARK}"/>',
        f'<line x1="{due}" y1="{y + 1}" x2="{due}" y2="{y + ROW - 1}" stroke="{MARK}" stroke-width="2"/>',
        f'<text x="{LEFT + WIDTH + 10}" y="{y + 14}" fill="{colour}">{100 * row.on_time:.1f} %</text></g>',
    ]


def _grid(frame: tuple[int, int], zone: ZoneInfo, bottom: int) -> list[str]:
    """A line and a date for every day, or for every so many days where there are many."""
    every = max(1, round((frame[1] - frame[0]) / DAY / 14))
    at = datetime.fromtimestamp(frame[0], zone).replace(hour=0, minute=0, second=0) + timedelta(days=1)
    found = []
    while at.timestamp() < frame[1]:
        x = _x(int(at.timestamp()), frame)
        found.append(f'<line x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{bottom}" stroke="#e3e6ea"/>')
        found.append(f'<text x="{x + 3}" y="{TOP - 12}" fill="#666">{at:%d %b}</text>')
        at += timedelta(days=every)
    return found
