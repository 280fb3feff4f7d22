"""Every feature with every other: constraints that are right alone are often wrong together.

The features are those of `features.py` and `supply_features.py`. A pair may make a line impossible; then the plan says
why.
"""

from pathlib import Path

import pytest

from tests.laws.features import FEATURES, Feature, shop, without
from tests.laws.planning import Case, judge, plan
from tests.laws.supply_features import LEFT_OUT, SUPPLY_FEATURES

RULES = ("jit", "edd")  # the one pulls operations towards their due dates, the other does not
PARTS = FEATURES | SUPPLY_FEATURES
ALL = tuple(PARTS)
ONE = pytest.mark.parametrize("feature", ALL, ids=lambda feature: feature.__name__)
FIRST = pytest.mark.parametrize("first", range(len(ALL) - 1), ids=lambda i: ALL[i].__name__)


def faults(case: Case) -> list[str]:
    """What is wrong with a plan, as sentences; none where it keeps every rule."""
    if case.run.outcome is None:
        return [f"nothing planned: {case.run.findings[0].what}"]
    certified = [f"referee {v.constraint}: {v.what}" for v in case.run.outcome.plan.certificate.violations]
    silent = [
        f"{row['order']} is left out without a reason"
        for row in case.rows("orders")
        if row["status"] == "unplanned" and not (row["cause"] and row["reason"])
    ]
    return certified + silent + judge(case).violations


def dated(case: Case) -> list[tuple[str, ...]]:
    """Where and when everything is planned, and what is bought when."""
    columns = ("wo", "step", "resource", "also", "setup_start", "start", "end", "family")
    bought = [tuple(row[column] for column in ("item", "qty", "due")) for row in case.rows("purchases")]
    return sorted([tuple(row[column] for column in columns) for row in case.rows("operations")] + bought)


def test_the_plain_shop_is_planned_as_a_person_would(tmp_path: Path):
    """Three work orders of chairs with three steps, each with its seats, and the seats of SO-4: 13 operations.

    Wood comes on Tuesday at 8:00, so the first seats are there at 9:20 (20 + 6 x 10), and their chairs are baked until
    11:30 (10 + 6 x 20) and ready at 14:05 (5 + 6 x 25).
    """
    case = plan(shop(), tmp_path, "edd")
    assert faults(case) == []
    assert len(case.rows("work_orders")) == 7
    assert len(case.rows("operations")) == 13
    assert {row["order"]: row["completion"][:16] for row in case.rows("orders")}["SO-2"] == "2026-06-02T14:05"


@ONE
def test_a_feature_alone_changes_the_plan_and_keeps_every_rule(tmp_path: Path, feature: Feature):
    """Under one dispatching rule at least the plan is not that of the same shop without the feature's columns; what
    changes nothing would be no test of anything. Every line is planned that the feature does not forbid."""
    changes = []
    for rule in RULES:
        case = plan(shop(feature), tmp_path / rule / "with", rule)
        assert faults(case) == []
        left_out = {row["order"] for row in case.rows("orders") if row["status"] == "unplanned"}
        assert left_out == LEFT_OUT.get(feature, set())
        less = plan(without(shop(feature), PARTS[feature]), tmp_path / rule / "without", rule)
        changes.append(dated(case) != dated(less))
    assert any(changes)


@FIRST
def test_two_features_together_keep_every_rule(tmp_path: Path, first: int):
    """The first with each that follows it in the list, by either dispatching rule in turn."""
    found = {}
    for second in range(first + 1, len(ALL)):
        rule = RULES[(first + second) % 2]
        case = plan(shop(ALL[first], ALL[second]), tmp_path / str(second), rule)
        wrong = faults(case)
        if wrong:
            found[f"{case.factory.name} by {rule}"] = wrong
    assert found == {}
