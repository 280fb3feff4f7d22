"""Whether the kernels have been compiled on this machine; the first run ever takes longer and says so."""

from pathlib import Path


def is_compiled() -> bool:
    """True once numba's cache holds the dispatch kernel."""
    from pegboard.kernels.dispatch import dispatch

    folder = Path(dispatch.stats.cache_path)
    return any(folder.glob("dispatch.dispatch-*.nbi"))
