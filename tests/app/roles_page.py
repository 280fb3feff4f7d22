"""Makes docs/roles.md from the table of roles: `python -m tests.app.roles_page`."""

from pathlib import Path

from pegboard.app.roles import NEEDED, ROLES, TABLE

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"
HEAD = """# Who may do what

Everybody who signs in has one role. This page is made from the table by which the program decides; \
until people sign in, whoever reaches a server is its planner ([how a plant is served](recipes/serve.md)).

"""


def rights() -> str:
    """One row for each permission."""
    head = f"| permission | allows to | {' | '.join(ROLES)} |\n|---|---|{'---|' * len(ROLES)}\n"
    rows = (
        f"| `{right.permission}` | {right.what} | "
        + " | ".join("yes" if role in right.roles.split() else "" for role in ROLES)
        + " |\n"
        for right in TABLE
    )
    return head + "".join(rows)


def changed() -> str:
    """One row for each change."""
    rows = (f"| `{change.__struct_config__.tag}` | `{permission}` |\n" for change, permission in NEEDED.items())
    return "| change of the live plan | takes the permission |\n|---|---|\n" + "".join(rows)


def page() -> str:
    """The whole page."""
    told = "\nA token of a program may do what its scopes name, and never more than its owner may at that moment.\n\n"
    return HEAD + rights() + told + "## Changes\n" + changed()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
