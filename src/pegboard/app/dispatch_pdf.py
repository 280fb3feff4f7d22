"""Dispatch lists on paper: a page or more for each resource, A4 across, that prints the same everywhere."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pegboard.insight.dispatch_list import Dispatched, Fetch

HEAD = ("begin", "end", "work order", "step", "item", "qty", "set up", "for", "fetch")
WIDTHS = (24, 24, 30, 32, 48, 14, 22, 36, 47)
"""Of the columns, in millimetres."""
_FONTS = Path(__file__).parent / "fonts"
_SMALL, _LARGE = 7.5, 14.0


def dispatch_pdf(
    plant: str, lists: Mapping[str, Sequence[Dispatched]], names: Mapping[str, str], now: int, zone: ZoneInfo
) -> bytes:
    """The lists of some resources as PDF; the same lists give the same bytes.

    `names` are what people call the resources, `now` is the instant of the plan. Long names run over several lines.
    """
    from fpdf import FPDF

    class Paper(FPDF):
        """Pages with the plant, the instant of the plan and their number at the foot."""

        def footer(self) -> None:
            self.set_y(-10)
            self.set_font("DejaVu", size=_SMALL)
            self.cell(0, 5, f"{plant}  plan of {_moment(now, zone)}".strip(), align="L")
            self.set_y(-10)
            self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    paper = Paper(orientation="landscape", format="A4")
    paper.set_creation_date(datetime.fromtimestamp(now, UTC))
    paper.set_margin(10)
    paper.set_auto_page_break(True, 14)
    paper.add_font("DejaVu", "", _FONTS / "DejaVuSans.ttf")
    paper.add_font("DejaVu", "B", _FONTS / "DejaVuSans-Bold.ttf")
    for resource, rows in lists.items():
        paper.add_page()
        paper.set_font("DejaVu", "B", _LARGE)
        paper.multi_cell(0, 8, f"{resource}  {names.get(resource, '')}".strip(), new_x="LMARGIN", new_y="NEXT")
        paper.set_font("DejaVu", size=_SMALL)
        _table(paper, rows, zone)
    return bytes(paper.output())


def _table(paper: Any, rows: Sequence[Dispatched], zone: ZoneInfo) -> None:
    from fpdf.fonts import FontFace

    if not rows:
        paper.cell(0, 6, "nothing to do")
        return
    head = FontFace(emphasis="BOLD", fill_color=(230, 230, 230))
    with paper.table(
        col_widths=WIDTHS, headings_style=head, line_height=4, padding=0.7, text_align="LEFT", v_align="TOP"
    ) as table:
        table.row(HEAD)
        for row in rows:
            table.row(_cells(row, zone))


def _cells(row: Dispatched, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        _moment(row.setup_start, zone),
        _moment(row.end, zone),
        _lines(row.wo, row.status if row.status not in ("planned", "released") else "", "locked" if row.locked else ""),
        _lines(f"{row.step} {row.name}".strip(), f"with {', '.join(row.with_)}" if row.with_ else "", row.note),
        _lines(row.item, row.item_name, ", ".join(f"{name} {chosen}" for name, chosen in row.options)),
        f"{row.qty:g}",
        _lines(row.family, f"{row.setup_min:g} min" if row.setup_min else ""),
        _lines(row.order or "stock", row.customer, f"due {_moment(row.due, zone)}" if row.due is not None else ""),
        _lines(*(_fetched(fetch, zone) for fetch in row.fetch)),
    )


def _fetched(fetch: Fetch, zone: ZoneInfo) -> str:
    where = "" if fetch.supply == fetch.item else f" of {fetch.supply}"
    comes = "" if fetch.is_there else f", there {_moment(fetch.available, zone)}"
    return f"{fetch.qty:g} {fetch.uom} {fetch.item}{where}{comes}"


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _moment(t: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(t, zone).strftime("%a %d.%m. %H:%M")
