"""Which components a work order draws, at which step and how much: the bill of materials, phantoms looked through."""

from collections.abc import Sequence
from datetime import date, datetime

from pegboard.domain.calendar import local_day
from pegboard.domain.factory import Factory, RouteKey
from pegboard.domain.item import BomLine
from pegboard.domain.quantity import round_up
from pegboard.domain.record import Moment
from pegboard.domain.routing import Route
from pegboard.planning.check_routes import is_of


class Exploder:
    """Explodes work orders of a factory; effective lines are chosen by the local date of need.

    `gaps` collects the items and days on which none of an item's dated lines is in force.
    """

    def __init__(self, factory: Factory) -> None:
        self.factory = factory
        self._always: dict[RouteKey, tuple[BomLine, ...]] = {}
        self._dated: set[str] = set()
        self.gaps: set[tuple[str, date]] = set()
        for parent, lines in factory.bom.items():
            if any(line.valid_from or line.valid_to for line in lines):
                self._dated.add(parent)
            else:
                for route in factory.route_names(parent):
                    self._always[parent, route] = _one_alternate([line for line in lines if is_of(line, route)])

    def lines(self, parent: str, need: int, route: str = "") -> tuple[BomLine, ...]:
        """The component lines of a route in force when `need` falls, one of each alternate group."""
        if parent not in self._dated:
            return self._always.get((parent, route), ())
        day = local_day(need, self.factory.zone)
        lines = [line for line in self.factory.bom[parent] if is_of(line, route)]
        dated = [line for line in lines if line.valid_from or line.valid_to]
        if dated and not any(is_effective(line, day) for line in dated):
            self.gaps.add((parent, day))
        return _one_alternate([line for line in lines if is_effective(line, day)])

    def components(
        self, parent: str, route: str, started: dict[int | None, float], need: int
    ) -> list[tuple[str, int | None, float]]:
        """`(component, step, quantity)` for a work order that starts `started[step]` pieces (None: first step).

        Steps missing from `started` draw nothing: they are done, or their material is issued. Phantoms hand their
        need on to their own components at the same step; they have no stock and no lead time.
        """
        found: list[tuple[str, int | None, float]] = []
        todo: list[tuple[BomLine, int | None, float | None]] = [
            (line, line.step, None) for line in reversed(self.lines(parent, need, route))
        ]
        while todo:
            line, step, of_phantom = todo.pop()
            base = started.get(step) if of_phantom is None else of_phantom
            if base is None or base <= 0:
                continue
            qty = self._quantity(line, base)
            if qty <= 0:
                continue
            if self.factory.supply[line.component] == "phantom":
                made = qty / self.factory.items[line.component].yield_
                todo.extend((sub, step, made) for sub in reversed(self.lines(line.component, need)))
            else:
                found.append((line.component, step, qty))
        return found

    def _quantity(self, line: BomLine, started: float) -> float:
        return round_up(line.gross(started), self.factory.items[line.component].decimals)


def is_effective(line: BomLine | Route, day: date) -> bool:
    """Whether a line or route is in force on a day; both ends are included."""
    return (line.valid_from is None or _day(line.valid_from) <= day) and (
        line.valid_to is None or day <= _day(line.valid_to)
    )


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _one_alternate(lines: Sequence[BomLine]) -> tuple[BomLine, ...]:
    """All lines outside alternate groups, and of each group the one of lowest rank."""
    best: dict[str, BomLine] = {}
    for line in lines:
        if line.alternate_group:
            other = best.get(line.alternate_group)
            if other is None or (line.rank, line.component) < (other.rank, other.component):
                best[line.alternate_group] = line
    return tuple(line for line in lines if not line.alternate_group or best[line.alternate_group] is line)
