"""Order lines that a factory does not know yet, with their options completed and their variants resolved.

What `validate` does for all lines of a snapshot, for one more line in milliseconds: rows and rules are read once.
"""

from functools import cached_property

import msgspec

from pegboard.domain.factory import Factory
from pegboard.domain.order import OrderLine
from pegboard.planning.check_options import check_options
from pegboard.planning.check_variants import DayVariants
from pegboard.planning.faults import Faults
from pegboard.planning.options import Configurator, Spelling
from pegboard.planning.validate import validate
from pegboard.planning.variants import Resolver, VariantRows


class Configured:
    """Takes lines into a factory, each on its own."""

    def __init__(self, factory: Factory) -> None:
        self.factory = factory

    @cached_property
    def _configurator(self) -> Configurator:
        return check_options(self.factory.snapshot, self.factory.items, Faults())

    @cached_property
    def _rows(self) -> VariantRows:
        f = self.factory
        return VariantRows(f.bom, f.byproducts, f.routing, f.alternates, f.snapshot.options, Faults())

    def with_line(self, record: OrderLine) -> tuple[Factory, OrderLine]:
        """The factory with the line among its own, and the line with its options completed.

        What is against the configuration is in the factory's variants, under the line's id.
        """
        f = self.factory
        snapshot = msgspec.structs.replace(f.snapshot, orders=(*f.snapshot.orders, record))
        if record.item not in f.variants.matters and record.item not in self._configurator.choices:
            return msgspec.structs.replace(f, snapshot=snapshot, lines=(*f.lines, record)), record
        day = self._day(record)
        (line,) = day.lines([record])
        if line.id not in day.variants.refused and line.item in day.variants.matters:
            day.resolver.add([(line.item, line.options)])
        if not self._keeps_levels(day.resolver):
            whole = validate(snapshot)[0]
            return whole, next(x for x in whole.lines if x.id == record.id)
        lines = (*f.lines, line)
        return msgspec.structs.replace(f, snapshot=snapshot, lines=lines, variants=day.variants), line

    def _day(self, record: OrderLine) -> DayVariants:
        """Variants as they are known, to add to; equal names and values are spelled as the factory spells them."""
        f, known = self.factory, self.factory.variants
        rows = (f.snapshot.orders, f.snapshot.work_orders, f.snapshot.stock)
        chosen = [r.options for of_kind in rows for r in of_kind if r.options]
        spelling = Spelling(f.snapshot.options, [*chosen, record.options])
        configurator = Configurator([], [], spelling)
        configurator.choices, configurator.rules = self._configurator.choices, self._configurator.rules
        resolver = Resolver(self._rows, f.supply, f.blocked)
        resolver.variants = msgspec.structs.replace(
            known, recipes={**known.recipes}, impossible={**known.impossible}, refused={**known.refused}
        )
        return DayVariants(configurator, resolver, Faults())

    def _keeps_levels(self, resolver: Resolver) -> bool:
        """Whether everything new is netted after what it goes into, in the order of levels that the factory has."""
        level = self.factory.level
        return all(level[item] < level[part] for (item, _), parts in resolver.parts.items() for part, _ in parts)
