"""A rule of one's own: a Python function from what is known of the operations to one key for each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pegboard.domain.finding import Finding, error
from pegboard.kernels.ranking import STATIC
from pegboard.scheduling.problem import Floats, Ints, Problem
from pegboard.scheduling.rules.facts import Facts
from pegboard.scheduling.rules.rule import Rule


@dataclass(frozen=True)
class View:
    """What a rule of one's own may look at: arrays with one entry for each operation, none of which can be written.

    Instants and lengths are seconds by the clock. `due` is the due date of the customer line, `latest_start` and
    `latest_end` what it leaves to the operation at endless capacity, `work` its own work, `remaining` the time from
    its start to delivery, `operations_left` how many operations that takes, itself included; `resource` is the
    preferred one (`resource_names[resource]`), `family` the setup family (-1 none, `family_names`), `next` the
    operation that follows (-1 none), `name` work order and step.
    """

    now: int
    due: Ints
    latest_start: Ints
    latest_end: Ints
    weight: Floats
    qty: Floats
    work: Floats
    remaining: Floats
    operations_left: Floats
    resource: Ints
    family: Ints
    next: Ints
    name: np.ndarray
    resource_names: tuple[str, ...]
    family_names: tuple[str, ...]


class RuleError(Exception):
    """A rule cannot be used here, or one of one's own failed or gave something else than a number per operation."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding


def own_rule(name: str, function: Callable[[View], Any]) -> Rule:
    """The rule that ranks by what a function returns, smallest first."""
    return Rule(
        name, "a function of yours", name, "you know better", STATIC, lambda p, f: _keys(name, function, view_of(p, f))
    )


def view_of(problem: Problem, facts: Facts) -> View:
    """A problem as rules of one's own see it: copies, so that nothing they do reaches the plan."""

    def fixed(values: np.ndarray) -> np.ndarray:
        copy = np.array(values)
        copy.flags.writeable = False
        return copy

    n, ptr = problem.n_op, problem.arcs.ptr
    following = np.full(n, -1, np.int64)
    has_next = ptr[1:] > ptr[:-1]
    following[has_next] = problem.arcs.succ[ptr[:-1][has_next]]
    return View(
        now=problem.now,
        due=fixed(problem.due),
        latest_start=fixed(problem.latest_start),
        latest_end=fixed(problem.latest_end),
        weight=fixed(problem.weight),
        qty=fixed(problem.ops.qty),
        work=fixed(facts.own),
        remaining=fixed(facts.tail),
        operations_left=fixed(facts.left),
        resource=fixed(problem.steps.cand_res[problem.preferred[problem.ops.step]]),
        family=fixed(problem.ops.family),
        next=fixed(following),
        name=fixed(np.array(problem.op_names, object)),
        resource_names=tuple(problem.res_names),
        family_names=tuple(problem.family_names),
    )


def _keys(name: str, function: Callable[[View], Any], view: View) -> Floats:
    """One finite number for each operation, or an error that says what came instead."""
    try:
        keys = np.asarray(function(view), np.float64)
    except Exception as fault:
        what = f"rule {name} failed: {type(fault).__name__}: {fault}"
        raise RuleError(_finding(name, what, "mend it; docs/recipes/write-a-rule.md says what it gets")) from fault
    if keys.shape != (view.due.size,):
        what = f"rule {name} gave {_shape(keys)} for {view.due.size:,} operations"
        raise RuleError(_finding(name, what, "return one number for each operation, as an array"))
    if np.isnan(keys).any() or np.isinf(keys).any():
        at = int(np.flatnonzero(~np.isfinite(keys))[0])
        what = f"rule {name} gave no number for operation {view.name[at]}, but {keys[at]}"
        raise RuleError(_finding(name, what, "return a finite number for each operation"))
    return keys


def _shape(keys: np.ndarray) -> str:
    return "one number" if keys.ndim == 0 else f"{' x '.join(f'{n:,}' for n in keys.shape)} numbers"


def _finding(name: str, what: str, advice: str) -> Finding:
    return error("S321", name, what, advice)
