"""Hold the options of orders, work orders and stock against what may be chosen, and say which variants come of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from pegboard.domain.expression import plain
from pegboard.domain.item import BomLine, Item
from pegboard.domain.order import OrderLine
from pegboard.domain.record import Options
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import StockLot, WorkOrder
from pegboard.domain.variant import Recipe, Variant, Variants
from pegboard.planning.faults import Faults
from pegboard.planning.options import Configuration, Configurator
from pegboard.planning.variants import Resolver, shown


class DayVariants:
    """The day's data with options completed and told apart; what it asks for is resolved on the way."""

    def __init__(self, configurator: Configurator, resolver: Resolver, faults: Faults) -> None:
        self.configurator, self.resolver, self.faults = configurator, resolver, faults
        self.variants: Variants = resolver.variants
        self._configured: dict[tuple[str, Options], Configuration] = {}
        self._idle: dict[tuple[str, str], list[OrderLine]] = defaultdict(list)

    def configure(self, item: str, options: Options) -> Configuration:
        """The options completed, each configuration once."""
        key = (item, options)
        if key not in self._configured:
            self._configured[key] = self.configurator.configure(item, options)
        return self._configured[key]

    def lines(self, orders: Iterable[OrderLine]) -> tuple[OrderLine, ...]:
        """The lines with their options completed; those that are open and not accepted are noted as refused."""
        found = []
        for line in orders:
            is_plain = line.item not in self.variants.matters and line.item not in self.configurator.choices
            if not is_plain and line.status in ("open", "hold"):
                line = self._line(line)
            found.append(line)
        for (item, name), rows in sorted(self._idle.items()):
            what = f"{name} is chosen on {len(rows)} lines of {item}, first {rows[0].id}, and makes no difference to it"
            self.faults.warning("V193", item, what, "correct the name, or add it to options.csv", rows[0].source)
        return tuple(found)

    def _line(self, line: OrderLine) -> OrderLine:
        found = self.configure(line.item, line.options)
        if self.configurator.choices.get(line.item):
            for name, _ in found.options:
                if name.casefold() not in self.variants.matters[line.item]:
                    self._idle[line.item, name].append(line)
        if found.refusals:
            why = f"{line.item} cannot be made as chosen: {'; '.join(found.refusals)}"
            self.variants.refused[line.id] = why
            advice = "choose on the order what options.csv and option_rules.csv allow; the line is not planned"
            self.faults.error("V188", line.id, f"order {line.id}: {why}", advice, line.source)
        return line if found.options == line.options else msgspec.structs.replace(line, options=found.options)

    def work_orders(
        self, by_item: Mapping[str, tuple[WorkOrder, ...]], lines: Iterable[OrderLine]
    ) -> dict[str, tuple[WorkOrder, ...]]:
        """Work orders with the options that matter, without those that cannot be resolved.

        One without options that names an order has those of the order's line for its item.
        """
        of_order: dict[tuple[str, str], Options] = {}
        for line in lines:
            of_order.setdefault((line.order, line.item), line.options)
            of_order[line.id, line.item] = line.options
        found = {}
        for item, rows in by_item.items():
            kept = rows
            if item in self.variants.matters:
                chosen = [(w, w.options or of_order.get((w.order, item), ())) for w in rows]
                kept = tuple(w for wo, options in chosen if (w := self._work_order(wo, options)) is not None)
            elif any(w.options for w in rows):
                kept = tuple(msgspec.structs.replace(w, options=()) for w in rows)
            found[item] = kept
        return found

    def _work_order(self, wo: WorkOrder, options: Options) -> WorkOrder | None:
        found = self.configure(wo.item, options)
        variant = self.variants.of(wo.item, found.options)
        self.resolver.add([(wo.item, variant)])
        why = "; ".join(found.refusals)
        if not found.lacks:
            impossible = self.variants.impossible.get((wo.item, variant), "")
            if why and not impossible:
                what = f"work order {wo.wo} makes {wo.item} as is not allowed: {why}"
                self.faults.warning("V195", wo.wo, what, "correct its options; it is planned as it stands", wo.source)
            why = impossible
        if why:
            what = f"work order {wo.wo} of {wo.item} cannot be planned: {why}"
            self.faults.error("V189", wo.wo, what, "correct its options; it is left out", wo.source)
            return None
        return msgspec.structs.replace(wo, options=variant)

    def lots(self, by_item: Mapping[str, tuple[StockLot, ...]]) -> dict[str, tuple[StockLot, ...]]:
        """Stock with the options that matter; of items that options make different only where they are known."""
        found = {}
        for item, rows in by_item.items():
            if item not in self.variants.matters:
                found[item] = tuple(msgspec.structs.replace(r, options=()) if r.options else r for r in rows)
                continue
            spelled = [self.variants.of(item, self.configurator.spelling.of(r.options)) for r in rows]
            known = [bool(options) or item not in self.resolver.rows.distinct for options in spelled]
            kept = [(row, options) for row, options, is_known in zip(rows, spelled, known, strict=True) if is_known]
            found[item] = tuple(msgspec.structs.replace(row, options=options) for row, options in kept)
            if not all(known):
                lots = [row for row, is_known in zip(rows, known, strict=True) if not is_known]
                what = f"stock of {sum(row.qty for row in lots):g} {item} has no options, and {item} comes in variants"
                advice = "say in the column options which variant it is; until then nobody may use it"
                self.faults.warning("V191", item, what, advice, lots[0].source)
        return found

    def wanted(self, lines: Iterable[OrderLine]) -> None:
        """Resolve what open lines want on all levels, and name the variants that cannot be made."""
        refused, matters = self.variants.refused, self.variants.matters
        open_lines = (line for line in lines if line.status == "open" and line.id not in refused)
        self.resolver.add({(line.item, line.options) for line in open_lines if line.item in matters})
        for (item, options), why in sorted(self.variants.impossible.items()):
            if item not in self.faults.blocked:
                what = f"{item} ({shown(options)}) cannot be made: {why}" if options else f"{item} cannot be made: {why}"
                advice = "correct the row, or the options on the orders; lines that want this variant are left out"
                self.faults.error("V190", item, what, advice, "")

    def without_options(self, items: Iterable[Item], lines: Iterable[BomLine]) -> None:
        """Resolve what may be made without an order: buffered and stocked items, and parents of co-products."""
        names = {i.item for i in items if i.policy != "mto"} | {b.parent for b in lines if b.kind == "coproduct"}
        self.resolver.add((name, ()) for name in sorted(names & self.variants.matters.keys()))
