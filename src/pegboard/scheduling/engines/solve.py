"""From a problem and options to the best schedule they allow: one rule, the search around reverse starts, or both."""

from dataclasses import replace

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.engines.directions import backward, forward, from_bottleneck
from pegboard.scheduling.engines.dispatch import Dispatcher, Options
from pegboard.scheduling.engines.just_in_time import ALLOWANCES, JustInTime, Report
from pegboard.scheduling.engines.pull import pull
from pegboard.scheduling.held import overloads
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.relax import spread
from pegboard.scheduling.result import Result, score
from pegboard.scheduling.rules import RULES, Rule
from pegboard.scheduling.ties import broken_limits, firmly_tied, from_begun

TYING = 4


def solve(problem: Problem, planned: np.ndarray, options: Options, report: Report) -> Result:
    """The best of the forward passes that `options` allow, pulled right. Deterministic: there is no seed.

    Limits on the gap that were left to chance and broken are tied, and everything is dispatched anew. What has begun
    goes on at once; only where the shop then has no room for what it leaves behind is it tied to what comes after it.
    """
    if "capacity" in options.relax:  # nothing competes: what is as late as possible is the best search could find
        options = replace(options, direction="backward" if options.direction == "search" else options.direction)
        result = _solve(Dispatcher(problem, planned, options, np.zeros(problem.arcs.succ.size, bool)), report)
        spread(problem, result.schedule)
        return result
    tied = firmly_tied(problem)
    freely = from_begun(problem) & tied
    tied &= ~freely
    for _ in range(TYING):
        result = _solve(Dispatcher(problem, planned, options, tied), report)
        broken = broken_limits(problem, result.schedule) & ~tied
        if freely.any() and any(overloads(problem, result.schedule)):
            broken, freely = broken | freely, np.zeros_like(freely)
        if not broken.any():
            return result
        tied |= broken
    return _solve(Dispatcher(problem, planned, options, tied | (problem.arcs.max_gap < FAR)), report)


def _solve(dispatcher: Dispatcher, report: Report) -> Result:
    options = dispatcher.options
    if options.direction != "search":
        return _directed(dispatcher)
    if options.rule == "best":
        found = [_judged(dispatcher, *_just_in_time(dispatcher, report))]
        found.extend(
            _judged(dispatcher, _by_rule(dispatcher, rule), f"dispatch {rule.name}") for rule in RULES.values()
        )
        return min(found, key=lambda r: r.score.objective)
    if options.rule == "jit":
        return _judged(dispatcher, *_just_in_time(dispatcher, report))
    rule = RULES[options.rule] if isinstance(options.rule, str) else options.rule
    return _judged(dispatcher, _by_rule(dispatcher, rule), f"dispatch {rule.name}")


def _directed(d: Dispatcher) -> Result:
    """The one schedule a direction asks for; forward by the chosen rule, or by slack where none is."""
    rule = RULES.get(d.options.rule, RULES["slack"]) if isinstance(d.options.rule, str) else d.options.rule
    if d.options.direction == "forward":
        schedule = forward(d, rule)
        return Result(schedule, f"dispatch forward by {rule.name}", score(d.problem, schedule, d.planned))
    if d.options.direction == "backward":
        return _judged(d, backward(d), "dispatch backward")
    days = ALLOWANCES if d.options.allowance_days is None else (d.options.allowance_days,)
    tried = [
        Result(s, "dispatch from the bottleneck", score(d.problem, s, d.planned)) for s in from_bottleneck(d, days)
    ]
    return min(tried, key=lambda r: r.score.objective)


def _judged(d: Dispatcher, schedule: Schedule, engine: str) -> Result:
    if d.options.pull:
        pull(d.problem, schedule, d.ties)
    return Result(schedule, engine, score(d.problem, schedule, d.planned))


def _just_in_time(d: Dispatcher, report: Report) -> tuple[Schedule, str]:
    best = JustInTime(d, report).best()
    return best.schedule, f"dispatch jit by {best.by.name}, allowance {best.by.days:g} d"


def _by_rule(d: Dispatcher, rule: Rule) -> Schedule:
    """One pass of a rule: everything as soon as it can start, or an allowance before its reverse start."""
    release = d.problem.not_before
    if d.options.allowance_days is not None:
        release = np.maximum(release, d.ahead_of(d.reverse_start(), d.options.allowance_days))
    return d.forward(release, d.ranks(rule))
