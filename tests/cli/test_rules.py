"""Rules on the command line: names, rules of one's own, chains, the objective's weights, the tournament."""

import json
from pathlib import Path
from typing import Any

import pytest

from pegboard.scheduling.rules import RULES
from tests.cli.command import LAMPS, pegboard, write

MINE = """
import numpy as np


def shortest_queue(shop):
    load = np.bincount(shop.resource, weights=shop.work, minlength=len(shop.resource_names))
    return np.where(shop.next >= 0, load[shop.resource[shop.next]], 0.0)


def longest(shop):
    return -shop.work


def too_few(shop):
    return [1, 2, 3, 4]


def broken(shop):
    return shop.due / shop.nothing


def no_number(shop):
    return shop.work * float("nan")


def vandal(shop):
    shop.due[:] = 0
    return shop.due
"""

# One saw: A takes 1 hour and is due first, B takes 3.
SHOP = {
    "items": "item\nA\nB\n",
    "routing": "item,step,resource,run_min\nA,10,SAW,60\nB,10,SAW,180\n",
    "resources": "resource,group\nSAW,SAWS\n",
    "orders": "order,item,qty,due\nA,A,1,2026-06-02T06:00\nB,B,1,2026-06-03T06:00\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    return write(tmp_path / "shop", **SHOP)


def first(shop: Path, rule: str) -> str:
    """The order that a rule lets go first on the saw."""
    plan = json.loads(pegboard("plan", "shop", "--rule", rule, "--json", "-q", cwd=shop.parent).stdout)
    return str(min(plan["operations"], key=lambda o: o["setup_start"])["wo"][0])


@pytest.mark.parametrize(("rule", "order"), [("mine.py:longest", "B"), ("edd", "A"), ("lpt", "B")])
def test_the_rule_of_the_command_decides_who_goes_first(shop: Path, rule: str, order: str):
    """Pulled right afterwards, each stays behind the other."""
    assert first(shop, rule) == order


def test_a_rule_of_ones_own_of_two_lines_plans_the_demo_factory(shop: Path):
    done = pegboard("plan", LAMPS, "--rule", "mine.py:shortest_queue", "-q", cwd=shop.parent)

    assert done.returncode == 0, done.stdout
    assert "certified, 0 violations" in done.stdout
    assert "(dispatch mine.py:shortest_queue)" in done.stdout


@pytest.mark.parametrize(
    ("rule", "code", "what"),
    [
        ("mine.py:too_few", 1, "S321  rule mine.py:too_few gave 4 numbers for 2 operations"),
        ("mine.py:broken", 1, "S321  rule mine.py:broken failed: AttributeError: 'View' object has no attribute"),
        ("mine.py:no_number", 1, "S321  rule mine.py:no_number gave no number for operation A/1-1.10, but nan"),
        ("mine.py:vandal", 1, "S321  rule mine.py:vandal failed: ValueError: assignment destination is read-only"),
        ("mine.py:absent", 2, "S321  mine.py has no function absent"),
        ("mine.py", 2, "S321  mine.py names no function"),
        ("other.py:rule", 2, "S321  there is no file other.py"),
        ("text.py:rule", 2, "S321  text.py:2: text.py is not valid Python: invalid syntax in line 2"),
        ("fails.py:rule", 2, "S321  fails.py: fails.py cannot be loaded: ModuleNotFoundError"),
        ("ed", 2, "S320  there is no rule ed"),
        ("selective_bottleneck:LATHE", 1, "cannot be used: there is no resource or group LATHE"),
        ("selective_bottleneck", 1, "cannot be used: it names no bottleneck"),
    ],
)
def test_a_rule_that_cannot_be_used_is_a_finding_and_never_a_traceback(shop: Path, rule: str, code: int, what: str):
    (shop.parent / "text.py").write_text("def rule(shop):\n    return shop.due -\n", encoding="utf-8")
    (shop.parent / "fails.py").write_text("import no_such_module_anywhere\n", encoding="utf-8")
    done = pegboard("plan", "shop", "--rule", rule, "-q", cwd=shop.parent)

    assert done.returncode == code, done.stdout + done.stderr
    assert what in (done.stdout if code == 1 else done.stderr)
    assert "Traceback" not in done.stderr


def test_the_chain_of_the_factory_ranks_its_group_whatever_the_rule_of_the_command(shop: Path):
    text = 'now = 2026-06-01T06:00:00\n[[rules]]\ngroup = "SAWS"\nrule = "lpt"\n'
    (shop / "factory.toml").write_text(text, encoding="utf-8")

    assert first(shop, "edd") == "B"


def test_the_chain_does_not_run_files(shop: Path):
    text = 'now = 2026-06-01T06:00:00\n[[rules]]\nrule = "mine.py:longest"\n'
    (shop / "factory.toml").write_text(text, encoding="utf-8")
    done = pegboard("plan", "shop", "--rule", "edd", "-q", cwd=shop.parent)

    assert done.returncode == 1
    assert first(shop, "edd") == "A"


def test_weights_of_the_factory_make_the_objective(shop: Path):
    """Weight 7 on the flow alone: A flows 1 hour and B 3, or as pulled together; nobody is late."""
    text = "now = 2026-06-01T06:00:00\n[objective]\ntardiness = 0\nlate_lines = 0\nflow = 7\n"
    (shop / "factory.toml").write_text(text, encoding="utf-8")
    kpis = json.loads(pegboard("plan", "shop", "--json", "-q", cwd=shop.parent).stdout)["kpis"]

    assert kpis["objective"] == pytest.approx(7 * (1 + 3) / 24, abs=1e-5)
    assert kpis["bound"] == 0


# -- the tournament --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], Path]:
    out = tmp_path_factory.mktemp("tournament") / "board"
    done = pegboard("tournament", LAMPS, "--json", "-q", "--out", out)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), out


def test_every_rule_and_the_search_compete(lamps: tuple[list[dict[str, Any]], Path]):
    board, _ = lamps

    assert sorted(e["rule"] for e in board) == sorted(["jit", *RULES])
    assert len(RULES) >= 21


def test_the_search_is_late_by_less_than_every_rule_alone_and_is_the_best(lamps: tuple[list[dict[str, Any]], Path]):
    board, _ = lamps
    late = {e["rule"]: e["weighted_tardiness_days"] for e in board}

    assert late["jit"] == min(late.values())
    assert [e["rule"] for e in board if e["best"]] == ["jit"]


def test_who_is_not_marked_is_beaten_by_somebody_in_everything(lamps: tuple[list[dict[str, Any]], Path]):
    board, _ = lamps

    def costs(e: dict[str, Any]) -> tuple[float, ...]:
        wip = e["wip_value"] or 0.0
        return (-e["on_time_pct"], e["weighted_tardiness_days"], e["mean_flow_days"], e["setup_hours"], wip)

    valid = [e for e in board if e["certified"]]
    beaten = {
        e["rule"]
        for e in valid
        for o in valid
        if costs(o) != costs(e) and all(a <= b for a, b in zip(costs(o), costs(e), strict=True))
    }
    assert {e["rule"] for e in board if not e["pareto"]} == beaten | {e["rule"] for e in board if not e["certified"]}
    assert beaten


def test_the_board_is_drawn_and_written(lamps: tuple[list[dict[str, Any]], Path]):
    board, out = lamps
    picture = (out / "tournament.svg").read_text(encoding="utf-8")

    assert picture.count("<circle") == len(board)
    assert json.loads((out / "tournament.json").read_text(encoding="utf-8")) == board


def test_the_board_says_what_a_plan_by_the_rule_says(lamps: tuple[list[dict[str, Any]], Path]):
    board, _ = lamps
    edd = next(e for e in board if e["rule"] == "edd")
    kpis = json.loads(pegboard("plan", LAMPS, "--rule", "edd", "--json", "-q").stdout)["kpis"]
    names = ("on_time_pct", "weighted_tardiness_days", "setup_hours", "objective")

    assert [edd[name] for name in names] == [pytest.approx(kpis[name], abs=1e-3) for name in names]
    assert edd["mean_flow_days"] == pytest.approx(kpis["mean_lead_time_days"], abs=1e-3)


def test_only_named_rules_compete_ones_own_among_them(shop: Path):
    done = pegboard("tournament", "shop", "--rules", "edd, mine.py:longest", "--out", "b.svg", "-q", cwd=shop.parent)

    assert [row.split()[0] for row in done.stdout.splitlines()] == [
        "rule",
        "edd",
        "mine.py:longest",
        "pareto",
        "written",
        "next",
    ]
    assert (shop.parent / "b.svg").read_text(encoding="utf-8").count("<circle") == 2


@pytest.mark.parametrize(("rules", "code"), [("edd,ed", 2), ("mine.py:broken", 1), ("selective_bottleneck:X", 1)])
def test_a_tournament_with_a_rule_that_cannot_be_used_says_so(shop: Path, rules: str, code: int):
    done = pegboard("tournament", "shop", "--rules", rules, "-q", cwd=shop.parent)

    assert (done.returncode, (done.stdout or done.stderr).startswith("error    S32")) == (code, True)
