"""A plan as a network that can be replayed: who waits for whom, who holds what in which order, and what varies.

What the plan held back on purpose, and the first operations of every work order, are released when the plan starts
them; everything else starts when what it waits for allows (docs/decisions/0011).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pegboard.domain.calendar import FAR
from pegboard.insight.planned import Planned
from pegboard.insight.replay.network import Builder
from pegboard.insight.replay.use import Use, used
from pegboard.kernels.graph import before, in_order
from pegboard.kernels.packed import blank
from pegboard.kernels.replay import held_back
from pegboard.kernels.replay_network import PAST, Chances, Network
from pegboard.planning.spread import Spread
from pegboard.scheduling.held import leaders
from pegboard.scheduling.problem import Ints
from pegboard.tables.supply import spans

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Replayed:
    """A network, what varies in it, and which operations, lines, supplies and resources of servers are in it.

    `differs` are the operations that it does not place exactly where the plan has them when nothing varies: none, but
    where a plan is not certified.
    """

    network: Network
    chances: Chances
    ops: Ints
    lines: Ints
    supplies: list[str]
    resources: list[str]
    differs: Ints


class Replay:
    """A plan and its spread, ready to be replayed as a whole or for single lines."""

    def __init__(self, planned: Planned, spread: Spread) -> None:
        self.planned, self.spread = planned, spread

    @cached_property
    def whole(self) -> Replayed:
        """All lines that are planned."""
        return self._replayed(self._lines, self._placed)

    def of(self, lines: Sequence[int]) -> Replayed:
        """Some lines, those that ship together with them, and only the operations that can delay them."""
        group = self.planned.problem.line_group
        chosen = self._lines[np.isin(group[self._lines], group[list(lines)])]
        p = self.planned.problem
        wanted = np.zeros(p.n_op, bool)
        for i in chosen.tolist():
            wanted[self._lead[p.line_op[p.line_ptr[i] : p.line_ptr[i + 1]]]] = True
        ptr, pred = self._edges
        before(ptr, pred, wanted)
        return self._replayed(chosen, wanted[self._lead] & self._placed)

    @cached_property
    def _placed(self) -> Mask:
        placed: Mask = self.planned.schedule.end >= 0
        return placed

    @cached_property
    def _lines(self) -> Ints:
        return np.array([i for i, done in enumerate(self.planned.completion) if done is not None], np.int64)

    @cached_property
    def _lead(self) -> Ints:
        return leaders(self.planned.problem, self.planned.schedule)

    @cached_property
    def _use(self) -> Use:
        return used(self.planned.problem, self.planned.schedule, self._lead)

    @cached_property
    def _edges(self) -> tuple[Ints, Ints]:
        """What each operation, or the leader of its load, comes after: over arcs, and on its resources."""
        arcs, lead, use = self.planned.problem.arcs, self._lead, self._use
        owner = np.repeat(np.arange(lead.size), np.diff(arcs.ptr))
        live = self._placed[owner] & self._placed[arcs.succ]
        from_, to = lead[owner[live]], lead[arcs.succ[live]]
        same = use.res[1:] == use.res[:-1]
        earlier, later = lead[use.op[:-1][same]], lead[use.op[1:][same]]
        follower = np.full(lead.size, -1, np.int64)
        follower[use.op[:-1][same & use.is_primary[:-1]]] = use.op[1:][same & use.is_primary[:-1]]
        kept = np.flatnonzero((arcs.blocking == 1) & live)
        kept = kept[follower[lead[owner[kept]]] >= 0]
        all_from = np.concatenate([from_, earlier, lead[arcs.succ[kept]]])
        all_to = np.concatenate([to, later, lead[follower[lead[owner[kept]]]]])
        order = np.argsort(all_to, kind="stable")
        order = order[all_from[order] != all_to[order]]
        return spans(np.bincount(all_to[order], minlength=lead.size)), all_from[order]

    @cached_property
    def _order(self) -> Ints:
        """All operations, what they come after first, the lots of a load together and its leader first of them."""
        s, lead = self.planned.schedule, self._lead
        by_rank = np.lexsort((s.sequence, s.setup_start))
        place = np.empty(lead.size, np.int64)
        place[in_order(by_rank, *self._edges)] = np.arange(lead.size)
        return np.lexsort((np.arange(lead.size), lead != np.arange(lead.size), place[lead]))

    def _replayed(self, lines: Ints, mask: Mask) -> Replayed:
        ops = self._order[mask[self._order]]
        network, chances, supplies, resources = Builder(
            self.planned, self.spread, ops, lines, self._lead, self._use
        ).made()
        past, held = blank(ops.size, PAST).reshape(-1, 1), np.zeros(ops.size, np.int64)
        held_back(network, past, held)
        s, slot = self.planned.schedule, network.slot[:-1]
        slot["floor"] = np.where((held == 1) | self.planned.is_first[ops], slot["planned"], -FAR)
        times = ((past[:, 0][name], getattr(s, name)[ops]) for name in ("setup_start", "start", "end"))
        differs = np.any([replayed != planned for replayed, planned in times], axis=0)
        return Replayed(network, chances, ops, lines, supplies, resources, ops[differs])
