"""What an engine returns, and what a schedule is worth."""

from dataclasses import dataclass

import numpy as np

from pegboard.domain.plan import Ignored
from pegboard.kernels.arrays import Schedule
from pegboard.kernels.graph import completions
from pegboard.scheduling.objective import DAY, Outcomes, objective, setup_days
from pegboard.scheduling.problem import Ints, Problem

LEFT_OUT = 1e6
"""What a line adds that should be planned and has no place: no pass wins by leaving work out."""


@dataclass(frozen=True)
class Score:
    """A schedule in numbers; `objective` (`objective.py`) is what engines minimise, smaller is better."""

    objective: float
    weighted_tardiness_days: float
    total_tardiness_days: float
    lines_late: int
    mean_flow_days: float
    unplaced: int


@dataclass(frozen=True)
class Result:
    """A schedule, the name and settings of what made it, its score, and the constraints it did not model."""

    schedule: Schedule
    engine: str
    score: Score
    ignored: tuple[Ignored, ...] = ()


def line_completions(problem: Problem, schedule: Schedule) -> Ints:
    """When each line is complete, with the other lines of its order where it ships complete; -1 if never."""
    done = completions(
        problem.timelines,
        problem.factory_tl,
        schedule.end,
        problem.line_move,
        problem.line_dated,
        problem.line_ptr,
        problem.line_op,
    )
    n_group = int(problem.line_group.max()) + 1 if done.size else 0
    latest = np.full(n_group, -1, np.int64)
    np.maximum.at(latest, problem.line_group, done)
    return np.where(done < 0, -1, latest[problem.line_group]) if done.size else done


def score(problem: Problem, schedule: Schedule, planned: np.ndarray) -> Score:
    """Judge a schedule over the lines that `planned` marks."""
    done = line_completions(problem, schedule)
    counted = planned & (done >= 0)
    late = np.where(counted, done - problem.line_due, 0) / DAY
    first = np.full(done.size, np.iinfo(np.int64).max)
    placed = (schedule.end >= 0) & (problem.op_line >= 0)
    np.minimum.at(first, problem.op_line[placed], schedule.setup_start[placed])
    made = counted & (first < np.iinfo(np.int64).max)
    flow = np.where(made, done - first, 0) / DAY
    outcomes = Outcomes(np.maximum(late, 0.0), np.maximum(-late, 0.0), flow)
    missing = int((planned & (done < 0)).sum())
    return Score(
        objective=objective(problem, outcomes, setup_days(problem, schedule)) + LEFT_OUT * missing,
        weighted_tardiness_days=float((problem.line_weight * outcomes.tardy).sum()),
        total_tardiness_days=float(outcomes.tardy.sum()),
        lines_late=int((late > 0).sum()),
        mean_flow_days=float(flow[made].mean()) if made.any() else 0.0,
        unplaced=int((schedule.end < 0).sum()),
    )
