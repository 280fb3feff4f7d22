"""Hold the options of orders, work orders and stock against what may be chosen, and say which variants come of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from pegboard.domain.item import Item
from pegboard.domain.order import OrderLine
from pegboard.domain.record import Options
from pegboard.domain.supply import StockLot, WorkOrder
from pegboard.domain.variant import Recipe, Variants, refusal
from pegboard.planning.faults import Faults
from pegboard.planning.option_space import Space
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
            self.variants.refused[line.id] = found.refusals
            what = f"order {line.id}: {refusal(line.item, found.refusals)}"
            advice = "choose on the order what options.csv and option_rules.csv allow; the line is not planned"
            self.faults.error("V188", line.id, what, advice, line.source)
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
        chosen: dict[str, Configuration] = {}
        for item, rows in by_item.items():
            for wo in rows if item in self.variants.matters else ():
                chosen[wo.wo] = self.configure(item, wo.options or of_order.get((wo.order, item), ()))
        self.resolver.add((w.item, chosen[w.wo].options) for rows in by_item.values() for w in rows if w.wo in chosen)
        found = {}
        for item, rows in by_item.items():
            kept = [self._work_order(w, chosen[w.wo]) if w.wo in chosen else _without_options(w) for w in rows]
            found[item] = tuple(w for w in kept if w is not None)
        return found

    def _work_order(self, wo: WorkOrder, found: Configuration) -> WorkOrder | None:
        variant = self.variants.of(wo.item, found.options)
        impossible = self.variants.impossible.get((wo.item, variant), "")
        why = "; ".join(found.refusals)
        if found.lacks or impossible:
            what = f"work order {wo.wo} of {wo.item} cannot be planned: {why if found.lacks else impossible}"
            self.faults.error("V189", wo.wo, what, "correct its options; it is left out", wo.source)
            return None
        if why:
            what = f"work order {wo.wo} makes {wo.item} as is not allowed: {why}"
            self.faults.warning("V195", wo.wo, what, "correct its options; it is planned as it stands", wo.source)
        return msgspec.structs.replace(wo, options=variant)

    def lots(self, by_item: Mapping[str, tuple[StockLot, ...]]) -> dict[str, tuple[StockLot, ...]]:
        """Stock with the options that matter; of items that options make different only where they are known."""
        found = {}
        for item, rows in by_item.items():
            if item not in self.variants.matters:
                found[item] = tuple(msgspec.structs.replace(r, options=()) if r.options else r for r in rows)
                continue
            spelled = [self.variants.of(item, self.configurator.spelling.of(r.options)) for r in rows]
            known = [bool(options) or not self.resolver.rows.distinct.get(item) for options in spelled]
            kept = [(row, options) for row, options, is_known in zip(rows, spelled, known, strict=True) if is_known]
            found[item] = tuple(msgspec.structs.replace(row, options=options) for row, options in kept)
            for row, options in kept:
                self._check_lot(row, options)
            if not all(known):
                lots = [row for row, is_known in zip(rows, known, strict=True) if not is_known]
                what = f"stock of {sum(row.qty for row in lots):g} {item} has no options, and {item} comes in variants"
                advice = "say in the column options which variant it is; until then nobody may use it"
                self.faults.warning("V191", item, what, advice, lots[0].source)
        return found

    def _check_lot(self, lot: StockLot, options: Options) -> None:
        """Stock that names some options but not all is of no variant that is ever ordered."""
        said = {name.casefold() for name, _ in options}
        needed = [c.row.option for c in self.configurator.choices.get(lot.item, ()) if c.row.required or c.row.default]
        missing = [name for name in needed if name.casefold() not in said]
        if options and missing:
            what = f"stock of {lot.qty:g} {_named(lot.item, options)} does not say {' and '.join(missing)}"
            advice = "say in the column options which variant it is; until then nobody may use it"
            self.faults.warning("V191", lot.item, what, advice, lot.source)

    def resolve(self, lines: Iterable[OrderLine], items: Iterable[Item], byproducts: Mapping[str, object]) -> None:
        """Resolve what open lines want on all levels, name the variants that cannot be made, pick the usual ones."""
        refused, matters = self.variants.refused, self.variants.matters
        open_lines = (line for line in lines if line.status == "open" and line.id not in refused)
        self.resolver.add({(line.item, line.options) for line in open_lines if line.item in matters})
        for (item, options), why in sorted(self.variants.impossible.items()):
            if item not in self.faults.blocked:
                what = f"{_named(item, options)} cannot be made: {why}"
                advice = "correct the row, or the options on the orders; lines that want this variant are left out"
                self.faults.error("V190", item, what, advice, "")
        without_order = {i.item for i in items if i.policy != "mto"} | byproducts.keys()
        self.resolver.add((item, ()) for item in sorted(without_order & matters.keys()))
        self._usual()

    def _usual(self) -> None:
        """The variant by which an item is judged without an order: of the first configuration that is allowed."""
        variants, configurator = self.variants, self.configurator
        for item, choices in sorted(configurator.choices.items()):
            space = Space(choices, configurator.rules[item])
            defaults = {c.row.option.casefold(): c.row.default for c in choices if c.row.default}
            first = next(space.configurations(space.values, defaults), None)
            if first is not None and item in variants.matters:
                start = (item, variants.of(item, configurator.spelling.of(tuple(first.items()))))
                self.resolver.add([start])
                for part, options in sorted(self.resolver.below(start)):
                    variants.usual.setdefault(part, variants.shape(part, options))
        for item, shape in sorted(variants.recipes):
            variants.usual.setdefault(item, shape)


def _without_options(wo: WorkOrder) -> WorkOrder:
    return msgspec.structs.replace(wo, options=()) if wo.options else wo


def _named(item: str, options: Options) -> str:
    return f"{item} ({shown(options)})" if options else item


def check_changed(
    day: DayVariants, by_item: Mapping[str, tuple[WorkOrder, ...]], lines: Iterable[OrderLine], faults: Faults
) -> None:
    """Work orders for an order that has been configured anew since: what they lack and what is too much in them.

    They are not exploded again: as they stand they serve equal variants alone.
    """
    of_order: dict[str, list[OrderLine]] = defaultdict(list)
    for line in lines:
        if line.status == "open" and line.id not in day.variants.refused:
            of_order[line.order].append(line)
            of_order[line.id].append(line)
    for item, rows in by_item.items():
        for wo in rows if item in day.variants.matters else ():
            wanted = {
                options: line
                for line in of_order.get(wo.order, ())
                for name, options in day.resolver.below((line.item, day.variants.of(line.item, line.options)))
                if name == item
            }
            if wanted and wo.options not in wanted:
                options, line = min(wanted.items())
                what = f"work order {wo.wo} makes {_named(item, wo.options)}, but order {line.id} now wants"
                what += f" {_named(item, options)}: {_delta(day.variants, wo, options)}"
                advice = "give the work order the new options, or close it; as it stands it serves other orders only"
                faults.warning("V192", wo.wo, what, advice, wo.source)


def _delta(variants: Variants, wo: WorkOrder, options: Options) -> str:
    """`for 4 pieces 8 CLOTH more, 9 LEATHER less; step 30 less`."""
    before, after = variants.recipe(wo.item, wo.options), variants.recipe(wo.item, options)
    if before is None or after is None:
        return "its components and steps stay the same"
    old, new = _needs(before, wo.qty), _needs(after, wo.qty)
    change = {name: new.get(name, 0.0) - old.get(name, 0.0) for name in sorted(old.keys() | new.keys())}
    said = [f"{abs(qty):g} {name} {'more' if qty > 0 else 'less'}" for name, qty in change.items() if abs(qty) > 1e-9]
    steps_before, steps_after = _steps(before), _steps(after)
    said += [f"step {number} more" for number in sorted(steps_after - steps_before)]
    said += [f"step {number} less" for number in sorted(steps_before - steps_after)]
    return f"for {wo.qty:g} pieces {', '.join(said)}" if said else "its components and steps stay the same"


def _needs(recipe: Recipe, qty: float) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for line in recipe.lines:
        found[line.component] += line.quantity(qty) / line.yield_
    return found


def _steps(recipe: Recipe) -> set[int]:
    return {step.step for way in recipe.ways.values() for step in way.steps}
