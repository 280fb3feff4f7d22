"""Available to promise: what of an item's supply nobody has been promised yet, period by period.

Supply is what is on hand and what is received; demand is what is committed. Forecasts are no commitments and never
count. Whether more could be made is not asked here: that is capable-to-promise.
"""

from collections.abc import Sequence

import msgspec


class Promise(msgspec.Struct, frozen=True, gc=False):
    """Available to promise by period.

    `discrete` is what each receipt leaves until the next one, 0 in periods without a receipt; where one leaves less
    than nothing, the receipts before it give it up (look-ahead). `cumulative` is their sum to date, which is what can
    be promised by the end of a period; below zero what is committed and not covered.
    """

    discrete: tuple[float, ...]
    cumulative: tuple[float, ...]


def available_to_promise(on_hand: float, receipts: Sequence[float], committed: Sequence[float]) -> Promise:
    """Available to promise from stock on hand at the first period, and the receipts and commitments of each period.

    Source: JD Edwards, available-to-promise with look-ahead; see the worked example in the tests.
    """
    n = len(receipts)
    starts = [0, *(t for t in range(1, n) if receipts[t] > 0)] if n else []
    found = [0.0] * n
    missing = 0.0
    for k in range(len(starts) - 1, -1, -1):
        start, end = starts[k], starts[k + 1] if k + 1 < len(starts) else n
        left = receipts[start] + (on_hand if start == 0 else 0.0) - sum(committed[start:end]) - missing
        found[start] = left if start == 0 else max(0.0, left)
        missing = max(0.0, -left)
    total, cumulative = 0.0, []
    for left in found:
        total += left
        cumulative.append(total)
    return Promise(tuple(found), tuple(cumulative))
