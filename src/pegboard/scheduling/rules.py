"""Dispatching rules: how waiting operations are ranked, smallest key first.

Notation: d due date of the customer line, t the clock, p the operation's work, RPT the remaining work to delivery
with waits and moves, w the weight, odd the operation's latest end at infinite capacity.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pegboard.kernels.graph import remaining_time, topological
from pegboard.kernels.latest import run_works
from pegboard.kernels.ranking import ATC, CRITICAL_RATIO, STATIC
from pegboard.scheduling.problem import Floats, Problem


@dataclass(frozen=True)
class Urgencies:
    """What rules rank by, in seconds: own work, remaining work to delivery, both stretched to elapsed time."""

    own: Floats
    tail: Floats


def urgencies(problem: Problem) -> Urgencies:
    """Own and remaining time of every operation on its preferred resource, by the clock on the wall."""
    cand = problem.preferred[problem.ops.step]
    steps = problem.steps
    work = run_works(steps, cand, problem.ops.qty).astype(np.float64)
    work += steps.cand_setup[cand]
    share = np.array([open_share(problem, t) for t in range(len(problem.timeline_rows))])
    own = work / 1e6 / share[problem.shop.timeline[steps.cand_res[cand]]]
    order = topological(problem.arcs, problem.n_op)
    return Urgencies(own, remaining_time(problem.arcs, order, own))


def open_share(problem: Problem, timeline: int) -> float:
    """The share of the time from now to the horizon that a calendar is open."""
    row = problem.timeline_rows[timeline]
    seconds = row.open_until(problem.horizon) - row.open_until(problem.now)
    return max(seconds / max(problem.horizon - problem.now, 1), 0.01)


@dataclass(frozen=True)
class Rule:
    """A rule by its name in the field; `code` is what the kernel knows it by, `key` ranks it where no clock matters."""

    name: str
    formula: str
    source: str
    code: int
    key: Callable[[Problem, Urgencies], Floats]


def _none(problem: Problem, u: Urgencies) -> Floats:
    return np.zeros(problem.n_op)


def _edd(problem: Problem, u: Urgencies) -> Floats:
    return problem.due.astype(np.float64)


def _odd(problem: Problem, u: Urgencies) -> Floats:
    return problem.latest_end.astype(np.float64)


def _slack(problem: Problem, u: Urgencies) -> Floats:
    return problem.due - u.tail


def _weighted_slack(problem: Problem, u: Urgencies) -> Floats:
    mean = float(problem.weight.mean()) if problem.n_op else 1.0
    ahead = np.maximum(problem.due - u.tail - problem.now, 0.0)
    return ahead * mean / np.maximum(problem.weight, 1e-9)


RULES: dict[str, Rule] = {
    r.name: r
    for r in (
        Rule("edd", "min d", "Jackson 1955, earliest due date", STATIC, _edd),
        Rule("odd", "min odd", "operation due date", STATIC, _odd),
        Rule("slack", "min d - t - RPT", "minimum slack time (MST)", STATIC, _slack),
        Rule("cr", "min (d - t) / RPT", "critical ratio", CRITICAL_RATIO, _none),
        Rule(
            "atc",
            "max w/p exp(-(d - t - RPT)+ / (3 mean p))",
            "Vepsalainen & Morton 1987, apparent tardiness cost",
            ATC,
            _none,
        ),
        Rule(
            "priority", "min (d - t - RPT) / w", "slack with weight and priority as a factor", STATIC, _weighted_slack
        ),
    )
}
