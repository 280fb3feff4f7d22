"""Laws of what a plan says to buyers: pegs add up over all levels, kits and promises use what is there once (P2)."""

from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest

from pegboard.domain.factory import Factory
from pegboard.domain.plan import Plan
from pegboard.insight.availability import promises, refused
from pegboard.insight.kit import Policy, clear_to_build
from pegboard.insight.peg_laws import peg_faults
from pegboard.insight.pegging import Pegging
from pegboard.insight.trace import MOST, comes_from, served
from tests.laws.planning import Case

CaseOf = Callable[[int], Case]
SEEDS = range(40)


def plans(case_of: CaseOf) -> Iterator[tuple[str, Factory, Plan]]:
    for seed in SEEDS:
        case = case_of(seed)
        assert case.run.outcome is not None
        yield case.factory.name, case.run.outcome.planned.factory, case.run.outcome.plan


def test_no_supply_is_promised_twice_no_line_half_and_nothing_waits_for_itself(case_of: CaseOf):
    """P2, of stock and purchase orders too, whose quantities only the factory knows."""
    checked = 0
    for name, factory, plan in plans(case_of):
        pegging = Pegging(plan, factory)
        assert peg_faults(pegging) == [], name
        checked += sum(s.kind in ("stock", "po") and pegging.pegged(s.key) > 0 for s in pegging.supplies.values())
    assert checked > 0


def test_what_a_supply_brings_all_customers_is_what_is_pegged_of_it_at_most(case_of: CaseOf):
    """Scaled through all levels, the shares of a supply never sum to more than is drawn of it; where every work order
    on the way is pegged whole, to exactly that. By-products apart: what they are made of serves the item as well."""
    exact = 0
    for name, factory, plan in plans(case_of):
        if factory.byproducts:
            continue
        pegging = Pegging(plan, factory)
        for key, supply in pegging.supplies.items():
            total = sum(row.qty for row in served(pegging, supply, None))
            assert total <= pegging.pegged(key) + 1e-3, (name, key)
            exact += key[0] == "purchase" and abs(total - pegging.pegged(key)) < 1e-6 < total
    assert exact > 0


def test_the_tree_of_a_line_and_the_reach_of_its_supplies_are_the_same_thing_from_both_ends(case_of: CaseOf):
    """What a line takes of a supply, summed over its tree, is what the supply says that it brings to the line; and the
    least slack in the tree is the supply's slack to the line."""
    checked = 0
    for name, factory, plan in plans(case_of):
        pegging = Pegging(plan, factory)
        for line in pegging.orders:
            taken: dict[tuple[str, str, str], float] = defaultdict(float)
            slack: dict[tuple[str, str, str], float] = {}
            nodes = comes_from(pegging, line)
            assert len(nodes) < MOST
            for node in nodes[1:]:
                key = (node.kind, node.name, node.item)
                taken[key] += node.qty
                slack[key] = min(node.slack_days or 0.0, slack.get(key, float("inf")))
            for key, qty in taken.items():
                reach = pegging.reach(key)[line]
                assert reach.qty == pytest.approx(qty, abs=1e-3), (name, line, key)
                assert reach.slack / 86400 == pytest.approx(slack[key], abs=1e-3), (name, line, key)
                checked += 1
    assert checked > 100


@pytest.mark.parametrize("policy", ["reserve", "skip"])
def test_kits_hand_out_no_more_than_there_is(case_of: CaseOf, policy: Policy):
    """What full kits hold, and under reserve the others too, is at most stock and open orders; nothing is there in full
    and short as well."""
    statuses = set()
    for name, factory, plan in plans(case_of):
        there: dict[str, float] = defaultdict(float)
        for supply in Pegging(plan, factory).supplies.values():
            is_open = any(w.wo == supply.name for w in factory.work_orders.get(supply.item, ()))
            if supply.kind in ("stock", "po") or is_open:
                there[supply.item] += supply.qty or 0.0
        for kit in clear_to_build(factory, plan, policy, 400):
            statuses.add(kit.status)
            assert (kit.status == "full") == all(p.short < 1e-6 for p in kit.parts), (name, kit)
            assert 0 <= kit.buildable <= kit.qty + 1e-9, (name, kit)
            for part in kit.parts:
                assert part.available + part.short == pytest.approx(part.need), (name, kit.wo, part)
                if policy == "reserve" or kit.status == "full":
                    there[part.item] -= part.available
        assert all(left >= -1e-3 for left in there.values()), (name, there)
    assert statuses == {"full", "partial", "short"}


def test_promises_end_with_what_came_less_what_is_committed(case_of: CaseOf):
    """However it is spread over the periods, what can be promised in the end is what nobody took, or less than nothing
    where more is taken than was there; and it only ever grows."""
    checked = 0
    for name, factory, plan in plans(case_of):
        for item in sorted({peg.item for peg in plan.pegs}):
            if refused(factory, item) is not None:
                continue
            for bucket in ("day", "week"):
                rows = promises(factory, plan, item, bucket)
                left = sum(r.received for r in rows) - sum(r.committed for r in rows)
                assert rows[-1].cumulative == pytest.approx(left, abs=1e-3), (name, item)
                assert [r.cumulative for r in rows] == sorted(r.cumulative for r in rows), (name, item)
                assert left >= -1e-3, (name, item)
                checked += 1
    assert checked > 0


def test_changes_of_open_purchases_are_sound(case_of: CaseOf):
    """Sooner is sooner, later is later, less is less; never two opposite wishes for one order."""
    actions = set()
    for name, factory, plan in plans(case_of):
        open_qty = {po.id: po.qty - po.received_qty for orders in factory.receipts.values() for po in orders}
        wishes = defaultdict(set)
        for row in plan.purchases:
            if row.action == "order":
                continue
            actions.add(row.action)
            wishes[row.po].add(row.action)
            assert row.action != "expedite" or (row.need or 0) < row.due, (name, row)
            assert row.action != "defer" or (row.need or 0) > row.due, (name, row)
            assert row.action != "decrease" or 0 < row.qty < open_qty[row.po], (name, row)
            assert row.action != "increase" or row.qty > open_qty[row.po], (name, row)
        for po, both in wishes.items():
            assert not {"expedite", "defer"} <= both, (name, po)
            assert not {"increase", "decrease"} <= both, (name, po)
            assert "cancel" not in both or len(both) == 1, (name, po)
    assert {"expedite", "defer", "decrease", "cancel"} <= actions
