"""The board of buffers: its order, and what its picture shows."""

from pegboard.domain.plan import BufferPlan
from pegboard.insight.buffer_board import BAR, LEFT, MOST, by_urgency, draw_board


def buffer(item: str, net_flow: float, colour: str, *, tog: float = 90, on_hand: float = 0) -> BufferPlan:
    """Tops 30, 70 and 90."""
    return BufferPlan(
        item=item,
        adu=4,
        dlt_days=10,
        tor=30 if tog else 0,
        toy=70 if tog else 0,
        tog=tog,
        on_hand=on_hand,
        on_order=0,
        qualified_demand=0,
        net_flow=net_flow,
        priority_pct=round(100 * net_flow / tog, 2) if tog else None,
        colour=colour,
        order_qty=0,
        on_hand_pct=None,
        alert="green",
        order_by=None,
        due=None,
    )


def test_colour_comes_before_percentage_and_buffers_without_zones_last():
    rows = [
        buffer("GREEN", 80, "green"),
        buffer("NONE", 0, "dark_red", tog=0),
        buffer("YELLOW", 40, "yellow"),
        buffer("OUT", -9, "dark_red"),
        buffer("RED", 20, "red"),
        buffer("RED-A", 20, "red"),
        buffer("LOWER", 10, "red"),
    ]

    assert [b.item for b in by_urgency(rows)] == ["OUT", "NONE", "LOWER", "RED", "RED-A", "YELLOW", "GREEN"]


def test_marks_stand_where_their_quantity_is_on_the_bar():
    """Net flow 45 is half of top of green; the picture ends at 130 %."""
    x = round(LEFT + 0.5 / MOST * BAR, 2)
    picture = draw_board([buffer("X", 45, "yellow", on_hand=45)])

    assert f'<path d="M{x:g} ' in picture
    assert f'<path d="M{x - 5:g} ' in picture


def test_what_lies_beyond_the_picture_is_drawn_at_its_edges():
    picture = draw_board([buffer("X", -45, "dark_red"), buffer("Y", 900, "green")])

    assert f'<path d="M{LEFT} ' in picture
    assert f'<path d="M{LEFT + BAR} ' in picture
    assert "<title>net flow 900</title>" in picture


def test_a_buffer_without_zones_has_no_bar_and_names_are_escaped():
    picture = draw_board([buffer("A<B", -5, "dark_red", tog=0)])

    assert "A&lt;B" in picture
    assert "n/a" in picture
    assert "<title>yellow" not in picture
