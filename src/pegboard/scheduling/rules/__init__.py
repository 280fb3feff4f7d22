"""Dispatching rules: how waiting operations are ranked, smallest key first; `docs/rules.md` says when to use which."""

from pegboard.scheduling.rules.catalogue import RULES, WITH_NAMES, find_rule
from pegboard.scheduling.rules.chain import Link, chained
from pegboard.scheduling.rules.facts import Facts, facts_of, open_share
from pegboard.scheduling.rules.own import RuleError, View, own_rule
from pegboard.scheduling.rules.rule import INSTANTS, Ranks, Rule, ranking, ranks_of

__all__ = [
    "INSTANTS",
    "RULES",
    "WITH_NAMES",
    "Facts",
    "Link",
    "Ranks",
    "Rule",
    "RuleError",
    "View",
    "chained",
    "facts_of",
    "find_rule",
    "open_share",
    "own_rule",
    "ranking",
    "ranks_of",
]
