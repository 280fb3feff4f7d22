"""Engines: each takes a problem and returns a schedule; none of them is trusted before the referee has spoken."""
