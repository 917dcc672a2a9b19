"""Doors of the inbound lines."""
