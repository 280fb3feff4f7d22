"""Make or buy what is missing: new work orders and purchases, lot-for-lot for draws or to replenish stock."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from pegboard.domain.calendar import FAR
from pegboard.domain.factory import Factory
from pegboard.domain.quantity import round_up, up_to_multiple
from pegboard.domain.record import Options
from pegboard.domain.variant import Variant
from pegboard.planning.buying import Buyer
from pegboard.planning.byproducts import output, started_at, to_start
from pegboard.planning.ledger import Ledger
from pegboard.planning.lotsize import LotRule
from pegboard.planning.net import Draw, Source, never
from pegboard.planning.routes import new_lots
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import Purchase, Work


class Wish(msgspec.Struct, frozen=True, gc=False):
    """What a new supply is for: when it is wanted, by which line, existing work order or stock, in which variant.

    Without options it serves all variants; one `kept_for` an order serves nobody else. Made lots are of `least` to
    about `most` pieces. One that `is_spare` only fills up a stock, and may be `grace` seconds late before that hurts
    anybody.
    """

    need: int
    earliest: int = -FAR
    line: int = -1
    root: str = ""
    stock: str = ""
    name: str = ""
    options: Options | None = None
    cures: bool = True
    kept_for: str = ""
    least: float = 0.0
    most: float = FAR
    is_spare: bool = False
    grace: int = 0
    planned: int = 0


class NewSupply:
    """Enters new work orders and purchases in the ledger; `no_way` says why an item could not be made."""

    def __init__(self, factory: Factory, table: ProcessTable, ledger: Ledger, buyer: Buyer) -> None:
        self._factory, self._table, self._ledger, self._buyer = factory, table, ledger, buyer
        self.no_way: dict[Variant, str] = {}

    def for_draws(self, item: str, draws: Sequence[Draw], qty: float) -> list[Source]:
        """New supply of together at least `qty`, wanted when the first of these draws needs it."""
        if item in self._factory.blocked:
            return []
        root = draws[0]
        need, earliest, cures, is_spare = root.need, root.earliest, root.work >= 0, root.is_spare
        for draw in draws[1:]:
            need, earliest = min(need, draw.need), min(earliest, draw.earliest)
            cures, is_spare = cures or draw.work >= 0, is_spare and draw.is_spare
        works = self._ledger.works
        parent = works[root.work] if root.line < 0 and root.work >= 0 else None
        origin = parent.root if parent else ""
        wish = Wish(
            need=need,
            earliest=earliest,
            line=root.line,
            root=origin,
            stock=parent.stock if parent else "",
            name=root.line_id or origin or item,
            options=root.options,
            cures=cures,
            is_spare=is_spare,
            kept_for=root.owner if self._factory.items[item].pegging == "hard" else "",
        )
        return self.supply(item, qty, wish)

    def supply(self, item: str, qty: float, wish: Wish) -> list[Source]:
        """New supply of together at least `qty` as wished; less, or none, where that is impossible."""
        if item in self._factory.blocked:
            return []
        if self._factory.supply[item] == "buy":
            return self._bought(item, qty, wish)
        if item in self._factory.coproduct_of:
            return self._made_with_another(item, qty, wish)
        rule = _between(self._buyer.rule(item), wish.least, wish.most)
        return [self._source(w, wish) for w in self._made(item, rule, qty, wish)]

    def is_new(self, source: Source) -> bool:
        """Whether a source is planned by this run, not open already."""
        return source.kind == "wo" and self._ledger.works[source.index].record is None

    def soonest(self, item: str) -> int:
        """When a new purchase can be there at best; FAR for what is made or cannot be had."""
        return self.soonest_by_qty(item)(0.0)

    def soonest_by_qty(self, item: str) -> Callable[[float], int]:
        """The same for a quantity, which the weeks of a limited supplier may hold later than a single piece."""
        if self._factory.supply[item] != "buy" or item in self._factory.blocked:
            return never
        if self._buyer.pool(item) != item:
            return partial(self._buyer.soonest, item)
        at = self._buyer.soonest(item, 0.0)
        return lambda _qty: at

    def _made(self, item: str, rule: LotRule, qty: float, wish: Wish) -> list[int]:
        options = self._factory.variants.of(item, wish.options or ())
        if why_not := self._factory.variants.why_not(item, options):
            self.no_way[item, options] = why_not
            return []
        lots, why_none = new_lots(self._factory, self._table, item, options, rule, qty, wish.need)
        if why_none:
            self.no_way[item, options] = why_none
        return [self._ledger.add_work(self._work(item, options, *lot, wish)) for lot in lots]

    def _work(self, item: str, options: Options, started: float, good: float, process: int, wish: Wish) -> Work:
        return Work(
            wo=self._ledger.work_name(wish.name),
            item=item,
            qty=started,
            good=good,
            need=wish.need,
            line=wish.line,
            earliest=wish.earliest,
            level=self._factory.level[item],
            options=options,
            cures=wish.cures,
            process=process,
            root=wish.root,
            stock=wish.stock,
            is_spare=wish.is_spare,
            grace=wish.grace,
        )

    def _source(self, w: int, wish: Wish) -> Source:
        work = self._ledger.works[w]
        return Source(
            "wo", work.wo, w, work.good, 0, reserved=wish.kept_for, variant=wish.options, planned=wish.planned
        )

    def _made_with_another(self, item: str, qty: float, wish: Wish) -> list[Source]:
        """Work orders of the item's parent, for what comes out of them besides."""
        line = self._factory.coproduct_of[item]
        parent = line.parent
        options = self._factory.variants.of(parent, wish.options or ())
        if why_not := self._factory.variants.why_not(parent, options):
            self.no_way[item, wish.options or ()] = why_not
            return []
        process = self._table.process(parent, None, options)
        found: list[Source] = []
        missing = qty
        while missing > 1e-9 + 1e-12 * qty:
            decimals = self._factory.items[parent].decimals
            wanted = to_start(line, missing) * self._table.processes[process].total_yield
            good = max(10.0**-decimals, round_up(wanted, decimals))
            works = self._made(parent, self._buyer.rule(parent), good, wish)
            given = 0.0
            for w in works:
                work = self._ledger.works[w]
                out = output(self._factory, line, started_at(self._table, work.process, work.good, work.qty, line.step))
                found.append(Source("wo", work.wo, w, out, 0, reserved=wish.kept_for, variant=wish.options, made_by=w))
                given += out
            if given <= 0:
                why_none = self.no_way.get((parent, options), f"{parent} yields none of it")
                self.no_way[item, wish.options or ()] = why_none
                return found
            missing -= given
        return found

    def _bought(self, item: str, qty: float, wish: Wish) -> list[Source]:
        found = []
        shelf = self._buyer.rule(item).keeps
        for lot in self._buyer.lots(item, qty, wish.need, wish.least):
            name = self._ledger.purchase_name(item)
            purchase = Purchase(name, item, lot.source, lot.qty, lot.earliest, wish.need, lot.in_week)
            i = self._ledger.add_purchase(purchase)
            expires = min(FAR, max(wish.need, lot.earliest) + shelf)
            found.append(
                Source(
                    *("purchase", name, i, lot.qty, lot.earliest, expires, wish.kept_for),
                    variant=wish.options,
                    planned=wish.planned,
                )
            )
        return found


def _between(rule: LotRule, least: float, most: float) -> LotRule:
    """A rule with its minimum raised, and its maximum lowered as far as minimum and multiple allow."""
    if least <= rule.min_qty and most >= FAR:
        return rule
    min_qty = max(rule.min_qty, least)
    largest = up_to_multiple(max(most, min_qty), rule.multiple)
    max_qty = largest if rule.max_qty is None else min(rule.max_qty, largest)
    return msgspec.structs.replace(rule, min_qty=min_qty, max_qty=max_qty if max_qty < FAR else None)
