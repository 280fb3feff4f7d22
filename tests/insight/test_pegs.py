"""Where an order's supplies come from, whom a supply serves, and with how much slack (section 2.4, MT-02, MT-06)."""

# ruff: noqa: N802 - examples keep the capitals of their names

import msgspec
import pytest

from pegboard.app.outcome import Outcome
from pegboard.domain.plan import Plan
from pegboard.domain.supply import ItemSupplier
from pegboard.insight.peg_laws import peg_faults
from pegboard.insight.pegging import Pegging
from pegboard.insight.trace import Node, comes_from, goes_to, made_from, roots, served
from tests.factories import NONSTOP, buy, factory, make, order, part, phantom, plan, po, step, stock


def pegging(outcome: Outcome) -> Pegging:
    return Pegging(outcome.plan, outcome.planned.factory)


def tree(nodes: list[Node]) -> list[tuple[int, str, str, float]]:
    return [(n.depth, n.name, n.item, n.qty) for n in nodes]


def mt_02() -> Outcome:
    """Ten FG-100 from two SA-200 each (yield .95), RM-400, RM-500 (component yield .90) and a buffered BX-300."""
    return plan(
        factory(
            "2026-06-29 08:00",
            items=[
                make("FG-100"),
                make("SA-200", yield_=0.95),
                phantom("SA-250"),
                buy("BX-300", policy="buffer"),
                buy("RM-400", 7, min_qty=50, multiple=10),
                buy("RM-500", 10),
            ],
            item_suppliers=[ItemSupplier(item="RM-500", supplier="STEEL")],
            bom=[
                part("FG-100", "SA-200", 2),
                part("FG-100", "BX-300", 1),
                part("FG-100", "RM-400", 4),
                part("SA-200", "RM-500", 3, yield_=0.90),
                part("SA-200", "SA-250", 1),
                part("SA-250", "RM-400", 2),
            ],
            routing=[step("FG-100", 10, "ASSY", setup=30, run=45), step("SA-200", 10, "CELL-1", setup=60, run=30)],
            stock=[stock("SA-200", 4), stock("RM-500", 10), stock("RM-400", 5), stock("BX-300", 10)],
            purchase_orders=[po("SR-1", "RM-400", 20, "2026-07-06")],
            orders=[order("SO-1", "FG-100", 10, "2026-07-17")],
        )
    )


def test_MT_02_an_order_comes_from_its_whole_tree():
    """SO-1 wants 10 FG-100; they want 20 SA-200, 4 of them from stock and 16 made (17 started). The 17 want 34 RM-400
    through the phantom, 5 + 20 + 9, and 57 RM-500, 10 + 47; ASSY draws its 40 RM-400 from the purchase of 50."""
    graph = pegging(mt_02())
    fg, sa = graph.by_demand["order", "SO-1/1"][0].supply, "SO-1/1-2"

    assert sorted(tree(comes_from(graph, "SO-1/1"))) == sorted(
        [
            (0, "SO-1/1", "FG-100", 10),
            (1, fg, "FG-100", 10),
            (2, "SA-200", "SA-200", 4),
            (2, sa, "SA-200", 16),
            (3, "RM-400", "RM-400", 5),
            (3, "SR-1", "RM-400", 20),
            (3, "P-RM-400-1", "RM-400", 9),
            (3, "RM-500", "RM-500", 10),
            (3, "P-RM-500-1", "RM-500", 47),
            (2, "BX-300", "BX-300", 10),
            (2, "P-RM-400-1", "RM-400", 40),
        ]
    )


def test_MT_02_a_purchase_goes_to_every_step_that_draws_on_it_and_what_is_left_is_excess():
    """PO-A: 9 to WO-2, whose 16 go on to WO-1 and SO-1; 40 to WO-1 itself; 1 of 50 to nobody."""
    graph = pegging(mt_02())
    nodes = goes_to(graph, graph.supplies["purchase", "P-RM-400-1", "RM-400"])

    assert tree(nodes) == [
        (0, "P-RM-400-1", "RM-400", 50),
        (1, "SO-1/1-2", "RM-400", 9),
        (2, "SO-1/1-1", "SA-200", 9),
        (3, "SO-1/1", "FG-100", 9),
        (1, "SO-1/1-1", "RM-400", 40),
        (2, "SO-1/1", "FG-100", 40),
    ]
    assert nodes[0].excess == 1
    (line,) = served(graph, graph.supplies["purchase", "P-RM-400-1", "RM-400"], None)
    assert (line.order, line.qty) == ("SO-1/1", 49)


def test_MT_02_a_work_order_is_made_from_its_parts():
    graph = pegging(mt_02())
    nodes = made_from(graph, graph.supplies["wo", "SO-1/1-2", "SA-200"])

    assert (nodes[0].name, nodes[0].qty) == ("SO-1/1-2", 16)
    assert sorted((n.item, n.qty) for n in nodes[1:]) == [
        ("RM-400", 5),
        ("RM-400", 9),
        ("RM-400", 20),
        ("RM-500", 10),
        ("RM-500", 47),
    ]


def test_quantities_are_those_of_the_share_that_goes_to_the_order():
    """A lot of 20 B, from 40 X, serves SO-1 with 5 and SO-2 with 10; 5 are over. SO-1's share of X is a quarter."""
    outcome = plan(
        factory(
            items=[make("B", min_qty=20, batch_days=5), buy("X")],
            bom=[part("B", "X", 2)],
            routing=[step("B", 10, "M", run=1)],
            orders=[order("SO-1", "B", 5, "2026-06-18"), order("SO-2", "B", 10, "2026-06-19")],
        )
    )
    graph = pegging(outcome)
    (wo,) = [w.wo for w in outcome.plan.work_orders]

    assert [(n.item, n.qty) for n in comes_from(graph, "SO-1/1")] == [("B", 5), ("B", 5), ("X", 10)]
    assert graph.excess(graph.supplies["wo", wo, "B"]) == 5
    purchase = next(s for s in graph.supplies.values() if s.kind == "purchase")
    assert [(s.order, s.qty) for s in served(graph, purchase, None)] == [("SO-1/1", 10), ("SO-2/1", 20)]


def test_of_a_shared_lot_each_customer_has_a_slack_of_its_own():
    """SO-1 and SO-2 share one lot of B; SO-2 is due a day after SO-1, so X may come a day later for SO-2 alone."""
    outcome = plan(
        factory(
            items=[make("B", batch_days=5), buy("X")],
            bom=[part("B", "X", 2)],
            routing=[step("B", 10, "M", run=1)],
            orders=[order("SO-1", "B", 5, "2026-06-18"), order("SO-2", "B", 10, "2026-06-19")],
        )
    )
    graph = pegging(outcome)
    purchase = next(s for s in graph.supplies.values() if s.kind == "purchase")
    first, second = served(graph, purchase, None)

    assert (first.order, second.order) == ("SO-1/1", "SO-2/1")
    assert second.slack_days - first.slack_days == 1


def mt_06() -> Pegging:
    """Hours from 0, due 110: P1 72 -> S1 20 -> FG 8; P2 40 -> S1; P3 48 -> S2 30 -> FG. P1 to P3 are ordered."""
    hour = {"P1": "2026-06-04 00:00", "P2": "2026-06-02 16:00", "P3": "2026-06-03 00:00"}
    outcome = plan(
        factory(
            "2026-06-01 00:00",
            calendars=NONSTOP,
            items=[buy(p, 90) for p in hour],
            bom=[part("FG", "S1"), part("FG", "S2"), part("S1", "P1"), part("S1", "P2"), part("S2", "P3")],
            routing=[
                step("FG", 10, "M1", setup=8 * 60),
                step("S1", 10, "M2", setup=20 * 60),
                step("S2", 10, "M3", setup=30 * 60),
            ],
            purchase_orders=[po(f"PO-{p}", p, 1, when) for p, when in hour.items()],
            orders=[order("SO-1", "FG", 1, "2026-06-05 14:00")],
        )
    )
    return pegging(outcome)


@pytest.mark.parametrize(("part_", "slack"), [("P1", 10), ("P2", 42), ("P3", 24)])
def test_MT_06_the_slack_of_a_purchase_is_that_of_the_critical_path(part_: str, slack: int):
    graph = mt_06()
    (line,) = served(graph, graph.supplies["po", f"PO-{part_}", part_], None)

    assert line.slack_days * 24 == pytest.approx(slack, abs=0.01)


@pytest.mark.parametrize(("part_", "hours_late"), [("P1", 2), ("P2", None)])
def test_MT_06_a_supplier_twelve_hours_late_delays_the_order_by_what_exceeds_its_slack(part_: str, hours_late: float):
    """P1 has 10 hours: the order is 2 late. P2 has 42: it stays where it is."""
    graph = mt_06()
    (line,) = served(graph, graph.supplies["po", f"PO-{part_}", part_], 0.5)

    assert line.lateness_days is not None
    assert line.lateness_days <= 0
    assert line.slipped_days is not None
    if hours_late is None:
        assert line.slipped_days == line.lateness_days
    else:
        assert line.slipped_days * 24 == pytest.approx(hours_late, abs=0.01)


def test_criticality_is_slack_that_is_left_and_never_below_nothing():
    """PO-1 comes on the 22nd for an A that must begin on the 19th at 16:00: 2 d 16 h too late."""
    outcome = plan(
        factory(
            items=[buy("X", 60)],
            bom=[part("A", "X")],
            routing=[step("A", 10, "M", run=60)],
            purchase_orders=[po("PO-1", "X", 1, "2026-06-22")],
            orders=[order("SO-1", "A", 1, "2026-06-19")],
        )
    )
    graph = pegging(outcome)
    node = goes_to(graph, graph.supplies["po", "PO-1", "X"])[0]

    assert (node.slack_days, node.criticality) == (round(-64 / 24, 4), 0)


def test_names_stand_for_orders_lines_supplies_and_items():
    graph = pegging(mt_02())

    assert roots(graph, "SO-1")[0] == roots(graph, "SO-1/1")[0] == ["SO-1/1"]
    assert roots(graph, "SR-1")[1] == [("po", "SR-1", "RM-400")]
    assert [key[1] for key in roots(graph, "RM-400")[1]] == ["SR-1", "P-RM-400-1", "RM-400"]
    assert roots(graph, "RM-4") == ([], [])


def test_the_pegs_of_a_plan_add_up():
    assert peg_faults(pegging(mt_02())) == []


def tampered(**more: object) -> list[str]:
    """What is said of MT-02 when its first peg of RM-500 is changed."""
    found = mt_02()
    pegs = list(found.plan.pegs)
    at = next(k for k, peg in enumerate(pegs) if peg.item == "RM-500" and peg.supply_kind == "purchase")
    pegs[at] = msgspec.structs.replace(pegs[at], **more)
    changed: Plan = msgspec.structs.replace(found.plan, pegs=tuple(pegs))
    return [f.what for f in peg_faults(Pegging(changed, found.planned.factory))]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"qty": 48.0}, "brings 47 RM-500, and 48 are"),
        ({"demand": "WO-9"}, "pegged to wo WO-9, which the plan does not hold"),
        ({"supply": "P-9"}, "pegged from purchase P-9, which the plan does not hold"),
        ({"demand_kind": "order", "demand": "SO-1/1"}, "is to get 10 FG-100, and 57 are"),
        ({"supply_kind": "wo", "supply": "SO-1/1-1"}, "waits for itself"),
    ],
)
def test_pegs_changed_by_hand_into_what_cannot_be_are_found_out(more: dict[str, object], words: str):
    assert [what for what in tampered(**more) if words in what]
