"""Use cases: the only code with a clock, files and processes around the pure core."""
