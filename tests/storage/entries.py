"""Entries as lines of a file, for tests of stores alone."""
