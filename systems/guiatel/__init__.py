"""Guiatel: subscribers' numbers."""
