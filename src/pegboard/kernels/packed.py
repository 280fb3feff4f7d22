"""The bundles of `arrays.py` as arrays of records, the way the dispatch kernels read them.

A kernel call hands over every field of every array it may touch. With a column for each fact that were some thousand,
and compiling the kernels took ninety seconds instead of thirty; with records it is one array where there were ten, and
what is read together lies together.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pegboard.kernels.arrays import CHANGES, FAR, TRAVELS, WEARS, WEEKLY, Arcs, Ints, Ops, Schedule, Shop, Steps, Ties

Records = NDArray[Any]


def blank(size: int, dtype: np.dtype[Any]) -> Records:
    """Records of zeros whose fields can be read by name with and without compilation."""
    return np.zeros(size, dtype).view(np.recarray)


def _ints(names: str) -> list[tuple[str, type]]:
    return [(name, np.int64) for name in names.split()]


RES = np.dtype(
    _ints(
        "capacity timeline matrix initial_family reserved_ptr touch_ptr travel maint_work maint_cycles maint_time "
        "used_work used_cycles week_units"
    )
)
RESERVED = np.dtype(_ints("start end units"))
STEP = np.dtype(
    [*_ints("pool cand_ptr need_ptr pause queue max_stretch batch_wait"), ("batch_qty", float), ("batch_min", float)]
)
CAND = np.dtype([*_ints("res setup fixed rank"), ("run", float), ("stretch", float)])
NEED = np.dtype(_ints("members units phase"))
MEMBER = np.dtype(_ints("res until"))
OP = np.dtype(
    [*_ints("step family need_ptr setup_done pin_setup pin_start pin_end pin_cand batch_key"), ("qty", float)]
)
ARC = np.dtype([*_ints("succ wait move queued max_gap blocking store store_units"), ("batch", float)])
PLACED = np.dtype(_ints("setup_start start end cand changeover sequence load"))
LIVE_RES = np.dtype(_ints("in_use family worked cycles free_since beside care head"))
LIVE_OP = np.dtype(
    [
        *_ints("ready_queued ready last_in n_pred freed stored_until floor"),
        *((name, float) for name in ("batch", "load_qty", "load_cap")),
    ]
)
NODE = np.dtype(_ints("next start end units op"))


class PackedShop(NamedTuple):
    """Resources; the last record only ends the pointers."""

    res: Records
    reserved: Records
    touch_pool: Ints
    week_start: Ints


class PackedSteps(NamedTuple):
    """Routing steps with their candidates and needs, and the members of the sets that needs choose from."""

    step: Records
    cand: Records
    need: Records
    set_ptr: Ints
    member: Records


class PackedOps(NamedTuple):
    """Operations; the last record only ends the pointers."""

    op: Records
    pin_need: Ints


class PackedArcs(NamedTuple):
    """Who waits for whom."""

    ptr: Ints
    arc: Records


class PackedSchedule(NamedTuple):
    """What is decided: the record of each operation, and the members taken for its needs."""

    op: Records
    need_res: Ints


class Live(NamedTuple):
    """What changes while a schedule grows.

    By resource: units in use, the family it is set up for, work and cycles since maintenance, when it was last freed,
    the primary resource a tool stood beside, and `care`, which of these matter. By operation: what its predecessors
    let it do and how many are to come, when its primary resource and its storage are freed, and the quantity and limit
    of the load it leads. `res.head` and `node` are the books of watched resources, linked lists over a common store
    whose free nodes begin at `free[0]`. `week_used[res * n_week + week]` counts what has begun at a subcontractor. The
    rest is scratch.
    """

    res: Records
    op: Records
    node: Records
    free: Ints
    week_used: Ints
    members: Ints
    best_members: Ints
    setup_ids: Ints
    run_ids: Ints
    spot: Ints
    undo: Ints


def pack_shop(R: Shop) -> PackedShop:
    """Resources as records."""
    reserved = _pack(RESERVED, R, prefix="reserved_", size=R.reserved_start.size)
    return PackedShop(_pack(RES, R, size=R.capacity.size + 1), reserved, R.touch_pool, R.week_start)


def pack_steps(S: Steps) -> PackedSteps:
    """Steps, candidates and needs as records."""
    need = blank(S.need_set.size, NEED)
    need["members"], need["units"], need["phase"] = S.need_set, S.need_units, S.need_phase
    return PackedSteps(
        step=_pack(STEP, S, size=S.pool.size + 1),
        cand=_pack(CAND, S, prefix="cand_", size=S.cand_res.size),
        need=need,
        set_ptr=S.set_ptr,
        member=_pack(MEMBER, S, prefix="set_", size=S.set_res.size),
    )


def pack_ops(O: Ops) -> PackedOps:
    """Operations as records."""
    return PackedOps(_pack(OP, O, size=O.step.size + 1), O.pin_need)


def pack_arcs(A: Arcs) -> PackedArcs:
    """Arcs as records."""
    return PackedArcs(A.ptr, _pack(ARC, A, size=A.succ.size))


def pack_schedule(schedule: Schedule) -> PackedSchedule:
    """A schedule as records."""
    return PackedSchedule(_pack(PLACED, schedule, size=schedule.end.size), schedule.need_res)


def nothing_placed(O: PackedOps) -> PackedSchedule:
    """A schedule in which nothing is placed."""
    op = blank(O.op.size - 1, PLACED)
    for name in PLACED.fields or ():
        op[name] = 0 if name == "changeover" else -1
    return PackedSchedule(op, np.full(O.op["need_ptr"][-1], -1, np.int64))


def unpack_schedule(packed: PackedSchedule) -> Schedule:
    """A schedule as columns."""
    op = packed.op
    return Schedule(need_res=packed.need_res, **{name: op[name].copy() for name in PLACED.fields or ()})


def _pack(dtype: np.dtype[Any], columns: Any, *, size: int, prefix: str = "") -> Records:
    packed = blank(size, dtype)
    for name in dtype.fields or ():
        column = getattr(columns, prefix + name)
        packed[name][: column.size] = column
    return packed


def live(
    R: PackedShop, S: PackedSteps, O: PackedOps, B: Ties | None, arrival: Ints, release: Ints, n_pred: Ints, now: int
) -> Live:
    """How things stand before the first event."""
    n_op, n_res = O.op.size - 1, R.res.size - 1
    shop = R.res[:-1]
    res = blank(n_res, LIVE_RES)
    res["family"], res["worked"], res["cycles"] = shop["initial_family"], shop["used_work"], shop["used_cycles"]
    res["free_since"], res["beside"], res["head"] = now, -1, -1
    res["care"] = (
        CHANGES * (shop["matrix"] >= 0)
        + WEARS * ((shop["maint_work"] < FAR) | (shop["maint_cycles"] < FAR))
        + TRAVELS * (shop["travel"] > 0)
        + WEEKLY * (shop["week_units"] < FAR)
    )
    op = blank(n_op, LIVE_OP)
    op["ready_queued"], op["ready"], op["n_pred"] = np.maximum(arrival, now), release, n_pred
    op["last_in"] = op["freed"] = op["stored_until"] = -FAR
    longest = 0 if B is None else int(np.diff(B.ptr).max(initial=0))
    node = blank(1 if B is None else n_op + O.op["need_ptr"][-1] + B.op.size + 1, NODE)
    node["next"] = np.arange(1, node.size + 1)
    node["next"][-1] = -1
    most_needs = int(np.diff(S.step["need_ptr"]).max(initial=0))
    is_weekly = bool((shop["week_units"] < FAR).any())

    def scratch(size: int) -> Ints:
        return np.zeros(size, np.int64)

    return Live(
        res=res,
        op=op,
        node=node,
        free=scratch(1),
        week_used=scratch(n_res * R.week_start.size if is_weekly else 0),
        members=scratch(most_needs + 1),
        best_members=scratch(most_needs + 1),
        setup_ids=scratch(most_needs + 1),
        run_ids=scratch(most_needs + 1),
        spot=scratch(5),
        undo=scratch(4 + 3 * longest * (6 * (most_needs + 1) + 4)),
    )
