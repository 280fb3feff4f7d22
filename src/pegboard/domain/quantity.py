"""Rounding of quantities to an item's decimals, safe against binary fractions.

Supplies round up, yields round down, zones of buffers half up; `3 * 0.1 / 0.1` must stay 3.
"""

import math


def _noise(value: float) -> float:
    """What binary fractions may have added to a value: far below one unit, even for thousands of millions."""
    return 1e-9 + 1e-14 * abs(value)


def round_up(qty: float, decimals: int) -> float:
    """The smallest quantity with `decimals` places that is not below `qty`."""
    if not decimals:
        return float(math.ceil(qty - 1e-9 - 1e-14 * abs(qty)))  # the noise once more: this is called millions of times
    scale = 10.0**decimals
    scaled = qty * scale
    return math.ceil(scaled - _noise(scaled)) / scale


def round_down(qty: float, decimals: int) -> float:
    """The largest quantity with `decimals` places that is not above `qty`."""
    scale = 10.0**decimals
    scaled = qty * scale
    return math.floor(scaled + _noise(scaled)) / scale


def half_up(qty: float, decimals: int) -> float:
    """The nearest quantity with `decimals` places, the upper one of two that are equally near."""
    scale = 10.0**decimals
    scaled = qty * scale
    return math.floor(scaled + 0.5 + _noise(scaled)) / scale


def up_to_multiple(qty: float, multiple: float) -> float:
    """The smallest multiple that is not below `qty`; a multiple of zero leaves `qty` as it is."""
    if multiple <= 0:
        return qty
    return math.ceil(qty / multiple - _noise(qty / multiple)) * multiple
