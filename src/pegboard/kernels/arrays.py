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


class Changeovers(NamedTuple):
    """Matrices as one flat array: `us[(matrix * n_family + from) * n_family + to]`."""

    n_family: int
    us: Ints


class Steps(NamedTuple):
    """Routing steps: candidates for the primary resource, further needs, and what surrounds the work."""

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


class Ops(NamedTuple):
    """Operations: their step, started quantity, changeover family (-1 none) and where their needs' rows begin.

    `setup_done` operations were started already: no setup, no changeover. `pin_*` hold the chosen times of pinned
    operations (-1 elsewhere).
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


class Arcs(NamedTuple):
    """Who waits for whom, by predecessor: lags, transfer batch, and whether the successor's queue counts after it."""

    ptr: Ints
    succ: Ints
    wait: Ints
    move: Ints
    batch: Floats
    queued: Flags


class Schedule(NamedTuple):
    """What a kernel decides: times, the candidate taken, the members taken for each need, changeover work."""

    setup_start: Ints
    start: Ints
    end: Ints
    cand: Ints
    need_res: Ints
    changeover: Ints
    sequence: Ints
