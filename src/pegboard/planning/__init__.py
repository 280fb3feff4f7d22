"""From a snapshot to planned supply: what to make and to buy for whom, and when it is needed. Pure functions."""
