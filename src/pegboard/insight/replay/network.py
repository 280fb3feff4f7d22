"""The network of a plan for the replay kernel: operations in order, what they wait for and what they hold."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pegboard.insight.planned import Planned
from pegboard.insight.replay.uncertain import Arrivals, ChanceLists, chances, duration, stable, yields
from pegboard.insight.replay.use import Use, servers
from pegboard.kernels.arrays import FAR, RUN_ONLY, SETUP_ONLY, Timelines
from pegboard.kernels.packed import Records, blank
from pegboard.kernels.replay_network import HOLD, PRED, SLOT, Chances, Network
from pegboard.kernels.replay_time import SHIFT
from pegboard.planning.spread import Spread
from pegboard.scheduling.problem import Ints
from pegboard.scheduling.view import primary, run_work, setup_work
from pegboard.tables.supply import spans

Part = tuple[Network, Chances, list[str], list[str]]


class Builder:
    """Makes the network of some operations, in the order given, and some lines."""

    def __init__(self, planned: Planned, spread: Spread, ops: Ints, lines: Ints, lead: Ints, use: Use) -> None:
        self.planned, self.spread, self.ops, self.lines = planned, spread, ops, lines
        self.p, self.s = planned.problem, planned.schedule
        self.lead, self.lists = lead, ChanceLists()
        self.place = np.full(self.p.n_op, -1, np.int64)
        self.place[ops] = np.arange(ops.size)
        self.servers = servers(self.p, use)
        self.use = self._in_order(use)

    def made(self) -> Part:
        """The network, its chances, the names of its supplies, and the resource of each server."""
        arrivals = Arrivals(self.planned, self.spread, self.lists)
        wanted = set(self.lines.tolist())
        for link in self.planned.supply.links:
            is_mine = link.line in wanted or (link.op >= 0 and self.place[link.op] >= 0)
            if is_mine and link.supply_kind in ("po", "purchase"):
                arrivals.enter(link)
        slot, cal = self._slots()
        works, slot[:-1]["work"] = np.unique(slot[:-1]["work"], return_inverse=True)
        pred, hold = self._preds(slot), self._holds(slot)
        supplies = [arrivals.by_op.get(op, []) for op in self.ops.tolist()]
        slot["supply_ptr"] = spans([len(s) for s in supplies])
        since, n_bucket, opening = _buckets(self.p.timelines)
        resources = [self.p.res_names[r] for r in np.repeat(np.arange(self.servers.number.size), self.servers.number)]
        network = Network(
            T=self.p.timelines,
            opening=opening,
            n_bucket=n_bucket,
            since=since,
            factory_tl=self.p.factory_tl,
            now=self.p.now,
            slot=slot,
            pred=pred,
            hold=hold,
            cal=cal,
            n_server=len(resources),
            supply=np.array([which for s in supplies for which in s], np.int64),
            **arrivals.columns(),
            **yields(self.planned, self.spread, self.lists, works),
            **self._line_columns(arrivals.by_line),
        )
        return network, chances(self.spread, self.lists, resources), arrivals.names, resources

    def _in_order(self, use: Use) -> Use:
        """The holds of the operations at hand, without those that come before a hold that is placed sooner.

        Two operations of which each needs in its setup what the other needs in its run cannot be placed one after the
        other; one of them is then not asked to keep its place on that resource.
        """
        place = self.place[self.lead[use.op]]
        mine = np.flatnonzero(place >= 0)
        place = place[mine] + use.res[mine] * (self.ops.size + 1)
        kept = mine[place >= np.maximum.accumulate(place)]
        return Use._make(column[kept] for column in use)

    def _slots(self) -> tuple[Records, Ints]:
        p, s, ops = self.p, self.s, self.ops
        step = p.ops.step[ops]
        res = primary(p, s, ops)
        slot = blank(ops.size + 1, SLOT)
        row = slot[:-1]
        row["timeline"] = p.shop.timeline[res]
        row["queue"], row["pause"], row["stretch"] = (
            getattr(p.steps, f)[step] for f in ("queue", "pause", "max_stretch")
        )
        row["begun"] = p.ops.setup_done[ops]
        row["setup"], row["run"] = setup_work(p, s, ops), run_work(p, s, ops)
        row["floor"], row["planned"] = -FAR, s.setup_start[ops]
        row["run_floor"] = np.where(p.ops.pin_start[ops] >= 0, p.ops.pin_start[ops], -FAR)
        row["arrival"] = np.maximum(p.arrival[ops], p.now)
        row["ready"] = np.maximum(p.not_before[ops], p.now)
        row["mates"] = np.bincount(self.place[self.lead[ops]], minlength=ops.size)
        by_row = [self.lists.number(duration(self.spread, row)) for row in self.planned.table.rows]
        row["chance"] = np.array(by_row, np.int64)[step]
        row["work"] = self.planned.supply.op_work[ops]
        is_server = self.servers.number[res] > 0
        row["server_of_failure"] = np.where(is_server, self.servers.first[res], -1)
        row["name"] = [stable(p.op_names[op]) for op in ops.tolist()]
        needs = p.ops.need_ptr[ops + 1] - p.ops.need_ptr[ops]
        row["is_plain"] = (needs == 0) & (row["pause"] == 1) & (row["stretch"] >= FAR)
        return slot, self._calendars(slot, needs)

    def _calendars(self, slot: Records, needs: Ints) -> Ints:
        """Lists of calendars that must be open together, each after its length; slots point at theirs."""
        p, s = self.p, self.s
        where: dict[tuple[int, ...], int] = {}
        cal: list[int] = []

        def at(ids: tuple[int, ...]) -> int:
            if ids not in where:
                where[ids] = len(cal)
                cal.extend([len(ids), *ids])
            return where[ids]

        alone = np.array([at((tl,)) for tl in range(len(p.timeline_rows))], np.int64)
        slot["setup_cal"] = slot["run_cal"] = alone[slot["timeline"]]
        for i in np.flatnonzero(needs > 0).tolist():
            op, first = int(self.ops[i]), int(slot["timeline"][i])
            a, b = int(p.ops.need_ptr[op]), int(p.ops.need_ptr[op + 1])
            base = int(p.steps.need_ptr[p.ops.step[op]])
            phases = p.steps.need_phase[base : base + b - a].tolist()
            others = list(zip(p.shop.timeline[s.need_res[a:b]].tolist(), phases, strict=True))
            slot["setup_cal"][i] = at((first, *(t for t, phase in others if t != first and phase != RUN_ONLY)))
            slot["run_cal"][i] = at((first, *(t for t, phase in others if t != first and phase != SETUP_ONLY)))
        return np.array(cal, np.int64)

    def _preds(self, slot: Records) -> Records:
        p, arcs = self.p, self.p.arcs
        owner = np.repeat(np.arange(p.n_op), np.diff(arcs.ptr))
        arc = np.flatnonzero((self.place[owner] >= 0) & (self.place[arcs.succ] >= 0))
        arc = arc[np.argsort(self.place[arcs.succ[arc]], kind="stable")]
        from_, to = owner[arc], arcs.succ[arc]
        overlaps = (arcs.batch[arc] > 0) & (arcs.batch[arc] < p.ops.qty[from_])
        pred = blank(arc.size, PRED)
        pred["slot"], pred["wait"], pred["move"] = self.place[from_], arcs.wait[arc], arcs.move[arc]
        pred["batch"] = np.where(overlaps, self._batch(from_, arcs.batch[arc]), 0)
        pred["queued"] = arcs.queued[arc]
        lead = self.lead[from_]
        holds_primary = np.zeros(p.n_op, bool)
        holds_primary[self.use.op[self.use.is_primary]] = True
        pred["blocking"] = np.where((arcs.blocking[arc] == 1) & holds_primary[lead], self.place[lead], -1)
        slot["pred_ptr"] = spans(np.bincount(self.place[to], minlength=self.ops.size))
        largest = np.zeros(p.n_op)
        np.maximum.at(largest, to[overlaps], arcs.batch[arc][overlaps])
        own = self.s.cand[self.ops]
        batch = self._batch(self.ops, largest[self.ops]) - p.steps.cand_fixed[own]
        slot[:-1]["batch"] = np.where(largest[self.ops] > 0, batch, 0)
        slot[:-1]["is_plain"] &= largest[self.ops] == 0
        return pred

    def _holds(self, slot: Records) -> Records:
        use, s = self.use, self.servers
        place = self.place[use.op]
        order = np.lexsort((~use.is_primary, place))
        hold = blank(order.size, HOLD)
        res = use.res[order]
        hold["server"], hold["servers"], hold["take"] = s.first[res], s.number[res], use.units[order] // s.size[res]
        hold["phase"], hold["rest"], hold["travel"] = use.phase[order], use.rest[order], use.travel[order]
        hold["timeline"] = self.p.shop.timeline[res]
        slot["hold_ptr"] = spans(np.bincount(place, minlength=self.ops.size))
        return hold

    def _batch(self, ops: Ints, qty: NDArray[np.float64]) -> Ints:
        """Run work of so many pieces on the operations' own candidates, fixed part included, in microseconds."""
        cand = self.s.cand[ops]
        work = np.ceil(np.minimum(self.p.steps.cand_run[cand] * qty, 2e18) - 1e-3).astype(np.int64)
        return self.p.steps.cand_fixed[cand] + work

    def _line_columns(self, by_line: dict[int, list[int]]) -> dict[str, Any]:
        p, lines = self.p, self.lines
        counts = p.line_ptr[lines + 1] - p.line_ptr[lines]
        rows = np.repeat(p.line_ptr[lines] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        supplies = [by_line.get(line, []) for line in lines.tolist()]
        _, first, group = np.unique(p.line_group[lines], return_index=True, return_inverse=True)
        return {
            "line_ptr": spans(counts),
            "line_slot": self.place[p.line_op[rows]],
            "line_move": p.line_move[rows],
            "line_supply_ptr": spans([len(s) for s in supplies]),
            "line_supply": np.array([which for s in supplies for which in s], np.int64),
            "line_sure": p.line_dated[lines],
            "line_due": p.line_due[lines],
            "line_group": first[group],
        }


def _buckets(T: Timelines) -> tuple[int, int, Ints]:
    """Where the buckets begin, how many they are, and by calendar the first stretch that ends after each begins."""
    if not T.start.size:
        return 0, 1, T.ptr[:-1].copy()
    since = int(T.start.min())
    n = ((int(T.end.max()) - since) >> SHIFT) + 1
    begins = since + (np.arange(n) << SHIFT)
    rows = [a + np.searchsorted(T.end[a:b], begins, side="right") for a, b in zip(T.ptr[:-1], T.ptr[1:], strict=True)]
    return since, n, np.concatenate(rows)
