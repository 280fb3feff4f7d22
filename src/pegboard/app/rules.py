"""Find the rule a person asks for: by its name, in a file of theirs, or in a package that is installed."""

import importlib.util
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error
from pegboard.domain.snapshot import RuleLink
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.rules import RULES, WITH_NAMES, Link, Rule, RuleError, find_rule, own_rule

GROUP = "pegboard.rules"
SEARCHES = ("jit", "best")
RECIPE = "docs/recipes/write-a-rule.md shows how"


def chosen_rule(text: str) -> str | Rule | Finding:
    """The rule behind `edd`, `selective_bottleneck:LASER`, `my_rules.py:shortest_queue` or the name of a package's."""
    if text in SEARCHES or text in RULES or text.partition(":")[0] in WITH_NAMES:
        return text
    path, _, name = text.rpartition(":")
    if path.endswith(".py") or text.endswith(".py"):
        return _from_file(text, path, name)
    for entry in entry_points(group=GROUP, name=text):
        return _from_package(text, entry)
    return find_rule(text, lambda _: ())


def _from_file(text: str, path: str, name: str) -> Rule | Finding:
    """A function in a Python file; running it is what its owner asks for."""
    if not path.endswith(".py"):
        return _fault(text, f"{text} names no function", f"write {text}:NAME; {RECIPE}")
    file = Path(path)
    if not file.is_file():
        return _fault(text, f"there is no file {path}", "write the path from where you are")
    module = (
        importlib.util.module_from_spec(spec)
        if (spec := importlib.util.spec_from_file_location(file.stem, file))
        else None
    )
    if spec is None or spec.loader is None or module is None:
        return _fault(text, f"{path} is no Python file", RECIPE)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as wrong:
        return _fault(
            text,
            f"{path} is not valid Python: {wrong.msg} in line {wrong.lineno}",
            "mend that line",
            path,
            wrong.lineno,
        )
    except Exception as wrong:
        return _fault(text, f"{path} cannot be loaded: {type(wrong).__name__}: {wrong}", "mend it", path)
    return _made(text, getattr(module, name, None), f"{path} has no function {name or '(no name)'}")


def _from_package(text: str, entry: Any) -> Rule | Finding:
    try:
        function = entry.load()
    except Exception as wrong:
        return _fault(
            text, f"rule {text} cannot be loaded: {type(wrong).__name__}: {wrong}", "install its package anew"
        )
    return _made(text, function, f"{entry.value} is no function")


def _made(text: str, function: Any, missing: str) -> Rule | Finding:
    return own_rule(text, function) if callable(function) else _fault(text, missing, RECIPE)


def _fault(text: str, what: str, advice: str, path: str = "", line: int | None = None) -> Finding:
    return error("S321", text, what, advice, f"{path}:{line}" if line else path)


def with_rules(options: Options, factory: Factory, findings: list[Finding]) -> Options:
    """The options with the rule they name and the chain of factory.toml. Raises RuleError for what is no rule here."""
    rule = options.rule
    if isinstance(rule, str) and rule not in SEARCHES:
        found = find_rule(rule, factory.candidates)
        if isinstance(found, Finding):
            raise RuleError(found)
        rule = found
    if options.bottleneck and options.bottleneck not in factory.resources:
        advice = "name a resource of resources.csv, or leave it out to take the most loaded one"
        raise RuleError(_fault(options.bottleneck, f"there is no resource {options.bottleneck}", advice))
    links = [_link(n, row, factory) for n, row in enumerate(factory.snapshot.settings.rules, start=1)]
    findings.extend(link for link in links if isinstance(link, Finding))
    return replace(options, rule=rule, links=tuple(link for link in links if isinstance(link, Link)))


def _link(number: int, row: RuleLink, factory: Factory) -> Link | Finding:
    """A row of `[[rules]]`; files are not run for it, since who plans a factory need not trust who wrote it."""
    subject = f"rules.{number}"
    members = factory.candidates(row.group)
    if row.group and not members:
        what = f"there is no resource or group {row.group}"
        return error("S322", subject, what, "correct group; the row has no effect", "factory.toml")
    found = RULES.get(row.rule) or find_rule(row.rule, factory.candidates)
    if isinstance(found, Finding):
        packaged = [_from_package(row.rule, entry) for entry in entry_points(group=GROUP, name=row.rule)]
        found = packaged[0] if packaged else found
    if isinstance(found, Finding):
        return error("S322", subject, found.what, f"{found.advice}; the row has no effect", "factory.toml")
    return Link(found, frozenset(members) if row.group else None, row.until_days)
