"""Chains of rules: one rule at the paint shop, another for the next five days, the main rule for the rest.

Keys compare only within one queue, so a queue must not mix them. A link that names resources takes whole pools; links
with a horizon stand before each other in tiers, so what starts soon goes before what starts later, whatever its rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pegboard.scheduling.problem import Problem
from pegboard.scheduling.rules.bottleneck import on_resources
from pegboard.scheduling.rules.facts import Facts
from pegboard.scheduling.rules.rule import Ranks, Rule, ranks_of

DAY = 86_400
TIER = 1e14
"""More than any key and price of a rule; doubles still tell a sixtieth of a second apart there."""


@dataclass(frozen=True)
class Link:
    """A rule for the pools of these resources (None for all), for work that must start within so many days."""

    rule: Rule
    resources: frozenset[str] | None = None
    until_days: float | None = None


def chained(problem: Problem, facts: Facts, main: Ranks, links: Sequence[Link], setup_price: float) -> Ranks:
    """The ranks of a chain: for each operation those of the first link that covers it, else the main ones."""
    code, key, per_second = main.code.copy(), main.key.copy(), main.per_second.copy()
    look, place = main.look.copy(), main.place.copy()
    tier = np.where(_has_horizon(problem, links), len(links) * TIER, 0.0)
    free = np.ones(problem.n_op, bool)
    for k, link in enumerate(links):
        mine = free & _covered(problem, link)
        free &= ~mine
        ranks = ranks_of(problem, facts, link.rule, setup_price)
        code[mine], key[mine], per_second[mine] = ranks.code[mine], ranks.key[mine], ranks.per_second[mine]
        look[mine] = ranks.look[mine]
        tier[mine] = np.where(tier[mine] > 0, k * TIER, 0.0)
        families = np.unique(problem.ops.family[mine])
        place[families[families >= 0]] = ranks.place[families[families >= 0]]
    return Ranks(code, key + tier, tier, per_second, look, place)


def _covered(problem: Problem, link: Link) -> np.ndarray:
    """Operations that a link covers: on its pools, and with their latest start inside its horizon."""
    found = np.ones(problem.n_op, bool) if link.resources is None else on_resources(problem, link.resources)
    if link.until_days is not None:
        found &= problem.latest_start < problem.now + link.until_days * DAY
    return found


def _has_horizon(problem: Problem, links: Sequence[Link]) -> np.ndarray:
    """Operations in whose queue any link is limited to a horizon."""
    found = np.zeros(problem.n_op, bool)
    for link in links:
        if link.until_days is not None:
            found |= _covered(problem, Link(link.rule, link.resources))
    return found
