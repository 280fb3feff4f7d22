"""Replaying a plan with drawn luck: as a network for the kernel, for all lines or for some, run after run."""
