"""Hold by-products and co-products against items, and settle in which order items are netted because of them."""

from collections.abc import Collection, Mapping

from pegboard.domain.expression import Formula, plain
from pegboard.domain.item import BomLine, Item
from pegboard.planning.faults import Faults
from pegboard.planning.levels import reaches

Bom = Mapping[str, tuple[BomLine, ...]]


def coproducts(byproducts: Bom, items: Mapping[str, Item], made: Collection[str], faults: Faults) -> dict[str, BomLine]:
    """For each item that is made by making another one: the line by which it comes of that."""
    found: dict[str, BomLine] = {}
    for rows in byproducts.values():
        for line in rows:
            item = line.component
            if line.kind != "coproduct" or item in made or items[item].supply not in (None, "make"):
                continue
            if line.condition or any(isinstance(a, Formula) for a in (line.qty_per, line.per_qty, line.fixed_qty)):
                what = f"{item} comes of some variants of {line.parent} alone, so none is made for its sake"
                faults.info("V196", item, what, "give the item a routing of its own if it is ever short", line.source)
                continue
            if item in found:
                what = f"{item} comes of {found[item].parent} and of {line.parent}; where it is short the first is made"
                faults.info("V241", item, what, "make one of them a byproduct, or give the item a routing", line.source)
            elif plain(line.qty_per) <= 0:
                what = f"{line.parent} yields no {item} for each piece, so it cannot be made for its sake"
                faults.block(item, "V242", what, "enter a qty_per, or make it a byproduct", line.source)
            else:
                found[item] = line
    return found


def netting_order(bom: Bom, byproducts: Bom, coproduct_of: dict[str, BomLine], faults: Faults) -> dict[str, set[str]]:
    """For each item those netted after it: its components, and what comes out of it besides.

    What goes into the making of its own parent is netted without what that yields of it. A co-product for whose sake
    its parent cannot be made, because it is in the parent, is taken out of `coproduct_of`.
    """
    graph = {p: {line.component for line in rows} for p, rows in bom.items() if p not in faults.blocked}
    for parent, rows in byproducts.items():
        for line in rows:
            if reaches(graph, line.component, parent):
                what = f"{parent} yields {line.component}, which {parent} is made of: that serves later orders only"
                faults.info("V243", parent, what, "count it into stock.csv when it is there", line.source)
            else:
                graph.setdefault(parent, set()).add(line.component)
    for item, line in list(coproduct_of.items()):
        components = graph.get(line.parent, set()) - {item}
        if any(reaches(graph, c, item) for c in components) or not reaches(graph, line.parent, item):
            del coproduct_of[item]
            what = f"{item} cannot be made by making {line.parent}, which it goes into"
            faults.block(item, "V244", what, "give the item a routing or a supplier of its own", line.source)
        else:
            graph.setdefault(item, set()).update(components)
    return graph
