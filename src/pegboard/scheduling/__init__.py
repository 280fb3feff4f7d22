"""From planned supply to operations in time: the problem, its constraints, the engines, and the referee."""
