"""What is replayed, what varies in it, and what a run writes: the records of the replay kernels."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pegboard.kernels.arrays import Floats, Ints, Timelines
from pegboard.kernels.packed import Records


def _fields(kind: type, names: str) -> list[tuple[str, type]]:
    return [(name, kind) for name in names.split()]


SLOT = np.dtype(
    [
        *_fields(np.int64, "setup run stretch floor run_floor planned arrival ready batch"),
        *_fields(np.uint64, "name"),
        *_fields(np.int32, "timeline queue begun pause is_plain pred_ptr hold_ptr supply_ptr setup_cal run_cal"),
        *_fields(np.int32, "mates chance work server_of_failure"),
    ]
)
PRED = np.dtype([*_fields(np.int64, "batch"), *_fields(np.int32, "slot wait move queued blocking _")])
HOLD = np.dtype(_fields(np.int32, "server servers take phase rest travel timeline _"))
"""Records are small and whole parts of cache lines: a run reads all of them, and little else takes as long."""
PAST = np.dtype([*_fields(np.int64, "setup_start start end"), *_fields(np.float64, "factor")])
"""When a slot lies in a run, and by how much its work has grown."""
LAID = np.dtype(
    [*_fields(np.int64, "setup run setup_start start end until extra broke by"), *_fields(np.float64, "factor")]
)
"""The lot at hand: its drawn work, when it lies, what binds it, and seconds of delay of its own and by failures."""


class Network(NamedTuple):
    """What is replayed: slots with what they wait for and hold, calendars, supplies and lines.

    The last slot only ends the pointers. `opening[tl * n_bucket + b]` is the first stretch of a calendar that ends
    after the begin of bucket `b`, counted from `since`. `cal` holds lists of calendars, each after its length.
    `supply_*` are the uncertain supplies: when they are planned to come, name and chance of lateness (days). A line is
    complete when the slots `line_slot` have ended and moved, and its supplies are there; `line_sure` is the earliest it
    can be. Lines of one `line_group` are complete together.
    """

    T: Timelines
    opening: Ints
    n_bucket: int
    since: int
    factory_tl: int
    now: int
    slot: Records
    pred: Records
    hold: Records
    cal: Ints
    n_server: int
    supply: Ints
    supply_due: Ints
    supply_name: NDArray[np.uint64]
    supply_chance: Ints
    work_name: NDArray[np.uint64]
    work_chance: Ints
    line_ptr: Ints
    line_slot: Ints
    line_move: Ints
    line_supply_ptr: Ints
    line_supply: Ints
    line_sure: Ints
    line_due: Ints
    line_group: Ints


class Chances(NamedTuple):
    """Lists of equally likely values, `value[ptr[c]:ptr[c + 1]]` of chance `c`, and how resources fail.

    By server: the mean work between failures (FAR for none) and the mean repair, microseconds, and the name of its
    resource.
    """

    ptr: Ints
    value: Floats
    failure_work: Floats
    repair_work: Floats
    failure_name: NDArray[np.uint64]


class Causes(NamedTuple):
    """By slot and run the largest delays on the way that binds it, in seconds, and what they are due to.

    The largest is first. Things are slots, then supplies, then the failures of servers.
    """

    thing: NDArray[np.int32]
    delay: NDArray[np.int32]


class Tally(NamedTuple):
    """What made lines late: how often, and by how many seconds, in a table of `line * n_thing + thing`."""

    key: Ints
    times: Ints
    delay: Ints
