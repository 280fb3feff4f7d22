"""What a rule is, and how rules become the arrays that the kernel ranks by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pegboard.kernels.arrays import Ranking
from pegboard.kernels.ranking import CAMPAIGN, DYNAMIC, FIFO, INSTANT, SEQUENCE
from pegboard.scheduling.problem import Floats, Ints, Problem
from pegboard.scheduling.rules.atcs import Scales, scales
from pegboard.scheduling.rules.facts import Facts

Key = Callable[[Problem, Facts], Floats]
Changeover = Literal["free", "seconds", "index", "first"]

SEQUENCE_WINDOW = 3 * 86_400.0
"""How far ahead of the most urgent a preferred sequence looks, in seconds."""
FIRST_OF_ALL = 1e6
BY_FAMILY = (CAMPAIGN, SEQUENCE)


def no_key(problem: Problem, facts: Facts) -> Floats:
    """Nothing: the kernel computes the keys as time passes."""
    return np.zeros(problem.n_op)


def no_place(problem: Problem) -> Ints:
    """Families in no particular order."""
    return np.zeros(len(problem.family_names), np.int64)


@dataclass(frozen=True)
class Rule:
    """A rule by its name in the field; `code` is what the kernel knows it by, `key` ranks it where no clock matters.

    `changeover` says what a changeover costs: nothing, its seconds at the setup price, its share in the index of ATCS,
    or more than any due date. `place` gives each setup family its position in the preferred sequence.
    """

    name: str
    formula: str
    source: str
    use: str
    code: int
    key: Key = no_key
    changeover: Changeover = "free"
    place: Callable[[Problem], Ints] = no_place


INSTANTS = Rule("instants", "a target", "", "inside a search", INSTANT, changeover="seconds")
"""Ranks by instants that a search gives."""


@dataclass(frozen=True)
class Ranks:
    """What one pass ranks by: for each operation the code of its rule, key, tier, price per second and k1 of ATCS."""

    code: Ints
    key: Floats
    tier: Floats
    per_second: Floats
    look: Floats
    place: Ints


def ranks_of(problem: Problem, facts: Facts, rule: Rule, setup_price: float) -> Ranks:
    """One rule for all operations."""
    n = problem.n_op
    index = scales(problem, facts) if rule.changeover == "index" else Scales(np.ones(n), np.zeros(n))
    per_second = {"free": 0.0, "seconds": setup_price, "index": index.per_second, "first": FIRST_OF_ALL}
    return Ranks(
        code=np.full(n, rule.code, np.int64),
        key=np.full(n, np.inf) if rule.code == FIFO else rule.key(problem, facts),
        tier=np.zeros(n),
        per_second=np.broadcast_to(np.asarray(per_second[rule.changeover], np.float64), (n,)).copy(),
        look=index.look,
        place=rule.place(problem),
    )


def ranking(
    problem: Problem, facts: Facts, ranks: Ranks, due: Ints | None = None, odd: Ints | None = None
) -> tuple[Floats, Ranking]:
    """The keys to begin with and the bundle of the kernel. Begun operations go on first, whatever the rule."""
    begun = problem.ops.setup_done == 1
    code = np.where(begun, INSTANT, ranks.code)
    return np.where(begun, -np.inf, ranks.key), Ranking(
        rule=code,
        tier=ranks.tier,
        weight=problem.weight,
        due=problem.due if due is None else due,
        odd=problem.latest_end if odd is None else odd,
        tail=facts.tail,
        waited=facts.waited,
        left=facts.left,
        own=facts.own,
        per_second=ranks.per_second,
        look=ranks.look,
        place=ranks.place if ranks.place.size else np.zeros(1, np.int64),
        window=SEQUENCE_WINDOW,
        dynamic=int((code >= DYNAMIC).any()),
        priced=int(((ranks.per_second > 0) | np.isin(code, BY_FAMILY)).any()),
    )
