"""What rules rank by: work of every operation, and what is left behind it, as elapsed time."""

from dataclasses import dataclass

import numpy as np

from pegboard.kernels.arrays import Changeovers
from pegboard.kernels.graph import remaining_time, topological
from pegboard.kernels.latest import run_works
from pegboard.kernels.ranking import WAIT_SHARE
from pegboard.scheduling.problem import Floats, Ints, Problem


@dataclass(frozen=True)
class Facts:
    """Seconds by the clock on the wall, for each operation on its preferred resource.

    `own` p, work with setup; `tail` RPT, from its start to delivery along the longest way, with waits and moves;
    `waited` the same with an expected wait W = b p before each operation, this one too; `left` OPN, the number of
    operations along the way, this one too. `order` has predecessors first.
    """

    own: Floats
    tail: Floats
    waited: Floats
    left: Floats
    order: Ints

    def after(self, ops: Ints) -> Floats:
        """What follows these operations until delivery, expected waits included."""
        found: Floats = self.waited[ops] - (1.0 + WAIT_SHARE) * self.own[ops]
        return found


def facts_of(problem: Problem) -> Facts:
    """The facts of a problem; two walks over its network for each of them."""
    cand = problem.preferred[problem.ops.step]
    steps = problem.steps
    work = run_works(steps, cand, problem.ops.qty).astype(np.float64)
    work += steps.cand_setup[cand]
    share = np.array([open_share(problem, t) for t in range(len(problem.timeline_rows))])
    own = work / 1e6 / share[problem.shop.timeline[steps.cand_res[cand]]]
    order = topological(problem.arcs, problem.n_op)
    at_once = problem.arcs._replace(wait=np.zeros_like(problem.arcs.wait), move=np.zeros_like(problem.arcs.move))
    return Facts(
        own=own,
        tail=remaining_time(problem.arcs, order, own),
        waited=remaining_time(problem.arcs, order, own * (1.0 + WAIT_SHARE)),
        left=remaining_time(at_once, order, np.ones(problem.n_op)),
        order=order,
    )


def open_share(problem: Problem, timeline: int) -> float:
    """The share of the time from now to the horizon that a calendar is open."""
    row = problem.timeline_rows[timeline]
    seconds = row.open_until(problem.horizon) - row.open_until(problem.now)
    return max(seconds / max(problem.horizon - problem.now, 1), 0.01)


def pool_of(problem: Problem) -> Ints:
    """The pool each operation waits in."""
    found: Ints = problem.steps.pool[problem.ops.step]
    return found


def matrix_of(problem: Problem, pool: int) -> int:
    """The changeover matrix of a pool's resources, the first where they differ; -1 for none."""
    res = problem.pool_res[problem.pool_ptr[pool] : problem.pool_ptr[pool + 1]]
    found = problem.shop.matrix[res]
    return int(found[found >= 0][0]) if (found >= 0).any() else -1


def changeover_seconds(C: Changeovers, matrix: int) -> Floats:
    """A matrix as a table of seconds, from (row) and to (column) each family."""
    size = C.n_family
    found: Floats = C.us[matrix * size * size : (matrix + 1) * size * size].reshape(size, size) / 1e6
    return found
