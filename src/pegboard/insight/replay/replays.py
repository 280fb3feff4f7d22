"""Replay a network many times: runs in blocks, blocks in threads, and what made lines late counted over all of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from pegboard.insight.drivers import Tallied
from pegboard.insight.replay.replaying import Replayed
from pegboard.kernels.replay import replay
from pegboard.kernels.replay_causes import WORST
from pegboard.kernels.replay_network import Tally
from pegboard.scheduling.problem import Ints

BLOCK = 24
"""Runs of a call, thrice what is replayed side by side: enough to make up for it, few enough to fill all threads."""
THREADS = 8


def replays(
    replayed: Replayed, runs: int, seed: int, report: Callable[[str, float], None] | None
) -> tuple[Ints, Tallied]:
    """Completions by run and line, and what delayed late lines. Neither depends on the number of threads."""
    done = np.empty((runs, replayed.lines.size), np.int64)
    blocks = list(range(0, runs, BLOCK))
    parts: list[Tally] = []
    with ThreadPoolExecutor(THREADS) as pool:
        working = pool.map(lambda first: _block(replayed, seed, first, done[first : first + BLOCK]), blocks)
        for k, part in enumerate(working):
            parts.append(part)
            if report:
                report("replaying the plan", (k + 1) / len(blocks))
    return done, _together(parts)


def _block(replayed: Replayed, seed: int, first: int, done: Ints) -> Tally:
    """One block of runs; only the used places of its tally are kept."""
    size = 1 << (2 * WORST * done.size).bit_length()
    tally = Tally(np.full(size, -1, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64))
    replay(replayed.network, replayed.chances, np.int64(seed), np.int64(first), done, tally)
    used = tally.key >= 0
    return Tally(*(column[used] for column in tally))


def _together(parts: list[Tally]) -> Tallied:
    """The sums of all blocks, by key."""
    key, where = np.unique(np.concatenate([p.key for p in parts]), return_inverse=True)
    count, delay = np.zeros(key.size, np.int64), np.zeros(key.size, np.int64)
    np.add.at(count, where, np.concatenate([p.times for p in parts]))
    np.add.at(delay, where, np.concatenate([p.delay for p in parts]))
    return Tallied(key, count, delay)
