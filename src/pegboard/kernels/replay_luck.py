"""What varies in a replay: drawn by seed, run and the name of what is drawn, so that others see the same luck."""

import numpy as np

from pegboard.kernels.arrays import FAR
from pegboard.kernels.compiled import inlined
from pegboard.kernels.replay_time import open_from


@inlined
def mixed(x):
    """A number that looks random and is the same for the same number (splitmix64, Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@inlined
def luck(name, key):
    """A number from 0 to below 1 for a name in a run."""
    return np.float64(mixed(mixed(name + key) ^ key) >> np.uint64(11)) * 1.1102230246251565e-16


@inlined
def chosen(K, chance, name, key):
    """One of a chance's values."""
    first, n = K.ptr[chance], K.ptr[chance + 1] - K.ptr[chance]
    if n == 1:
        return K.value[first]
    return K.value[first + min(np.int64(luck(name, key) * n), n - 1)]


@inlined
def arrives(N, K, s, key):
    """When an uncertain supply comes: as planned at the earliest, as nothing is gained by what comes early."""
    late = chosen(K, N.supply_chance[s], N.supply_name[s], key)
    if late <= 0.0:
        return N.supply_due[s]
    return open_from(N, N.factory_tl, N.supply_due[s] + np.int64(late * 86400.0))


@inlined
def between_failures(K, server, key, failure):
    """Microseconds of work until a resource fails next."""
    if K.failure_work[server] >= FAR:
        return np.float64(FAR)
    name = K.failure_name[server] + np.uint64(2) * failure
    return -np.log(1.0 - luck(name, key)) * K.failure_work[server]


@inlined
def draw_work(N, K, mine, i, r, key, by_work, worked, fails_at, failures):
    """Draw microseconds of setup and run of a slot, repairs included."""
    job = N.slot[i]
    factor = chosen(K, job.chance, job.name, key)
    mine.factor = factor * by_work[job.work, r]
    setup, run = np.int64(job.setup * factor), np.int64(job.run * mine.factor)
    mine.extra = (setup + run - job.setup - job.run) // 1000000
    server, repair = job.server_of_failure, 0.0
    if server >= 0:
        worked[server, r] += setup + run
        while worked[server, r] >= fails_at[server, r]:
            name = K.failure_name[server] + np.uint64(2) * failures[server, r] + np.uint64(1)
            repair -= np.log(1.0 - luck(name, key)) * K.repair_work[server]
            failures[server, r] += np.uint64(1)
            fails_at[server, r] += between_failures(K, server, key, failures[server, r])
    mine.broke = np.int64(repair * 1e-6)
    mine.setup, mine.run = setup, run + np.int64(repair)
