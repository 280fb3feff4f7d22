"""Turn substitutes into alternate components of the bill of materials, and find those that lead in a circle."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from pegboard.domain.expression import times
from pegboard.domain.item import BomLine, Item, Substitute
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.faults import Faults
from pegboard.planning.levels import reaches


def with_substitutes(
    snapshot: Snapshot, items: Mapping[str, Item], bom: Mapping[str, tuple[BomLine, ...]], faults: Faults
) -> dict[str, tuple[BomLine, ...]]:
    """The bill of materials with a group of alternates for each line whose component may be substituted.

    Lines that are in a group already stay as they are.
    """
    usable = _usable(snapshot, items, faults)
    if not usable:
        return dict(bom)
    expansion = _Expansion(usable, {p: {line.component for line in rows} for p, rows in bom.items()}, faults)
    return {p: tuple(new for i, line in enumerate(rows) for new in expansion.of(line, i)) for p, rows in bom.items()}


def _usable(snapshot: Snapshot, items: Mapping[str, Item], faults: Faults) -> dict[str, list[Substitute]]:
    found: dict[str, list[Substitute]] = {}
    pairs = {(s.item, s.substitute) for s in snapshot.substitutes}
    for row in sorted(snapshot.substitutes, key=lambda s: (s.item, s.rank, s.substitute)):
        missing = [i for i in (row.item, row.substitute) if i not in items]
        if missing:
            what = f"{row.substitute} is to stand in for {row.item}, but {missing[0]} does not exist"
            faults.error("V245", missing[0], what, "add the item, or correct the name; the row is left out", row.source)
            continue
        if row.item == row.substitute:
            what = f"{row.item} is to stand in for itself"
            faults.warning("V246", row.item, what, "name another substitute; the row is left out", row.source)
            continue
        if (row.substitute, row.item) in pairs and row.item < row.substitute:
            what = f"{row.item} and {row.substitute} are to stand in for each other"
            advice = "nothing, if that is meant: substitutes are not substituted"
            faults.info("V247", row.item, what, advice, row.source)
        found.setdefault(row.item, []).append(row)
    return found


@dataclass
class _Expansion:
    """Makes groups of lines; `graph` grows with them, so that no substitute makes an item contain itself."""

    usable: Mapping[str, list[Substitute]]
    graph: dict[str, set[str]]
    faults: Faults

    def of(self, line: BomLine, place: int) -> list[BomLine]:
        """A line and its substitutes as one group."""
        if line.alternate_group or line.component not in self.usable:
            return [line]
        group = f"{line.component}~{place}"
        found = [msgspec.structs.replace(line, alternate_group=group)]
        for row in self.usable[line.component]:
            if reaches(self.graph, row.substitute, line.parent):
                what = f"{row.substitute} cannot stand in for {line.component} in {line.parent}, which it is made of"
                self.faults.warning("V248", line.parent, what, "end the circle of substitutes", row.source)
                continue
            self.graph[line.parent].add(row.substitute)
            found.append(
                msgspec.structs.replace(
                    line,
                    component=row.substitute,
                    qty_per=times(line.qty_per, row.factor),
                    fixed_qty=times(line.fixed_qty, row.factor),
                    alternate_group=group,
                    rank=row.rank,
                    valid_from=row.valid_from or line.valid_from,
                    valid_to=row.valid_to or line.valid_to,
                )
            )
        return found
