"""How a supply that is too little for all buffers is shared among them: prioritised by net flow percentage.

Everybody who gets something ends at the same percentage of top of green, and nobody is taken from.
"""

import heapq
from collections.abc import Sequence

import msgspec


class Claim(msgspec.Struct, frozen=True, gc=False):
    """What a buffer brings to a share: top of green, net flow, and the multiple it is supplied in (0: any)."""

    item: str
    tog: float
    net_flow: float
    multiple: float = 0.0

    @property
    def fraction(self) -> float:
        """Net flow as a fraction of top of green."""
        return self.net_flow / self.tog


def shared(supply: float, claims: Sequence[Claim]) -> dict[str, float]:
    """Exact shares: `max(0, p x tog - net_flow)` of each, with the one p, at most 1, that uses the supply up.

    Claims are raised together from the lowest fraction on, joined by the next one where they reach it. O(n log n).
    """
    rows = sorted((c for c in claims if c.tog > 0), key=lambda c: (c.fraction, c.item))
    tog = net_flow = level = 0.0
    for i, claim in enumerate(rows):
        tog, net_flow = tog + claim.tog, net_flow + claim.net_flow
        level = min(1.0, (supply + net_flow) / tog)
        if i + 1 == len(rows) or level <= rows[i + 1].fraction:
            break
    return {c.item: max(0.0, level * c.tog - c.net_flow) if c.tog > 0 else 0.0 for c in claims}


def shared_in_multiples(supply: float, claims: Sequence[Claim]) -> dict[str, float]:
    """Shares in whole multiples, as a truck or a supplier's minimum wants them: on and on, beyond top of green too.

    Each time the buffer of the lowest fraction gets one multiple; one whose multiple no longer fits gets no more.
    """
    given = dict.fromkeys((c.item for c in claims), 0.0)
    queue = [(c.fraction, c.item, c) for c in claims if c.tog > 0 and c.multiple > 0]
    heapq.heapify(queue)
    while queue:
        _, item, claim = heapq.heappop(queue)
        if claim.multiple > supply + 1e-9:
            continue
        supply -= claim.multiple
        given[item] += claim.multiple
        heapq.heappush(queue, ((claim.net_flow + given[item]) / claim.tog, item, claim))
    return given
