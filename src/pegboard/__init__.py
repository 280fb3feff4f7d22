"""Pegboard plans make-to-order manufacturing: a factory folder in, a certified plan out."""

__version__ = "0.1.0"
