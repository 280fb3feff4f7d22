"""The daily demand of a simulation: history drawn again at random, or usage that varies as the profile expects."""

import zlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def resampled(history: Floats, days: int, rng: np.random.Generator) -> Floats:
    """Days of a history, those without demand too, drawn with replacement."""
    return history[rng.integers(0, history.size, days)]


def varied(adu: float, variability: float, days: int, rng: np.random.Generator) -> Floats:
    """Days around average usage: gamma distributed with the variability factor as coefficient of variation."""
    if variability <= 0 or adu <= 0:
        return np.full(days, adu)
    shape = 1.0 / variability**2
    return rng.gamma(shape, adu / shape, days)


def in_units(demand: Floats, decimals: int) -> Floats:
    """Demand in an item's decimals; what rounding takes from a day is added to later ones, so that the sum holds."""
    scale = 10.0**decimals
    return np.diff(np.floor(np.cumsum(demand) * scale + 0.5 + 1e-9) / scale, prepend=0.0)


def generator(seed: int, item: str) -> np.random.Generator:
    """Random numbers of one item: the same whatever other items there are."""
    return np.random.default_rng((seed, zlib.crc32(item.encode())))
