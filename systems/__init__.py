"""Clients of the outside systems: no models, and nothing of ours is imported."""
