"""Timings of the command line, as ratios within one run."""
