"""Where to buffer: against plain enumeration of all choices, and what a factory's records make of the problem."""

from itertools import product
from random import Random

import pytest

from pegboard.domain.buffer import Buffer, BufferProfile
from pegboard.domain.item import Option
from pegboard.domain.supply import ItemSupplier
from pegboard.planning.leadtime import levels
from pegboard.planning.positions.build import Worth, different, positions
from pegboard.planning.positions.curve import best, curve
from pegboard.planning.positions.exact import cheapest, ladders
from pegboard.planning.positions.problem import Choice, Part, Positions, StockLine
from pegboard.planning.positions.search import first, improved
from pegboard.planning.positions.worth import daily_usage, unit_costs, uses
from pegboard.planning.validate import validate
from pegboard.tables.process import ProcessTable
from tests.factories import NONSTOP, Resource, buy, factory, make, order, part, phantom, step

FAR = 1 << 40


def random_problem(seed: int, n: int, wanted: int) -> Positions:
    """Items 0 to n-1, the last ones wanted; components are shared, stock lines fall where lead times grow."""
    random = Random(seed)
    may = [i < n - wanted and random.random() < 0.85 for i in range(n)]
    parts, lines = [], []
    for i in range(n):
        chosen = random.sample(range(min(i, n - wanted)), min(i, random.randint(0, 3)) if i < n - wanted else 3)
        parts.append(tuple(Part(c, random.choice([0, 0, 0, 30, 120])) for c in sorted(chosen)))
        slope, base = random.choice([0, random.randint(1, 90)]), random.choice([0, 0, 4000])
        kinds = [(400, slope * 3), (900, slope * 2), (FAR, slope)]
        lines.append(tuple(StockLine(until, s + s // 4, s, base) for until, s in kinds))
    own = tuple(random.randint(0, 500) for _ in range(n))
    names = tuple(f"I{i}" for i in range(n))
    return Positions(names, own, tuple(parts), tuple(may), tuple(lines), tuple(range(n - wanted, n)), 1.0)


def choices(problem: Positions) -> list[tuple[int, int, int, tuple[bool, ...]]]:
    """Every choice there is: the longest lead time wanted, the value of stock, and how many buffers."""
    every = product(*((False, True) if may else (False,) for may in problem.may))
    return [(problem.longest(flags), problem.stocks(flags), sum(flags), flags) for flags in every]


@pytest.mark.parametrize("seed", range(12))
def test_the_exact_choice_is_the_cheapest_of_all_for_every_target(seed: int):
    problem = random_problem(seed, 12, 2)
    rungs, every = ladders(problem, 10_000), choices(problem)
    assert rungs is not None
    for target in sorted({longest for longest, *_ in every})[::3]:
        value, count = min((value, count) for longest, value, count, _ in every if longest <= target)
        start = first(problem, target)
        assert start is not None
        found = cheapest(problem, rungs, target, 10.0, start)
        assert (found.value, sum(found.buffered), found.is_exact) == (value, count, True)
        assert found.ticks == problem.longest(found.buffered) <= target


@pytest.mark.parametrize("seed", range(6))
def test_the_curve_is_all_that_no_choice_beats(seed: int):
    problem = random_problem(100 + seed, 11, 2)
    every = {(longest, value) for longest, value, *_ in choices(problem)}
    optimal = {(t, v) for t, v in every if not any(a <= t and b <= v and (a, b) != (t, v) for a, b in every)}
    points = curve(problem, 100.0, lambda share: None)
    assert [p.ticks for p in points] == sorted((t for t, _ in optimal), reverse=True)
    assert {(p.ticks, p.value) for p in points} == optimal
    assert all(p.is_exact for p in points)


def test_no_buffers_keep_a_target_that_is_shorter_than_own_lead_times():
    problem = random_problem(1, 12, 2)
    shortest = problem.longest(problem.may)
    assert best(problem, shortest - 1, 1.0) is None
    assert best(problem, shortest, 1.0) is not None


@pytest.mark.parametrize("seed", range(4))
def test_exchanges_keep_the_target_and_only_make_cheaper(seed: int):
    problem = random_problem(200 + seed, 60, 5)
    target = (problem.longest(problem.may) + problem.longest([False] * 60)) // 2
    start, rungs = first(problem, target), ladders(problem, 10_000)
    assert start is not None
    assert rungs is not None
    better = improved(problem, target, start, 0)
    exact = cheapest(problem, rungs, target, 30.0, start)
    assert exact.is_exact
    assert exact.value <= better.value <= start.value
    assert better.ticks <= target
    assert better.value == problem.stocks(better.buffered)


def test_a_bound_says_how_much_dearer_a_choice_may_be():
    assert Choice((), 0, 200, 150).gap_pct == 25
    assert not Choice((), 0, 200, 150).is_exact
    assert Choice((), 0, 0, 0).is_exact


def problem_of(wanted: set[str], **files) -> Positions:
    found, _ = validate(factory(**files))
    table = ProcessTable(found)
    taken = uses(found, table)
    worth = Worth(daily_usage(found, taken), unit_costs(found, table, taken))
    return positions(found, levels(found, table), worth, wanted)


LAMP = {
    "now": "2026-06-01 08:00",
    "items": [make("LAMP", lead_time_days=1), make("ARM", lead_time_days=2), buy("TUBE", 20, unit_cost=10)],
    "bom": [part("LAMP", "ARM", 2), part("ARM", "TUBE", 3)],
    "orders": [order("SO-1", "LAMP", 4, "2026-06-10"), order("SO-2", "LAMP", 6, "2026-06-10", shipped_qty=2)],
}


def stock_of(problem: Positions, *buffered: str) -> dict[str, float]:
    flags = [name in buffered for name in problem.names]
    ticks = problem.ticks(flags)
    found = {n: problem.stock(i, ticks[i]) * problem.unit for i, n in enumerate(problem.names) if flags[i]}
    return {name: pytest.approx(value, rel=1e-6) for name, value in found.items()}


def test_the_stock_of_a_buffer_is_red_and_half_of_green():
    """8 lamps in 10 days are 4.8 tubes a day. 20 d are medium, .5: red 48 and 24, green 48; 96 tubes at 10."""
    assert stock_of(problem_of({"LAMP"}, **LAMP), "TUBE") == {"TUBE": 960}


def test_the_stock_of_a_buffer_shrinks_with_buffers_below_it():
    """1.6 arms a day at 30. Over 22 d, medium: (17.6 + 8.8 + 8.8) x 30; over 2 d, short: (2.4 + 1.2 + 1.2) x 30."""
    problem = problem_of({"LAMP"}, **LAMP)
    assert stock_of(problem, "ARM") == {"ARM": 1056}
    assert stock_of(problem, "ARM", "TUBE") == {"ARM": 144, "TUBE": 960}


def test_green_is_at_least_the_least_order():
    """Red 72 tubes as above, but half of green is half of 300."""
    supplier = ItemSupplier(item="TUBE", supplier="S", lead_time_days=20, min_qty=300)
    assert stock_of(problem_of({"LAMP"}, item_suppliers=[supplier], **LAMP), "TUBE") == {"TUBE": 2220}


def test_a_buffer_that_has_a_profile_keeps_it():
    """ADU 2, factors .2 and 1, 20 d: red 8 and 8, green 8, so 20 tubes at 10."""
    rows = {
        "buffers": [Buffer(item="TUBE", profile="LOW", adu=2)],
        "buffer_profiles": [BufferProfile(profile="LOW", lead_time_factor=0.2, variability_factor=1)],
    }
    assert stock_of(problem_of({"LAMP"}, **rows, **LAMP), "TUBE") == {"TUBE": 200}


def test_unit_costs_are_rolled_up_from_prices_and_work():
    """2 arms a lamp, 3 tubes of 4 an arm; 60 min on a bench of 20 an hour, half of the arms are scrap."""
    found, _ = validate(
        factory(
            calendars=NONSTOP,
            items=[make("LAMP"), make("ARM", yield_=0.5)],
            bom=[part("LAMP", "ARM", 2), part("ARM", "TUBE", 3)],
            routing=[step("ARM", 10, "BENCH", run=60)],
            resources=[Resource(resource="BENCH", cost_per_hour=20)],
            item_suppliers=[ItemSupplier(item="TUBE", supplier="S", lead_time_days=1, price=4)],
        )
    )
    table = ProcessTable(found)
    cost = unit_costs(found, table, uses(found, table))
    assert (cost["TUBE"], cost["ARM"], cost["LAMP"]) == (4, (3 * 4 + 20) / 0.5, 2 * 64)


def test_usage_goes_through_phantoms_and_losses():
    """One lamp a day; 2 kits each with 3 tubes, of which a fifth breaks, 10 % of lamps too: 7.5 / 0.9."""
    found, _ = validate(
        factory(
            "2026-06-01 08:00",
            items=[make("LAMP", yield_=0.9), phantom("KIT"), buy("TUBE")],
            bom=[part("LAMP", "KIT", 2), part("KIT", "TUBE", 3, yield_=0.8)],
            orders=[order("SO-1", "LAMP", 10, "2026-06-10"), order("SO-2", "LAMP", 99, "2026-06-10", status="hold")],
        )
    )
    adu = daily_usage(found, uses(found, ProcessTable(found)))
    assert (adu["LAMP"], adu["TUBE"]) == (1, pytest.approx(7.5 / 0.9))


def test_too_long_ladders_are_none():
    problem = random_problem(1, 12, 2)
    rungs = sum(len(row) for row in ladders(problem, 10_000) or [])
    assert rungs > 12
    assert ladders(problem, rungs - 1) is None


def test_what_cannot_be_bought_anew_is_not_buffered():
    """The glass has neither supplier nor lead time."""
    problem = problem_of(
        {"LAMP"}, items=[buy("GLASS", 0), buy("TUBE", 3)], bom=[part("LAMP", "GLASS"), part("LAMP", "TUBE")]
    )
    assert {n for n, may in zip(problem.names, problem.may, strict=True) if may} == {"TUBE"}


def test_what_the_customer_chooses_is_not_buffered_nor_what_it_is_in():
    """SHADE has a colour, so KIT, which holds it, has one too. A phantom has no stock, an end item no parent."""
    files = {
        "items": [make("LAMP"), make("KIT"), make("SHADE"), phantom("SET"), buy("TUBE")],
        "bom": [part("LAMP", "KIT"), part("KIT", "SHADE"), part("LAMP", "SET"), part("SET", "TUBE")],
        "options": [Option(item="SHADE", option="COLOUR", values="red;blue")],
    }
    problem = problem_of({"LAMP"}, **files)
    assert {n for n, may in zip(problem.names, problem.may, strict=True) if may} == {"TUBE"}
    found, _ = validate(factory(**files))
    assert different(found) == {"SHADE", "KIT", "LAMP"}


def test_a_setup_family_with_an_option_makes_an_item_different():
    found, _ = validate(factory(routing=[step("ARM", 10, "M", family="{COLOUR}")], bom=[part("LAMP", "ARM")]))
    assert different(found) == {"ARM", "LAMP"}
