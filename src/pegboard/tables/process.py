"""The bill of process as arrays: one row per step of a process, with its candidates, needs, lags and yields.

A process is one way of making an item: `ProcessTable.process` is the only door to it, by item and alternate route.

An item that is made without a routing gets one row on a resource without a name, where its lead time passes on the
factory's open days. A subcontracted step runs day and night on a resource without capacity limit.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any, TypeVar, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from pegboard.domain.calendar import DAY, PPM
from pegboard.domain.expression import Amount, plain
from pegboard.domain.factory import Factory, StepKey
from pegboard.domain.record import Options
from pegboard.domain.resource import Changeover, Resource
from pegboard.domain.routing import RoutingAlternate, RoutingNeed, RoutingStep, previous_numbers
from pegboard.domain.variant import Recipe, Variant, Way
from pegboard.kernels.arrays import BOTH, FAR, RUN_ONLY, SETUP_ONLY, Changeovers, Steps
from pegboard.tables.timelines import TimelineTable

Derived = TypeVar("Derived")
UNIT = 1000
NO_LIMIT = 1 << 50
_PHASE = {"both": BOTH, "setup": SETUP_ONLY, "run": RUN_ONLY}
_US_PER_MIN = 60 * PPM

Candidate = tuple[int, int, int, float, int, float]
"""Resource, setup, fixed run work, run work per unit (all microseconds at its efficiency), rank, stretch."""


Alternates = Mapping[StepKey, Sequence[RoutingAlternate]]

Need = tuple[str, float | None, int, int]
"""Resource, group or skill, the least level of the skill, thousandths of units, phase."""


class Process(msgspec.Struct, frozen=True, gc=False):
    """One way of making an item: its rows are `first` to `end`, and the lot is started at row `start`.

    Of each piece started there `total_yield` come out good. `shape` holds the options that the way depends on.
    """

    item: str
    route: str
    shape: Options
    first: int
    end: int
    start: int
    total_yield: float


class StepRow:
    """One row on its way into the arrays."""

    __slots__ = ("cands", "item", "needs", "preds", "step", "tail_yield")

    def __init__(
        self,
        item: str,
        step: RoutingStep | None,
        cands: list[Candidate],
        needs: list[Need],
        preds: list[int],
        tail_yield: float,
    ) -> None:
        self.item, self.step, self.cands, self.needs = item, step, cands, needs
        self.preds, self.tail_yield = preds, tail_yield

    @property
    def number(self) -> int:
        """The number of the step; 0 for the passing of a lead time."""
        return self.step.step if self.step else 0


class ProcessTable:
    """All steps of all processes, and variants of single steps added for work in progress.

    Work orders name their process by its place in `processes`. The predecessors of a row are of the same process.
    """

    def __init__(self, factory: Factory) -> None:
        self.factory = factory
        own = sorted(factory.resources)
        self.lead_res, self.outside_res = len(own), len(own) + 1
        self.suppliers = _restricted_subcontractors(factory)
        self.res_names: list[str] = [*own, "", "(outside)", *(f"({s})" for s in self.suppliers)]
        self.res_index = {name: i for i, name in enumerate(self.res_names)}
        outside = [factory.supplier_days.get(s, factory.always) for s in self.suppliers]
        timelines = [*(factory.timelines[r] for r in own), factory.open_days, factory.always, *outside]
        self.timelines = TimelineTable([*timelines, factory.calendar])
        self.res_timeline = np.array([self.timelines.index(t) for t in timelines], np.int64)
        self.factory_tl = self.timelines.index(factory.calendar)
        capacity = [round(r.capacity * UNIT) if r.finite else NO_LIMIT for r in self._resources()]
        self.capacity = np.array(capacity + [NO_LIMIT] * (2 + len(self.suppliers)), np.int64)
        self.rows: list[StepRow] = []
        self.processes: list[Process] = []
        self._process: dict[tuple[str, str, Options], int] = {}
        self._derived: dict[Callable[[ProcessTable], Any], tuple[int, Any]] = {}
        made = [item for item, how in factory.supply.items() if how == "make"]
        plain = {item for item in made if item not in factory.variants.shapes}
        for (item, route), steps in factory.routing.items():
            if item in plain:
                self._add_way(item, route, (), whole_way(steps), factory.alternates)
        for item in sorted(plain):
            if (item, factory.route_names(item)[0], ()) not in self._process:
                self._add_lead_time(item, ())
        for (item, shape), recipe in sorted(factory.variants.recipes.items(), key=_by_variant):
            if factory.supply[item] == "make":
                self._add_variant(item, shape, recipe)
        self._n_own = len(self.rows)

    def as_new(self, factory: Factory) -> "ProcessTable":
        """The table as it was made, without what work in progress added, for a factory of the same processes."""
        found = copy(self)
        found.factory, found.rows = factory, self.rows[: self._n_own]
        of_own = {make: (size, made) for make, (size, made) in self._derived.items() if size == self._n_own}
        found._derived = of_own  # noqa: SLF001 - its own kind
        return found

    def extended(self, factory: Factory) -> "ProcessTable":
        """The table with the variants that a factory knows besides, behind the rows that it has."""
        known = {(p.item, p.shape) for p in self.processes}
        fresh = [at for at in factory.variants.recipes if at not in known and factory.supply[at[0]] == "make"]
        if not fresh:
            return self
        found = copy(self)
        found.factory, found._derived = factory, {}  # noqa: SLF001 - its own kind
        found.rows, found.processes, found._process = [*self.rows], [*self.processes], {**self._process}  # noqa: SLF001 - its own kind
        for item, shape in sorted(fresh):
            found._add_variant(item, shape, factory.variants.recipes[item, shape])  # noqa: SLF001
        return found

    def process(self, item: str, route: str | None = None, options: Options | None = None) -> int:
        """The place of a process in `processes`: of a route by name, or of the item's route of least rank.

        Of an item whose making depends on options, that of the variant with these, or of its usual one.
        """
        name = self.factory.route_names(item)[0] if route is None else route
        return self._process[item, name, self.factory.variants.shape(item, options)]

    def makes(self, item: str) -> bool:
        """Whether there is a process that makes the item, of its usual variant where it has several."""
        return (item, self.factory.route_names(item)[0], self.factory.variants.shape(item, None)) in self._process

    def _resources(self) -> list[Resource]:
        return [self.factory.resources[r] for r in self.res_names[: self.lead_res]]

    def _add_process(self, item: str, route: str, shape: Options, first: int) -> None:
        """Close a process whose rows are the last ones from `first` on."""
        end = len(self.rows)
        start = min(range(first, end), key=lambda r: self.rows[r].number)
        self._process[item, route, shape] = len(self.processes)
        self.processes.append(Process(item, route, shape, first, end, start, self.rows[start].tail_yield))

    def _add_variant(self, item: str, shape: Options, recipe: Recipe) -> None:
        alternates = {(item, number): rows for number, rows in recipe.alternates.items()}
        for route, way in recipe.ways.items():
            self._add_way(item, route, shape, way, alternates)
        if self.factory.route_names(item)[0] not in recipe.ways:
            self._add_lead_time(item, shape)

    def _add_way(self, item: str, route: str, shape: Options, way: Way, alternates: Alternates) -> None:
        first = len(self.rows)
        where = {s.step: first + i for i, s in enumerate(way.steps)}
        tails = tail_yields(way.steps, self.factory.items[item].yield_)
        for step, tail in zip(way.steps, tails, strict=True):
            needs = [_need(n) for n in self.factory.needs.get((item, step.step), ())]
            before = [where[a] for a in way.before[step.step] if a in where]
            candidates = self._candidates(step, alternates.get((item, step.step), ()))
            self.rows.append(StepRow(item, step, candidates, needs, before, tail))
        self._add_process(item, route, shape, first)

    def _add_lead_time(self, item: str, shape: Options) -> None:
        record = self.factory.items[item]
        work = round(record.lead_time_days * DAY * PPM)
        for route in self.factory.route_names(item):
            if (item, route, shape) not in self._process:
                self.rows.append(StepRow(item, None, [(self.lead_res, 0, work, 0.0, 1, 1.0)], [], [], record.yield_))
                self._add_process(item, route, shape, len(self.rows) - 1)

    def _candidates(self, step: RoutingStep, alternates: Sequence[RoutingAlternate]) -> list[Candidate]:
        if step.supplier and step.lead_time_days is not None:
            outside = self.res_index.get(f"({step.supplier})", self.outside_res)
            return [(outside, 0, round(step.lead_time_days * DAY * PPM), 0.0, 1, 1.0)]
        found: dict[int, Candidate] = {}
        options = [(step.resource, 1.0, step.setup_min, step.run_min, 0)]
        for a in alternates:
            setup = step.setup_min if a.setup_min is None else a.setup_min
            run = step.run_min if a.run_min is None else a.run_min
            options.append((a.resource, a.run_factor, setup, run, a.rank))
        for name, factor, setup, run, rank in options:
            for resource in self.factory.candidates(name):
                res = self.res_index[resource]
                if res not in found:
                    found[res] = self._candidate(res, step, factor, setup, run, rank)
        return sorted(found.values(), key=lambda c: (c[4], c[0]))

    def _candidate(
        self, res: int, step: RoutingStep, factor: float, setup: Amount, run: Amount, rank: int
    ) -> Candidate:
        efficiency = self.factory.resources[self.res_names[res]].efficiency
        stretch = 1.0 / efficiency if self.factory.policy.efficiency_on_setup else 1.0
        per_run = plain(run) * factor * _US_PER_MIN / efficiency
        fixed = plain(step.fixed_min) * _US_PER_MIN / efficiency
        if step.work_content_basis == "per_lot":
            fixed, per_run = fixed + per_run, 0.0
        return (res, up(plain(setup) * _US_PER_MIN * stretch), up(fixed), per_run, rank, stretch)

    def efficiency(self, res: int) -> float:
        """The efficiency of a resource by index."""
        found = self.factory.resources.get(self.res_names[res])
        return found.efficiency if found else 1.0

    def variant(self, row: int, cands: list[Candidate]) -> int:
        """A copy of a step with other candidates, for an operation already begun or pinned; returns its row."""
        old = self.rows[row]
        self.rows.append(StepRow(old.item, old.step, cands, old.needs, old.preds, old.tail_yield))
        return len(self.rows) - 1

    def tail_yields(self) -> NDArray[np.float64]:
        """Product of the yields of each step and all later ones, and the item's."""
        return np.array([r.tail_yield for r in self.rows])

    def preferred(self) -> NDArray[np.int64]:
        """The candidate each step is timed on before resources are chosen: lowest rank, then least work, then name."""
        return self.derived(ProcessTable._choose)

    def _choose(self) -> NDArray[np.int64]:
        ptr = 0
        chosen = []
        for row in self.rows:
            ranks = [(c[4], c[3], c[1] + c[2], c[0]) for c in row.cands]
            chosen.append(ptr + (ranks.index(min(ranks)) if ranks else 0))
            ptr += len(row.cands)
        return np.array(chosen, np.int64)

    def derived(self, make: "Callable[[ProcessTable], Derived]") -> "Derived":
        """What `make` works out from the rows; made anew only where rows were added."""
        size, found = self._derived.get(make, (-1, None))
        if size != len(self.rows):
            found = make(self)
            self._derived[make] = len(self.rows), found
        return cast("Derived", found)

    def steps(self) -> Steps:
        """The arrays the kernels read."""
        return self.derived(ProcessTable._arrays)

    def _arrays(self) -> Steps:
        pools: dict[tuple[int, ...], int] = {}
        sets: dict[tuple[str, float | None], int] = {}
        pool, cand_ptr, need_ptr = [], [0], [0]
        cands: list[Candidate] = []
        needs: list[tuple[int, int, int]] = []
        for row in self.rows:
            pool.append(pools.setdefault(tuple(sorted(c[0] for c in row.cands)), len(pools)))
            cands.extend(row.cands)
            cand_ptr.append(len(cands))
            needs.extend((sets.setdefault((n, level), len(sets)), units, phase) for n, level, units, phase in row.needs)
            need_ptr.append(len(needs))
        set_ptr, set_res, set_until = [0], [], []
        for name, level in sets:
            for m in self.factory.able(name, level):
                set_res.append(self.res_index[m.resource])
                set_until.append(m.until)
            set_ptr.append(len(set_res))

        def ints(values: Sequence[int]) -> NDArray[np.int64]:
            return np.array(values, np.int64)

        def seconds(field: str) -> NDArray[np.int64]:
            return ints([round((getattr(r.step, field) if r.step else 0.0) * 60) for r in self.rows])

        norm_only = self.factory.policy.queue_time == "norm"
        self.queue_norm = seconds("queue_min")
        return Steps(
            pool=ints(pool),
            cand_ptr=ints(cand_ptr),
            cand_res=ints([c[0] for c in cands]),
            cand_setup=ints([c[1] for c in cands]),
            cand_fixed=ints([c[2] for c in cands]),
            cand_run=np.array([c[3] for c in cands], np.float64),
            cand_rank=ints([c[4] for c in cands]),
            cand_stretch=np.array([c[5] for c in cands], np.float64),
            need_ptr=ints(need_ptr),
            need_set=ints([n[0] for n in needs]),
            need_units=ints([n[1] for n in needs]),
            need_phase=ints([n[2] for n in needs]),
            set_ptr=ints(set_ptr),
            set_res=ints(set_res),
            set_until=ints([min(u, FAR) for u in set_until]),
            pause=np.array([not r.step or r.step.pause for r in self.rows], np.uint8),
            queue=np.zeros(len(self.rows), np.int64) if norm_only else self.queue_norm,
            move=seconds("move_min"),
            wait=seconds("wait_min"),
            transfer=np.array([(r.step.transfer_qty or 0.0) if r.step else 0.0 for r in self.rows], np.float64),
            max_stretch=ints([_seconds(r.step.max_stretch_min if r.step else None) for r in self.rows]),
            batch_qty=np.array([oven_qty(r.step) for r in self.rows], np.float64),
            batch_min=np.array([(r.step.batch_min_qty or 0.0) if r.step else 0.0 for r in self.rows], np.float64),
            batch_wait=ints([_seconds(r.step.batch_wait_min if r.step else None) for r in self.rows]),
        )


def _restricted_subcontractors(factory: Factory) -> list[str]:
    """Suppliers of subcontracted steps that have a calendar or a weekly quantity of their own."""
    weekly = {s.supplier for s in factory.snapshot.suppliers if s.weekly_qty is not None}
    asked = {s.supplier for steps in factory.routing.values() for s in steps if s.lead_time_days is not None}
    return sorted((weekly | factory.supplier_days.keys()) & asked - {""})


def whole_way(steps: Sequence[RoutingStep]) -> Way:
    """A route of which every step is done."""
    previous = previous_numbers(steps)
    return Way(tuple(steps), {step.step: step.after or previous[step.step] for step in steps})


def _by_variant(entry: tuple[Variant, Recipe]) -> Variant:
    return entry[0]


def _need(need: RoutingNeed) -> Need:
    return need.resource, need.min_level, round(need.qty * UNIT), _PHASE[need.phase]


def _seconds(minutes: float | None) -> int:
    """A limit in whole seconds, FAR for none."""
    return FAR if minutes is None else int(minutes * 60 + 1e-6)


def oven_qty(step: RoutingStep | None) -> float:
    """The load an oven step takes together, 0 where every lot runs alone."""
    return step.batch_qty if step and step.batch_key and step.batch_qty else 0.0


class Families:
    """Setup families by index, those that are `known` already first, and the changeover matrices over them."""

    def __init__(self, factory: Factory, res_names: Sequence[str], known: Sequence[str] = ()) -> None:
        self._rows: dict[str, list[Changeover]] = defaultdict(list)
        for c in factory.snapshot.changeovers:
            self._rows[c.changeover].append(c)
        self.matrices = sorted(self._rows)
        self.names: list[str] = []
        self._index: dict[str, int] = {name: i for i, name in enumerate(known)}
        self.res_matrix = np.full(len(res_names), -1, np.int64)
        self.initial = np.full(len(res_names), -1, np.int64)
        for i, name in enumerate(res_names):
            resource = factory.resources.get(name)
            if resource is None or not resource.finite:
                continue
            if resource.changeover in self._rows:
                self.res_matrix[i] = self.matrices.index(resource.changeover)
            if resource.initial_family:
                self.initial[i] = self.index(resource.initial_family)

    def index(self, family: str) -> int:
        """The number of a family; -1 for none."""
        return self._index.setdefault(family, len(self._index)) if family else -1

    def arrays(self) -> Changeovers:
        """All matrices over the families seen so far; the most specific row wins, pairs without a row cost nothing."""
        self.names = list(self._index)
        n = len(self.names)
        us = np.zeros((len(self.matrices), n, n), np.int64)
        for m, name in enumerate(self.matrices):
            for row in sorted(self._rows[name], key=lambda c: (c.from_ != "*", c.to != "*")):
                a = slice(None) if row.from_ == "*" else self._index.get(row.from_)
                b = slice(None) if row.to == "*" else self._index.get(row.to)
                if a is not None and b is not None:
                    us[m, a, b] = up(row.minutes * _US_PER_MIN)
        return Changeovers(n, us.reshape(-1))


def tail_yields(steps: Sequence[RoutingStep], item_yield: float) -> list[float]:
    """For each step the product of its own yield, those of all steps that follow it by number, and the item's."""
    by_number = sorted(range(len(steps)), key=lambda i: steps[i].step)
    tails = [0.0] * len(steps)
    product = item_yield
    for i in reversed(by_number):
        product *= steps[i].yield_
        tails[i] = product
    return tails


def up(work: float) -> int:
    """Microseconds of work, rounded up past the noise of binary fractions."""
    whole = int(work)
    return whole + 1 if work - whole > 1e-3 else whole
