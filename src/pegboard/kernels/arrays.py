"""The bundles of arrays the kernels read, named by what their rows are.

A `*_ptr` array of n + 1 entries says where each owner's rows begin (compressed sparse rows).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.uint8]

FAR = 1 << 60
BOTH, SETUP_ONLY, RUN_ONLY = 0, 1, 2
CHANGES, WEARS, TRAVELS, WEEKLY = 1, 2, 4, 8
"""What the past of a resource asks of the next operation: flags of a resource's care."""


class Timelines(NamedTuple):
    """Open stretches of every distinct calendar, with running totals before each stretch."""

    ptr: Ints
    start: Ints
    end: Ints
    rate: Ints
    open_before: Ints
    work_before: Ints


class Shop(NamedTuple):
    """Resources: capacity in thousandths, calendar, changeover matrix, and what is reserved for pinned operations.

    `touch` lists for each resource the pools whose operations may want it, as primary or as a further need.
    A tool needs `travel` seconds between uses beside different primary resources. `maint_work` (microseconds) and
    `maint_cycles` are the limits after which `maint_time` (open seconds) of maintenance is due, `used_*` what has
    passed since the last; FAR for no limit. At most `week_units` start on a resource in each week of `week_start`.
    """

    capacity: Ints
    timeline: Ints
    matrix: Ints
    initial_family: Ints
    reserved_ptr: Ints
    reserved_start: Ints
    reserved_end: Ints
    reserved_units: Ints
    touch_ptr: Ints
    touch_pool: Ints
    travel: Ints
    maint_work: Ints
    maint_cycles: Ints
    maint_time: Ints
    used_work: Ints
    used_cycles: Ints
    week_units: Ints
    week_start: Ints


class Changeovers(NamedTuple):
    """Matrices as one flat array: `us[(matrix * n_family + from) * n_family + to]`."""

    n_family: int
    us: Ints


class Steps(NamedTuple):
    """Routing steps: candidates for the primary resource, further needs, and what surrounds the work.

    `max_stretch` bounds the seconds from start to end (FAR none). Lots of one key share a load of at most `batch_qty`
    (0 for no oven); one below `batch_min` waits for others, at most `batch_wait` seconds (FAR without end).
    """

    pool: Ints
    cand_ptr: Ints
    cand_res: Ints
    cand_setup: Ints
    cand_fixed: Ints
    cand_run: Floats
    cand_rank: Ints
    cand_stretch: Floats
    need_ptr: Ints
    need_set: Ints
    need_units: Ints
    need_phase: Ints
    set_ptr: Ints
    set_res: Ints
    set_until: Ints
    pause: Flags
    queue: Ints
    move: Ints
    wait: Ints
    transfer: Floats
    max_stretch: Ints
    batch_qty: Floats
    batch_min: Floats
    batch_wait: Ints


class Ops(NamedTuple):
    """Operations: their step, started quantity, changeover family (-1 none) and where their needs' rows begin.

    `setup_done` operations were started already: no setup, no changeover. `pin_*` hold the chosen times of pinned
    operations (-1 elsewhere). Operations of equal `batch_key` (-1 none) may share a load of an oven.
    """

    step: Ints
    qty: Floats
    family: Ints
    need_ptr: Ints
    setup_done: Flags
    latest_use: Ints
    pin_setup: Ints
    pin_start: Ints
    pin_end: Ints
    pin_cand: Ints
    pin_need: Ints
    batch_key: Ints


class Arcs(NamedTuple):
    """Who waits for whom, by predecessor: lags, transfer batch, and whether the successor's queue counts after it.

    The successor's setup starts at most `max_gap` elapsed seconds after the predecessor's end (FAR for no limit). Until
    then the predecessor keeps its primary resource where `blocking`, and `store_units` of the resource `store` (-1
    none) from its end on.
    """

    ptr: Ints
    succ: Ints
    wait: Ints
    move: Ints
    batch: Floats
    queued: Flags
    max_gap: Ints
    blocking: Flags
    store: Ints
    store_units: Ints


class Ties(NamedTuple):
    """Blocks of operations that are placed at one moment (`blocks.py`), each in order of work.

    `block[op]` is its block or -1; block `b` owns `op[ptr[b]:ptr[b + 1]]`, and the i-th of all these has the arcs
    `arc[in_ptr[i]:in_ptr[i + 1]]` from operations `pred` of the same block. `watched` resources keep a book.
    """

    block: Ints
    ptr: Ints
    op: Ints
    in_ptr: Ints
    arc: Ints
    pred: Ints
    watched: Flags


class Ranking(NamedTuple):
    """What rules rank by (`ranking.py`), for each operation; times in seconds by the clock on the wall.

    `tier` is added to computed keys. `tail` is the remaining time to delivery, `waited` the same with the waits to be
    expected, `left` the number of operations on the way. `odd` is the operation's own due date. A second of changeover
    adds `per_second` to the key. `look` is the k1 of ATCS, `place` the position of each family in the preferred
    sequence, and `window` the seconds it looks ahead. `dynamic` and `priced` say whether any rule needs either.
    """

    rule: Ints
    tier: Floats
    weight: Floats
    due: Ints
    odd: Ints
    tail: Floats
    waited: Floats
    left: Floats
    own: Floats
    per_second: Floats
    look: Floats
    place: Ints
    window: float
    dynamic: int
    priced: int


class Schedule(NamedTuple):
    """What a kernel decides: times, the candidate taken, the members taken for each need, changeover work.

    `sequence` breaks ties of setup start. `load[op]` is the operation that leads the oven load `op` runs in (-1 none);
    all of a load start their setup together and take one unit of the oven until the last of them ends.
    """

    setup_start: Ints
    start: Ints
    end: Ints
    cand: Ints
    need_res: Ints
    changeover: Ints
    sequence: Ints
    load: Ints
