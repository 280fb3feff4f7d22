"""Two plans side by side: what became of every promise, supply, load, figure and place.

`comparison.py` puts all of it into one record; `stability.py` alone is what an interactive what-if needs, and asks for
the places of operations only.
"""
