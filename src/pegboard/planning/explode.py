"""Which components a work order draws, at which step and how much: the bill of materials, phantoms looked through."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from pegboard.domain.calendar import local_day
from pegboard.domain.factory import Factory
from pegboard.domain.item import BomLine
from pegboard.domain.quantity import round_up
from pegboard.domain.record import Moment, Options
from pegboard.domain.routing import Route
from pegboard.planning.check_routes import is_of
from pegboard.tables.supply import Work

Choice = tuple[BomLine, ...]
"""A component line, or the lines of an alternate group in order of preference, of which one is taken."""
Choose = Callable[[Choice, Sequence[float], int], int]
"""Which line of a choice to take, from the quantities that each would need and the instant they are wanted."""


def first_choice(_choice: Choice, _qty: Sequence[float], _need: int) -> int:
    """Always the preferred one."""
    return 0


class Exploder:
    """Explodes work orders of a factory; effective lines are chosen by the local date of need.

    `gaps` collects the items and days on which none of an item's dated lines is in force.
    """

    def __init__(self, factory: Factory) -> None:
        self.factory = factory
        self._always: dict[tuple[str, str, Options], tuple[Choice, ...]] = {}
        self._dated = {p for p, rows in factory.bom.items() if any(line.valid_from or line.valid_to for line in rows)}
        self.gaps: set[tuple[str, date]] = set()

    def choices(self, parent: str, need: int, route: str = "", options: Options | None = None) -> tuple[Choice, ...]:
        """The component lines of a route in force when `need` falls, those of an alternate group as one choice.

        Lines are those of the variant with these options, or of the usual one.
        """
        key = parent, route, self.factory.variants.shape(parent, options)
        if key in self._always:
            return self._always[key]
        recipe = self.factory.variants.recipe(parent, options)
        of_variant = self.factory.bom.get(parent, ()) if recipe is None else recipe.lines
        lines = [line for line in of_variant if is_of(line, route)]
        if parent not in self._dated:
            return self._always.setdefault(key, _choices(lines))
        day = local_day(need, self.factory.zone)
        dated = [line for line in lines if line.valid_from or line.valid_to]
        if dated and not any(is_effective(line, day) for line in dated):
            self.gaps.add((parent, day))
        return _choices([line for line in lines if is_effective(line, day)])

    def components(
        self,
        work: Work,
        route: str,
        started: Mapping[int | None, float],
        wanted_at: Mapping[int | None, int],
        choose: Choose = first_choice,
    ) -> list[tuple[str, int | None, float]]:
        """`(component, step, quantity)` for a work order that starts `started[step]` pieces (None: first step).

        Steps missing from `started` draw nothing: they are done, or their material is issued. Phantoms hand their
        need on to their own components at the same step; they have no stock and no lead time.
        """
        found: list[tuple[str, int | None, float]] = []
        todo: list[tuple[Choice, int | None, float | None]] = [
            (choice, None, None) for choice in reversed(self.choices(work.item, work.need, route, work.options))
        ]
        while todo:
            choice, step, of_phantom = todo.pop()
            line = choice[0]
            if of_phantom is not None:
                base = of_phantom
                if len(choice) > 1:
                    line = choice[choose(choice, [self._quantity(c, base) for c in choice], wanted_at[step])]
            else:
                if len(choice) > 1:
                    line = self._one_of(choice, started, wanted_at, choose)
                step = line.step
                base = started.get(step, 0.0)
            if base <= 0:
                continue
            qty = self._quantity(line, base)
            component = line.component
            if qty <= 0:
                continue
            if self.factory.supply[component] == "phantom":
                made = qty / self.factory.items[component].yield_
                todo.extend((sub, step, made) for sub in reversed(self.choices(component, work.need, "", work.options)))
            else:
                found.append((component, step, qty))
        return found

    def _one_of(
        self,
        choice: Choice,
        started: Mapping[int | None, float],
        wanted_at: Mapping[int | None, int],
        choose: Choose,
    ) -> BomLine:
        """The line to take of an alternate group, among those whose step is still to draw material."""
        waiting = tuple(line for line in choice if line.step in started)
        if len(waiting) <= 1:
            return (waiting or choice)[0]
        wanted = [self._quantity(line, started[line.step]) for line in waiting]
        return waiting[choose(waiting, wanted, min(wanted_at[line.step] for line in waiting))]

    def byproducts(self, work: Work, route: str) -> list[BomLine]:
        """The lines of what a work order on a route yields besides its item, by its date of need."""
        day = local_day(work.need, self.factory.zone)
        recipe = self.factory.variants.recipe(work.item, work.options)
        lines = self.factory.byproducts.get(work.item, ()) if recipe is None else recipe.byproducts
        return [line for line in lines if is_of(line, route) and is_effective(line, day)]

    def _quantity(self, line: BomLine, started: float) -> float:
        return round_up(line.quantity(started) / line.yield_, self.factory.items[line.component].decimals)


def is_effective(line: BomLine | Route, day: date) -> bool:
    """Whether a line or route is in force on a day; both ends are included."""
    return (line.valid_from is None or _day(line.valid_from) <= day) and (
        line.valid_to is None or day <= _day(line.valid_to)
    )


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _choices(lines: Sequence[BomLine]) -> tuple[Choice, ...]:
    """Lines outside alternate groups one by one, each group at the place of its first line, preferred ones first."""
    groups: dict[str, list[BomLine]] = {}
    for line in lines:
        if line.alternate_group:
            groups.setdefault(line.alternate_group, []).append(line)
    found: list[Choice] = []
    for line in lines:
        if not line.alternate_group:
            found.append((line,))
        elif groups[line.alternate_group][0] is line:
            found.append(tuple(sorted(groups[line.alternate_group], key=lambda r: (r.rank, r.component))))
    return tuple(found)
