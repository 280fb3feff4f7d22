"""Compiled loops over arrays: calendar arithmetic, dispatch, latest dates, pulling right.

Arrays in, arrays out; no domain object is seen here. Instants are UTC seconds, work is in microseconds at nominal
speed, rates in parts per million, units of capacity in thousandths.
"""
