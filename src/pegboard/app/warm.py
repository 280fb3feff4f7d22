"""Whether the kernels have been compiled on this machine; the first run ever takes longer and says so."""

from pathlib import Path


def is_compiled() -> bool:
    """True once numba's cache holds the dispatch kernel."""
    from pegboard.scheduling.engines.dispatch import kernel_cache

    return any(Path(kernel_cache()).glob("dispatch.dispatch-*.nbi"))
