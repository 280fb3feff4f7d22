"""Which column of a table fills which field, whatever people call their columns."""

import msgspec

from pegboard.exchange.report import Report, closest, shown
from pegboard.exchange.schema import Column, factory_file
from pegboard.exchange.synonyms import known_headers, other_names, squash
from pegboard.exchange.tables import Table


class Headers(msgspec.Struct, frozen=True):
    """The header row understood: known columns and user columns, each with its place in the row.

    `renamed` are the headers read under another name, `twice` those that a column had already,
    `unclear` the user columns that look like a column that is missing, `nameless` the blank ones.
    """

    known: list[tuple[int, Column]]
    user: list[tuple[int, str]]
    missing: list[Column]
    renamed: list[tuple[str, str]]
    twice: list[tuple[str, str]]
    unclear: list[tuple[str, str]]
    nameless: list[int]


def understand(table: Table) -> Headers:
    """Match the header row with the columns of its file: exact names first, then synonyms from left to right."""
    columns = {c.column: c for c in factory_file(table.file).columns}
    exact, other = known_headers(table.file), other_names(table.file)
    keys = [squash(header) for header in table.header]
    place: dict[str, int] = {}
    for i, key in enumerate(keys):
        if key in exact:
            place.setdefault(exact[key], i)
    own_name = set(place)
    for i, key in enumerate(keys):
        if key in other and key not in exact:
            place.setdefault(other[key], i)
    taken = set(place.values())
    rest = [i for i in range(len(keys)) if i not in taken]
    free = {squash(name): name for name in columns if name not in place}
    return Headers(
        known=[(i, columns[name]) for name, i in sorted(place.items(), key=lambda pair: pair[1])],
        user=[(i, table.header[i].strip()) for i in rest if table.header[i].strip() and keys[i] not in exact],
        missing=[c for c in columns.values() if c.required and c.column not in place],
        renamed=[(table.header[i].strip(), name) for name, i in place.items() if name not in own_name],
        twice=[
            (table.header[i].strip(), exact.get(keys[i]) or other[keys[i]])
            for i in rest
            if keys[i] in exact or other.get(keys[i], "") in place.keys() - own_name
        ],
        unclear=[
            (table.header[i].strip(), free[near])
            for i in rest
            if keys[i] not in exact and (near := closest(keys[i], list(free), cutoff=0.8))
        ],
        nameless=[i for i in rest if not table.header[i].strip()],
    )


def report_headers(headers: Headers, table: Table, report: Report) -> None:
    """Say what a person should know about the header row."""
    label = table.label
    for column in headers.missing:
        names = [shown(header) for _, header in headers.user]
        report.add(
            "F105",
            label,
            f"the required column {column.column} is missing, so nothing of {label} is used",
            f"name one of the columns {', '.join(names)} so" if names else f"add a column {column.column}",
            column.column,
            1,
        )
    for header, name in headers.twice:
        what = f"column {shown(header)} is {name} once more; the first one is read"
        report.add("F108", label, what, "delete one", header, 1)
    for header, name in headers.unclear:
        what = f"column {shown(header)} is unknown; it is kept as a user field"
        report.add("F109", label, what, f"did you mean {name}?", header, 1)
    if headers.renamed:
        pairs = ", ".join(f"{header} as {name}" for header, name in headers.renamed)
        report.add("F110", label, f"columns are read under other names: {pairs}", line=1)
    for i in headers.nameless:
        line = next((table.lines[n] for n, row in enumerate(table.rows) if i < len(row) and row[i].strip()), 0)
        if line:
            what = f"column {i + 1} has no header; its values are not read"
            report.add("F111", label, what, "name the column", line=line)
