"""Whether the kernels have been compiled on this machine; the first run ever takes longer and says so."""

from pathlib import Path

PULLING, PLANNING, REPAIRING = "latest.latest_dates", "dispatch.dispatch", "retime.retime"


def is_compiled(kernel: str) -> bool:
    """True once numba's cache holds a kernel, named by its module and function."""
    from pegboard.scheduling.engines.dispatch import kernel_cache

    return any(Path(kernel_cache()).glob(f"{kernel}-*.nbi"))
