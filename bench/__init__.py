"""Timings of the command line, as ratios within one run, and what the plans are worth."""
