"""Factories that differ from a given one in one number: more demand, later dates, more units, longer lead times."""
