"""Hold options.csv and option_rules.csv against items and each other: unknown names, rules that cannot be kept."""

from collections.abc import Iterable, Mapping

from pegboard.domain.expression import Chosen, Condition, Option, UnanswerableError, comparisons, options_of
from pegboard.domain.item import Item, OptionRule
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.faults import Faults
from pegboard.planning.language import UnreadableError, read_condition
from pegboard.planning.option_space import Space
from pegboard.planning.options import Choice, Configurator, Rule, Spelling, read_values


def check_options(snapshot: Snapshot, items: Mapping[str, Item], faults: Faults) -> Configurator:
    """What configurations are checked by: usable choices and rules."""
    chosen = [r.options for rows in (snapshot.orders, snapshot.work_orders, snapshot.stock) for r in rows if r.options]
    spelling = Spelling(snapshot.options, chosen)
    found = Configurator(_choices(snapshot, items, faults), _rules(snapshot, items, faults), spelling)
    for item, rules in found.rules.items():
        check_names(found, item, [(rule.row, t) for rule in rules for t in (rule.when, rule.require)], faults)
        _check_rules(item, found.choices[item], rules, faults)
    return found


def _choices(snapshot: Snapshot, items: Mapping[str, Item], faults: Faults) -> list[Choice]:
    found = []
    for row in snapshot.options:
        if row.item not in items:
            what = f"option {row.option} is for item {row.item}, which does not exist"
            faults.error("V182", row.item, what, "correct the item; the option is left out", row.source)
            continue
        allowed = read_values(row.values)
        if isinstance(allowed, str):
            what = f"the values {row.values!r} of option {row.option} of {row.item} cannot be used: {allowed}"
            faults.block(row.item, "V181", what, "write them as in red;blue or 100..900", row.source)
            continue
        if row.default and not allowed.holds(row.default):
            what = f"the default {row.default} of option {row.option} of {row.item} is not one of {row.values}"
            advice = "correct one of the two; until then lines that do not choose it are refused"
            faults.error("V181", row.item, what, advice, row.source)
        found.append(Choice(row, allowed))
    return found


def _rules(snapshot: Snapshot, items: Mapping[str, Item], faults: Faults) -> list[Rule]:
    found = []
    for row in snapshot.option_rules:
        if row.item not in items:
            what = f"an option rule is for item {row.item}, which does not exist"
            faults.error("V182", row.item, what, "correct the item; the rule is left out", row.source)
            continue
        try:
            found.append(Rule.of(row, read_condition(row.when), read_condition(row.require)))
        except UnreadableError as wrong:
            what = f"the rule of {row.item} 'when {row.when} require {row.require}' cannot be read: {wrong}"
            advice = "write both conditions as in COLOUR=red and LENGTH>=750"
            faults.block(row.item, "V180", what, advice, row.source)
    return found


def check_names(
    configurator: Configurator, item: str, trees: Iterable[tuple[OptionRule, Condition]], faults: Faults
) -> None:
    """What the rules of an item name must be among its options and their values."""
    choices = {c.row.option.casefold(): c for c in configurator.choices[item]}
    for rule, tree in trees:
        for name, value in named(tree):
            choice = choices.get(name.casefold())
            said = f"the rule 'when {rule.when} require {rule.require}' of {item} names"
            if choice is None:
                what = f"{said} option {name}, which {item} has not in options.csv"
                faults.error("V183", item, what, "add the option, or correct the name", rule.source)
            elif value is not None and not choice.allowed.holds(value):
                what = f"{said} {name}={value}, but its values are {choice.row.values}"
                faults.error("V184", item, what, "correct the value, or add it to options.csv", rule.source)


def named(tree: Condition) -> list[tuple[str, str | None]]:
    """The options of a condition, with the values that they are said to be equal to."""
    found: list[tuple[str, str | None]] = []
    for c in comparisons(tree):
        if isinstance(c.term, Option) and c.how in ("=", "!=", "in"):
            found.extend((c.term.name, value) for value in c.values)
        else:
            found.extend((name, None) for name in sorted(options_of(c.term)))
    return found


def _check_rules(item: str, choices: list[Choice], rules: list[Rule], faults: Faults) -> None:
    """Rules that nothing can keep, and values that they leave no configuration for."""
    for rule in rules:
        if _contradicts_itself(rule, choices):
            what = f"the rule {rule} of {item} contradicts itself: where it applies, nothing fulfils it"
            faults.error("V185", item, what, "correct one of its two conditions", rule.row.source)
    space = Space(choices, rules)
    for choice in choices:
        name = choice.row.option.casefold()
        for value in space.values[name]:
            if value is not None and not space.allows({name: value}):
                tied = "; ".join(str(rule) for rule in rules if name in rule.names) or "those of other options"
                what = f"no configuration of {item} with {choice.row.option}={value} keeps all rules: {tied}"
                advice = "correct a rule, or take the value out of options.csv"
                faults.error("V186", item, what, advice, choice.row.source)


def _contradicts_itself(rule: Rule, choices: list[Choice]) -> bool:
    space = Space(choices, (), (rule.when, rule.require))
    if not space.is_searched(rule.names):
        return False
    where = [chosen for chosen in space.configurations(rule.names, {}) if applies(rule.when, chosen)]
    return bool(where) and all(rule.broken_by(chosen) for chosen in where)


def applies(condition: Condition, chosen: Chosen) -> bool:
    """Whether a condition holds; what cannot be answered does not."""
    try:
        return condition.holds(chosen)
    except UnanswerableError:
        return False
