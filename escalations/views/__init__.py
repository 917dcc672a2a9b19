"""Doors of the escalations."""
