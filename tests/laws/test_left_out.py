"""What a plan leaves out cannot be done: the reasons it gives are held against calendars, lead times and routings.

The calendars are those of the re-checker, which works them out from the files by itself.
"""

import itertools
import re
from collections.abc import Iterator

from tests.laws.conftest import CaseOf
from tests.laws.planning import Case
from tests.recheck import Calendar, Factory, Ledger, Plan, readings
from tests.recheck import Case as Checked

SEEDS = range(120)
KNOWN = (
    r"operation (?P<late>\S+) would (start|end) after the planning horizon",
    r"operation (?P<op>\S+) cannot run: the calendars of (?P<parties>.+) are never open at the same time .*",
    r"operation (?P<whole>\S+) may not pause and needs .* h, but the longest open stretch of \S+ is .* h",
    r"operation (?P<skilled>\S+) cannot run: .* skill .*",
    r"(?P<qty>\S+) (?P<item>\S+) short: a purchase would arrive after the planning horizon",
    r"(?P<short>\S+) \S+ short: \S+ is bought, but has no supplier and no lead time",
    r"due after the planning horizon",
    r"step \S+ of \S+ starts (?P<lot>\S+) at once, more than the .* \((capacity|batch_qty) (?P<room>\S+)\) takes; .*",
    r"\S+ \S+ short: step .* must begin within (?P<gap>\S+) min .* but wait_min .* take (?P<lags>\S+) min",
    r"operation \S+ must end within (?P<stretch>\S+) h of its start .* and runs (?P<run>\S+) h, but .*",
    r"\S+ \S+ short: it is kept in a buffer, which holds \S+ and (is not replenished|orders no more that .*)",
    r"\S+ \S+ short: a purchase would spoil before it is used, or arrive after the planning horizon",
    r"\S+ \S+ short: \S+ \S+ of \S+ in \S+ needs \S+, which is not chosen",
    r"\S+ cannot be made as chosen: .*",
    r"\S+ \S+ short: no route of (?P<routed>\S+) is open on \S+ to a lot for \S+",
)


def reasons(case: Case) -> Iterator[str]:
    """Why lines and existing work orders are left out, as the plan says it."""
    yield from (row["reason"] for row in case.rows("orders") if row["status"] == "unplanned")
    for message in case.rows("messages"):
        if message["code"] in {"S302", "P203"}:
            yield message["what"].partition(": ")[2]


def parsed(case_of: CaseOf, group: str) -> Iterator[tuple[Case, re.Match[str]]]:
    """Each distinct reason of one kind with the factory that gives it."""
    for seed in SEEDS:
        case = case_of(seed)
        for text in sorted(set(reasons(case))):
            for pattern in KNOWN:
                found = re.fullmatch(pattern, text)
                if found and found.groupdict().get(group):
                    yield case, found


def test_every_reason_is_of_a_known_kind(case_of: CaseOf):
    """A kind of reason that nobody holds against the data would be believed."""
    texts = {text for seed in SEEDS for text in reasons(case_of(seed))}
    assert {text for text in texts if not any(re.fullmatch(pattern, text) for pattern in KNOWN)} == set()


def test_a_shortage_blamed_on_purchasing_is_of_a_bought_item(case_of: CaseOf):
    """Who is told that a purchase comes too late will look for a supplier: the item must be one that is bought."""
    wrong = [
        (case.factory.name, found[0])
        for case, found in parsed(case_of, "item")
        if Factory(case.source).items[found["item"]].supply != "buy"
    ]
    assert wrong == []


def test_calendars_said_never_to_meet_never_meet(case_of: CaseOf):
    """For each way to do the step, setup or run finds no instant before the horizon at which all are open."""
    checked = 0
    for case, found in parsed(case_of, "parties"):
        factory = Factory(case.source)
        checkers = [Checked(factory, Plan(case.plan, factory.clock, Ledger()), r) for r in readings(factory)]
        parties = set(found["parties"].split(" and "))
        number = int(found["op"].rpartition(".")[2].partition("/")[0])  # `30/1` is a part of step 30
        horizon = factory.now + factory.horizon_days * 1440
        for checker in checkers:
            for setup, run in ways(checker, parties, number):
                meet = max(setup.first_open(factory.now), run.first_open(factory.now)) < horizon
                assert not meet, (case.factory.name, found[0])
                checked += 1
    assert checked > 0


def ways(checker: Checked, parties: set[str], number: int) -> Iterator[tuple[Calendar, Calendar]]:
    """The calendars of setup and run of every choice of resources, of each routing step that these may serve."""
    for item in checker.factory.routing:
        step = checker.factory.recipe(item, "").steps.get(number)
        if step is None:
            continue
        needs = [sorted(need.members) for need in step.needs]
        primaries = {name for mode in step.modes for name in mode.resources}
        if primaries.union(*needs) != parties:  # a locked work order may use fewer: then another step explains it
            continue
        for primary, *others in itertools.product(sorted(primaries), *needs):
            phases = [(name, need.phase) for name, need in zip(others, step.needs, strict=True)]
            yield (
                checker.book.together(primary, [name for name, phase in phases if phase != "run"]),
                checker.book.together(primary, [name for name, phase in phases if phase != "setup"]),
            )


def test_an_operation_said_not_to_fit_one_stretch_may_not_pause(case_of: CaseOf):
    """Only a step with pause=no needs one open stretch."""
    for case, found in parsed(case_of, "whole"):
        number = found["whole"].rpartition(".")[2].partition("/")[0]
        steps = [row for row in case.factory.tables["routing"] if row["step"] == number]
        assert any(row.get("pause") == "no" for row in steps), (case.factory.name, found[0])


def test_ninety_days_are_enough_for_nearly_every_line(case_of: CaseOf):
    """These plants have weeks of work: where the horizon is not short, at most one line of twenty ends beyond it."""
    far = [case_of(seed) for seed in SEEDS if "short_horizon" not in case_of(seed).factory.features]
    rows = [row for case in far for row in case.rows("orders")]
    late = [row for row in rows if re.fullmatch(KNOWN[0], row["reason"])]
    assert len(late) <= 0.05 * len(rows)


def test_a_lot_said_to_be_too_large_is(case_of: CaseOf):
    """What starts at once is more than the oven or the storage takes, and one of the factory is that small."""
    checked = 0
    for case, found in parsed(case_of, "lot"):
        sizes = {row.get("batch_qty") for row in case.factory.tables["routing"]}
        sizes |= {row.get("capacity") for row in case.factory.tables["resources"]}
        assert float(found["lot"]) > float(found["room"]), (case.factory.name, found[0])
        assert found["room"] in sizes, (case.factory.name, found[0])
        checked += 1
    assert checked > 0


def test_a_limit_on_the_gap_said_to_be_too_short_is(case_of: CaseOf):
    """Wait, move and queue alone take longer."""
    found = [found for _, found in parsed(case_of, "gap")]
    assert found
    assert all(float(one["lags"]) > float(one["gap"]) for one in found)


def test_an_item_said_to_have_no_open_route_has_routes_that_close(case_of: CaseOf):
    """Each of its routes is limited by quantity or by date."""
    for case, found in parsed(case_of, "routed"):
        routes = [row for row in case.factory.tables["routes"] if row["item"] == found["routed"]]
        limits = ("min_qty", "max_qty", "valid_from", "valid_to")
        assert all(any(row.get(name) for name in limits) for row in routes), (case.factory.name, found[0])
