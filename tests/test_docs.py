"""What the documents say is what the program does: commands, outputs, codes, columns, names and links.

After a change that plans differently, `python -m tests.test_docs` writes the outputs and README's picture anew.
"""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from pegboard.app.files import demo_factory
from pegboard.cli.main import app
from pegboard.domain.plan import Certificate, Kpis
from pegboard.domain.snapshot import ObjectiveWeights
from pegboard.exchange.plan_columns import PLAN_FILES
from pegboard.insight.chain import LABEL
from pegboard.scheduling.constraints import ALL
from pegboard.scheduling.rules import RULES, WITH_NAMES

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "plan.svg"
MESSAGES = ROOT / "docs" / "messages.md"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "examples" / "README.md"])
RECIPES = ROOT / "docs" / "recipes"
RUN = [
    README,
    ROOT / "docs" / "start.md",
    *(RECIPES / f"{name}.md" for name in ("read-a-plan-folder", "write-a-rule", "what-to-buy")),
    *(RECIPES / f"{name}.md" for name in ("configure-a-product", "buffer-an-intermediate")),
    *(RECIPES / f"{name}.md" for name in ("change", "compare-two-plans", "dates-with-confidence", "scenarios")),
    *(RECIPES / f"{name}.md" for name in ("how-far-it-holds", "why-it-is-late", "quotes", "keep-a-plant", "workers")),
]
"""The pages whose commands and scripts are run, each in a folder of its own that holds the examples."""

CODE = re.compile(r"[FVPSBC]\d{3}")
SEVERITY = {"error": "error", "block": "error", "warning": "warning", "block_quietly": "warning", "info": "info"}


class Block(NamedTuple):
    """A fenced block: its language, its text, and the file it is to be, if the line before names one."""

    language: str
    text: str
    file: str


def blocks(page: str) -> list[Block]:
    found = re.findall(r"(?:^`([\w./-]+)`:?\n)?^```(\w*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [Block(language, text, file) for file, language, text in found]


def commands(block: str) -> list[tuple[str, list[str]]]:
    """Each command of a block and the lines that stand below it."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return found


def workplace(folder: Path) -> Path:
    """A folder like the root of the repository, with nothing planned yet."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / "docs").mkdir()
    return folder


def run(arguments: Sequence[str], folder: Path) -> list[str]:
    """The lines a program prints; it must end well."""
    state = {"XDG_STATE_HOME": str(folder / "state")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | state,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{arguments} ended with {done.returncode}\n{done.stdout}{done.stderr}"
    return [line.rstrip() for line in done.stdout.splitlines()]


def pegboard(command: str, folder: Path) -> list[str]:
    program, *arguments = shlex.split(command)
    assert program == "pegboard", f"{command} is no command of ours"
    lines = run(["-c", "from pegboard.cli.main import main; main()", *arguments], folder)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def masked(lines: Sequence[str]) -> list[str]:
    """Without what differs from run to run: the seconds a plan took."""
    return [re.sub(r"; \d+\.\d s$", "; 0.0 s", line.rstrip()) for line in lines]


def agree(told: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether the document says what was printed; `...` stands for any number of lines."""
    told, printed = masked(told), masked(printed)
    if "..." not in told:
        return told == printed
    at = told.index("...")
    head, tail = told[:at], told[at + 1 :]
    return (
        len(printed) >= len(head) + len(tail) and printed[:at] == head and printed[len(printed) - len(tail) :] == tail
    )


def document(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


class Shown(NamedTuple):
    """A command or script of a page, the lines that the page shows for it, and those that it prints."""

    what: str
    told: list[str]
    printed: list[str]


def played(page: Path, folder: Path) -> Iterator[Shown]:
    """Do what a page tells to do, from its top to its end: write its files, run its commands and scripts."""
    for block, after in pairwise([*blocks(document(page)), Block("", "", "")]):
        if block.file:
            (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            told = after.text.splitlines() if after.language == "text" else []
            yield Shown(block.text, told, run(["-c", block.text], folder))
        else:
            for command, told in commands(block.text):
                yield Shown(f"$ {command}\n", told, pegboard(command, folder))


@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_commands_and_scripts_print_what_the_page_shows(page: Path, tmp_path: Path):
    folder = workplace(tmp_path)
    for shown in played(page, folder):
        assert not shown.told or agree(shown.told, shown.printed), shown.what + "\n".join(shown.printed)
    if page == README:
        assert (folder / "docs" / "plan.svg").read_text(encoding="utf-8") == document(PICTURE), "the picture is old"


def test_make_demo_plans_the_factory_that_the_readme_plans():
    recipe = re.search(r"^demo:.*\n\t@?(.*)", document(ROOT / "Makefile"), re.MULTILINE)
    assert recipe
    assert recipe[1] == "$(BIN)/pegboard demo"
    assert demo_factory().resolve() == ROOT / "examples" / "lamps"


def codes_in_source() -> Iterator[tuple[str, str]]:
    """Every code in the source, with its severity where the call tells one."""
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(document(path))):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                for given in node.args:
                    if isinstance(given, ast.Constant) and CODE.fullmatch(str(given.value)) and called in SEVERITY:
                        yield str(given.value), SEVERITY[called]
            elif isinstance(node, ast.Constant) and CODE.fullmatch(str(node.value)):
                yield str(node.value), ""


def documented_codes() -> dict[str, str]:
    rows = re.findall(r"^\| ([FVPSBC]\d{3}) \| (\w+) \|", document(MESSAGES), re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a code stands twice"
    return dict(rows)


def test_every_code_in_the_source_is_documented_and_the_other_way_round():
    assert {code for code, _ in codes_in_source()} == set(documented_codes())


def test_documented_severities_are_those_of_the_source():
    from pegboard.exchange import CODES

    known = {(code, severity) for code, severity in codes_in_source() if severity}
    known |= {(code, severity) for code, (severity, _) in CODES.items()}
    page = documented_codes()
    assert [(code, severity) for code, severity in sorted(known) if page[code] != severity] == []


def test_every_column_and_figure_of_the_plan_folder_is_explained():
    page = document(ROOT / "docs" / "recipes" / "read-a-plan-folder.md")
    names = {f"{name}.csv" for name in PLAN_FILES} | {"kpis.json", "certificate.json"}
    names |= {field.name for row in [*PLAN_FILES.values(), Kpis, Certificate] for field in msgspec.structs.fields(row)}
    assert sorted(name for name in names if f"`{name}`" not in page) == []


def test_every_constraint_and_cause_is_explained():
    page = document(MESSAGES)
    sources = [ROOT / "src" / "pegboard" / name for name in ("insight/explain.py", "tables/supply.py")]
    said = "".join(document(source) for source in sources)
    causes = {
        "past_due",
        "calendar",
        "material",
        "capacity",
        "lead_time",
        "earliest",
        "together",
        "unschedulable",
        "buffer",
        "horizon",
        "data",
    }
    assert {"earliest", "together"} <= LABEL.keys()
    assert [cause for cause in causes - LABEL.keys() if f'"{cause}"' not in said] == []
    assert sorted(c for c in causes | {c.name for c in ALL} if f"| `{c}` |" not in page) == []


def slugs(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    heads = re.findall(r"^#+ (.*)$", document(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path):
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", document(page)):
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in slugs(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_commands_and_targets_that_a_page_names_exist(page: Path):
    """Paths to Python files, from the root or from the package; commands of pegboard; targets of make."""
    spans = re.findall(r"`([^`\n]+)`", document(page)) + [b.text for b in blocks(document(page))]
    text = "\n".join(spans)
    paths = set(re.findall(r"(?<![\w/.])[\w.]+(?:/[\w.]+)+\.py\b", text))
    bases = [ROOT, ROOT / "src" / "pegboard"]
    assert sorted(p for p in paths if not any((base / p).exists() for base in bases)) == []
    named = set(re.findall(r"(?:^|\$ |`)(?:\.venv/bin/)?pegboard ([a-z]+)\b", text, re.MULTILINE))
    assert sorted(c for c in named if c not in app) == []
    targets = set(re.findall(r"^make (?:\w+=\S+ )?([a-z]+)\b", text, re.MULTILINE))
    assert sorted(t for t in targets if f"\n{t}:" not in document(ROOT / "Makefile")) == []


def test_the_constraint_of_the_recipe_is_the_one_that_checks_plans():
    page = blocks(document(ROOT / "docs" / "recipes" / "add-a-constraint.md"))
    shown = [block for block in page if block.file.endswith(".py")]
    assert [block.file for block in shown] == ["src/pegboard/scheduling/constraints/stretch.py"]
    assert [block.text for block in shown] == [document(ROOT / block.file) for block in shown]


def test_every_rule_and_goal_is_explained():
    page = document(ROOT / "docs" / "rules.md")
    rows = {
        name: (formula, source)
        for name, formula, source in re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|", page, re.MULTILINE)
    }
    assert rows == {rule.name: (rule.formula, rule.source) for rule in RULES.values()}
    assert [name for name in WITH_NAMES if f"`{name}:" not in page] == []
    weights = ObjectiveWeights()
    assert [g for g in weights.__struct_fields__ if f"\n{g} = {getattr(weights, g):g} " not in page] == []


def test_every_decision_is_in_the_list():
    index = document(ROOT / "docs" / "decisions" / "README.md")
    pages = [p.name for p in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert [name for name in sorted(pages) if f"]({name})" not in index] == []


def renew() -> None:
    """Write all outputs and the picture anew; an output that is shown in part stays as long as it was."""
    for page in RUN:
        text = document(page)
        with tempfile.TemporaryDirectory() as temporary:
            folder = workplace(Path(temporary))
            for what, told, printed in played(page, folder):
                if not told or agree(told, printed):
                    continue
                now = printed
                if "..." in told and len(told) <= len(printed):
                    at = told.index("...")
                    now = [*printed[:at], "...", *printed[len(printed) - (len(told) - at - 1) :]]
                at = text.index("\n".join(told), text.index(what))
                text = text[:at] + "\n".join(now) + text[at + len("\n".join(told)) :]
            if page == README:
                shutil.copy(folder / "docs" / "plan.svg", PICTURE)
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
