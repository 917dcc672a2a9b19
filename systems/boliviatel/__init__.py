"""Boliviatel: customers of long distance."""
