"""Changes of a factory: from a snapshot to a snapshot, into words, and back again."""

from pegboard.planning.changing.applied import ADDED, Applied
from pegboard.planning.changing.apply import apply
from pegboard.planning.changing.describe import describe
from pegboard.planning.changing.inverse import inverse
from pegboard.planning.changing.replay import replay

__all__ = ["ADDED", "Applied", "apply", "describe", "inverse", "replay"]
