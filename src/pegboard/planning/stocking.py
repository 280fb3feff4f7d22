"""Net the items that are kept in stock: buffers that replenish themselves, and stocks with a safety level.

Unlike lot-for-lot supply, what is made or bought here is decided by the stock's own rule; draws take what there is by
its dates and wait for the rest.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import partial

from pegboard.domain.calendar import DAY, FAR
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, info, warning
from pegboard.domain.plan import BufferPlan
from pegboard.planning.buffers.book import BufferBook, with_moq
from pegboard.planning.buffers.forecast import left_of_forecast
from pegboard.planning.buffers.replenish import Replenishment
from pegboard.planning.lotsize import LotRule, rule_for
from pegboard.planning.net import AnyPairs, Draw, Netting, Source, never, none_new
from pegboard.planning.new_supply import NewSupply, Wish

_NO_LOT_RULE = LotRule()


class Stocking:
    """Nets buffered and stocked items; `positions` are the buffers as they stand today.

    Those in `unfilled` order nothing;
    `soonest` says when a new supply of an item can be there, `day_of` numbers local days.
    """

    def __init__(
        self,
        factory: Factory,
        book: BufferBook,
        new_supply: NewSupply,
        unfilled: Collection[str],
        soonest: Callable[[str], int],
        day_of: Callable[[int], int],
    ) -> None:
        self._factory, self.book, self._new, self._unfilled = factory, book, new_supply, unfilled
        self._soonest, self._day_of = soonest, day_of
        self.positions: list[BufferPlan] = []
        self.findings: list[Finding] = []

    def items(self) -> list[str]:
        """The items that order for themselves even where nobody draws on them."""
        kept = (i for i, record in self._factory.items.items() if record.policy == "stock" and self._is_kept(i))
        return [*(i for i in self._factory.items if self.book.is_sized(i)), *kept]

    def is_kept(self, item: str) -> bool:
        """Whether an item orders by a rule of its own."""
        is_stocked = self._factory.items[item].policy == "stock" and item not in self._unfilled
        return self.book.is_sized(item) or (is_stocked and self._is_kept(item))

    def is_replenished(self, item: str) -> bool:
        """Whether a buffer orders what it misses."""
        return self.book.is_sized(item) and item not in self._unfilled

    def _is_kept(self, item: str) -> bool:
        return self._factory.items[item].safety_stock > 0 or item in self.book.usage.forecast

    def net(self, item: str, netting: Netting) -> None:
        """Serve all draws on an item that is kept in stock, and order what its rule says."""
        netting.serve_kept()
        if self.book.is_sized(item):
            self._buffered(item, netting)
        else:
            self._stocked(item, netting)

    # -- buffers ---------------------------------------------------------------------------------------------------

    def _buffered(self, item: str, netting: Netting) -> None:
        alone = self._dedicated(item, netting)
        demand: dict[int, float] = defaultdict(float)
        for k, (draw, qty) in enumerate(zip(netting.draws, netting.left, strict=True)):
            if k not in alone and qty > 0:
                demand[self._day_of(draw.need - 1)] += qty
        now = self._factory.now
        free = [s for s in netting.sources if not s.reserved]
        on_hand = sum(s.left for s in free if s.kind == "stock" and s.available <= now < s.expires)
        on_order = sum(s.left for s in free if (s.kind != "stock" or s.available > now) and not self._new.is_new(s))
        until = max(demand, default=self.book.today)
        rule = rule_for(self._factory, item, self._factory.first_supplier(item))
        position, orders = self.book.plan(item, on_hand, on_order, demand, rule, until)
        self.positions.append(position)
        self.findings.extend(self.book.remarks(item, on_hand, self._coming(free), demand))
        least = with_moq(rule, self.book.buffers[item]).min_qty
        largest = FAR if rule.max_qty is None else rule.max_qty
        green = position.tog - position.toy
        grace = int(position.tor / position.adu * DAY) if position.adu > 0 else 0  # how long red lasts
        for order in orders if item not in self._unfilled else ():
            due = self.book.receipt(order.due_day)
            wish = Wish(
                due,
                stock=item,
                name=item,
                least=min(least, order.qty, largest),
                most=green,
                is_spare=True,
                grace=grace,
                planned=due,
            )
            lots = self._new.supply(item, order.qty, wish)
            self._remark_on_what_is_too_late(item, order, lots)
            netting.add(lots)
        for k in alone:
            netting.add(self._for_one(item, netting.draws[k], netting.left[k]))
        netting.serve_kept()
        anew = partial(self._new.for_draws, item) if self.is_replenished(item) else none_new
        netting.serve(_NO_LOT_RULE, anew, never, self._day_of)  # what expires before it is drawn is supplied anew

    def _remark_on_what_is_too_late(self, item: str, order: Replenishment, lots: Iterable[Source]) -> None:
        missing = order.qty - sum(lot.left for lot in lots)
        if missing > 1e-6 and item not in self._factory.blocked and self._factory.supply[item] == "buy":
            what = (
                f"of {order.qty:g} {item} that its buffer orders, {missing:g} would arrive after the planning horizon"
            )
            self.findings.append(warning("B209", item, what, "find another supplier, or plan further ahead"))

    def _coming(self, sources: Iterable[Source]) -> dict[int, float]:
        """Open supply by day."""
        found: dict[int, float] = defaultdict(float)
        for source in sources:
            if source.kind != "stock" or source.available > self._factory.now:
                found[self._day_of(source.available)] += source.left
        return found

    def _dedicated(self, item: str, netting: Netting) -> list[int]:
        """Draws too large for the buffer; by the policy they get a supply of their own, else only a remark."""
        demand: dict[int, float] = defaultdict(float)
        for draw, qty in zip(netting.draws, netting.left, strict=True):
            demand[self._day_of(draw.need - 1)] += qty
        sizing = self.book.size(item, demand)
        limit = sizing.largest_draw
        found = [k for k, qty in enumerate(netting.left) if qty > limit > 0]
        is_done = self._factory.policy.large_demand == "dedicate"
        for k in found:
            draw, qty = netting.draws[k], netting.left[k]
            what = f"{draw.owner} wants {qty:g} {item} at once, more than its buffer's green and yellow of {limit:g}"
            advice = (
                "it is supplied on its own, outside the buffer"
                if is_done
                else "supply it on its own: a work order or purchase order reserved for it, or policy "
                "large_demand = dedicate"
            )
            self.findings.append(info("B204", draw.line_id or item, what, advice))
        return found if is_done else []

    def _for_one(self, item: str, draw: Draw, qty: float) -> list[Source]:
        found = self._new.for_draws(item, [draw], qty)
        for source in found:
            source.reserved = source.reserved or draw.owner
        return found

    # -- safety stock and forecast -----------------------------------------------------------------------------------

    def _stocked(self, item: str, netting: Netting) -> None:
        """Order as if safety stock and forecast were draws, then give the goods to those who really draw."""
        real = [(s, s.left) for s in netting.sources]
        expected = list(self._expected(item, netting))
        shadow = Netting(
            [*netting.draws, *expected], list(netting.sources), self._factory.policy.allocation, AnyPairs()
        )
        wanted = {id(d): qty for d, qty in zip(netting.draws, netting.left, strict=True)}
        shadow.left = [wanted.get(id(d), d.qty) for d in shadow.draws]
        made: list[tuple[Source, float]] = []

        def order(draws: Iterable[Draw], qty: float) -> list[Source]:
            real = [d.need for d in draws if d.line >= 0 or d.work >= 0]
            need = min(real) if real else max(min(d.need for d in draws), self._soonest(item))
            if item in self._unfilled:
                return []
            lots = self._new.supply(item, qty, Wish(need, stock=item, name=item, is_spare=True, planned=need))
            made.extend((s, s.left) for s in lots)
            return lots

        soonest = self._soonest(item)
        shadow.serve(rule_for(self._factory, item), order, lambda _qty: soonest, self._day_of)
        for source, left in [*real, *made]:
            source.left = left
        netting.sources[:] = [source for source, _ in real]
        netting.add(source for source, _ in made)
        netting.serve(_NO_LOT_RULE, none_new, never, self._day_of)

    def _expected(self, item: str, netting: Netting) -> Iterable[Draw]:
        """Safety stock, wanted at once and before all others, and what orders leave of the forecast, day by day."""
        record = self._factory.items[item]
        demand: dict[int, float] = defaultdict(float)
        for draw in netting.draws:
            demand[self._day_of(draw.need - 1)] += draw.qty
        if record.safety_stock > 0:
            yield _to_stock(item, record.safety_stock, self._factory.now)
        rows = list(self.book.usage.forecast.get(item, {}).items())
        starts = sorted({day for day, _ in rows})
        by_row: dict[int, float] = defaultdict(float)
        for day, qty in left_of_forecast(rows, demand, self.book.today).items():
            by_row[starts[bisect_right(starts, day) - 1]] += qty
        for first, qty in sorted(by_row.items()):
            need = self.book.receipt(max(first, self.book.today))
            if need <= self._factory.horizon:
                yield _to_stock(item, qty, need)


def _to_stock(item: str, qty: float, need: int) -> Draw:
    """A draw that nobody makes: goods that are to lie there. At its hour it comes first."""
    return Draw(item, qty, need, -1, -1, "", "", (), -1, -1, -FAR)
