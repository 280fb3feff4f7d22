"""Choose among alternate components: what is there, what can be had in time, what comes soonest.

The choice is made when a work order is exploded, from what earlier ones have drawn so far; who is served first in the
end is decided when the component is netted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from pegboard.domain.calendar import FAR
from pegboard.domain.factory import Factory
from pegboard.planning.explode import Choice
from pegboard.planning.net import Draw, Source


class Alternates:
    """Chooses for one run over the levels.

    `open_supply` names what is there and coming of an item, `soonest` says when a new supply of it can be there.
    """

    def __init__(
        self, factory: Factory, open_supply: Callable[[str], Iterable[Source]], soonest: Callable[[str], int]
    ) -> None:
        self._factory, self._open, self._soonest = factory, open_supply, soonest
        self._tracked = {line.component for rows in factory.bom.values() for line in rows if line.alternate_group}
        self._drawn: dict[str, float] = defaultdict(float)
        self._supply: dict[str, list[Source]] = {}

    def note(self, draw: Draw) -> None:
        """Remember what is drawn already."""
        if draw.item in self._tracked:
            self._drawn[draw.item] += draw.qty

    def choose(self, choice: Choice, qty: Sequence[float], need: int) -> int:
        """The first line whose stock and open orders cover it in time, else the first that a new supply can, else the
        one soonest.
        """
        for i, line in enumerate(choice):
            if self._there(line.component, need) - self._drawn[line.component] >= qty[i] - 1e-9:
                return i
        soonest = [self._new(line.component) for line in choice]
        in_time = [i for i, t in enumerate(soonest) if t <= need]
        return in_time[0] if in_time else min(range(len(choice)), key=lambda i: (soonest[i], i))

    def _new(self, item: str) -> int:
        if item in self._factory.blocked:
            return FAR
        return self._factory.now if self._factory.supply[item] == "phantom" else self._soonest(item)

    def _there(self, item: str, need: int) -> float:
        """Free stock and open orders of an item that are there and usable at an instant."""
        if item not in self._supply:
            self._supply[item] = [s for s in self._open(item) if not s.reserved]
        return sum(s.left for s in self._supply[item] if s.available <= need < s.expires)
