"""Doors of the desk: the desk itself, one contact, and an agent's own lists."""
