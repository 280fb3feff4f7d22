"""Quotes on small factories, worked out by hand: one for each way in which a request can be served."""

from typing import Any

from pegboard.app.live import LivePlan
from pegboard.app.offers import with_menu
from pegboard.app.quoting import Counter, quote, quoted, solved
from pegboard.domain.finding import Finding
from pegboard.domain.item import Option
from pegboard.domain.quote import Offer, Quote, QuoteRequest
from pegboard.domain.resource import Resource
from pegboard.domain.routing import Route
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import ItemSupplier, Supplier
from tests import factories as f


def counter(snapshot: Snapshot) -> Counter:
    return Counter(LivePlan(f.plan(snapshot)))


def asked(snapshot: Snapshot, item: str, qty: float, **more: Any) -> Quote:
    found = quote(counter(snapshot), QuoteRequest(item=item, qty=qty, **more))
    assert isinstance(found, Quote), found
    return found


def on(found: Quote | Offer) -> str:
    return f.local(found.promise.date if isinstance(found, Quote) else found.date)


def menu(snapshot: Snapshot, request: QuoteRequest) -> tuple[Quote, dict[str, Offer]]:
    at = counter(snapshot)
    first = solved(at, request)
    assert not isinstance(first, list), first
    found = with_menu(at, quoted(at, request, first), first)
    return found, {o.kind: o for o in found.menu}


def friday(text: str) -> Any:
    return f.factory(text).settings.now


OTHER = f.order("SO-1", "BOX", 1, "2026-06-12")
BUSY = {"routing": [f.step("A", 10, "SAW", run=60), f.step("B", 10, "SAW", run=60)]}
"""An hour on the saw for each piece."""


def test_what_is_in_stock_and_nobody_has_is_there_now():
    """10 in stock, 4 of them for SO-1: 6 are free at once; the seventh is bought and takes a day."""
    snapshot = f.factory(
        items=[f.buy("BOX")], stock=[f.stock("BOX", 10)], orders=[f.order("SO-1", "BOX", 4, "2026-06-12")]
    )

    assert on(asked(snapshot, "BOX", 6)) == "Mon 06-08 08:00"
    assert on(asked(snapshot, "BOX", 7)) == "Tue 06-09 08:00"


def test_what_a_planned_purchase_brings_too_much_serves_a_quote():
    """SO-1 needs 3 and buys the least lot of 10, there on Friday at 08:00; 7 of it are left, and an own lot of 10
    would take as long as its lead time from today, until Wednesday."""
    items = [f.buy("BOX", lead=2, min_qty=10)]
    snapshot = f.factory(items=items, orders=[f.order("SO-1", "BOX", 3, "2026-06-10 08:00")])
    found = asked(snapshot, "BOX", 7)

    assert on(found) == "Wed 06-10 08:00"
    assert found.promise.purchases == ()
    assert len(asked(snapshot, "BOX", 8).promise.purchases) == 1


def test_what_must_be_bought_is_there_after_its_lead_time_and_binds():
    snapshot = f.factory(items=[f.buy("BOX", lead=7)], orders=[f.order("SO-1", "BOX", 1, "2026-06-19")])
    found = asked(snapshot, "BOX", 5).promise

    assert f.local(found.date) == "Mon 06-15 08:00"
    assert (found.binding.kind, found.binding.subject, found.binding.delay) == ("material", "BOX", 7 * 86_400)
    assert [(b.item, b.qty, f.local(b.order_by)) for b in found.purchases] == [("BOX", 5, "Mon 06-08 08:00")]


def test_work_takes_the_gap_that_the_plan_leaves_on_the_machine():
    """A is on the saw from 13 to 17 on Monday: three hours fit into the morning before it; five do not, and start when
    it is done, Tuesday 08:00."""
    snapshot = f.factory(**BUSY, orders=[f.order("SO-1", "A", 4, "2026-06-08 17:00", earliest="2026-06-08 13:00")])

    assert on(asked(snapshot, "B", 3)) == "Mon 06-08 11:00"
    found = asked(snapshot, "B", 5).promise
    assert f.local(found.date) == "Tue 06-09 14:00"
    assert (found.binding.kind, found.binding.subject) == ("resource", "SAW")


def test_a_wanted_date_is_kept_just_in_time():
    """Two hours of work wanted by Wednesday noon end then and not on Monday."""
    snapshot = f.factory(**BUSY, orders=[f.order("SO-1", "A", 1, "2026-06-08 17:00")])
    found = asked(snapshot, "B", 2, due=friday("2026-06-10 12:00"))

    assert (on(found), found.promise.kind, found.promise.is_on_time) == ("Wed 06-10 12:00", "wanted", True)


def test_material_that_comes_later_holds_the_work_up():
    """The part takes 3 days, to Thursday 08:00; then an hour on the saw."""
    snapshot = f.factory(
        **BUSY, bom=[f.part("B", "PART")], items=[f.buy("PART", lead=3)], orders=[f.order("SO-1", "A", 1, "2026-06-12")]
    )
    found = asked(snapshot, "B", 1).promise

    assert f.local(found.date) == "Thu 06-11 09:00"
    assert (found.binding.kind, found.binding.subject) == ("material", "PART")


def test_a_product_configured_a_second_ago_is_quoted():
    """Nobody has ordered the long one: 2 hours for each piece instead of one, of the same bill."""
    routing = [
        f.step("A", 10, "SAW", run=60, condition="SIZE=short"),
        f.step("A", 10, "SAW", run=120, condition="SIZE=long"),
    ]
    options = [Option(item="A", option="SIZE", values="short;long")]
    short = (("SIZE", "short"),)
    snapshot = f.factory(
        routing=routing, options=options, orders=[f.order("SO-1", "A", 1, "2026-06-12 17:00", options=short)]
    )

    assert on(asked(snapshot, "A", 2, options=short)) == "Mon 06-08 10:00"
    assert on(asked(snapshot, "A", 2, options=(("SIZE", "long"),))) == "Mon 06-08 12:00"


def test_the_cost_is_material_and_hours_and_the_margin_what_is_left():
    """2 pieces: 2 parts at 5, half an hour of setup and two hours of run at 30; they sell at 60 each."""
    snapshot = f.factory(
        items=[f.make("A", price=60.0), f.buy("PART", unit_cost=5.0)],
        bom=[f.part("A", "PART")],
        routing=[f.step("A", 10, "SAW", setup=30, run=60)],
        resources=[Resource(resource="SAW", cost_per_hour=30.0)],
        orders=[f.order("SO-1", "A", 1, "2026-06-12")],
    )
    found = asked(snapshot, "A", 2).promise

    assert found.cost is not None
    assert (found.cost.material, found.cost.run, found.cost.setup) == (10, 60, 15)
    assert (found.price, found.margin, found.margin_per_bottleneck_hour) == (120, 35, 14)  # 35 / 2.5 h


def test_a_cost_that_is_not_known_says_which():
    snapshot = f.factory(**BUSY, orders=[f.order("SO-1", "A", 1, "2026-06-12")])
    found = asked(snapshot, "B", 1).promise

    assert found.cost is None
    assert found.cost_unknown == "SAW has no cost_per_hour"


def test_every_reason_to_refuse_is_told_at_once():
    at = counter(f.factory(**BUSY, orders=[f.order("SO-1", "A", 1, "2026-06-12")]))
    wrong = QuoteRequest(item="NONE", qty=float("nan"), due=friday("2026-06-01 08:00"), order="SO-1")
    found = quote(at, wrong)

    assert isinstance(found, list)
    assert [x.code for x in found] == ["C540", "C541", "C542", "C546"]


def test_what_cannot_be_had_is_refused_with_the_reason():
    snapshot = f.factory(
        items=[f.phantom("KIT"), f.buy("PART")],
        bom=[f.part("KIT", "PART")],
        **BUSY,
        orders=[f.order("SO-1", "A", 1, "2026-06-12")],
    )
    at = counter(snapshot)

    def codes(item: str, qty: float, **more: Any) -> list[str]:
        found = quote(at, QuoteRequest(item=item, qty=qty, **more))
        return [x.code for x in found] if isinstance(found, list) else []

    assert codes("KIT", 1) == ["C540"]
    assert codes("A", 0) == ["C541"]
    assert codes("A", 2e9) == ["C541"]
    assert codes("A", 1e9) == ["C545"]
    assert codes("A", 1, due=friday("2030-01-01 08:00")) == ["C543"]


# -- the menu ----------------------------------------------------------------------------------------------------------


def test_a_hastened_purchase_comes_sooner_and_costs_more():
    """The part takes 7 days, hastened 2 for 50: done Wednesday 09:00 instead of Monday."""
    snapshot = f.factory(
        items=[f.make("B", price=500.0), f.buy("PART", unit_cost=5.0)],
        routing=BUSY["routing"],
        bom=[f.part("B", "PART")],
        resources=[Resource(resource="SAW", cost_per_hour=30.0)],
        item_suppliers=[ItemSupplier(item="PART", supplier="S", lead_time_days=7, expedite_days=2, expedite_cost=50)],
        suppliers=[Supplier(supplier="S")],
        orders=[f.order("SO-1", "A", 1, "2026-06-12")],
    )
    first, offers = menu(snapshot, QuoteRequest(item="B", qty=1))

    assert on(first) == "Mon 06-15 09:00"
    assert on(offers["expedite"]) == "Wed 06-10 09:00"
    assert offers["expedite"].extra_cost == 50


def test_overtime_opens_the_evening_that_is_used():
    """A has the saw until Tuesday 17:00; three hours more on Monday, and it is done by 14:00, B an hour later."""
    snapshot = f.factory(
        items=[f.make("A"), f.make("B", price=100.0)],
        routing=BUSY["routing"],
        resources=[Resource(resource="SAW", cost_per_hour=30.0)],
        orders=[f.order("SO-1", "A", 16, "2026-06-09 17:00")],
    )
    first, offers = menu(snapshot, QuoteRequest(item="B", qty=1))

    assert on(first) == "Wed 06-10 09:00"
    assert on(offers["overtime"]) == "Tue 06-09 15:00"
    assert offers["overtime"].extra_cost == 90  # three hours at 30


def test_a_part_is_had_by_the_wanted_date_and_the_rest_later():
    """Wanted by Monday 17:00: A is on the saw from 13:00 to 17:00, so four of six hours fit before it; two follow."""
    snapshot = f.factory(**BUSY, orders=[f.order("SO-1", "A", 4, "2026-06-08 17:00", earliest="2026-06-08 13:00")])
    due = friday("2026-06-08 17:00")
    first, offers = menu(snapshot, QuoteRequest(item="B", qty=6, due=due, min_ship_qty=2))

    assert on(first) == "Tue 06-09 15:00"
    assert [(x.qty, f.local(x.date)) for x in offers["split"].lines] == [
        (4, "Mon 06-08 12:00"),
        (2, "Tue 06-09 10:00"),
    ]
    _, none = menu(snapshot, QuoteRequest(item="B", qty=6, due=due, min_ship_qty=5))
    assert "split" not in none


def test_a_less_urgent_order_makes_room_and_is_named():
    """A, less urgent, has the saw until Tuesday 17:00; moved, it starts after B's hour and is that much later."""
    late = f.order("SO-1", "A", 16, "2026-06-09 17:00", priority=200)
    first, offers = menu(f.factory(**BUSY, orders=[late]), QuoteRequest(item="B", qty=1, priority=50))

    assert on(first) == "Wed 06-10 09:00"
    assert on(offers["move"]) == "Mon 06-08 09:00"
    assert [(m.line, f.local(m.was), f.local(m.now)) for m in offers["move"].moved] == [
        ("SO-1/1", "Tue 06-09 17:00", "Wed 06-10 09:00")
    ]
    _, none = menu(f.factory(**BUSY, orders=[late]), QuoteRequest(item="B", qty=1, priority=200))
    assert "move" not in none


def test_another_route_is_offered_where_it_is_sooner():
    """B is sawn behind A, or by hand in three hours on the free bench: Monday 11:00 instead of Wednesday 09:00."""
    routing = [
        f.step("A", 10, "SAW", run=60),
        f.step("B", 10, "SAW", run=60, route="saw"),
        f.step("B", 10, "BENCH", run=180, route="hand"),
    ]
    routes = [Route(item="B", route="saw", rank=1), Route(item="B", route="hand", rank=2)]
    snapshot = f.factory(routing=routing, routes=routes, orders=[f.order("SO-1", "A", 16, "2026-06-09 17:00")])
    first, offers = menu(snapshot, QuoteRequest(item="B", qty=1))

    assert on(first) == "Wed 06-10 09:00"
    assert on(offers["route"]) == "Mon 06-08 11:00"


def test_what_gains_nothing_says_so():
    found, offers = menu(
        f.factory(**BUSY, orders=[f.order("SO-1", "A", 1, "2026-06-12")]), QuoteRequest(item="B", qty=1)
    )

    assert offers == {}
    assert [line.split(":")[0] for line in found.no_gain] == ["cheapest", "expedite", "overtime", "route", "move"]


def test_refusals_are_findings():
    assert all(isinstance(x, Finding) for x in quote(counter(f.factory(**BUSY)), QuoteRequest(item="C", qty=1)))  # type: ignore[union-attr]


def test_a_quote_asks_for_what_is_in_force_on_the_day_it_is_promised_for():
    """Until Tuesday a box is glued, and glue takes 7 days; from Wednesday on it is nailed, and nails are there.

    Glued, it is complete on Monday the 15th at 09:00, when boxes are nailed: it is promised as a nailed one. That could
    be made today, but today's boxes are glued, and the next plan would glue what is promised for today.
    """
    bill = [f.part("BOX", "GLUE", valid_to="2026-06-09"), f.part("BOX", "NAIL", valid_from="2026-06-10")]
    snapshot = f.factory(
        items=[f.buy("GLUE", lead=7), f.buy("NAIL")],
        stock=[f.stock("NAIL", 100)],
        bom=bill,
        routing=[f.step("BOX", 10, "SAW", run=60)],
        orders=[f.order("SO-1", "BOX", 1, "2026-06-19")],
    )
    found = asked(snapshot, "BOX", 1)

    assert found.promise.purchases == ()
    assert on(found) == "Mon 06-15 09:00"
