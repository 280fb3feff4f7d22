"""What a schedule is worth: one number from several goals, each in days late of one average line.

    tardiness   sum over lines of weight x days late
  + late_lines  sum over late lines of weight
  + flow        mean weight x sum over lines of days under way
  + earliness   mean weight x sum over lines of days complete before the due date
  + setup       mean weight x days of setup on all resources
  + wip         mean weight x sum over lines of days under way x value over mean value

each times its weight in `[objective]` of factory.toml. The units make a weight mean the same in every factory, small
or large, dear or cheap: no range has to be guessed.
"""

from dataclasses import dataclass

from pegboard.domain.snapshot import ObjectiveWeights
from pegboard.scheduling.problem import Floats, Problem, Schedule

DAY = 86_400.0


@dataclass(frozen=True)
class Outcomes:
    """Days late, early and under way of each line, nought where it is not counted."""

    tardy: Floats
    early: Floats
    flow: Floats


def objective(problem: Problem, outcomes: Outcomes, setup_days: float) -> float:
    """The weighted sum of all goals; smaller is better."""
    w, by_line = problem.objective, problem.line_weight
    mean = float(by_line.mean()) if by_line.size else 1.0
    return (
        promises(w, by_line, outcomes.tardy)
        + w.flow * mean * float(outcomes.flow.sum())
        + w.earliness * mean * float(outcomes.early.sum())
        + w.setup * mean * setup_days
        + w.wip * mean * float((problem.line_value * outcomes.flow).sum())
    )


def promises(weights: ObjectiveWeights, by_line: Floats, tardy: Floats) -> float:
    """The part of the objective that is about dates: days late, and being late at all."""
    return weights.tardiness * float((by_line * tardy).sum()) + weights.late_lines * float(by_line[tardy > 0].sum())


def setup_days(problem: Problem, schedule: Schedule) -> float:
    """Days of setup and changeover on all resources, by their own clock, as `setup_hours` in the plan's figures."""
    done = (schedule.end >= 0) & (problem.ops.setup_done == 0)
    cand = schedule.cand[done]
    steps = problem.steps
    work = (steps.cand_setup[cand] + schedule.changeover[done]) / steps.cand_stretch[cand]
    return float(work.sum()) / 1e6 / DAY
