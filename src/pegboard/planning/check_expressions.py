"""Hold conditions and formulas of bills of material and routings against the options and values there are."""

from collections.abc import Mapping
from itertools import islice

from pegboard.domain.expression import UnanswerableError, options_of
from pegboard.planning.check_options import applies, named
from pegboard.planning.faults import Faults
from pegboard.planning.option_space import Space
from pegboard.planning.options import Choice, Configurator
from pegboard.planning.resolve import Part, amount, label
from pegboard.planning.variants import VariantRows

MOST = 1_000
"""Configurations for which a formula is worked out at most."""


def check_expressions(rows: VariantRows, configurator: Configurator, faults: Faults) -> None:
    """Names and values that do not exist, and formulas that fail for an allowed configuration."""
    declared: dict[str, list[Choice]] = {}
    for choices in configurator.choices.values():
        for choice in choices:
            declared.setdefault(choice.row.option.casefold(), []).append(choice)
    known = configurator.spelling.names()
    spaces: dict[tuple[str, frozenset[str]], list[dict[str, str]]] = {}
    for item, parts in rows.parts.items():
        for part in parts.values():
            _check_names(item, part, known, declared, faults)
            if part.formulas and part.names <= declared.keys():
                key = (item, part.names)
                if key not in spaces:
                    spaces[key] = _configurations(item, part, configurator, declared)
                _check_formulas(item, part, spaces[key], faults)


def _check_names(
    item: str, part: Part, known: frozenset[str], declared: Mapping[str, list[Choice]], faults: Faults
) -> None:
    row = part.row
    for _, formula, term in part.formulas:
        for name in sorted(n for n in options_of(term) if n.casefold() not in known):
            what = f"the formula {formula.text} of {label(row)} needs {name}, an option that nothing has"
            faults.block(item, "V183", what, "add the option to options.csv, or correct the name", row.source)
    for name, value in named(part.condition) if part.condition else ():
        choices = declared.get(name.casefold(), ())
        if name.casefold() not in known:
            what = f"the condition {part.condition} of {label(row)} asks for {name}, an option that nothing has"
            faults.error("V183", item, what, "add the option to options.csv, or correct the name", row.source)
        elif value is not None and choices and not any(choice.allowed.holds(value) for choice in choices):
            values = " or ".join(sorted({choice.row.values for choice in choices}))
            what = (
                f"the condition {part.condition} of {label(row)} asks for {name}={value}, but its values are {values}"
            )
            faults.error("V184", item, what, "correct the value, or add it to options.csv", row.source)


def _configurations(
    item: str, part: Part, configurator: Configurator, declared: Mapping[str, list[Choice]]
) -> list[dict[str, str]]:
    """Configurations to try: of the item's own options where it has these, else of those that any product has."""
    own = configurator.choices.get(item, [])
    conditions = [part.condition] if part.condition else []
    if part.names <= {choice.row.option.casefold() for choice in own}:
        space = Space(own, configurator.rules.get(item, ()), conditions)
    else:
        space = Space([declared[name][0] for name in sorted(part.names)], (), conditions)
    return list(islice(space.configurations(part.names, {}), MOST))


def _check_formulas(item: str, part: Part, configurations: list[dict[str, str]], faults: Faults) -> None:
    """The first configuration, if any, for which a formula of a row has no value that means anything."""
    for name, formula, term in part.formulas:
        for chosen in configurations:
            if part.condition is not None and not applies(part.condition, chosen):
                continue
            try:
                amount(part, name, formula, term, chosen)
            except UnanswerableError as why:
                advice = "correct the formula, or give the row a condition; orders that choose this are left out"
                faults.warning("V187", item, f"allowed options of {item} fail: {why}", advice, part.row.source)
                break
